"""Battle, full mode: attrition day by day until one side breaks. Off unless named; it replaces `battle`.

Strengths S (men times what one counts for) lose each day by Helmbold's law (`model.laws.attrition`),

    S_att' = -b S_att^(1-W) S_def^W,    S_def' = -a S_def^(1-W) S_att^W,    a, b = attrition * exp(scatter N) a battle

so both lose shares that depend on their ratio alone; men die in those shares, their cohorts alike. Each side breaks at

    h = break_base * exp(break_loss * share lost + break_encircled * [encircled] + break_credibility * (1 - L))   a day

first to break loses. The defender is encircled where no neighbour is its own; an attacker has its road. In a place of
N people a day counts 1 / sqrt((N + 5,000) / 60,000), as large towns are fought through more slowly. Since deaths are
booked as they fall, only a share `pursuit` of those of the fast mode is left to `fate` and `release`. A siege that
the record shows at the origin stands as in the fast mode until it ends at the rate of the front; other battles under
way then begin there. What this is not: manoeuvre, nor reinforcement of either side by plan.
Source: Helmbold 1965 [k], W open; attrition of the order of Engel 1954 [k]; breaking answers to envelopment more than
to loss, McQuie 1987 [v], multiplier LogNormal(ln 3, .5); base and weight of losses set so that fast and full agree at
the fast mode's prior of 40 days (`polemos calibrate-battles`).
"""

import math
from typing import NamedTuple

from polemos.model.front.capture_rates import win
from polemos.model.groups import Clock, Roads, Sites, Weeks
from polemos.model.jit import kernel
from polemos.model.laws.attrition import scattered
from polemos.model.laws.breaking import Break, Side, bury, shut_in, week
from polemos.model.process import Array, Parameter, Process, beta, lognormal
from polemos.model.process import normal as gauss
from polemos.model.process import uniform as flat
from polemos.model.rng import normal, stream, uniform
from polemos.model.state import ATTACKER_WON, DEFENDER_HELD
from polemos.record.world import Floats, Holders

NEW = -1


class Inputs(NamedTuple):
    """What it only reads."""

    holder: Holders
    attacker: Holders
    battle_start: Weeks
    assault_hours: Floats
    power: Floats
    defence: Floats
    credibility: Floats
    people: Floats
    place_site: Sites


class Values(NamedTuple):
    """Parameters, a value a member."""

    distance: Floats
    intercept: Floats
    slope: Floats
    helmbold_w: Floats
    attrition: Floats
    attrition_scatter: Floats
    break_base: Floats
    break_loss: Floats
    break_encircled: Floats
    break_credibility: Floats
    pursuit: Floats


class State(NamedTuple):
    """What it changes."""

    assault: Floats
    garrison: Floats
    outcome: Holders
    weeks_left: Weeks
    battle_deaths: Floats
    battle_days: Weeks
    attack_kept: Floats
    defence_kept: Floats
    still_to_fall: Floats
    killed: Floats


