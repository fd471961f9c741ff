"""Levels of the front by distance, where its coefficients are drawn and not learnt."""

import math

import numpy as np

from polemos.model.front.features import FARTHER, PEOPLE, place_features
from polemos.model.front.features import NEXT_DOOR as IS_NEXT_DOOR
from polemos.model.front.features import TWO_ROADS as IS_TWO_ROADS
from polemos.model.front.simulate import MOST
from polemos.model.front.simulate import pull as fill_pull
from polemos.model.jit import kernel
from polemos.model.processes.memory import member

LOW = -8.0
"""A level at which no appeal meets its cap, to measure the others from."""
NEXT_DOOR, TWO_ROADS, FAR = range(3)


@kernel
def distance_class(mine, o):
    """Whether o holds a neighbour, a place two roads away, or neither, from the features of the place."""
    if mine[o, IS_NEXT_DOOR] > 0.0:
        return NEXT_DOOR
    return TWO_ROADS if mine[o, IS_TWO_ROADS] > 0.0 else FAR


@kernel
def pulls(step, front, slopes, air_level, patron, pull):
    """Fill the part of every rate that is the same at all places, [m, O, O + 1], from the memory as it stands."""
    still = np.zeros(pull.shape[1:])
    x = np.zeros(slopes.shape[1])
    for m in range(pull.shape[0]):
        fill_pull(member(front, m), air_level[step], patron[step], slopes[m], still, x, pull[m])


@kernel
def appeal(o, d, slopes, pull, mine):
    """Weekly rate at which o would take a place from d, exp(slopes . x), capped; `mine` are the place's features."""
    u = 0.0
    for f in range(PEOPLE + 1):
        u += slopes[f] * mine[o, f]
    return min(math.exp(u) * pull[o, d], MOST)


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
                    value = appeal(o, d, slopes[m], pull[m], mine)
                    total[distance_class(mine, o)] += value
                    number[distance_class(mine, o)] += 1.0
        for where in range(3):
            mean = total[where] / number[where] if total[where] > 0.0 else math.exp(LOW)
            slopes[m, (IS_NEXT_DOOR, IS_TWO_ROADS, FARTHER)[where]] = LOW + math.log(rate[where] / mean)
