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

from polemos.model.jit import kernel
from polemos.model.laws.hawkes import excite, hawkes
from polemos.model.laws.power_law import power_law, powers
from polemos.model.process import Array, Parameter, Process, beta
from polemos.model.process import normal as gauss
from polemos.model.process import uniform as flat
from polemos.model.processes.attacks import OPENINGS, rates
from polemos.model.rng import stream, uniform

MOST, DRAWN, APART = 1000, 100, 1000
LEAST_ALPHA, MOST_ALPHA = 1.6, 4.0
SPREAD = 0.5


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
def step(
    keys, process, step, holder, underground, relation, country, near_start, near, organisation_site, nu_u, nu_f,
    branching, event_memory, alpha_s, reporting, distortion, attack_scale, attacks, excitation, deaths, reported,
    reported_deaths,
):  # fmt: skip
    """Counts, deaths and reports of the week [m, organisation, country]."""
    for m in range(holder.shape[0]):
        draw = stream(keys[m], process, step)
        rates(m, step, holder, underground, relation, country, near_start, near, nu_u, nu_f, attack_scale, attacks)
        alpha = min(max(alpha_s[m], LEAST_ALPHA), MOST_ALPHA)
        total = powers(alpha, 1, MOST)
        for o in range(attacks.shape[1]):
            for c in range(attacks.shape[2]):
                background = attacks[m, o, c]
                if step == 0:
                    excitation[m, o, c] = branching[m] * background
                at = c * (DRAWN + 1) * APART
                count = hawkes((1.0 - branching[m]) * background, excitation[m, o, c], draw, organisation_site[o], at)
                attacks[m, o, c] = count
                excitation[m, o, c] = excite(excitation[m, o, c], count, branching[m], event_memory[m])
                number, dead, told, told_dead = min(count, DRAWN), 0.0, 0.0, 0.0
                for _ in range(number):
                    at += APART
                    size = draw_size(uniform(draw, organisation_site[o], at), alpha, total)
                    dead += size
                    if uniform(draw, organisation_site[o], at + 1) < reporting[m]:
                        told += 1.0
                        wrong = uniform(draw, organisation_site[o], at + 2) < distortion[m]
                        told_dead += size * (gumbel(uniform(draw, organisation_site[o], at + 3)) if wrong else 1.0)
                scale = count / number if number > 0 else 0.0
                deaths[m, o, c], reported[m, o, c] = scale * dead, scale * told
                reported_deaths[m, o, c] = scale * told_dead


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
    writes=("attacks", "excitation", "deaths", "reported", "reported_deaths"),
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
