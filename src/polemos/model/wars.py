"""Coefficients of the front shared by several wars: one vector for all, and a deviation of each war from it.

`b_w = b + d_w` with `b ~ N(centre, SHARED / ridge)` and `d_w ~ N(0, (1 - SHARED) / ridge)`: the prior of any one war
by itself stays as it is without the others, and a war that stands alone is fitted as before.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from polemos.model.features import Matrix
from polemos.record.world import Floats

SHARED = 0.5
"""Share of the prior variance of a coefficient that wars have in common; judged."""
LEAST_WEEKS = 26
"""A record shorter than this by the origin is left out."""


def fit_together(
    records: Sequence[tuple[Matrix, Matrix]],
    centre: Floats,
    lower: Floats,
    upper: Floats,
    ridge: Floats,
    shared: float = SHARED,
    first: Floats | None = None,
) -> Floats:
    """Coefficients [W, F] of several wars of most penalised Poisson likelihood, by Newton steps, boxed quadratics.

    A record is x [n, F] and whether each came [n]; `centre` and `ridge` [F]; the bounds are [F], or [W, F] where wars
    differ. Begins at `first` [W, F], or at the centre.
    """
    from polemos.model.front import boxed
    from polemos.model.hazard import likelihood

    wars, size = len(records), centre.size
    variance = np.kron(np.full((wars, wars), shared), np.diag(1 / ridge))
    variance += np.kron(np.eye(wars), np.diag((1 - shared) / ridge))
    precision = np.linalg.inv(variance)
    middle = np.tile(centre, wars)
    low, high = (np.broadcast_to(bound, (wars, size)).ravel() for bound in (lower, upper))
    b = np.clip(middle if first is None else first.ravel(), low, high)
    slope, curve = np.zeros(size), np.zeros((size, size))
    for _ in range(50):
        slopes, curves = -precision @ (b - middle), precision.copy()
        for war, (x, came) in enumerate(records):
            mine = slice(war * size, (war + 1) * size)
            likelihood(x, came, np.ascontiguousarray(b[mine]), slope, curve)
            slopes[mine] += slope
            curves[mine, mine] += curve
        step = boxed(curves, slopes, low - b, high - b)
        b = b + step / max(1.0, np.abs(step).max() / 2)
        if np.abs(step).max() < 1e-4:
            break
    return b.reshape(wars, size)
