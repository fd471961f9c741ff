"""Fate of the beaten: killed, captured, evacuated by deal, gone underground, retreated, or gone home.

Of a beaten garrison `killed_share` fall. If no neighbour is its own, it bargains for exit with probability
expit(d0 + d1 (1 - s)) and its survivors are delivered to the reserve; otherwise a share is captured. Of the rest

    underground = c_u * localness_k * (1 - iota * claim_o),

then `retreat` of what is left walks to an own neighbour, if there is one, and the others go home. A repulsed assault
loses `repulse_loss` and returns. Of either, `still_to_fall` is left to the end: all, unless a battle was fought day by
day. Deal or not is drawn; shares of men flow as expected fractions.
Source: own form; losses at which defenders break, Helmbold 1971 [v, secondary]; iota and c_u are what theories dispute.
"""

import math

from polemos.model.jit import kernel
from polemos.model.process import LOGIT, SHARE, Parameter, Process, beta
from polemos.model.process import normal as gauss
from polemos.model.process import uniform as flat
from polemos.model.rng import stream, uniform
from polemos.model.state import ATTACKER_WON, DEFENDER_HELD, LAGS


@kernel
def step(
    keys, process, step, holder, attacker, outcome, garrison, assault, transit, underground, killed, captured, taken,
    home, battle_deaths, still_to_fall, supply, claim, near_start, near, place_site, killed_share, repulse_loss,
    captured_open, captured_shut, deal_base, deal_siege, c_u, iota, outsider_localness, retreat, tau_m,
):  # fmt: skip
    """Book the losing side of every battle that ended."""
    for m in range(holder.shape[0]):
        draw = stream(keys[m], process, step)
        slot = (step + int(tau_m[m] + 0.5)) % LAGS
        for p in range(holder.shape[1]):
            if outcome[m, p] == DEFENDER_HELD:
                o = attacker[m, p]
                for k in range(3):
                    fallen = repulse_loss[m] * still_to_fall[m, p] * assault[m, p, k]
                    killed[m, o] += fallen
                    battle_deaths[m, p] += fallen
                    transit[m, o, k, slot] += assault[m, p, k] - fallen
                    assault[m, p, k] = 0.0
            elif outcome[m, p] == ATTACKER_WON:
                o = holder[m, p]
                way_out = False
                for e in range(near_start[p], near_start[p + 1]):
                    if holder[m, near[e]] == o:
                        way_out = True
                logit = deal_base[m] + deal_siege[m] * (1.0 - supply[m, p])
                deal = not way_out and uniform(draw, place_site[p], 0) < 1.0 / (1.0 + math.exp(-logit))
                share = captured_open[m] if way_out else captured_shut[m]
                for k in range(3):
                    men = garrison[m, p, k]
                    garrison[m, p, k] = 0.0
                    fallen = killed_share[m] * still_to_fall[m, p] * men
                    killed[m, o] += fallen
                    battle_deaths[m, p] += fallen
                    men -= fallen
                    if deal:
                        transit[m, o, k, slot] += men
                        continue
                    captured[m, o] += share * men
                    taken[m, p] += share * men
                    men -= share * men
                    localness = 1.0 if k == 2 else outsider_localness[m]
                    hidden = men * c_u[m] * localness * (1.0 - iota[m] * claim[o])
                    underground[m, p, o] += hidden
                    men -= hidden
                    walking = retreat[m] * men if way_out else 0.0
                    transit[m, o, k, slot] += walking
                    home[m, o] += men - walking


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
    writes=("garrison", "assault", "transit", "underground", "killed", "captured", "taken", "home", "battle_deaths"),
)
