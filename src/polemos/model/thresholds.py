"""Thresholds (Granovetter 1978 [k]): each acts once enough others do.

`thresholds` are numbers of others who must act before one does (0: an instigator); shares of a group of n are n
times as many. With F(r) the number of those whose threshold is at most r, a crowd of r is a fixed point where
F(r) = r, and a small push runs away where F crosses the diagonal from below. Used by bloc switching.
Source: Granovetter, American Journal of Sociology 83 (1978) 1420-1443 [k].
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from polemos.model.jit import kernel


@kernel
def cascade(thresholds: Any, acting: Any = 0.0) -> Any:
    """How many act in the end when `acting` do from outside: the least fixed point at or above.

    The outsiders count as seen by everyone and are not among the answer; thresholds [n] are left as they were.
    """
    ordered = np.sort(thresholds)
    count = 0
    while count < ordered.size and ordered[count] <= count + acting:
        count += 1
    return count


def fixed_points(thresholds: NDArray[np.float64]) -> NDArray[np.int64]:
    """Every r in 0..n with F(r) = r, ascending: the crowds that neither grow nor shrink."""
    ordered = np.sort(np.asarray(thresholds, np.float64))
    crowds = np.arange(ordered.size + 1)
    points: NDArray[np.int64] = crowds[np.searchsorted(ordered, crowds, side="right") == crowds]
    return points
