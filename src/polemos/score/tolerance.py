"""Tolerance of dates: a forecast is not blamed for a change that the record cannot date to one side of the lead.

Where the precision of a change spans the day of a lead, nobody knows who held the place that evening. Such place-dates
are left out, the same for every forecaster. The kinder of the holders would be the other way: it lets each forecaster
pick its own outcome, and so pays whoever splits the difference. Leaving out is no free lunch either: it drops changes
rather than calm, so scores with tolerance stand beside those without and never in their place.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from polemos.record.world import Days, Flags, World


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


def settled(world: World, dates: Days | Sequence[np.datetime64]) -> Flags:
    """Place-dates to score with tolerance, on which one holder only is possible: bool[T, P]."""
    return np.asarray(possible(world, dates).sum(-1) == 1)
