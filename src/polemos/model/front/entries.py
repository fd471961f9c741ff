"""How often an organisation that holds nothing takes a place: a rate learnt from the record before the origin."""

from __future__ import annotations

import numpy as np

from polemos.record.world import Flags, Holders

PRIOR_WEEKS = 4_000.0
"""Place-weeks in which one entry is believed before anything is seen: the middle of five wars of the library."""


def entry_rate(holders: Holders, looked: Flags, organisations: int) -> float:
    """Weekly rate at which an organisation that holds nothing takes a place, the same for all of both.

    `held` [T, P] are the holders on the weeks, `looked` [T - 1, P] says which places somebody saw in a week and the
    next. All places that fall in the week of an entry count: who comes, comes to several.
    """
    entries, exposed = 0, 0
    for now, then, is_watched in zip(holders[:-1], holders[1:], looked, strict=True):
        for o in np.setdiff1d(np.arange(organisations), now):
            entries += int(((then == o) & is_watched).sum())
            exposed += int(is_watched.sum())
    return (entries + 1.0) / (exposed + PRIOR_WEEKS)
