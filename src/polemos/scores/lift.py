"""Lift: of the places given the highest probability to change hands, how many did, compared with chance."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

TOP = 10
"""Places that are looked at."""
DIGITS = 12
"""Probabilities that agree to so many digits are tied."""


def hits(p: ArrayLike, changed: ArrayLike, top: int = TOP) -> tuple[float, float]:
    """How many of the `top` places with the highest probability `changed`, and how many of as many drawn at random.

    Probabilities and flags [n], of one origin. Of tied places an equal share of each counts, so that the order of rows
    decides nothing; with `n` below `top` all places count.
    """
    chance, outcome = np.round(np.asarray(p, float), DIGITS), np.asarray(changed, bool)
    size = min(top, chance.size)
    if not size:
        return 0.0, 0.0
    last = np.sort(chance)[-size]
    above, tied = chance > last, chance == last
    share = (size - above.sum()) / tied.sum()
    return float(outcome[above].sum() + share * outcome[tied].sum()), float(size * outcome.mean())
