"""The promises of the addressed randomness, as tests."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from polemos.model import rng
from polemos.model.jit import kernel
from polemos.model.rng import member_keys, poisson, stream
from polemos.record.world import site


@kernel
def many_uniforms(keys, process, steps, sites, out):
    for m in range(keys.size):
        for t in range(steps):
            stream = rng.stream(keys[m], process, t)
            for s in range(sites.size):
                out[m, t, s] = rng.uniform(stream, sites[s], 0)


@kernel
def many_counts(mean, key, sites, out):
    stream = rng.stream(key, np.uint64(7), 0)
    for s in range(sites.size):
        out[s] = rng.poisson(mean, stream, sites[s], 0)


@kernel
def many_normals(key, sites, out):
    stream = rng.stream(key, np.uint64(9), 0)
    for s in range(sites.size):
        out[s] = rng.normal(stream, sites[s], 0)


def sites(count: int) -> np.ndarray:
    return np.array([site(f"place {i}") for i in range(count)], np.uint64)


def uniforms(seed: int = 1, members: int = 40, steps: int = 30, places: int = 50) -> np.ndarray:
    out = np.empty((members, steps, places))
    many_uniforms(rng.member_keys(seed, 0, members), site("attack"), steps, sites(places), out)
    return out


def test_draws_are_uniform():
    draws = uniforms()
    assert stats.kstest(draws.ravel(), "uniform").pvalue > 1e-3
    counts = np.histogram(draws, bins=64, range=(0, 1))[0]
    assert stats.chisquare(counts).pvalue > 1e-3
    assert draws.min() > 0
    assert draws.max() < 1


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_neighbouring_addresses_are_independent(axis):
    draws = uniforms()
    here, there = (
        np.take(draws, range(*span), axis).ravel() for span in ((0, -1 % draws.shape[axis]), (1, draws.shape[axis]))
    )
    assert abs(np.corrcoef(here, there)[0, 1]) < 4 / np.sqrt(here.size)
    table = np.histogram2d(here, there, bins=8, range=((0, 1), (0, 1)))[0]
    assert stats.chisquare(table.ravel()).pvalue > 1e-3


def test_plain_python_gives_the_same_draw():
    key = rng.member_keys(5, 3, 4)[0]
    with np.errstate(over="ignore"):
        stream = rng.stream.py_func(key, site("x"), 4)
        plain = rng.uniform.py_func(stream, site("place"), 2)
    assert plain == rng.uniform(rng.stream(key, site("x"), 4), site("place"), 2)


def test_seeds_share_no_member():
    assert not set(rng.member_keys(1, 0, 2000).tolist()) & set(rng.member_keys(2, 0, 2000).tolist())


def test_members_do_not_depend_on_the_range_asked_for():
    assert (rng.member_keys(1, 0, 50)[20:30] == rng.member_keys(1, 20, 30)).all()


@pytest.mark.parametrize("mean", [0.02, 0.7, 6.0, 80.0, 1300.0])
def test_counts_agree_with_scipy(mean):
    out = np.empty(20_000)
    many_counts(mean, rng.member_keys(3, 0, 1)[0], sites(20_000), out)
    edges = np.unique(stats.poisson.ppf(np.linspace(0.02, 0.98, 20), mean))
    bounds = np.concatenate([[-1], edges, [np.inf]])
    seen = np.histogram(out, bins=bounds + 0.5)[0]
    wanted = np.diff(stats.poisson.cdf(bounds, mean)) * out.size
    keep = wanted > 5
    chi = ((seen - wanted) ** 2 / np.where(keep, wanted, 1))[keep].sum()
    assert stats.chi2.sf(chi, keep.sum() - 1) > 1e-4
    assert abs(out.mean() - mean) < 5 * np.sqrt(mean / out.size)


def test_normals_agree_with_scipy():
    out = np.empty(20_000)
    many_normals(rng.member_keys(3, 0, 1)[0], sites(20_000), out)
    assert stats.kstest(out, "norm").pvalue > 1e-3


def test_a_choice_by_races_has_the_right_odds():
    keys = rng.member_keys(1, 0, 20_000)
    with np.errstate(over="ignore"):
        races = -np.log1p(-rng.draws(keys, site("race"), sites(3))) / np.array([1.0, 2.0, 5.0])
    wins = np.bincount(races.argmin(1), minlength=3)
    assert stats.chisquare(wins, keys.size * np.array([1, 2, 5]) / 8).pvalue > 1e-3


def test_a_poisson_count_ends_for_any_mean():
    key = member_keys(1, 0, 1)[0]
    at = stream(key, site("process x"), 3)
    for mean in (2e6, 1e9, 1e14):
        counts = np.array([poisson(mean, at, site("here"), index) for index in range(400)], float)
        assert abs(counts.mean() - mean) < 5 * np.sqrt(mean / 400)
        assert counts.std() == pytest.approx(np.sqrt(mean), rel=0.2)
    assert poisson(np.inf, at, site("here"), 0) == 10**15
    assert poisson(np.nan, at, site("here"), 0) == 0
