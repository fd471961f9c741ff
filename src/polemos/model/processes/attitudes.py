"""Attitudes: whom the residents of a place back, and what they say of it.

    shares A[p, o] of the residents; the rest N = 1 - sum A back nobody. A week, with d the holder,
    exclusion:  N (1 - exp(-chi exclusion_d / 52)) goes to organisations at war with d,
    rule:       A_d *= exp(-ell / 52),    into N,
    legitimacy: A_o -> A_d at legit * w_d for o other than d,   w_d = (1 - exclusion_d) weeks / (weeks + 52),
    mood:       A of the opponents times exp(mood_sd N(0, 1)), one draw a place.

Exclusion's gain goes evenly to the opponents in proportion `third_camp`, and to the one most backed with the rest.
Grievance is A (1 - w_d). Backing makes the underground grow (`welcome` = A / backing at the origin, the latter no less
than 1 %) and hides it (`refuge` = A), and local recruits scale likewise. Fear f = falsifying X / (X + g50) hides
opinion: a poll reads (1 - f) A + f [o = d]. At the origin the holder and every underground have `backing`.
Source: Kuran 1991 on falsified preferences [k]; that the quality of rule counts, Arjona 2016 [k]. No poll sets any.
"""

import math

from polemos.model.jit import kernel
from polemos.model.laws.opinion import move
from polemos.model.process import HAZARD, SHARE, Array, Parameter, Process, beta, fixed, halfnormal, loguniform
from polemos.model.process import uniform as flat
from polemos.model.rng import normal, stream

YEAR = 52.0
LEAST = 0.01


@kernel
def begin(holder, underground, backing, attitude, welcome, refuge):
    """Backing of those present at the origin."""
    nobody = underground.shape[2]
    for m in range(holder.shape[0]):
        for p in range(holder.shape[1]):
            there = 0.0
            for o in range(nobody):
                there += holder[m, p] == o or underground[m, p, o] > 0.0
            for o in range(nobody):
                if holder[m, p] == o or underground[m, p, o] > 0.0:
                    attitude[m, p, o] = backing[m] / max(1.0, backing[m] * there)
                welcome[m, p, o] = attitude[m, p, o] / max(backing[m], LEAST)
                refuge[m, p, o] = attitude[m, p, o]


@kernel
def step(
    keys, process, step, holder, garrison, relation, people, front, place_site, g50, chi, ell, legit, exclusion,
    falsifying, mood_sd, backing, third_camp, attitude, grievance, poll, welcome, refuge, held_opinion, told_opinion,
):  # fmt: skip
    """One week of every place's opinion."""
    nobody = attitude.shape[2]
    residents = max(people.sum(), 1.0)
    for m in range(holder.shape[0]):
        draw = stream(keys[m], process, step)
        held_opinion[m], told_opinion[m] = 0.0, 0.0
        for p in range(holder.shape[1]):
            d = holder[m, p]
            mine = attitude[m, p]
            worth, fear = 0.0, 0.0
            if d < nobody:
                weeks = float(front.weeks[m, p])
                worth = (1.0 - exclusion[m, d]) * weeks / (weeks + YEAR)
                men = garrison[m, p, 0] + garrison[m, p, 1] + garrison[m, p, 2]
                fear = falsifying[m] * men / (men + g50[m])
                mood = math.exp(mood_sd[m] * normal(draw, place_site[p], 0))
                gain = max(1.0 - mine.sum(), 0.0) * -math.expm1(-chi[m] * exclusion[m, d] / YEAR)
                mine[d] *= math.exp(-ell[m] / YEAR)
                move(mine, d, relation[step], gain, third_camp[m], -math.expm1(-legit[m] * worth), mood)
            for o in range(nobody):
                grievance[m, p, o] = mine[o] * (1.0 - worth) if o != d else 0.0
                poll[m, p, o] = (1.0 - fear) * mine[o] + (fear if o == d else 0.0)
                held_opinion[m, o] += mine[o] * people[p] / residents
                told_opinion[m, o] += poll[m, p, o] * people[p] / residents
                welcome[m, p, o] = mine[o] / max(backing[m], LEAST)
                refuge[m, p, o] = mine[o]


PROCESS = Process(
    name="attitudes",
    title="attitudes",
    kernel=step,
    parameters=(
        Parameter(
            "chi",
            halfnormal(0.0, 0.2),
            "per year",
            "backing of opponents under full exclusion",
            "judgement: the range that rival theories span",
        ),
        Parameter(
            "ell",
            halfnormal(0.0, 0.3),
            "per year",
            "disillusion with whoever rules",
            "judgement: the range that rival theories span",
        ),
        Parameter(
            "legit",
            loguniform(1 / 520, 1 / 5),
            "per week",
            "coming round to a settled holder",
            HAZARD,
        ),
        Parameter(
            "exclusion",
            beta(2, 2),
            "share",
            "residents whom an organisation shuts out",
            SHARE,
            per="organisation",
        ),
        Parameter("falsifying", beta(2, 2), "share", "opinion hidden under a full garrison", SHARE),
        Parameter("mood_sd", flat(0.0, 0.05), "logarithm", "weekly swings of opinion", "judgement: no evidence [?]"),
        Parameter(
            "backing", beta(2, 6), "share", "backing of each who is there at the origin", "judgement: no evidence [?]"
        ),
        Parameter(
            "third_camp",
            fixed(1.0),
            "share",
            "gain of opponents that does not go to the strongest",
            "judgement: a switch between theories",
        ),
    ),
    writes=("attitude", "grievance", "poll", "welcome", "refuge", "held_opinion", "told_opinion"),
    arrays=(
        Array("attitude", ("place", "organisation"), "share"),
        Array("grievance", ("place", "organisation"), "share"),
        Array("poll", ("place", "organisation"), "share"),
        Array("welcome", ("place", "organisation"), "factor", 1.0),
        Array("refuge", ("place", "organisation"), "share"),
        Array("held_opinion", ("organisation",), "share of all residents who back it"),
        Array("told_opinion", ("organisation",), "share of all residents who say that they back it"),
    ),
    keeps=("held_opinion", "told_opinion"),
    on=False,
    begin=begin,
)
