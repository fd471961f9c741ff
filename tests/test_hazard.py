"""The front hazard run forward: its draws, and bounds on its rates, reached and never passed."""

from __future__ import annotations

import math

import numpy as np
import pytest

from polemos.model.front import features as f
from polemos.model.front import simulate
from polemos.model.front.entries import JUST_OUT, LONG_OUT, NEVER, PRIOR, SOON, entry_rates
from polemos.model.front.memory import MOST_HOPS, begin, land
from polemos.model.front.regimes import steady
from polemos.model.rng import member_keys
from worlds import world_of

FARTHEST = math.log(MOST_HOPS)
NO_ENTRY = np.zeros(3)


def slopes(seed):
    return np.random.default_rng(seed).normal(0, 0.7, len(f.FEATURES))


def features_at_most(b, next_door, people):
    """The features of a place that give the most there can be, next door or not."""
    x = np.zeros((1, f.PEOPLE + 1))
    x[0, f.PEOPLE] = people
    if next_door:
        x[0, f.NEXT_DOOR], x[0, f.SHARE], x[0, f.LOCAL] = 1, b[f.SHARE] > 0, b[f.LOCAL] > 0
    else:
        x[0, f.TWO_ROADS if b[f.TWO_ROADS] > b[f.FARTHER] else f.FARTHER] = 1
    x[0, f.RETURN] = b[f.RETURN] > 0
    x[0, f.CORE_DISTANCE] = FARTHEST if b[f.CORE_DISTANCE] > 0 else 0
    return x


@pytest.mark.parametrize("seed", range(12))
def test_bounds_of_the_hazard_sum_the_greatest_appeals(seed):
    b = slopes(seed)
    appeal = np.random.default_rng(seed).uniform(0, 0.01, (2, 3))
    behind, front, reach = np.zeros(3), np.zeros(3), np.zeros(2)
    simulate.bounds(b, appeal, behind, front, reach)
    inner, rim = (math.exp(b[: f.PEOPLE + 1] @ features_at_most(b, near, 0.0)[0]) for near in (False, True))
    assert behind == pytest.approx(appeal.sum(0) * inner)
    assert front == pytest.approx(appeal.sum(0) * max(inner, rim))
    assert reach == pytest.approx([inner, rim])


def test_a_rate_is_capped_and_a_holder_has_none_of_his_own():
    """Place 1 of a line is faced by both others; nobody's rate passes exp(1.5)."""
    world = world_of(np.tile(np.array([0, 1, 2], np.int8), (30, 1)), links=np.array([[0, 1], [1, 2]]))
    ground = land(world)
    memory = begin(np.array([0, 1, 2], np.int8), ground, 3)
    b, rates, mine = np.zeros(len(f.FEATURES)), np.zeros(3), np.zeros((3, f.PEOPLE + 1))
    b[f.NEXT_DOOR], b[f.SHARE] = 0.2, 0.6
    appeal = np.array([[0, 0.5, 0, 0], [0, 0, 0, 0], [0, 2.0, 0, 0]])
    total = simulate.place_rates(rates, 1, memory, ground, b, appeal, NO_ENTRY, mine)
    assert rates == pytest.approx([0.5 * math.exp(0.5), 0, 2 * math.exp(0.5)])
    assert total == pytest.approx(rates.sum())
    appeal[2, 1] = 1e6
    assert simulate.place_rates(rates, 1, memory, ground, b, appeal, NO_ENTRY, mine) == pytest.approx(rates.sum())
    assert rates[2] == pytest.approx(math.exp(1.5))


def line(slope_of_people):
    """A line of four places of three, with people few and many, and the pieces that a run needs."""
    held = np.tile(np.array([0, 1, 2, 1], np.int8), (30, 1))
    world = world_of(held, links=np.array([[0, 1], [1, 2], [2, 3]]))
    ground = land(world)._replace(people=np.array([-1.5, 2.0, -1.0, 1.5]))
    b = np.zeros(len(f.FEATURES))
    b[[f.NEXT_DOOR, f.TWO_ROADS, f.FARTHER, f.SHARE, f.PEOPLE]] = -1.5, -3.0, -4.0, 0.7, slope_of_people
    return begin(held[0], ground, 3), ground, b


def run(start, ground, b, told, members, weeks, entry=NO_ENTRY):
    control, probability = np.empty((members, weeks + 1, 4), np.int8), np.zeros((max(told) + 1, 4, 4))
    air, patron, scatter = np.zeros(3), np.zeros((3, 3)), np.zeros((members, 1, 3, 4))
    sites, pairs = np.arange(1, 5, dtype=np.uint64), np.arange(12, dtype=np.uint64).reshape(3, 4)
    simulate.run(
        member_keys(5, 0, members), simulate.PROCESS, start, ground, sites, air, patron, b, scatter, steady(3), entry,
        pairs, np.array(told, np.int32), control, probability,
    )  # fmt: skip
    return control, probability / members


