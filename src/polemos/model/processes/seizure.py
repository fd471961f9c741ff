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
from typing import NamedTuple

import numpy as np

from polemos.model.front.capture_rates import SLACK, appeal, bounds, classes, win
from polemos.model.front.features import PEOPLE, warmth
from polemos.model.front.seizure_levels import FAR, LEAST_MEN, NEXT_DOOR, PART, TWO_ROADS, distance_class
from polemos.model.front.seizure_levels import calibrate as calibrate
from polemos.model.front.seizure_levels import centre as centre
from polemos.model.groups import Clock, Sites, View, Weeks
from polemos.model.jit import kernel
from polemos.model.process import Array, Opening, Process
from polemos.model.processes.memory import member
from polemos.model.rng import first_draws, stream, uniform_at
from polemos.model.state import ATTACKER_WON, SEIZURE
from polemos.record.world import WAR, Floats, Holders


class Inputs(NamedTuple):
    """What it only reads."""

    holder: Holders
    power: Floats
    defence: Floats
    relation: Holders
    pair_site: Sites
    gate: Floats
    seizure_level: Floats


class Values(NamedTuple):
    """Parameters, a value a member."""

    intercept: Floats
    slope: Floats


class State(NamedTuple):
    """What it changes."""

    attacker: Holders
    assault: Floats
    reserve: Floats
    outcome: Holders
    change: Holders
    battle_start: Weeks
    assault_hours: Floats


@kernel
def step(clock: Clock, inputs: Inputs, view: View, values: Values, state: State) -> None:
    """Seize places: the holder's garrison is beaten, and `fate` and `release` book it."""
    nobody = state.reserve.shape[1]
    mine = np.zeros((nobody, PEOPLE + 1))
    most, drawn, room = np.zeros(2), np.zeros(nobody), np.zeros((nobody, nobody))
    hot = np.ones(nobody)
    most[0] = max(inputs.gate[0, NEXT_DOOR], inputs.gate.max())
    most[1] = max(inputs.gate[:, TWO_ROADS].max(), inputs.gate[:, FAR].max())
    sites, size = first_draws(inputs.pair_site), classes(view.ground.people)
    for m in range(inputs.holder.shape[0]):
        draw = stream(clock.keys[m], clock.process, clock.step)
        past = member(view.front, m)
        nears = bounds(view.slopes[m], view.ground.people, True, most[0])
        fars = bounds(view.slopes[m], view.ground.people, False, most[1])
        for o in range(nobody):
            for d in range(nobody):
                # What nobody wins leaves no room for a draw.
                is_open = o != d and past.held[o] > 0.0
                room[d, o] = inputs.seizure_level[m, o, d] * view.pull[m, o, d] * SLACK if is_open else 0.0
        for p in range(inputs.holder.shape[1]):
            d = inputs.holder[m, p]
            if d == nobody or state.attacker[m, p] >= 0:
                continue
            near, far = nears[size[p]], fars[size[p]]
            wide, any_ = max(near, far), False
            for o in range(nobody):
                u = uniform_at(draw, sites[p, o])
                drawn[o] = u
                hot[o] = warmth(p, o, past, view.slopes[m])
                any_ |= u <= wide * hot[o] * room[d, o]
            if not any_:
                continue
            first, winner = 1.0, -1
            for o in range(nobody):
                u = drawn[o]
                if u > wide * hot[o] * room[d, o]:
                    continue
                beside = (past.beside[p] >> o) & 1
                war = 1 if inputs.relation[clock.step, o, d] == WAR else 0
                if (beside and war == 1) or u > (near if beside else far) * hot[o] * room[d, o]:
                    continue
                men = PART * (state.reserve[m, o, 0] + state.reserve[m, o, 1] + state.reserve[m, o, 2])
                if men < LEAST_MEN:
                    continue
                drawn_to = appeal(p, o, d, past, view.ground, view.slopes[m], view.pull[m], mine)
                rate = inputs.seizure_level[m, o, d] * drawn_to
                rate *= inputs.gate[war, distance_class(mine, o)]
                ratio = men * inputs.power[m, o] / max(inputs.defence[m, p], 1.0)
                rate *= win(ratio, values.intercept[m], values.slope[m])
                if rate <= 0.0:
                    continue
                arrival = -math.log1p(-u) / rate
                if arrival < first:
                    first, winner = arrival, o
            if winner >= 0:
                for k in range(3):
                    state.assault[m, p, k] = PART * state.reserve[m, winner, k]
                    state.reserve[m, winner, k] -= state.assault[m, p, k]
                state.attacker[m, p] = winner
                state.outcome[m, p] = ATTACKER_WON
                state.change[m, p] = SEIZURE
                state.battle_start[m, p] = clock.step
                state.assault_hours[m, p] = 0.0


PROCESS = Process(
    name="seizure",
    title="seizure without a front",
    kernel=step,
    openings=(Opening("levels", calibrate),),
    parameters=(),
    writes=State._fields,
    on=False,
    arrays=(Array("seizure_level", ("organisation", "rival"), "factor on the appeal"),),
)
