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
from typing import NamedTuple

from polemos.model.front.memory import Memory
from polemos.model.groups import Clock, Sites
from polemos.model.jit import kernel
from polemos.model.laws.opinion import move
from polemos.model.process import HAZARD, SHARE, Array, Parameter, Process, beta, fixed, halfnormal, loguniform
from polemos.model.process import uniform as flat
from polemos.model.rng import normal, stream
from polemos.record.world import Floats, Holders

YEAR = 52.0
LEAST = 0.01


class Inputs(NamedTuple):
    """What it only reads."""

    holder: Holders
    garrison: Floats
    relation: Holders
    people: Floats
    front: Memory
    place_site: Sites


class Values(NamedTuple):
    """Parameters, a value a member."""

    g50: Floats
    chi: Floats
    ell: Floats
    legit: Floats
    exclusion: Floats
    falsifying: Floats
    mood_sd: Floats
    backing: Floats
    third_camp: Floats


class State(NamedTuple):
    """What it changes."""

    attitude: Floats
    grievance: Floats
    poll: Floats
    welcome: Floats
    refuge: Floats
    held_opinion: Floats
    told_opinion: Floats


@kernel
def begin(holder, underground, backing, attitude, welcome, refuge):
    """Backing of those present at the origin."""
    nobody = underground.shape[2]
    for m in range(holder.shape[0]):
        for p in range(holder.shape[1]):
            presence = 0.0
            for o in range(nobody):
                presence += holder[m, p] == o or underground[m, p, o] > 0.0
            for o in range(nobody):
                if holder[m, p] == o or underground[m, p, o] > 0.0:
                    attitude[m, p, o] = backing[m] / max(1.0, backing[m] * presence)
                welcome[m, p, o] = attitude[m, p, o] / max(backing[m], LEAST)
                refuge[m, p, o] = attitude[m, p, o]


@kernel
def step(clock: Clock, inputs: Inputs, values: Values, state: State) -> None:
    """One week of every place's opinion."""
    nobody = state.attitude.shape[2]
    residents = max(inputs.people.sum(), 1.0)
    for m in range(inputs.holder.shape[0]):
        draw = stream(clock.keys[m], clock.process, clock.step)
        state.held_opinion[m], state.told_opinion[m] = 0.0, 0.0
        for p in range(inputs.holder.shape[1]):
            d = inputs.holder[m, p]
            mine = state.attitude[m, p]
            worth, fear = 0.0, 0.0
            if d < nobody:
                weeks = float(inputs.front.weeks[m, p])
                worth = (1.0 - values.exclusion[m, d]) * weeks / (weeks + YEAR)
                men = inputs.garrison[m, p, 0] + inputs.garrison[m, p, 1] + inputs.garrison[m, p, 2]
                fear = values.falsifying[m] * men / (men + values.g50[m])
                mood = math.exp(values.mood_sd[m] * normal(draw, inputs.place_site[p], 0))
                gain = max(1.0 - mine.sum(), 0.0) * -math.expm1(-values.chi[m] * values.exclusion[m, d] / YEAR)
                mine[d] *= math.exp(-values.ell[m] / YEAR)
                settling = -math.expm1(-values.legit[m] * worth)
                move(mine, d, inputs.relation[clock.step], gain, values.third_camp[m], settling, mood)
            for o in range(nobody):
                state.grievance[m, p, o] = mine[o] * (1.0 - worth) if o != d else 0.0
                state.poll[m, p, o] = (1.0 - fear) * mine[o] + (fear if o == d else 0.0)
                state.held_opinion[m, o] += mine[o] * inputs.people[p] / residents
                state.told_opinion[m, o] += state.poll[m, p, o] * inputs.people[p] / residents
                state.welcome[m, p, o] = mine[o] / max(values.backing[m], LEAST)
                state.refuge[m, p, o] = mine[o]


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
    writes=State._fields,
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
