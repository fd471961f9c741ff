"""Combat power: what a man counts for.

    power[o]   = quality_o * air_power_o * arms_power_o * (kmin + (1 - kmin) L_o)
    defence[p] = max(X_p, 20) * s_p * power[holder] * ((people_p + 5,000) / 60,000) ^ u

An attacker's men count power[o] * exp(-lambda * hours) each (loss of strength with distance, Boulding 1962 [k]).
What this is not: numbers alone; and quality has the same prior for everyone, governments included.
Source: own form.
"""

from polemos.model.jit import kernel
from polemos.model.process import SHARE, Array, Opening, Parameter, Process, beta, lognormal, uniform

LEAST = 20.0
"""Men that any place musters, so that an empty garrison is weak and not impossible to divide by."""


@kernel
def step(
    holder,
    garrison,
    supply,
    people,
    quality,
    air_power,
    arms_power,
    credibility,
    cohesion_floor,
    terrain,
    power,
    defence,
):
    """Power of an organisation's man, and strength of every garrison."""
    nobody = power.shape[1]
    for m in range(holder.shape[0]):
        floor = cohesion_floor[m]
        for o in range(nobody):
            cohesion = floor + (1.0 - floor) * credibility[m, o]
            power[m, o] = quality[m, o] * air_power[m, o] * arms_power[m, o] * cohesion
        for p in range(holder.shape[1]):
            o = holder[m, p]
            if o == nobody:
                defence[m, p] = 0.0
                continue
            men = garrison[m, p, 0] + garrison[m, p, 1] + garrison[m, p, 2]
            walls = ((people[p] + 5000.0) / 60000.0) ** terrain[m]
            defence[m, p] = max(men, LEAST) * max(supply[m, p], 0.01) * power[m, o] * walls


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
        Parameter(
            "distance",
            lognormal(0.05, 0.5),
            "per hour",
            "loss of strength with travel",
            "judgement: half the strength is lost in 6 to 30 hours of travel; the form alone is Boulding 1962",
        ),
    ),
    writes=("power", "defence"),
    arrays=(Array("power", ("organisation",), "factor", 1.0), Array("defence", ("place",), "men of power 1")),
)
