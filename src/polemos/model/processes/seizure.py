"""Seizure: a place changes hands without an open front (raids, cells, negotiated hand-overs).

About a third of captures in this kind of war are not adjacent to the captor's places, and some happen between
organisations that are not at war. For every organisation o with men to send, and every place p of another,

    rate = level * seizure_rate[war?, class] * appeal * expit(a + b ln(0.1 R_o power_o / defence_p))

where class is next door (only without war: war next door is an attack), two roads away, or farther, and
`seizure_rate` is the war's own rate per contact-week in the 104 weeks before the origin, mixed with 1,000
contact-weeks of a reference class; `level` makes the expected seizures of a member at the origin tempo times that.
What this is not: an uprising (P18) or a change of sides (P12).
Source: lessons of the prototype, jump channel [c]; D2 P9b.
"""

import math

import numpy as np

from polemos.model.chance import stream, uniform
from polemos.model.contact import CAP, appeal, win
from polemos.model.jit import kernel
from polemos.model.process import Array, Process
from polemos.model.state import ATTACKER_WON, SEIZURE
from polemos.record.world import WAR

PART, LEAST_MEN = 0.1, 10.0
NEXT_DOOR, TWO_ROADS, FAR = range(3)


@kernel
def distance_class(m, p, o, holder, near_start, near, two_start, two):
    """Whether o holds a neighbour of p, a place two roads away, or neither."""
    for e in range(near_start[p], near_start[p + 1]):
        if holder[m, near[e]] == o:
            return NEXT_DOOR
    for e in range(two_start[p], two_start[p + 1]):
        if holder[m, two[e]] == o:
            return TWO_ROADS
    return FAR


@kernel
def calibrate(
    step, holder, reserve, power, defence, lost, gains, gain_contacts, losses, loss_contacts, taken, contacts, relation,
    near_start, near, two_start, two, front_rate, seizure_rate, tempo, share_slope, fresh_slope, feedback, intercept,
    slope, seizure_level,
):  # fmt: skip
    """Set `seizure_level` [m] so that expected seizures at the origin are tempo times the war's own."""
    nobody = reserve.shape[1]
    for m in range(holder.shape[0]):
        total, plain = 0.0, 0.0
        for p in range(holder.shape[1]):
            d = holder[m, p]
            if d == nobody:
                continue
            for o in range(nobody):
                men = PART * (reserve[m, o, 0] + reserve[m, o, 1] + reserve[m, o, 2])
                where = distance_class(m, p, o, holder, near_start, near, two_start, two)
                war = 1 if relation[step, o, d] == WAR else 0
                if o == d or men < LEAST_MEN or (war == 1 and where == NEXT_DOOR):
                    continue
                factor = appeal(
                    m, p, o, d, holder, lost, near_start, near, gains, gain_contacts, losses, loss_contacts, taken,
                    contacts, front_rate, share_slope, fresh_slope, feedback,
                )  # fmt: skip
                chance = win(men * power[m, o] / max(defence[m, p], 1.0), intercept[m], slope[m])
                plain += seizure_rate[war, where]
                total += seizure_rate[war, where] * factor * chance
        seizure_level[m] = tempo[m] * (plain / total if total > 0.05 * plain else 1.0)


@kernel
def step(
    keys, process, step, holder, attacker, assault, reserve, outcome, change, battle_start, assault_hours, power,
    defence, lost, gains, gain_contacts, losses, loss_contacts, taken, contacts, relation, near_start, near, two_start,
    two, pair_site, front_rate, seizure_rate, seizure_level, share_slope, fresh_slope, feedback, intercept, slope,
):  # fmt: skip
    """Seize places: the holder's garrison is beaten, and `fate` and `release` book it."""
    nobody = reserve.shape[1]
    places = holder.shape[1]
    most = 0.0
    for war in range(2):
        for where in range(3):
            if not (war == 1 and where == NEXT_DOOR):
                most = max(most, seizure_rate[war, where])
    lands = np.empty(nobody, np.int64)
    for m in range(holder.shape[0]):
        draw = stream(keys[m], process, step)
        lands[:] = 0
        for p in range(places):
            if holder[m, p] < nobody:
                lands[holder[m, p]] += 1
        bound = -math.expm1(-CAP * most * seizure_level[m])
        for p in range(places):
            d = holder[m, p]
            if d == nobody or attacker[m, p] >= 0:
                continue
            first, winner = 1.0, -1
            for o in range(nobody):
                if o == d or lands[o] == 0:
                    continue
                u = uniform(draw, pair_site[p, o], 0)
                if u >= bound:
                    continue
                men = PART * (reserve[m, o, 0] + reserve[m, o, 1] + reserve[m, o, 2])
                where = distance_class(m, p, o, holder, near_start, near, two_start, two)
                war = 1 if relation[step, o, d] == WAR else 0
                if men < LEAST_MEN or (war == 1 and where == NEXT_DOOR):
                    continue
                factor = appeal(
                    m, p, o, d, holder, lost, near_start, near, gains, gain_contacts, losses, loss_contacts, taken,
                    contacts, front_rate, share_slope, fresh_slope, feedback,
                )  # fmt: skip
                chance = win(men * power[m, o] / max(defence[m, p], 1.0), intercept[m], slope[m])
                rate = seizure_level[m] * seizure_rate[war, where] * factor * chance
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


PROCESS = Process(
    name="seizure",
    title="P9b seizure without a front",
    mechanisms=("M5", "M6", "M29"),
    kernel=step,
    parameters=(),
    writes=("attacker", "assault", "reserve", "outcome", "change", "battle_start", "assault_hours"),
    arrays=(Array("seizure_level", (), "factor on the war's rate"),),
)
