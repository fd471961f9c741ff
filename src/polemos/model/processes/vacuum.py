"""Vacuum (P8): a garrison too small to hold a place leaves it to nobody.

    hazard a week = h_v (1 - X_p / g_min)   where X_p < g_min and no battle is on

The men join the reserve. What this is not: a defeat; nobody has come yet (P9).
Source: D2 P8; withdrawal from the periphery, A7 [v].
"""

import math

from polemos.model.chance import stream, uniform
from polemos.model.jit import kernel
from polemos.model.process import Parameter, Process, loguniform
from polemos.model.process import uniform as flat
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
    title="P8 garrison demand and vacuum",
    mechanisms=("M4", "M5", "M25"),
    kernel=step,
    parameters=(
        Parameter("g_min", flat(30.0, 100.0), "men", "least garrison that stays", "D3, A7 [?]"),
        Parameter(
            "leave", loguniform(1 / 520, 1 / 5), "per week", "leaving with no men at all", "D3: a hazard, convention"
        ),
    ),
    writes=("holder", "change", "garrison", "reserve"),
)
