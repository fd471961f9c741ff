"""Hindcasts: forecasts made at past origins, from what was known there and nothing else, scored on what came."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from polemos.forecast.forecaster import Forecaster
from polemos.forecast.foretold import Foretold, foretell, leaves, pooled
from polemos.forecast.pool import Pool
from polemos.record.world import Days, Flags, Floats, Holders, World, day
from polemos.score import kept
from polemos.score.bootstrap import Interval, block_bootstrap, skill_bootstrap
from polemos.score.places import SCOPES, PlaceScore, front, place_scores

if TYPE_CHECKING:
    import pyarrow

    from polemos.ensemble.summary import Series

LEADS = (1, 3, 6, 12)
"""Months ahead."""
WARM_UP = 30
"""Months of record before the first default origin: enough to fit a baseline on two years."""

Progress = Callable[[int, int], None]
"""Told how many origins are done, and of how many."""


class Interrupted(KeyboardInterrupt):
    """Stopped by the user. `kept` of `members` origins are in `folder` (None: nothing is kept)."""

    unit = "origins"

    def __init__(self, kept: int, members: int, folder: Path | None) -> None:
        super().__init__(f"stopped after {kept} of {members} origins")
        self.kept, self.members, self.folder = kept, members, folder


@dataclass(frozen=True, slots=True)
class Hindcast:
    """Forecasts of every place from several origins, with what came.

    F forecasters, R origins in order of time, L leads in months, P places, K holders (the last is nobody).
    `dates` [R, L] are the days of the leads; those past the record are not `scored` [R, L] and hold no forecast (NaN).
    `probability` [F, R, L, P, K]; `happened` [R, L, P]; `held` [R, P] on the origins; `front` [R, P].
    `totals` float32 [R, 2, m, L, O] by forecaster that simulates are what its members hold; see `Foretold`.
    `folder` is where it is kept, `computed` the number of origins that were not found there.
    """

    world: World
    forecasters: tuple[str, ...]
    origins: Days
    leads: tuple[int, ...]
    dates: Days
    scored: Flags
    probability: Floats
    held: Holders
    happened: Holders
    front: Flags
    totals: Mapping[str, Series] = field(default_factory=dict)
    folder: Path | None = None
    computed: int = 0

    def scores(self) -> list[PlaceScore]:
        """A row a forecaster, origin, lead and scope, where the lead is within the record."""
        rows = []
        for name, by_origin in zip(self.forecasters, self.probability, strict=True):
            for at, origin in enumerate(self.origins):
                asked = self.scored[at]
                leads = [lead for lead, kept in zip(self.leads, asked, strict=True) if kept]
                rows += place_scores(
                    name, origin, leads, by_origin[at, asked], self.happened[at, asked], self.front[at]
                )
        return rows

    def table(self) -> pyarrow.Table:
        """The results as one table: forecaster, origin, lead, date, place, holder, probability, spread, happened.

        `spread` is the standard deviation of the outcome under the forecast, `sqrt(p (1 - p))`. A row a holder,
        so `F R L P K` rows, less those of leads past the record.
        """
        import pyarrow as pa

        shape = self.probability.shape
        asked = np.flatnonzero(np.broadcast_to(self.scored[:, :, np.newaxis, np.newaxis], shape))
        at = [index.astype(np.int32) for index in np.unravel_index(asked, shape)]
        p = self.probability.ravel()[asked]
        holders = (*self.world.organisations.id, "nobody")

        def named(names: Sequence[str], axis: int) -> Any:
            return pa.DictionaryArray.from_arrays(at[axis], list(names))

        return pa.table(
            {
                "forecaster": named(self.forecasters, 0),
                "origin": self.origins[at[1]],
                "lead": np.asarray(self.leads, np.int16)[at[2]],
                "date": self.dates[at[1], at[2]],
                "place": named(self.world.places.id, 3),
                "holder": named(holders, 4),
                "probability": p.astype(np.float32),
                "spread": np.sqrt(p * (1 - p)).astype(np.float32),
                "happened": self.happened[at[1], at[2], at[3]] == at[4],
            }
        )


def hindcast(
    world: World,
    forecasters: Sequence[Forecaster],
    origins: Days | Sequence[np.datetime64] | None = None,
    leads: Sequence[int] = LEADS,
    progress: Progress | None = None,
    *,
    keep: Path | str | None = None,
    fresh: bool = False,
    processes: int = 1,
    cluster: str | None = None,
) -> Hindcast:
    """Ask every forecaster at every origin, giving it `world.as_of(origin)` alone.

    `world` is the whole record; leads are calendar months, and those that run past the record are left out. Without
    origins, `spread_origins`. With `keep`, each origin goes into a file of a folder under it, and is read from there
    when the same is asked again; `fresh` computes all anew. `progress` gets origins done and origins in all. The result
    is the same for any number of `processes`, and on a `cluster` (see `polemos.ensemble.cluster`). Raises `ValueError`
    where no lead of an origin lies within the record, or two forecasters share a name; `Interrupted` on Ctrl-C, once
    the origins under way are finished and kept.
    """
    names = tuple(forecaster.name for forecaster in forecasters)
    if len(set(names)) < len(names):
        raise ValueError(f"two forecasters share a name: {', '.join(names)}")
    leads = tuple(sorted(leads))
    chosen = np.unique(np.asarray(spread_origins(world, leads=leads) if origins is None else origins, "datetime64[D]"))
    dates = np.array([[later(origin, lead) for lead in leads] for origin in chosen], "datetime64[D]")
    dates = dates.reshape(chosen.size, len(leads))
    scored = dates <= world.until
    if not scored.any(axis=1).all():
        raise ValueError(f"a lead of {leads[0]} months from {chosen.max()} runs past the record, {world.until}")
    keys = {id(one): kept.key_of(one) for one in leaves(forecasters)}
    asked = {keys[id(one)]: one for one in leaves(forecasters)}
    folder = None
    said: list[dict[str, Foretold]] = [{} for _ in chosen]
    if keep is not None:
        folder = kept.open_folder(Path(keep), world, leads, forecasters, fresh=fresh)
        said = [kept.read(folder, origin, asked) for origin in chosen]
    missing = [at for at, there in enumerate(said) if len(there) < len(asked)]
    tasks = [
        (at, Task(chosen[at], dates[at][scored[at]], tuple(key for key in asked if key not in said[at])))
        for at in missing
    ]
    done = chosen.size - len(tasks)
    if progress is not None and done:
        progress(done, chosen.size)
    try:
        for at, found in _answered(Job(world, asked, folder), tasks, processes, cluster):
            said[at] |= found
            done += 1
            if progress is not None:
                progress(done, chosen.size)
    except KeyboardInterrupt:
        there = [kept.read(folder, origin, asked) if folder is not None else {} for origin in chosen]
        raise Interrupted(sum(len(one) == len(asked) for one in there), chosen.size, folder) from None
    size, nobody = len(world.places.id), world.nobody
    probability = np.full((len(names), chosen.size, len(leads), size, nobody + 1), np.nan)
    totals: dict[str, Series] = {}
    for at in range(chosen.size):
        for row, forecaster in enumerate(forecasters):
            one = gather(forecaster, said[at], keys)
            probability[row, at, scored[at]] = one.probability
            if one.totals is not None:
                shape = (chosen.size, *one.totals.shape[:2], len(leads), nobody)
                room = totals.setdefault(names[row], np.full(shape, np.nan, np.float32))
                room[at][:, :, scored[at]] = one.totals
    held = world.holders(chosen)
    happened = world.holders(dates.ravel()).reshape(chosen.size, len(leads), size)
    fronts = np.array([front(world, now) for now in held]).reshape(chosen.size, size)
    return Hindcast(
        world, names, chosen, leads, dates, scored, probability, held, happened, fronts, totals, folder, len(tasks)
    )


def gather(forecaster: Forecaster, said: Mapping[str, Foretold], keys: Mapping[int, str]) -> Foretold:
    """What a forecaster says, by what was said under the keys; a pool is what its parts said."""
    if isinstance(forecaster, Pool):
        return pooled([gather(part, said, keys) for part in forecaster.parts])
    return said[keys[id(forecaster)]]


@dataclass(frozen=True, slots=True)
class Task:
    """Whom to ask at an origin, by their keys, and for which dates."""

    origin: np.datetime64
    dates: Days
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Job:
    """What a process needs to answer at any origin."""

    world: World
    forecasters: Mapping[str, Forecaster]
    folder: Path | None

    def answer(self, task: Task) -> dict[str, Foretold]:
        """Ask the forecasters of a task, and keep what they say."""
        known = self.world.as_of(task.origin)
        said = {key: foretell(self.forecasters[key], known, task.dates) for key in task.keys}
        if self.folder is not None:
            kept.write(self.folder, task.origin, said)
        return said


def _answered(
    job: Job, tasks: Sequence[tuple[int, Task]], processes: int, cluster: str | None
) -> Iterator[tuple[int, dict[str, Foretold]]]:
    """The answers to tasks as they come, by the number of their origin."""
    if cluster is not None and tasks:
        from polemos.ensemble.cluster import over

        # What workers say is kept here: they need not see this folder.
        there, asked = replace(job, folder=None), sha256(repr((job.world.digest(), sorted(job.forecasters))).encode())
        names = [
            f"{task.origin}-{len(task.dates)}-{sha256(repr(task.keys).encode()).hexdigest()[:8]}" for _, task in tasks
        ]
        for (at, task), said in over(_remote, there, tasks, cluster, f"hindcast-{asked.hexdigest()[:16]}", names):
            if job.folder is not None:
                kept.write(job.folder, task.origin, said)
            yield at, said
        return
    if min(processes, len(tasks)) <= 1:
        for at, task in tasks:
            yield at, job.answer(task)
        return
    from concurrent.futures import ProcessPoolExecutor, as_completed
    from multiprocessing import get_context

    # A process forked beside running threads may hang, so each starts anew.
    context = get_context("spawn")
    with ProcessPoolExecutor(min(processes, len(tasks)), context, _begin_worker, (job,)) as pool:
        futures = {pool.submit(_work, task): at for at, task in tasks}
        try:
            for future in as_completed(futures):
                yield futures.pop(future), future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


_job: Job | None = None


def _begin_worker(job: Job) -> None:
    """Ctrl-C reaches every process of a terminal: the first one alone answers it."""
    import signal

    global _job
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _job = job


def _remote(job: Job, task: tuple[int, Task]) -> dict[str, Foretold]:
    """A task on a worker, which must forecast by the same code. Raises `PlanError`."""
    from polemos.ensemble.plan import PlanError

    if any(kept.key_of(job.forecasters[key]) != key for key in task[1].keys):
        raise PlanError("a worker runs another version of polemos; install this one there and start it anew")
    return job.answer(task[1])


def _work(task: Task) -> dict[str, Foretold]:
    assert _job is not None
    return _job.answer(task)


def later(date: np.datetime64, months: int) -> np.datetime64:
    """The same day of the month some months later, or the last of that month where it is shorter."""
    first = date.astype("datetime64[M]")
    target: np.datetime64 = first + months
    into = date - first.astype("datetime64[D]")
    last = (target + 1).astype("datetime64[D]") - np.timedelta64(1, "D")
    return min(target.astype("datetime64[D]") + into, last)


def spread_origins(world: World, count: int = 8, leads: Sequence[int] = LEADS) -> Days:
    """First days of months, evenly from `WARM_UP` months into the record to the longest lead before its end.

    A record under three times the warm-up keeps a third for it. Fewer than `count` where months are few. Raises
    `ValueError` where the record is too short for one.
    """
    begin, end = (int(date.astype("datetime64[M]").astype(int)) for date in (world.start, world.until))
    warm_up = min(WARM_UP, (end - begin) // 3)
    first = int(later(day(world.start), warm_up).astype("datetime64[M]").astype(int))
    last = end - max(leads)
    if first > last:
        raise ValueError(f"a record of {world.start} to {world.until} is too short for a lead of {max(leads)} months")
    months = np.unique(np.rint(np.linspace(first, last, count)).astype(int))
    return months.astype("datetime64[M]").astype("datetime64[D]")


def rolling_origins(
    world: World,
    every: tuple[int, str] = (1, "mo"),
    first: np.datetime64 | None = None,
    last: np.datetime64 | None = None,
    leads: Sequence[int] = LEADS,
) -> Days:
    """Origins some months (`mo`) or weeks (`w`) apart, from `first` to `last`, both included where they fall on one.

    By default from the first of the month after the warm-up, to the last from which the longest lead is within the
    record. Raises `ValueError` where there is none, or one from which not even the shortest lead is.
    """
    step, unit = every
    begin = spread_origins(world, 1, leads)[0] if first is None else first
    end = world.until if last is None else last
    if not world.start <= begin <= end <= world.until:
        raise ValueError(f"origins from {begin} to {end} do not lie in the record, {world.start} to {world.until}")
    chosen, at = [], begin
    while at <= end:
        if later(at, min(leads) if last is not None else max(leads)) > world.until:
            break
        chosen.append(at)
        steps = len(chosen) * step
        at = later(begin, steps) if unit == "mo" else begin + np.timedelta64(7 * steps, "D")
    if not chosen:
        raise ValueError(f"a record up to {world.until} is too short for a lead of {max(leads)} months from {begin}")
    return np.array(chosen, "datetime64[D]")


@dataclass(frozen=True, slots=True)
class Skill:
    """Mean scores of a forecaster over the origins, and how far it is ahead of a reference.

    `gain` is its log score less the reference's, origin by origin (negative: better); `skill` is the share of the
    reference's log score that it saves; both with a 90 % interval by the bootstrap over blocks of `block` origins, so
    `blocks` are what the interval rests on.
    """

    forecaster: str
    lead: int
    scope: str
    origins: int
    block: int
    blocks: int
    log: float
    log_second: float
    brier: float
    reference: str
    gain: Interval
    skill: Interval


def summarise(rows: Sequence[PlaceScore], reference: str) -> list[Skill]:
    """Scores averaged over origins, each origin alike. Raises `KeyError` where the reference has no rows."""
    by: dict[tuple[str, int, str], dict[np.datetime64, PlaceScore]] = {}
    for row in rows:
        by.setdefault((row.forecaster, row.lead, row.scope), {})[row.origin] = row
    if all(name != reference for name, _, _ in by):
        raise KeyError(f"no scores of {reference!r}")
    table = []
    for (name, lead, scope), mine in sorted(by.items(), key=lambda item: (SCOPES.index(item[0][2]), item[0][1])):
        theirs = by[reference, lead, scope]
        shared = sorted(mine.keys() & theirs.keys())
        logs, second, briers = (
            np.array([getattr(mine[origin], field) for origin in shared]) for field in ("log", "log_second", "brier")
        )
        other = np.array([theirs[origin].log for origin in shared])
        block = block_of(shared, lead)
        table.append(
            Skill(
                name,
                lead,
                scope,
                len(shared),
                block,
                len(shared) // block,
                float(logs.mean()),
                float(second.mean()),
                float(briers.mean()),
                reference,
                block_bootstrap(logs - other, block),
                skill_bootstrap(logs, other, block),
            )
        )
    return table


def block_of(origins: Sequence[np.datetime64], lead: int) -> int:
    """Consecutive origins whose futures overlap at a lead of some months: the block of the bootstrap."""
    if len(origins) < 2:
        return 1
    gap = np.diff(np.asarray(origins, "datetime64[D]").astype(np.int64)).mean()
    # Months differ in length: a hair over a whole number of gaps is that number.
    return max(1, int(np.ceil(lead * 30.44 / float(gap) - 0.1)))
