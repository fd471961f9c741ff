"""Which parameters an answer depends on: a screening of all of them, then shares of the variance of the leading few.

Screening (Morris 1991, doi 10.1080/00401706.1991.10484804; mu* of Campolongo, Cariboni and Saltelli 2007): paths
through the space of parameters, one parameter moved at a time. Shares of variance: Sobol indices by
`scipy.stats.sobol_indices` (Saltelli et al. 2010). The wars are drawn at random, so the draws are a factor like the
parameters: what remains when every parameter is known is its share.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from polemos.inference.parameter_design import Experiment, answers
from polemos.record.world import Floats

if TYPE_CHECKING:
    from polemos.ensemble.executor import Executor, Progress

LEVELS = 4
STEP = LEVELS / (2 * (LEVELS - 1))
"""Step of a path in units of the design: with it every level is visited equally often (Morris 1991)."""
TAIL = 0.05
"""The design spans the priors from their 5 % to their 95 % point."""
CONFIDENCE = 0.90
DRAWS, OTHERS = "the draws", "all other parameters"


class Unanswerable(ValueError):
    """The answers cannot be explained: not asked in some wars, or the same in all."""


@dataclass(frozen=True, slots=True)
class Paths:
    """Paths of one-at-a-time steps: points [r, d + 1, d] in [0, 1], the factor moved [r, d], and which way [r, d]."""

    points: Floats
    moved: NDArray[np.int64]
    sign: Floats


@dataclass(frozen=True, slots=True)
class Effects:
    """Elementary effects by factor [d]: mean, mean of the absolute value, spread, standard error of the mean.

    An effect is the change of the answer over the whole design, 5 % to 95 % of the prior.
    """

    mean: Floats
    mean_absolute: Floats
    spread: Floats
    error: Floats


@dataclass(frozen=True, slots=True)
class Indices:
    """Sobol indices by factor [d], first order and total, with bounds of 90 % [2, d] by redrawing the sample."""

    first: Floats
    total: Floats
    first_bounds: Floats
    total_bounds: Floats


@dataclass(frozen=True, slots=True)
class Row:
    """What is known of one factor; the Sobol part only of the leading ones, `unit` and `meaning` of parameters."""

    factor: str
    process: str
    prior: str
    unit: str
    meaning: str
    mean: float | None = None
    mean_absolute: float | None = None
    spread: float | None = None
    error: float | None = None
    first: float | None = None
    first_low: float | None = None
    first_high: float | None = None
    total: float | None = None
    total_low: float | None = None
    total_high: float | None = None


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """Rows by mean absolute effect, the draws and the other parameters as rows too; `answer` is the mean answer."""

    rows: tuple[Row, ...]
    answer: float
    variance: float
    wars: int


def paths(count: int, factors: int, rng: np.random.Generator) -> Paths:
    """Random paths on a grid of four levels, each moving every factor once."""
    low = rng.integers(0, LEVELS // 2, (count, factors)) / (LEVELS - 1)
    sign = rng.choice([-1.0, 1.0], (count, factors))
    order = rng.permuted(np.tile(np.arange(factors), (count, 1)), axis=1)
    points = np.empty((count, factors + 1, factors))
    points[:, 0] = np.where(sign > 0, low, low + STEP)
    every = np.arange(count)
    for k in range(factors):
        points[:, k + 1] = points[:, k]
        points[every, k + 1, order[:, k]] += STEP * sign[every, order[:, k]]
    return Paths(points, order, np.take_along_axis(sign, order, axis=1))


def effects(walked: Paths, values: Floats) -> Effects:
    """Elementary effects from the answers [r, d + 1] along paths."""
    change = np.diff(values, axis=1) / (STEP * walked.sign)
    each = np.empty_like(change)
    np.put_along_axis(each, walked.moved, change, axis=1)
    return summarised(each)


def summarised(each: Floats) -> Effects:
    """Summary of elementary effects [r, d]."""
    spread = each.std(axis=0, ddof=1)
    return Effects(each.mean(axis=0), np.abs(each).mean(axis=0), spread, spread / np.sqrt(len(each)))


def indices(a: Floats, b: Floats, ab: Floats, *, resamples: int = 400) -> Indices:
    """Sobol indices from answers at two samples [n] and at the first with one factor from the second [d, n].

    Bounds by redrawing the n rows; `n` is a power of 2. Raises `Unanswerable` where all answers are the same.
    """
    from scipy.stats import sobol_indices

    def shares(rows: NDArray[np.int64]) -> Floats:
        func = {"f_A": a[None, rows], "f_B": b[None, rows], "f_AB": ab[:, None, rows]}
        sobol = sobol_indices(func=func, n=rows.size)
        return np.stack([np.ravel(sobol.first_order), np.ravel(sobol.total_order)])

    everything = np.concatenate([a, b])
    if everything.min() == everything.max():
        raise Unanswerable(f"every war gives the same answer, {a[0]:g}; there is nothing to explain")
    rng = np.random.default_rng(a.size)
    drawn = (rng.integers(0, a.size, a.size) for _ in range(resamples))
    usable = [rows for rows in drawn if np.ptp(np.concatenate([a[rows], b[rows]])) > 0]
    low, high = np.quantile([shares(rows) for rows in usable], [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2], axis=0)
    first, total = shares(np.arange(a.size))
    return Indices(first, total, np.stack([low[0], high[0]]), np.stack([low[1], high[1]]))


def samples(count: int, factors: int, seed: int) -> tuple[Floats, Floats]:
    """Two scrambled Sobol samples [n, d] in (0, 1); `count` is a power of 2."""
    from scipy.stats import qmc

    both = qmc.Sobol(2 * factors, scramble=True, seed=np.random.default_rng(seed)).random(count)
    inside = np.clip(both, 1e-9, 1 - 1e-9)
    return inside[:, :factors], inside[:, factors:]


def sensitivity(
    case: Experiment,
    *,
    trajectories: int = 20,
    leading: int = 8,
    sample: int = 256,
    executor: Executor | None = None,
    store: Path | str | None = None,
    progress: Progress | None = None,
) -> Sensitivity:
    """Screen every factor of an experiment along paths, then share the variance among the leading ones.

    `trajectories` paths of as many wars as there are factors, `sample` (a power of 2) times `leading` + 4 wars for
    the variance. Along a path all draws are the same; the effect of the draws themselves is that of another key at
    the path's first point. Raises `Unanswerable`, and see `answers`.
    """
    size = len(case.factors)
    rng = np.random.default_rng(case.plan.seed)
    walked = paths(trajectories, size, rng)
    screened = trajectories * (size + 2)
    total = screened + sample * (min(leading, size) + 4)
    starts = walked.points[:, :1]
    points = TAIL + (1 - 2 * TAIL) * np.concatenate([walked.points, starts], axis=1).reshape(-1, size)
    own = np.repeat(np.arange(trajectories), size + 2).reshape(trajectories, -1)
    own[:, -1] += trajectories

    def counter(before: int) -> Progress | None:
        return None if progress is None else (lambda count, _: progress(before + count, total))

    y = answers(case, points, own.ravel(), executor=executor, store=store, progress=counter(0)).reshape(
        trajectories, -1
    )
    _answered(y)
    each = effects(walked, y[:, :-1])
    chance = summarised(y[:, -1:] - y[:, :1])
    first = np.argsort(-each.mean_absolute, kind="stable")[: min(leading, size)]

    a, b = samples(sample, size, case.plan.seed)
    rest = np.setdiff1d(np.arange(size), first)
    mixes = [_with(a, b, [column]) for column in first] + [_with(a, b, rest)]
    points = np.concatenate([a, b, *mixes, a])
    mine, theirs = np.arange(sample), sample + np.arange(sample)
    keys = np.concatenate([mine, theirs, *([mine] * len(mixes)), theirs]) + 2 * trajectories
    y = answers(case, points, keys, executor=executor, store=store, progress=counter(screened)).reshape(-1, sample)
    _answered(y)
    shares = indices(y[0], y[1], y[2:])
    rows = [
        _row(case, f, each, shares, int(np.flatnonzero(first == f)[0]) if f in first else None) for f in range(size)
    ]
    rows.sort(key=lambda row: -(row.mean_absolute or 0.0))
    rest_row = _shared(Row(OTHERS, "", "", "", f"the {rest.size} that were not among the leading"), shares, first.size)
    draws = Row(DRAWS, "", "", "", "other draws, the same parameters", *_moments(chance, 0))
    rows = [*rows, rest_row, _shared(draws, shares, first.size + 1)]
    return Sensitivity(tuple(rows), float(y[:2].mean()), float(y[:2].var()), total)


def _with(a: Floats, b: Floats, columns: Any) -> Floats:
    mixed = a.copy()
    mixed[:, columns] = b[:, columns]
    return mixed


def _answered(y: Floats) -> None:
    if np.isnan(y).any():
        raise Unanswerable(f"the question is not asked in {100 * np.isnan(y).mean():.0f} % of the wars; choose another")
    if not np.isfinite(y).all():
        raise Unanswerable("the quantity is infinite in some wars; ask for yes or no instead")


def _moments(moments: Effects, at: int) -> tuple[float, float, float, float]:
    each = (moments.mean, moments.mean_absolute, moments.spread, moments.error)
    one, two, three, four = (float(values[at]) for values in each)
    return one, two, three, four


def _row(case: Experiment, at: int, each: Effects, shares: Indices, place: int | None) -> Row:
    factor = case.factors[at]
    about = factor.parameter
    row = Row(factor.name, factor.process, str(factor.prior), about.unit, about.meaning, *_moments(each, at))
    return row if place is None else _shared(row, shares, place)


def _shared(row: Row, shares: Indices, at: int) -> Row:
    from dataclasses import replace

    return replace(
        row,
        first=float(shares.first[at]),
        first_low=float(shares.first_bounds[0, at]),
        first_high=float(shares.first_bounds[1, at]),
        total=float(shares.total[at]),
        total_low=float(shares.total_bounds[0, at]),
        total_high=float(shares.total_bounds[1, at]),
    )
