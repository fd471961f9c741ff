"""When a local unit changes sides, and how its men are then booked."""

import math
from typing import Any, NamedTuple

import numpy as np

from polemos.model.inputs import LOCAL
from polemos.model.jit import kernel
from polemos.record.world import Floats, Holders, Ints

FRESH, REACH_RESERVE = 8, 0.3


class Forces(NamedTuple):
    """Who holds and who attacks each place [m, P], with what men [m, P, cohort]."""

    holder: Holders
    attacker: Holders
    garrison: Floats
    assault: Floats


@kernel
def beliefs(m: int, p: int, forces: Forces, weeks: Ints, roads: Any, z_t: float, strength: Floats) -> None:
    """Fill `strength` [O] around a place: men next door and here, more where places were just taken."""
    strength[:] = 0.0
    fresh = np.zeros(strength.size)
    for e in range(roads.near_start[p] - 1, roads.near_start[p + 1]):
        q = p if e < roads.near_start[p] else roads.near[e]
        o = forces.holder[m, q]
        if o < strength.size:
            men = forces.garrison[m, q, 0] + forces.garrison[m, q, 1] + forces.garrison[m, q, 2]
            strength[o] += men + 1.0
            fresh[o] += 1.0 if weeks[q] < FRESH else 0.0
    a = forces.attacker[m, p]
    if a >= 0:
        men = forces.assault[m, p, 0] + forces.assault[m, p, 1] + forces.assault[m, p, 2]
        strength[a] += men
    for o in range(strength.size):
        strength[o] *= math.exp(z_t * fresh[o])


@kernel
def gone_of(m, p, o, step, before, left_to, left_step, roads):
    """How many of o's local units next to p went over in the last weeks, and of how many."""
    men_gone, units = 0.0, 0.0
    for e in range(roads.near_start[p], roads.near_start[p + 1]):
        q = roads.near[e]
        is_fresh = left_to[m, q] == o and step - left_step[m, q] <= FRESH
        men_gone += is_fresh
        units += is_fresh or before[q] == o
    return men_gone, units


@kernel
def go_over(m, p, o, winner, besieger, garrison, assault, reserve, home):
    """Move the unit at p from o to the winner; whether the place goes with it, and the others of o leave it."""
    unit, others = garrison[m, p, LOCAL], garrison[m, p, 0] + garrison[m, p, 1]
    if besieger >= 0:
        assault[m, p, LOCAL] += unit
        garrison[m, p, LOCAL] = 0.0
        return False
    if unit <= others:
        reserve[m, winner, LOCAL] += unit
        garrison[m, p, LOCAL] = 0.0
        return False
    for k in range(LOCAL):
        reserve[m, o, k] += REACH_RESERVE * garrison[m, p, k]
        home[m, o] += (1.0 - REACH_RESERVE) * garrison[m, p, k]
        garrison[m, p, k] = 0.0
    return True
