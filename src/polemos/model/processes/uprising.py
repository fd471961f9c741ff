"""Uprising and re-emergence: residents rise, or an underground steps into the open.

    participation: A (1 - legitimacy of the holder) - aversion * risk > rise_threshold,
                   risk = 1 - exp(-2.3 guards / active),      active = A * capacity * people / 1,000 + U
    re-emergence:  U > u_c and guards < g_min

The first rises at `rising` a week, the second at `reemerging`, for every organisation at war with the holder; the
earliest of independent races tries, with its members underground (and, in a rising, A * capacity * people / 1,000 who
join), and wins with expit(a + b ln ratio), the ratio that of its men to the garrison's, of which there are `GUARDS` at
least and who count for the share of supply that they have. `uprisings` 0 switches the first off, an infinite `u_c` the
second. Without attitudes, A (1 - legitimacy) is 0 and nobody rises. What this is not: an attack from outside
(`captures`).
Source: Epstein 2002, civil violence (k = 2.3, threshold 0.1) [k].
"""

import math
from typing import NamedTuple

from polemos.model.groups import Clock, Sites, Weeks
from polemos.model.jit import kernel
from polemos.model.laws.force_ratio import win
from polemos.model.process import HAZARD, SHARE, Array, Parameter, Process, beta, either, loguniform
from polemos.model.process import uniform as flat
from polemos.model.rng import stream, uniform
from polemos.model.state import ATTACKER_WON, DEFENDER_HELD, UPRISING
from polemos.record.world import WAR, Floats, Holders, Ints

ARREST = 2.3
"""Epstein's k: a risk of 0.9 where there are as many guards as active."""
LEAST = 1.0
GUARDS = 20.0
"""Men that any place musters, so that an empty garrison is weak and not impossible to divide by."""


class Inputs(NamedTuple):
    """What it only reads."""

    holder: Holders
    garrison: Floats
    supply: Floats
    people: Floats
    relation: Holders
    pair_site: Sites
    attitude: Floats
    grievance: Floats


class Values(NamedTuple):
    """Parameters, a value a member."""

    capacity: Floats
    g_min: Floats
    intercept: Floats
    slope: Floats
    uprisings: Floats
    rising: Floats
    rise_threshold: Floats
    aversion: Floats
    u_c: Floats
    reemerging: Floats


class State(NamedTuple):
    """What it changes."""

    attacker: Holders
    assault: Floats
    underground: Floats
    joined: Floats
    outcome: Holders
    change: Holders
    battle_start: Weeks
    rose: Ints


@kernel
def risk(guards, active):
    """Chance of being caught, for each who acts."""
    return -math.expm1(-ARREST * guards / max(active, LEAST))


@kernel
def takes_part(grievance, aversion, danger, threshold):
    """Epstein's rule: act where grievance less the risk, as one minds it, is above the threshold."""
    return grievance - aversion * danger > threshold


@kernel
def step(clock: Clock, inputs: Inputs, values: Values, state: State) -> None:
    """Start risings; `fate` and `release` book them in the same week."""
    nobody = state.underground.shape[2]
    for m in range(inputs.holder.shape[0]):
        draw = stream(clock.keys[m], clock.process, clock.step)
        bound = -math.expm1(-values.rising[m] - values.reemerging[m])
        for p in range(inputs.holder.shape[1]):
            d = inputs.holder[m, p]
            if d == nobody or state.attacker[m, p] >= 0:
                continue
            guards = inputs.garrison[m, p, 0] + inputs.garrison[m, p, 1] + inputs.garrison[m, p, 2]
            first, winner, men = 1.0, -1, 0.0
            for o in range(nobody):
                members = state.underground[m, p, o]
                foe = o != d and inputs.relation[clock.step, o, d] == WAR
                if not foe or (members < LEAST and inputs.attitude[m, p, o] <= 0.0):
                    continue
                u = uniform(draw, inputs.pair_site[p, o], 0)
                if u > bound:
                    continue
                crowd = inputs.attitude[m, p, o] * values.capacity[m] * inputs.people[p] / 1000.0
                danger = risk(guards, crowd + members)
                risen, rate = 0.0, 0.0
                angry = takes_part(inputs.grievance[m, p, o], values.aversion[m], danger, values.rise_threshold[m])
                if values.uprisings[m] > 0.5 and angry:
                    risen, rate = crowd, values.rising[m]
                if members > values.u_c[m] and guards < values.g_min[m]:
                    rate += values.reemerging[m]
                if rate <= 0.0 or members + risen < LEAST:
                    continue
                arrival = -math.log1p(-u) / rate
                if arrival < first:
                    first, winner, men = arrival, o, risen
            if winner >= 0:
                state.joined[m, winner] += men
                men += state.underground[m, p, winner]
                state.underground[m, p, winner] = 0.0
                state.assault[m, p, 2] = men
                state.attacker[m, p], state.battle_start[m, p] = winner, clock.step
                state.rose[m, p] = clock.step
                ratio = men / (max(guards, GUARDS) * max(inputs.supply[m, p], 0.01))
                if uniform(draw, inputs.pair_site[p, winner], 1) < win(ratio, values.intercept[m], values.slope[m]):
                    state.outcome[m, p], state.change[m, p] = ATTACKER_WON, UPRISING
                else:
                    state.outcome[m, p] = DEFENDER_HELD


PROCESS = Process(
    name="uprising",
    title="uprising and re-emergence",
    kernel=step,
    parameters=(
        Parameter(
            "uprisings",
            either(0.0, 1.0),
            "0 or 1",
            "whether residents rise at all",
            "judgement: a switch, as likely on as off",
        ),
        Parameter("rising", loguniform(1 / 520, 1 / 5), "per week", "rising where they would", HAZARD),
        Parameter(
            "rise_threshold",
            flat(0.05, 0.15),
            "share",
            "net grievance above which one acts",
            "Epstein2002",
            grade="k",
            taken="threshold 0.1",
        ),
        Parameter("aversion", beta(2, 2), "share", "how much one minds the risk", SHARE),
        Parameter(
            "u_c",
            loguniform(200.0, 5000.0),
            "members",
            "underground that can step into the open",
            "judgement: from a few bands to a small army; no evidence",
        ),
        Parameter("reemerging", loguniform(1 / 520, 1 / 5), "per week", "doing so", HAZARD),
    ),
    writes=State._fields,
    arrays=(Array("rose", ("place",), "step of the last rising", -1, dtype="i4"),),
    on=False,
)
