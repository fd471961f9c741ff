"""Run folders under faults: killed, full, read-only, cut short, altered, begun twice at once; nothing is lost."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import polemos
import scenarios
from asked import ask
from polemos.cli.commands import app
from polemos.ensemble import atomic_files, trajectory_store
from polemos.ensemble import run_folder as disk
from polemos.ensemble.atomic_files import DamagedError
from polemos.ensemble.config import RunConfig
from polemos.ensemble.executor import Executor
from polemos.ensemble.plan import PlanError, make_plan
from polemos.ensemble.run import reopen, run
from polemos.ensemble.store import store_in
from polemos.scenario.leftovers import beside
from worlds_tiny import engine, first_holder, tiny_world

__all__ = ["engine"]
TOOLS = Path(__file__).parent.parent / "tools"
ROOT = getattr(os, "geteuid", lambda: 1)() == 0


def plan(members=20):
    return make_plan(tiny_world(), RunConfig("2000-01-10", "2000-02-20", members=members))


def simulated(keep, chunk=5, **more):
    store = store_in(keep, **more)
    return run(plan(), tiny_world(), chunk=chunk, evaluate=first_holder, store=store, executor=Executor(1))


def same(one, two):
    return np.array_equal(one.summary.counts, two.summary.counts) and all(
        np.array_equal(values, two.verdicts[name]) for name, values in one.verdicts.items()
    )


def bytes_of(folder):
    """Every file of the wars with its content, and the names beside them."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in ("manifest.json", "answers.npz")
    }


def altered(path):
    """Change one byte in the middle of a file."""
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2] ^= 0x01
    path.write_bytes(whole)


