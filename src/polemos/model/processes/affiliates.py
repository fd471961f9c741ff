"""Affiliates: branches elsewhere, off the map, of an organisation that claims statehood.

    births  ~ Poisson(births_rate * highest L so far * claim)
    z      <- phi z + sqrt(1 - phi^2) (rho_c x + sqrt(1 - rho_c^2) N(0, 1)),    x = change of L / 0.02, within 3
    attacks ~ Poisson(affiliates * abroad_rate * exp(z))

Land at home enters through L alone, with correlation rho_c. Weak states are taken to be there always (no input says
where). What this is not: a map of other wars. Source: own form; affiliates outgrew their core, Warner 2021 [k].
"""

import math

from polemos.model.jit import kernel
from polemos.model.process import HAZARD, Array, Parameter, Process, lognormal, loguniform
from polemos.model.process import uniform as flat
from polemos.model.rng import normal, poisson, stream

UNIT, MOST = 0.02, 3.0


@kernel
def begin(credibility, best, last):
    """Credibility at the origin."""
    best[:] = credibility
    last[:] = credibility


@kernel
def step(
    keys, process, step, credibility, claim, organisation_site, births_rate, phi_c, rho_c, abroad_rate, best, last,
    affiliates, abroad, abroad_attacks,
):  # fmt: skip
    """One week of branches elsewhere."""
    for m in range(credibility.shape[0]):
        draw = stream(keys[m], process, step)
        for o in range(credibility.shape[1]):
            best[m, o] = max(best[m, o], credibility[m, o])
            x = min(max((credibility[m, o] - last[m, o]) / UNIT, -MOST), MOST)
            last[m, o] = credibility[m, o]
            if claim[o] > 0.0:
                affiliates[m, o] += poisson(births_rate[m] * best[m, o] * claim[o], draw, organisation_site[o], 0)
            shock = rho_c[m] * x + math.sqrt(1.0 - rho_c[m] ** 2) * normal(draw, organisation_site[o], 64)
            abroad[m, o] = phi_c[m] * abroad[m, o] + math.sqrt(1.0 - phi_c[m] ** 2) * shock
            mean = affiliates[m, o] * abroad_rate[m] * math.exp(abroad[m, o])
            abroad_attacks[m, o] = poisson(mean, draw, organisation_site[o], 128)


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
    writes=("best", "last", "affiliates", "abroad", "abroad_attacks"),
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
