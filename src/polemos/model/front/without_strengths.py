"""A war without numbers of men: places change hands at the rates of the front alone.

    rate a week = tempo * gate[war?, class] * appeal,      at most `simulate.MOST`

with the appeal, the gate of the record (how much likelier with war or without, by distance) and the tempo of `attack`
and `seizure`, whose expected captures at the origin are these too. A place that nobody holds has no gate. The place
changes hands with probability `1 - exp(-sum over organisations)`, and the winner is drawn by the rates.
It runs instead of every process that moves men, where strengths are not known (`initial_state.men_known`): unknown
is not zero, so that no garrison is too small to stay and no force ratio is reckoned. What this is not: a battle.
"""

import math
from typing import NamedTuple

import numpy as np

from polemos.model.front.capture_rates import of_features
from polemos.model.front.features import PEOPLE, place_features
from polemos.model.front.seizure_levels import distance_class
from polemos.model.front.simulate import MOST
from polemos.model.groups import Clock, Sites, View
from polemos.model.jit import kernel
from polemos.model.process import Process
from polemos.model.processes.memory import member
from polemos.model.rng import stream, uniform
from polemos.model.state import CAPTURE
from polemos.record.world import WAR, Floats, Holders

EVENT, WINNER = 0, 1


class Inputs(NamedTuple):
    """What it only reads."""

    relation: Holders
    place_site: Sites
    gate: Floats


class State(NamedTuple):
    """What it changes."""

    holder: Holders
    change: Holders


@kernel
def step(clock: Clock, inputs: Inputs, view: View, tempo: Floats, state: State) -> None:
    """Draw who takes what this week."""
    nobody = view.pull.shape[1]
    mine, rates = np.zeros((nobody, PEOPLE + 1)), np.zeros(nobody)
    for m in range(state.holder.shape[0]):
        draw = stream(clock.keys[m], clock.process, clock.step)
        past = member(view.front, m)
        for p in range(state.holder.shape[1]):
            d = past.holder[p]
            place_features(mine, p, past, view.ground)
            total = 0.0
            for o in range(nobody):
                rates[o] = 0.0
                if o == d or past.held[o] == 0.0:
                    continue
                rate = tempo[m] * of_features(o, d, view.slopes[m], view.pull[m], mine)
                if d < nobody:
                    rate *= inputs.gate[1 if inputs.relation[clock.step, o, d] == WAR else 0, distance_class(mine, o)]
                rates[o] = min(rate, MOST)
                total += rates[o]
            if uniform(draw, inputs.place_site[p], EVENT) >= -math.expm1(-total):
                continue
            level = uniform(draw, inputs.place_site[p], WINNER) * total
            for o in range(nobody):
                if rates[o] > 0.0:
                    state.holder[m, p], state.change[m, p] = o, CAPTURE
                    level -= rates[o]
                    if level < 0.0:
                        break


PROCESS = Process(
    name="rates",
    title="rates of the front, where no strengths are known",
    kernel=step,
    parameters=(),
    writes=("holder", "change"),
    on=False,
)
