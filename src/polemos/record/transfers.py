"""Changes of hands that events report: which place, who took it, on which day.

An event names one actor where its codebook says which of the two took the place, and both where it does not (two
governments, two rebel groups): then it was the one that did not have it, by the last change that is recorded, or by the
first day of the record. What is left between two is not guessed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from polemos.record.world import World

DAYS = {0: 0, 1: 0, 2: 3, 3: 4, 4: 15, 5: 183}
"""Half width in days of what is known of the day, by the precision of UCDP."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """A place (index) that an organisation (index) took on a day, known to `precision` days to either side."""

    place: int
    holder: int
    day: np.datetime64
    precision: int
    event: str


def transfers(world: World) -> tuple[list[Transfer], int]:
    """Changes of hands by day, and how many events leave it open who took the place.

    Of two on one day at one place the later in the table stands.
    """
    events = world.events
    if events is None:
        return [], 0
    holders = dict(enumerate(world.holders([world.start])[0].tolist()))
    changes: dict[tuple[int, np.datetime64], Transfer] = {}
    left_open = 0
    rows = np.flatnonzero(events.taken_place >= 0)
    for row in rows[np.argsort(events.start[rows], kind="stable")].tolist():
        place, bits = int(events.taken_place[row]), int(events.taker[row])
        who = [o for o in range(world.nobody) if bits >> o & 1]
        if len(who) > 1 and holders[place] in who:
            who.remove(holders[place])
        if len(who) != 1:
            left_open += 1
            continue
        holders[place] = who[0]
        day = events.start[row]
        changes[place, day] = Transfer(place, who[0], day, DAYS[int(events.precision[row])], events.id[row])
    return list(changes.values()), left_open
