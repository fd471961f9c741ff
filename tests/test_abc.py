"""Approximate Bayesian computation on toys whose posterior is known, and checks that notice a wrong one."""

from __future__ import annotations

import numpy as np
import pytest

from polemos.inference import abc, posterior_checks
from polemos.inference.abc import Sample

SIDES, NOISE = np.array([[1.0, 0.3, 0.0], [0.0, 1.0, 0.0], [0.5, -0.5, 0.0], [0.2, 0.0, 0.0]]), 0.5


def conjugate(members=6000, seed=1):
    """Normal scores of three parameters, the last of which no summary tells of, and four noisy summaries."""
    rng = np.random.default_rng(seed)
    z = rng.standard_normal((members, 3))
    return z @ SIDES.T + NOISE * rng.standard_normal((members, 4)), z


def known(seen):
    """Mean and standard deviation of the exact posterior."""
    precision = np.eye(3) + SIDES.T @ SIDES / NOISE**2
    cover = np.linalg.inv(precision)
    return cover @ SIDES.T @ seen / NOISE**2, np.sqrt(np.diag(cover))


@pytest.mark.parametrize("seen", [(0.0, 0.0, 0.0, 0.0), (1.0, -0.5, 0.8, 0.0), (-1.5, 1.0, -1.2, 0.3)])
def test_the_posterior_of_a_conjugate_toy(seen):
    x, z = conjugate()
    seen = np.array(seen)
    fitted = abc.project(x, z, np.ones(4, bool))
    found = abc.sample(fitted.predictions, z, fitted(seen)[0])
    assert fitted.share[2] < 0.05 < fitted.share[1]
    mean, sd = known(seen)
    assert np.abs(found.mean - mean).max() < 0.15
    assert np.abs(found.sd / sd - 1).max() < 0.12
    assert posterior_checks.contraction(found)[2] < 0.1 < 0.4 < posterior_checks.contraction(found)[0]


def test_calibration_passes_the_right_posterior():
    x, z = conjugate(3000)
    assert posterior_checks.calibration(x, z, np.ones(4, bool), 400).sound


@pytest.mark.parametrize(("shift", "stretch"), [(0.6, 1.0), (0.0, 0.6), (0.0, 1.8)])
def test_calibration_refuses_a_wrong_posterior(shift, stretch):
    x, z = conjugate(3000)
    fitted = abc.project(x[:-400], z[:-400], np.ones(4, bool))
    told = fitted(x[-400:])

    def wrong(row):
        right = abc.sample(fitted.predictions, z[:-400], told[row])
        return Sample(right.mean + shift * right.sd + stretch * (right.z - right.mean), right.weights)

    assert not posterior_checks.coverage(z[-400:], wrong).sound


def test_summaries_that_the_model_cannot_reach_are_left_out():
    x, _ = conjugate(1000)
    seen = np.array([0.0, np.nan, 99.0, 0.0])
    x[:, 3] = 7.0
    assert abc.usable(x, seen).tolist() == [True, False, False, False]


def test_even_draws_keep_the_weights():
    found = Sample(np.array([[0.0], [1.0], [2.0]]), np.array([0.5, 0.0, 0.5]))
    assert sorted(found.even(10)[:, 0].tolist()) == [0.0] * 5 + [2.0] * 5
    assert found.mean[0] == pytest.approx(1.0)
    assert found.sd[0] == pytest.approx(1.0)
