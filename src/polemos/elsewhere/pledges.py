"""Pledges of affiliates to the centre of a network: how often they ended and were made, and how they go on.

    a pledge ends at e_l a year and a new one is made at j_l a year, l: whether the centre holds land that day

Both rates have the posterior Gamma(events + 1/2, years watched) of a Poisson process (Jeffreys 1946), learnt from the
pledges to all networks before the origin. What this is not: a reason why anybody pledges himself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polemos.record.theatres import Pledges, Theatres
from polemos.record.world import Days, World

Floats = NDArray[np.float64]
HALF = 0.5
"""Events in the prior of a rate."""

YEAR = 365.25
MOST = 8
"""New pledges of a network at most."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate a year whose posterior is Gamma(events + 1/2, years)."""

    events: int
    years: float

    @property
    def mean(self) -> float:
        """Mean a year."""
        return (self.events + HALF) / self.years

    def draw(self, rng: np.random.Generator) -> float:
        """A draw, a year."""
        return float(rng.standard_gamma(self.events + HALF)) / self.years


Rates = dict[bool, Rate]
"""Rates by whether the centre is without land."""


def pledge_rates(world: World) -> tuple[Rates, Rates]:
    """Rates at which pledges end and are made, learnt from a world cut at its origin."""
    events = {True: [0, 0], False: [0, 0]}
    years = {True: [0.0, 0.0], False: [0.0, 0.0]}
    pledges = world.pledges
    for name in dict.fromkeys(pledges.network) if pledges is not None else ():
        assert pledges is not None
        spells = [one for one in pledges.spells() if one[1] == name]
        if not spells:
            continue
        opened = min(start for _, _, start, _ in spells)
        for start, end, landless in stretches(pledges, world, name, opened):
            years[landless][1] += _years(start, end)
            for _, _, pledge, ended in spells:
                events[landless][1] += bool(start <= pledge < end and pledge > opened)
                events[landless][0] += bool(not np.isnat(ended) and start <= ended < end)
                last = end if np.isnat(ended) else min(ended, end)
                years[landless][0] += max(_years(max(pledge, start), last), 0.0)
    # What was watched for less than a year is known only to be rare: as if watched for one.
    first, second = ({land: Rate(events[land][i], max(years[land][i], 1.0)) for land in events} for i in (0, 1))
    return first, second


def stretches(
    pledges: Pledges, world: World, network: str, opened: np.datetime64
) -> list[tuple[np.datetime64, np.datetime64, bool]]:
    """Stretches from the first pledge of a network to the origin in which its centre held land, or none."""
    changes = pledges.landless(network)
    first = [landless for date, landless in changes if date <= opened]
    steps = [(opened, first[-1] if first else False), *(change for change in changes if change[0] > opened)]
    ends = [*(date for date, _ in steps[1:]), world.until + np.timedelta64(1, "D")]
    return [(date, end, landless) for (date, landless), end in zip(steps, ends, strict=True)]


def _years(start: np.datetime64, end: np.datetime64) -> float:
    return float((end - start).astype(int)) / YEAR


@dataclass(frozen=True, slots=True)
class Standing:
    """Pledges of members: `affiliates` [A] with network and day, the days on which they end [m, A] (NaT: not by the
    last day), and the days of new ones by network [m, N]."""

    affiliates: tuple[tuple[str, str, np.datetime64], ...]
    ends: Days
    made: dict[str, Days]

    def on(self, network: str, origin: np.datetime64, dates: Days) -> tuple[Floats, Floats]:
        """Pledges that stand on a day of each member [m]; and of those of the origin the share that does: [m].

        The share is NaN where none stood at the origin.
        """
        rows = [row for row, one in enumerate(self.affiliates) if one[1] == network]
        begun = np.array([self.affiliates[row][2] for row in rows], "datetime64[D]")
        ends = self.ends[:, rows]
        stands = (begun <= dates[:, np.newaxis]) & ~(ends <= dates[:, np.newaxis])
        old = (begun <= origin) & ~(ends <= origin)
        new = self.made.get(network)
        pledged = np.zeros(len(stands)) if new is None else (new <= dates[:, np.newaxis]).sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            return stands.sum(axis=1) + pledged, (stands & old).sum(axis=1) / old.sum(axis=1)


def same_pledges(pledges: Pledges | None, members: int) -> Standing:
    """The pledges of a table, the same in every member."""
    spells = [] if pledges is None else pledges.spells()
    ends = np.array([end for *_, end in spells], "datetime64[D]").reshape(1, len(spells))
    names = dict.fromkeys(network for _, network, _, _ in spells)
    return Standing(
        tuple((name, network, start) for name, network, start, _ in spells),
        np.repeat(ends, members, axis=0),
        {network: np.full((members, MOST), np.datetime64("NaT"), "datetime64[D]") for network in names},
    )


def core_of(theatres: Theatres, network: str) -> int:
    """The organisation of the map in which a network has its centre, -1 where it has none there."""
    pairs = zip(theatres.core.tolist(), theatres.network, strict=True)
    return next((core for core, name in pairs if name == network and core >= 0), -1)


def go_on(
    rng: np.random.Generator, standing: Standing, member: int, landless: dict[str, NDArray[np.bool_]], dates: Days,
    until: np.datetime64, ends: Rates, joins: Rates,
) -> None:  # fmt: skip
    """Draw when the pledges of a member end and new ones are made; `landless` [D] by network on `dates` [D]."""
    drawn = {land: (ends[land].draw(rng), joins[land].draw(rng)) for land in (False, True)}
    steps = np.diff(np.append(dates, until + np.timedelta64(1, "D"))).astype(float) / YEAR
    for network, without in landless.items():
        rows = [row for row, one in enumerate(standing.affiliates) if one[1] == network]
        ending, making = (np.cumsum(np.where(without, drawn[True][i], drawn[False][i]) * steps) for i in (0, 1))
        days = _when(ending, rng.standard_exponential(len(rows)), dates)
        pledge_ends = standing.ends[member, rows]
        standing.ends[member, rows] = np.where(np.isnat(pledge_ends), days, pledge_ends)
        standing.made[network][member] = _when(making, np.cumsum(rng.standard_exponential(MOST)), dates)


def _when(hazard: Floats, drawn: Floats, dates: Days) -> Days:
    """First date on which a cumulative hazard [D] reaches what was drawn; NaT where it never does."""
    at = np.searchsorted(hazard, drawn)
    return np.where(at < dates.size, dates[np.minimum(at, dates.size - 1)], np.datetime64("NaT", "D"))
