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
"""The second share, shown beside the headline: how much of a result depends on the first."""


def mixture(p: ArrayLike, e: float = HEADLINE) -> Floats:
    """Mix a share of the even forecast into probabilities: `(1 - e) p + e / K`, one rule for every forecaster.

    What is scored, properly, is the mixed forecast, so no surprise costs without limit. An honest forecaster
    loses at most `-ln(1 - e)` against one who sharpens to undo the mixing; clipping gives no such bound.

    Parameters
    ----------
    p : array_like, shape (..., K)
        Probabilities of K classes.
    e : float
        Share of the even forecast.

    Returns
    -------
    ndarray, shape (..., K)

    Examples
    --------
    >>> mixture([1.0, 0.0], 0.1).round(3).tolist()
    [0.95, 0.05]
    """
    probabilities = np.asarray(p, float)
    return np.asarray((1 - e) * probabilities + e / probabilities.shape[-1])


def binary_mixture(p: ArrayLike, e: float = HEADLINE) -> Floats:
    """`mixture` of the two classes yes and no.

    Parameters
    ----------
    p : array_like, shape (...)
        Probabilities of yes.
    e : float
        Share of the even forecast.

    Returns
    -------
    ndarray, shape (...)

    Examples
    --------
    >>> float(binary_mixture(0.0, 0.1))
    0.05
    """
    return np.asarray((1 - e) * np.asarray(p, float) + e / 2)


def _chosen(p: Floats, outcome: NDArray[np.integer]) -> Floats:
    return np.take_along_axis(p, outcome[..., np.newaxis], axis=-1)[..., 0]


def brier(p: ArrayLike, outcome: ArrayLike) -> Floats:
    """Brier score summed over classes, 0 to 2: `sum_k (p_k - [k is the outcome])^2` (Brier 1950).

    Parameters
    ----------
    p : array_like, shape (..., K)
        Probabilities of K classes.
    outcome : array_like of int, shape (...)
        The class that happened.

    Returns
    -------
    ndarray, shape (...)

    Examples
    --------
    >>> round(float(brier([0.7, 0.3], 0)), 2)
    0.18
    """
    p = np.asarray(p, float)
    hit = _chosen(p, np.asarray(outcome))
    return np.asarray((p**2).sum(-1) - 2 * hit + 1)


def log_score(p: ArrayLike, outcome: ArrayLike) -> Floats:
    """Minus the natural logarithm of the probability given to the outcome, in nats.

    Parameters
    ----------
    p : array_like, shape (..., K)
        Probabilities of K classes.
    outcome : array_like of int, shape (...)
        The class that happened.

    Returns
    -------
    ndarray, shape (...)
        `inf` where the outcome was given no probability.

    Examples
    --------
    >>> round(float(log_score([0.5, 0.5], 1)), 3)
    0.693
    """
    with np.errstate(divide="ignore"):
        return np.asarray(-np.log(_chosen(np.asarray(p, float), np.asarray(outcome))))


def binary_brier(p: ArrayLike, happened: ArrayLike) -> Floats:
    """Brier score of a probability of yes, 0 to 1: `(p - y)^2`.

    Parameters
    ----------
    p : array_like, shape (...)
        Probabilities of yes.
    happened : array_like of bool, shape (...)

    Returns
    -------
    ndarray, shape (...)

    Examples
    --------
    >>> round(float(binary_brier(0.8, True)), 2)
    0.04
    """
    return np.asarray((np.asarray(p, float) - np.asarray(happened, float)) ** 2)


def binary_log(p: ArrayLike, happened: ArrayLike) -> Floats:
    """Minus the natural logarithm of the probability given to what happened, in nats.

    Parameters
    ----------
    p : array_like, shape (...)
        Probabilities of yes.
    happened : array_like of bool, shape (...)

    Returns
    -------
    ndarray, shape (...)

    Examples
    --------
    >>> round(float(binary_log(0.25, False)), 3)
    0.288
    """
    p = np.asarray(p, float)
    with np.errstate(divide="ignore"):
        return np.asarray(-np.log(np.where(np.asarray(happened, bool), p, 1 - p)))


def rps(p: ArrayLike, outcome: ArrayLike) -> Floats:
    """Ranked probability score over ordered classes: squared differences of cumulative probabilities (Epstein 1969).

    Parameters
    ----------
    p : array_like, shape (..., K)
        Probabilities of K classes in their order.
    outcome : array_like of int, shape (...)
        The class that happened.

    Returns
    -------
    ndarray, shape (...)

    Examples
    --------
    >>> float(rps([0.0, 1.0, 0.0], 0)), float(rps([0.0, 0.0, 1.0], 0))
    (1.0, 2.0)
    """
    p = np.asarray(p, float)
    reached = np.arange(p.shape[-1]) >= np.asarray(outcome)[..., np.newaxis]
    return np.asarray(((np.cumsum(p, -1) - reached) ** 2).sum(-1))


def crps(members: ArrayLike, observed: ArrayLike, *, fair: bool = False) -> Floats:
    """Continuous ranked probability score of an ensemble: `mean |x - y| - mean |x - x'| / 2`.

    Parameters
    ----------
    members : array_like, shape (..., m)
        Values of the members, in the unit of the quantity.
    observed : array_like, shape (...)
        What was observed, in the same unit.
    fair : bool
        Average x, x' over distinct members, so that the expectation does not depend on their number (Ferro 2014);
        without, the ensemble is scored as it stands.

    Returns
    -------
    ndarray, shape (...)
        In the unit of the quantity.

    Raises
    ------
    ValueError
        The fair form of fewer than two members.

    Examples
    --------
    >>> float(crps([1.0, 3.0], 2.0)), float(crps([1.0, 3.0], 2.0, fair=True))
    (0.5, 0.0)
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
    """Share of the reference's mean score that is saved: 1 is perfect, 0 no better, below 0 worse.

    Parameters
    ----------
    score, reference : array_like, shape (...)
        Mean scores, lower is better.

    Returns
    -------
    ndarray, shape (...)

    Examples
    --------
    >>> float(skill(0.1, 0.4))
    0.75
    """
    return np.asarray(1 - np.asarray(score, float) / np.asarray(reference, float))
