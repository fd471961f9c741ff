"""The one model: at exponents of 0 the land of the engine is the front hazard's; mechanisms are factors from there."""

from __future__ import annotations

import math

import numpy as np
import pytest

import polemos
from polemos.forecasters.front_hazard import FrontHazard
from polemos.model import engine
from polemos.model.front import factors
from polemos.model.front.factors import BELIEF, EXPONENTS, LEARNT, LOST, tilt
from polemos.model.past_pace import assault_weeks
from polemos.model.processes import captures


def simulated(war, origin, until, members=12, theory=None, audit=False):
    cut = polemos.load(war).world.as_of(origin)
    setup = engine.prepare(cut, until, members=members, seed=1, theory=theory or {})
    return setup, engine.simulate(setup, 0, members, audit=audit)


@pytest.mark.parametrize(
    ("war", "origin", "until"), [("mali", "2012-06-01", "2012-12-01"), ("sri_lanka", "2008-03-03", "2009-03-02")]
)
def test_without_exponents_the_land_is_the_front_hazards_bit_for_bit(war, origin, until):
    setup, wars = simulated(war, origin, until, audit=True)
    weeks = setup.dates.size - 1
    front, _ = FrontHazard(members=12, threads=1).simulate(setup.world, weeks)
    assert np.array_equal(wars.control[:, -weeks - 1 :], front)
    assert (front[:, -1] != front[:, 0]).any(), "land moves"


def test_a_factor_is_one_at_the_origin_and_acts_from_there():
    _, still = simulated("mali", "2012-06-01", "2013-01-15")
    _, tilted = simulated("mali", "2012-06-01", "2013-01-15", theory={"lost_foe": 3.0, "belief_foe": -3.0})
    first = still.control.shape[1] - (np.datetime64("2013-01-15") - np.datetime64("2012-06-01")).astype(int) // 7
    assert np.array_equal(still.control[:, : first + 1], tilted.control[:, : first + 1]), "a week of the front alone"
    assert (still.control != tilted.control).any(), "and later ones are not"


def test_tilt_by_hand():
    now, then = np.zeros((2, 5)), np.zeros((2, 5))
    now[1, BELIEF], then[1, BELIEF] = 0.3, 0.8
    now[0, LOST] = 9.0
    own, foe = np.zeros(5), np.zeros(5)
    foe[BELIEF], own[LOST] = -2.0, 0.1
    loose = np.full((2, 3), 0.25)
    tilt(loose, now, then, own, foe)
    assert loose[0, 1] == pytest.approx(0.25 + 1.0 + 0.3), "belief half gone from the holder; a change counts for 3"
    assert loose[0, 2] == pytest.approx(0.25 + 0.3), "nobody holds it"
    assert loose[1, 0] == pytest.approx(0.25)
    foe[BELIEF] = -200.0
    tilt(loose, now, then, own, foe)
    assert loose[0, 1] == pytest.approx(0.25 + 1.3 + factors.MOST_EXPONENT), "no mechanism is stronger than the cap"


def test_every_exponent_is_a_parameter_that_is_nought_by_default():
    exponents = {one.name: one.prior for one in captures.PROCESS.parameters if one.unit == "exponent"}
    assert set(EXPONENTS) == set(LEARNT) == set(exponents)
    assert all(str(prior) == "0" for prior in exponents.values())
    assert all(learnt.low <= learnt.value <= learnt.high for learnt in LEARNT.values())


def test_a_battle_takes_the_wars_own_time():
    slow = polemos.load("caliphate").world
    assert assault_weeks(slow.as_of("2016-01-19"), np.array([500.0, 2e6])).tolist() == [24.5, 24.5], "sieges of months"


def test_a_record_without_assaults_does_not_make_them_short():
    """They last as towns of their size usually take: 40 days for one of 55,000 at even strength, 23 at three to one."""
    quick = polemos.load("mali").world.as_of("2012-06-01")
    assert assault_weeks(quick, np.array([55_000.0, 1_000_000.0])) == pytest.approx(
        40 / 7 / math.sqrt(3) * np.array([1.0, math.sqrt(1_005_000 / 60_000)])
    )
    _, wars = simulated("libya", "2011-06-15", "2011-10-01", members=40)
    days = (wars.battles.end - wars.battles.start)[wars.battles.captured].astype(int)
    assert 0.05 < (days >= 30).mean() < 0.6
    assert (wars.battles.deaths[wars.battles.captured][days >= 30] >= 500).any(), "a question of both can be answered"


def test_assaults_fail_as_often_as_the_ratio_says():
    _, wars = simulated("sri_lanka", "2008-03-03", "2009-03-02", members=40, theory={"intercept": 0.0, "slope": 1.0})
    lost, won = (~wars.battles.captured).sum(), wars.battles.captured.sum()
    assert lost / won == pytest.approx(1 / 3, abs=0.12), "three to one wins three in four"
    assert math.isclose(math.exp(-math.log(3)), 1 / 3)


def test_without_it_no_place_changes_hands():
    cut = polemos.load("sri_lanka").world.as_of("2008-03-03")
    still = engine.prepare(cut, "2008-09-01", members=6, seed=1, without=("captures",))
    held = engine.simulate(still, 0, 6).control[:, -26:]
    assert (held == held[:, :1]).all()
