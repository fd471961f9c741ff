"""Running a plan: chunks of members on threads or on a cluster, kept on disk as they finish."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from polemos.ensemble import answers, wars
from polemos.ensemble import chunks as ensemble_chunks
from polemos.ensemble import folder as disk
from polemos.ensemble.chunks import Evaluate, Job, Outcome, Span, Verdicts
from polemos.ensemble.draws import Draws
from polemos.ensemble.durable import DamagedError
from polemos.ensemble.plan import Plan, PlanError, make_plan
from polemos.ensemble.summary import Summary, Totals
from polemos.ensemble.threads import over
from polemos.model.trajectory import Trajectories
from polemos.record.world import World

__all__ = ["CHUNK", "KEEPS", "Evaluate", "Interrupted", "Progress", "Run", "Verdicts", "reopen", "run"]

CHUNK = 100
"""Members a chunk: enough to fill the kernels, few enough to fit a cache and to share out."""

KEEPS = ("all", "questions", "none")
"""What of a run stays on disk: every war, the answers and the summary alone, or nothing."""

Progress = Callable[[int, int], None]


class Interrupted(KeyboardInterrupt):
    """Stopped by the user. `kept` of `members` members are in `folder` (None: nothing is kept)."""

    def __init__(self, kept: int, members: int, folder: Path | None) -> None:
        super().__init__(f"stopped after {kept} of {members} members")
        self.kept, self.members, self.folder = kept, members, folder


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A finished ensemble.

    `world` is cut at the origin. `verdicts` are the arrays [member, ...] of `evaluate`, in the order of the members.
    `simulated` counts the members that were simulated now; the others were found on disk. `whole`: their wars are in
    the folder, and not their answers alone.
    """

    plan: Plan
    world: World
    summary: Summary
    verdicts: Verdicts
    folder: Path | None
    chunk: int
    simulated: int
    seconds: float
    whole: bool = True

    def __repr__(self) -> str:
        plan = self.plan
        return f"<Run of {plan.scenario}: {plan.members} members from {plan.origin} to {plan.until}, in {self.folder}>"

    @property
    def control(self) -> Any:
        """Holders as an `xarray.DataArray` int8 [member, date, place]; attribute `holders` names the numbers.

        Raises `ValueError` when the run was not kept on disk.
        """
        import xarray

        values = wars.control(self._kept())
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
        """The trajectories, in the order of the members. Raises `ValueError` when the run was not kept on disk."""
        folder = self._kept()
        for first, last in _spans(self.plan.members, self.chunk):
            yield wars.load(folder, self.world, self.plan.origin, first, last)

    def _kept(self) -> Path:
        if self.folder is None:
            raise ValueError("this run was not kept; give `keep` a folder to have the trajectories")
        if not self.whole:
            raise ValueError("this run kept its answers alone; run it with --keep all to have the trajectories")
        return self.folder


def run(
    plan: Plan,
    world: World,
    *,
    threads: int | None = None,
    chunk: int = CHUNK,
    keep: Path | str | None = None,
    keeps: str = "all",
    fresh: bool = False,
    evaluate: Evaluate | None = None,
    progress: Progress | None = None,
    draws: Draws | None = None,
    cluster: str | None = None,
) -> Run:
    """Simulate a plan on a whole world, of which the model is given what the plan allows.

    With `keep`, each finished chunk goes into a folder under it, or of each what `keeps` says (see `KEEPS`): a plan
    found there is reopened, and one that was interrupted goes on with the chunks that lack; `fresh` starts anew.
    `evaluate` is asked of each chunk, of those found on disk too. `progress` gets members done and members in all.
    The result is the same for any `threads`, any `chunk`, and on a `cluster`: `local:N` for N processes, or the address
    of a scheduler. `draws` are those that the plan names. Raises `Interrupted` on Ctrl-C, once the chunks under way are
    finished and kept; `PlanError` for a parameter that the model has not, a cluster that is lost, or a folder that
    cannot be written; `DamagedError` for one that was altered.
    """
    from polemos.model import engine

    began = time.perf_counter()
    if plan.draws != ("" if draws is None else draws.digest()):
        raise PlanError("the plan names other draws of parameters than those given")
    if chunk < 1:
        raise PlanError(f"a chunk of {chunk} members; it needs at least one")
    if keeps not in KEEPS:
        raise PlanError(f"a run keeps {', '.join(KEEPS)}, not {keeps!r}")
    asked = _digest(evaluate)
    cut = world.as_of(plan.origin)
    kernels = engine.kernel_hash()
    folder = None
    if keep is not None and keeps != "none":
        folder = disk.folder_of(Path(keep), plan, kernels)
        if fresh and cluster is not None and folder.exists():
            _reach(cluster)
        with disk.writing(folder):
            if fresh:
                disk.clear(folder)
            manifest = disk.begin(folder, plan, kernels, chunk, keeps, asked)
        chunk, keeps = int(manifest["chunk"]), str(manifest["keeps"])
    whole = folder is not None and keeps == "all"
    job = Job(plan, world, kernels, draws, evaluate, whole)
    spans = _spans(plan.members, chunk)
    found = [span for span in spans if folder is not None and wars.there(folder, span[0])]
    missing = sorted(set(spans) - set(found))
    if folder is not None and asked is not None and not missing and manifest["finished"] is not None:
        known = answers.load(folder, asked, whole=whole)
        if known is not None:
            return Run(plan, cut, *known, folder, chunk, 0, time.perf_counter() - began, whole)
    totals = Totals(plan.members)
    verdicts: dict[str, Any] = {}
    done = 0

    def put_away(first: int, outcome: Outcome) -> None:
        if folder is None:
            return
        with disk.writing(folder):
            if whole and outcome.trajectories is not None:
                wars.save(folder, plan, chunk, first, outcome.trajectories)
            elif not whole:
                answers.save_part(folder, first, outcome)

    def collect(span: Span, outcome: Outcome, *, new: bool = True) -> None:
        nonlocal done
        if new:
            put_away(span[0], outcome)
        totals.add(span[0], outcome.part)
        for name, values in outcome.verdicts.items():
            if name not in verdicts:
                verdicts[name] = np.empty((plan.members, *values.shape[1:]), values.dtype)
            verdicts[name][span[0] : span[1]] = values
        done += span[1] - span[0]
        if progress:
            progress(done, plan.members)

    def look(first: int, last: int) -> Outcome:
        assert folder is not None
        if not whole:
            return answers.load_part(folder, first)
        return ensemble_chunks.seen(job, wars.load(folder, cut, plan.origin, first, last))

    try:
        workers = threads or os.cpu_count() or 1
        over(look, found, workers, lambda span, outcome: collect(span, outcome, new=False))
        if missing and cluster is not None:
            _on_cluster(job, missing, cluster, collect)
        elif missing:
            setup = ensemble_chunks.prepare(job, cut)
            over(
                lambda first, last: ensemble_chunks.simulate(job, setup, first, last),
                missing,
                workers,
                collect,
                put_away,
            )
    except DamagedError:
        # Another process on the same plan may have finished, and cleared the parts away, meanwhile.
        about = None if folder is None or whole or manifest["finished"] else disk.manifest(folder)
        known = answers.load(folder, asked, whole=False) if folder and asked is not None and about else None
        if known is None:
            raise
        return Run(plan, cut, *known, folder, chunk, 0, time.perf_counter() - began, whole)
    except KeyboardInterrupt:
        kept = sum(last - first for first, last in spans if folder is not None and wars.there(folder, first))
        raise Interrupted(kept, plan.members, folder) from None
    summary = totals.summary()
    seconds = time.perf_counter() - began
    if folder is not None and manifest["finished"] is None:
        with disk.writing(folder):
            if asked is not None:
                answers.save(folder, summary, verdicts, asked)
            disk.finish(folder, manifest, seconds)
            answers.clear_parts(folder)
    simulated = sum(last - first for first, last in missing)
    return Run(plan, cut, summary, verdicts, folder, chunk, simulated, seconds, whole)


