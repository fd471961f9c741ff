"""What a side would bring against a place, and the levels at which that gives the captures of the record."""

import math

import numpy as np

from polemos.model.front.capture_rates import appeal, met_before, reach, revealed, win
from polemos.model.front.features import PEOPLE
from polemos.model.jit import kernel
from polemos.model.processes.memory import member
from polemos.record.world import WAR

PARITY, PART, LEAST_RATIO, MOST_RATIO = 3.0, 0.4, 0.3, 4.0
NEXT_DOOR = 0


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
    step, holder, reserve, hours, power, defence, relation, near_start, near, near_hours, entry_hours, front, ground,
    slopes, pull, gate, tempo, h1, distance, intercept, slope, level,
):  # fmt: skip
    """Set `level` [m, o, d] from the contacts at the origin."""
    nobody = reserve.shape[1]
    mine = np.zeros((nobody, PEOPLE + 1))
    total, wanted = np.zeros((nobody, nobody)), np.zeros((nobody, nobody))
    for m in range(holder.shape[0]):
        past = member(front, m)
        total[:], wanted[:] = 0.0, 0.0
        met = 0
        for p in range(holder.shape[1]):
            d = holder[m, p]
            for e in range(near_start[p], near_start[p + 1]):
                o = holder[m, near[e]]
                if d == nobody or o == d or o == nobody or relation[step, o, d] != WAR:
                    continue
                if met_before(m, e, p, holder, near_start, near):
                    continue
                met += 1
                rate = appeal(p, o, d, past, ground, slopes[m], pull[m], mine)
                wanted[o, d] += rate
                far = reach(m, p, o, holder, hours, near_start, near, near_hours, entry_hours)
                _, ratio = strength(m, o, p, far, reserve, power, defence, distance)
                if ratio >= LEAST_RATIO:
                    total[o, d] += rate * min(ratio, MOST_RATIO) ** h1[m] * win(ratio, intercept[m], slope[m])
        revealed(level[m], gate[1, NEXT_DOOR] * tempo[m], wanted, total, met)
