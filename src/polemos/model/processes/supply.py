"""Supply: a garrison lives as long as a road of its own leads home.

`hours` is the travel time from the holder's nearest depot over places it holds (a min-plus relaxation; a place
that an ally lets it use counts as the first stage). Then, a week, with the garrison linked or cut,

    s += (1 - s) (1 - exp(-1 / tau_r)),    s += (leak - s) (1 - exp(-1 / tau_s)).

So a cut garrison without leakage decays exactly exponentially. A link cut by a raid (`raids`) carries nothing.
What this is not: a stock of goods. Source: own form; no law of modern sieges is published.
"""

import math

import numpy as np

from polemos.model.front.capture_rates import sets as friends
from polemos.model.jit import kernel
from polemos.model.process import Array, Opening, Parameter, Process, beta, lognormal, uniform
from polemos.record.world import ALLIED


@kernel
def step(step, holder, near_start, near, near_hours, depot_hours, relation, cut, tau_s, tau_r, leak, hours, supply):
    """Hours from the depots, then supply."""
    places, nobody = depot_hours.shape
    queue = np.empty(places, np.int64)
    queued = np.zeros(places, np.bool_)
    allies = friends(relation[step], ALLIED)
    for m in range(holder.shape[0]):
        head, waiting = 0, 0
        for p in range(places):
            o = holder[m, p]
            hours[m, p] = np.inf
            if o == nobody:
                continue
            hours[m, p] = depot_hours[p, o]
            for e in range(near_start[p], near_start[p + 1]):
                q = near[e]
                ally = holder[m, q]
                if (allies[o] >> ally) & 1 and cut[m, e] == 0:
                    hours[m, p] = min(hours[m, p], depot_hours[q, o] + near_hours[e])
            if hours[m, p] < np.inf:
                queue[waiting] = p
                queued[p] = True
                waiting += 1
        while waiting > 0:
            p = queue[head]
            head = head + 1 if head + 1 < places else 0
            waiting -= 1
            queued[p] = False
            for e in range(near_start[p], near_start[p + 1]):
                q = near[e]
                far = hours[m, p] + near_hours[e]
                if holder[m, q] == holder[m, p] and far < hours[m, q] and cut[m, e] == 0:
                    hours[m, q] = far
                    if not queued[q]:
                        last = head + waiting
                        queue[last if last < places else last - places] = q
                        queued[q] = True
                        waiting += 1
        mend, decay = -math.expm1(-1.0 / tau_r[m]), -math.expm1(-1.0 / tau_s[m])
        for p in range(places):
            if hours[m, p] < np.inf:
                supply[m, p] += (1.0 - supply[m, p]) * mend
            else:
                supply[m, p] += (leak[m] - supply[m, p]) * decay


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
    writes=("hours", "supply"),
    arrays=(Array("hours", ("place",), "hours"), Array("supply", ("place",), "share", 1.0)),
)
