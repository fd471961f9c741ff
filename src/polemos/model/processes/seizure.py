"""Seizure: a place changes hands without an open front (raids, cells, negotiated hand-overs).

About a third of captures in this kind of war are not adjacent to the captor's places, and some happen between
organisations that are not at war. For every organisation o with men to send, and every place p of another,

    rate a week = level * gate[war?, class] * appeal * expit(a + b ln(0.1 R_o power_o / defence_p))

where class is next door (only without war: war next door is an attack), two roads away, or farther; `appeal` is what
the front says, with a level of its own for each class; `gate` is how much likelier the record before the origin makes
it with war or without; and `level` [o, d] makes the expected seizures of a pair at the origin tempo times those of
the appeals.
What this is not: an uprising or a change of sides (`switching`).
Source: own form, after a prototype that had no such channel and missed these captures [c].
"""

import math

import numpy as np

from polemos.model.front.capture_rates import SLACK, appeal, bounds, classes, win
from polemos.model.front.features import PEOPLE, warmth
from polemos.model.front.seizure_levels import FAR, LEAST_MEN, NEXT_DOOR, PART, TWO_ROADS, distance_class
from polemos.model.front.seizure_levels import calibrate as calibrate
from polemos.model.front.seizure_levels import centre as centre
from polemos.model.jit import kernel
from polemos.model.process import Array, Opening, Process
from polemos.model.processes.memory import member
from polemos.model.rng import first_draws, stream, uniform_at
from polemos.model.state import ATTACKER_WON, SEIZURE
from polemos.record.world import WAR


@kernel
def step(
    keys, process, step, holder, attacker, assault, reserve, outcome, change, battle_start, assault_hours, power,
    defence, relation, pair_site, front, ground, slopes, pull, gate, seizure_level, intercept, slope,
):  # fmt: skip
    """Seize places: the holder's garrison is beaten, and `fate` and `release` book it."""
    nobody = reserve.shape[1]
    mine = np.zeros((nobody, PEOPLE + 1))
    most, drawn, room = np.zeros(2), np.zeros(nobody), np.zeros((nobody, nobody))
    hot = np.ones(nobody)
    most[0] = max(gate[0, NEXT_DOOR], gate.max())
    most[1] = max(gate[:, TWO_ROADS].max(), gate[:, FAR].max())
    sites, size = first_draws(pair_site), classes(ground.people)
    for m in range(holder.shape[0]):
        draw = stream(keys[m], process, step)
        past = member(front, m)
        nears = bounds(slopes[m], ground.people, True, most[0])
        fars = bounds(slopes[m], ground.people, False, most[1])
        for o in range(nobody):
            for d in range(nobody):
                # What nobody wins leaves no room for a draw.
                there = o != d and past.held[o] > 0.0
                room[d, o] = seizure_level[m, o, d] * pull[m, o, d] * SLACK if there else 0.0
        for p in range(holder.shape[1]):
            d = holder[m, p]
            if d == nobody or attacker[m, p] >= 0:
                continue
            near, far = nears[size[p]], fars[size[p]]
            wide, any_ = max(near, far), False
            for o in range(nobody):
                u = uniform_at(draw, sites[p, o])
                drawn[o] = u
                hot[o] = warmth(p, o, past, slopes[m])
                any_ |= u <= wide * hot[o] * room[d, o]
            if not any_:
                continue
            first, winner = 1.0, -1
            for o in range(nobody):
                u = drawn[o]
                if u > wide * hot[o] * room[d, o]:
                    continue
                beside = (past.beside[p] >> o) & 1
                if (beside and relation[step, o, d] == WAR) or u > (near if beside else far) * hot[o] * room[d, o]:
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


PROCESS = Process(
    name="seizure",
    title="seizure without a front",
    kernel=step,
    openings=(Opening("levels", calibrate),),
    parameters=(),
    writes=("attacker", "assault", "reserve", "outcome", "change", "battle_start", "assault_hours"),
    arrays=(Array("seizure_level", ("organisation", "rival"), "factor on the appeal"),),
)
