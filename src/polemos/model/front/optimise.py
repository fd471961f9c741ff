"""Coefficients of the front of most penalised likelihood: of one war, or of several that share them.

Shared by several wars there is one vector for all, and a deviation of each war from it: `b_w = b + d_w` with
`b ~ N(centre, SHARED / ridge)` and `d_w ~ N(0, (1 - SHARED) / ridge)`. The prior of any one war by itself stays as it
is without the others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from polemos.model.front.features import Matrix
from polemos.model.front.simulate import likelihood
from polemos.record.world import Floats

SHARED = 0.5
"""Share of the prior variance of a coefficient that wars have in common; judged."""
LEAST_WEEKS = 26
"""A record shorter than this by the origin is left out."""
ROUNDS, CLOSE = 50, 1e-4


def fit(
    x: Matrix,
    outcomes: Matrix,
    weight: Matrix,
    centre: Floats,
    lower: Floats,
    upper: Floats,
    ridge: Floats,
    first: Floats | None = None,
) -> Floats:
    """Coefficients [F] of most penalised Poisson likelihood within bounds.

    `x` [n, F], captures `outcomes` [n] and the `weight` [n] of each row; the penalty is `ridge (b - centre)^2 / 2`.
    Begins at `first`, or at the centre.
    """
    slope, curve = np.zeros(centre.size), np.zeros((centre.size, centre.size))

    def quadratic(b: Floats) -> tuple[Floats, Floats]:
        likelihood(x, outcomes, weight, b, slope, curve)
        return slope - ridge * (b - centre), curve + np.diag(ridge)

    return climb(quadratic, np.clip(centre if first is None else first, lower, upper), lower, upper)


def fit_together(
    records: Sequence[tuple[Matrix, Matrix, Matrix]],
    centre: Floats,
    lower: Floats,
    upper: Floats,
    ridge: Floats,
) -> Floats:
    """Coefficients [W, F] of several wars of most penalised Poisson likelihood within bounds.

    A record is x [n, F], captures [n] and weights [n] of the rows; `centre` and `ridge` [F]; the bounds are [F], or
    [W, F] where wars differ.
    """
    wars, size = len(records), centre.size
    variance = np.kron(np.full((wars, wars), SHARED), np.diag(1 / ridge))
    variance += np.kron(np.eye(wars), np.diag((1 - SHARED) / ridge))
    precision = np.linalg.inv(variance)
    middle = np.tile(centre, wars)
    low, high = (np.broadcast_to(bound, (wars, size)).ravel() for bound in (lower, upper))
    slope, curve = np.zeros(size), np.zeros((size, size))

    def quadratic(b: Floats) -> tuple[Floats, Floats]:
        slopes, curves = -precision @ (b - middle), precision.copy()
        for war, (x, outcomes, weight) in enumerate(records):
            mine = slice(war * size, (war + 1) * size)
            likelihood(x, outcomes, weight, np.ascontiguousarray(b[mine]), slope, curve)
            slopes[mine] += slope
            curves[mine, mine] += curve
        return slopes, curves

    return climb(quadratic, np.clip(middle, low, high), low, high).reshape(wars, size)


def climb(quadratic: Callable[[Floats], tuple[Floats, Floats]], b: Floats, lower: Floats, upper: Floats) -> Floats:
    """The maximum in a box by Newton steps from `b`; `quadratic` gives the slope and the curvature at a point."""
    for _ in range(ROUNDS):
        slope, curve = quadratic(b)
        step = boxed(curve, slope, lower - b, upper - b)
        # A long step leaves the region where the quadratic holds.
        b = b + step / max(1.0, np.abs(step).max() / 2)
        if np.abs(step).max() < CLOSE:
            break
    return b


def boxed(curve: Floats, slope: Floats, lower: Floats, upper: Floats) -> Floats:
    """The s in a box that minimises `s curve s / 2 - slope s`, by coordinate descent."""
    s = np.clip(np.zeros(slope.size), lower, upper)
    for _ in range(500):
        moved = 0.0
        for f in range(s.size):
            best = min(max(s[f] + (slope[f] - curve[f] @ s) / curve[f, f], lower[f]), upper[f])
            moved = max(moved, abs(best - s[f]))
            s[f] = best
        if moved < 1e-9:
            break
    return s
