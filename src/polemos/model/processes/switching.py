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

import numpy as np

from polemos.model.inputs import LOCAL
from polemos.model.jit import kernel
from polemos.model.laws.loyalty import beliefs, go_over, gone_of
from polemos.model.process import Array, Parameter, Process, lognormal
from polemos.model.process import normal as gauss
from polemos.model.process import uniform as flat
from polemos.model.rng import exponential, normal, stream, uniform
from polemos.model.state import SWITCH
from polemos.record.world import WAR

LEAST = 5.0


@kernel
def step(
    keys, process, step, holder, attacker, outcome, change, garrison, assault, reserve, home, went_over, joined, supply,
    power, relation, arms_level, front, near_start, near, pair_site, left, left_step, defected, defected_to, rho, theta,
    s_theta, z_w, z_n, z_i, z_f, z_t,
):  # fmt: skip
    """Move units, and places with them."""
    nobody = reserve.shape[1]
    strength = np.zeros(nobody)
    before = np.zeros(holder.shape[1], holder.dtype)
    for m in range(holder.shape[0]):
        draw, own = stream(keys[m], process, step), stream(keys[m], process, -1)
        bound = -math.expm1(-rho[m])
        before[:] = holder[m]
        weeks = front.weeks[m]
        for p in range(holder.shape[1]):
            o, unit = before[p], garrison[m, p, LOCAL]
            if o == nobody or holder[m, p] != o or unit < LEAST or outcome[m, p] != 0:
                continue
            u = uniform(draw, pair_site[p, o], 0)
            if u > bound:
                continue
            beliefs(m, p, holder, attacker, garrison, assault, power, weeks, near_start, near, z_t[m], strength)
            besieger = attacker[m, p]
            most, lure, winner, first = 0.0, 0.0, -1, np.inf
            for x in range(nobody):
                if x == o or strength[x] <= 0.0 or relation[step, o, x] != WAR or (besieger >= 0 and x != besieger):
                    continue
                weight = strength[x] * math.exp(z_i[m] * arms_level[step, x])
                arrival = exponential(draw, pair_site[p, x], 1) / weight
                if arrival < first:
                    first, winner = arrival, x
                if strength[x] > most:
                    most, lure = strength[x], arms_level[step, x]
            if winner < 0:
                continue
            others = garrison[m, p, 0] + garrison[m, p, 1]
            logit = z_w[m] * (most - strength[o]) / max(strength.sum(), 1e-9) + z_i[m] * lure
            fled, units = gone_of(m, p, o, step, before, left, left_step, near_start, near)
            logit += z_n[m] * fled / max(units, 1.0) - z_f[m] * others / (others + unit)
            logit -= theta[m] + s_theta[m] * normal(own, pair_site[p, o], 0)
            if u > -math.expm1(-rho[m] / (1.0 + math.exp(-logit))):
                continue
            went_over[m, o] += unit
            joined[m, winner] += unit
            left[m, p], left_step[m, p] = o, step
            defected[m, p], defected_to[m, p] = unit, winner
            if go_over(m, p, o, winner, besieger, garrison, assault, reserve, home):
                holder[m, p], change[m, p], supply[m, p] = winner, SWITCH, 1.0


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
    writes=(
        *("holder", "change", "garrison", "assault", "reserve", "home", "went_over", "joined", "supply"),
        *("left", "left_step", "defected", "defected_to"),
    ),
    arrays=(
        Array("left", ("place",), "organisation that a unit left here", -1, dtype="i1"),
        Array("left_step", ("place",), "step", -1000, dtype="i4"),
    ),
    on=False,
)
