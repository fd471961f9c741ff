"""Turnover: men who leave are replaced as at the origin, strength follows land, and it varies at random.

    d ln men a week = made_good * shortfall + men_by_land * d ln(land + 5,000) + men_shock * N(0, 1),
    shortfall       = (leavers - recruits) / men in the first week, 0 where recruits were more

for every open account of an organisation, on top of what other processes count, up to ten times the men of its first
week. An organisation that survives has ways of filling its ranks that no input shows: it replaces those who desert at
the rate of the origin, so that only later changes move its strength. Recruits beyond the deserters still make it
grow. The process does not say who the new men are.
Source: own form. All three sizes were learnt from dated estimates of seven wars (docs/mechanisms-on-the-map.md).
"""

import math
from typing import NamedTuple

import numpy as np

from polemos.model.groups import Clock, Sites
from polemos.model.jit import kernel
from polemos.model.process import Array, Opening, Parameter, Process, fixed
from polemos.model.rng import normal, stream
from polemos.model.state import Men, tally
from polemos.record.world import Floats

LAND = 5000.0
"""People that count as land of everybody: who holds next to nothing has not lost all its men (convention [?])."""
MOST = 1.0
"""Largest change of the logarithm in a week."""
CEILING = 10.0
"""Times the men of its first week up to which turnover lets an organisation grow (convention [?])."""
LEARNT = "judgement: the best of 25 variants at dated estimates of seven wars, in the first half of their origins"
BASIS_UNTIL = "2022-10-31"


class Inputs(NamedTuple):
    """What it only reads."""

    land: Floats
    leavers: Floats
    recruits: Floats
    organisation_site: Sites


class Values(NamedTuple):
    """Parameters, a value a member."""

    made_good: Floats
    men_by_land: Floats
    men_shock: Floats


class State(NamedTuple):
    """What it changes besides the accounts of men."""

    home: Floats
    joined: Floats
    shortfall: Floats
    land_before: Floats
    first_men: Floats


def begin(land, land_before):
    """The land of the origin."""
    land_before[:] = land


@kernel
def change(m: int, o: int, men: float, week: int, draw: Sites, inputs: Inputs, values: Values, state: State) -> float:
    """Change of the logarithm of an organisation's men in a week."""
    if week == 1:
        state.shortfall[m, o] = max(inputs.leavers[m, o] - inputs.recruits[m, o], 0.0) / men
    land = (inputs.land[m, o] + LAND) / (state.land_before[m, o] + LAND)
    by = values.made_good[m] * state.shortfall[m, o] + values.men_by_land[m] * math.log(land)
    by += values.men_shock[m] * normal(draw, inputs.organisation_site[o], 0)
    return float(min(max(by, -MOST), MOST))


@kernel
def step(clock: Clock, men: Men, inputs: Inputs, values: Values, state: State) -> None:
    """Move every open account by its organisation's factor."""
    members, nobody = state.home.shape
    total, hidden = np.zeros((members, nobody)), np.zeros((members, nobody))
    factor = np.ones(nobody)
    tally(men, total, hidden)
    for m in range(members):
        draw = stream(clock.keys[m], clock.process, clock.step)
        for o in range(nobody):
            factor[o] = 1.0
            if total[m, o] >= 1.0:
                if state.first_men[m, o] == 0.0:
                    state.first_men[m, o] = total[m, o]
                factor[o] = math.exp(change(m, o, total[m, o], clock.step, draw, inputs, values, state))
                factor[o] = min(factor[o], max(CEILING * state.first_men[m, o] / total[m, o], 1.0))
            state.land_before[m, o] = inputs.land[m, o]
            more = total[m, o] * (factor[o] - 1.0)
            state.joined[m, o] += max(more, 0.0)
            state.home[m, o] += max(-more, 0.0)
            men.reserve[m, o] *= factor[o]
            men.transit[m, o] *= factor[o]
        for p in range(men.holder.shape[1]):
            o, a = men.holder[m, p], men.attacker[m, p]
            if o < nobody:
                men.garrison[m, p] *= factor[o]
            if a >= 0:
                men.assault[m, p] *= factor[a]


PROCESS = Process(
    name="turnover",
    title="turnover",
    kernel=step,
    openings=(Opening("begin", begin),),
    parameters=(
        Parameter(
            "made_good",
            fixed(1.0),
            "share",
            "part of the shortfall at the origin that is replaced each week",
            LEARNT,
            BASIS_UNTIL,
        ),
        Parameter(
            "men_by_land",
            fixed(0.2),
            "exponent",
            "elasticity of men by people in the land held, besides losses and recruits there",
            LEARNT,
            BASIS_UNTIL,
        ),
        Parameter(
            "men_shock",
            fixed(0.1),
            "logarithm a week",
            "standard deviation of the random change",
            LEARNT,
            BASIS_UNTIL,
        ),
    ),
    writes=("garrison", "assault", "reserve", "transit", *State._fields),
    arrays=(
        Array("shortfall", ("organisation",), "share of the men a week"),
        Array("land_before", ("organisation",), "people"),
        Array("first_men", ("organisation",), "fighters"),
    ),
)
