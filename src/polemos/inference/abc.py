"""Approximate Bayesian computation on a bank: normal scores of parameters given the observed summaries.

Three steps, stated in advance and the same for every set of summaries:
1. Summaries are cut to what tells of the parameters: ridge predictions of those of which they tell anything, from the
   summaries and their squares (semi-automatic ABC: Fearnhead and Prangle 2012, doi 10.1111/j.1467-9868.2011.01010.x);
   for draws of the bank, from a fit that leaves them out.
2. The share `ACCEPT` of the bank whose predictions come nearest is kept, with Epanechnikov weights by distance.
3. Each kept draw is moved along a local linear fit to where it would lie at the prediction seen (Beaumont, Zhang and
   Balding 2002, doi 10.1093/genetics/162.4.2025).
The prior of a normal score is standard normal.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from polemos.record.world import Flags, Floats

ACCEPT = 0.2
RIDGE = 100.0
FOLDS = 5
TELLS = 0.1
"""Share of a parameter's variance that the summaries must foretell, in draws left out of the fit, for a prediction of
it to be among what is compared: predictions of what they do not tell of are noise."""
BEYOND = 0.005
"""A summary that the bank puts on one side of what was seen with this share or less is left out: the model cannot say
what it means."""


@dataclass(frozen=True, slots=True)
class Projection:
    """Predictions of scores from D summaries: `(x - centre) / scale` of the `used` ones, and their squares.

    `share` [k] is how much of each score's variance they foretell; those of `TELLS` or more are predicted, q in number.
    `predictions` [N, q] are the predictions of the bank's own draws, each from a fit without it.
    """

    used: Flags
    centre: Floats
    scale: Floats
    coefficients: Floats
    share: Floats
    predictions: Floats

    @property
    def tells(self) -> Flags:
        """Scores that are predicted [k]."""
        return np.asarray((self.share >= TELLS) | (self.share == self.share.max()))

    def __call__(self, x: Floats) -> Floats:
        """Predicted scores [n, q] of summaries [n, D]."""
        return design(x, self.used, self.centre, self.scale) @ self.coefficients


def design(x: Floats, used: Flags, centre: Floats, scale: Floats) -> Floats:
    """Columns of the regression: one, the scaled summaries within 4 of their middle, and their squares."""
    u = np.clip((np.atleast_2d(x)[:, used] - centre) / scale, -4, 4)
    return np.concatenate([np.ones((u.shape[0], 1)), u, u**2 - 1], axis=1)


def usable(x: Floats, target: Floats) -> Flags:
    """Summaries [D] that were observed, vary in the bank [N, D], and do not lie beyond it."""
    usable_columns = np.isfinite(target) & np.isfinite(x).all(axis=0)
    with np.errstate(invalid="ignore"):
        below, above = (x <= target).mean(axis=0), (x >= target).mean(axis=0)
    varied = np.zeros(usable_columns.size, bool)
    varied[usable_columns] = x[:, usable_columns].std(axis=0) > 1e-6
    return np.asarray(usable_columns & varied & (below > BEYOND) & (above > BEYOND))


def project(x: Floats, z: Floats, used: Flags) -> Projection:
    """Fit the predictions of scores z [N, k] from summaries x [N, D]."""
    centre, scale = x[:, used].mean(axis=0), x[:, used].std(axis=0)
    columns = design(x, used, centre, scale)
    predictions = np.empty_like(z)
    fold = np.arange(z.shape[0]) % FOLDS
    for one in range(FOLDS):
        predictions[fold == one] = columns[fold == one] @ _ridge(columns[fold != one], z[fold != one])
    share = 1 - ((z - predictions) ** 2).mean(axis=0) / z.var(axis=0)
    whole = Projection(used, centre, scale, _ridge(columns, z), share, predictions)
    return replace(whole, coefficients=whole.coefficients[:, whole.tells], predictions=predictions[:, whole.tells])


def _ridge(columns: Floats, z: Floats) -> Floats:
    penalty = RIDGE * np.eye(columns.shape[1])
    penalty[0, 0] = 0.0
    return np.asarray(np.linalg.solve(columns.T @ columns + penalty, columns.T @ z), np.float64)


@dataclass(frozen=True, slots=True)
class Sample:
    """Weighted draws of scores: `z` [n, k] with `weights` [n] that sum to one."""

    z: Floats
    weights: Floats

    def even(self, count: int) -> Floats:
        """`count` draws [count, k], every one as likely, by systematic resampling."""
        edges = np.cumsum(self.weights)
        return self.z[np.minimum(np.searchsorted(edges, (np.arange(count) + 0.5) / count), self.weights.size - 1)]

    def quantiles(self, q: Floats) -> Floats:
        """Quantiles [len(q), k]."""
        out = np.empty((q.size, self.z.shape[1]))
        for k in range(self.z.shape[1]):
            order = np.argsort(self.z[:, k])
            edges = np.cumsum(self.weights[order]) - self.weights[order] / 2
            out[:, k] = np.interp(q, edges, self.z[order, k])
        return out

    @property
    def mean(self) -> Floats:
        """Means [k]."""
        return self.weights @ self.z

    @property
    def sd(self) -> Floats:
        """Standard deviations [k]."""
        return np.asarray(np.sqrt(self.weights @ (self.z - self.mean) ** 2))


def sample(predictions: Floats, z: Floats, target: Floats, weights: Floats | None = None) -> Sample:
    """Draws given the predictions seen [q], from the predictions [N, q] and the scores [N, k] of a bank.

    `weights` [N] of the draws, where they were not drawn from the prior.
    """
    # A prediction varies by as much as it explains, so plain distance weighs each by what it tells.
    distance = np.sqrt(((predictions - target) ** 2).sum(axis=1))
    count = max(min(predictions.shape[0], 50), int(ACCEPT * predictions.shape[0]))
    near = np.argpartition(distance, count - 1)[:count]
    reach = max(float(distance[near].max()), 1e-12)
    kernel = np.maximum(1 - (distance[near] / reach) ** 2, 0.0) + 1e-12
    weights = kernel if weights is None else kernel * weights[near]
    weights = weights / weights.sum()
    columns = np.concatenate([np.ones((count, 1)), predictions[near] - target], axis=1)
    weighed = columns.T * weights
    fitted = np.linalg.solve(weighed @ columns + 1e-9 * np.eye(columns.shape[1]), weighed @ z[near])
    return Sample(z[near] - columns[:, 1:] @ fitted[1:], weights)
