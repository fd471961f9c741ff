"""Fate of the beaten: killed, captured, evacuated by deal, gone underground, retreated, or gone home.

Of a beaten garrison `killed_share` fall. If no neighbour is its own, it bargains for exit with probability
expit(d0 + d1 (1 - s)) and its survivors are delivered to the reserve; otherwise a share is captured. Of the rest

    underground = c_u * localness_k * (1 - iota * claim_o),

then `retreat` of what is left walks to an own neighbour, if there is one, and the others go home. A repulsed assault
loses `repulse_loss` and returns. Deal or not is drawn; shares of men flow as expected fractions.
Source: own form; losses at which defenders break, Helmbold 1971 [v, secondary]; iota and c_u are what theories dispute.
"""

import math
from typing import NamedTuple

from polemos.model.groups import Clock, Roads, Sites
from polemos.model.jit import kernel
from polemos.model.process import LOGIT, SHARE, Parameter, Process, beta
from polemos.model.process import normal as gauss
from polemos.model.process import uniform as flat
from polemos.model.rng import stream, uniform
from polemos.model.state import ATTACKER_WON, DEFENDER_HELD, LAGS
from polemos.record.world import Floats, Holders


class Inputs(NamedTuple):
    """What it only reads."""

    holder: Holders
    attacker: Holders
    outcome: Holders
    supply: Floats
    claim: Floats
    place_site: Sites


class Values(NamedTuple):
    """Parameters, a value a member."""

    killed_share: Floats
    repulse_loss: Floats
    captured_open: Floats
    captured_shut: Floats
    deal_base: Floats
    deal_siege: Floats
    c_u: Floats
    iota: Floats
    outsider_localness: Floats
    retreat: Floats
    tau_m: Floats


class State(NamedTuple):
    """What it changes."""

    garrison: Floats
    assault: Floats
    transit: Floats
    underground: Floats
    killed: Floats
    captured: Floats
    taken: Floats
    home: Floats
    battle_deaths: Floats


@kernel
def step(clock: Clock, inputs: Inputs, roads: Roads, values: Values, state: State) -> None:
    """Book the losing side of every battle that ended."""
    for m in range(inputs.holder.shape[0]):
        draw = stream(clock.keys[m], clock.process, clock.step)
        slot = (clock.step + int(values.tau_m[m] + 0.5)) % LAGS
        for p in range(inputs.holder.shape[1]):
            if inputs.outcome[m, p] == DEFENDER_HELD:
                o = inputs.attacker[m, p]
                for k in range(3):
                    fallen = values.repulse_loss[m] * state.assault[m, p, k]
                    state.killed[m, o] += fallen
                    state.battle_deaths[m, p] += fallen
                    state.transit[m, o, k, slot] += state.assault[m, p, k] - fallen
                    state.assault[m, p, k] = 0.0
            elif inputs.outcome[m, p] == ATTACKER_WON:
                o = inputs.holder[m, p]
                way_out = False
                for e in range(roads.near_start[p], roads.near_start[p + 1]):
                    if inputs.holder[m, roads.near[e]] == o:
                        way_out = True
                logit = values.deal_base[m] + values.deal_siege[m] * (1.0 - inputs.supply[m, p])
                deal = not way_out and uniform(draw, inputs.place_site[p], 0) < 1.0 / (1.0 + math.exp(-logit))
                share = values.captured_open[m] if way_out else values.captured_shut[m]
                for k in range(3):
                    men = state.garrison[m, p, k]
                    state.garrison[m, p, k] = 0.0
                    fallen = values.killed_share[m] * men
                    state.killed[m, o] += fallen
                    state.battle_deaths[m, p] += fallen
                    men -= fallen
                    if deal:
                        state.transit[m, o, k, slot] += men
                        continue
                    state.captured[m, o] += share * men
                    state.taken[m, p] += share * men
                    men -= share * men
                    localness = 1.0 if k == 2 else values.outsider_localness[m]
                    hidden = men * values.c_u[m] * localness * (1.0 - values.iota[m] * inputs.claim[o])
                    state.underground[m, p, o] += hidden
                    men -= hidden
                    walking = values.retreat[m] * men if way_out else 0.0
                    state.transit[m, o, k, slot] += walking
                    state.home[m, o] += men - walking


PROCESS = Process(
    name="fate",
    title="fate of a garrison",
    kernel=step,
    parameters=(
        Parameter(
            "killed_share",
            beta(3, 7),
            "share",
            "killed among the beaten",
            "Helmbold1971",
            "1991-12-31",
            grade="v",
            taken="nine tenths of losing defenders had lost under 40 %; secondary",
        ),
        Parameter(
            "repulse_loss",
            beta(3, 9),
            "share",
            "killed in a repulsed assault",
            "judgement: somewhat less than the losses at which defenders break",
            "1991-12-31",
        ),
        Parameter(
            "captured_open", beta(1, 9), "share", "captured with a way out", "judgement: few where there is a way out"
        ),
        Parameter(
            "captured_shut", beta(3, 7), "share", "captured without a way out", "judgement: more where there is none"
        ),
        Parameter("deal_base", gauss(-1.0, 1.0), "logit", "bargained exit of a shut-in garrison", LOGIT),
        Parameter(
            "deal_siege", flat(0.0, 2.0), "logit", "the same as supply runs out", "judgement: of size one in a logit"
        ),
        Parameter(
            "c_u",
            beta(1, 1),
            "share",
            "survivors who go underground",
            "judgement: uniform, since rival theories dispute it",
        ),
        Parameter(
            "iota",
            beta(1, 1),
            "share",
            "how far a claim to statehood closes that way",
            "judgement: uniform, since rival theories dispute it",
        ),
        Parameter(
            "outsider_localness",
            beta(2, 2),
            "share",
            "chance of hiding for those not from there",
            SHARE,
        ),
        Parameter(
            "retreat",
            beta(8, 2),
            "share",
            "of the rest, those who reach their own",
            "judgement: most who are neither caught nor hidden get away",
        ),
        Parameter(
            "tau_m",
            flat(1.0, 4.0),
            "weeks",
            "on the way between fronts",
            "judgement: forces redeploy in one to three weeks [k]",
        ),
    ),
    writes=State._fields,
)
