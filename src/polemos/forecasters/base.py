"""The one protocol that baselines, priors and learnt models all implement; scores and hindcasts know nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from polemos.questions.answer import Answer
from polemos.questions.questions import Question
from polemos.record.world import Days, Floats, World


class Forecaster(Protocol):
    """Something that forecasts from a world cut at its origin, and from nothing else."""

    @property
    def name(self) -> str:
        """Name in tables."""

    def forecast(self, world: World, leads: Days) -> Floats:
        """Probability of every holder of every place at each date: [lead, place, O + 1], the last is nobody."""

    def answer(self, world: World, questions: Sequence[Question], until: np.datetime64) -> list[Answer]:
        """An answer to each question, for trajectories up to `until`."""
