"""Battles under way at the origin, where the record says that a place is contested."""

from typing import NamedTuple

import numpy as np

from polemos.model.front.capture_rates import appeal, win
from polemos.model.front.features import PEOPLE
from polemos.model.groups import Clock, Roads, Sites, View, Weeks
from polemos.model.jit import kernel
from polemos.model.processes.battle import MOST_WEEKS
from polemos.model.processes.memory import member
from polemos.model.rng import exponential, stream
from polemos.record.world import WAR, Flags, Floats, Holders

SIEGE_PARITY, SIEGE_PART = 1.5, 0.3
"""Men before a place under siege: in terms of its garrison, and at most of the reserve."""


class Inputs(NamedTuple):
    """What it only reads."""

    holder: Holders
    garrison: Floats
    contested: Flags
    relation: Holders
    place_site: Sites
    power: Floats
    defence: Floats
    gate: Floats


class Values(NamedTuple):
    """Parameters, a value a member."""

    tempo: Floats
    intercept: Floats
    slope: Floats
    sieges: Floats


class State(NamedTuple):
    """What it changes."""

    attacker: Holders
    assault: Floats
    reserve: Floats
    weeks_left: Weeks
    assault_hours: Floats


@kernel
def open_battles(clock: Clock, inputs: Inputs, view: View, roads: Roads, values: Values, state: State) -> None:
    """Where the record says contested, put the neighbour at war to whom the place appeals most in battle for it.

    What is left of the battle is exponential, so long that the place falls at the rate of its appeal.
    """
    nobody = state.reserve.shape[1]
    mine = np.zeros((nobody, PEOPLE + 1))
    for m in range(inputs.holder.shape[0]):
        draw = stream(clock.keys[m], clock.process, clock.step)
        past = member(view.front, m)
        for p in range(inputs.holder.shape[1]):
            d = inputs.holder[m, p]
            if d == nobody or not inputs.contested[p] or state.attacker[m, p] >= 0 or values.sieges[m] <= 0.0:
                continue
            winner, most = -1, 0.0
            for e in range(roads.near_start[p], roads.near_start[p + 1]):
                o = inputs.holder[m, roads.near[e]]
                if o != d and o != nobody and inputs.relation[clock.step, o, d] == WAR:
                    rate = appeal(p, o, d, past, view.ground, view.slopes[m], view.pull[m], mine)
                    if rate > most:
                        winner, most = o, rate
            if winner < 0:
                continue
            stock = state.reserve[m, winner, 0] + state.reserve[m, winner, 1] + state.reserve[m, winner, 2]
            if stock < 1.0:
                continue
            men = inputs.garrison[m, p, 0] + inputs.garrison[m, p, 1] + inputs.garrison[m, p, 2]
            share = min(SIEGE_PART, SIEGE_PARITY * men / stock)
            for k in range(3):
                state.assault[m, p, k] = share * state.reserve[m, winner, k]
                state.reserve[m, winner, k] -= state.assault[m, p, k]
            ratio = share * stock * inputs.power[m, winner] / max(inputs.defence[m, p], 1e-9)
            rate = values.tempo[m] * inputs.gate[1, 0] * most
            weeks = exponential(draw, inputs.place_site[p], 0) * win(ratio, values.intercept[m], values.slope[m]) / rate
            state.attacker[m, p] = winner
            state.weeks_left[m, p] = int(min(weeks + 1.0, MOST_WEEKS))
            state.assault_hours[m, p] = 0.0
