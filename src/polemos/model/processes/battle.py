"""Battle, fast mode: how long it lasts, and who wins when it ends.

    weeks    = tau_b / 7 * exp(sd N) * sqrt((people + 5,000) / 60,000) / ratio^ratio_exponent, at least 1
    P(attacker wins) = expit(a + b ln ratio)   with the ratio when the battle ends

A battle found under way at the origin has a length drawn by length and is somewhere in it: sd^2 more in the logarithm,
times a uniform.
Source: P(win) from the 631 tabulated of the Dupuy Institute's 752 cases [v], 0.78 (0.14) per ln ratio [c], structural
slope Normal(1, .3); lengths from 21 assaults of the public record [c]. What this is not: attrition day by day
(`battle_full`, which `polemos calibrate-battles` compares with it).
"""

import math
from typing import NamedTuple

from polemos.model.front.capture_rates import win
from polemos.model.groups import Clock, Sites, Weeks
from polemos.model.jit import kernel
from polemos.model.process import Opening, Parameter, Prior, Process, lognormal
from polemos.model.rng import normal, stream, uniform
from polemos.model.state import ATTACKER_WON, DEFENDER_HELD
from polemos.record.world import Floats, Holders

MOST_WEEKS = 520


class Inputs(NamedTuple):
    """What it only reads."""

    holder: Holders
    attacker: Holders
    assault: Floats
    assault_hours: Floats
    power: Floats
    defence: Floats
    people: Floats
    place_site: Sites


class Values(NamedTuple):
    """Parameters, a value a member."""

    distance: Floats
    intercept: Floats
    slope: Floats
    tau_b: Floats
    sd_b: Floats
    ratio_exponent: Floats


class State(NamedTuple):
    """What it changes."""

    weeks_left: Weeks
    outcome: Holders


@kernel
def typical_weeks(people, ratio, tau_b, ratio_exponent):
    """Median length of a battle, weeks."""
    bounded = max(ratio, 0.1)
    # Written about the usual half, whose power of 0 is exactly 1.
    return tau_b / 7.0 * math.sqrt((people + 5000.0) / 60000.0 / bounded) * bounded ** (0.5 - ratio_exponent)


@kernel
def step(clock: Clock, inputs: Inputs, values: Values, state: State) -> None:
    """Draw lengths of new battles, count down, decide those that end."""
    for m in range(inputs.holder.shape[0]):
        draw = stream(clock.keys[m], clock.process, clock.step)
        for p in range(inputs.holder.shape[1]):
            o = inputs.attacker[m, p]
            if o < 0 or state.outcome[m, p] != 0:
                continue
            men = inputs.assault[m, p, 0] + inputs.assault[m, p, 1] + inputs.assault[m, p, 2]
            attack = men * inputs.power[m, o] * math.exp(-values.distance[m] * inputs.assault_hours[m, p])
            ratio = attack / max(inputs.defence[m, p], 1e-9)
            if state.weeks_left[m, p] < 0:
                weeks = typical_weeks(inputs.people[p], ratio, values.tau_b[m], values.ratio_exponent[m])
                weeks *= math.exp(values.sd_b[m] * normal(draw, inputs.place_site[p], 1))
                if clock.step == 0:
                    weeks *= math.exp(values.sd_b[m] ** 2) * uniform(draw, inputs.place_site[p], 3)
                state.weeks_left[m, p] = int(min(max(weeks + 0.5, 1.0), MOST_WEEKS))
            state.weeks_left[m, p] -= 1
            if state.weeks_left[m, p] <= 0:
                won = uniform(draw, inputs.place_site[p], 0) < win(ratio, values.intercept[m], values.slope[m])
                state.outcome[m, p] = ATTACKER_WON if won else DEFENDER_HELD


def first_week(attacker, weeks_left, outcome):
    """The battles that are under way at the origin have the week before them, and none has ended."""
    weeks_left[attacker >= 0] += 1
    outcome[:] = 0


PROCESS = Process(
    name="battle",
    title="battle, fast mode",
    kernel=step,
    openings=(Opening("battles", step), Opening("battles", first_week)),
    pinned=True,
    parameters=(
        Parameter(
            "tau_b",
            lognormal(40.0, 0.8),
            "days",
            "length of an assault on a town of 55,000",
            "judgement: older wars, and the assaults among 21 of the public record [k] that had ended",
            "2015-03-31",
        ),
        Parameter(
            "ratio_exponent",
            Prior("fixed", 0.5, 0.5),
            "exponent",
            "how strength shortens a battle",
            "judgement: a convention, not varied",
        ),
    ),
    writes=State._fields,
    on=False,
)
