"""Allocation: the reserve goes where men are missing; a threat to the core calls the others back.

Demand of a place is (g0 + g1 people / 1,000), twice that at a front, and no less than the assault it faces. A week,
supplied places short of demand share what the reserve can give, min(.2 of the gap, .5 of the reserve), by their gap,
core places `core_weight` times that; above demand a tenth of the excess returns. Where enemies stand before a share t
of an organisation's core places, its other garrisons send back `recall` t of their men. Not: an optimal plan.
Source: own form; no rule of thumb of force density holds, Friedman 2011 [v].
"""

import math

import numpy as np

from polemos.model.front.capture_rates import around, sets
from polemos.model.jit import kernel
from polemos.model.process import HAZARD, MULTIPLIER, Array, Parameter, Process, lognormal, loguniform
from polemos.record.world import WAR

FILL, GIVE, BACK = 0.2, 0.5, 0.1


@kernel
def step(
    step, holder, attacker, garrison, assault, reserve, supply, people, core, relation, near_start, near,
    g0, g1, recall, core_weight, demand, wanted, given,
):  # fmt: skip
    """Move men between reserves and garrisons."""
    nobody, places = reserve.shape[1], holder.shape[1]
    front = np.zeros(places, np.bool_)
    threatened, cores = np.zeros(nobody), np.zeros(nobody)
    foes = sets(relation[step], WAR)
    for m in range(holder.shape[0]):
        threatened[:], cores[:] = 0.0, 0.0
        for p in range(places):
            o = holder[m, p]
            front[p] = around(m, p, holder, near_start, near) & foes[o] != 0
            if o < nobody and core[p, o]:
                cores[o] += 1.0
                threatened[o] += 1.0 if front[p] else 0.0
        for o in range(nobody):
            wanted[m, o] = 0.0
            if threatened[o] > 0.0:
                share = -math.expm1(-recall[m] * threatened[o] / cores[o])
                for p in range(places):
                    if holder[m, p] == o and not core[p, o] and attacker[m, p] < 0:
                        for k in range(3):
                            called = garrison[m, p, k] * share
                            garrison[m, p, k] -= called
                            reserve[m, o, k] += called
        for p in range(places):
            o = holder[m, p]
            if o == nobody:
                demand[m, p] = 0.0
                continue
            need = g0[m] + g1[m] * people[p] / 1000.0
            if front[p]:
                need *= 2.0
            if attacker[m, p] >= 0:
                need = max(need, assault[m, p, 0] + assault[m, p, 1] + assault[m, p, 2])
            demand[m, p] = need
            men = garrison[m, p, 0] + garrison[m, p, 1] + garrison[m, p, 2]
            if men > need:
                for k in range(3):
                    back = BACK * garrison[m, p, k] * (1.0 - need / men)
                    garrison[m, p, k] -= back
                    reserve[m, o, k] += back
            elif supply[m, p] > 0.5:
                weight = core_weight[m] if core[p, o] else 1.0
                wanted[m, o] += FILL * (need - men) * weight
        for o in range(nobody):
            stock = reserve[m, o, 0] + reserve[m, o, 1] + reserve[m, o, 2]
            rate = min(1.0, GIVE * stock / wanted[m, o]) if wanted[m, o] > 0.0 else 0.0
            given[m, o] = rate * wanted[m, o] / stock if stock > 0.0 else 0.0
        for p in range(places):
            o = holder[m, p]
            if o == nobody or given[m, o] <= 0.0 or supply[m, p] <= 0.5:
                continue
            men = garrison[m, p, 0] + garrison[m, p, 1] + garrison[m, p, 2]
            if men < demand[m, p]:
                weight = core_weight[m] if core[p, o] else 1.0
                part = given[m, o] * FILL * (demand[m, p] - men) * weight / wanted[m, o]
                for k in range(3):
                    garrison[m, p, k] += part * reserve[m, o, k]
        for o in range(nobody):
            for k in range(3):
                reserve[m, o, k] *= 1.0 - given[m, o]


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
    writes=("garrison", "reserve", "demand", "wanted", "given"),
    arrays=(
        Array("demand", ("place",), "men"),
        Array("wanted", ("organisation",), "men"),
        Array("given", ("organisation",), "share of the reserve"),
    ),
)
