"""Going home: men leave, faster as the cause loses credibility.

    weekly share leaving = 1 - exp(-delta exp(eta_k (1 - L_o) + eta_b arrears_o)),   eta_foreign <= eta

for every organisation and every open account; `arrears` are weeks of pay owed (`money`; 0 while it is
off). What this is not: defection to another side (`switching`, `pull`). Source: own form; desertion tracks the decline
of the organisation, Nussio and Ugarriza 2021 [v].
"""

import math
from typing import NamedTuple

import numpy as np

from polemos.model.jit import kernel
from polemos.model.process import Array, Parameter, Process, loguniform, uniform
from polemos.record.world import Floats, Holders


class Inputs(NamedTuple):
    """What it only reads."""

    holder: Holders
    attacker: Holders
    credibility: Floats
    arrears: Floats


class Values(NamedTuple):
    """Parameters, a value a member."""

    delta: Floats
    eta: Floats
    eta_b: Floats
    foreign_ties: Floats


class State(NamedTuple):
    """What it changes."""

    garrison: Floats
    assault: Floats
    reserve: Floats
    transit: Floats
    home: Floats
    leavers: Floats


@kernel
def step(inputs: Inputs, values: Values, state: State) -> None:
    """Men of every open account leave for home."""
    nobody = state.reserve.shape[1]
    share = np.zeros((nobody + 1, 3))
    for m in range(inputs.holder.shape[0]):
        for o in range(nobody):
            state.leavers[m, o] = 0.0
            for k in range(3):
                slope = values.eta[m] * (values.foreign_ties[m] if k == 1 else 1.0)
                logarithm = slope * (1.0 - inputs.credibility[m, o]) + values.eta_b[m] * inputs.arrears[m, o]
                share[o, k] = -math.expm1(-values.delta[m] * math.exp(logarithm))
                leaving = state.reserve[m, o, k] * share[o, k]
                state.reserve[m, o, k] -= leaving
                for lag in range(state.transit.shape[3]):
                    left = state.transit[m, o, k, lag] * share[o, k]
                    state.transit[m, o, k, lag] -= left
                    leaving += left
                state.home[m, o] += leaving
                state.leavers[m, o] += leaving
        for p in range(inputs.holder.shape[1]):
            o, a = inputs.holder[m, p], inputs.attacker[m, p]
            for k in range(3):
                if o < nobody:
                    left = state.garrison[m, p, k] * share[o, k]
                    state.garrison[m, p, k] -= left
                    state.home[m, o] += left
                    state.leavers[m, o] += left
                if a >= 0:
                    left = state.assault[m, p, k] * share[a, k]
                    state.assault[m, p, k] -= left
                    state.home[m, a] += left
                    state.leavers[m, a] += left


PROCESS = Process(
    name="exit",
    title="exit",
    kernel=step,
    parameters=(
        Parameter(
            "delta",
            loguniform(0.001, 0.01),
            "per week",
            "leaving at full credibility",
            "judgement: desertion of a tenth to three tenths a year in stable times [k]",
        ),
        Parameter(
            "eta",
            uniform(0.0, 4.0),
            "logarithm",
            "rise of leaving as credibility goes",
            "judgement: wide enough for 0.05 a week in a collapse [k]",
        ),
        Parameter(
            "eta_b",
            uniform(0.0, 0.1),
            "logarithm per week",
            "rise with each week of pay owed",
            "judgement: unpaid men leave sooner; the size has no source",
        ),
        Parameter(
            "foreign_ties",
            uniform(0.0, 1.0),
            "share of eta",
            "the same for foreigners, at most as strong",
            "judgement: foreigners have fewer homes to go to; the size has no source",
        ),
    ),
    writes=State._fields,
    arrays=(Array("leavers", ("organisation",), "men who went home in the week"),),
)
