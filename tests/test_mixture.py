"""The mixture: a geometric mean by the library's weights, and a check on the past year that sees no day too many."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from polemos.forecasters.boosted_trees import BoostedTrees
from polemos.forecasters.front_hazard import FrontHazard
from polemos.forecasters.markov import Persistence, PooledMarkov
from polemos.forecasters.mixture import FLOOR, Mixture, geometric, mix, mixture_of
from polemos.forecasters.mixture_weights import (
    MEMBERS,
    LeadWeights,
    LibraryWeights,
    constant,
    ended_weights,
    library_weights,
)
from polemos.forecasters.registry import lineup
from polemos.forecasters.self_check import PastForecast, Track, fallen_due, shifted
from polemos.forecasters.simulated_forecast import pooled_totals
from polemos.hindcasts.hindcast import hindcast
from polemos.scenario.load import library
from worlds import START, restless, world_of

WEEK = np.timedelta64(7, "D")
ORIGIN = START + 104 * WEEK


@pytest.fixture(scope="module")
def war():
    return world_of(restless())


def test_two_classes_mix_by_the_mean_of_their_log_odds():
    p, q = np.array([0.9, 0.1]), np.array([0.5, 0.5])
    mixed = geometric(np.array([p, q]), np.array([0.75, 0.25]), floor=0.0)
    assert np.log(mixed[0] / mixed[1]) == pytest.approx(0.75 * np.log(9))
    assert mixed.sum() == pytest.approx(1)


def test_members_that_agree_are_left_as_they_are_but_for_the_floor():
    p = np.array([[0.7, 0.2, 0.1]] * 3)
    mixed = geometric(p, np.array([0.2, 0.3, 0.5]))
    assert mixed == pytest.approx((1 - FLOOR) * p[0] + FLOOR / 3)


def test_what_a_member_calls_impossible_stays_possible():
    mixed = geometric(np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([0.5, 0.5]))
    assert mixed == pytest.approx([0.5, 0.5])
    assert 0 < geometric(np.array([[1.0, 0.0], [0.9, 0.1]]), np.array([0.9, 0.1]))[1] < 0.01


def test_a_member_without_weight_has_no_say():
    p = np.array([[0.7, 0.3], [0.0, 1.0]])
    assert geometric(p, np.array([1.0, 0.0]), floor=0.0) == pytest.approx(p[0])


def test_who_holds_nothing_gets_the_linear_mean_and_the_rest_share_what_is_left():
    """Of four holders the third holds nothing and nobody is last; one member alone lets the third come."""
    held = np.array([0, 1], np.int8)
    said = np.array([[[0.9, 0.08, 0.0, 0.02]] * 2, [[0.6, 0.1, 0.2, 0.1]] * 2])
    weights = np.array([0.75, 0.25])
    mixed, plain = mixture_of(said, weights, held), geometric(said, weights)
    assert mixed[:, 2] == pytest.approx(0.05)
    assert mixed.sum(axis=1) == pytest.approx(1)
    assert mixed[:, 0] / mixed[:, 1] == pytest.approx(plain[:, 0] / plain[:, 1])
    assert mixture_of(said, weights, np.array([0, 2, 1], np.int8)) == pytest.approx(plain)


def test_weights_lie_between_those_of_the_leads_about_them():
    weights = LeadWeights((10, 1000), ((1.0, 0.0), (0.0, 1.0)))
    assert weights.at(100) == pytest.approx([0.5, 0.5])
    assert weights.at(1) == pytest.approx([1.0, 0.0])
    assert weights.at(5000) == pytest.approx([0.0, 1.0])


def test_a_war_of_the_library_has_no_part_in_its_own_weights():
    own, others = LeadWeights((30,), ((1.0, 0.0),)), LeadWeights((30,), ((0.0, 1.0),))
    weights = LibraryWeights(own, {"taught": others})
    assert weights.of("taught") is others
    assert weights.of("elsewhere") is own


def test_the_weights_that_ship_are_of_every_war_of_the_library_and_sum_to_one():
    weights = library_weights()
    assert set(library()) <= set(weights.without)
    for table in (weights.all_wars, *weights.without.values()):
        assert np.array(table.table).shape == (len(table.days), len(MEMBERS))
        assert np.array(table.table).sum(axis=1) == pytest.approx(1, abs=1e-5)
        assert np.array(table.table).min() >= 0


def test_the_strict_variant_has_the_weights_of_ended_wars_and_no_mixture_learns_from_others():
    teacher = world_of(restless(150, seed=7))
    forecast, strict, shared = lineup(("forecast", "strict"), members=10, wars=(teacher,))
    assert (forecast.name, strict.name) == ("forecast", "forecast, ended wars alone")
    assert strict.weights == ended_weights() != forecast.weights
    assert strict.front == forecast.front == FrontHazard(10)
    assert shared.wars == (teacher,)
    assert set(library()) <= set(ended_weights().without)


def test_a_member_ten_times_off_loses_nearly_all_and_noise_costs_nothing():
    assert Track(91, 4, 4.0, 60.0, 2.0).share_kept < 0.02
    assert Track(91, 4, 4.0, 2.0, 60.0).share_kept < 0.02
    # A single period is believed by half.
    assert Track(182, 3, 1.0, 227.0, 5.0).share_kept < 0.05
    random = np.random.default_rng(0)
    for expected in (0.5, 3.0, 12.0, 40.0):
        # Twice the variance of a Poisson count, as captures come in bursts.
        seen = [2 * random.poisson(expected / 2, 4).mean() for _ in range(200)]
        kept = [Track(91, 4, 4.0, expected, happened).share_kept for happened in seen]
        assert np.mean(kept) > 0.93, expected


def expecting(share, world, origin, date):
    """A forecast [1, P, K] by which a place leaves its holder with some probability."""
    stay = np.eye(world.nobody + 1)[world.holders([origin])[0]]
    return ((1 - share) * stay + share * (1 - stay) / world.nobody)[np.newaxis]


def past_of(world, shares, weeks=(52, 39, 26), lead=13):
    made = []
    for back in weeks:
        origin = ORIGIN - back * WEEK
        date = origin + lead * WEEK
        said = np.stack([expecting(share, world, origin, date) for share in shares])
        made.append(PastForecast(origin, np.array([date]), said))
    return made


def test_changes_are_counted_as_expected_and_as_they_came(war):
    cut = war.as_of(ORIGIN)
    past = past_of(war, (0.0, 0.5))
    right, wild = fallen_due(cut, past, 91).tracks()
    ends = [(one.origin, one.dates[0]) for one in past]
    came = [(np.diff(war.holders(list(pair)), axis=0) != 0).sum() for pair in ends]
    assert (right.expected, right.happened) == (0.0, pytest.approx(np.mean(came)))
    assert wild.expected == pytest.approx(12)
    assert (wild.forecasts, wild.days) == (3, 91)
    assert wild.periods == pytest.approx(3)


def test_what_falls_due_after_the_origin_or_a_year_before_it_does_not_count(war):
    cut = war.as_of(ORIGIN)
    assert fallen_due(cut, past_of(war, (0.1,), weeks=(12, 4)), 91) is None
    assert fallen_due(cut, past_of(war, (0.1,), weeks=(70,)), 91) is None
    assert fallen_due(cut, past_of(war, (0.1,)), 60) is None
    assert fallen_due(cut, past_of(war, (0.1,)), 365).days == 91


def test_the_check_takes_weight_from_the_member_that_fails(war):
    cut, dates = war.as_of(ORIGIN), np.array([ORIGIN + 13 * WEEK])
    said = np.stack([expecting(share, war, ORIGIN, dates[0]) for share in (0.05, 0.9)])
    library = np.array([[0.3, 0.7]])
    past = past_of(war, (0.1, 0.9))
    checked, unchecked = (mix(cut, dates, ("a", "b"), said, library, one) for one in (past, ()))
    assert unchecked.weights == pytest.approx(library)
    assert unchecked.checks == (None,)
    assert checked.weights[0, 0] > 0.6
    assert checked.weights.sum() == pytest.approx(1)
    assert checked.probability.sum(-1) == pytest.approx(1)
    stay = war.holders([ORIGIN])[0].astype(int)
    kept = [np.take_along_axis(one.probability[0], stay[:, None], 1).mean() for one in (unchecked, checked)]
    assert kept[1] > kept[0] + 0.1


def test_where_the_mixture_itself_is_off_its_odds_of_a_change_follow(war):
    cut, dates = war.as_of(ORIGIN), np.array([ORIGIN + 13 * WEEK])
    said = expecting(0.8, war, ORIGIN, dates[0])[:, np.newaxis]
    past = past_of(war, (0.8,))
    made = mix(cut, dates, ("a",), said, np.array([[1.0]]), past)
    assert made.weights == pytest.approx(np.array([[1.0]]))
    beyond = made.level[0].beyond
    assert beyond > 0.3
    before, after = (changed(war, one) for one in (geometric(said[:, 0], np.array([1.0])), made.probability[0]))
    odds = [p / (1 - p) for p in (before, after)]
    assert odds[1] / odds[0] == pytest.approx(np.full(len(before), np.exp(-beyond)))
    assert made.probability.sum(-1) == pytest.approx(1)


def changed(world, probability):
    stay = world.holders([ORIGIN])[0].astype(int)[:, np.newaxis]
    return 1 - np.take_along_axis(probability, stay, 1)[:, 0]


def test_a_shift_of_nothing_changes_nothing_and_certainty_stays():
    p = np.array([[0.6, 0.3, 0.1], [1.0, 0.0, 0.0]])
    assert shifted(p, np.array([0, 0]), 0.0) == pytest.approx(p)
    assert shifted(p, np.array([0, 0]), np.log(2.0)) == pytest.approx(np.array([[0.75, 0.1875, 0.0625], [1, 0, 0]]))


def altered_after(world, origin):
    """The same war with another course from the day after an origin on."""
    days = world.start + WEEK * np.arange(int((world.until - world.start) / WEEK) + 1)
    held = world.holders(days)
    held[days > origin] = (held[days > origin] + 1) % world.nobody
    return world_of(held)


def small(**weights):
    named = weights or {"front": 0.6, "rules": 0.4}
    model, trees = Persistence(name="no model"), BoostedTrees()
    return Mixture(FrontHazard(40, threads=1), model, trees, (PooledMarkov(), Persistence()), constant(named))


def test_nothing_after_the_origin_is_looked_at(war):
    other = altered_after(war, ORIGIN)
    dates = ORIGIN + WEEK * np.array([4, 13])
    one, two = (small().forecast(each.as_of(ORIGIN), dates) for each in (war, other))
    assert one.tobytes() == two.tobytes()
    origins = [ORIGIN - 26 * WEEK, ORIGIN - 13 * WEEK, ORIGIN]
    before, after = (hindcast(each, [small()], origins, ("1mo", "3mo")) for each in (war, other))
    assert (war.holders(dates) != other.holders(dates)).any()
    assert before.probability[0].tobytes() == after.probability[0].tobytes()


def test_members_without_weight_are_not_asked(war):
    assert [part.name for part in small().parts] == ["front hazard", "pooled Markov", "persistence"]
    assert [part.name for part in small(rules=1).parts] == ["pooled Markov", "persistence"]


def test_a_hindcast_makes_the_mixture_of_what_its_parts_said(war, tmp_path):
    mixture = small(front=0.5, rules=0.5)
    asked = [*mixture.parts, mixture]
    done = hindcast(war, asked, [ORIGIN], ("1mo", "3mo"), store=tmp_path)
    front, pooled, stale = done.probability[:3, 0]
    rules = geometric(np.stack([pooled, stale]), np.array([0.5, 0.5]))
    assert done.probability[3, 0] == pytest.approx(geometric(np.stack([front, rules]), np.array([0.5, 0.5])))
    assert done.totals["forecast"] == pytest.approx(done.totals["front hazard"])
    assert hindcast(war, asked, [ORIGIN], ("1mo", "3mo"), store=tmp_path).computed == 0


def test_members_of_simulators_are_taken_by_their_shares():
    one, two = np.zeros((2, 100, 1, 3), np.float32), np.ones((2, 100, 1, 3), np.float32)
    mixed = pooled_totals({"front": one, "model": two}, {"front": 0.75, "model": 0.25})
    assert mixed.shape == (2, 100, 1, 3)
    assert mixed.mean() == pytest.approx(0.25)
    assert pooled_totals({"front": one, "model": two}, {"front": 0.0, "model": 1.0}).mean() == 1
    assert pooled_totals({}, {}) is None


def test_the_library_weights_by_war_reach_the_forecast(war):
    table = LibraryWeights(
        LeadWeights((30,), ((1.0, 0.0, 0.0, 0.0),)), {"invented": LeadWeights((30,), ((0, 0, 0, 1),))}
    )
    cut, dates = war.as_of(START + 20 * WEEK), np.array([START + 24 * WEEK])
    mixture = replace(small(), weights=table)
    rules = small(rules=1).forecast(cut, dates)
    assert mixture.forecast(cut, dates) == pytest.approx(rules)
    assert mixture.forecast(replace(cut, name="elsewhere"), dates) != pytest.approx(rules)


def test_the_level_of_short_leads_counts_all_of_the_year():
    # A lead of a week, 26 forecasts one after another: 2 changes told where 1 comes, every time.
    member = Track(7, 26, 26.0, 2.0, 1.0)
    level = Track(7, 26, 26.0, 2.0, 1.0, 4.0 / 26.0)
    assert member.beyond == 0.0
    assert level.beyond == pytest.approx(np.log((2 + 4 / 26) / (1 + 4 / 26)) * 26 / 27 - np.log(1.5))
