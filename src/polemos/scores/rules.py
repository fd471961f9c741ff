"""Proper scores. Lower is better, a perfect forecast scores 0, and honesty is the best policy.

References: Gneiting and Raftery (2007), Strictly proper scoring rules, prediction, and estimation, JASA 102;
Brier (1950), Monthly Weather Review 78; Epstein (1969) for the ranked score; Ferro (2014) for the fair CRPS.

These are written here, and not taken from scoringrules, for speed: scoringrules 0.10 compiles its kernels when it is
imported, 7 s of a core in every process, and its fair CRPS of 800 members compares all pairs (ten times as long with
numba, a hundred times and 5 GB with numpy). The tests hold that both agree to 1e-12.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from polemos.record.world import Floats

HEADLINE = 0.002
"""Share of the even forecast mixed into every forecast before it is scored: the headline rule."""
SECOND = 0.0001
"""The second share, shown beside the headline: how much of a result hangs on the first."""


def mixture(p: ArrayLike, e: float = HEADLINE) -> Floats:
    """`(1 - e) p + e / K` over the last axis (K classes): one rule for every forecaster.

    What is scored, properly, is the mixed forecast, so no surprise costs without limit. An honest forecaster
    loses at most `-ln(1 - e)` against one who sharpens to undo the mixing; clipping gives no such bound.
    """
    told = np.asarray(p, float)
    return np.asarray((1 - e) * told + e / told.shape[-1])


def binary_mixture(p: ArrayLike, e: float = HEADLINE) -> Floats:
    """`mixture` of the two classes yes and no, for a probability of yes."""
    return np.asarray((1 - e) * np.asarray(p, float) + e / 2)


def _chosen(p: Floats, outcome: NDArray[np.integer]) -> Floats:
    return np.take_along_axis(p, outcome[..., np.newaxis], axis=-1)[..., 0]


def brier(p: ArrayLike, outcome: ArrayLike) -> Floats:
    """Brier score summed over classes, 0 to 2: `sum_k (p_k - [k is the outcome])^2`; p [..., K], outcome [...]."""
    p = np.asarray(p, float)
    hit = _chosen(p, np.asarray(outcome))
    return np.asarray((p**2).sum(-1) - 2 * hit + 1)


def log_score(p: ArrayLike, outcome: ArrayLike) -> Floats:
    """Minus the natural log of the probability given to the outcome, in nats; p [..., K], outcome [...]."""
    with np.errstate(divide="ignore"):
        return np.asarray(-np.log(_chosen(np.asarray(p, float), np.asarray(outcome))))


def binary_brier(p: ArrayLike, happened: ArrayLike) -> Floats:
    """Brier score of a probability of yes, 0 to 1: `(p - y)^2`."""
    return np.asarray((np.asarray(p, float) - np.asarray(happened, float)) ** 2)


def binary_log(p: ArrayLike, happened: ArrayLike) -> Floats:
    """Minus the natural log of the probability given to what happened, in nats."""
    p = np.asarray(p, float)
    with np.errstate(divide="ignore"):
        return np.asarray(-np.log(np.where(np.asarray(happened, bool), p, 1 - p)))


def rps(p: ArrayLike, outcome: ArrayLike) -> Floats:
    """Ranked probability score over ordered classes: squared differences of cumulative probabilities, summed."""
    p = np.asarray(p, float)
    reached = np.arange(p.shape[-1]) >= np.asarray(outcome)[..., np.newaxis]
    return np.asarray(((np.cumsum(p, -1) - reached) ** 2).sum(-1))


def crps(members: ArrayLike, observed: ArrayLike, *, fair: bool = False) -> Floats:
    """Continuous ranked probability score of an ensemble, in the quantity's unit; members [..., m], observed [...].

    `mean |x - y| - mean |x - x'| / 2`. The plain form scores the ensemble as it stands; the fair form averages
    x, x' over distinct members, so that its expectation does not depend on their number (needs m >= 2).
    """
    x = np.sort(np.asarray(members, float), axis=-1)
    m = x.shape[-1]
    if fair and m < 2:
        raise ValueError("the fair CRPS needs at least two members")
    miss = np.abs(x - np.asarray(observed, float)[..., np.newaxis]).mean(-1)
    # In sorted order the i-th member is above i others and below m - 1 - i.
    spread = (x * (2 * np.arange(m) - m + 1)).sum(-1) / (m * (m - 1 if fair else m))
    return np.asarray(miss - spread)


def skill(score: ArrayLike, reference: ArrayLike) -> Floats:
    """Share of the reference's mean score that is saved: 1 is perfect, 0 no better, below 0 worse."""
    return np.asarray(1 - np.asarray(score, float) / np.asarray(reference, float))
