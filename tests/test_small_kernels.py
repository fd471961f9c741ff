"""Self-exciting counts and sizes against their closed forms (invariants 17, 18)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polemos.model.laws.hawkes import hawkes_path, mean_rate
from polemos.model.laws.power_law import fit_power_law, power_law, powers
from polemos.model.rng import draws, member_keys
from polemos.record.world import site


@pytest.mark.parametrize(("background", "branching", "memory"), [(3.0, 0.45, 4.0), (0.4, 0.8, 2.0), (5.0, 0.0, 3.0)])
def test_the_mean_rate_is_background_over_one_less_branching(background, branching, memory):
    paths = np.zeros((150, 1000))
    for counts, key in zip(paths, member_keys(1, 0, len(paths)), strict=True):
        hawkes_path(background, branching, memory, key, site("process x"), site("here"), counts)
    mean = mean_rate(background, branching)
    error = np.sqrt(mean / (1 - branching) ** 2 / paths.size)
    assert paths.mean() == pytest.approx(mean, abs=4 * error)
    # Sums over long windows have variance mean / (1 - n)^2.
    blocks = paths.reshape(len(paths), 10, -1).sum(2)
    assert blocks.var() / blocks.mean() == pytest.approx(1 / (1 - branching) ** 2, rel=0.25)


def test_a_branching_of_one_is_refused():
    with pytest.raises(ValueError, match="less than 1"):
        mean_rate(1.0, 1.0)


@given(st.floats(0.0, 5.0), st.integers(1, 60), st.integers(1, 3000))
@settings(max_examples=60)
def test_sums_of_powers(alpha, first, most):
    exact = (np.arange(first, most + 1, dtype=float) ** -alpha).sum() if most >= first else 0.0
    assert powers(alpha, first, most) == pytest.approx(exact, rel=1e-8)


@given(st.floats(1e-9, 1 - 1e-9), st.floats(1.6, 4.0), st.integers(1, 500))
@settings(max_examples=60)
def test_sizes_invert_the_distribution(u, alpha, most):
    below = np.cumsum(np.arange(1, most + 1, dtype=float) ** -alpha)
    below /= below[-1]
    x = power_law(u, alpha, most)
    assert 1 <= x <= most
    assert below[x - 1] >= u - 1e-9
    assert x == 1 or below[x - 2] <= u + 1e-9


@pytest.mark.parametrize("alpha", [1.7, 2.5, 3.5])
def test_maximum_likelihood_recovers_the_exponent(alpha):
    u = draws(member_keys(7, 0, 20_000), site("sizes"), np.zeros(1, np.uint64))[:, 0]
    sizes = np.array([power_law(x, alpha, 2000) for x in u])
    fit = fit_power_law(sizes, 2000)
    assert fit.alpha == pytest.approx(alpha, abs=4 * fit.error)
    assert fit.error < 0.03
    assert fit_power_law(sizes, 2000, least=3).alpha == pytest.approx(alpha, abs=0.2)
    if alpha > 3:
        assert sizes.mean() == pytest.approx(powers(alpha - 1, 1, 2000) / powers(alpha, 1, 2000), rel=0.03)


def test_sizes_that_fix_no_exponent_are_refused():
    with pytest.raises(ValueError, match="no sizes"):
        fit_power_law([0], 10)
    with pytest.raises(ValueError, match="fixes no exponent"):
        fit_power_law([1, 1], 10)
