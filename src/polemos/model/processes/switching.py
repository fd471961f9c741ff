"""Bloc switching: a local unit goes over together, to the side it expects to win, as its neighbours do.

    leaves with 1 - exp(-rho expit(z_w (W_enemy - W_own) + z_n gone + z_i inducement - z_f fear - theta_j))

a week, where it stands next to an enemy's place or under siege. W are beliefs of who wins here: shares of
strength next door, that of each side times exp(z_t * places it took there in the last 8 weeks). `gone` is the share of
the neighbouring local units of its side that went over in the last 8 weeks; `inducement` the arms support of the
strongest enemy next door; `fear` the share of the garrison that is not local; theta_j is fixed per unit
(thresholds of Granovetter 1978: N(theta, s_theta)). Which enemy: a race with weights exp(z_i inducement) * strength.
Booking: all of the unit's men go over (`went_over` of one, `joined` of the other). Where they are the larger part
of the garrison the place goes with them, and of the others 30 % reach their reserve and the rest go home (prototype);
else they join the reserve of the new side, or, under siege, the besiegers. Governments' units obey the same.
Source: local rivalry and patronage, Seymour 2014 [v]. What this is not: single desertion (`exit`).
"""

import math
from typing import NamedTuple

import numpy as np

from polemos.model.front.memory import Memory
from polemos.model.groups import Clock, Roads, Sites
from polemos.model.inputs import LOCAL
from polemos.model.jit import kernel
from polemos.model.laws.loyalty import Forces, beliefs, go_over, gone_of
from polemos.model.process import Array, Parameter, Process, lognormal
from polemos.model.process import normal as gauss
from polemos.model.process import uniform as flat
from polemos.model.rng import exponential, normal, stream, uniform
from polemos.model.state import SWITCH
from polemos.record.world import WAR, Floats, Holders, Ints

LEAST = 5.0


class Inputs(NamedTuple):
    """What it only reads."""

    attacker: Holders
    outcome: Holders
    relation: Holders
    arms_level: Floats
    front: Memory
    pair_site: Sites


class Values(NamedTuple):
    """Parameters, a value a member."""

    rho: Floats
    theta: Floats
    s_theta: Floats
    z_w: Floats
    z_n: Floats
    z_i: Floats
    z_f: Floats
    z_t: Floats


class State(NamedTuple):
    """What it changes."""

    holder: Holders
    change: Holders
    garrison: Floats
    assault: Floats
    reserve: Floats
    home: Floats
    went_over: Floats
    joined: Floats
    supply: Floats
    left: Holders
    left_step: Ints
    defected: Floats
    defected_to: Holders


@kernel
def step(clock: Clock, inputs: Inputs, roads: Roads, values: Values, state: State) -> None:
    """Move units, and places with them."""
    nobody = state.reserve.shape[1]
    strength = np.zeros(nobody)
    before = np.zeros(state.holder.shape[1], state.holder.dtype)
    for m in range(state.holder.shape[0]):
        draw, own = stream(clock.keys[m], clock.process, clock.step), stream(clock.keys[m], clock.process, -1)
        bound = -math.expm1(-values.rho[m])
        before[:] = state.holder[m]
        weeks = inputs.front.weeks[m]
        for p in range(state.holder.shape[1]):
            o, unit = before[p], state.garrison[m, p, LOCAL]
            if o == nobody or state.holder[m, p] != o or unit < LEAST or inputs.outcome[m, p] != 0:
                continue
            u = uniform(draw, inputs.pair_site[p, o], 0)
            if u > bound:
                continue
            forces = Forces(state.holder, inputs.attacker, state.garrison, state.assault)
            beliefs(m, p, forces, weeks, roads, values.z_t[m], strength)
            besieger = inputs.attacker[m, p]
            most, lure, winner, first = 0.0, 0.0, -1, np.inf
            for x in range(nobody):
                foe = x != o and inputs.relation[clock.step, o, x] == WAR
                if not foe or strength[x] <= 0.0 or (besieger >= 0 and x != besieger):
                    continue
                weight = strength[x] * math.exp(values.z_i[m] * inputs.arms_level[clock.step, x])
                arrival = exponential(draw, inputs.pair_site[p, x], 1) / weight
                if arrival < first:
                    first, winner = arrival, x
                if strength[x] > most:
                    most, lure = strength[x], inputs.arms_level[clock.step, x]
            if winner < 0:
                continue
            others = state.garrison[m, p, 0] + state.garrison[m, p, 1]
            logit = values.z_w[m] * (most - strength[o]) / max(strength.sum(), 1e-9) + values.z_i[m] * lure
            fled, units = gone_of(m, p, o, clock.step, before, state.left, state.left_step, roads)
            logit += values.z_n[m] * fled / max(units, 1.0) - values.z_f[m] * others / (others + unit)
            logit -= values.theta[m] + values.s_theta[m] * normal(own, inputs.pair_site[p, o], 0)
            if u > -math.expm1(-values.rho[m] / (1.0 + math.exp(-logit))):
                continue
            state.went_over[m, o] += unit
            state.joined[m, winner] += unit
            state.left[m, p], state.left_step[m, p] = o, clock.step
            state.defected[m, p], state.defected_to[m, p] = unit, winner
            if go_over(m, p, o, winner, besieger, state.garrison, state.assault, state.reserve, state.home):
                state.holder[m, p], state.change[m, p], state.supply[m, p] = winner, SWITCH, 1.0


PROCESS = Process(
    name="switching",
    title="bloc switching",
    kernel=step,
    parameters=(
        Parameter(
            "rho",
            lognormal(0.005, 0.7),
            "per week",
            "units that may go over",
            "judgement: set by hand on a prototype of wars that ended by 2013 [c]",
            "2013-12-31",
        ),
        Parameter(
            "theta",
            gauss(0.0, 1.0),
            "logit",
            "reluctance of the average unit",
            "judgement: of size one in a logit; that units have thresholds is Granovetter 1978 [k]",
        ),
        Parameter(
            "s_theta",
            flat(0.3, 1.5),
            "logit",
            "how much units differ",
            "judgement: units differ by about as much as they hesitate [k]",
        ),
        Parameter(
            "z_w",
            flat(0.0, 4.0),
            "logit",
            "weight of who is expected to win",
            "judgement: of the size of other weights in this logit",
        ),
        Parameter(
            "z_n",
            flat(0.0, 4.0),
            "logit",
            "weight of neighbouring units gone",
            "judgement: none to strong; the form is Granovetter 1978 [k]",
        ),
        Parameter(
            "z_i",
            flat(0.0, 1.0),
            "logit at full scale",
            "weight of an enemy's patron",
            "judgement: the sign is Seymour 2014 [v], the size has no source",
        ),
        Parameter(
            "z_f",
            flat(0.0, 2.0),
            "logit",
            "weight of watchers in the garrison",
            "judgement: of the size of other weights in this logit",
        ),
        Parameter(
            "z_t",
            flat(0.0, 1.0),
            "logarithm",
            "weight of places just taken",
            "judgement: of the size of other weights in this logit",
        ),
    ),
    writes=State._fields,
    arrays=(
        Array("left", ("place",), "organisation that a unit left here", -1, dtype="i1"),
        Array("left_step", ("place",), "step", -1000, dtype="i4"),
    ),
    on=False,
)
