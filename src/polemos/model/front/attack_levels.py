"""What a side would bring against a place, and the levels at which that gives the captures of the record."""

import math
from typing import NamedTuple

import numpy as np

from polemos.model.front.capture_rates import appeal, met_before, reach, revealed, win
from polemos.model.front.features import PEOPLE
from polemos.model.groups import Roads, View
from polemos.model.jit import kernel
from polemos.model.processes.memory import member
from polemos.record.world import WAR, Floats, Holders

PARITY, PART, LEAST_RATIO, MOST_RATIO = 3.0, 0.4, 0.3, 4.0
NEXT_DOOR = 0


class Inputs(NamedTuple):
    """What it only reads."""

    holder: Holders
    reserve: Floats
    hours: Floats
    power: Floats
    defence: Floats
    relation: Holders
    entry_hours: Floats
    gate: Floats


class Values(NamedTuple):
    """Parameters, a value a member."""

    tempo: Floats
    h1: Floats
    distance: Floats
    intercept: Floats
    slope: Floats


@kernel
def strength(m, o, p, far, reserve, power, defence, distance):
    """Men that o would commit against p, and the force ratio they make."""
    each = power[m, o] * math.exp(-distance[m] * far)
    stock = reserve[m, o, 0] + reserve[m, o, 1] + reserve[m, o, 2]
    if each <= 0.0 or stock < 1.0:
        return 0.0, 0.0
    men = min(PARITY * defence[m, p] / each, PART * stock)
    return men, men * each / max(defence[m, p], 1e-9)


@kernel
def calibrate(step: int, inputs: Inputs, view: View, roads: Roads, values: Values, level: Floats) -> None:
    """Set `level` [m, o, d] from the contacts at the origin."""
    nobody = inputs.reserve.shape[1]
    mine = np.zeros((nobody, PEOPLE + 1))
    total, wanted = np.zeros((nobody, nobody)), np.zeros((nobody, nobody))
    for m in range(inputs.holder.shape[0]):
        past = member(view.front, m)
        total[:], wanted[:] = 0.0, 0.0
        contacts = 0
        for p in range(inputs.holder.shape[1]):
            d = inputs.holder[m, p]
            for e in range(roads.near_start[p], roads.near_start[p + 1]):
                o = inputs.holder[m, roads.near[e]]
                if d == nobody or o == d or o == nobody or inputs.relation[step, o, d] != WAR:
                    continue
                if met_before(m, e, p, inputs.holder, roads):
                    continue
                contacts += 1
                rate = appeal(p, o, d, past, view.ground, view.slopes[m], view.pull[m], mine)
                wanted[o, d] += rate
                far = reach(m, p, o, inputs.holder, inputs.hours, roads, inputs.entry_hours)
                _, ratio = strength(m, o, p, far, inputs.reserve, inputs.power, inputs.defence, values.distance)
                if ratio >= LEAST_RATIO:
                    won = win(ratio, values.intercept[m], values.slope[m])
                    total[o, d] += rate * min(ratio, MOST_RATIO) ** values.h1[m] * won
        revealed(level[m], inputs.gate[1, NEXT_DOOR] * values.tempo[m], wanted, total, contacts)