@kernel
def step(clock: Clock, inputs: Inputs, roads: Roads, values: Values, state: State) -> None:
    """Seven days of every battle, each by its exact solution; then whoever broke first has lost."""
    for m in range(inputs.holder.shape[0]):
        draw = stream(clock.keys[m], clock.process, clock.step)
        for p in range(inputs.holder.shape[1]):
            state.still_to_fall[m, p] = 1.0
            o, d = inputs.attacker[m, p], inputs.holder[m, p]
            if o < 0 or state.outcome[m, p] != 0 or d == inputs.credibility.shape[1]:
                continue
            if state.weeks_left[m, p] == NEW:
                state.battle_days[m, p] = 0
                state.attack_kept[m, p] = state.defence_kept[m, p] = 1.0
                state.weeks_left[m, p] = 0
            men = state.assault[m, p, 0] + state.assault[m, p, 1] + state.assault[m, p, 2]
            attack = men * inputs.power[m, o] * math.exp(-values.distance[m] * inputs.assault_hours[m, p])
            hold = max(inputs.defence[m, p], 1e-9)
            if state.weeks_left[m, p] > 0:
                state.weeks_left[m, p] -= 1
                if state.weeks_left[m, p] == 0:
                    chance = win(attack / hold, values.intercept[m], values.slope[m])
                    won = uniform(draw, inputs.place_site[p], 4) < chance
                    state.outcome[m, p] = ATTACKER_WON if won else DEFENDER_HELD
                continue
            same = stream(clock.keys[m], clock.process, inputs.battle_start[m, p])
            a = scattered(values.attrition[m], values.attrition_scatter[m], normal(same, inputs.place_site[p], 0))
            b = scattered(values.attrition[m], values.attrition_scatter[m], normal(same, inputs.place_site[p], 2))
            pace = 1.0 / math.sqrt((inputs.people[p] + 5000.0) / 60000.0)
            encircled = 1.0 if shut_in(m, p, d, inputs.holder, roads) else 0.0
            one = Side(attack, a, state.attack_kept[m, p], inputs.credibility[m, o])
            two = Side(hold, b, state.defence_kept[m, p], inputs.credibility[m, d])
            breaking = Break(
                values.break_base[m], values.break_loss[m], values.break_encircled[m], values.break_credibility[m]
            )
            left, other, state.outcome[m, p], days = week(
                one, two, breaking, encircled, values.helmbold_w[m], pace, draw, inputs.place_site[p]
            )
            state.battle_days[m, p] += days
            if state.outcome[m, p] != 0:
                state.still_to_fall[m, p] = values.pursuit[m]
            if attack > 0.0:
                bury(m, p, o, left / attack, state.assault, state.killed, state.battle_deaths)
                state.attack_kept[m, p] *= left / attack
            bury(m, p, d, other / hold, state.garrison, state.killed, state.battle_deaths)
            state.defence_kept[m, p] *= other / hold


PROCESS = Process(
    name="battle_full",
    title="battle, full mode",
    kernel=step,
    parameters=(
        Parameter(
            "helmbold_w",
            flat(0.0, 1.0),
            "exponent",
            "how numbers tell: 1 square, 0 logarithmic",
            "Helmbold1965",
            grade="k",
            taken="the family from the logarithmic law, 0, to the square law, 1",
        ),
        Parameter(
            "attrition",
            lognormal(0.01, 0.8),
            "per day",
            "loss at even strength",
            "Engel1954",
            "2004-12-31",
            grade="k",
            taken="about 0.01 and 0.05 a day; estimates of other battles disagree widely",
        ),
        Parameter(
            "attrition_scatter",
            flat(0.3, 0.8),
            "logarithm",
            "scatter of it by battle and side",
            "judgement: battles differ; the size has no source",
        ),
        Parameter(
            "break_base",
            lognormal(0.002, 0.5),
            "per day",
            "rate of breaking unhurt",
            "judgement: set so that the median length is that of tau_b",
            "2015-03-31",
        ),
        Parameter(
            "break_loss",
            flat(2.0, 8.0),
            "logarithm",
            "breaking by the share lost",
            "Helmbold1971",
            "1991-12-31",
            grade="v",
            taken="nine tenths of losing defenders had lost under 40 %, of winners under 20 %; secondary",
        ),
        Parameter(
            "break_encircled",
            gauss(math.log(3.0), 0.5),
            "logarithm",
            "breaking when encircled",
            "McQuie1987",
            "1982-12-31",
            grade="v",
            taken="envelopment or penetration a third of 52 reasons to quit, losses a tenth",
        ),
        Parameter(
            "break_credibility",
            flat(0.0, 3.0),
            "logarithm",
            "breaking when doubted",
            "judgement: from none to strong; no evidence",
        ),
        Parameter(
            "pursuit", beta(2, 6), "share", "of the fast mode's losses, those after a break", "judgement: no evidence"
        ),
    ),
    writes=State._fields,
    arrays=(
        Array("battle_days", ("place",), "days", dtype="i2"),
        Array("attack_kept", ("place",), "share", 1.0),
        Array("defence_kept", ("place",), "share", 1.0),
        Array("still_to_fall", ("place",), "share", 1.0),
    ),
    on=False,
    replaces=("battle",),
)
