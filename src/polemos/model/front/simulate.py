"""The front hazard: places change hands at a rate log-linear in the features of the front, a week at a time.

A place p goes to o at the weekly rate `min(exp(b . x[p, o]), MOST)`; it changes hands with probability
`1 - exp(-sum over o)`, and the winner is drawn by the rates. There are no men, no battles and no supply here.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from polemos.model.front.entries import entering
from polemos.model.front.features import (
    CORE_DISTANCE,
    FARTHER,
    LOCAL,
    NEXT_DOOR,
    PEOPLE,
    RETURN,
    SHARE,
    TWO_ROADS,
    Matrix,
    hottest,
    pair_features,
    place_features,
    side_features,
    warmth,
)
from polemos.model.front.memory import ECHO, MOST_HOPS, Land, Memory, advance
from polemos.model.front.pair_scatter import SCATTER_WEEKS
from polemos.model.front.regimes import PROCESS as SWITCHING
from polemos.model.front.regimes import Tempo, switch
from polemos.model.jit import kernel
from polemos.model.rng import stream, uniform
from polemos.record.world import Floats, Holders, Ints, site

PROCESS = site("front hazard")
MOST = math.exp(1.5)
"""Cap of a weekly rate."""
EVENT, WINNER = 0, 1
SLACK = 1.0 + 1e-9
"""On a bound that is summed in another order than what it bounds."""

Sites = NDArray[np.uint64]


@kernel
def likelihood(x: Matrix, outcomes: Matrix, weight: Matrix, b: Floats, slope: Floats, curve: Floats) -> float:
    """Poisson log likelihood of rates exp(b . x), with its slope [F] and minus its curvature [F, F].

    `outcomes` [n] are captures, whole or in part; each row counts for its `weight` [n], and not at all for 0.
    Summed in one order in double precision, so that a fit is the same on any number of threads.
    """
    n, size = x.shape
    slope[:] = 0.0
    curve[:] = 0.0
    total = 0.0
    row = np.zeros(size)
    for i in range(n):
        if weight[i] == 0.0:
            continue
        u = 0.0
        for f in range(size):
            row[f] = x[i, f]
            u += b[f] * row[f]
        rate = weight[i] * math.exp(min(u, 5.0))
        total -= rate
        if outcomes[i] > 0.0:
            part = weight[i] * outcomes[i]
            total += part * u
            for f in range(size):
                slope[f] += part * row[f]
        for f in range(size):
            moment = rate * row[f]
            if moment != 0.0:
                slope[f] -= moment
                for g in range(f + 1):
                    curve[f, g] += moment * row[g]
    for f in range(size):
        for g in range(f):
            curve[g, f] = curve[f, g]
    return total


@kernel
def pull(memory: Memory, air: Floats, patron: Floats, b: Floats, scatter: Floats, x: Floats, appeal: Floats) -> None:
    """Fill the part of the rate that is the same at every place: `appeal` [O, O + 1] of o against d, 0 where none."""
    nobody = memory.held.size
    sides = np.zeros((nobody, 5))
    side_features(sides, memory)
    for o in range(nobody):
        for d in range(nobody + 1):
            appeal[o, d] = 0.0
            if o == d or memory.held[o] == 0.0:
                continue
            pair_features(x, o, d, memory.taken, memory.contacts, air, patron, sides)
            u = scatter[o, d]
            for f in range(PEOPLE + 1, b.size):
                u += b[f] * x[f]
            appeal[o, d] = math.exp(u)


@kernel
def place_rates(
    rates: Floats, p: int, memory: Memory, ground: Land, b: Floats, appeal: Floats, entry: Floats, mine: Floats
) -> float:
    """Fill the weekly rates [O] at which a place goes to each organisation; returns their sum.

    `entry` are those of organisations that hold nothing (`polemos.model.front.entries`).
    """
    d = memory.holder[p]
    place_features(mine, p, memory, ground)
    total = 0.0
    for o in range(rates.size):
        rates[o] = 0.0
        if appeal[o, d] > 0.0:
            u = 0.0
            for f in range(PEOPLE + 1):
                u += b[f] * mine[o, f]
            rates[o] = min(math.exp(u) * appeal[o, d], MOST)
        elif memory.held[o] == 0.0:
            rates[o] = entering(entry, memory.absent[o])
        total += rates[o]
    return total


@kernel
def bounds(b: Floats, appeal: Floats, behind: Floats, front: Floats, reach: Floats) -> None:
    """Fill upper bounds [O + 1] on the rate of any place of d, but for people and heat: no foe next door, and with one.

    `reach` [2] becomes the greatest factor of one taker, not next door and next door (`most_of`). What a draw does not
    reach need not be worked out.
    """
    always = max(b[RETURN], 0.0) + max(b[CORE_DISTANCE], 0.0) * math.log(float(MOST_HOPS))
    inner = math.exp(max(b[TWO_ROADS], b[FARTHER]) + always)
    rim = math.exp(b[NEXT_DOOR] + max(b[SHARE], 0.0) + max(b[LOCAL], 0.0) + always)
    for d in range(appeal.shape[1]):
        total = 0.0
        for o in range(appeal.shape[0]):
            total += appeal[o, d]
        behind[d] = total * inner
        front[d] = total * max(inner, rim)
    reach[0], reach[1] = inner, rim


@kernel
def most_of(p: int, memory: Memory, b: Floats, appeal: Floats, reach: Floats) -> float:
    """An upper bound on the rate of one place, but for people and for who holds nothing: taker by taker."""
    d, total = memory.holder[p], 0.0
    for o in range(appeal.shape[0]):
        if appeal[o, d] > 0.0:
            total += appeal[o, d] * reach[(memory.beside[p] >> o) & 1] * max(warmth(p, o, memory, b), 1.0)
    return total * SLACK


@kernel
def run(
    keys: Sites,
    process: np.uint64,
    start: Memory,
    ground: Land,
    sites: Sites,
    air: Floats,
    patron: Floats,
    b: Floats,
    scatter: Floats,
    tempo: Tempo,
    entry: Floats,
    pairs: Sites,
    lead_weeks: Ints,
    control: Holders,
    probability: Floats,
) -> None:
    """Step members from `start`: `control` [m, W + 1, P] is filled, `probability` [L, P, O + 1] added to.

    `lead_weeks` [W + 1] is the row of `probability` for a week, or -1. What is added there is each member's chance of
    every holder given where it stood a week before: the mean over members is exact in the last step, so less noisy
    than a count (Rao and Blackwell). `scatter` [m, H, O, O + 1] is added to the logarithms of the rates, anew every
    `SCATTER_WEEKS`, and so is the factor of the state of a pair, drawn week by week; `pairs` [O, O + 1] are the
    addresses of pairs. `entry` are the weekly rates at which an organisation that holds nothing takes a place.
    """
    nobody, size = start.held.size, start.holder.size
    appeal, x, mine = np.zeros((nobody, nobody + 1)), np.zeros(b.size), np.zeros((nobody, PEOPLE + 1))
    rates, behind, front = np.zeros(nobody), np.zeros(nobody + 1), np.zeros(nobody + 1)
    then = np.zeros(size, np.int8)
    state, loose = np.zeros((nobody, nobody), np.bool_), np.zeros((nobody, nobody + 1))
    populous, reach = np.exp(b[PEOPLE] * ground.people), np.zeros(2)
    for m in range(keys.size):
        memory = Memory(
            start.holder.copy(), start.weeks.copy(), start.ever.copy(), start.beside.copy(), start.held.copy(),
            start.usual.copy(), start.gained.copy(), start.lost.copy(), start.facing.copy(), start.faced.copy(),
            start.taken.copy(), start.contacts.copy(), start.heat.copy(), start.far.copy(), start.absent.copy(),
            start.queue.copy(), start.touched.copy(),
        )  # fmt: skip
        control[m, 0] = memory.holder
        if lead_weeks[0] >= 0:
            for p in range(size):
                probability[lead_weeks[0], p, memory.holder[p]] += 1.0
        for week in range(1, control.shape[1]):
            draws = stream(keys[m], process, week)
            pace = scatter[m, (week - 1) // SCATTER_WEEKS]
            switch(state, loose, pace, tempo, pairs, stream(keys[m], SWITCHING, week), week == 1)
            pull(memory, air, patron, b, loose, x, appeal)
            bounds(b, appeal, behind, front, reach)
            landless, top = 0.0, hottest(memory, b)
            for o in range(nobody):
                if memory.held[o] == 0.0:
                    landless += entering(entry, memory.absent[o])
            row = lead_weeks[week]
            for p in range(size):
                d = memory.holder[p]
                then[p] = d
                beset = memory.beside[p] & ~(np.int64(1) << np.int64(d)) != 0
                u = uniform(draws, sites[p], EVENT)
                # 1 - exp(-rate) < rate, so a draw above the bound changes nothing.
                edge = (front[d] if beset else behind[d]) * populous[p] * top + landless
                if row < 0 and (u > edge or u > most_of(p, memory, b, appeal, reach) * populous[p] + landless):
                    continue
                total = place_rates(rates, p, memory, ground, b, appeal, entry, mine)
                leaves = -math.expm1(-total)
                if row >= 0:
                    probability[row, p, d] += 1.0 - leaves
                    for o in range(nobody):
                        if rates[o] > 0.0:
                            probability[row, p, o] += leaves * rates[o] / total
                if u < leaves:
                    level = uniform(draws, sites[p], WINNER) * total
                    for o in range(nobody):
                        if rates[o] > 0.0:
                            then[p] = o
                            level -= rates[o]
                            if level < 0.0:
                                break
            advance(memory, ground, then, ECHO)
            control[m, week] = then
