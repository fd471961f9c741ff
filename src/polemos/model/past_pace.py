"""What the record up to the origin says of the war's pace: replayed week by week, back from the origin day.

Weeks end on the origin's day of the week, so no known capture is hidden by the grid (lessons, section 2 [c]).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from polemos.record.world import WAR, World

REFERENCE_RATE = 0.02
"""Captures per contact-week of a reference class of wars: Sri Lanka 2006-09 .021, Mali 2012-13 .056 [c], until 2013."""
REFERENCE_CLASS = np.array([[0.05], [1.0]]) * np.array([1.0, 0.3, 0.06])
"""Rates next door, two roads away and farther, without and with war, relative to next door at war.

The ratios by distance are those of the prototype's judged levels (-6, -7.2, -8.8), seen until 2019; without war,
the prototype's weight of .05.
"""
BASIS_UNTIL = "2019-12-31"
"""Last date of what stands behind the reference class."""
REFERENCE_WEEKS = 1000.0
"""Contact-weeks that the reference class counts for."""
USUAL_DAYS, PARITY = 40.0, 3.0
"""Days of an assault at even strength on a town of 55,000 (judgement: older wars, and the assaults of the public record
that had ended by March 2015 [k]), and the usual ratio of attackers to defenders."""
PACE_WEEKS = 104
REPLAY_WEEKS = 156

Array = np.ndarray[Any, np.dtype[Any]]


def weeks_before(world: World, count: int) -> Array:
    """Up to `count` + 1 days a week apart that end on the last day known, within the record."""
    last = world.until
    weeks = last - 7 * np.arange(count, -1, -1)
    return np.asarray(weeks[weeks >= world.start], "datetime64[D]")


def watched(world: World, dates: Array) -> Array:
    """Places that somebody looked at on both of two dates that follow each other: bool[T - 1, P].

    Any other week of a place tells neither a change nor that there was none.
    """
    observed = world.observed(dates)
    return observed[:-1] & observed[1:]


@dataclass(frozen=True, slots=True)
class Pace:
    """Captures per exposure before the origin, by class (next door, two roads away, farther).

    `rate` [class] is over all exposures; `gate` [without or with war, class] how far war or its absence departs from
    it.
    """

    rate: Array
    gate: Array


def pace(world: World, near: list[set[int]], two: list[set[int]]) -> Pace:
    """Count captures and exposures by class over the last two years, mixed with the reference class.

    An exposure is a place, another organisation that holds land, and a week in which somebody looked at the place; its
    class is whether that organisation holds a neighbour, a place two roads away, or neither, and whether the two are at
    war.
    """
    dates = weeks_before(world, PACE_WEEKS)
    holders, looked = world.holders(dates), watched(world, dates)
    captures, exposures = np.zeros((2, 3)), np.zeros((2, 3))
    nobody = world.nobody
    adjacent, second = _graph(near), _graph(two)
    for week in range(dates.size - 1):
        now, then = holders[week], holders[week + 1]
        mine = now[:, None] == np.arange(nobody)[None, :]
        own = mine.astype(np.int32)
        kind = np.where(adjacent @ own > 0, 0, np.where(second @ own > 0, 1, 2))
        present = mine.any(axis=0)[None, :] & ~mine & ((now < nobody) & looked[week])[:, None]
        relation = np.vstack([world.relation(dates[week]), np.zeros((1, nobody), np.int8)])
        war = (relation[now] == WAR).astype(int)
        np.add.at(exposures, (war[present], kind[present]), 1.0)
        moved = np.flatnonzero((then != now) & (then < nobody) & (now < nobody) & looked[week])
        moved = moved[mine[:, then[moved]].any(axis=0)]
        np.add.at(captures, (war[moved, then[moved]], kind[moved, then[moved]]), 1.0)
    prior = REFERENCE_WEEKS * REFERENCE_RATE * REFERENCE_CLASS
    rates = (captures + prior) / (exposures + REFERENCE_WEEKS)
    share = (exposures + REFERENCE_WEEKS) / (exposures + REFERENCE_WEEKS).sum(axis=0)
    rate = (share * rates).sum(axis=0)
    return Pace(rate, rates / rate)


def assault_weeks(world: World, people: Array) -> Array:
    """Typical weeks of an assault before it takes a place, [P]; `people` [P] live there.

    The median of the record's contested spells that ended in another holder. Where it shows none,
    `USUAL_DAYS` by the square root of the town's size over the usual force ratio: that nobody wrote down how long
    assaults lasted does not say that they were short.
    """
    spells = world.spells
    next_start = {(int(p), start): row for row, (p, start) in enumerate(zip(spells.place, spells.start, strict=True))}
    weeks = []
    for row in np.flatnonzero(spells.contested):
        after = next_start.get((int(spells.place[row]), spells.end[row]))
        if after is not None and spells.holder[after] != spells.holder[row]:
            weeks.append((spells.end[row] - spells.start[row]) / np.timedelta64(7, "D"))
    if weeks:
        return np.full(people.size, float(np.median(weeks)))
    return usual_weeks(people)


def usual_weeks(people: Array) -> Array:
    """Median weeks of an assault at the usual force ratio on towns of so many residents, where no record says more."""
    return np.asarray(USUAL_DAYS / 7.0 * np.sqrt((people + 5_000.0) / 60_000.0 / PARITY))


def _graph(near: list[set[int]]) -> Any:
    """Sparse [P, P]: 1 where a place is near another."""
    from scipy.sparse import csr_array

    row = np.repeat(np.arange(len(near)), [len(one) for one in near])
    column = np.array([q for one in near for q in sorted(one)], np.int32)
    return csr_array((np.ones(row.size, np.int32), (row, column)), shape=(len(near), len(near)))  # type: ignore[no-untyped-call]


def victories(world: World, weight: Array) -> Array:
    """Weighted gains less losses of every organisation in each of the last weeks [week, O], the oldest first.

    A holder that shows after a time in which nobody looked has won nothing in that week.
    """
    dates = weeks_before(world, REPLAY_WEEKS)
    holders, looked = world.holders(dates), watched(world, dates)
    score = np.zeros((holders.shape[0] - 1, world.nobody + 1))
    for week in range(score.shape[0]):
        for p in np.flatnonzero((holders[week] != holders[week + 1]) & looked[week]):
            score[week, holders[week + 1, p]] += weight[p]
            score[week, holders[week, p]] -= weight[p]
    return score[:, : world.nobody]
