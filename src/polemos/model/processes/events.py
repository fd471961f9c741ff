"""Events in full: self-exciting attacks, heavy-tailed sizes, and what is reported of them. Replaces `attacks`.

    attacks ~ Poisson((1 - n) (nu_u members + nu_f contacts) + E),    E <- phi E + n (1 - phi) attacks
    deaths  = sum of sizes, P(x) proportional to x^-alpha_s for x = 1..1,000
    reported attack with chance `reporting`; its deaths as they were, or, with chance `distortion`, times a
    Gumbel factor with median 1

by organisation and country; the mean rate stays that of plain counts, which n only makes bursty. Beyond 100 attacks of
a week the sizes drawn stand for the others. What this is not: deaths in battle.
Source: n and memory, Lewis et al. 2012 [v]; exponent, Bohorquez et al. 2009 and Clauset et al. 2007 [k].
"""

import math
from typing import NamedTuple

from polemos.model.groups import Clock, Roads
from polemos.model.jit import kernel
from polemos.model.laws.hawkes import excite, hawkes
from polemos.model.laws.power_law import power_law, powers
from polemos.model.process import Array, Parameter, Process, beta
from polemos.model.process import normal as gauss
from polemos.model.process import uniform as flat
from polemos.model.processes.attacks import OPENINGS, Inputs, Rates, rates
from polemos.model.rng import stream, uniform
from polemos.record.world import Floats

MOST, DRAWN, APART = 1000, 100, 1000
LEAST_ALPHA, MOST_ALPHA = 1.6, 4.0
SPREAD = 0.5


class Values(NamedTuple):
    """Parameters, a value a member."""

    branching: Floats
    event_memory: Floats
    alpha_s: Floats
    reporting: Floats
    distortion: Floats


class State(NamedTuple):
    """What it changes."""

    attacks: Floats
    excitation: Floats
    deaths: Floats
    reported: Floats
    reported_deaths: Floats


@kernel
def draw_size(u, alpha, total):
    """`power_law`, quick where sizes are small; `total` is the sum of all powers."""
    below = 0.0
    for x in range(1, 9):
        below += float(x) ** -alpha
        if below >= u * total:
            return x
    return power_law(u, alpha, MOST)


@kernel
def gumbel(u):
    """Gumbel factor with median 1."""
    return math.exp(SPREAD * (math.log(math.log(2.0)) - math.log(-math.log(u))))


@kernel
def step(clock: Clock, inputs: Inputs, roads: Roads, background: Rates, values: Values, state: State) -> None:
    """Counts, deaths and reports of the week [m, organisation, country]."""
    for m in range(inputs.holder.shape[0]):
        draw = stream(clock.keys[m], clock.process, clock.step)
        rates(m, clock.step, inputs, roads, background, state.attacks)
        alpha = min(max(values.alpha_s[m], LEAST_ALPHA), MOST_ALPHA)
        total = powers(alpha, 1, MOST)
        for o in range(state.attacks.shape[1]):
            for c in range(state.attacks.shape[2]):
                expected = state.attacks[m, o, c]
                if clock.step == 0:
                    state.excitation[m, o, c] = values.branching[m] * expected
                at = c * (DRAWN + 1) * APART
                bred = state.excitation[m, o, c]
                count = hawkes((1.0 - values.branching[m]) * expected, bred, draw, inputs.organisation_site[o], at)
                state.attacks[m, o, c] = count
                state.excitation[m, o, c] = excite(bred, count, values.branching[m], values.event_memory[m])
                number, dead, reports, told_dead = min(count, DRAWN), 0.0, 0.0, 0.0
                for _ in range(number):
                    at += APART
                    size = draw_size(uniform(draw, inputs.organisation_site[o], at), alpha, total)
                    dead += size
                    if uniform(draw, inputs.organisation_site[o], at + 1) < values.reporting[m]:
                        reports += 1.0
                        wrong = uniform(draw, inputs.organisation_site[o], at + 2) < values.distortion[m]
                        u = uniform(draw, inputs.organisation_site[o], at + 3)
                        told_dead += size * (gumbel(u) if wrong else 1.0)
                scale = count / number if number > 0 else 0.0
                state.deaths[m, o, c], state.reported[m, o, c] = scale * dead, scale * reports
                state.reported_deaths[m, o, c] = scale * told_dead


PROCESS = Process(
    name="events",
    title="events in full",
    kernel=step,
    parameters=(
        Parameter(
            "branching",
            beta(9, 11),
            "share",
            "events that other events bring about",
            "Lewis2012",
            "2007-12-31",
            grade="v",
            taken="0.37 to 0.50 of events",
        ),
        Parameter(
            "event_memory",
            flat(2.0, 10.0),
            "weeks",
            "how long an event excites others",
            "Lewis2012",
            "2007-12-31",
            grade="v",
            taken="2 to 6 weeks, widened",
        ),
        Parameter(
            "alpha_s",
            gauss(2.5, 0.3),
            "exponent",
            "sizes, within 1.6 and 4",
            "Bohorquez2009",
            "2008-12-31",
            grade="k",
            taken="about 2.5 across insurgencies",
        ),
        Parameter(
            "reporting", beta(8, 2), "share", "attacks that are reported", "judgement: most attacks are reported"
        ),
        Parameter(
            "distortion",
            beta(1, 4),
            "share",
            "reports with a wrong number of dead",
            "judgement: one report in five has a wrong number",
        ),
    ),
    writes=State._fields,
    arrays=(
        Array("excitation", ("organisation", "country"), "attacks a week"),
        Array("deaths", ("organisation", "country"), "deaths in the week"),
        Array("reported", ("organisation", "country"), "attacks in the week"),
        Array("reported_deaths", ("organisation", "country"), "deaths in the week"),
    ),
    on=False,
    replaces=("attacks",),
    openings=OPENINGS,
    begin=step,
)
