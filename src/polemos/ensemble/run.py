"""Running a plan: chunks of members on threads, kept on disk as they finish."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polemos.ensemble import folder as disk
from polemos.ensemble.draws import Draws
from polemos.ensemble.plan import Plan, PlanError, make_plan, read_prior
from polemos.ensemble.summary import Part, Summary, combine, reduce
from polemos.model.trajectory import Trajectories
from polemos.record.world import World

CHUNK = 100
"""Members a chunk: enough to fill the kernels, few enough to fit a cache and to share out."""

Verdicts = Mapping[str, NDArray[Any]]
Evaluate = Callable[[Trajectories], Verdicts]
Progress = Callable[[int, int], None]


class Interrupted(KeyboardInterrupt):
    """Stopped by the user. `kept` of `members` members are in `folder` (None: nothing is kept)."""

    def __init__(self, kept: int, members: int, folder: Path | None) -> None:
        super().__init__(f"stopped after {kept} of {members} members")
        self.kept, self.members, self.folder = kept, members, folder


@dataclass(frozen=True, slots=True)
class Run:
    """A finished ensemble.

    `world` is cut at the origin. `verdicts` are the arrays [member, ...] of `evaluate`, in the order of the members.
    `simulated` counts the members that were simulated now; the others were found on disk.
    """

    plan: Plan
    world: World
    summary: Summary
    verdicts: Verdicts
    folder: Path | None
    chunk: int
    simulated: int
    seconds: float

    @property
    def control(self) -> Any:
        """Holders as an `xarray.DataArray` int8 [member, date, place]; attribute `holders` names the numbers.

        Raises `ValueError` when the run was not kept on disk.
        """
        import xarray

        if self.folder is None:
            raise ValueError("this run was not kept; give `keep` a folder to have the trajectories")
        values = disk.control(self.folder)
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
        if self.folder is None:
            raise ValueError("this run was not kept; give `keep` a folder to have the trajectories")
        for first, last in _spans(self.plan.members, self.chunk):
            yield disk.load(self.folder, self.world, self.plan.origin, first, last)


def run(
    plan: Plan,
    world: World,
    *,
    threads: int | None = None,
    chunk: int = CHUNK,
    keep: Path | str | None = None,
    fresh: bool = False,
    evaluate: Evaluate | None = None,
    progress: Progress | None = None,
    draws: Draws | None = None,
) -> Run:
    """Simulate a plan on a whole world, of which the model is given what the plan allows.

    With `keep`, each finished chunk goes into a folder under it: a plan found there is reopened, and one that was
    interrupted goes on with the chunks that lack; `fresh` starts anew. `evaluate` is asked of each chunk, of those
    found on disk too. `progress` gets members done and members in all. The result is the same for any `threads` and
    any `chunk`. `draws` are those that the plan names. Raises `Interrupted` on Ctrl-C, once the chunks under way are
    finished and kept; `PlanError` for a parameter that the model has not.
    """
    from polemos.model import engine

    began = time.perf_counter()
    if plan.draws != ("" if draws is None else draws.digest()):
        raise PlanError("the plan names other draws of parameters than those given")
    if chunk < 1:
        raise PlanError(f"a chunk of {chunk} members; it needs at least one")
    cut = world.as_of(plan.origin)
    kernels = engine.kernel_hash()
    folder = None
    if keep is not None:
        folder = disk.folder_of(Path(keep), plan, kernels)
        if fresh:
            disk.clear(folder)
        manifest = disk.begin(folder, plan, kernels, chunk)
        chunk = int(manifest["chunk"])
    spans = _spans(plan.members, chunk)
    found = {first for first, _ in spans if folder is not None and disk.there(folder, first)}
    setup: Any = _prepare(plan, world, cut, draws) if len(found) < len(spans) else None

    def work(first: int, last: int) -> tuple[Trajectories | None, Part, Verdicts]:
        if first in found and folder is not None:
            there = disk.load(folder, cut, plan.origin, first, last)
            return None, reduce(there), evaluate(there) if evaluate else {}
        new = engine.simulate(setup, first, last)
        return (new if folder else None), reduce(new), evaluate(new) if evaluate else {}

    parts: dict[int, tuple[Part, Verdicts]] = {}

    def collect(first: int, result: tuple[Trajectories | None, Part, Verdicts]) -> None:
        new, part, verdicts = result
        if new is not None and folder is not None:
            disk.save(folder, plan, chunk, first, new)
        parts[first] = part, verdicts

    done = 0
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        futures: dict[Future[tuple[Trajectories | None, Part, Verdicts]], tuple[int, int]] = {}
        try:
            for span in spans:
                futures[pool.submit(work, *span)] = span
            for future in as_completed(futures):
                first, last = futures[future]
                collect(first, future.result())
                del futures[future]
                done += last - first
                if progress:
                    progress(done, plan.members)
        except KeyboardInterrupt:
            _leave(futures, parts, collect)
            sizes = {first: last - first for first, last in spans}
            kept = sum(sizes[first] for first in found | parts.keys()) if folder else 0
            raise Interrupted(kept, plan.members, folder) from None
        except BaseException:
            for future in futures:
                future.cancel()
            raise
    ordered = [parts[first] for first, _ in spans]
    seconds = time.perf_counter() - began
    if folder is not None and manifest["finished"] is None:
        disk.finish(folder, manifest, seconds)
    names = ordered[0][1].keys()
    return Run(
        plan=plan,
        world=cut,
        summary=combine([part for part, _ in ordered]),
        verdicts={name: np.concatenate([verdicts[name] for _, verdicts in ordered]) for name in names},
        folder=folder,
        chunk=chunk,
        simulated=sum(last - first for first, last in spans if first not in found),
        seconds=seconds,
    )


def reopen(folder: Path, world: World, evaluate: Evaluate | None = None) -> Run:
    """A finished run as it is kept, whatever kernels made it; nothing is simulated.

    `world` is the whole war. Raises `PlanError` where the folder has no run in full, or one of another record.
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
    if about["finished"] is None or not all(disk.there(folder, first) for first, _ in spans):
        raise PlanError(f"the run in {folder} is not finished; the command that began it goes on with it")
    if make_plan(world, plan.origin, plan.until, members=1, inputs=plan.inputs).world != plan.world:
        raise PlanError(f"the record of {world.name} is not the one that the run in {folder} was made with")
    cut = world.as_of(plan.origin)
    parts, verdicts = [], []
    for first, last in spans:
        there = disk.load(folder, cut, plan.origin, first, last)
        parts.append(reduce(there))
        verdicts.append(evaluate(there) if evaluate else {})
    return Run(
        plan=plan,
        world=cut,
        summary=combine(parts),
        verdicts={name: np.concatenate([one[name] for one in verdicts]) for name in verdicts[0]},
        folder=folder,
        chunk=int(about["chunk"]),
        simulated=0,
        seconds=time.perf_counter() - began,
    )


def _spans(members: int, chunk: int) -> list[tuple[int, int]]:
    return [(first, min(first + chunk, members)) for first in range(0, members, chunk)]


def _prepare(plan: Plan, world: World, cut: World, draws: Draws | None) -> Any:
    from polemos.model import engine, intervention

    try:
        return engine.prepare(
            cut,
            plan.until,
            members=plan.members,
            seed=plan.seed,
            without=plan.without,
            added=plan.added,
            inputs=world if plan.inputs == "actual" else None,
            theory={name: read_prior(value) for name, value in json.loads(plan.priors).items()},
            learn=plan.learn,
            change=intervention.read(plan.changes),
            drawn=None if draws is None else draws.of_members(plan.seed, plan.members),
        )
    except KeyError as error:
        raise PlanError(error.args[0]) from None


def _leave(
    futures: Mapping[Future[Any], tuple[int, int]], parts: Mapping[int, Any], collect: Callable[..., None]
) -> None:
    """Let the chunks under way finish, and keep them."""
    waiting = [(future, first) for future, (first, _) in futures.items() if not future.cancel() and first not in parts]
    for future, first in waiting:
        if future.exception() is None:
            collect(first, future.result())
