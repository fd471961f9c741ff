"""Generations of draws: on toys whose posterior is known, and through windows of the invented war."""

from __future__ import annotations

import numpy as np
import pytest

from polemos.inference import abc, smc

SIDES, NOISE = np.array([[1.0, 0.3, 0.0], [0.0, 1.0, 0.0], [0.5, -0.5, 0.0], [0.2, 0.0, 0.0]]), 0.2


def observe(z, seed):
    return z @ SIDES.T + NOISE * np.random.default_rng(seed).standard_normal((len(z), 4))


def closed(seen):
    """Mean and standard deviation of the exact posterior."""
    cover = np.linalg.inv(np.eye(3) + SIDES.T @ SIDES / NOISE**2)
    return cover @ SIDES.T @ seen / NOISE**2, np.sqrt(np.diag(cover))


def toy(seen, generations, size=3000):
    z = np.random.default_rng(1).standard_normal((size, 3))
    return smc.run(observe(z, 2), z, np.ones(4, bool), seen, lambda g, new: observe(new, 10 + g), generations)


@pytest.mark.parametrize("seen", [(1.0, -0.5, 0.8, 0.0), (-2.2, 1.4, -2.0, -0.5)])
def test_the_posterior_of_a_gaussian_toy(seen):
    seen = np.array(seen)
    found = toy(seen, 3)
    mean, sd = closed(seen)
    assert np.abs((found.sample.mean - mean) / sd)[:2].max() < 0.3
    assert np.abs(found.sample.sd / sd - 1).max() < 0.15
    assert abs(found.sample.mean[2]) < 0.15
    tolerances = [one.tolerance for one in found.generations if one.inside >= abc.ACCEPT]
    assert len(tolerances) > 1
    assert tolerances == sorted(tolerances, reverse=True)
    assert found.generations[1].effective > 0.8 * abc.ACCEPT * 3000


def test_draws_far_from_the_prior_are_found_without_a_linear_fit():
    """A curved toy: the bank's adjusted draws are off, those of later generations are not."""

    def bend(z, seed):
        return np.exp(z) + 0.05 * np.random.default_rng(seed).standard_normal(z.shape)

    z = np.random.default_rng(1).standard_normal((3000, 1))
    seen, used = np.array([np.exp(1.5)]), np.ones(1, bool)
    fitted = abc.project(bend(z, 2), z, used)
    bank = abc.sample(fitted.predictions, z, fitted(seen)[0])
    found = smc.run(bend(z, 2), z, used, seen, lambda g, new: bend(new, 10 + g), 4)
    truth = 0.05 * np.exp(-1.5)
    assert abs(found.sample.mean[0] - 1.5) < 0.02
    assert found.sample.sd[0] < 3 * truth < bank.sd[0]


def test_it_ends_where_no_draw_comes_nearer():
    z = np.random.default_rng(1).standard_normal((1000, 3))
    asked = []

    def far(number, new):
        asked.append(number)
        return observe(new, 10) + 9.0

    found = smc.run(observe(z, 2), z, np.ones(4, bool), np.zeros(4), far, 5)
    assert asked == [1]
    assert len(found.generations) == 2
    assert found.generations[1].inside < abc.ACCEPT
    assert np.abs(found.sample.mean).max() < 0.2, "the bank's, not those that went astray"


def test_weights_undo_the_proposal():
    """Weighted proposals are draws from the prior again, and no weight exceeds one over the share of broad ones."""
    rng = np.random.default_rng(3)
    z = np.column_stack([0.5 + 0.6 * rng.standard_normal(2000), rng.standard_normal(2000)])[:800]
    new, log_weights = smc.propose(z, np.ones(800), np.array([True, False]), 20000, rng)
    weights = np.exp(log_weights)
    assert weights.max() <= 1 / smc.BROAD + 1e-9
    assert weights.mean() == pytest.approx(1.0, abs=0.05)
    assert (weights / weights.sum()) @ new == pytest.approx([0.0, 0.0], abs=0.06)
    assert new[2000:].mean(axis=0) == pytest.approx([0.5, 0.0], abs=0.05), "those near keep the mean"
    spread = 0.6 * np.sqrt(smc.KERNEL + smc.CENTRES)
    assert new[2000:, 0].std() == pytest.approx(spread, abs=0.03)
