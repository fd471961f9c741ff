"""On a cluster: the same bits as on threads, whoever dies; and what was handed back is never simulated again."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from cluster_asked import Logged
from polemos.ensemble import cluster
from polemos.ensemble.cluster import ClusterError
from polemos.ensemble.config import RunConfig
from polemos.ensemble.executor import Executor
from polemos.ensemble.run import run
from polemos.ensemble.store import FolderStore

MEMBERS, CHUNK = 80, 4
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(__file__).parent), "NUMBA_NUM_THREADS": "1"}


@pytest.mark.parametrize("address", ["10.0.0.1:8786", "local:0", "local", "http://somewhere"])
def test_what_is_no_cluster_is_refused(address):
    with pytest.raises(ClusterError, match="local:2"):
        cluster.check(address)


def test_without_dask_the_extra_is_named(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ClusterError, match=r"polemos\[cluster\]"):
        cluster.check("local:2")


def digest(done):  # type: ignore[no-untyped-def]
    seen = hashlib.sha256(done.summary.counts.tobytes())
    for values in (*done.summary.quantiles.values(), *done.verdicts.values()):
        seen.update(values.tobytes())
    return seen.hexdigest()


class Cluster:
    """A scheduler and workers, each a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / f"scheduler-{time.monotonic_ns()}.json"
        self.scheduler = self._start("scheduler", "--scheduler-file", str(self.file), "--port", "0", "--no-dashboard")
        while not (self.file.exists() and self.file.read_text().endswith("}")):
            assert self.scheduler.poll() is None, "the scheduler ended"
            time.sleep(0.05)
        self.address = json.loads(self.file.read_text())["address"]
        self.workers = [self._worker() for _ in range(2)]

    def _worker(self) -> subprocess.Popen[bytes]:
        return self._start("worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard")

    def _start(self, kind: str, *arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", *arguments]
        return subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def end(self) -> None:
        for process in (*self.workers, self.scheduler):
            if process.poll() is None:
                process.kill()
            process.wait()


@pytest.fixture(scope="module")
def asked():  # type: ignore[no-untyped-def]
    pytest.importorskip("distributed", reason="needs the extra cluster: pip install -e .[cluster]")
    from polemos.war.war import load

    war = load("caliphate")
    origin = war.origin()
    return war, war.plan(RunConfig(until=origin + 7 * 12, members=MEMBERS))


@pytest.mark.slow
def test_killed_workers_and_a_killed_scheduler_change_nothing(asked, tmp_path):
    war, plan = asked
    log = tmp_path / "log"
    truth = digest(run(plan, war.world, chunk=16, evaluate=Logged(tmp_path / "local"), executor=Executor(1)))
    how = {"chunk": CHUNK, "evaluate": Logged(log, 0.15)}
    there, killed = Cluster(tmp_path), []

    def kill(done: int, members: int) -> None:
        if done >= MEMBERS // 4 and not killed:
            killed.append("worker")
            there.workers[0].send_signal(signal.SIGKILL)
        if done >= MEMBERS // 2 and len(killed) == 1:
            killed.append("scheduler")
            there.scheduler.send_signal(signal.SIGKILL)

    executor, store = Executor(cluster=there.address), FolderStore(tmp_path, keeps="questions")
    try:
        with pytest.raises(ClusterError, match="was lost"):
            run(plan, war.world, progress=kill, store=store, executor=executor, **how)
    finally:
        there.end()
    before = Counter(line.split()[0] for line in log.read_text().splitlines())
    folder = next(tmp_path.glob("caliphate-*"))
    kept = len(list((folder / "done").iterdir()))
    assert kept >= MEMBERS // CHUNK // 2
    assert killed == ["worker", "scheduler"]
    again = Cluster(tmp_path)
    try:
        executor, store = Executor(cluster=again.address), FolderStore(tmp_path, keeps="questions")
        done = run(plan, war.world, store=store, executor=executor, **how)
    finally:
        again.end()
    assert done.simulated == MEMBERS - kept * CHUNK
    assert digest(done) == truth
    counts = Counter(line.split()[0] for line in log.read_text().splitlines())
    chunks = MEMBERS // CHUNK
    assert len(counts) == chunks
    # The second cluster simulates what was not kept, each once; what was kept, never again.
    assert sum(counts.values()) - sum(before.values()) == chunks - kept
    # Lost: what the dead worker had begun or not yet handed back, and what was under way when the scheduler died.
    assert sum(before.values()) - kept <= 2 * cluster.AHEAD + 2


@pytest.mark.slow
def test_processes_threads_and_kept_wars_agree_to_the_bit(asked, tmp_path):
    war, plan = asked
    kinds = [
        {"executor": Executor(2), "chunk": 7},
        {"executor": Executor(cluster="local:2"), "chunk": 20, "store": tmp_path / "all"},
        {"executor": Executor(1), "chunk": 80, "store": FolderStore(tmp_path / "questions", keeps="questions")},
    ]
    found = {digest(run(plan, war.world, evaluate=Logged(tmp_path / "log"), **kind)) for kind in kinds}
    found.add(digest(run(plan, war.world, evaluate=Logged(tmp_path / "log"), store=tmp_path / "all")))
    assert len(found) == 1


@pytest.mark.slow
def test_no_scheduler_is_said_and_costs_no_kept_run(asked, monkeypatch, tmp_path):
    war, plan = asked
    kept = run(plan, war.world, store=tmp_path)
    monkeypatch.setattr(cluster, "PATIENCE", 1.0)
    with pytest.raises(ClusterError, match="dask scheduler"):
        run(plan, war.world, store=FolderStore(tmp_path, fresh=True), executor=Executor(cluster="tcp://127.0.0.1:9"))
    assert run(plan, war.world, store=tmp_path).simulated == 0
    assert kept.folder is not None
    assert kept.folder.exists()


@pytest.mark.slow
def test_a_hindcast_on_a_cluster_is_that_of_this_process(tmp_path):
    pytest.importorskip("distributed", reason="needs the extra cluster: pip install -e .[cluster]")
    from polemos.forecasters.markov import Persistence
    from polemos.forecasters.model_forecaster import ModelForecaster
    from polemos.hindcasts.hindcast import hindcast
    from polemos.war.war import load
    from scenarios import tiny

    world = load(tiny(tmp_path)).world
    asked = (Persistence(), ModelForecaster(members=20, threads=1))
    origins = ["2002-01-01", "2002-04-01", "2002-07-01"]
    here = hindcast(world, asked, origins, ("1mo", "3mo"))
    there = hindcast(
        world, asked, origins, ("1mo", "3mo"), store=tmp_path / "out", executor=Executor(cluster="local:2")
    )
    assert here.probability.tobytes() == there.probability.tobytes()
    assert hindcast(world, asked, origins, ("1mo", "3mo"), store=tmp_path / "out").computed == 0


@pytest.mark.slow
def test_a_bank_is_the_same_on_a_cluster(asked, tmp_path, monkeypatch):
    from polemos.inference import simulate_windows, simulation_bank, windows

    war, _ = asked
    chosen = windows.windows(war, "2014-12-31")
    monkeypatch.setattr(simulate_windows, "CHUNK", 8)
    local = simulation_bank.build(chosen, 20, store=tmp_path / "local", executor=Executor(1))
    far = simulation_bank.build(chosen, 20, store=tmp_path / "far", executor=Executor(cluster="local:2"))
    assert np.array_equal(local.x, far.x, equal_nan=True)
    assert far.simulated == local.simulated > 0
    kept = sorted((tmp_path / "far").rglob("*.npy.gz"))
    assert [file.name for file in kept] == [f"{first:06d}.npy.gz" for first in (0, 8, 16)] * len(chosen)
    assert simulation_bank.build(chosen, 20, store=tmp_path / "far", executor=Executor(1)).simulated == 0
