"""Credibility: what land and victories say about an organisation's prospects.

    logit L = l0 + claim * beta_t (2 land / peak - 1) + beta_v vbar + leader,    L >= l_min
    vbar   <- (1 - 1/m) vbar + (people-weighted gains - losses) / m,    weight ln(1 + (people + 2,000) / 2,000) / 3

`land` is the people held, a place without residents counting 1,000; `peak` the most so far; `leader` is that of
`leaders`, 0 while it is off. Governments obey the same equation. What this is not: anybody's opinion poll. Source: own
form; no published estimate of beta_t is known to us.
"""

import math

from polemos.model.jit import kernel
from polemos.model.process import Array, Opening, Parameter, Process, beta
from polemos.model.process import normal as gauss
from polemos.model.process import uniform as flat

SITE_PEOPLE = 1000.0


@kernel
def weight(people):
    """Weight of a place in the balance of victories."""
    return math.log(1.0 + (people + 2000.0) / 2000.0) / 3.0


@kernel
def look(holder, people, claim, l0, beta_t, beta_v, l_min, leader_effect, balance, land, peak, credibility):
    """Credibility from the balance and the land as they stand; at the origin, from those of the record."""
    nobody = credibility.shape[1]
    for m in range(holder.shape[0]):
        land[m] = 0.0
        for p in range(holder.shape[1]):
            if holder[m, p] < nobody:
                land[m, holder[m, p]] += max(people[p], SITE_PEOPLE)
        for o in range(nobody):
            peak[m, o] = max(peak[m, o], land[m, o])
            standing = 2.0 * land[m, o] / peak[m, o] - 1.0 if peak[m, o] > 0.0 else -1.0
            logit = l0[m] + claim[o] * beta_t[m] * standing + beta_v[m] * balance[m, o] + leader_effect[m, o]
            credibility[m, o] = max(l_min[m], 1.0 / (1.0 + math.exp(-logit)))


@kernel
def step(
    holder, before, people, claim, l0, beta_t, beta_v, l_min, balance_weeks, leader_effect, balance, land, peak,
    credibility,
):  # fmt: skip
    """Balance of the week, then credibility."""
    nobody = credibility.shape[1]
    for m in range(holder.shape[0]):
        fade = 1.0 / balance_weeks[m]
        for o in range(nobody):
            balance[m, o] *= 1.0 - fade
        for p in range(holder.shape[1]):
            o, d = holder[m, p], before[m, p]
            if o != d:
                if o < nobody:
                    balance[m, o] += fade * weight(people[p])
                if d < nobody:
                    balance[m, d] -= fade * weight(people[p])
    look(holder, people, claim, l0, beta_t, beta_v, l_min, leader_effect, balance, land, peak, credibility)


PROCESS = Process(
    name="credibility",
    title="credibility",
    kernel=step,
    openings=(Opening("prospects", look),),
    parameters=(
        Parameter(
            "l0",
            gauss(1.5, 0.7),
            "logit",
            "credibility in quiet times",
            "judgement: believed in quiet times, by most [?]",
        ),
        Parameter(
            "beta_t",
            flat(0.0, 4.0),
            "logit",
            "weight of land where statehood is claimed",
            "judgement: the range that rival theories span; no published estimate",
        ),
        Parameter(
            "beta_v",
            flat(0.0, 3.0),
            "logit",
            "weight of recent victories",
            "judgement: from none to strong; no evidence",
        ),
        Parameter(
            "l_min",
            beta(1, 3),
            "share",
            "belief that nothing takes away",
            "judgement: the range that rival theories span",
        ),
        Parameter(
            "balance_weeks",
            flat(4.0, 26.0),
            "weeks",
            "memory of victories",
            "judgement: a month to half a year; no evidence",
        ),
    ),
    writes=("balance", "land", "peak", "credibility"),
    arrays=(
        Array("balance", ("organisation",), "victories"),
        Array("land", ("organisation",), "people"),
        Array("peak", ("organisation",), "people"),
        Array("credibility", ("organisation",), "share", 0.8),
    ),
)
