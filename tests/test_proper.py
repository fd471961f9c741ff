"""Proper scores: hand-computed values, properties, and an outside reference."""

import numpy as np
import pytest
import scoringrules as sr
from hypothesis import given
from hypothesis import strategies as st

from polemos.scores import rules
from polemos.scores.bootstrap import block_bootstrap, cluster_bootstrap

weights = st.lists(st.floats(0.01, 1), min_size=3, max_size=3)


def test_hand_computed():
    p = [0.5, 0.3, 0.2]
    assert rules.brier(p, 0) == pytest.approx(0.25 + 0.09 + 0.04)
    assert rules.log_score(p, 2) == pytest.approx(-np.log(0.2))
    assert rules.binary_brier(0.8, True) == pytest.approx(0.04)
    assert rules.binary_log(0.8, False) == pytest.approx(-np.log(0.2))
    assert rules.rps(p, 1) == pytest.approx(0.25 + 0.04)
    assert rules.crps([1.0, 3.0], 2.0) == pytest.approx(1 - 0.5)
    assert rules.crps([1.0, 3.0], 2.0, fair=True) == pytest.approx(0)
    assert rules.mixture([1.0, 0, 0, 0], 0.004) == pytest.approx([0.997, 0.001, 0.001, 0.001])
    assert rules.binary_mixture(0.0) == pytest.approx(0.001)
    assert rules.skill(0.15, 0.2) == pytest.approx(0.25)


def test_shapes_broadcast():
    p = np.full((2, 5, 4), 0.25)
    outcome = np.zeros((2, 5), int)
    for score in (rules.brier, rules.log_score, rules.rps):
        assert score(p, outcome).shape == (2, 5)
    assert rules.crps(np.zeros((3, 7)), np.ones(3)).tolist() == [1, 1, 1]


def test_agrees_with_scoringrules():
    random = np.random.default_rng(1)
    p = random.dirichlet(np.ones(6), size=50)
    outcome = random.integers(6, size=50)
    one_hot = np.eye(6)[outcome]
    assert np.allclose(rules.rps(p, outcome), sr.rps_score(outcome + 1, p), atol=1e-12, rtol=0)
    assert np.allclose(rules.brier(p, outcome), sr.brier_score(one_hot, p).sum(-1), atol=1e-12, rtol=0)
    assert np.allclose(rules.log_score(p, outcome), sr.log_score(one_hot, p).max(-1), atol=1e-12, rtol=0)
    assert np.allclose(rules.binary_brier(p, one_hot), sr.brier_score(one_hot, p), atol=1e-12, rtol=0)
    assert np.allclose(rules.binary_log(p, one_hot), sr.log_score(one_hot, p), atol=1e-12, rtol=0)
    members, observed = random.normal(size=(40, 13)), random.normal(size=40)
    for fair, estimator in ((False, "nrg"), (True, "fair")):
        theirs = sr.crps_ensemble(observed, members, estimator=estimator, backend="numpy")
        assert np.allclose(rules.crps(members, observed, fair=fair), theirs, atol=1e-12, rtol=0)


@given(weights, weights)
def test_the_truth_scores_best_in_expectation(truth, told):
    truth, told = np.array(truth) / sum(truth), np.array(told) / sum(told)
    classes = np.arange(3)
    for score in (rules.brier, rules.log_score, rules.rps):
        honest, other = (score(np.tile(p, (3, 1)), classes) @ truth for p in (truth, told))
        assert honest <= other + 1e-12


@given(weights, weights)
def test_under_the_mixture_honesty_costs_at_most_its_share(truth, told):
    truth, told = np.array(truth) / sum(truth), np.array(told) / sum(told)
    honest, other = (rules.log_score(np.tile(rules.mixture(p), (3, 1)), np.arange(3)) @ truth for p in (truth, told))
    assert honest <= other - np.log(1 - rules.HEADLINE) + 1e-12


@given(weights, st.integers(0, 2))
def test_never_negative(told, outcome):
    p = np.array(told) / sum(told)
    for score in (rules.brier, rules.log_score, rules.rps):
        assert score(p, outcome) >= -1e-15


@pytest.mark.parametrize("score", [rules.brier, rules.log_score, rules.rps])
def test_perfect_is_zero(score):
    assert score(np.eye(4), np.arange(4)) == pytest.approx(np.zeros(4))


@given(st.floats(0.02, 0.98), st.floats(-0.3, 0.3))
def test_binary_scores_are_proper_by_simulation(rate, off):
    happened = np.random.default_rng(3).random(5_000) < rate
    truth, told = happened.mean(), np.clip(rate + off, 0.01, 0.99)
    for score in (rules.binary_brier, rules.binary_log):
        assert score(truth, happened).mean() <= score(told, happened).mean() + 1e-12


@given(st.lists(st.floats(-50, 50), min_size=2, max_size=8), st.floats(-50, 50))
def test_crps_against_its_double_sum(members, observed):
    x = np.array(members)
    pairs = np.abs(x[:, None] - x).sum()
    plain = np.abs(x - observed).mean() - pairs / (2 * x.size**2)
    fair = np.abs(x - observed).mean() - pairs / (2 * x.size * (x.size - 1))
    assert rules.crps(x, observed) == pytest.approx(plain, abs=1e-9)
    assert rules.crps(x, observed, fair=True) == pytest.approx(fair, abs=1e-9)
    assert rules.crps(x, observed) >= -1e-9


def test_fair_crps_needs_two():
    with pytest.raises(ValueError, match="two members"):
        rules.crps([1.0], 1.0, fair=True)


def test_block_bootstrap_covers_and_widens_with_dependence():
    random = np.random.default_rng(0)
    hits = 0
    for trial in range(200):
        sample = random.normal(1, 1, 40)
        band = block_bootstrap(sample, draws=400, seed=trial)
        hits += band.low <= 1 <= band.high
    assert 165 <= hits <= 193
    walk = np.repeat(random.normal(size=10), 6)
    single, blocks = block_bootstrap(walk, 1), block_bootstrap(walk, 6)
    assert blocks.high - blocks.low > 1.5 * (single.high - single.low)
    assert (block_bootstrap([2.0, 2.0]).low, block_bootstrap([2.0, 2.0]).high) == (2, 2)
    for few in (block_bootstrap([1.0, 2.0, 3.0], 2), block_bootstrap([1.0]), cluster_bootstrap([1.0, 3.0], ["a", "a"])):
        assert few.mean in (1, 2)
        assert (few.low, few.high) == (None, None)
    with pytest.raises(ValueError, match="no values"):
        block_bootstrap([])
    with pytest.raises(ValueError, match="at least one"):
        block_bootstrap([1.0], 0)


def test_cluster_bootstrap_redraws_clusters_whole():
    values = np.repeat([0.0, 1.0], 50)
    together = cluster_bootstrap(values, np.repeat(["a", "b"], 50))
    apart = cluster_bootstrap(values, np.arange(100))
    assert (together.low, together.high) == (0, 1)
    assert 0.3 < apart.low < apart.high < 0.7