@pytest.mark.parametrize("slope", [-0.5, 0.5])
def test_weeks_that_are_not_told_draw_as_those_that_are(slope):
    """Whatever the people: a bound that is too low where they count would leave a change out."""
    pieces = line(slope)
    all_told, _ = run(*pieces, list(range(9)), 60, 8)
    none, _ = run(*pieces, [-1] * 9, 60, 8)
    assert np.array_equal(all_told, none)
    assert (none[:, 1:] != none[:, :-1]).sum() > 60


def test_who_takes_a_place_is_drawn_by_the_rates_and_told_exactly():
    start, ground, b = line(0.2)
    members = 3000
    control, told = run(start, ground, b, [0, 1], members, 1)
    appeal, x = np.zeros((3, 4)), np.zeros(b.size)
    simulate.pull(start, np.zeros(3), np.zeros((3, 3)), b, np.zeros((3, 4)), x, appeal)
    rates, mine = np.zeros(3), np.zeros((3, f.PEOPLE + 1))
    for p, holder in enumerate(start.holder):
        total = simulate.place_rates(rates, p, start, ground, b, appeal, NO_ENTRY, mine)
        chance = np.r_[-math.expm1(-total) * rates / total, 0.0]
        chance[holder] = math.exp(-total)
        assert told[0, p] == pytest.approx(np.eye(4)[holder])
        assert told[1, p] == pytest.approx(chance)
        counted = np.bincount(control[:, 1, p], minlength=4) / members
        assert counted == pytest.approx(chance, abs=4 * math.sqrt(0.25 / members))
        assert np.count_nonzero(rates > 0.01) == 2


def test_who_holds_nothing_enters_at_the_rate_of_the_record():
    """A fourth organisation, off the map, takes each place at 0.02 a week: exact a week ahead, and in the draws."""
    held = np.tile(np.array([0, 1, 2, 1], np.int8), (30, 1))
    world = world_of(held, links=np.array([[0, 1], [1, 2], [2, 3]]), organisations=4)
    ground = land(world)
    start, b = begin(held[0], ground, 4), np.zeros(len(f.FEATURES))
    b[[f.NEXT_DOOR, f.TWO_ROADS, f.FARTHER]] = -30.0
    members, size, entry = 3000, 4, np.full(3, 0.02)
    control, probability = np.empty((members, 2, size), np.int8), np.zeros((2, size, 5))
    sites, pairs = np.arange(1, 5, dtype=np.uint64), np.arange(20, dtype=np.uint64).reshape(4, 5)
    simulate.run(
        member_keys(5, 0, members), simulate.PROCESS, start, ground, sites, np.zeros(4), np.zeros((4, 4)), b,
        np.zeros((members, 1, 4, 5)), steady(4), entry, pairs, np.array([0, 1], np.int32), control, probability,
    )  # fmt: skip
    assert probability[1, :, 3] / members == pytest.approx(-math.expm1(-0.02), rel=1e-3)
    assert (control[:, 1] == 3).mean() == pytest.approx(0.0198, abs=0.004)
    unasked = np.empty_like(control)
    simulate.run(
        member_keys(5, 0, members), simulate.PROCESS, start, ground, sites, np.zeros(4), np.zeros((4, 4)), b,
        np.zeros((members, 1, 4, 5)), steady(4), entry, pairs, np.array([-1, -1], np.int32), unasked, probability,
    )  # fmt: skip
    assert np.array_equal(unasked, control)


def test_rates_of_entry_count_places_taken_by_those_who_held_none():
    """Two of three organisations hold nothing for 9 weeks of 4 places; then one of them takes 2 places, one unseen."""
    held = np.zeros((11, 4), np.int8)
    held[10, :2] = 1
    looked = np.ones((10, 4), bool)
    before = np.array([seen / weeks for seen, weeks in PRIOR])
    assert entry_rates(held[:1], looked[:0], 3) == pytest.approx(before)
    entries, weeks = PRIOR[NEVER]
    assert entry_rates(held, looked, 3)[NEVER] == pytest.approx((entries + 2) / (2 * 40 + weeks))
    looked[9, 0] = False
    assert entry_rates(held, looked, 3)[NEVER] == pytest.approx((entries + 1) / (2 * 39 + weeks))
    assert entry_rates(held, looked, 3)[JUST_OUT:] == pytest.approx(before[JUST_OUT:])


def test_who_lost_all_counts_by_the_weeks_since():
    """One of two loses its only place of 4 after a week, and comes back at two places 15 weeks later."""
    held = np.zeros((18, 4), np.int8)
    held[0, 3] = 1
    held[16:, :2] = 1
    looked = np.ones((17, 4), bool)
    (soon, soon_weeks), (late, late_weeks) = PRIOR[JUST_OUT], PRIOR[LONG_OUT]
    rates = entry_rates(held, looked, 2)
    assert rates[JUST_OUT] == pytest.approx(soon / (soon_weeks + 4 * SOON))
    assert rates[LONG_OUT] == pytest.approx((late + 2) / (late_weeks + 4 * 2))
