"""Who held what: curves of places and people, and records whose dates are drawn within their precision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from polemos.record.world import Days, Holders, World, site

SWEEPS = 12
"""Passes over the dates of a place whose windows meet: enough to forget the recorded dates."""


def held_totals(world: World, dates: Days | Sequence[np.datetime64]) -> dict[str, NDArray[np.float64]]:
    """`places` and `people` (pre-war residents) held by each organisation on the evening of each date: float64[T, O].

    Places without residents count as places; what nobody holds is in neither.
    """
    holders = world.holders(dates)
    mine = holders[:, :, None] == np.arange(world.nobody)
    return {
        "places": mine.sum(axis=1).astype(np.float64),
        "people": np.einsum("tpo,p->to", mine, world.places.people),
    }


def draw_starts(world: World, seed: int, draws: int) -> Days:
    """Starts of the spells drawn within their precision: datetime64[draw, spell].

    Uniform over all dates within +-precision of the recorded ones that stay inside the record and keep the order
    of the spells of each place, a day or more each (a Gibbs sampler over the dates of a place). Places are drawn
    apart, each from a stream of its own id: dates of different places that one event made are not tied together.
    The first spell of a place begins with the record and is not moved.
    """
    spells = world.spells
    recorded = (spells.start - world.start).astype(np.int64)
    last = int((world.until - world.start).astype(np.int64))
    drawn = np.repeat(recorded[None, :], draws, axis=0)
    for place, identifier in enumerate(world.places.id):
        rows = np.flatnonzero(spells.place == place)
        if rows.size < 2 or not spells.precision[rows[1:]].any():
            continue
        rng = np.random.default_rng([seed, int(site(identifier))])
        wide = spells.precision[rows].astype(np.int64)
        low = np.maximum(recorded[rows] - wide, 1)
        high = np.minimum(recorded[rows] + wide, last)
        meet = bool(np.any(high[1:-1] >= low[2:]))
        for _ in range(SWEEPS if meet else 1):
            for n in range(1, rows.size):
                above = drawn[:, rows[n + 1]] - 1 if n + 1 < rows.size else np.full(draws, last)
                floor = np.maximum(low[n], drawn[:, rows[n - 1]] + 1)
                drawn[:, rows[n]] = rng.integers(floor, np.minimum(high[n], above) + 1)
    return world.start + drawn.astype("timedelta64[D]")


def drawn_holders(world: World, starts: Days, dates: Days) -> Holders:
    """Holders on the evening of each date in records whose spells start on drawn dates: int8[draw, T, P].

    `dates` ascend.
    """
    spells = world.spells
    holders = np.full((len(world.places.id), len(starts), len(dates)), world.nobody, np.int8)
    last_start = np.full(len(world.places.id), np.datetime64("0001-01-01", "D"))
    np.maximum.at(last_start, spells.place, spells.start)
    # The dates from which on a spell has begun in some of the records, and in all of them.
    some, all_ = (np.searchsorted(dates, edge) for edge in (starts.min(axis=0), starts.max(axis=0)))
    for row in np.argsort(spells.start, kind="stable"):
        place, end = spells.place[row], spells.end[row]
        holders[place, :, all_[row] :] = spells.holder[row]
        if some[row] < all_[row]:
            between = slice(some[row], all_[row])
            begun = starts[:, row, np.newaxis] <= dates[between]
            holders[place, :, between][begun] = spells.holder[row]
        if not np.isnat(end) and last_start[place] < end:
            holders[place, :, np.searchsorted(dates, end) :] = world.nobody
    return np.ascontiguousarray(np.moveaxis(holders, 0, 2))


@dataclass(frozen=True, slots=True)
class Change:
    """A change of hands: the row of the spell that it begins, the place, the day, and from whom to whom.

    Holders are indices of organisations, `world.nobody` for nobody. `precision` is the half width in days of what is
    known of the day, `next_precision` that of the change that ends the spell, after `lasted` days (None: still so).
    """

    row: int
    place: int
    date: np.datetime64
    old: int
    new: int
    precision: int
    next_precision: int
    lasted: int | None


def changes(world: World) -> list[Change]:
    """Every change of hands of a record by place and day; none where nobody saw the holder before or after."""
    spells = world.spells
    assert spells.observed is not None
    rows = []
    order = np.lexsort((spells.start, spells.place))
    for before, row in pairwise(order):
        same = spells.place[before] == spells.place[row] and spells.observed[before] and spells.observed[row]
        if not same or spells.holder[before] == spells.holder[row] or spells.end[before] != spells.start[row]:
            continue
        end = spells.end[row]
        after = np.flatnonzero((spells.place == spells.place[row]) & (spells.start == end))
        rows.append(
            Change(
                row=int(row),
                place=int(spells.place[row]),
                date=spells.start[row],
                old=int(spells.holder[before]),
                new=int(spells.holder[row]),
                precision=int(spells.precision[row]),
                next_precision=int(spells.precision[after[0]]) if after.size else 0,
                lasted=None if np.isnat(end) else int((end - spells.start[row]).astype(int)),
            )
        )
    return rows
