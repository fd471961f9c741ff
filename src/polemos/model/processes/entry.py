"""Entry into vacuum: an abandoned place is taken by whoever comes first, at war with anyone or not.

    hazard of o a week = v0 * (0.1 R_o / 500) ^ xi * exp(-lambda hours)

for every organisation next door or with a base that feeds in; the earliest arrival of independent exponential
races enters with what the place demands, at most a tenth of its reserve.
Source: own form. Hand-overs between organisations that are not at war pass through here or through seizure.
"""

import math
from typing import NamedTuple

import numpy as np

from polemos.model.front.capture_rates import reach
from polemos.model.groups import Clock, Roads, Sites
from polemos.model.jit import kernel
from polemos.model.process import HAZARD, Parameter, Process, loguniform, uniform
from polemos.model.rng import exponential, stream
from polemos.model.state import ENTRY
from polemos.record.world import Floats, Holders

PART, SCALE = 0.1, 500.0


class Inputs(NamedTuple):
    """What it only reads."""

    hours: Floats
    people: Floats
    entry_hours: Floats
    pair_site: Sites


class Values(NamedTuple):
    """Parameters, a value a member."""

    g0: Floats
    g1: Floats
    distance: Floats
    v0: Floats
    xi: Floats


class State(NamedTuple):
    """What it changes."""

    holder: Holders
    garrison: Floats
    reserve: Floats
    change: Holders
    supply: Floats


@kernel
def step(clock: Clock, inputs: Inputs, roads: Roads, values: Values, state: State) -> None:
    """Enter abandoned places."""
    nobody = state.reserve.shape[1]
    for m in range(state.holder.shape[0]):
        draw = stream(clock.keys[m], clock.process, clock.step)
        for p in range(state.holder.shape[1]):
            if state.holder[m, p] != nobody:
                continue
            first, winner = 1.0, -1
            for o in range(nobody):
                men = PART * (state.reserve[m, o, 0] + state.reserve[m, o, 1] + state.reserve[m, o, 2])
                if men < 1.0:
                    continue
                far = reach(m, p, o, state.holder, inputs.hours, roads, inputs.entry_hours)
                if far == np.inf:
                    continue
                rate = values.v0[m] * (men / SCALE) ** values.xi[m] * math.exp(-values.distance[m] * far)
                arrival = exponential(draw, inputs.pair_site[p, o], 0) / rate
                if arrival < first:
                    first, winner = arrival, o
            if winner >= 0:
                stock = state.reserve[m, winner, 0] + state.reserve[m, winner, 1] + state.reserve[m, winner, 2]
                share = min(PART, (values.g0[m] + values.g1[m] * inputs.people[p] / 1000.0) / stock)
                for k in range(3):
                    state.garrison[m, p, k] = share * state.reserve[m, winner, k]
                    state.reserve[m, winner, k] -= state.garrison[m, p, k]
                state.holder[m, p] = winner
                state.supply[m, p] = 1.0
                state.change[m, p] = ENTRY


PROCESS = Process(
    name="entry",
    title="entry into vacuum",
    kernel=step,
    parameters=(
        Parameter("v0", loguniform(1 / 520, 1 / 5), "per week", "entry of 500 men next door", HAZARD),
        Parameter(
            "xi",
            uniform(0.0, 1.0),
            "exponent",
            "how entry rises with men at hand",
            "judgement: between no effect of numbers and proportion",
        ),
    ),
    writes=State._fields,
    on=False,
)
