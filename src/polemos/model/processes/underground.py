"""Underground: members behind the lines grow where they are left alone and are hunted where men are.

    dU = r_u U max(1 - U / K, 0) welcome - mu0 X / (X + g50) (1 - refuge) U,     K = capacity * max(people / 1,000, 1)

X is the open garrison of a holder that is not an ally. Where their own organisation holds the place, members come
into the open. `welcome` is 1 and `refuge` 0 while attitudes are off. The hunted are booked as captured.
Source: Kress and Szechtman 2009 [v, abstract].
"""

import math
from typing import NamedTuple

from polemos.model.jit import kernel
from polemos.model.process import Parameter, Process, lognormal, loguniform, uniform
from polemos.record.world import ALLIED, Floats, Holders


class Inputs(NamedTuple):
    """What it only reads."""

    holder: Holders
    people: Floats
    relation: Holders
    welcome: Floats
    refuge: Floats


class Values(NamedTuple):
    """Parameters, a value a member."""

    mu0: Floats
    g50: Floats
    growth: Floats
    capacity: Floats


class State(NamedTuple):
    """What it changes."""

    garrison: Floats
    underground: Floats
    captured: Floats
    joined: Floats


@kernel
def step(step: int, inputs: Inputs, values: Values, state: State) -> None:
    """One week of every place's undergrounds."""
    nobody = state.underground.shape[2]
    for m in range(inputs.holder.shape[0]):
        for p in range(inputs.holder.shape[1]):
            w = inputs.holder[m, p]
            # Before any of the holder's own members come into the open here.
            men, hunt = state.garrison[m, p, 0] + state.garrison[m, p, 1] + state.garrison[m, p, 2], -1.0
            most = values.capacity[m] * max(inputs.people[p], 1000.0) / 1000.0
            for o in range(nobody):
                members = state.underground[m, p, o]
                if members <= 0.0:
                    continue
                if w == o:
                    state.garrison[m, p, 2] += members
                    state.underground[m, p, o] = 0.0
                    continue
                if w < nobody and inputs.relation[step, o, w] != ALLIED:
                    if hunt < 0.0:
                        hunt = -math.expm1(-values.mu0[m] * men / (men + values.g50[m]))
                    discovered = hunt * (1.0 - inputs.refuge[m, p, o])
                    state.captured[m, o] += members * discovered
                    members -= members * discovered
                born = values.growth[m] * members * max(1.0 - members / most, 0.0) * inputs.welcome[m, p, o]
                state.joined[m, o] += born
                state.underground[m, p, o] = members + born


PROCESS = Process(
    name="underground",
    title="underground",
    kernel=step,
    parameters=(
        Parameter(
            "mu0",
            loguniform(0.003, 0.05),
            "per week",
            "hunting under a full garrison",
            "judgement: insurgencies before 2014 [?]",
            "2013-12-31",
        ),
        Parameter(
            "g50",
            uniform(50.0, 500.0),
            "men",
            "garrison of half that effect",
            "judgement: insurgencies before 2014 [?]",
            "2013-12-31",
        ),
        Parameter(
            "growth",
            uniform(0.0, 0.02),
            "per week",
            "growth left alone",
            "judgement: insurgencies before 2014 [?]",
            "2013-12-31",
        ),
        Parameter(
            "capacity",
            lognormal(4.0, 0.7),
            "members per 1,000 residents",
            "most that a place hides",
            "judgement: as many men hide in a place as garrison it",
        ),
    ),
    writes=State._fields,
)
