"""Entry into vacuum: an abandoned place is taken by whoever comes first, at war with anyone or not.

    hazard of o a week = v0 * (0.1 R_o / 500) ^ xi * exp(-lambda hours)

for every organisation next door or with a base that feeds in; the earliest arrival of independent exponential
races enters with what the place demands, at most a tenth of its reserve.
Source: own form. Hand-overs between organisations that are not at war pass through here or through seizure.
"""

import math

import numpy as np

from polemos.model.front.capture_rates import reach
from polemos.model.jit import kernel
from polemos.model.process import HAZARD, Parameter, Process, loguniform, uniform
from polemos.model.rng import exponential, stream
from polemos.model.state import ENTRY

PART, SCALE = 0.1, 500.0


@kernel
def step(
    keys, process, step, holder, garrison, reserve, change, hours, supply, people, near_start, near, near_hours,
    entry_hours, pair_site, g0, g1, distance, v0, xi,
):  # fmt: skip
    """Enter abandoned places."""
    nobody = reserve.shape[1]
    for m in range(holder.shape[0]):
        draw = stream(keys[m], process, step)
        for p in range(holder.shape[1]):
            if holder[m, p] != nobody:
                continue
            first, winner = 1.0, -1
            for o in range(nobody):
                men = PART * (reserve[m, o, 0] + reserve[m, o, 1] + reserve[m, o, 2])
                if men < 1.0:
                    continue
                far = reach(m, p, o, holder, hours, near_start, near, near_hours, entry_hours)
                if far == np.inf:
                    continue
                rate = v0[m] * (men / SCALE) ** xi[m] * math.exp(-distance[m] * far)
                arrival = exponential(draw, pair_site[p, o], 0) / rate
                if arrival < first:
                    first, winner = arrival, o
            if winner >= 0:
                stock = reserve[m, winner, 0] + reserve[m, winner, 1] + reserve[m, winner, 2]
                share = min(PART, (g0[m] + g1[m] * people[p] / 1000.0) / stock)
                for k in range(3):
                    garrison[m, p, k] = share * reserve[m, winner, k]
                    reserve[m, winner, k] -= garrison[m, p, k]
                holder[m, p] = winner
                supply[m, p] = 1.0
                change[m, p] = ENTRY


PROCESS = Process(
    name="entry",
    title="entry into vacuum",
    kernel=step,
    parameters=(
        Parameter("v0", loguniform(1 / 520, 1 / 5), "per week", "entry of 500 men next door", HAZARD),
        Parameter(
            "xi",
            uniform(0.0, 1.0),
            "exponent",
            "how entry rises with men at hand",
            "judgement: between no effect of numbers and proportion",
        ),
    ),
    writes=("holder", "change", "garrison", "reserve", "supply"),
)
