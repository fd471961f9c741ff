"""Running a plan: chunks of members through an executor into a store, reduced as they finish."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from polemos.ensemble import chunks as ensemble_chunks
from polemos.ensemble import run_folder as disk
from polemos.ensemble import trajectory_store
from polemos.ensemble.atomic_files import DamagedError
from polemos.ensemble.chunks import Evaluate, Job, Outcome, Span, Verdicts
from polemos.ensemble.config import RunConfig
from polemos.ensemble.executor import Executor, Interrupted, Progress
from polemos.ensemble.plan import Plan, PlanError, make_plan, read_plan
from polemos.ensemble.store import FolderStore, Store, store_in
from polemos.ensemble.summary import Summary, Totals
from polemos.model.trajectory import Trajectories
from polemos.record.world import World

CHUNK = 100
"""Members a chunk: enough to fill the kernels, few enough to fit a cache and to share out."""


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A finished ensemble.

    `world` is cut at the origin. `verdicts` are the arrays [member, ...] of what was asked, in the order of the
    members. `simulated` counts the members that were simulated now; the others were in the store.
    """

    job: Job
    world: World
    summary: Summary
    verdicts: Verdicts
    store: Store
    simulated: int
    seconds: float

    def __repr__(self) -> str:
        plan = self.plan
        return f"<Run of {plan.scenario}: {plan.members} members from {plan.origin} to {plan.until}, in {self.folder}>"

    @property
    def plan(self) -> Plan:
        """What was simulated."""
        return self.job.plan

    @property
    def folder(self) -> Path | None:
        """Where the run is on disk, None where it is not."""
        return self.store.folder

    @property
    def chunk(self) -> int:
        """Members a chunk."""
        return self.store.chunk

    @property
    def whole(self) -> bool:
        """Whether the trajectories are there."""
        return self.store.whole

    @property
    def control(self) -> Any:
        """Holders as an `xarray.DataArray` int8 [member, date, place]; attribute `holders` names the numbers.

        Raises `ValueError` when the trajectories were not kept.
        """
        import xarray

        values = self.store.control()
        return xarray.DataArray(
            values,
            dims=("member", "date", "place"),
            coords={
                "member": np.arange(values.shape[0]),
                "date": self.summary.dates.astype("datetime64[ns]"),
                "place": list(self.world.places.id),
            },
            attrs={"holders": [*self.world.organisations.id, "nobody"]},
            name="control",
        )

    def chunks(self) -> Iterator[Trajectories]:
        """The trajectories, in the order of the members. Raises `ValueError` when they were not kept."""
        for span in _spans(self.plan.members, self.chunk):
            yield self.store.trajectories(self.job, span)


def run(
    plan: Plan,
    world: World,
    *,
    store: Store | Path | str | None = None,
    executor: Executor | None = None,
    chunk: int = CHUNK,
    evaluate: Evaluate | None = None,
    progress: Progress | None = None,
) -> Run:
    """Simulate a plan on a whole world, of which the model is given what the plan allows.

    Each finished chunk goes into the `store` (see `polemos.ensemble.store`; a path is a folder), and what is there is
    not simulated again. `evaluate` is asked of each chunk, of those from the store too. `progress` gets members done
    and members in all. The result is the same for any executor and any `chunk`. Raises `Interrupted` on Ctrl-C, once
    the chunks under way are finished and kept; `PlanError` for a parameter that the model has not, a cluster that is
    lost, or a folder that cannot be written; `DamagedError` for one that was altered.
    """
    from polemos.model import engine

    began = time.perf_counter()
    if chunk < 1:
        raise PlanError(f"a chunk of {chunk} members; it needs at least one")
    store, executor = store_in(store), executor or Executor()
    job = Job(plan, world, engine.kernel_hash(), evaluate, store.whole)
    if executor.cluster is not None:
        _reach(executor.cluster, store, job)
    answers = store.open(job, chunk, _digest(evaluate))
    if store.whole != job.whole:
        job = Job(plan, world, job.kernels, evaluate, store.whole)
    cut = world.as_of(plan.origin)
    if answers is not None:
        return Run(job, cut, *answers, store, 0, time.perf_counter() - began)
    spans = _spans(plan.members, store.chunk)
    missing = store.missing(spans)
    totals = Totals(plan.members)
    verdicts: dict[str, Any] = {}
    count = 0

    def collect(span: Span, outcome: Outcome) -> None:
        nonlocal count
        totals.add(span[0], outcome.part)
        for name, values in outcome.verdicts.items():
            if name not in verdicts:
                verdicts[name] = np.empty((plan.members, *values.shape[1:]), values.dtype)
            verdicts[name][span[0] : span[1]] = values
        count += span[1] - span[0]
        if progress:
            progress(count, plan.members)

    def keep(span: Span, outcome: Outcome) -> None:
        store.put(job, span, outcome)

    def keep_and_collect(span: Span, outcome: Outcome) -> None:
        keep(span, outcome)
        collect(span, outcome)

    try:
        Executor(executor.workers).over(store.get, job, sorted(set(spans) - set(missing)), collect)
        executor.over(
            ensemble_chunks.simulate,
            job,
            missing,
            keep_and_collect,
            rescue=keep,
            key=f"{plan.digest()[:16]}-{job.kernels[:8]}",
            names=[f"{first}-{last}" for first, last in missing],
        )
    except DamagedError:
        answers = store.finished_elsewhere() if isinstance(store, FolderStore) else None
        if answers is None:
            raise
        return Run(job, cut, *answers, store, 0, time.perf_counter() - began)
    except KeyboardInterrupt:
        stored_count = 0
        if store.folder is not None:
            stored_count = plan.members - sum(last - first for first, last in store.missing(spans))
        raise Interrupted(stored_count, plan.members, store.folder) from None
    summary = totals.summary()
    seconds = time.perf_counter() - began
    store.finish(summary, verdicts, seconds)
    return Run(job, cut, summary, verdicts, store, sum(last - first for first, last in missing), seconds)


