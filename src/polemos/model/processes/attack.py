"""Attack start: at a contact of two organisations at war, one tries for the other's place.

    rate a week = level * appeal * min(ratio, 4)^h1,      not below a ratio of 0.3

`appeal` is what the front by itself says, exp(slopes . x) with the features of `model.front.features`. `ratio` is the
strength that o can bring, men * power_o * exp(-lambda hours) with men the least of three times parity and 0.4 of its
reserve, over the place's defence. `level` [o, d] is set once, at the origin, so that the expected captures there by o
from d are tempo and the record's `gate` (how much faster places fall where there is war) times those of the appeals
alone: what strength comes to on the ground is revealed by the record, and from then on forces change it. One attacker
a place; the earliest of independent exponential races. At the origin itself (step 0) battles under way are drawn in
their stationary number: rate times mean length. Where events before the origin were given, the rate is `fight_weight`
[place, attacker] times that, there and for four weeks. A base off the map brings strength to where it feeds in; the
appeal there is still that of somebody farther away, and whoever holds no place attacks nothing.
Source: own form.
"""

import math
from typing import NamedTuple

import numpy as np

from polemos.model.front.attack_levels import LEAST_RATIO, MOST_RATIO, PART, strength
from polemos.model.front.attack_levels import calibrate as calibrate
from polemos.model.front.capture_rates import appeal, around, bases, bounds, classes, reach, sets
from polemos.model.front.features import PEOPLE, warmth
from polemos.model.front.sieges import open_battles
from polemos.model.groups import Clock, Roads, Sites, View, Weeks
from polemos.model.jit import kernel
from polemos.model.process import Array, Opening, Parameter, Process, lognormal
from polemos.model.process import uniform as flat
from polemos.model.processes.battle import typical_weeks
from polemos.model.processes.memory import member
from polemos.model.rng import first_draws, stream, uniform_at
from polemos.record.world import WAR, Floats, Holders

RECENT = 4
"""Weeks after the origin in which events before it tell, as they were counted in `model.event_observations`."""


class Inputs(NamedTuple):
    """What it only reads."""

    holder: Holders
    hours: Floats
    power: Floats
    defence: Floats
    people: Floats
    relation: Holders
    entry_hours: Floats
    pair_site: Sites
    level: Floats
    fight_weight: Floats


class Values(NamedTuple):
    """Parameters, a value a member."""

    h1: Floats
    distance: Floats
    tau_b: Floats
    sd_b: Floats
    ratio_exponent: Floats


class State(NamedTuple):
    """What it changes."""

    attacker: Holders
    assault: Floats
    reserve: Floats
    weeks_left: Weeks
    battle_start: Weeks
    assault_hours: Floats


@kernel
def step(clock: Clock, inputs: Inputs, view: View, roads: Roads, values: Values, state: State) -> None:
    """Start battles; how long they last is drawn by `battle` (weeks_left stays -1 until then)."""
    nobody = state.reserve.shape[1]
    mine = np.zeros((nobody, PEOPLE + 1))
    sites, size = first_draws(inputs.pair_site), classes(view.ground.people)
    foes = sets(inputs.relation[clock.step], WAR)
    fed = bases(inputs.entry_hours)
    for m in range(inputs.holder.shape[0]):
        draw = stream(clock.keys[m], clock.process, clock.step)
        past = member(view.front, m)
        heres = bounds(view.slopes[m], view.ground.people, True, MOST_RATIO ** values.h1[m])
        for p in range(inputs.holder.shape[1]):
            d = inputs.holder[m, p]
            if d == nobody or state.attacker[m, p] >= 0:
                continue
            first, winner, committed, travel = 1.0, -1, 0.0, 0.0
            here, foes_met = heres[size[p]], np.int64(0)
            beyond = fed[p] & ~past.beside[p]
            if not (around(m, p, inputs.holder, roads) | beyond) & foes[d]:
                continue
            for e in range(roads.near_start[p], roads.near_start[p + 1] + nobody):
                if e < roads.near_start[p + 1]:
                    o = inputs.holder[m, roads.near[e]]
                    if o == nobody or (foes_met >> o) & 1:
                        continue
                    foes_met |= np.int64(1) << np.int64(o)
                else:
                    o = e - roads.near_start[p + 1]
                    if not (beyond >> o) & 1:
                        continue
                if not (foes[d] >> o) & 1:
                    continue
                u = uniform_at(draw, sites[p, o])
                # 1 - exp(-rate) < rate, so a draw above the bound starts nothing.
                weight = inputs.fight_weight[m, p, o] if clock.step <= RECENT else 1.0
                most = here * weight * inputs.level[m, o, d] * view.pull[m, o, d]
                if clock.step > 0 and u > most and u > most * warmth(p, o, past, view.slopes[m]):
                    continue
                far = reach(m, p, o, inputs.holder, inputs.hours, roads, inputs.entry_hours)
                men, ratio = strength(m, o, p, far, state.reserve, inputs.power, inputs.defence, values.distance)
                if ratio < LEAST_RATIO or men < 1.0:
                    continue
                rate = inputs.level[m, o, d] * appeal(p, o, d, past, view.ground, view.slopes[m], view.pull[m], mine)
                rate *= weight * min(ratio, MOST_RATIO) ** values.h1[m]
                if clock.step == 0:
                    weeks = typical_weeks(inputs.people[p], ratio, values.tau_b[m], values.ratio_exponent[m])
                    rate *= weeks * math.exp(values.sd_b[m] ** 2 / 2)
                if rate <= 0.0:
                    continue
                arrival = -math.log1p(-u) / rate
                if arrival < first:
                    first, winner, committed, travel = arrival, o, men, far
            if winner >= 0:
                stock = state.reserve[m, winner, 0] + state.reserve[m, winner, 1] + state.reserve[m, winner, 2]
                share = min(PART, committed / stock)
                for k in range(3):
                    state.assault[m, p, k] = share * state.reserve[m, winner, k]
                    state.reserve[m, winner, k] -= state.assault[m, p, k]
                state.attacker[m, p] = winner
                state.weeks_left[m, p] = -1
                state.battle_start[m, p] = clock.step
                state.assault_hours[m, p] = travel


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
    writes=State._fields,
    on=False,
    arrays=(Array("level", ("organisation", "rival"), "factor on the appeal"),),
)
