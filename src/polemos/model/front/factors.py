"""What mechanisms do to the rate of a capture: factors that are 1 at the origin, on the rate that the front gives.

    rate of o taking p from d = front(features) x tempo(t) x exp( sum over k of g_k (z_k(now) - z_k(origin)) )

z are, of the taker (`own`) and of the holder (`foe`): `belief` in its cause (`credibility`), `men`, the logarithm of
its fighters per place held, `freed`, the logarithm of one more than its captures of the last weeks, weighted by people
and faded over six (whose besiegers are free), `arms`, its patrons' weapons, troops and money, and `lost`, the share of
its peak of land that is gone; and the `supply` of the place. The exponents g are parameters of the process `captures`.
At 0 the rate is the front's, bit for bit. `LEARNT` is what the wars of the library say of each (made by
`tools/mechanisms.py`, told in docs/mechanisms-on-the-map.md); what sign a claim asserts stands in a theory, never here.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import NamedTuple

import numpy as np

from polemos.model.jit import kernel
from polemos.model.past_pace import watched, weeks_before
from polemos.record.world import WAR, Floats, Holders, World

BELIEF, MEN, FREED, ARMS, LOST = range(5)
SIDES = ("belief", "men", "freed", "arms", "lost")
EXPONENTS = (*(f"{name}_{side}" for name in SIDES for side in ("own", "foe")), "supply_foe")
FADE_WEEKS, FADED_WEEKS = 6.0, 40
MOST_CHANGE, MOST_EXPONENT = 3.0, 1.5
"""Most that one z can change, and most that all together can move the logarithm of a rate, either way."""


class Learnt(NamedTuple):
    """An exponent that the wars of the library share: the estimate, and its interval of 90 % over wars and origins."""

    value: float
    low: float
    high: float


FILE = Path(__file__).with_name("exponents.json")
LEARNT = {name: Learnt(*row) for name, row in json.loads(FILE.read_text(encoding="utf-8"))["exponents"].items()}
BASIS_UNTIL = "2019-12-31"
"""Last day of the records that they were learnt from."""


@kernel
def tilt(loose: Floats, now: Floats, then: Floats, own: Floats, foe: Floats) -> None:
    """Add to `loose` [O, O + 1], logarithms of factors, what z [O, 5] `now` instead of `then` do to o taking from d.

    `own` and `foe` [5] are the exponents. A place that nobody holds has no holder whose z could matter.
    """
    for o in range(loose.shape[0]):
        for d in range(loose.shape[1]):
            u = 0.0
            for k in range(own.size):
                u += own[k] * min(max(now[o, k] - then[o, k], -MOST_CHANGE), MOST_CHANGE)
                if d < loose.shape[0]:
                    u += foe[k] * min(max(now[d, k] - then[d, k], -MOST_CHANGE), MOST_CHANGE)
            loose[o, d] += min(max(u, -MOST_EXPONENT), MOST_EXPONENT)


@kernel
def tilt_by_relation(loose: Floats, now: Holders, then: Holders, gate: Floats) -> None:
    """Add to `loose` [O, O + 1] what war does, or its absence, where a relation [O, O] is not that of the origin.

    `gate` [without or with war, class] is how much faster the record has places next door fall at war than without.
    """
    for o in range(loose.shape[0]):
        for d in range(loose.shape[0]):
            at_war, was_at_war = now[o, d] == WAR, then[o, d] == WAR
            if o != d and at_war != was_at_war:
                change = math.log(gate[1, 0] / gate[0, 0])
                loose[o, d] += change if at_war else -change


def freed_before(world: World, weight: Floats) -> Floats:
    """Captures of every organisation [O] up to the origin, weighted by place and faded over `FADE_WEEKS`."""
    dates = weeks_before(world, FADED_WEEKS)
    holders, looked = world.holders(dates), watched(world, dates)
    total = np.zeros(world.nobody + 1)
    for week in range(dates.size - 1):
        total *= np.exp(-1 / FADE_WEEKS)
        for p in np.flatnonzero((holders[week] != holders[week + 1]) & looked[week]):
            total[holders[week + 1, p]] += weight[p]
    return total[:-1]
