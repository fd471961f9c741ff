"""Hindcasts: forecasts made at past origins, from what was known there and nothing else, scored on what happened."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from polemos.ensemble.executor import Executor, Interrupted, Progress
from polemos.forecasters.base import Forecaster
from polemos.forecasters.leads import later, ordered
from polemos.forecasters.simulated_forecast import Composite, Foretold, Past, leaves
from polemos.hindcasts import cache
from polemos.hindcasts.one_origin import Job, Task, answer, answer_elsewhere
from polemos.hindcasts.origins import default_leads, spread_origins
from polemos.hindcasts.place_scores import PlaceScore, front, place_scores
from polemos.record.world import Days, Flags, Floats, Holders, World
from polemos.scenario.optional_packages import need
from polemos.scores.date_tolerance import possible

if TYPE_CHECKING:
    import pyarrow

    from polemos.ensemble.summary import Series


@dataclass(frozen=True, slots=True)
class Hindcast:
    """Forecasts of every place from several origins, with what happened.

    F forecasters, R origins in order of time, L leads as words (see `polemos.forecasters.leads`), P places, K holders
    (the last is nobody).
    `dates` [R, L] are the days of the leads; those past the last observation, or on which nobody looked at any place,
    are not `scored` [R, L] and hold no forecast (NaN). `looked` [R, L, P] are the places whose holder somebody saw at
    the lead, and at all before the origin (None: all); no other is scored.
    `probability` [F, R, L, P, K]; `happened` [R, L, P]; `held` [R, P] on the origins; `front` [R, P].
    `totals` float32 [R, 2, m, L, O] by forecaster that simulates are what its members hold; see `Foretold`.
    `folder` is where it is kept, `computed` the number of origins that were not found there.
    """

    world: World
    forecasters: tuple[str, ...]
    origins: Days
    leads: tuple[str, ...]
    dates: Days
    scored: Flags
    probability: Floats
    held: Holders
    happened: Holders
    front: Flags
    totals: Mapping[str, Series] = field(default_factory=dict)
    folder: Path | None = None
    computed: int = 0
    looked: Flags | None = None

    @property
    def cases(self) -> Flags:
        """What is scored, by origin, lead and place: [R, L, P]."""
        scored = np.broadcast_to(self.scored[:, :, np.newaxis], self.happened.shape)
        return scored if self.looked is None else scored & self.looked

    @property
    def whole(self) -> Flags:
        """Leads of which every place is scored, so that what each holds in all can be: [R, L]."""
        return np.asarray(self.cases.all(axis=2))

    def scores(self) -> list[PlaceScore]:
        """A row a forecaster, origin, lead and scope, where the lead is within the record."""
        rows, cases = [], self.cases
        open_dates = possible(self.world, self.dates.ravel()).reshape(*self.happened.shape, self.world.nobody + 1)
        for name, by_origin in zip(self.forecasters, self.probability, strict=True):
            for at, origin in enumerate(self.origins):
                is_scored = self.scored[at]
                leads = [lead for lead, is_whole in zip(self.leads, is_scored, strict=True) if is_whole]
                rows += place_scores(
                    name,
                    origin,
                    leads,
                    by_origin[at, is_scored],
                    self.happened[at, is_scored],
                    self.front[at],
                    cases[at, is_scored],
                    open_dates[at, is_scored],
                )
        return rows

    def table(self) -> pyarrow.Table:
        """The results as one table: forecaster, origin, lead, date, place, holder, probability, spread, happened.

        `spread` is the standard deviation of the outcome under the forecast, `sqrt(p (1 - p))`. A row a holder,
        so `F R L P K` rows, less those that nobody could observe. Raises `MissingPackageError`.
        """
        need("tables")
        import pyarrow as pa

        shape = self.probability.shape
        rows = np.flatnonzero(np.broadcast_to(self.cases[..., np.newaxis], shape))
        at = [index.astype(np.int32) for index in np.unravel_index(rows, shape)]
        p = self.probability.ravel()[rows]
        holders = (*self.world.organisations.id, "nobody")

        def named(names: Sequence[str], axis: int) -> Any:
            return pa.DictionaryArray.from_arrays(at[axis], list(names))

        return pa.table(
            {
                "forecaster": named(self.forecasters, 0),
                "origin": self.origins[at[1]],
                "lead": named(self.leads, 2),
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
    leads: Sequence[object] | None = None,
    progress: Progress | None = None,
    *,
    store: Path | str | None = None,
    fresh: bool = False,
    executor: Executor | None = None,
) -> Hindcast:
    """Ask every forecaster at every origin, giving it `world.as_of(origin)` alone.

    `world` is the whole record; leads are words such as `2w` or `3mo` (None: those that the record bears, see
    `default_leads`), and those that run past the last observation are left out. Without origins, `spread_origins`. With
    `store`, each origin goes into a file of a folder under it, and is read from there when the same is asked again;
    `fresh` computes all anew. `progress` gets origins done and origins in all. The result is the same for any
    `executor` (by default this process alone). Raises `ValueError` where nobody observed anything at the leads of an
    origin, or two forecasters share a name; `Interrupted` on Ctrl-C, once the origins under way are finished and kept.
    A forecaster whose source cannot be read is not kept, with a warning.
    """
    from polemos.model.jit import kernel_hash

    names = tuple(forecaster.name for forecaster in forecasters)
    if len(set(names)) < len(names):
        raise ValueError(f"two forecasters share a name: {', '.join(names)}")
    leads = default_leads(world) if leads is None else ordered(leads)
    chosen = np.unique(np.asarray(spread_origins(world, leads=leads) if origins is None else origins, "datetime64[D]"))
    dates, looked = observable(world, chosen, leads)
    scored: Flags = np.asarray(looked.any(axis=2))
    for origin, asked_at in zip(chosen, dates, strict=True):
        if asked_at[0] > world.last_observed:
            last = "the record" if world.last_observed == world.until else "the last observation"
            raise ValueError(f"a lead of {leads[0]} from {origin} runs past {last}, {world.last_observed}")
    if not scored.any(axis=1).all():
        origin = chosen[~scored.any(axis=1)][0]
        raise ValueError(
            f"nobody observed who held what at any lead from {origin}: nothing can be scored; choose other origins, or "
            "import observations of control (spells that are guessed or unknown are none)"
        )
    keys = {id(one): cache.key_of(one) for one in leaves(forecasters)}
    by_key = {keys[id(one)]: one for one in leaves(forecasters)}
    keepable = [key for key in by_key if not key.startswith(cache.ONCE)]
    folder = None
    forecasts: list[dict[str, Foretold]] = [{} for _ in chosen]
    if store is not None:
        for key in by_key.keys() - keepable:
            warnings.warn(
                f"the source of forecaster {by_key[key].name!r} cannot be read, so its forecasts are not kept and are "
                "computed each time; define it in a file or a notebook to have them kept",
                stacklevel=2,
            )
        folder = cache.open_folder(Path(store), world, leads, forecasters, fresh=fresh)
        forecasts = [cache.read(folder, origin, by_key) for origin in chosen]
    missing = [at for at, stored in enumerate(forecasts) if len(stored) < len(by_key)]
    tasks = [
        Task(at, chosen[at], dates[at][scored[at]], tuple(key for key in by_key if key not in forecasts[at]))
        for at in missing
    ]
    count = chosen.size - len(tasks)
    if progress is not None and count:
        progress(count, chosen.size)

    def keep(task: Task, answers: dict[str, Foretold]) -> None:
        if folder is not None:
            cache.write(folder, task.origin, answers)

    def collect(task: Task, answers: dict[str, Foretold]) -> None:
        nonlocal count
        keep(task, answers)
        forecasts[task.at] |= answers
        count += 1
        if progress is not None:
            progress(count, chosen.size)

    try:
        executor = executor or Executor(1, "processes")
        executor.over(
            answer if executor.cluster is None else answer_elsewhere,
            Job(world, by_key, kernel_hash()),
            tasks,
            collect,
            rescue=keep,
            key=f"hindcast-{sha256(repr((world.digest(), sorted(by_key))).encode()).hexdigest()[:16]}",
            names=[f"{one.origin}-{len(one.dates)}-{sha256(repr(one.keys).encode()).hexdigest()[:8]}" for one in tasks],
        )
    except KeyboardInterrupt:
        stored = [cache.read(folder, origin, by_key) if folder is not None else {} for origin in chosen]
        raise Interrupted(sum(len(one) == len(keepable) for one in stored), chosen.size, folder, "origins") from None
    size, nobody = len(world.places.id), world.nobody
    probability = np.full((len(names), chosen.size, len(leads), size, nobody + 1), np.nan)
    totals: dict[str, Series] = {}
    for at in range(chosen.size):
        for row, forecaster in enumerate(forecasters):
            one = gather(forecaster, Told(world, chosen, dates, scored, forecasts, keys), at)
            probability[row, at, scored[at]] = one.probability
            if one.totals is not None:
                shape = (chosen.size, *one.totals.shape[:2], len(leads), nobody)
                room = totals.setdefault(names[row], np.full(shape, np.nan, np.float32))
                room[at][:, :, scored[at]] = one.totals
    holders = world.holders(chosen)
    happened = world.holders(dates.ravel()).reshape(chosen.size, len(leads), size)
    fronts = np.array([front(world, now) for now in holders]).reshape(chosen.size, size)
    return Hindcast(
        world,
        names,
        chosen,
        leads,
        dates,
        scored,
        probability,
        holders,
        happened,
        fronts,
        totals,
        folder,
        len(tasks),
        None if looked[scored].all() else looked,
    )


def observable(world: World, origins: Days, leads: Sequence[str]) -> tuple[Days, Flags]:
    """Days of the leads [R, L], and which places can be scored there [R, L, P].

    A place can where somebody saw who held it on that day, and at all before the origin.
    """
    dates = np.array([[later(origin, lead) for lead in leads] for origin in origins], "datetime64[D]")
    dates = dates.reshape(len(origins), len(leads))
    looked = world.observed(dates.ravel()).reshape(*dates.shape, len(world.places.id))
    looked &= np.array([world.known_by(origin) for origin in origins]).reshape(len(origins), 1, -1)
    return dates, looked


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What was said at the origins of a hindcast, by the keys of those who were asked; `keys` are by identity."""

    world: World
    origins: Days
    dates: Days
    scored: Flags
    said: Sequence[Mapping[str, Foretold]]
    keys: Mapping[int, str]


def gather(forecaster: Forecaster, told_so_far: Told, at: int) -> Foretold:
    """What a forecaster says at an origin; a composite is made of what its parts say there and at earlier origins."""
    if not isinstance(forecaster, Composite):
        return told_so_far.said[at][told_so_far.keys[id(forecaster)]]
    parts = forecaster.parts
    past = [
        Past(
            told_so_far.origins[before],
            told_so_far.dates[before][told_so_far.scored[before]],
            tuple(gather(p, told_so_far, before) for p in parts),
        )
        for before in range(at)
    ]
    world = told_so_far.world.as_of(told_so_far.origins[at])
    return forecaster.combine(
        world, told_so_far.dates[at][told_so_far.scored[at]], [gather(p, told_so_far, at) for p in parts], past
    )
