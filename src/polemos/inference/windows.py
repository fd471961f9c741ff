"""Windows of a war: stretches of its record that are simulated from their first day and compared with what happened.

The first begins once a tenth of the record, a year at most, has passed to learn the front from; each is a year long,
the last may be shorter but half a year at least. Within a window the model is given the supports and relations as they
came, and of the record before it what a forecast made on its first day would see.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from polemos.record.world import Days, Flags, Floats, World, day

if TYPE_CHECKING:
    from polemos.war.war import War

WEEKS, SHORTEST = 52, 26
SPREAD = 1.6448536269514722
"""From the middle to the 95 % point of a normal, in standard deviations."""
CLOSEST = 0.1
"""Least standard deviation of a figure's logarithm, and that of one without bounds: a convention."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A dated figure: `organisation`, `best`, and the standard deviation of its logarithm. `country` of attacks."""

    organisation: int
    date: np.datetime64
    best: float
    log_sd: float
    country: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of the whole record `world`, from `start` to `end`, as organisation `focus` sees it.

    `fighters`, `members` and `attacks` (in a year that ends at the date) are what was estimated within the window;
    fighters of those only whose strength was known at its start.
    """

    world: World
    start: np.datetime64
    end: np.datetime64
    focus: int
    fighters: tuple[Estimate, ...]
    members: tuple[Estimate, ...]
    attacks: tuple[Estimate, ...]

    @property
    def name(self) -> str:
        """War and first day, as in file names."""
        return f"{self.world.name}-{self.start}"

    @property
    def dates(self) -> Days:
        """Weeks from the first day to the last."""
        return np.arange(self.start, self.end + 1, np.timedelta64(7, "D"))

    @property
    def looked(self) -> Flags:
        """Places that somebody looked at on every date [P]; of the others nothing is compared."""
        return np.asarray(self.world.observed(self.dates).all(axis=0))


def focus_of(war: War) -> int:
    """The organisation that the summaries follow: the scenario's first, or else the one most places went to or from."""
    if war.settings.focus:
        return war.world.organisation(war.settings.focus[0])
    dates = np.arange(war.world.start, war.world.until + 1, dtype="datetime64[D]")
    holders, observed = war.world.holders(dates), war.world.observed(dates)
    changed = (holders[1:] != holders[:-1]) & observed[1:] & observed[:-1]
    count = np.bincount(holders[1:][changed], minlength=war.world.nobody + 1) + np.bincount(
        holders[:-1][changed], minlength=war.world.nobody + 1
    )
    return int(np.argmax(count[:-1]))


def windows(war: War, until: object = None) -> tuple[Window, ...]:
    """The windows of a war that end by a day, by default the last on which anybody looked at who held what."""
    world = war.world
    days = int((world.until - world.start) / np.timedelta64(1, "D"))
    last = world.last_observed if until is None else min(day(until), world.last_observed)
    start = world.start + np.timedelta64(min(WEEKS, days // 70) * 7, "D")
    windows_: list[Window] = []
    focus, stated = focus_of(war), attacks(war)
    while True:
        weeks = min(WEEKS, int((world.last_observed - start) / np.timedelta64(7, "D")))
        end = start + np.timedelta64(7 * weeks, "D")
        if weeks < SHORTEST or end > last:
            return tuple(windows_)
        one = _window(world, start, end, focus, stated)
        if one.looked.any():
            windows_.append(one)
        start = end


def _window(world: World, start: np.datetime64, end: np.datetime64, focus: int, stated: list[Estimate]) -> Window:
    strength_owners = {one.organisation for one in estimates(world.as_of(start), "fighters")}

    def estimates_in(measure: str) -> tuple[Estimate, ...]:
        rows = estimates(world, measure)
        return tuple(one for one in rows if start < one.date <= end)

    return Window(
        world,
        start,
        end,
        focus,
        tuple(one for one in estimates_in("fighters") if one.organisation in strength_owners),
        tuple(one for one in estimates_in("members") if one.organisation == focus),
        tuple(one for one in stated if one.organisation == focus and start < one.date <= end),
    )


def estimates(world: World, measure: str) -> list[Estimate]:
    """The dated estimates of a measure of strength, by organisations that hold places."""
    table, estimates_read = world.strengths, []
    for row, name in enumerate(table.measure):
        if name == measure and table.organisation[row] >= 0 and table.best[row] > 0:
            low, best, high = (float(series[row]) for series in (table.low, table.best, table.high))
            spread = log_sd(low, best, high)
            estimates_read.append(Estimate(int(table.organisation[row]), table.date[row], best, spread))
    return estimates_read


def log_sd(low: float, best: float, high: float) -> float:
    """Standard deviation of the logarithm of a figure whose low and high are its 5 and 95 % points."""
    if math.isnan(low) or math.isnan(high):
        return CLOSEST
    return max(CLOSEST, float(np.log(max(high, best, 1.0) / max(low, best / 10, 1.0))) / (2 * SPREAD))


def attacks(war: War) -> list[Estimate]:
    """Attacks of a year in a country, from rows of `outcomes.csv` whose measure is ORGANISATION_attacks."""
    from polemos.scenario.load import read

    names = {f"{identifier}_attacks": o for o, identifier in enumerate(war.world.organisations.id)}
    codes = {title: code for code, title in war.settings.countries.items()}
    attack_rows = []
    for row in read(war.path).tables["outcomes.csv"].rows:
        if row["measure"] in names and row["region"] in codes:
            spread = log_sd(row["low"], row["value"], row["high"])
            attack_rows.append(Estimate(names[row["measure"]], row["date"], row["value"], spread, codes[row["region"]]))
    return attack_rows


def remoteness(world: World, date: np.datetime64, focus: int) -> Floats:
    """Hours by road from every place to the nearest that another organisation holds on a day [P], 100 at most."""
    from polemos.model.inputs import roads

    graph, holders = roads(world), world.holders([date])[0]
    far: Floats = np.where((holders != focus) & (holders < world.nobody), 0.0, 100.0)
    for _ in range(holders.size):
        before = far.copy()
        for p in range(holders.size):
            part = slice(graph.start[p], graph.start[p + 1])
            if part.stop > part.start:
                far[p] = min(far[p], float((far[graph.near[part]] + graph.hours[part]).min()))
        if np.array_equal(before, far):
            break
    return far
