"""A tempo that switches: what it counts, that it finds the states it was made with, what the hazard does with it."""

import dataclasses
import itertools

import numpy as np
import pytest

from polemos.forecasters.front_hazard import FrontHazard
from polemos.model.front import fit, regimes
from worlds import START, restless, world_of

WEEK = np.timedelta64(7, "D")


@pytest.fixture(scope="module")
def known():
    return world_of(restless(rate=0.03)).as_of(START + 120 * WEEK)


def test_counts_every_capture_and_every_rate_once(known):
    past = fit.replay(known)
    rates = np.exp(past.x.astype(float) @ fit.learn(past))
    captures, expected = (np.zeros((past.held.shape[0] - 1, 3, 3)) for _ in range(2))
    regimes.count(past.held, 3, rates, past.came, captures, expected)
    moved = past.held[1:] != past.held[:-1]
    assert captures.sum() == moved.sum() > 0
    assert expected.sum() == pytest.approx(rates.sum())
    week = int(np.flatnonzero(moved.any(1))[0])
    p = int(np.flatnonzero(moved[week])[0])
    low, high = sorted((past.held[week, p], past.held[week + 1, p]))
    assert captures[week, high, low] >= 1
    assert np.triu(captures.sum(0)).sum() == 0


def test_finds_the_states_it_was_made_with():
    random = np.random.default_rng(0)
    weeks, opens, closes = 3000, 0.02, 0.08
    factors, chances, last = np.array(regimes.FACTORS), np.array([regimes.OPENS, regimes.CLOSES]), np.zeros(2)
    captures, expected = np.zeros((weeks, 2, 2)), np.full((weeks, 2, 2), 0.5)
    state = 0
    states = np.zeros(weeks, int)
    for week in range(weeks):
        state = int(random.random() < (opens if state == 0 else 1 - closes))
        states[week] = state
        captures[week, 1, 0] = random.poisson(0.5 * (0.4, 4.0)[state])
    captures[:, 1, 1] = captures[:, 1, 0]
    one = np.array([1, 1], np.int32), np.array([0, 1], np.int32)
    for _ in range(regimes.ROUNDS):
        regimes.maximise(captures, expected, *one, factors, chances, last)
    assert factors == pytest.approx([0.4, 4.0], rel=0.15)
    assert chances == pytest.approx([opens, closes], rel=0.35)
    # Two pairs of one history stand alike, and on the side of its last state.
    assert last[0] == pytest.approx(last[1])
    assert (last[0] > 0.5) == bool(states[-1])


def by_enumeration(captures, expected, factors, chances):
    """A round of expectation and maximisation over every path of states, with the counts judged beforehand."""
    counted, due = 2.5 * np.array([0.3, 3.0]), np.full(2, 2.5)
    moves = 10.0 * np.array([[0.97, 0.03], [0.1, 0.9]])
    step = np.array([[1 - chances[0], chances[0]], [chances[1], 1 - chances[1]]])
    last = []
    for n, e in zip(captures, expected, strict=True):
        weights, paths = [], list(itertools.product((0, 1), repeat=n.size))
        for path in paths:
            weight = np.array([chances[1], chances[0]])[path[0]] / sum(chances)
            for s, t in itertools.pairwise(path):
                weight *= step[s, t]
            weights.append(
                weight
                * np.prod([factors[s] ** k * np.exp(-r * factors[s]) for s, k, r in zip(path, n, e, strict=True)])
            )
        total, after = sum(weights), 0.0
        for path, weight in zip(paths, weights, strict=True):
            for s, k, r in zip(path, n, e, strict=True):
                counted[s] += weight / total * k
                due[s] += weight / total * r
            for s, t in itertools.pairwise(path):
                moves[s, t] += weight / total
            after += weight / total * step[path[-1], 1]
        last.append(after)
    return counted / due, [moves[0, 1] / moves[0].sum(), moves[1, 0] / moves[1].sum()], last


def test_a_round_is_that_over_every_path_of_states():
    random = np.random.default_rng(4)
    rates = random.uniform(0.2, 3.0, (7, 3, 3))
    counts = random.poisson(rates * random.choice([0.3, 3.0], (7, 1, 1))).astype(float)
    a, b = np.array([1, 2], np.int32), np.array([0, 1], np.int32)
    factors, chances, last = np.array([0.5, 2.0]), np.array([0.2, 0.3]), np.zeros(2)
    told = by_enumeration(counts[:, a, b].T, rates[:, a, b].T, factors.copy(), chances.copy())
    regimes.maximise(counts, rates, a, b, factors, chances, last)
    for got, expected in zip((factors, chances, last), told, strict=True):
        assert got == pytest.approx(np.array(expected), rel=1e-10)


def test_a_pair_of_which_little_was_expected_stands_where_the_chain_does(known):
    held = np.zeros((6, 4), np.int8)
    held[:, 2:] = 1
    for rate, telling in ((0.0249, False), (0.0251, True)):
        told = regimes.learn(held, 2, np.full(20, rate), np.zeros(20, np.float32))
        assert (told.opened[1, 0] != told.opened[0, 0]) == telling
        assert told.opened[1, 0] == told.opened[0, 1]
        assert told.opened[0, 0] == pytest.approx(told.chances[0] / told.chances.sum())


def test_nothing_seen_leaves_what_was_judged():
    held = np.zeros((1, 4), np.int8)
    told = regimes.learn(held, 2, np.zeros(0), np.zeros(0, np.float32))
    assert np.exp(told.factors) == pytest.approx(regimes.FACTORS)
    assert told.opened == pytest.approx(np.full((2, 2), regimes.OPENS / (regimes.OPENS + regimes.CLOSES)))


def test_states_last_and_scatter_both_ways():
    told = regimes.Tempo(np.log([0.5, 2.0]), np.array([0.05, 0.2]), np.full((3, 3), 0.2))
    state, loose, pairs = np.zeros((3, 3), bool), np.zeros((3, 4)), np.arange(12, dtype=np.uint64).reshape(3, 4)
    seen = []
    for week in range(1, 4000):
        regimes.switch(state, loose, np.full((3, 4), 0.1), told, pairs, np.uint64(7919 * week), week == 1)
        seen.append(state[1, 0])
        assert loose[0, 1] == loose[1, 0] == pytest.approx(0.1 + told.factors[int(state[1, 0])])
        assert loose[2, 3] == 0.1
    now = np.array(seen)
    assert now.mean() == pytest.approx(0.2, abs=0.04)
    assert (now[1:] & ~now[:-1]).sum() / (~now[:-1]).sum() == pytest.approx(0.05, abs=0.015)


def test_switching_moves_members_and_not_the_fit(known):
    loose, even = FrontHazard(members=400), FrontHazard(members=400, switching=False)
    assert loose.coefficients(known) == even.coefficients(known)
    assert not np.array_equal(*(h.simulate(known, 26)[0] for h in (even, loose)))
    few = dataclasses.replace(loose, members=30, threads=1).simulate(known, 8)[0]
    assert np.array_equal(few, dataclasses.replace(loose, members=90, threads=3).simulate(known, 8)[0][:30])
