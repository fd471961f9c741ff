"""Affiliates: branches elsewhere, off the map, of an organisation that claims statehood.

    births  ~ Poisson(births_rate * highest L so far * claim)
    z      <- phi z + sqrt(1 - phi^2) (rho_c x + sqrt(1 - rho_c^2) N(0, 1)),    x = change of L / 0.02, within 3
    attacks ~ Poisson(affiliates * abroad_rate * exp(z))

Land at home enters through L alone, with correlation rho_c. Weak states are taken to be there always (no input says
where). What this is not: a map of other wars. Source: own form; affiliates outgrew their core, Warner 2021 [k].
"""

import math
from typing import NamedTuple

from polemos.model.groups import Clock, Sites
from polemos.model.jit import kernel
from polemos.model.process import HAZARD, Array, Parameter, Process, lognormal, loguniform
from polemos.model.process import uniform as flat
from polemos.model.rng import normal, poisson, stream
from polemos.record.world import Floats

UNIT, MOST = 0.02, 3.0


class Inputs(NamedTuple):
    """What it only reads."""

    credibility: Floats
    claim: Floats
    organisation_site: Sites


class Values(NamedTuple):
    """Parameters, a value a member."""

    births_rate: Floats
    phi_c: Floats
    rho_c: Floats
    abroad_rate: Floats


class State(NamedTuple):
    """What it changes."""

    best: Floats
    last: Floats
    affiliates: Floats
    abroad: Floats
    abroad_attacks: Floats


@kernel
def begin(credibility, best, last):
    """Credibility at the origin."""
    best[:] = credibility
    last[:] = credibility


@kernel
def step(clock: Clock, inputs: Inputs, values: Values, state: State) -> None:
    """One week of branches elsewhere."""
    for m in range(inputs.credibility.shape[0]):
        draw = stream(clock.keys[m], clock.process, clock.step)
        for o in range(inputs.credibility.shape[1]):
            state.best[m, o] = max(state.best[m, o], inputs.credibility[m, o])
            x = min(max((inputs.credibility[m, o] - state.last[m, o]) / UNIT, -MOST), MOST)
            state.last[m, o] = inputs.credibility[m, o]
            if inputs.claim[o] > 0.0:
                births = values.births_rate[m] * state.best[m, o] * inputs.claim[o]
                state.affiliates[m, o] += poisson(births, draw, inputs.organisation_site[o], 0)
            own = normal(draw, inputs.organisation_site[o], 64)
            shock = values.rho_c[m] * x + math.sqrt(1.0 - values.rho_c[m] ** 2) * own
            state.abroad[m, o] = values.phi_c[m] * state.abroad[m, o] + math.sqrt(1.0 - values.phi_c[m] ** 2) * shock
            mean = state.affiliates[m, o] * values.abroad_rate[m] * math.exp(state.abroad[m, o])
            state.abroad_attacks[m, o] = poisson(mean, draw, inputs.organisation_site[o], 128)


PROCESS = Process(
    name="affiliates",
    title="affiliates",
    kernel=step,
    parameters=(
        Parameter("births_rate", loguniform(1 / 520, 1 / 5), "per week", "birth of a branch", HAZARD),
        Parameter(
            "phi_c", flat(0.9, 0.99), "per week", "persistence of activity elsewhere", "judgement: no evidence [?]"
        ),
        Parameter(
            "rho_c",
            flat(-1.0, 1.0),
            "correlation",
            "with changes of the core's credibility",
            "judgement: uniform, since rival theories dispute it",
        ),
        Parameter("abroad_rate", lognormal(2.0, 1.0), "attacks a week", "of a branch", "judgement: no evidence [?]"),
    ),
    writes=State._fields,
    arrays=(
        Array("best", ("organisation",), "share"),
        Array("last", ("organisation",), "share"),
        Array("affiliates", ("organisation",), "branches"),
        Array("abroad", ("organisation",), "logarithm"),
        Array("abroad_attacks", ("organisation",), "attacks in the week"),
    ),
    on=False,
    begin=begin,
    keeps=("affiliates", "abroad_attacks"),
)
