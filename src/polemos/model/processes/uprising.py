"""Uprising and re-emergence: residents rise, or an underground steps into the open.

    participation: A (1 - legitimacy of the holder) - aversion * risk > rise_threshold,
                   risk = 1 - exp(-2.3 guards / active),      active = A * capacity * people / 1,000 + U
    re-emergence:  U > u_c and guards < g_min

The first rises at `rising` a week, the second at `reemerging`, for every organisation at war with the holder; the
earliest of independent races tries, with its members underground (and, in a rising, A * capacity * people / 1,000 who
join), and wins with expit(a + b ln ratio). `uprisings` 0 switches the first off, an infinite `u_c` the second. Without
attitudes, A (1 - legitimacy) is 0 and nobody rises. What this is not: an attack from outside (`attack`, `seizure`).
Source: Epstein 2002, civil violence (k = 2.3, threshold 0.1) [k].
"""

import math

from polemos.model.front.capture_rates import win
from polemos.model.jit import kernel
from polemos.model.process import HAZARD, SHARE, Array, Parameter, Process, beta, either, loguniform
from polemos.model.process import uniform as flat
from polemos.model.rng import stream, uniform
from polemos.model.state import ATTACKER_WON, DEFENDER_HELD, UPRISING
from polemos.record.world import WAR

ARREST = 2.3
"""Epstein's k: a risk of 0.9 where there are as many guards as active."""
LEAST = 1.0


@kernel
def risk(guards, active):
    """Chance of being caught, for each who acts."""
    return -math.expm1(-ARREST * guards / max(active, LEAST))


@kernel
def takes_part(grievance, aversion, caught, threshold):
    """Epstein's rule: act where grievance less the risk, as one minds it, is above the threshold."""
    return grievance - aversion * caught > threshold


@kernel
def step(
    keys, process, step, holder, attacker, assault, underground, garrison, joined, outcome, change, battle_start,
    assault_hours, power, defence, people, relation, pair_site, attitude, grievance, capacity, g_min, intercept, slope,
    uprisings, rising, rise_threshold, aversion, u_c, reemerging, rose,
):  # fmt: skip
    """Start risings; `fate` and `release` book them in the same week."""
    nobody = underground.shape[2]
    for m in range(holder.shape[0]):
        draw = stream(keys[m], process, step)
        bound = -math.expm1(-rising[m] - reemerging[m])
        for p in range(holder.shape[1]):
            d = holder[m, p]
            if d == nobody or attacker[m, p] >= 0:
                continue
            guards = garrison[m, p, 0] + garrison[m, p, 1] + garrison[m, p, 2]
            first, winner, men = 1.0, -1, 0.0
            for o in range(nobody):
                members = underground[m, p, o]
                if o == d or relation[step, o, d] != WAR or (members < LEAST and attitude[m, p, o] <= 0.0):
                    continue
                u = uniform(draw, pair_site[p, o], 0)
                if u > bound:
                    continue
                crowd = attitude[m, p, o] * capacity[m] * people[p] / 1000.0
                caught = risk(guards, crowd + members)
                risen, rate = 0.0, 0.0
                if uprisings[m] > 0.5 and takes_part(grievance[m, p, o], aversion[m], caught, rise_threshold[m]):
                    risen, rate = crowd, rising[m]
                if members > u_c[m] and guards < g_min[m]:
                    rate += reemerging[m]
                if rate <= 0.0 or members + risen < LEAST:
                    continue
                arrival = -math.log1p(-u) / rate
                if arrival < first:
                    first, winner, men = arrival, o, risen
            if winner >= 0:
                joined[m, winner] += men
                men += underground[m, p, winner]
                underground[m, p, winner] = 0.0
                assault[m, p, 2] = men
                attacker[m, p], battle_start[m, p], assault_hours[m, p] = winner, step, 0.0
                rose[m, p] = step
                ratio = men * power[m, winner] / max(defence[m, p], 1.0)
                if uniform(draw, pair_site[p, winner], 1) < win(ratio, intercept[m], slope[m]):
                    outcome[m, p], change[m, p] = ATTACKER_WON, UPRISING
                else:
                    outcome[m, p] = DEFENDER_HELD


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
    writes=(
        *("attacker", "assault", "underground", "joined", "outcome", "change", "battle_start", "assault_hours"),
        "rose",
    ),
    arrays=(Array("rose", ("place",), "step of the last rising", -1, dtype="i4"),),
    on=False,
)
