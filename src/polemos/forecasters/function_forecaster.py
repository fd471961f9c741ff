"""A forecaster made of one function: `@pm.forecaster("mine")`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from polemos.questions.answer import Answer
from polemos.record.world import Days, Floats, World

if TYPE_CHECKING:
    from polemos.questions.questions import Question

TOLERANCE = 1e-6
"""How far the probabilities of a place may be from a sum of 1."""


@dataclass(frozen=True)
class FunctionForecaster:
    """A function of a world cut at its origin and of dates, as a forecaster; see `polemos.questions.answer`.

    The function gives probabilities [date, place, organisation + 1], the last for nobody.
    """

    name: str
    function: Callable[[World, Days], Floats]

    def __call__(self, world: World, dates: Days) -> Floats:
        """The probabilities, checked."""
        return self.forecast(world, dates)

    def forecast(self, world: World, leads: Days) -> Floats:
        """See `Forecaster.forecast`. Raises `ValueError` for a wrong shape, a number below 0 or sums that are not 1."""
        probability = np.asarray(self.function(world, leads), np.float64)
        shape = (len(leads), len(world.places.id), world.nobody + 1)
        if probability.shape != shape:
            axes = "dates, places, organisations and nobody"
            raise ValueError(f"{self.name} gives an array of shape {probability.shape}; it must be {shape}: {axes}")
        if not np.isfinite(probability).all() or probability.min(initial=0.0) < 0:
            raise ValueError(f"{self.name} gives numbers that are no probabilities (below 0, or not finite)")
        sums = probability.sum(axis=2)
        if (np.abs(sums - 1) > TOLERANCE).any():
            lead, place = np.unravel_index(np.abs(sums - 1).argmax(), sums.shape)
            where = f"{world.places.id[int(place)]} on {leads[int(lead)]}"
            raise ValueError(f"{self.name}: the probabilities of {where} sum to {sums[lead, place]:.4f}, not to 1")
        return probability

    def answer(self, world: World, questions: Sequence[Question], until: np.datetime64) -> list[Answer]:
        """No answers: probabilities of single places say nothing of questions about several."""
        return [Answer(question.id, None, 0.0, "not in the model") for question in questions]


def forecaster(name: str) -> Callable[[Callable[[World, Days], Floats]], FunctionForecaster]:
    """Make a forecaster of a function (world, dates) -> probabilities [date, place, organisation + 1].

    The last organisation is nobody. Shape and sums are checked whenever it is asked.

    >>> import numpy as np
    >>> @forecaster("mine")
    ... def mine(world, dates):
    ...     held = np.eye(world.nobody + 1)[world.holders([world.until])[0]]
    ...     return np.repeat((0.9 * held + 0.1 / (world.nobody + 1))[np.newaxis], len(dates), axis=0)
    >>> mine.name
    'mine'
    """
    return lambda function: FunctionForecaster(name, function)
