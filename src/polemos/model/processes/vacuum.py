"""Vacuum: a garrison too small to hold a place leaves it to nobody.

    hazard a week = h_v (1 - X_p / g_min)   where X_p < g_min and no battle is on

The men join the reserve. What this is not: a defeat; nobody has come yet (`entry`).
Source: own form.
"""

import math
from typing import NamedTuple

from polemos.model.groups import Clock, Sites
from polemos.model.jit import kernel
from polemos.model.process import HAZARD, Parameter, Process, loguniform
from polemos.model.rng import stream, uniform
from polemos.model.state import ABANDONED
from polemos.record.world import Floats, Holders


class Inputs(NamedTuple):
    """What it only reads."""

    attacker: Holders
    place_site: Sites


class Values(NamedTuple):
    """Parameters, a value a member."""

    g_min: Floats
    leave: Floats


class State(NamedTuple):
    """What it changes."""

    holder: Holders
    garrison: Floats
    reserve: Floats
    change: Holders


@kernel
def step(clock: Clock, inputs: Inputs, values: Values, state: State) -> None:
    """Abandon places."""
    nobody = state.reserve.shape[1]
    for m in range(state.holder.shape[0]):
        draw = stream(clock.keys[m], clock.process, clock.step)
        bound = -math.expm1(-values.leave[m])
        for p in range(state.holder.shape[1]):
            o = state.holder[m, p]
            if o == nobody or inputs.attacker[m, p] >= 0:
                continue
            men = state.garrison[m, p, 0] + state.garrison[m, p, 1] + state.garrison[m, p, 2]
            if men >= values.g_min[m]:
                continue
            u = uniform(draw, inputs.place_site[p], 0)
            if u < bound and u < -math.expm1(-values.leave[m] * (1.0 - men / values.g_min[m])):
                for k in range(3):
                    state.reserve[m, o, k] += state.garrison[m, p, k]
                    state.garrison[m, p, k] = 0.0
                state.holder[m, p] = nobody
                state.change[m, p] = ABANDONED


PROCESS = Process(
    name="vacuum",
    title="garrison demand and vacuum",
    kernel=step,
    parameters=(Parameter("leave", loguniform(1 / 520, 1 / 5), "per week", "leaving with no men at all", HAZARD),),
    writes=State._fields,
    on=False,
)
