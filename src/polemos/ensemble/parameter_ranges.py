"""The range of values that a parameter can sensibly take: the support of its prior, far beyond the prior's own mass.

    beta(a, b)              0 to 1
    lognormal(m, s)         0 to m exp(12 s)
    halfnormal(l, s)        l - 100 s to l + 100 s, from 0 where l is 0
    normal(m, s)            m - 100 s to m + 100 s
    uniform(a, b)           ten widths to either side, from 0 where a is not negative; so loguniform
    fixed, either           a million times the larger, to either side

A number outside is refused: it is a slip of the keys, or a way to break the arithmetic. Convention.
"""

from __future__ import annotations

import math

import numpy as np

from polemos.model.process import Prior

FAR, FAR_LOG, WIDTHS, TIMES = 100.0, 12.0, 10.0, 1e6


def bounds(prior: Prior) -> tuple[float, float]:
    """Least and greatest value of a parameter with this prior."""
    a, b = prior.a, prior.b
    if prior.kind == "beta":
        return 0.0, 1.0
    if prior.kind == "lognormal":
        return 0.0, a * math.exp(FAR_LOG * b)
    if prior.kind == "halfnormal":
        return (0.0 if a == 0 else a - FAR * b), a + FAR * b
    if prior.kind == "normal":
        return a - FAR * b, a + FAR * b
    if prior.kind in ("uniform", "loguniform"):
        return (0.0 if a >= 0 else a - WIDTHS * (b - a)), b + WIDTHS * (b - a)
    most = TIMES * max(1.0, abs(a), abs(b))
    return -most, most


def outside(value: Prior | float, prior: Prior) -> str:
    """What of a value lies outside the range of a parameter with this prior, in words; empty where nothing does.

    Infinity is a value of all but a share: it stands for never.
    """
    low, high = bounds(prior)
    endless = prior.kind != "beta"
    if isinstance(value, Prior):
        drawn = value.quantile(np.array([0.01, 0.99])).tolist()
        ends = [value.a, value.b] if value.kind in ("fixed", "either", "uniform", "loguniform") else drawn
    else:
        ends = [value]
    if all(low <= end <= high or (endless and end == math.inf) for end in ends):
        return ""
    return f"{value} lies outside the range of the parameter, {low:g} to {high:g}"
