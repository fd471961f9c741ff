"""Calibration: how often events with a given forecast probability happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

EDGES = (0, 0.02, 0.1, 0.2, 0.4, 0.6, 0.8, 1)
"""Bins of probability; finer where most forecasts of change lie."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Forecasts whose probability lies in [low, high): how many, their mean, and the share that came true."""

    low: float
    high: float
    forecasts: int
    probability: float
    observed: float


def curve(p: ArrayLike, happened: ArrayLike, edges: Sequence[float] = EDGES) -> list[Bin]:
    """Bins with at least one forecast, for probabilities of yes and outcomes of the same shape; the last takes 1 in."""
    probabilities, outcomes = np.ravel(np.asarray(p, float)), np.ravel(np.asarray(happened, float))
    index = np.clip(np.searchsorted(edges, probabilities, side="right") - 1, 0, len(edges) - 2)
    return [
        Bin(
            edges[i],
            edges[i + 1],
            int(inside.sum()),
            float(probabilities[inside].mean()),
            float(outcomes[inside].mean()),
        )
        for i in range(len(edges) - 1)
        if (inside := index == i).any()
    ]
