"""Attack counts, plain: how many attacks an organisation makes in a country in a week.

    count ~ Poisson( scale * (nu_u * members underground + nu_f * contacts of its places with an enemy) )

`scale` is 1 unless events up to the origin were given, which then set it there (`polemos.model.event_observations`).

What this is not: self-exciting times, sizes, or what is reported of them (`events`).
Source: own form; an attack rate per member is known only roughly [?].
"""

import numpy as np

from polemos.model import event_observations
from polemos.model.front.capture_rates import around, sets
from polemos.model.jit import kernel
from polemos.model.process import HAZARD, Array, Opening, Parameter, Process, loguniform
from polemos.model.rng import poisson, stream
from polemos.record.world import WAR


@kernel
def rates(m, step, holder, underground, relation, country, near_start, near, nu_u, nu_f, attack_scale, attacks):
    """Expected attacks of one member's week into `attacks`."""
    nobody = underground.shape[2]
    attacks[m] = 0.0
    foes = sets(relation[step], WAR)
    for p in range(holder.shape[1]):
        d = holder[m, p]
        for o in range(nobody):
            if underground[m, p, o] > 0.0:
                attacks[m, o, country[p]] += attack_scale[m, o] * nu_u[m] * underground[m, p, o]
        if d == nobody:
            continue
        met = around(m, p, holder, near_start, near) & foes[d]
        for o in range(nobody if met else 0):
            if (met >> o) & 1:
                attacks[m, o, country[p]] += attack_scale[m, o] * nu_f[m]


@kernel
def expect(
    step, holder, underground, relation, country, near_start, near, nu_u, nu_f, attack_scale, attacks,
):  # fmt: skip
    """Expected attacks of a week [m, organisation, country]."""
    for m in range(holder.shape[0]):
        rates(m, step, holder, underground, relation, country, near_start, near, nu_u, nu_f, attack_scale, attacks)


@kernel
def step(
    keys, process, step, holder, underground, relation, country, near_start, near, organisation_site, nu_u, nu_f,
    attack_scale, attacks,
):  # fmt: skip
    """Counts of the week [m, organisation, country]."""
    nobody = underground.shape[2]
    for m in range(holder.shape[0]):
        draw = stream(keys[m], process, step)
        rates(m, step, holder, underground, relation, country, near_start, near, nu_u, nu_f, attack_scale, attacks)
        for o in range(nobody):
            for c in range(attacks.shape[2]):
                if attacks[m, o, c] > 0.0:
                    attacks[m, o, c] = poisson(attacks[m, o, c], draw, organisation_site[o], c * 64)


def scale(attacks, seen_attacks, attack_scale, observation):
    """The factor on expected attacks that events up to the origin ask for; those of week 1 are to come."""
    if np.isfinite(seen_attacks).any():
        factor = event_observations.attack_scale(attacks.sum(axis=2), seen_attacks)
        attack_scale[:] = factor ** observation[:, np.newaxis]
    attacks[:] = 0.0


OPENINGS = (Opening("events", expect), Opening("events", scale))
PROCESS = Process(
    name="attacks",
    title="attack counts",
    kernel=step,
    openings=OPENINGS,
    parameters=(
        Parameter(
            "nu_u",
            loguniform(0.001, 0.05),
            "attacks per member-week",
            "by members underground",
            "judgement: insurgencies before 2014 [?]",
            "2013-12-31",
        ),
        Parameter(
            "nu_f",
            loguniform(1 / 520, 1 / 5),
            "attacks per contact-week",
            "along the front",
            HAZARD,
        ),
    ),
    writes=("attacks",),
    arrays=(
        Array("attacks", ("organisation", "country"), "attacks in the week"),
        Array("attack_scale", ("organisation",), "factor", 1.0),
    ),
)
