"""Attack start: at a contact of two organisations at war, one tries for the other's place.

    rate a week = level * appeal * min(ratio, 4)^h1,      not below a ratio of 0.3

`appeal` is what the front by itself says, exp(slopes . x) with the features of `model.front.features`. `ratio` is the
strength that o can bring, men * power_o * exp(-lambda hours) with men the least of three times parity and 0.4 of its
reserve, over the place's defence. `level` [o, d] is set once, at the origin, so that the expected captures there by o
from d are tempo and the record's `gate` (how much faster places fall where there is war) times those of the appeals
alone: what strength comes to on the ground is revealed by the record, and from then on forces change it. One attacker
a place; the earliest of independent exponential races. At the origin itself (step 0) battles under way are drawn in
their stationary number: rate times mean length. Where events before the origin were given, the rate is `seen` [place,
attacker] times that, there and for four weeks. A base off the map brings strength to where it feeds in; the appeal
there is still that of somebody farther away, and whoever holds no place attacks nothing.
Source: own form.
"""

import math

import numpy as np

from polemos.model.front.attack_levels import LEAST_RATIO, MOST_RATIO, PART, strength
from polemos.model.front.attack_levels import calibrate as calibrate
from polemos.model.front.capture_rates import appeal, around, bases, bounds, classes, reach, sets
from polemos.model.front.features import PEOPLE, warmth
from polemos.model.front.sieges import open_battles
from polemos.model.jit import kernel
from polemos.model.process import Array, Opening, Parameter, Process, lognormal
from polemos.model.process import uniform as flat
from polemos.model.processes.battle import typical_weeks
from polemos.model.processes.memory import member
from polemos.model.rng import first_draws, stream, uniform_at
from polemos.record.world import WAR

RECENT = 4
"""Weeks after the origin in which events before it tell, as they were counted in `model.event_observations`."""


@kernel
def step(
    keys, process, step, holder, attacker, assault, reserve, weeks_left, battle_start, assault_hours, hours, power,
    defence, people, relation, near_start, near, near_hours, entry_hours, pair_site, front, ground, slopes, pull, level,
    h1, distance, tau_b, sd_b, ratio_exponent, seen,
):  # fmt: skip
    """Start battles; how long they last is drawn by `battle` (weeks_left stays -1 until then)."""
    nobody = reserve.shape[1]
    mine = np.zeros((nobody, PEOPLE + 1))
    sites, size, foes = first_draws(pair_site), classes(ground.people), sets(relation[step], WAR)
    fed = bases(entry_hours)
    for m in range(holder.shape[0]):
        draw = stream(keys[m], process, step)
        past = member(front, m)
        heres = bounds(slopes[m], ground.people, True, MOST_RATIO ** h1[m])
        for p in range(holder.shape[1]):
            d = holder[m, p]
            if d == nobody or attacker[m, p] >= 0:
                continue
            first, winner, committed, travel = 1.0, -1, 0.0, 0.0
            here, met = heres[size[p]], np.int64(0)
            beyond = fed[p] & ~past.beside[p]
            if not (around(m, p, holder, near_start, near) | beyond) & foes[d]:
                continue
            for e in range(near_start[p], near_start[p + 1] + nobody):
                if e < near_start[p + 1]:
                    o = holder[m, near[e]]
                    if o == nobody or (met >> o) & 1:
                        continue
                    met |= np.int64(1) << np.int64(o)
                else:
                    o = e - near_start[p + 1]
                    if not (beyond >> o) & 1:
                        continue
                if not (foes[d] >> o) & 1:
                    continue
                u = uniform_at(draw, sites[p, o])
                # 1 - exp(-rate) < rate, so a draw above the bound starts nothing.
                weight = seen[m, p, o] if step <= RECENT else 1.0
                most = here * weight * level[m, o, d] * pull[m, o, d]
                if step > 0 and u > most and u > most * warmth(p, o, past, slopes[m]):
                    continue
                far = reach(m, p, o, holder, hours, near_start, near, near_hours, entry_hours)
                men, ratio = strength(m, o, p, far, reserve, power, defence, distance)
                if ratio < LEAST_RATIO or men < 1.0:
                    continue
                rate = level[m, o, d] * appeal(p, o, d, past, ground, slopes[m], pull[m], mine)
                rate *= weight * min(ratio, MOST_RATIO) ** h1[m]
                if step == 0:
                    rate *= typical_weeks(people[p], ratio, tau_b[m], ratio_exponent[m]) * math.exp(sd_b[m] ** 2 / 2)
                if rate <= 0.0:
                    continue
                arrival = -math.log1p(-u) / rate
                if arrival < first:
                    first, winner, committed, travel = arrival, o, men, far
            if winner >= 0:
                stock = reserve[m, winner, 0] + reserve[m, winner, 1] + reserve[m, winner, 2]
                share = min(PART, committed / stock)
                for k in range(3):
                    assault[m, p, k] = share * reserve[m, winner, k]
                    reserve[m, winner, k] -= assault[m, p, k]
                attacker[m, p] = winner
                weeks_left[m, p] = -1
                battle_start[m, p] = step
                assault_hours[m, p] = travel


PROCESS = Process(
    name="attack",
    title="attack start",
    kernel=step,
    openings=(Opening("levels", calibrate), Opening("battles", open_battles), Opening("battles", step)),
    parameters=(
        Parameter(
            "tempo",
            lognormal(1.0, 0.9),
            "factor on the war's past rate",
            "how far the future's pace departs from the past's",
            "judgement: as wide as a hazard between 0.005 and 0.15 a week; the level is that of the record",
        ),
        Parameter(
            "h1",
            flat(0.0, 1.5),
            "exponent",
            "how attacks rise with the force ratio",
            "judgement: from no effect of the ratio to more than proportion [k]",
        ),
    ),
    writes=("attacker", "assault", "reserve", "weeks_left", "battle_start", "assault_hours"),
    arrays=(Array("level", ("organisation", "rival"), "factor on the appeal"),),
)
