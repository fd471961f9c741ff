"""Hindcasts: forecasts made at past origins, from what was known there and nothing else, scored on what came."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from polemos.forecast.forecaster import Forecaster
from polemos.record.world import Days, Flags, Floats, Holders, World, day
from polemos.score.bootstrap import Interval, block_bootstrap
from polemos.score.places import SCOPES, PlaceScore, front, place_scores

if TYPE_CHECKING:
    import pyarrow

LEADS = (1, 3, 6, 12)
"""Months ahead."""
WARM_UP = 30
"""Months of record before the first default origin: enough to fit a baseline on two years."""

Progress = Callable[[int, int], None]
"""Told how many forecasts are done, and of how many."""


@dataclass(frozen=True, slots=True)
class Hindcast:
    """Forecasts of every place from several origins, with what came.

    F forecasters, R origins in order of time, L leads in months, P places, K holders (the last is nobody).
    `dates` [R, L] are the days of the leads; `probability` [F, R, L, P, K]; `happened` [R, L, P]; `held` [R, P] on
    the origins; `front` [R, P].
    """

    world: World
    forecasters: tuple[str, ...]
    origins: Days
    leads: tuple[int, ...]
    dates: Days
    probability: Floats
    held: Holders
    happened: Holders
    front: Flags

    def scores(self) -> list[PlaceScore]:
        """A row a forecaster, origin, lead and scope."""
        return [
            row
            for name, by_origin in zip(self.forecasters, self.probability, strict=True)
            for at, origin in enumerate(self.origins)
            for row in place_scores(name, origin, self.leads, by_origin[at], self.happened[at], self.front[at])
        ]

    def table(self) -> pyarrow.Table:
        """The results as one table: forecaster, origin, lead, date, place, holder, probability, spread, happened.

        `spread` is the standard deviation of the outcome under the forecast, `sqrt(p (1 - p))`. A row a holder,
        so `F R L P K` rows.
        """
        import pyarrow as pa

        shape = self.probability.shape
        at = [index.astype(np.int32) for index in np.unravel_index(np.arange(self.probability.size), shape)]
        p = self.probability.ravel()
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
) -> Hindcast:
    """Ask every forecaster at every origin, giving it `world.as_of(origin)` alone.

    `world` is the whole record; leads are calendar months. Without origins, `spread_origins`. Raises `ValueError`
    where a lead runs past the record, or two forecasters share a name.
    """
    names = tuple(forecaster.name for forecaster in forecasters)
    if len(set(names)) < len(names):
        raise ValueError(f"two forecasters share a name: {', '.join(names)}")
    leads = tuple(leads)
    chosen = np.sort(np.asarray(spread_origins(world, leads=leads) if origins is None else origins, "datetime64[D]"))
    dates = np.array([[later(origin, lead) for lead in leads] for origin in chosen], "datetime64[D]")
    if dates.size and dates.max() > world.until:
        raise ValueError(f"a lead of {max(leads)} months from {chosen.max()} runs past the record, {world.until}")
    size = len(world.places.id)
    probability = np.empty((len(names), chosen.size, len(leads), size, world.nobody + 1))
    done = 0
    for at, origin in enumerate(chosen):
        known = world.as_of(origin)
        for row, forecaster in enumerate(forecasters):
            probability[row, at] = forecaster.forecast(known, dates[at])
            done += 1
            if progress is not None:
                progress(done, len(names) * chosen.size)
    held = world.holders(chosen)
    happened = world.holders(dates.ravel()).reshape(chosen.size, len(leads), size)
    fronts = np.array([front(world, now) for now in held]).reshape(chosen.size, size)
    return Hindcast(world, names, chosen, leads, dates, probability, held, happened, fronts)


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


@dataclass(frozen=True, slots=True)
class Skill:
    """Mean scores of a forecaster over the origins, and how far it is ahead of a reference.

    `gain` is its log score less the reference's, origin by origin, with a 90 % block bootstrap interval (negative:
    better); `skill` is the share of the reference's log score that it saves.
    """

    forecaster: str
    lead: int
    scope: str
    origins: int
    log: float
    log_second: float
    brier: float
    reference: str
    gain: Interval
    skill: float


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
        table.append(
            Skill(
                name,
                lead,
                scope,
                len(shared),
                float(logs.mean()),
                float(second.mean()),
                float(briers.mean()),
                reference,
                block_bootstrap(logs - other, block_of(shared, lead)),
                float(1 - logs.mean() / other.mean()),
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
