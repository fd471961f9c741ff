"""Where an organisation stands to a place it might seize, and the levels that give the seizures of the record."""

import math
from typing import NamedTuple

import numpy as np

from polemos.model.front.capture_rates import of_features, revealed, win
from polemos.model.front.features import FARTHER, PEOPLE, place_features
from polemos.model.front.features import NEXT_DOOR as IS_NEXT_DOOR
from polemos.model.front.features import TWO_ROADS as IS_TWO_ROADS
from polemos.model.groups import View
from polemos.model.jit import kernel
from polemos.model.processes.memory import member
from polemos.record.world import WAR, Floats, Holders

PART, LEAST_MEN = 0.1, 10.0
LOW = -8.0
"""A level at which no appeal meets its cap, to measure the others from."""
NEXT_DOOR, TWO_ROADS, FAR = range(3)


class Inputs(NamedTuple):
    """What it only reads."""

    holder: Holders
    reserve: Floats
    power: Floats
    defence: Floats
    relation: Holders
    gate: Floats


class Values(NamedTuple):
    """Parameters, a value a member."""

    tempo: Floats
    intercept: Floats
    slope: Floats


@kernel
def distance_class(mine, o):
    """Whether o holds a neighbour, a place two roads away, or neither, from the features of the place."""
    if mine[o, IS_NEXT_DOOR] > 0.0:
        return NEXT_DOOR
    return TWO_ROADS if mine[o, IS_TWO_ROADS] > 0.0 else FAR


@kernel
def calibrate(step: int, inputs: Inputs, view: View, values: Values, seizure_level: Floats) -> None:
    """Set `seizure_level` [m, o, d] from every place and organisation at the origin."""
    nobody = inputs.reserve.shape[1]
    mine = np.zeros((nobody, PEOPLE + 1))
    total, wanted = np.zeros((nobody, nobody)), np.zeros((nobody, nobody))
    for m in range(inputs.holder.shape[0]):
        past = member(view.front, m)
        total[:], wanted[:] = 0.0, 0.0
        contacts = 0
        for p in range(inputs.holder.shape[1]):
            d = inputs.holder[m, p]
            if d == nobody:
                continue
            place_features(mine, p, past, view.ground)
            for o in range(nobody):
                men = PART * (inputs.reserve[m, o, 0] + inputs.reserve[m, o, 1] + inputs.reserve[m, o, 2])
                if o == d or past.held[o] == 0.0 or men < LEAST_MEN:
                    continue
                rate = of_features(o, d, view.slopes[m], view.pull[m], mine)
                war = 1 if inputs.relation[step, o, d] == WAR else 0
                where = distance_class(mine, o)
                if war == 1 and where == NEXT_DOOR:
                    continue
                contacts += 1
                wanted[o, d] += inputs.gate[war, where] * rate
                ratio = men * inputs.power[m, o] / max(inputs.defence[m, p], 1.0)
                chance = win(ratio, values.intercept[m], values.slope[m])
                total[o, d] += inputs.gate[war, where] * rate * chance
        revealed(seizure_level[m], values.tempo[m], wanted, total, contacts)


@kernel
def centre(holder, front, ground, pull, rate, slopes):
    """Set the level of each class in `slopes` [m, F] so that its mean appeal at the origin is `rate` [class]."""
    nobody = pull.shape[1]
    mine = np.zeros((nobody, PEOPLE + 1))
    for m in range(holder.shape[0]):
        past = member(front, m)
        for feature in (IS_NEXT_DOOR, IS_TWO_ROADS, FARTHER):
            slopes[m, feature] = LOW
        total, number = np.zeros(3), np.zeros(3)
        for p in range(holder.shape[1]):
            d = holder[m, p]
            place_features(mine, p, past, ground)
            for o in range(nobody):
                if o != d and past.held[o] > 0.0:
                    value = of_features(o, d, slopes[m], pull[m], mine)
                    total[distance_class(mine, o)] += value
                    number[distance_class(mine, o)] += 1.0
        for where in range(3):
            mean = total[where] / number[where] if total[where] > 0.0 else math.exp(LOW)
            slopes[m, (IS_NEXT_DOOR, IS_TWO_ROADS, FARTHER)[where]] = LOW + math.log(rate[where] / mean)
