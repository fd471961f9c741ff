"""The equal pool: the mean of what several forecasters say. Hard to beat; weights learnt from few origins do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from polemos.forecasters.base import Forecaster
from polemos.questions.answer import Answer
from polemos.record.world import Days, Floats, World

if TYPE_CHECKING:
    from polemos.questions.questions import Question


@dataclass(frozen=True, slots=True)
class Pool:
    """Linear pool of forecasters with equal weights (Stone 1961). Silent ones are left out of an answer."""

    parts: tuple[Forecaster, ...]
    name: str = "pool"

    def forecast(self, world: World, leads: Days) -> Floats:
        """See `Forecaster.forecast`."""
        return np.asarray(np.mean([part.forecast(world, leads) for part in self.parts], axis=0))

    def answer(self, world: World, questions: Sequence[Question], until: np.datetime64) -> list[Answer]:
        """See `Forecaster.answer`. Quantiles are not pooled."""
        by_part = [part.answer(world, questions, until) for part in self.parts]
        return [pooled(answers) for answers in zip(*by_part, strict=True)]


def pooled(answers: Sequence[Answer]) -> Answer:
    """The mean of the answers that carry a probability; the first answer as it stands where none does."""
    told = [(answer.probability, answer.error) for answer in answers if answer.probability is not None]
    if not told:
        return replace(answers[0], quantiles=None)
    mean = float(np.mean([probability for probability, _ in told]))
    error = float(np.sqrt(np.sum([error**2 for _, error in told])) / len(told))
    return Answer(answers[0].question, mean, error, "answered")
