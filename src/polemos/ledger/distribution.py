"""Distributions of a quantity over the range of its question: from quantiles to points of the range, and back."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from polemos.ledger.entries import Range
from polemos.record.world import Floats

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Levels at which a whole distribution is read off for tables and scores."""


def points(span: Range) -> Floats:
    """The points of a range, ascending [points]; see `Range`."""
    x = np.linspace(0, 1, span.points)
    if span.zero is not None:
        ratio = (span.high - span.zero) / (span.low - span.zero)
        x = (ratio**x - 1) / (ratio - 1)
    return np.asarray(span.low + (span.high - span.low) * x)


def read_off(span: Range, cdf: Sequence[float]) -> tuple[list[float], list[float]]:
    """Levels and quantiles of a distribution given at the points of a range, linear between them.

    A level that lies below the range is not given; one above it is `inf`.
    """
    at, p = points(span), np.asarray(cdf, float)
    levels = [level for level in LEVELS if level >= p[0]]
    values = [float(np.interp(level, p, at)) if level <= p[-1] else np.inf for level in levels]
    return levels, values


def spread_out(span: Range, levels: Sequence[float], values: Sequence[float]) -> list[float]:
    """Probabilities that a quantity is at most each point of a range, linear between its quantiles.

    Beyond the outermost quantiles it reaches 0 and 1 at the ends of a closed range; at an open end it stops half way
    between that and the outermost level. Quantiles that are infinite lie beyond the range.
    """
    finite = [(float(v), a) for a, v in zip(levels, values, strict=True) if np.isfinite(float(v))]
    low = (span.low, levels[0] / 2 if span.open_low else 0.0)
    top = 1 - (1 - levels[-1]) / 2 if len(finite) == len(levels) else levels[len(finite)]
    high = (span.high, top if span.open_high else 1.0)
    inside = [(value, level) for value, level in finite if span.low < value < span.high]
    at, p = zip(low, *inside, high, strict=True)
    return [float(one) for one in np.maximum.accumulate(np.interp(points(span), at, p))]
