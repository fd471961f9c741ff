"""How often an organisation that holds nothing takes a place: a rate learnt from the record before the origin."""

from __future__ import annotations

import numpy as np

from polemos.record.world import Flags, Holders

PRIOR_WEEKS = 4_000.0
"""The prior: one entry in so many place-weeks, near the middle of the rates of five wars of the library."""


def entry_rate(holders: Holders, looked: Flags, organisations: int) -> float:
    """Weekly rate at which an organisation that holds nothing takes a place: one rate for all places and organisations.

    `holders` [T, P] are the holders at T weeks, `looked` [T - 1, P] says which places were observed at the start and
    the end of a week. An organisation that enters at several places in one week counts once for each of them.
    """
    entries, exposed = 0, 0
    for now, then, is_watched in zip(holders[:-1], holders[1:], looked, strict=True):
        for o in np.setdiff1d(np.arange(organisations), now):
            entries += int(((then == o) & is_watched).sum())
            exposed += int(is_watched.sum())
    return (entries + 1.0) / (exposed + PRIOR_WEEKS)
