"""Checks of a posterior: simulation-based calibration, contraction, and predictions of withheld facts.

Simulation-based calibration (Talts et al. 2018, arXiv 1804.06788; coverage as in Hermans et al. 2022): sets drawn from
the bank and left out of it are treated as if they were the record; where the posterior is right, a 50 % interval holds
the truth in half of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from polemos.inference.abc import Sample, project, sample
from polemos.record.world import Flags, Floats

LEVELS = (0.5, 0.8, 0.95)
SETS = 1000
MEAN_MISS, WORST_MISS = 0.03, 0.08
SHRUNK = 0.3

Infer = Callable[[int], Sample]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Share of sets whose truth lies in the central interval of each of `LEVELS` [3, k]."""

    share: Floats
    sets: int

    @property
    def miss(self) -> Floats:
        """How far each share is from its level [3, k]."""
        return np.asarray(np.abs(self.share - np.array(LEVELS)[:, np.newaxis]))

    @property
    def sound(self) -> bool:
        """Whether the mean miss is within 3 points and no miss over 8."""
        return bool(self.miss.mean() <= MEAN_MISS and self.miss.max() <= WORST_MISS)


def coverage(truth: Floats, infer: Infer) -> Coverage:
    """How often the posterior `infer(i)` of set i covers its truth [n, k]."""
    q = np.array([(1 - level) / 2 for level in LEVELS] + [(1 + level) / 2 for level in LEVELS])
    hits = np.zeros((len(LEVELS), truth.shape[1]))
    for row, z in enumerate(truth):
        posterior_sample = infer(row)
        edges = posterior_sample.quantiles(q)
        hits += (edges[: len(LEVELS)] <= z) & (z <= edges[len(LEVELS) :])
    return Coverage(hits / truth.shape[0], truth.shape[0])


def calibration(x: Floats, z: Floats, used: Flags, sets: int = SETS) -> Coverage:
    """Simulation-based calibration of the posterior from summaries x [N, D]: the last `sets` rows are left out."""
    sets = min(sets, x.shape[0] // 2)
    rest = slice(0, x.shape[0] - sets)
    fitted = project(x[rest], z[rest], used)
    observed_scores = fitted(x[-sets:])
    return coverage(z[-sets:], lambda row: sample(fitted.predictions, z[rest], observed_scores[row]))


def contraction(draws: Sample) -> Floats:
    """How much narrower than its prior each score has become [k]: 0 not at all, 1 a point."""
    return np.asarray(1 - draws.sd)
