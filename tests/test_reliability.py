"""Reliability: the isotonic diagram against another implementation, parts that add up, and flat PITs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polemos.scores.reliability import corp, corp_decomposition, murphy, pit

cases = st.lists(st.tuples(st.sampled_from(np.linspace(0, 1, 21).tolist()), st.booleans()), min_size=1, max_size=60)


@given(cases)
def test_isotonic_agrees_with_scikit_learn(rows):
    from sklearn.isotonic import IsotonicRegression

    p, came = np.array(rows, float).T
    diagram = corp(p, came)
    theirs = IsotonicRegression().fit(p, came).predict(diagram.probability)
    assert diagram.observed == pytest.approx(theirs, abs=1e-10)
    assert diagram.forecasts.sum() == p.size
    assert (np.diff(diagram.observed) >= -1e-12).all()


def test_violators_are_pooled():
    diagram = corp([0.1, 0.2, 0.3, 0.3, 0.9], [0, 1, 0, 0, 1])
    assert diagram.probability.tolist() == [0.1, 0.2, 0.3, 0.9]
    assert diagram.observed == pytest.approx([0, 1 / 3, 1 / 3, 1])


@given(cases)
def test_the_parts_add_up(rows):
    p, came = np.array(rows, float).T
    score = np.mean((p - came) ** 2)
    for parts in (corp_decomposition(p, came), murphy(p, came), murphy(p, came, (0, 0.5, 1))):
        total = parts.reliability - parts.resolution + parts.uncertainty + parts.within
        assert parts.score == pytest.approx(score)
        assert total == pytest.approx(score)
        assert min(parts.reliability, parts.resolution) >= -1e-12
    assert corp_decomposition(p, came).within == 0


def test_murphy_by_hand():
    parts = murphy([0.1, 0.1, 0.1, 0.1, 0.7, 0.7], [0, 0, 0, 1, 1, 1], (0, 0.5, 1))
    assert parts.reliability == pytest.approx((4 * 0.15**2 + 2 * 0.3**2) / 6)
    assert parts.resolution == pytest.approx((4 * 0.25**2 + 2 * 0.5**2) / 6)
    assert parts.uncertainty == pytest.approx(0.25)
    assert parts.within == pytest.approx(0)


def test_what_each_part_sees():
    random = np.random.default_rng(0)
    truth = random.random(20_000)
    came = random.random(truth.size) < truth
    honest = corp_decomposition(truth, came)
    squeezed, constant = corp_decomposition(0.4 + 0.2 * truth, came), corp_decomposition(np.full(truth.size, 0.5), came)
    assert honest.reliability < 0.002
    assert squeezed.reliability > 0.04
    assert squeezed.resolution == pytest.approx(honest.resolution)
    assert constant.resolution == pytest.approx(0, abs=1e-12)
    with pytest.raises(ValueError, match="no forecasts"):
        corp([], [])
    with pytest.raises(ValueError, match="no forecasts"):
        murphy([], [])


def test_pit_is_flat_for_the_calibrated_and_tells_width():
    random = np.random.default_rng(1)
    seen = random.normal(size=4000)
    flat, narrow, wide = (pit(random.normal(0, sd, (4000, 19)), seen) for sd in (1, 0.5, 2))
    assert flat.sum() == pytest.approx(1)
    assert np.abs(flat - 0.1).max() < 0.02
    assert narrow[[0, -1]].min() > 0.15
    assert wide[[0, -1]].max() < 0.05


def test_pit_of_counts_needs_no_draw():
    random = np.random.default_rng(2)
    members, seen = random.poisson(0.7, (6000, 30)), random.poisson(0.7, 6000)
    assert np.abs(pit(members, seen) - 0.1).max() < 0.015
    assert pit([[0, 0, 0]], [0], 4) == pytest.approx(np.full(4, 0.25))
    with pytest.raises(ValueError, match="no forecasts"):
        pit(np.zeros((0, 3)), [])
