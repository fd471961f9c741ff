"""Outside support: dated backing turns into fighting power.

    air_power[o] = air_factor ^ (sum of the scales of o's running air supporters), and likewise arms_power.

Air power multiplies a side's strength in open battle; arms stands for weapons, money and troops together.
What this is not: a motive, or a decision of the patron; who backs whom, and when, is an input.
"""

from polemos.model.jit import kernel
from polemos.model.process import MULTIPLIER, Array, Opening, Parameter, Process, lognormal


@kernel
def step(step, air_level, arms_level, air_factor, arms_factor, air_power, arms_power):
    """Power of support this week."""
    for m in range(air_power.shape[0]):
        for o in range(air_power.shape[1]):
            air_power[m, o] = air_factor[m] ** air_level[step, o]
            arms_power[m, o] = arms_factor[m] ** arms_level[step, o]


PROCESS = Process(
    name="support",
    title="outside support",
    kernel=step,
    openings=(Opening("strength", step),),
    parameters=(
        Parameter(
            "air_factor",
            lognormal(2.0, 0.5),
            "factor per supporter at full scale",
            "how much one air supporter multiplies strength",
            "judgement: reported exchange ratios of city assaults under air cover, 0.05 to 0.5 men a defender",
            "2019-03-23",
        ),
        Parameter(
            "arms_factor",
            lognormal(1.0, 0.5),
            "factor per supporter at full scale",
            "how much weapons, money and troops from one patron multiply strength",
            MULTIPLIER,
        ),
    ),
    writes=("air_power", "arms_power"),
    arrays=(
        Array("air_power", ("organisation",), "factor", 1.0),
        Array("arms_power", ("organisation",), "factor", 1.0),
    ),
)
