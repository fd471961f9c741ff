"""Credibility: what land and victories say about an organisation's prospects.

    logit L = l0 - 2 claim * beta_t (1 - land / peak) + beta_v vbar + leader,    L >= l_min
    vbar   <- (1 - 1/m) vbar + (people-weighted gains - losses) / m,    weight ln(1 + (people + 2,000) / 2,000) / 3

`land` is the people held, a place without residents counting 1,000; `peak` the most so far, so that lost land only ever
takes belief away; `leader` is that of `leaders`, 0 while it is off. Governments obey the same equation. What this is
not: anybody's opinion poll. Source: own form; no published estimate of beta_t is known to us.
"""

import math
from typing import NamedTuple

from polemos.model.jit import kernel
from polemos.model.process import Array, Opening, Parameter, Process, beta
from polemos.model.process import normal as gauss
from polemos.model.process import uniform as flat
from polemos.record.world import Floats, Holders

SITE_PEOPLE = 1000.0


class Inputs(NamedTuple):
    """What it only reads."""

    holder: Holders
    before: Holders
    people: Floats
    claim: Floats
    leader_effect: Floats


class Values(NamedTuple):
    """Parameters, a value a member."""

    l0: Floats
    beta_t: Floats
    beta_v: Floats
    l_min: Floats
    balance_weeks: Floats


class State(NamedTuple):
    """What it changes."""

    balance: Floats
    land: Floats
    peak: Floats
    credibility: Floats


@kernel
def weight(people):
    """Weight of a place in the balance of victories."""
    return math.log(1.0 + (people + 2000.0) / 2000.0) / 3.0


@kernel
def look(inputs: Inputs, values: Values, state: State) -> None:
    """Credibility from the balance and the land as they stand; at the origin, from those of the record."""
    nobody = state.credibility.shape[1]
    for m in range(inputs.holder.shape[0]):
        state.land[m] = 0.0
        for p in range(inputs.holder.shape[1]):
            if inputs.holder[m, p] < nobody:
                state.land[m, inputs.holder[m, p]] += max(inputs.people[p], SITE_PEOPLE)
        for o in range(nobody):
            state.peak[m, o] = max(state.peak[m, o], state.land[m, o])
            land_lost = 1.0 - state.land[m, o] / state.peak[m, o] if state.peak[m, o] > 0.0 else 0.0
            logit = values.l0[m] - 2.0 * inputs.claim[o] * values.beta_t[m] * land_lost
            logit = logit + values.beta_v[m] * state.balance[m, o] + inputs.leader_effect[m, o]
            state.credibility[m, o] = max(values.l_min[m], 1.0 / (1.0 + math.exp(-logit)))


@kernel
def step(inputs: Inputs, values: Values, state: State) -> None:
    """Balance of the week, then credibility."""
    nobody = state.credibility.shape[1]
    for m in range(inputs.holder.shape[0]):
        fade = 1.0 / values.balance_weeks[m]
        for o in range(nobody):
            state.balance[m, o] *= 1.0 - fade
        for p in range(inputs.holder.shape[1]):
            o, d = inputs.holder[m, p], inputs.before[m, p]
            if o != d:
                if o < nobody:
                    state.balance[m, o] += fade * weight(inputs.people[p])
                if d < nobody:
                    state.balance[m, d] -= fade * weight(inputs.people[p])
    look(inputs, values, state)


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
    writes=State._fields,
    arrays=(
        Array("balance", ("organisation",), "victories"),
        Array("land", ("organisation",), "people"),
        Array("peak", ("organisation",), "people"),
        Array("credibility", ("organisation",), "share", 0.8),
    ),
)