def reopen(folder: Path, world: World, evaluate: Evaluate | None = None) -> Run:
    """A finished run as it is kept, whatever kernels made it; nothing is simulated.

    `world` is the whole war. Raises `PlanError` where the folder has no run in full, or one of another record, or
    one that kept the answers to other questions alone, or one that was altered (`DamagedError`).
    """
    from polemos.ensemble import answer_store

    began = time.perf_counter()
    about = disk.manifest(folder)
    if about is None:
        raise PlanError(f"{folder} is not the folder of a run")
    plan = read_plan(about["plan"])
    spans = _spans(plan.members, int(about["chunk"]))
    if about["finished"] is None or not all(trajectory_store.is_complete(folder, first) for first, _ in spans):
        raise PlanError(f"the run in {folder} is not finished; the command that began it goes on with it")
    if make_plan(world, RunConfig(plan.origin, plan.until, members=1, inputs=plan.inputs)).world != plan.world:
        raise PlanError(
            f"the record of {world.name} is not the one that the run in {folder} was made with; "
            "was it run with --events, or without? Say the same here, or run it again"
        )
    store = FolderStore(folder.parent, keeps=about.get("keeps", "all"))
    store.folder, store.chunk = folder, int(about["chunk"])
    job, digest = Job(plan, world, "", evaluate), _digest(evaluate)
    answers = None if digest is None else answer_store.load(folder, digest, whole=store.whole)
    if answers is None and not store.whole:
        raise PlanError(f"the run in {folder} kept the answers to other questions alone; run it anew with --fresh")
    if answers is None:
        totals = Totals(plan.members)
        verdicts = []
        for span in spans:
            outcome = store.get(job, span)
            totals.add(span[0], outcome.part)
            verdicts.append(outcome.verdicts)
        answers = totals.summary(), {name: np.concatenate([one[name] for one in verdicts]) for name in verdicts[0]}
    return Run(job, world.as_of(plan.origin), *answers, store, 0, time.perf_counter() - began)


def _digest(evaluate: Evaluate | None) -> str | None:
    """Digest of what is asked, by which answers are known again; None where it has none."""
    return "" if evaluate is None else getattr(evaluate, "digest", None)


def _spans(members: int, chunk: int) -> list[Span]:
    return [(first, min(first + chunk, members)) for first in range(0, members, chunk)]


def _reach(cluster: str, store: Store, job: Job) -> None:
    """Raise `ClusterError` where no cluster answers, before a run that is kept is cleared for it."""
    if not (isinstance(store, FolderStore) and store.fresh):
        return
    if not disk.folder_of(store.root, job.plan, job.kernels).exists():
        return
    from polemos.ensemble import cluster as dask

    if cluster.startswith("local:"):
        dask.check(cluster)
        return
    with dask.connected(cluster):
        pass
