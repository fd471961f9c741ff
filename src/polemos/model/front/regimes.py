"""A tempo that switches: between any two organisations the front is frozen or open, and either lasts.

A hidden Markov chain of two states a pair, in weeks. The captures between the two, either way, are Poisson with the
mean that the front hazard expects, times the factor of the state. Factors and chances are one set for all pairs, by
expectation and maximisation (Baum et al. 1970) over the weeks before the origin; where a pair stands there is filtered.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from polemos.model.jit import kernel
from polemos.model.rng import uniform
from polemos.record.world import Flags, Floats, Holders, Ints, site

PROCESS = site("tempo of pairs")
FACTORS = (0.3, 3.0)
"""Factors of a frozen and of an open front before anything is seen, judged beforehand."""
COUNTED = 2.5
"""Expected captures in each state that the factors count for."""
OPENS, CLOSES, WEEKS = 0.03, 0.1, 10.0
"""Weekly chances of opening and of closing before anything is seen, and the weeks in each state they count for."""
LEAST = 0.5
"""Captures expected in all below which a pair tells nothing, and stands where the chain stands in the long run."""
ROUNDS = 30


class Tempo(NamedTuple):
    """Logarithms of the two factors; weekly chances of opening and of closing; chance [O, O] that a pair is open in the
    first week after the origin."""

    factors: Floats
    chances: Floats
    opened: Floats


def steady(organisations: int) -> Tempo:
    """A tempo that does not switch."""
    return Tempo(np.zeros(2), np.zeros(2), np.zeros((organisations, organisations)))


def learn(holders: Holders, organisations: int, rates: Floats, outcomes: NDArray[np.float32]) -> Tempo:
    """The tempo of the pairs from the weeks `holders` [T, P], and the rates and outcomes [n] of the design's rows."""
    captures = np.zeros((holders.shape[0] - 1, organisations, organisations))
    expected = np.zeros_like(captures)
    count(holders, organisations, rates, outcomes, captures, expected)
    a, b = (side.astype(np.int32) for side in np.tril_indices(organisations, -1))
    telling = expected.sum(0)[a, b] > LEAST
    a, b = a[telling], b[telling]
    factors, chances, last = np.array(FACTORS), np.array([OPENS, CLOSES]), np.zeros(a.size)
    for _ in range(ROUNDS):
        maximise(captures, expected, a, b, factors, chances, last)
    opened = np.full((organisations, organisations), chances[0] / chances.sum())
    opened[a, b] = opened[b, a] = last
    return Tempo(np.log(factors), chances, opened)


@kernel
def count(
    holders: Holders, nobody: int, rates: Floats, outcomes: NDArray[np.float32], captures: Floats, expected: Floats
) -> None:
    """Add the rows of the design to their pairs, [week, a, b] with a above b."""
    row = 0
    present = np.zeros(nobody + 1, np.bool_)
    for week in range(holders.shape[0] - 1):
        present[:] = False
        for p in range(holders.shape[1]):
            present[holders[week, p]] = True
        for p in range(holders.shape[1]):
            d = holders[week, p]
            for o in range(nobody):
                if o == d or not present[o]:
                    continue
                if d < nobody:
                    captures[week, max(o, d), min(o, d)] += outcomes[row]
                    expected[week, max(o, d), min(o, d)] += rates[row]
                row += 1


@kernel
def maximise(
    captures: Floats, expected: Floats, a: Ints, b: Ints, factors: Floats, chances: Floats, last: Floats
) -> None:
    """One round: renew `factors` and `chances`; `last` [pair] becomes the chance of open a week after the last."""
    weeks = captures.shape[0]
    counted, due, moves = np.empty(2), np.empty(2), np.empty((2, 2))
    for s in range(2):
        due[s] = COUNTED
        counted[s] = COUNTED * FACTORS[s]
    moves[0, 0], moves[0, 1] = WEEKS * (1 - OPENS), WEEKS * OPENS
    moves[1, 0], moves[1, 1] = WEEKS * CLOSES, WEEKS * (1 - CLOSES)
    step = np.array([[1 - chances[0], chances[0]], [chances[1], 1 - chances[1]]])
    likely, now = np.empty((weeks, 2)), np.empty((weeks, 2))
    for pair in range(a.size):
        after = np.array([chances[1], chances[0]]) / (chances[0] + chances[1])
        for week in range(weeks):
            n, e = captures[week, a[pair], b[pair]], expected[week, a[pair], b[pair]]
            frozen = n * math.log(factors[0]) - e * factors[0]
            opened = n * math.log(factors[1]) - e * factors[1]
            most = max(frozen, opened)
            likely[week, 0], likely[week, 1] = math.exp(frozen - most), math.exp(opened - most)
            total = after[0] * likely[week, 0] + after[1] * likely[week, 1]
            for s in range(2):
                now[week, s] = after[s] * likely[week, s] / total
            for s in range(2):
                after[s] = now[week, 0] * step[0, s] + now[week, 1] * step[1, s]
        last[pair] = after[1]
        back, ahead = np.ones(2), np.empty(2)
        for week in range(weeks - 1, -1, -1):
            total = now[week, 0] * back[0] + now[week, 1] * back[1]
            for s in range(2):
                share = now[week, s] * back[s] / total
                counted[s] += share * captures[week, a[pair], b[pair]]
                due[s] += share * expected[week, a[pair], b[pair]]
            if week == 0:
                break
            for s in range(2):
                ahead[s] = likely[week, s] * back[s]
            total = 0.0
            for s in range(2):
                back[s] = step[s, 0] * ahead[0] + step[s, 1] * ahead[1]
                total += now[week - 1, s] * back[s]
            for s in range(2):
                for t in range(2):
                    moves[s, t] += now[week - 1, s] * step[s, t] * ahead[t] / total
            scale = back[0] + back[1]
            back /= scale
    for s in range(2):
        factors[s] = counted[s] / due[s]
    chances[0] = moves[0, 1] / (moves[0, 0] + moves[0, 1])
    chances[1] = moves[1, 0] / (moves[1, 0] + moves[1, 1])


@kernel
def switch(
    state: Flags, loose: Floats, scatter: Floats, tempo: Tempo, pairs: NDArray[np.uint64], draws: np.uint64, first: bool
) -> None:
    """Draw the states [O, O] of the pairs for a week; `loose` [O, O + 1] becomes the scatter with their factors."""
    loose[:] = scatter
    for o in range(state.shape[0]):
        for d in range(o):
            u = uniform(draws, pairs[o, d], 0)
            if first:
                state[o, d] = u < tempo.opened[o, d]
            elif state[o, d]:
                state[o, d] = u >= tempo.chances[1]
            else:
                state[o, d] = u < tempo.chances[0]
            factor = tempo.factors[1 if state[o, d] else 0]
            loose[o, d] += factor
            loose[d, o] += factor
