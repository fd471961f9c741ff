"""Attacks a year in theatres off the map: a log-linear autoregression with negative binomial counts.

    y' ~ NB(mean m, size k),   log m = a + b log(1 + y) + c [y = 0] + (t or h) * change of log(1 + places of the core)
                               log k = e + f log(1 + y)
    deaths | y ~ NB(mean d y, size s y)

y and y' are attacks in successive blocks of twelve months; t is the tie of theatres abroad to the core of their
network, h that of the theatres at its home; of theatres without a core on the map both count nothing. The size grows
with the attacks, as a busy theatre is steadier than one that begins. Everything is learnt together from the blocks of
all theatres before the origin: a, b, c, t, h, e and f by the greatest posterior, with a normal prior of mean 0, of sd
0.5 for the two ties and of sd 1 for f, and drawn from its normal approximation. One year ahead the count is the
negative binomial itself, in closed form; further ahead it is simulated. Deaths are the sum of y sizes that are each
NB(d, s), so that the sum is one as well; d of a theatre is its past ratio, shrunk to that of all.
Sources: Christou and Fokianos 2014, doi 10.1111/jtsa.12050 (form); Hilbe 2011 (NB2). What this is not: a map of other
wars; who fights whom there, and why, is not asked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

BLOCK = 12
"""Months of a block."""

TIES = 0.5
"""Standard deviation of the prior of both ties."""

STEADIER = 1.0
"""Standard deviation of the prior of the slope of the size."""

WIDE = 10.0
"""Standard deviation of the prior of the other coefficients."""

MOST = 1e5
"""Attacks a year beyond which a mean is cut."""

COEFFICIENTS = ("level", "persistence", "silent", "tie abroad", "tie at home")


@dataclass(frozen=True, slots=True)
class Sizes:
    """Deaths of one attack: mean of all theatres, the attacks that it weighs in one of them, size of the spread."""

    mean: float
    weight: float
    size: float

    def of(self, deaths: Floats, attacks: Floats) -> Floats:
        """Mean of each theatre, from all its deaths and attacks so far."""
        result: Floats = (deaths + self.mean * self.weight) / (attacks + self.weight)
        return result


@dataclass(frozen=True, slots=True)
class Autoregression:
    """What was learnt: coefficients in the order of `COEFFICIENTS`, level and slope of log k, [7]; their covariance.

    `rows` counts the pairs of blocks that it was learnt from, `tied` those with a core on the map.
    """

    mode: Floats
    covariance: Floats
    rows: int
    tied: int

    def draw(self, rng: np.random.Generator) -> Floats:
        """A draw of the seven."""
        return np.asarray(rng.multivariate_normal(self.mode, self.covariance, method="cholesky"))

    def interval(self, which: int) -> tuple[float, float]:
        """Interval of 90 % of one of the seven."""
        width = 1.6448536 * float(np.sqrt(self.covariance[which, which]))
        return float(self.mode[which]) - width, float(self.mode[which]) + width


def design(attacks: Floats, abroad: Floats, home: Floats) -> Floats:
    """The columns of the linear predictor [..., 5] from attacks and the changes of the core, of the same shape."""
    return np.stack([np.ones_like(attacks), np.log1p(attacks), attacks == 0, abroad, home], axis=-1).astype(float)


def mean_of(coefficients: Floats, attacks: Floats, abroad: Floats, home: Floats) -> Floats:
    """Mean of the next block, within `MOST`."""
    return np.asarray(np.minimum(np.exp(design(attacks, abroad, home) @ coefficients[:5]), MOST))


def size_of(coefficients: Floats, attacks: Floats) -> Floats:
    """Size k of the next block after one with these attacks."""
    return np.asarray(np.exp(np.clip(coefficients[5] + coefficients[6] * np.log1p(attacks), -10, 10)))


def log_nb(count: Floats, mean: Floats, size: Floats | float) -> Floats:
    """Logarithm of the probability of a negative binomial count; 0 for 0 where the mean is 0."""
    from scipy.special import gammaln, xlogy

    size = np.broadcast_to(np.asarray(size, float), np.shape(count))
    total = size + mean
    with np.errstate(divide="ignore", invalid="ignore"):
        value = gammaln(count + size) - gammaln(size) - gammaln(count + 1)
        value = value + xlogy(size, size / total) + xlogy(count, mean / total)
    return np.asarray(np.where(mean > 0, value, np.where(count == 0, 0.0, -np.inf)))


def fit(before: Floats, after: Floats, abroad: Floats, home: Floats) -> Autoregression:
    """Learn from pairs of blocks [N]. Raises `ValueError` where there are none."""
    from scipy.optimize import minimize

    if not before.size:
        raise ValueError("no theatre has two blocks of twelve months to learn from")
    columns = design(before, abroad, home)
    spread = np.array([WIDE, WIDE, WIDE, TIES, TIES, WIDE, STEADIER])

    def loss(values: Floats) -> float:
        mean = np.exp(np.clip(columns @ values[:5], -30, np.log(MOST)))
        return float(0.5 * np.sum((values / spread) ** 2) - log_nb(after, mean, size_of(values, before)).sum())

    start = np.array([0.5, 0.8, 0.0, 0.0, 0.0, 0.0, 0.0])
    best: Floats = minimize(loss, start, method="BFGS", options={"gtol": 1e-4}).x  # type: ignore[no-untyped-call]
    covariance = np.linalg.inv(curvature(loss, best))
    return Autoregression(
        best, np.asarray(covariance, np.float64), before.size, int(np.count_nonzero((abroad != 0) | (home != 0)))
    )


def curvature(loss: Callable[[Floats], float], at: Floats, step: float = 1e-3) -> Floats:
    """Second derivatives [n, n] by central differences."""
    size = at.size
    result = np.empty((size, size))
    unit = np.eye(size) * step
    for i in range(size):
        for j in range(i, size):
            corners = [at + a * unit[i] + b * unit[j] for a, b in ((1, 1), (1, -1), (-1, 1), (-1, -1))]
            one, two, three, four = (loss(corner) for corner in corners)
            result[i, j] = result[j, i] = (one - two - three + four) / (4 * step**2)
    return result


def fit_sizes(attacks: Floats, deaths: Floats) -> Sizes:
    """Deaths of an attack, from blocks [T, B] (NaN before a theatre began), each given those before it."""
    from scipy.optimize import minimize

    present = ~np.isnan(attacks)
    counted, dead = np.where(present, attacks, 0.0), np.where(present, deaths, 0.0)
    past = np.cumsum(counted, axis=1) - counted, np.cumsum(dead, axis=1) - dead
    active = counted > 0
    if not active.any():
        return Sizes(1.0, 1.0, 1.0)

    def loss(values: Floats) -> float:
        mean, weight, size = np.exp(np.clip(values, -8, 8))
        ratio = (past[1] + mean * weight) / (past[0] + weight)
        chance = log_nb(dead[active], (ratio * counted)[active], size * counted[active])
        return float(0.5 * np.sum(values**2) / WIDE**2 - chance.sum())

    first = np.log([max(dead.sum() / counted.sum(), 1e-3), 5.0, 0.3])
    best = minimize(loss, first, method="Nelder-Mead", options={"xatol": 1e-3}).x  # type: ignore[no-untyped-call]
    values = np.exp(np.clip(best, -8, 8))
    return Sizes(*(float(value) for value in values))


def draw_nb(rng: np.random.Generator, mean: Floats, size: Floats | float) -> Floats:
    """Negative binomial counts of means and sizes above 0."""
    return np.asarray(rng.negative_binomial(size, size / (size + mean)), np.float64)
