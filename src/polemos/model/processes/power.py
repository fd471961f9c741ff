"""Combat power: what a man counts for.

    power[o]   = quality_o * air_power_o * arms_power_o * (kmin + (1 - kmin) L_o)
    defence[p] = max(X_p, 20) * s_p * power[holder] * ((people_p + 5,000) / 60,000) ^ u

What this is not: numbers alone; and quality has the same prior for everyone, governments included.
Source: own form.
"""

from typing import NamedTuple

from polemos.model.jit import kernel
from polemos.model.process import SHARE, Array, Opening, Parameter, Process, beta, lognormal, uniform
from polemos.record.world import Floats, Holders

LEAST = 20.0
"""Men that any place musters, so that an empty garrison is weak and not impossible to divide by."""


class Inputs(NamedTuple):
    """What it only reads."""

    holder: Holders
    garrison: Floats
    supply: Floats
    people: Floats
    air_power: Floats
    arms_power: Floats
    credibility: Floats


class Values(NamedTuple):
    """Parameters, a value a member."""

    quality: Floats
    cohesion_floor: Floats
    terrain: Floats


class State(NamedTuple):
    """What it changes."""

    power: Floats
    defence: Floats


@kernel
def step(inputs: Inputs, values: Values, state: State) -> None:
    """Power of an organisation's man, and strength of every garrison."""
    nobody = state.power.shape[1]
    for m in range(inputs.holder.shape[0]):
        floor = values.cohesion_floor[m]
        for o in range(nobody):
            cohesion = floor + (1.0 - floor) * inputs.credibility[m, o]
            state.power[m, o] = values.quality[m, o] * inputs.air_power[m, o] * inputs.arms_power[m, o] * cohesion
        for p in range(inputs.holder.shape[1]):
            o = inputs.holder[m, p]
            if o == nobody:
                state.defence[m, p] = 0.0
                continue
            men = inputs.garrison[m, p, 0] + inputs.garrison[m, p, 1] + inputs.garrison[m, p, 2]
            walls = ((inputs.people[p] + 5000.0) / 60000.0) ** values.terrain[m]
            state.defence[m, p] = max(men, LEAST) * max(inputs.supply[m, p], 0.01) * state.power[m, o] * walls


PROCESS = Process(
    name="power",
    title="combat power",
    kernel=step,
    openings=(Opening("strength", step),),
    parameters=(
        Parameter(
            "quality",
            lognormal(1.0, 1.0),
            "factor",
            "quality of an organisation's men",
            "judgement: wide, and the same for every organisation, since nothing is known",
            per="organisation",
        ),
        Parameter("cohesion_floor", beta(2, 2), "share", "cohesion left at no credibility", SHARE),
        Parameter(
            "terrain",
            uniform(0.0, 0.3),
            "exponent",
            "help of a large town to its defender",
            "judgement: a large town helps its defender a little to a good deal [k]",
        ),
    ),
    writes=State._fields,
    arrays=(Array("power", ("organisation",), "factor", 1.0), Array("defence", ("place",), "men of power 1")),
)
