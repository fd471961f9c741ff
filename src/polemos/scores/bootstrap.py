"""Intervals of a mean over origins: neighbouring origins share their future, so they are resampled in blocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean with a percentile interval; its ends are None where there is too little to tell."""

    mean: float
    low: float | None
    high: float | None


def block_bootstrap(
    values: ArrayLike, block: int = 1, *, level: float = 0.9, draws: int = 4000, seed: int = 0
) -> Interval:
    """Interval of the mean of `values` [n], in order of time, by the circular block bootstrap.

    For a difference of two forecasters pass the differences, origin by origin. `block` is the number of
    consecutive origins redrawn together: at least as many as one lead spans. Politis and Romano (1992). Fewer
    values than two blocks tell nothing of their own spread: the ends are then None, not the mean.
    Raises `ValueError` on no values or a block below 1.
    """
    x = np.asarray(values, float)
    if not x.size:
        raise ValueError("no values to average")
    if block < 1:
        raise ValueError(f"a block has at least one value, not {block}")
    n = x.size
    if n < 2 * block:
        return Interval(float(x.mean()), None, None)
    means = x[_redrawn(n, block, draws, seed)].mean(1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(x.mean()), float(low), float(high))


def skill_bootstrap(
    scores: ArrayLike, reference: ArrayLike, block: int = 1, *, level: float = 0.9, draws: int = 4000, seed: int = 0
) -> Interval:
    """Interval of the skill `1 - mean(scores) / mean(reference)` [n each], on the redrawn origins of `block_bootstrap`.

    Raises `ValueError` on no values or a block below 1.
    """
    x, y = np.asarray(scores, float), np.asarray(reference, float)
    if not x.size:
        raise ValueError("no values to average")
    if block < 1:
        raise ValueError(f"a block has at least one value, not {block}")
    mean = float(1 - x.mean() / y.mean())
    if x.size < 2 * block:
        return Interval(mean, None, None)
    picked = _redrawn(x.size, block, draws, seed)
    low, high = np.quantile(1 - x[picked].mean(1) / y[picked].mean(1), [(1 - level) / 2, (1 + level) / 2])
    return Interval(mean, float(low), float(high))


@dataclass(frozen=True, slots=True)
class BestRuleSkill:
    """Skill over the best of several rules: `interval`, the index of the `best` rule over all origins, and the skills
    of the redraws [draws], in each of which the best rule was chosen anew; None where there are too few origins.
    """

    interval: Interval
    best: int
    redraws: NDArray[np.float64] | None


def best_rule_bootstrap(
    scores: ArrayLike, rules: ArrayLike, block: int = 1, *, level: float = 0.9, draws: int = 4000, seed: int = 0
) -> BestRuleSkill:
    """Skill `1 - mean(scores) / min over rules of mean(rule)` of scores [n] over those of simple rules [r, n].

    The origins are redrawn as in `block_bootstrap`, and the rule with the lowest mean is chosen in each redraw, so that
    the interval has the luck of having been the best on this record in it. A best rule of 0 leaves nothing to save:
    skill is then 0 for a score of 0, and -inf else. Raises `ValueError` on no values or a block below 1.
    """
    x, y = np.asarray(scores, float), np.atleast_2d(np.asarray(rules, float))
    if not x.size:
        raise ValueError("no values to average")
    if block < 1:
        raise ValueError(f"a block has at least one value, not {block}")
    means = y.mean(1)
    best = int(means.argmin())
    point = float(_saved(x.mean(), means[best]))
    if x.size < 2 * block:
        return BestRuleSkill(Interval(point, None, None), best, None)
    picked = _redrawn(x.size, block, draws, seed)
    lowest = np.min([rule[picked].mean(1) for rule in y], axis=0)
    redraws = _saved(x[picked].mean(1), lowest)
    low, high = np.quantile(redraws, [(1 - level) / 2, (1 + level) / 2])
    return BestRuleSkill(Interval(point, float(low), float(high)), best, redraws)


def _saved(score: ArrayLike, reference: ArrayLike) -> NDArray[np.float64]:
    score, reference = np.asarray(score, float), np.asarray(reference, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(reference > 0, 1 - score / reference, np.where(score > 0, -np.inf, 0.0))


def mean_over_wars(
    points: ArrayLike, redraws: Sequence[NDArray[np.float64] | None], *, level: float = 0.9, seed: int = 0
) -> Interval:
    """Mean skill over wars [w], each one vote, with an interval over wars and, within each, over blocks of origins.

    Wars are redrawn, and each war that is drawn brings a redraw of its own (a war without any brings its point, so
    that its spread is understated). Of fewer than two wars the interval is that of the one. Raises `ValueError` on
    none.
    """
    x = np.asarray(points, float)
    if not x.size:
        raise ValueError("no wars to average")
    size = max((one.size for one in redraws if one is not None), default=4000)
    values = np.stack([np.full(size, point) if one is None else one for point, one in zip(x, redraws, strict=True)])
    if x.size == 1 and redraws[0] is None:
        return Interval(float(x[0]), None, None)
    random = np.random.default_rng(seed)
    wars = random.integers(x.size, size=(size, x.size))
    # Of one war the redraws are those of the war itself.
    own = np.arange(size)[:, np.newaxis] if x.size == 1 else random.integers(size, size=(size, x.size))
    means = values[wars, own].mean(1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(x.mean()), float(low), float(high))


def _redrawn(n: int, block: int, draws: int, seed: int) -> NDArray[np.int64]:
    """Indices [draws, n] of values redrawn in circular blocks."""
    starts = np.random.default_rng(seed).integers(n, size=(draws, -(-n // block)))
    picked = (starts[..., np.newaxis] + np.arange(block)) % n
    return np.asarray(picked.reshape(draws, -1)[:, :n])


def cluster_bootstrap(
    values: ArrayLike, clusters: ArrayLike, *, level: float = 0.9, draws: int = 4000, seed: int = 0
) -> Interval:
    """Interval of the mean of `values` [n] when whole clusters (claims that share a cause) are redrawn.

    Of a single cluster the ends are None. Raises `ValueError` on no values.
    """
    x = np.asarray(values, float)
    if not x.size:
        raise ValueError("no values to average")
    _, index = np.unique(np.asarray(clusters), return_inverse=True)
    count, total = np.bincount(index), np.bincount(index, x)
    if count.size < 2:
        return Interval(float(x.mean()), None, None)
    picked = np.random.default_rng(seed).integers(count.size, size=(draws, count.size))
    means = total[picked].sum(1) / count[picked].sum(1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(x.mean()), float(low), float(high))
