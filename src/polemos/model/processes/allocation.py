"""Allocation: the reserve goes where men are missing; a threat to the core calls the others back.

Demand of a place is (g0 + g1 people / 1,000), twice that at a front, and no less than the assault it faces. A week,
supplied places short of demand share what the reserve can give, min(.2 of the gap, .5 of the reserve), by their gap,
core places `core_weight` times that; above demand a tenth of the excess returns. Where enemies stand before a share t
of an organisation's core places, its other garrisons send back `recall` t of their men. Not: an optimal plan.
Source: own form; no rule of thumb of force density holds, Friedman 2011 [v].
"""

import math
from typing import NamedTuple

import numpy as np

from polemos.model.front.neighbours import around, sets
from polemos.model.groups import Roads
from polemos.model.jit import kernel
from polemos.model.process import HAZARD, MULTIPLIER, Array, Parameter, Process, lognormal, loguniform
from polemos.record.world import WAR, Flags, Floats, Holders

FILL, GIVE, BACK = 0.2, 0.5, 0.1


class Inputs(NamedTuple):
    """What it only reads."""

    holder: Holders
    attacker: Holders
    assault: Floats
    supply: Floats
    people: Floats
    core: Flags
    relation: Holders


class Values(NamedTuple):
    """Parameters, a value a member."""

    g0: Floats
    g1: Floats
    recall: Floats
    core_weight: Floats


class State(NamedTuple):
    """What it changes."""

    garrison: Floats
    reserve: Floats
    demand: Floats
    wanted: Floats
    grant: Floats


@kernel
def step(step: int, inputs: Inputs, roads: Roads, values: Values, state: State) -> None:
    """Move men between reserves and garrisons."""
    nobody, places = state.reserve.shape[1], inputs.holder.shape[1]
    front = np.zeros(places, np.bool_)
    threatened, cores = np.zeros(nobody), np.zeros(nobody)
    foes = sets(inputs.relation[step], WAR)
    for m in range(inputs.holder.shape[0]):
        threatened[:], cores[:] = 0.0, 0.0
        for p in range(places):
            o = inputs.holder[m, p]
            front[p] = around(m, p, inputs.holder, roads) & foes[o] != 0
            if o < nobody and inputs.core[p, o]:
                cores[o] += 1.0
                threatened[o] += 1.0 if front[p] else 0.0
        for o in range(nobody):
            state.wanted[m, o] = 0.0
            if threatened[o] > 0.0:
                share = -math.expm1(-values.recall[m] * threatened[o] / cores[o])
                for p in range(places):
                    if inputs.holder[m, p] == o and not inputs.core[p, o] and inputs.attacker[m, p] < 0:
                        for k in range(3):
                            called = state.garrison[m, p, k] * share
                            state.garrison[m, p, k] -= called
                            state.reserve[m, o, k] += called
        for p in range(places):
            o = inputs.holder[m, p]
            if o == nobody:
                state.demand[m, p] = 0.0
                continue
            need = values.g0[m] + values.g1[m] * inputs.people[p] / 1000.0
            if front[p]:
                need *= 2.0
            if inputs.attacker[m, p] >= 0:
                need = max(need, inputs.assault[m, p, 0] + inputs.assault[m, p, 1] + inputs.assault[m, p, 2])
            state.demand[m, p] = need
            men = state.garrison[m, p, 0] + state.garrison[m, p, 1] + state.garrison[m, p, 2]
            if men > need:
                for k in range(3):
                    back = BACK * state.garrison[m, p, k] * (1.0 - need / men)
                    state.garrison[m, p, k] -= back
                    state.reserve[m, o, k] += back
            elif inputs.supply[m, p] > 0.5:
                weight = values.core_weight[m] if inputs.core[p, o] else 1.0
                state.wanted[m, o] += FILL * (need - men) * weight
        for o in range(nobody):
            stock = state.reserve[m, o, 0] + state.reserve[m, o, 1] + state.reserve[m, o, 2]
            rate = min(1.0, GIVE * stock / state.wanted[m, o]) if state.wanted[m, o] > 0.0 else 0.0
            state.grant[m, o] = rate * state.wanted[m, o] / stock if stock > 0.0 else 0.0
        for p in range(places):
            o = inputs.holder[m, p]
            if o == nobody or state.grant[m, o] <= 0.0 or inputs.supply[m, p] <= 0.5:
                continue
            men = state.garrison[m, p, 0] + state.garrison[m, p, 1] + state.garrison[m, p, 2]
            if men < state.demand[m, p]:
                weight = values.core_weight[m] if inputs.core[p, o] else 1.0
                part = state.grant[m, o] * FILL * (state.demand[m, p] - men) * weight / state.wanted[m, o]
                for k in range(3):
                    state.garrison[m, p, k] += part * state.reserve[m, o, k]
        for o in range(nobody):
            for k in range(3):
                state.reserve[m, o, k] *= 1.0 - state.grant[m, o]


PROCESS = Process(
    name="allocation",
    title="allocation",
    kernel=step,
    parameters=(
        Parameter(
            "g0",
            lognormal(100.0, 0.7),
            "men",
            "garrison of the smallest place",
            "judgement: a hundred men, within a factor of two [k]",
        ),
        Parameter(
            "g1",
            lognormal(4.0, 0.7),
            "men per 1,000 residents",
            "garrison by people",
            "Friedman2011",
            grade="v",
            taken="no rule of thumb holds in 171 campaigns, so 1 to 15 men",
        ),
        Parameter(
            "recall",
            loguniform(1 / 520, 1 / 5),
            "per week",
            "calling back to a threatened core",
            HAZARD,
        ),
        Parameter("core_weight", lognormal(1.0, 0.5), "factor", "precedence of core places", MULTIPLIER),
    ),
    writes=State._fields,
    arrays=(
        Array("demand", ("place",), "men"),
        Array("wanted", ("organisation",), "men"),
        Array("grant", ("organisation",), "share of the reserve"),
    ),
)
