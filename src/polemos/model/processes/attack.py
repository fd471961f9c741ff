"""Attack start (P4): at a contact of two organisations at war, one tries for the other's place.

    rate a week = level * min(ratio, 4)^h1 * appeal,      not below a ratio of 0.3

`ratio` is the strength that o can bring, men * power_o * exp(-lambda hours) with men the least of three times parity
and 0.4 of its reserve, over the place's defence. `level` is set once, at the origin, so that the mean expected
captures per contact-week of a member equal tempo times the war's own rate in the 104 weeks before (mixed with
1,000 contact-weeks of a reference class): tempo belongs to a war and a phase, not to war as such.
One attacker a place; the earliest of independent exponential races. At the origin itself (step 0) battles under way
are drawn in their stationary number: rate times mean length.
Source: D2 P4; `h1`, D3; level by past captures per contact, lessons of the prototype [c].
"""

import math

import numpy as np

from polemos.model.chance import stream, uniform
from polemos.model.contact import CAP, appeal, met_before, reach, win
from polemos.model.jit import kernel
from polemos.model.process import Array, Parameter, Process, lognormal
from polemos.model.process import uniform as flat
from polemos.model.processes.battle import typical_weeks
from polemos.record.world import WAR

PARITY, PART, LEAST_RATIO, MOST_RATIO = 3.0, 0.4, 0.3, 4.0


@kernel
def strength(m, o, p, far, reserve, power, defence, distance):
    """Men that o would commit against p, and the force ratio they make."""
    each = power[m, o] * math.exp(-distance[m] * far)
    stock = reserve[m, o, 0] + reserve[m, o, 1] + reserve[m, o, 2]
    if each <= 0.0 or stock < 1.0:
        return 0.0, 0.0
    men = min(PARITY * defence[m, p] / each, PART * stock)
    return men, men * each / max(defence[m, p], 1e-9)


@kernel
def calibrate(
    step, holder, reserve, hours, power, defence, lost, gains, gain_contacts, losses, loss_contacts, taken, contacts,
    relation, near_start, near, near_hours, entry_hours, front_rate, tempo, h1, distance, share_slope, fresh_slope,
    feedback, intercept, slope, level,
):  # fmt: skip
    """Set `level` [m] from the contacts at the origin."""
    nobody = reserve.shape[1]
    for m in range(holder.shape[0]):
        total, met = 0.0, 0
        for p in range(holder.shape[1]):
            d = holder[m, p]
            if d == nobody:
                continue
            for e in range(near_start[p], near_start[p + 1]):
                o = holder[m, near[e]]
                if o == d or o == nobody or relation[step, o, d] != WAR:
                    continue
                if met_before(m, e, p, holder, near_start, near):
                    continue
                met += 1
                far = reach(m, p, o, holder, hours, near_start, near, near_hours, entry_hours)
                _, ratio = strength(m, o, p, far, reserve, power, defence, distance)
                if ratio < LEAST_RATIO:
                    continue
                factor = appeal(
                    m, p, o, d, holder, lost, near_start, near, gains, gain_contacts, losses, loss_contacts, taken,
                    contacts, front_rate, share_slope, fresh_slope, feedback,
                )  # fmt: skip
                total += factor * min(ratio, MOST_RATIO) ** h1[m] * win(ratio, intercept[m], slope[m])
        level[m] = tempo[m] * front_rate * (met / total if total > 0.05 * met else 1.0)


@kernel
def step(
    keys, process, step, holder, attacker, assault, reserve, weeks_left, battle_start, assault_hours, hours,
    power, defence, people, lost, gains, gain_contacts, losses, loss_contacts, taken, contacts, relation, near_start,
    near, near_hours, entry_hours, pair_site, front_rate, level, h1, distance, share_slope, fresh_slope, feedback,
    tau_b, sd_b,
):  # fmt: skip
    """Start battles; how long they last is drawn by `battle` (weeks_left stays -1 until then)."""
    nobody = reserve.shape[1]
    for m in range(holder.shape[0]):
        draw = stream(keys[m], process, step)
        bound = 1.0 if step == 0 else -math.expm1(-level[m] * CAP * MOST_RATIO ** h1[m])
        for p in range(holder.shape[1]):
            d = holder[m, p]
            if d == nobody or attacker[m, p] >= 0:
                continue
            first, winner, committed, travel = 1.0, -1, 0.0, 0.0
            bases = nobody
            for e in range(near_start[p], near_start[p + 1] + bases):
                if e < near_start[p + 1]:
                    o = holder[m, near[e]]
                    if o == nobody or met_before(m, e, p, holder, near_start, near):
                        continue
                else:
                    o = e - near_start[p + 1]
                    if entry_hours[p, o] == np.inf:
                        continue
                    next_door = False
                    for q in range(near_start[p], near_start[p + 1]):
                        if holder[m, near[q]] == o:
                            next_door = True
                    if next_door:
                        continue
                if o == d or relation[step, o, d] != WAR:
                    continue
                u = uniform(draw, pair_site[p, o], 0)
                if u >= bound:
                    continue
                far = reach(m, p, o, holder, hours, near_start, near, near_hours, entry_hours)
                men, ratio = strength(m, o, p, far, reserve, power, defence, distance)
                if ratio < LEAST_RATIO or men < 1.0:
                    continue
                factor = appeal(
                    m, p, o, d, holder, lost, near_start, near, gains, gain_contacts, losses, loss_contacts, taken,
                    contacts, front_rate, share_slope, fresh_slope, feedback,
                )  # fmt: skip
                rate = level[m] * min(ratio, MOST_RATIO) ** h1[m] * factor
                if step == 0:
                    rate *= typical_weeks(people[p], ratio, tau_b[m]) * math.exp(sd_b[m] ** 2 / 2)
                arrival = -math.log1p(-u) / rate
                if arrival < first:
                    first, winner, committed, travel = arrival, o, men, far
            if winner >= 0:
                stock = reserve[m, winner, 0] + reserve[m, winner, 1] + reserve[m, winner, 2]
                share = min(PART, committed / stock)
                for k in range(3):
                    assault[m, p, k] = share * reserve[m, winner, k]
                    reserve[m, winner, k] -= assault[m, p, k]
                attacker[m, p] = winner
                weeks_left[m, p] = -1
                battle_start[m, p] = step
                assault_hours[m, p] = travel


PROCESS = Process(
    name="attack",
    title="P4 attack start",
    mechanisms=("M7", "M21", "M26"),
    kernel=step,
    parameters=(
        Parameter(
            "tempo",
            lognormal(1.0, 0.9),
            "factor on the war's past rate",
            "how far the future's pace departs from the past's",
            "D3: LogU(.005, .15) has about this spread; level from the record before the origin",
        ),
        Parameter("h1", flat(0.0, 1.5), "exponent", "how attacks rise with the force ratio", "D3 [k]"),
        Parameter(
            "share_slope",
            flat(0.0, 2.0),
            "logarithm",
            "pull of a place whose neighbours one holds",
            "A5: violence spreads along roads [k]",
        ),
        Parameter(
            "fresh_slope", flat(0.0, 1.5), "logarithm", "pull of neighbours just taken", "A5, A6 [k], convention"
        ),
        Parameter(
            "feedback",
            flat(0.0, 0.6),
            "sum of exponents",
            "momentum of taker and loser, and memory of the pair",
            "stability: a sum above 1 explodes; half the range below it, convention",
        ),
    ),
    writes=("attacker", "assault", "reserve", "weeks_left", "battle_start", "assault_hours"),
    arrays=(Array("level", (), "attacks a contact-week"),),
)
