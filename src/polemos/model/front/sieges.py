"""Battles under way at the origin, where the record says that a place is contested."""

import numpy as np

from polemos.model.front.capture_rates import appeal, win
from polemos.model.front.features import PEOPLE
from polemos.model.jit import kernel
from polemos.model.processes.battle import MOST_WEEKS
from polemos.model.processes.memory import member
from polemos.model.rng import exponential, stream
from polemos.model.uncertain_dates import SIEGE_PARITY, SIEGE_PART
from polemos.record.world import WAR


@kernel
def open_battles(
    keys, process, step, holder, attacker, assault, reserve, garrison, weeks_left, assault_hours, contested, relation,
    near_start, near, place_site, power, defence, front, ground, slopes, pull, gate, tempo, intercept, slope, sieges,
):  # fmt: skip
    """Where the record says contested, put the neighbour at war to whom the place appeals most in battle for it.

    What is left of the battle is exponential, so long that the place falls at the rate of its appeal.
    """
    nobody = reserve.shape[1]
    mine = np.zeros((nobody, PEOPLE + 1))
    for m in range(holder.shape[0]):
        draw = stream(keys[m], process, step)
        past = member(front, m)
        for p in range(holder.shape[1]):
            d = holder[m, p]
            if d == nobody or not contested[p] or attacker[m, p] >= 0 or sieges[m] <= 0.0:
                continue
            winner, most = -1, 0.0
            for e in range(near_start[p], near_start[p + 1]):
                o = holder[m, near[e]]
                if o != d and o != nobody and relation[step, o, d] == WAR:
                    rate = appeal(p, o, d, past, ground, slopes[m], pull[m], mine)
                    if rate > most:
                        winner, most = o, rate
            if winner < 0:
                continue
            stock = reserve[m, winner, 0] + reserve[m, winner, 1] + reserve[m, winner, 2]
            if stock < 1.0:
                continue
            men = garrison[m, p, 0] + garrison[m, p, 1] + garrison[m, p, 2]
            share = min(SIEGE_PART, SIEGE_PARITY * men / stock)
            for k in range(3):
                assault[m, p, k] = share * reserve[m, winner, k]
                reserve[m, winner, k] -= assault[m, p, k]
            ratio = share * stock * power[m, winner] / max(defence[m, p], 1e-9)
            rate = tempo[m] * gate[1, 0] * most
            weeks = exponential(draw, place_site[p], 0) * win(ratio, intercept[m], slope[m]) / rate
            attacker[m, p] = winner
            weeks_left[m, p] = int(min(weeks + 1.0, MOST_WEEKS))
            assault_hours[m, p] = 0.0
