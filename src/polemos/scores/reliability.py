"""Reliability: how often the forecast happened, and a score split into reliability, resolution and uncertainty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from polemos.record.world import Floats
from polemos.scores.calibration import EDGES, curve
from polemos.scores.rules import binary_brier


@dataclass(frozen=True, slots=True)
class Reliability:
    """A reliability diagram: the distinct values of `probability` [n], rising; their worth; how many there were.

    `observed` [n] is the isotonic regression of the outcomes on the probabilities: it needs no bins, and is the best
    that recalibration could do without changing the order.
    """

    probability: Floats
    observed: Floats
    forecasts: Floats


def corp(p: ArrayLike, happened: ArrayLike) -> Reliability:
    """Diagram by pool-adjacent-violators from probabilities of yes and outcomes of the same shape.

    Equal probabilities count as one. Dimitriadis, Gneiting and Jordan (2021), PNAS 118. Raises `ValueError` on none.
    """
    from scipy.optimize import isotonic_regression  # type: ignore[attr-defined]  # a private module has it

    probabilities, outcomes = np.ravel(np.asarray(p, float)), np.ravel(np.asarray(happened, float))
    if not probabilities.size:
        raise ValueError("no forecasts")
    values, index, count = np.unique(probabilities, return_inverse=True, return_counts=True)
    mean = np.bincount(index, outcomes) / count
    weight = count.astype(np.float64)
    return Reliability(values, np.asarray(isotonic_regression(mean, weights=weight).x), weight)


@dataclass(frozen=True, slots=True)
class Decomposition:
    """`score = reliability - resolution + uncertainty + within`: the parts of a mean Brier score of yes or no.

    `reliability` (lower is better) is what recalibration would save, `resolution` (higher is better) what telling
    cases apart brings, `uncertainty` the score of always saying the rate. `within` is what bins hide; 0 without bins.
    """

    score: float
    reliability: float
    resolution: float
    uncertainty: float
    within: float


def corp_decomposition(p: ArrayLike, happened: ArrayLike) -> Decomposition:
    """Of the Brier score, by isotonic recalibration (miscalibration and discrimination); no part is negative."""
    diagram = corp(p, happened)
    outcomes = np.ravel(np.asarray(happened, float))
    mended = diagram.observed[np.searchsorted(diagram.probability, np.ravel(np.asarray(p, float)))]
    score, best = float(binary_brier(p, happened).mean()), float(binary_brier(mended, outcomes).mean())
    rate = float(outcomes.mean())
    uncertainty = rate * (1 - rate)
    return Decomposition(score, score - best, uncertainty - best, uncertainty, 0.0)


def murphy(p: ArrayLike, happened: ArrayLike, edges: Sequence[float] = EDGES) -> Decomposition:
    """Of the Brier score, over bins of probability. Murphy (1973), J. Appl. Meteorol. 12.

    `within` keeps the identity exact (Stephenson, Coelho and Jolliffe 2008). Raises `ValueError` on no forecasts.
    """
    bins = curve(p, happened, edges)
    if not bins:
        raise ValueError("no forecasts")
    count = np.array([row.forecasts for row in bins], float)
    probabilities, outcomes = (np.array([getattr(row, name) for row in bins]) for name in ("probability", "observed"))
    share = count / count.sum()
    rate = float(share @ outcomes)
    reliability = float(share @ (probabilities - outcomes) ** 2)
    resolution, uncertainty = float(share @ (outcomes - rate) ** 2), rate * (1 - rate)
    score = float(binary_brier(p, happened).mean())
    return Decomposition(score, reliability, resolution, uncertainty, score - reliability + resolution - uncertainty)


def pit(members: ArrayLike, observed: ArrayLike, bins: int = 10) -> Floats:
    """PIT histogram of ensembles [..., m] against [...]: the share in each of equal bins; 1 / bins is calibrated.

    What is observed lies, among m members with e equal to it and b below, evenly between b / (m + 1) and
    (b + e + 1) / (m + 1): neither ties (counts) nor few members need a draw. Heaped in the middle: too wide; at the
    ends: too narrow. Czado, Gneiting and Held (2009), Biometrics 65. Raises `ValueError` on no forecasts.
    """
    x = np.asarray(members, float)
    y = np.asarray(observed, float)[..., np.newaxis]
    if not y.size:
        raise ValueError("no forecasts")
    low = (x < y).sum(-1).ravel() / (x.shape[-1] + 1)
    high = ((x <= y).sum(-1).ravel() + 1) / (x.shape[-1] + 1)
    reached = (np.linspace(0, 1, bins + 1)[:, np.newaxis] - low) / (high - low)
    return np.asarray(np.diff(np.clip(reached, 0, 1).mean(1)))
