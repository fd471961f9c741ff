"""Vacuum: a garrison too small to hold a place leaves it to nobody.

    hazard a week = h_v (1 - X_p / g_min)   where X_p < g_min and no battle is on

The men join the reserve. What this is not: a defeat; nobody has come yet (`entry`).
Source: own form.
"""

import math

from polemos.model.jit import kernel
from polemos.model.process import HAZARD, Parameter, Process, loguniform
from polemos.model.process import uniform as flat
from polemos.model.rng import stream, uniform
from polemos.model.state import ABANDONED


@kernel
def step(keys, process, step, holder, attacker, garrison, reserve, change, place_site, g_min, leave):
    """Abandon places."""
    nobody = reserve.shape[1]
    for m in range(holder.shape[0]):
        draw = stream(keys[m], process, step)
        bound = -math.expm1(-leave[m])
        for p in range(holder.shape[1]):
            o = holder[m, p]
            if o == nobody or attacker[m, p] >= 0:
                continue
            men = garrison[m, p, 0] + garrison[m, p, 1] + garrison[m, p, 2]
            if men >= g_min[m]:
                continue
            u = uniform(draw, place_site[p], 0)
            if u < bound and u < -math.expm1(-leave[m] * (1.0 - men / g_min[m])):
                for k in range(3):
                    reserve[m, o, k] += garrison[m, p, k]
                    garrison[m, p, k] = 0.0
                holder[m, p] = nobody
                change[m, p] = ABANDONED


PROCESS = Process(
    name="vacuum",
    title="garrison demand and vacuum",
    kernel=step,
    parameters=(
        Parameter("g_min", flat(30.0, 100.0), "men", "least garrison that stays", "judgement: a platoon or two [?]"),
        Parameter("leave", loguniform(1 / 520, 1 / 5), "per week", "leaving with no men at all", HAZARD),
    ),
    writes=("holder", "change", "garrison", "reserve"),
)
