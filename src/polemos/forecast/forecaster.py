"""The one protocol that baselines, priors and learnt models all implement; `score` knows nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from polemos.record.world import Days, Floats, World

if TYPE_CHECKING:
    from polemos.forecast.questions import Question


@dataclass(frozen=True, slots=True)
class Answer:
    """What a forecaster says to one question.

    `probability` is None where it has no answer; `status` then says why: `answered`, `beyond horizon`,
    `not in the model`. `error` is the Monte Carlo standard error of the probability. `quantiles` are the
    5, 25, 50, 75 and 95 % points of the quantity behind the question (a share, a ratio, days to an event;
    `inf`: never within the horizon), where it has one.
    """

    question: str
    probability: float | None
    error: float
    status: str
    quantiles: tuple[float, ...] | None = None


class Forecaster(Protocol):
    """Something that forecasts from a world cut at its origin, and from nothing else."""

    @property
    def name(self) -> str:
        """Name in tables."""

    def forecast(self, world: World, leads: Days) -> Floats:
        """Probability of every holder of every place at each date: [lead, place, O + 1], the last is nobody."""

    def answer(self, world: World, questions: Sequence[Question], until: np.datetime64) -> list[Answer]:
        """An answer to each question, for trajectories up to `until`."""
