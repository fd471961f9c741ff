"""Seizure: a place changes hands without an open front (raids, cells, negotiated hand-overs).

About a third of captures in this kind of war are not adjacent to the captor's places, and some happen between
organisations that are not at war. For every organisation o with men to send, and every place p of another,

    rate a week = level * gate[war?, class] * appeal * expit(a + b ln(0.1 R_o power_o / defence_p))

where class is next door (only without war: war next door is an attack), two roads away, or farther; `appeal` is what
the front says, with a level of its own for each class; `gate` is how much likelier the record before the origin makes
it with war or without; and `level` [o, d] makes the expected seizures of a pair at the origin tempo times those of
the appeals.
What this is not: an uprising (P18) or a change of sides (P12).
Source: lessons of the prototype, jump channel [c]; D2 P9b.
"""

import math

import numpy as np

from polemos.model.chance import stream, uniform
from polemos.model.contact import appeal, bound, revealed, win
from polemos.model.features import FARTHER, PEOPLE
from polemos.model.features import NEXT_DOOR as IS_NEXT_DOOR
from polemos.model.features import TWO_ROADS as IS_TWO_ROADS
from polemos.model.jit import kernel
from polemos.model.process import Array, Process
from polemos.model.processes.memory import member
from polemos.model.state import ATTACKER_WON, SEIZURE
from polemos.record.world import WAR

PART, LEAST_MEN = 0.1, 10.0
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
def calibrate(
    step, holder, reserve, power, defence, relation, front, ground, slopes, pull, gate, tempo, intercept, slope,
    seizure_level,
):  # fmt: skip
    """Set `seizure_level` [m, o, d] from every place and organisation at the origin."""
    nobody = reserve.shape[1]
    mine = np.zeros((nobody, PEOPLE + 1))
    total, wanted = np.zeros((nobody, nobody)), np.zeros((nobody, nobody))
    for m in range(holder.shape[0]):
        past = member(front, m)
        total[:], wanted[:] = 0.0, 0.0
        met = 0
        for p in range(holder.shape[1]):
            d = holder[m, p]
            if d == nobody:
                continue
            for o in range(nobody):
                men = PART * (reserve[m, o, 0] + reserve[m, o, 1] + reserve[m, o, 2])
                if o == d or past.held[o] == 0.0 or men < LEAST_MEN:
                    continue
                rate = appeal(p, o, d, past, ground, slopes[m], pull[m], mine)
                war = 1 if relation[step, o, d] == WAR else 0
                where = distance_class(mine, o)
                if war == 1 and where == NEXT_DOOR:
                    continue
                met += 1
                wanted[o, d] += gate[war, where] * rate
                chance = win(men * power[m, o] / max(defence[m, p], 1.0), intercept[m], slope[m])
                total[o, d] += gate[war, where] * rate * chance
        revealed(seizure_level[m], tempo[m], wanted, total, met)


@kernel
def step(
    keys, process, step, holder, attacker, assault, reserve, outcome, change, battle_start, assault_hours, power,
    defence, relation, pair_site, front, ground, slopes, pull, gate, seizure_level, intercept, slope,
):  # fmt: skip
    """Seize places: the holder's garrison is beaten, and `fate` and `release` book it."""
    nobody = reserve.shape[1]
    mine = np.zeros((nobody, PEOPLE + 1))
    most = np.zeros(2)
    most[0] = max(gate[0, NEXT_DOOR], gate.max())
    most[1] = max(gate[:, TWO_ROADS].max(), gate[:, FAR].max())
    for m in range(holder.shape[0]):
        draw = stream(keys[m], process, step)
        past = member(front, m)
        for p in range(holder.shape[1]):
            d = holder[m, p]
            if d == nobody or attacker[m, p] >= 0:
                continue
            near = most[0] * bound(slopes[m], ground.people[p], True)
            far = most[1] * bound(slopes[m], ground.people[p], False)
            first, winner = 1.0, -1
            for o in range(nobody):
                if o == d or past.held[o] == 0.0:
                    continue
                beside = (past.beside[p] >> o) & 1
                if beside and relation[step, o, d] == WAR:
                    continue
                u = uniform(draw, pair_site[p, o], 0)
                if u > (near if beside else far) * seizure_level[m, o, d] * pull[m, o, d]:
                    continue
                men = PART * (reserve[m, o, 0] + reserve[m, o, 1] + reserve[m, o, 2])
                if men < LEAST_MEN:
                    continue
                rate = seizure_level[m, o, d] * appeal(p, o, d, past, ground, slopes[m], pull[m], mine)
                war = 1 if relation[step, o, d] == WAR else 0
                rate *= gate[war, distance_class(mine, o)]
                rate *= win(men * power[m, o] / max(defence[m, p], 1.0), intercept[m], slope[m])
                if rate <= 0.0:
                    continue
                arrival = -math.log1p(-u) / rate
                if arrival < first:
                    first, winner = arrival, o
            if winner >= 0:
                for k in range(3):
                    assault[m, p, k] = PART * reserve[m, winner, k]
                    reserve[m, winner, k] -= assault[m, p, k]
                attacker[m, p] = winner
                outcome[m, p] = ATTACKER_WON
                change[m, p] = SEIZURE
                battle_start[m, p] = step
                assault_hours[m, p] = 0.0


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
            for o in range(nobody):
                if o != d and past.held[o] > 0.0:
                    value = appeal(p, o, d, past, ground, slopes[m], pull[m], mine)
                    total[distance_class(mine, o)] += value
                    number[distance_class(mine, o)] += 1.0
        for where in range(3):
            mean = total[where] / number[where] if total[where] > 0.0 else math.exp(LOW)
            slopes[m, (IS_NEXT_DOOR, IS_TWO_ROADS, FARTHER)[where]] = LOW + math.log(rate[where] / mean)


PROCESS = Process(
    name="seizure",
    title="P9b seizure without a front",
    mechanisms=("M5", "M6", "M29"),
    kernel=step,
    parameters=(),
    writes=("attacker", "assault", "reserve", "outcome", "change", "battle_start", "assault_hours"),
    arrays=(Array("seizure_level", ("organisation", "rival"), "factor on the appeal"),),
)
