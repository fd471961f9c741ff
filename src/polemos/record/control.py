"""Who held what: curves of places and people, and records whose dates are drawn within their precision."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from polemos.record.world import Days, Holders, World, day, running, site

SWEEPS = 12
"""Passes over the dates of a place whose windows meet: enough to forget the recorded dates."""


def held(world: World, dates: Days | Sequence[np.datetime64]) -> dict[str, NDArray[np.float64]]:
    """`places` and `people` (pre-war residents) held by each organisation on the evening of each date: float64[T, O].

    Places without residents count as places; what nobody holds is in neither.
    """
    holders = world.holders(dates)
    mine = holders[:, :, None] == np.arange(world.nobody)
    return {
        "places": mine.sum(axis=1).astype(np.float64),
        "people": np.einsum("tpo,p->to", mine, world.places.people),
    }


def who_held(world: World, place: str, date: object) -> str | None:
    """Id of the holder of a place on the evening of a date; None for nobody, or outside the record.

    Raises `KeyError` for an unknown place.
    """
    when, row = day(date), world.place(place)
    if not world.start <= when <= world.until:
        return None
    spells = running(world.spells, when)
    holders = spells.holder[spells.place == row]
    if not holders.size or holders[0] == world.nobody:
        return None
    return world.organisations.id[int(holders[0])]


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


def restarted(world: World, starts: Days) -> World:
    """The world with other starts of its spells [spell]; each ends as the next of its place starts."""
    spells = world.spells
    ends = spells.end.copy()
    follows = spells.place[1:] == spells.place[:-1]
    ends[:-1][follows] = starts[1:][follows]
    return replace(world, spells=replace(spells, start=starts, end=ends))


def redrawn(world: World, seed: int, draws: int) -> Iterator[World]:
    """Worlds whose spells start on drawn dates (`draw_starts`): how fragile is a resolution?"""
    for starts in draw_starts(world, seed, draws):
        yield restarted(world, starts)


def draw_holders(world: World, dates: Days | Sequence[np.datetime64], seed: int, draws: int) -> Holders:
    """Holder of every place on the evening of each date in drawn records: int8[draw, T, P]."""
    return np.stack([other.holders(dates) for other in redrawn(world, seed, draws)])
