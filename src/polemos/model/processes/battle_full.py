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

from polemos.model.front.capture_rates import win
from polemos.model.jit import kernel
from polemos.model.laws.attrition import scattered
from polemos.model.laws.breaking import bury, shut_in, week
from polemos.model.process import Array, Parameter, Process, beta, lognormal
from polemos.model.process import normal as gauss
from polemos.model.process import uniform as flat
from polemos.model.rng import normal, stream, uniform
from polemos.model.state import ATTACKER_WON, DEFENDER_HELD

NEW = -1


@kernel
def step(
    keys, process, step, holder, attacker, assault, garrison, outcome, weeks_left, battle_start, battle_deaths,
    assault_hours, battle_days, attack_kept, defence_kept, still_to_fall, killed, power, defence, credibility, people,
    near_start, near, place_site, distance, intercept, slope, helmbold_w, attrition, attrition_scatter, break_base,
    break_loss, break_encircled, break_credibility, pursuit,
):  # fmt: skip
    """Seven days of every battle, each by its exact solution; then whoever broke first has lost."""
    for m in range(holder.shape[0]):
        draw = stream(keys[m], process, step)
        for p in range(holder.shape[1]):
            still_to_fall[m, p] = 1.0
            o, d = attacker[m, p], holder[m, p]
            if o < 0 or outcome[m, p] != 0 or d == credibility.shape[1]:
                continue
            if weeks_left[m, p] == NEW:
                battle_days[m, p] = 0
                attack_kept[m, p] = defence_kept[m, p] = 1.0
                weeks_left[m, p] = 0
            men = assault[m, p, 0] + assault[m, p, 1] + assault[m, p, 2]
            attack = men * power[m, o] * math.exp(-distance[m] * assault_hours[m, p])
            hold = max(defence[m, p], 1e-9)
            if weeks_left[m, p] > 0:
                weeks_left[m, p] -= 1
                if weeks_left[m, p] == 0:
                    won = uniform(draw, place_site[p], 4) < win(attack / hold, intercept[m], slope[m])
                    outcome[m, p] = ATTACKER_WON if won else DEFENDER_HELD
                continue
            same = stream(keys[m], process, battle_start[m, p])
            a = scattered(attrition[m], attrition_scatter[m], normal(same, place_site[p], 0))
            b = scattered(attrition[m], attrition_scatter[m], normal(same, place_site[p], 2))
            pace = 1.0 / math.sqrt((people[p] + 5000.0) / 60000.0)
            around = 1.0 if shut_in(m, p, d, holder, near_start, near) else 0.0
            left, other, outcome[m, p], days = week(
                attack, hold, a, b, helmbold_w[m], pace, attack_kept[m, p], defence_kept[m, p], credibility[m, o],
                credibility[m, d], around, break_base[m], break_loss[m], break_encircled[m], break_credibility[m],
                draw, place_site[p],
            )  # fmt: skip
            battle_days[m, p] += days
            if outcome[m, p] != 0:
                still_to_fall[m, p] = pursuit[m]
            if attack > 0.0:
                bury(m, p, o, left / attack, assault, killed, battle_deaths)
                attack_kept[m, p] *= left / attack
            bury(m, p, d, other / hold, garrison, killed, battle_deaths)
            defence_kept[m, p] *= other / hold


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
    writes=(
        *("assault", "garrison", "outcome", "weeks_left", "battle_deaths", "killed"),
        *("battle_days", "attack_kept", "defence_kept", "still_to_fall"),
    ),
    arrays=(
        Array("battle_days", ("place",), "days", dtype="i2"),
        Array("attack_kept", ("place",), "share", 1.0),
        Array("defence_kept", ("place",), "share", 1.0),
        Array("still_to_fall", ("place",), "share", 1.0),
    ),
    on=False,
    replaces=("battle",),
)