def cut(path):
    """Cut the second half off a file."""
    os.truncate(path, path.stat().st_size // 2)


@pytest.mark.parametrize("harm", [altered, cut, Path.unlink])
def test_any_file_of_a_run_that_is_harmed_is_named_and_refused(harm, engine, tmp_path):
    folder = simulated(tmp_path / "runs", chunk=10).folder
    for name in sorted([*bytes_of(folder), "manifest.json"]):
        if harm is Path.unlink and (name.startswith("done/") or name == "manifest.json"):
            continue  # A chunk without its mark is simulated again.
        copy = tmp_path / "copies" / folder.name
        shutil.copytree(folder, copy)
        harm(copy / name)
        before = bytes_of(copy)
        for attempt in (simulated, lambda root: reopen(root / folder.name, tiny_world(), first_holder)):
            with pytest.raises(PlanError, match=name.rpartition("/")[2]):
                attempt(copy.parent)
        assert bytes_of(copy) == before
        shutil.rmtree(copy.parent)


@pytest.mark.parametrize("harm", [altered, cut])
@pytest.mark.parametrize("keeps", ["all", "questions"])
def test_answers_that_are_harmed_are_refused(harm, keeps, engine, tmp_path, monkeypatch):
    monkeypatch.setattr("polemos.ensemble.run._digest", lambda evaluate: "asked")
    folder = simulated(tmp_path, keeps=keeps).folder
    assert simulated(tmp_path, keeps=keeps).simulated == 0
    harm(folder / "answers.npz")
    with pytest.raises(DamagedError, match=r"answers\.npz"):
        simulated(tmp_path, keeps=keeps)
    assert simulated(tmp_path, keeps=keeps, fresh=True).simulated == 20


def test_a_run_that_ended_before_its_manifest_was_told_goes_on(engine, tmp_path, monkeypatch):
    monkeypatch.setattr("polemos.ensemble.run._digest", lambda evaluate: "asked")
    stop = pytest.MonkeyPatch()
    stop.setattr(disk, "finish", lambda *_: (_ for _ in ()).throw(RuntimeError("the light went out")))
    with stop.context(), pytest.raises(RuntimeError):
        simulated(tmp_path, keeps="questions")
    stop.undo()
    done = simulated(tmp_path, keeps="questions")
    assert done.simulated == 0
    assert disk.manifest(done.folder)["finished"] is not None
    assert not (done.folder / "parts").exists()
    assert same(done, simulated(None))


@pytest.mark.parametrize("keeps", ["all", "questions"])
def test_two_at_once_write_one_run(keeps, engine, tmp_path, monkeypatch):
    monkeypatch.setattr("polemos.ensemble.run._digest", lambda evaluate: "asked")
    truth = simulated(None)
    for turn in range(5):
        found, start = [], threading.Barrier(3)

        def one(chunk, root, found=found, start=start):
            start.wait()
            found.append(simulated(root, chunk=chunk, keeps=keeps))

        threads = [threading.Thread(target=one, args=(chunk, tmp_path / str(turn))) for chunk in (3, 5, 7)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 3
        assert all(same(truth, done) for done in found)
        assert same(truth, simulated(tmp_path / str(turn), keeps=keeps))
        assert not [name for name in bytes_of(found[0].folder) if "~" in name or name.endswith(".partial")]


@contextmanager
def small_disk(path, size):
    """A file system of so many bytes."""
    path.mkdir()
    if not ROOT or subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", path]).returncode:
        pytest.skip("mounting a file system needs root")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", path], check=True)


@pytest.mark.parametrize("size", [40_960, 81_920, 122_880])
def test_a_full_disk_keeps_what_is_whole(size, engine, tmp_path):
    truth = simulated(None)
    root = tmp_path / "small"
    with small_disk(root, size):
        with pytest.raises(PlanError, match="cannot be written: No space left on device"):
            simulated(root)
        for folder in root.iterdir():
            if disk.manifest(folder):
                trajectory_store.check_all(folder)
        subprocess.run(["mount", "-o", "remount,size=8m", root], check=True)
        assert same(simulated(root), truth)


def test_a_limit_on_files_keeps_what_is_whole(tmp_path):
    """The twin of the full disk that needs no root: no file may be longer than 200 bytes."""
    code = (
        "import resource, signal, sys; sys.path.insert(0, sys.argv[1])\n"
        "import pytest; from test_folder import Path, PlanError, simulated\n"
        "from worlds_tiny import stand_in\n"
        "patch = pytest.MonkeyPatch(); stand_in(patch); simulated(None); import zarr, pyarrow.parquet\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200))\n"
        "try: simulated(Path(sys.argv[2]))\n"
        "except PlanError as error: print(error)\n"
    )
    words = [sys.executable, "-c", code, str(Path(__file__).parent), str(tmp_path)]
    done = subprocess.run(words, capture_output=True, text=True)
    assert "cannot be written: File too large" in done.stdout, done.stderr
    assert not list(tmp_path.glob("*/manifest.json"))


def test_a_folder_that_may_not_be_written(engine, tmp_path):
    root = tmp_path / "small"
    with small_disk(root, "8m"):
        done = simulated(root)
        subprocess.run(["mount", "-o", "remount,ro", root], check=True)
        assert same(simulated(root), done)
        other = make_plan(tiny_world(), RunConfig("2000-01-10", "2000-02-20", members=3))
        with pytest.raises(PlanError, match="cannot be written: Read-only file system"):
            run(other, tiny_world(), store=root)


def test_a_file_in_the_place_of_the_folder(engine, tmp_path):
    (tmp_path / "runs").write_text("mine")
    with pytest.raises(PlanError, match="cannot be written"):
        simulated(tmp_path / "runs")
    assert (tmp_path / "runs").read_text() == "mine"


def test_only_what_nobody_is_at_is_swept(tmp_path):
    mine = beside(tmp_path / "one")
    host = mine.name.split("~")[1]
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    theirs, elsewhere = (tmp_path / f".one~{name}~{ended.pid}~1" for name in (host, "another-machine"))
    for path in (mine, theirs, elsewhere, tmp_path / "new.partial", tmp_path / "old.partial"):
        path.touch()
    os.utime(tmp_path / "old.partial", (0, 0))
    atomic_files.sweep(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {mine.name, elsewhere.name, "new.partial"}


def test_another_version_is_told_of(engine, tmp_path):
    folder = simulated(tmp_path).folder
    (folder / "manifest.json").write_text(json.dumps({"format": 1}))
    with pytest.raises(PlanError, match="another version of polemos"):
        simulated(tmp_path)
    assert disk.readable(folder) is None


@pytest.mark.slow
def test_every_command_refuses_a_harmed_run_with_exit_code_2(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    war = ask(scenarios.tiny(tmp_path))
    kept = polemos.load(str(war)).run(members=4, store=tmp_path / "runs").run.folder
    path = next((kept / "trajectories.zarr" / "control" / "c").rglob("0"))
    altered(next(one for one in [path, *path.rglob("*")] if one.is_file()))
    for words in (
        ["run", war, "--members", 4, "--runs", "runs", "--threads", 1],
        ["score", kept, "--scenario", war],
        ["plot", kept, "map", "-o", "map.svg", "--scenario", war],
        ["export", kept, "--to", "csv", "--scenario", war],
    ):
        done = CliRunner().invoke(app, [str(word) for word in words])
        assert done.exit_code == 2, (words[0], done.output, done.exception)
        assert "trajectories.zarr/control" in done.output, done.output


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_killed_at_random_instants_it_ends_with_the_same_hash():
    done = subprocess.run([sys.executable, TOOLS / "kills.py", "--kills", "50"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(": 10 kills") == 5
