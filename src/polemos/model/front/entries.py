"""How often an organisation that holds nothing takes a place: rates learnt from the record before the origin.

Three of them, by what it held before: it never held any place; it lost all of them in the last `SOON` weeks; or longer
ago. In the library those who came back did so within eleven weeks, and nobody who had been out for longer.
"""

from __future__ import annotations

import numpy as np

from polemos.model.jit import kernel
from polemos.record.world import Flags, Floats, Holders

NEVER, JUST_OUT, LONG_OUT = range(3)
SOON = 13
"""Weeks since an organisation lost all it held, up to which it counts as just out."""
PRIOR = ((1.0, 4_000.0), (1.0, 1_000.0), (0.5, 80_000.0))
"""Entries and place-weeks that count as seen before, by `NEVER`, `JUST_OUT` and `LONG_OUT`: the first near the middle
of the rates of five wars of the library, the second that of three, the third one of which no war has an entry."""


@kernel
def entering(entry: Floats, absent: int) -> float:
    """The rate of an organisation that holds nothing, from the weeks since it lost all (-1: it never held any)."""
    if absent < 0:
        return float(entry[NEVER])
    return float(entry[JUST_OUT if absent <= SOON else LONG_OUT])


def entry_rates(holders: Holders, looked: Flags, organisations: int) -> Floats:
    """Weekly rates [3] at which an organisation that holds nothing takes a place, the same for all places.

    `holders` [T, P] are the holders at T weeks, `looked` [T - 1, P] says which places were observed at the start and
    the end of a week. An organisation that enters at several places in one week counts once for each of them.
    """
    entries, exposed = np.array(PRIOR).T.copy()
    absent = np.full(organisations, -1)
    for now, then, is_watched in zip(holders[:-1], holders[1:], looked, strict=True):
        is_there = np.isin(np.arange(organisations), now)
        absent[is_there] = 0
        absent[~is_there & (absent >= 0)] += 1
        for o in np.flatnonzero(~is_there):
            row = NEVER if absent[o] < 0 else JUST_OUT if absent[o] <= SOON else LONG_OUT
            entries[row] += int(((then == o) & is_watched).sum())
            exposed[row] += int(is_watched.sum())
    return np.asarray(entries / exposed)
