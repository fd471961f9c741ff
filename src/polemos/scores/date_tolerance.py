"""Tolerance of dates: what a forecast scores where the record dates a change to so many days and not to one.

Where the precision of a change spans the day of a lead, nobody knows who held the place that evening: each holder that
is possible bounds the score, and the better of the bounds stands beside the plain score, never in its place. It is
kind to every forecaster, and kindest to one who splits the difference, so it ranks nobody: it tells how much of a score
can be due to the record's dates.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from polemos.record.world import Days, Flags, Floats, World


def possible(world: World, dates: Days | Sequence[np.datetime64]) -> Flags:
    """Who may have held a place on the evening of each date, changes dated within their precision: bool[T, P, O + 1].

    A spell may begin `precision` days early and end as much late as the next one of its place may begin; the first
    begins with the record. A date without any spell is nobody's.
    """
    when = np.asarray(dates, "datetime64[D]")
    spells = world.spells
    flags = np.zeros((when.size, len(world.places.id), world.nobody + 1), bool)
    wide = spells.precision.astype("timedelta64[D]")
    early, late = spells.start - wide, spells.end.copy()
    follows = spells.place[1:] == spells.place[:-1]
    late[:-1][follows] = np.maximum(late[:-1], (spells.start + wide)[1:])[follows]
    for place, holder, begins, ends in zip(spells.place, spells.holder, early, late, strict=True):
        flags[(when >= begins) & (np.isnat(ends) | (when < ends)), place, holder] = True
    flags[..., world.nobody] |= ~flags.any(-1)
    return flags


def likeliest(probability: Floats, possible: Flags) -> Floats:
    """Probability of the likeliest of the holders that are possible: [...] of [..., K] both.

    The log score of it is the better of the bounds. With one possible holder it is the probability of that one.
    """
    return np.asarray(np.where(possible, probability, -np.inf).max(-1))
