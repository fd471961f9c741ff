"""Attack counts, plain: how many attacks an organisation makes in a country in a week.

    count ~ Poisson( scale * (nu_u * members underground + nu_f * contacts of its places with an enemy) )

`scale` is 1 unless events or counts up to the origin set it there (`polemos.model.event_observations`).

What this is not: self-exciting times, sizes, or what is reported of them (`events`).
Source: own form; an attack rate per member is known only roughly [?].
"""

from typing import NamedTuple

import numpy as np

from polemos.model import event_observations
from polemos.model.front.neighbours import around, sets
from polemos.model.groups import Clock, Roads, Sites
from polemos.model.jit import kernel
from polemos.model.process import HAZARD, Array, Opening, Parameter, Process, loguniform
from polemos.model.rng import poisson, stream
from polemos.record.world import WAR, Floats, Holders, Ints


class Inputs(NamedTuple):
    """What it only reads."""

    holder: Holders
    underground: Floats
    relation: Holders
    country: Ints
    attack_scale: Floats
    organisation_site: Sites


class Rates(NamedTuple):
    """Parameters, a value a member."""

    nu_u: Floats
    nu_f: Floats


@kernel
def rates(m: int, step: int, inputs: Inputs, roads: Roads, values: Rates, attacks: Floats) -> None:
    """Expected attacks of one member's week into `attacks`."""
    nobody = inputs.underground.shape[2]
    attacks[m] = 0.0
    foes = sets(inputs.relation[step], WAR)
    for p in range(inputs.holder.shape[1]):
        d = inputs.holder[m, p]
        for o in range(nobody):
            if inputs.underground[m, p, o] > 0.0:
                rate = inputs.attack_scale[m, o, inputs.country[p]] * values.nu_u[m]
                attacks[m, o, inputs.country[p]] += rate * inputs.underground[m, p, o]
        if d == nobody:
            continue
        foes_near = around(m, p, inputs.holder, roads) & foes[d]
        for o in range(nobody if foes_near else 0):
            if (foes_near >> o) & 1:
                attacks[m, o, inputs.country[p]] += inputs.attack_scale[m, o, inputs.country[p]] * values.nu_f[m]


@kernel
def expect(step: int, inputs: Inputs, roads: Roads, values: Rates, attacks: Floats) -> None:
    """Expected attacks of a week [m, organisation, country]."""
    for m in range(inputs.holder.shape[0]):
        rates(m, step, inputs, roads, values, attacks)


@kernel
def step(clock: Clock, inputs: Inputs, roads: Roads, values: Rates, attacks: Floats) -> None:
    """Counts of the week [m, organisation, country]."""
    nobody = inputs.underground.shape[2]
    for m in range(inputs.holder.shape[0]):
        draw = stream(clock.keys[m], clock.process, clock.step)
        rates(m, clock.step, inputs, roads, values, attacks)
        for o in range(nobody):
            for c in range(attacks.shape[2]):
                if attacks[m, o, c] > 0.0:
                    attacks[m, o, c] = poisson(attacks[m, o, c], draw, inputs.organisation_site[o], c * 64)


def scale(attacks, seen_attacks, home_attacks, attack_scale, observation):
    """The factor on expected attacks that events up to the origin ask for; those of week 1 are to come."""
    factor = np.ones(attacks.shape)
    if np.isfinite(seen_attacks).any():
        factor *= event_observations.attack_scale(attacks.sum(axis=2), seen_attacks)[:, :, np.newaxis]
    if np.isfinite(home_attacks).any():
        factor *= event_observations.attack_scale(attacks, home_attacks)
    attack_scale[:] = factor ** observation[:, np.newaxis, np.newaxis]
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
        Array("attack_scale", ("organisation", "country"), "factor", 1.0),
    ),
)
