"""What a forecaster learns of theatres before an origin: blocks of twelve months, births, sizes, pledges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polemos.elsewhere.counts import BLOCK, Autoregression, Sizes, fit, fit_sizes
from polemos.elsewhere.pledges import Rate, Rates, pledge_rates
from polemos.record.theatres import Pledges, Theatres
from polemos.record.world import Days, World

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Learnt:
    """What theatres and pledges before an origin teach.

    `attacks` [T, B] are those of each block of twelve months, the last of which ends on `ended` (exclusive), NaN before
    the first in a theatre. `births` are the rates of new countries by network, and `first` the attacks of all theatres
    in their first block. `ends` are the rates at which pledges end while the centre holds land (False) and holds none
    (True), `joins` those at which new ones are made, each by network and land.
    """

    theatres: Theatres
    ended: np.datetime64
    attacks: Floats
    model: Autoregression
    sizes: Mapping[str, Sizes]
    ratios: Mapping[str, Floats]
    births: Mapping[str, Rate]
    first: Floats
    ends: Rates
    joins: Rates
    pledges: Pledges | None

    @property
    def networks(self) -> tuple[str, ...]:
        """Networks in which new countries may appear."""
        return tuple(self.births)


def blocks(counts: Floats) -> Floats:
    """Sums [T, B] of successive blocks of twelve months, of which the last ends with the last month."""
    whole = counts.shape[1] // BLOCK
    cut = counts[:, counts.shape[1] - whole * BLOCK :]
    return np.asarray(cut.reshape(counts.shape[0], whole, BLOCK).sum(axis=2))


def since_first(sums: Floats) -> Floats:
    """Blocks with NaN before the first in which anything was counted."""
    began = np.cumsum(np.nan_to_num(sums), axis=1) > 0
    return np.where(began, sums, np.nan)


def ends_of(theatres: Theatres) -> Days:
    """Day after the last of every block [B]."""
    whole = theatres.months.size // BLOCK
    months = theatres.months.astype("datetime64[M]")[-1] + 1 - BLOCK * np.arange(whole)[::-1]
    return np.asarray(months.astype("datetime64[D]"))


def core_places(world: World, cores: NDArray[np.int32], dates: Days) -> Floats:
    """log(1 + places) of the core of each theatre on the evening before each date [T, D]; NaN: not known."""
    before = dates - np.timedelta64(1, "D")
    inside = (before >= world.start) & (before <= world.until)
    shares = np.full((cores.size, dates.size), np.nan)
    holders = world.holders(before[inside])
    for row, core in enumerate(cores):
        if core >= 0:
            shares[row, inside] = np.log1p((holders == core).sum(axis=1))
    return shares


def learn(world: World) -> Learnt:
    """Learn from a world cut at its origin. Raises `ValueError` where it has no theatres or too few months."""
    theatres = world.theatres
    if theatres is None or not theatres.id:
        raise ValueError(f"{world.name} has no theatres")
    attacks = since_first(blocks(theatres.attacks))
    if attacks.shape[1] < 2:
        raise ValueError(f"the theatres of {world.name} are counted for less than two years before {world.until}")
    dates = ends_of(theatres)
    level = core_places(world, theatres.core, dates)
    before, after = attacks[:, :-1], attacks[:, 1:]
    change = np.diff(level, axis=1)
    tied = (theatres.core >= 0)[:, np.newaxis]
    # Of a theatre whose core nobody had mapped yet, the tie cannot be distinguished from the rest.
    usable = ~np.isnan(before) & (~tied | ~np.isnan(change))
    home = theatres.home[:, np.newaxis]
    moved = np.where(tied, np.nan_to_num(change), 0.0)
    model = fit(before[usable], after[usable], np.where(home, 0.0, moved)[usable], np.where(home, moved, 0.0)[usable])
    sizes, ratios = {}, {}
    total = np.nansum(attacks, axis=1)
    for measure in ("deaths", "civilians"):
        dead = np.where(np.isnan(attacks), np.nan, blocks(theatres.counts(measure)))
        sizes[measure] = fit_sizes(attacks, dead)
        ratios[measure] = sizes[measure].of(np.nansum(dead, axis=1), total)
    ends, joins = pledge_rates(world)
    first = attacks[~np.isnan(attacks) & np.isnan(np.c_[np.full(len(attacks), np.nan), before])]
    return Learnt(
        theatres, dates[-1], attacks, model, sizes, ratios, births(theatres, attacks), first, ends, joins, world.pledges
    )


def births(theatres: Theatres, attacks: Floats) -> dict[str, Rate]:
    """New countries a year, by network, over the blocks since its first country was counted (that one apart)."""
    rates = {}
    network = np.array(theatres.network)
    for name in dict.fromkeys(theatres.network):
        began = np.argmax(~np.isnan(attacks[network == name]), axis=1)
        later = began[began > began.min()]
        rates[name] = Rate(int(later.size), float(max(attacks.shape[1] - 1 - began.min(), 1)))
    return rates