def reopen(folder: Path, world: World, evaluate: Evaluate | None = None) -> Run:
    """A finished run as it is kept, whatever kernels made it; nothing is simulated.

    `world` is the whole war. Raises `PlanError` where the folder has no run in full, or one of another record, or
    one that kept the answers to other questions alone, or one that was altered (`DamagedError`).
    """
    began = time.perf_counter()
    about = disk.manifest(folder)
    if about is None:
        raise PlanError(f"{folder} is not the folder of a run")
    told = about["plan"]
    days = {name: np.datetime64(told[name], "D") for name in ("origin", "until")}
    rest = {"priors": json.dumps(told["priors"], sort_keys=True), "without": tuple(told["without"])}
    rest["changes"], rest["added"] = tuple(told.get("changes", ())), tuple(told.get("added", ()))
    plan = Plan(**{**told, **days, **rest})
    spans = _spans(plan.members, int(about["chunk"]))
    if about["finished"] is None or not all(wars.there(folder, first) for first, _ in spans):
        raise PlanError(f"the run in {folder} is not finished; the command that began it goes on with it")
    if make_plan(world, plan.origin, plan.until, members=1, inputs=plan.inputs).world != plan.world:
        raise PlanError(
            f"the record of {world.name} is not the one that the run in {folder} was made with; "
            "was it run with --events, or without? Say the same here, or run it again"
        )
    cut = world.as_of(plan.origin)
    whole, asked = about.get("keeps", "all") == "all", _digest(evaluate)
    known = None if asked is None else answers.load(folder, asked, whole=whole)
    if known is None and not whole:
        raise PlanError(f"the run in {folder} kept the answers to other questions alone; run it anew with --fresh")
    if known is None:
        job, totals = Job(plan, world, "", None, evaluate), Totals(plan.members)
        verdicts = []
        for first, last in spans:
            outcome = ensemble_chunks.seen(job, wars.load(folder, cut, plan.origin, first, last))
            totals.add(first, outcome.part)
            verdicts.append(outcome.verdicts)
        known = totals.summary(), {name: np.concatenate([one[name] for one in verdicts]) for name in verdicts[0]}
    seconds = time.perf_counter() - began
    return Run(plan, cut, *known, folder, int(about["chunk"]), 0, seconds, whole)


def _digest(evaluate: Evaluate | None) -> str | None:
    """Digest of what is asked, by which answers can be found again; None where it has none."""
    return "" if evaluate is None else getattr(evaluate, "digest", None)


def _spans(members: int, chunk: int) -> list[Span]:
    return [(first, min(first + chunk, members)) for first in range(0, members, chunk)]


def _reach(cluster: str) -> None:
    """Raise `ClusterError` where none answers, before a run that is kept is cleared for it."""
    from polemos.ensemble import cluster as dask

    if cluster.startswith("local:"):
        dask.check(cluster)
        return
    with dask.connected(cluster):
        pass


def _on_cluster(job: Job, spans: Sequence[Span], cluster: str, collect: Callable[[Span, Outcome], None]) -> None:
    from polemos.ensemble import cluster as dask

    key = f"{job.plan.digest()[:16]}-{job.kernels[:8]}"
    names = [f"{first}-{last}" for first, last in spans]
    for span, outcome in dask.over(ensemble_chunks.remote, job, spans, cluster, key, names):
        collect(span, outcome)
