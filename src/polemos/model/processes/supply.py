"""Supply: a garrison lives as long as a road of its own leads home.

`hours` is the travel time from the holder's nearest depot over places it holds (a min-plus relaxation; a place
that an ally lets it use counts as the first stage). Then, a week, with the garrison linked or cut,

    s += (1 - s) (1 - exp(-1 / tau_r)),    s += (leak - s) (1 - exp(-1 / tau_s)).

So a cut garrison without leakage decays exactly exponentially.
What this is not: a stock of goods. Source: own form; no law of modern sieges is published.
"""

import math
from typing import NamedTuple

import numpy as np

from polemos.model.front.neighbours import sets as friends
from polemos.model.groups import Roads
from polemos.model.jit import kernel
from polemos.model.process import Array, Opening, Parameter, Process, beta, lognormal, uniform
from polemos.record.world import ALLIED, Floats, Holders


class Inputs(NamedTuple):
    """What it only reads."""

    holder: Holders
    depot_hours: Floats
    relation: Holders


class Values(NamedTuple):
    """Parameters, a value a member."""

    tau_s: Floats
    tau_r: Floats
    leak: Floats


class State(NamedTuple):
    """What it changes."""

    hours: Floats
    supply: Floats


@kernel
def step(step: int, inputs: Inputs, roads: Roads, values: Values, state: State) -> None:
    """Hours from the depots, then supply."""
    places, nobody = inputs.depot_hours.shape
    queue = np.empty(places, np.int64)
    queued = np.zeros(places, np.bool_)
    allies = friends(inputs.relation[step], ALLIED)
    for m in range(inputs.holder.shape[0]):
        head, waiting = 0, 0
        for p in range(places):
            o = inputs.holder[m, p]
            state.hours[m, p] = np.inf
            if o == nobody:
                continue
            state.hours[m, p] = inputs.depot_hours[p, o]
            for e in range(roads.near_start[p], roads.near_start[p + 1]):
                q = roads.near[e]
                ally = inputs.holder[m, q]
                if (allies[o] >> ally) & 1:
                    state.hours[m, p] = min(state.hours[m, p], inputs.depot_hours[q, o] + roads.near_hours[e])
            if state.hours[m, p] < np.inf:
                queue[waiting] = p
                queued[p] = True
                waiting += 1
        while waiting > 0:
            p = queue[head]
            head = head + 1 if head + 1 < places else 0
            waiting -= 1
            queued[p] = False
            for e in range(roads.near_start[p], roads.near_start[p + 1]):
                q = roads.near[e]
                far = state.hours[m, p] + roads.near_hours[e]
                if inputs.holder[m, q] == inputs.holder[m, p] and far < state.hours[m, q]:
                    state.hours[m, q] = far
                    if not queued[q]:
                        last = head + waiting
                        queue[last if last < places else last - places] = q
                        queued[q] = True
                        waiting += 1
        mend, decay = -math.expm1(-1.0 / values.tau_r[m]), -math.expm1(-1.0 / values.tau_s[m])
        for p in range(places):
            if state.hours[m, p] < np.inf:
                state.supply[m, p] += (1.0 - state.supply[m, p]) * mend
            else:
                state.supply[m, p] += (values.leak[m] - state.supply[m, p]) * decay


PROCESS = Process(
    name="supply",
    title="supply",
    kernel=step,
    openings=(Opening("strength", step),),
    parameters=(
        Parameter(
            "tau_s",
            lognormal(10.0, 0.6),
            "weeks",
            "decay of a cut garrison's supply",
            "judgement: sieges from 1915 to 2018 lasted months to years [k]; there is no published law",
            "2018-04-14",
        ),
        Parameter(
            "leak",
            beta(2, 6),
            "share",
            "supply that gets through a siege",
            "judgement: airdrops, tunnels and smuggling fed sieges that lasted for years [k]",
            "2018-04-14",
        ),
        Parameter(
            "tau_r",
            uniform(4, 8),
            "weeks",
            "recovery once linked",
            "judgement: one to two months, for sensitivity alone [?]",
        ),
    ),
    writes=State._fields,
    arrays=(Array("hours", ("place",), "hours"), Array("supply", ("place",), "share", 1.0)),
)
