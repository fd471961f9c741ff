"""The simulated wars behind the forecast: the linear pool of those of the front hazard and the model's.

What is asked of trajectories (totals, joint and first-time questions) is answered by them together, so that one
ensemble stands behind all of it. What the front hazard has no answer to, men or battles, the model answers alone.
Weights that draw each war towards the mixture by place were tried, and made totals and questions worse.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from polemos.ensemble.summary import QUANTILES, Series, Summary, held_weights
from polemos.forecasters.weekly_grid import PART, WEEK, origin_of, steps_to
from polemos.model.trajectory import Trajectories
from polemos.questions.answer import Answer
from polemos.questions.evaluate import evaluate, summarise
from polemos.questions.member_answers import BEYOND
from polemos.record.world import Days, Floats, Holders, World

if TYPE_CHECKING:
    from polemos.questions.questions import Question

STAND_INS = 40
"""Values that stand for the model's wars in a band."""


@dataclass(frozen=True, slots=True, eq=False)
class ModelWars:
    """The model's wars as a run sums them up: its summary, and the table [m, 3] of members' answers by question."""

    summary: Summary
    verdicts: Mapping[str, Floats]


@dataclass(frozen=True, slots=True, eq=False)
class PooledWars:
    """Wars of the front hazard from the origin of a world that is cut there, week by week, and those of the model.

    `control` int8 [m, W + 1, P]; `share` is what the model's wars count for together, 0 without any.
    `tables` are the front hazard's answers to what has been asked, by question.
    """

    world: World
    control: Holders
    model: ModelWars | None = None
    share: float = 0.0
    tables: dict[str, tuple[Question, Floats]] = field(default_factory=dict, repr=False)

    @property
    def dates(self) -> Days:
        """The days of the weeks [W + 1]."""
        return np.asarray(origin_of(self.world) + WEEK * np.arange(self.control.shape[1]))

    def at(self, dates: Days) -> Holders:
        """Holders in the front hazard's wars [m, T, P] in the weeks nearest to some dates, the last at most."""
        steps = np.minimum(steps_to(self.world, dates), self.control.shape[1] - 1)
        return self.control[:, steps]

    def probability(self, dates: Days) -> Floats:
        """The share of the wars, by holder of each place: [T, P, O + 1]."""
        own = shares(self.at(dates), self.world.nobody + 1)
        if self.model is None or not self.share:
            return own
        summary = self.model.summary
        theirs = summary.counts[[summary.step(date) for date in dates]] / summary.members
        return np.asarray((1 - self.share) * own + self.share * theirs)

    def quantiles(self, dates: Days, levels: Sequence[float], people: bool = False) -> Floats:
        """Points of what each organisation holds, in places or in people of these: [level, T, O].

        The model's wars enter by the quantiles of their summary, straight between these.
        """
        weight = self.world.places.people if people else np.ones(self.control.shape[2])
        own = held_weights(self.at(dates), weight.astype(float), self.world.nobody)
        if self.model is None or not self.share:
            return np.asarray(np.quantile(own, levels, axis=0, method="inverted_cdf"))
        summary = self.model.summary
        steps = [summary.step(date) for date in dates]
        simulated_quantiles = summary.quantiles["people" if people else "places"][:, steps]
        theirs = quantile_members(simulated_quantiles)
        count = np.array([len(own), len(theirs)])
        weights = np.repeat(np.array([1 - self.share, self.share]) / count, count)
        both = np.concatenate([own, theirs if people else np.rint(theirs)])
        return np.asarray(np.quantile(both, levels, axis=0, method="inverted_cdf", weights=weights))

    def answers(self, questions: Sequence[Question]) -> list[Answer]:
        """The answer to each question; the model's alone where the front hazard has none."""
        return [self.answer(question) for question in questions]

    def table(self, question: Question) -> Floats:
        """Answers of the front hazard's wars [m, 3], which are kept for the next who asks."""
        before = self.tables.get(question.id)
        if before is not None and before[0] == question:
            return before[1]
        origin = origin_of(self.world)
        # In parts, so that a question which looks far back does not copy the record for every member at once.
        own = np.concatenate(
            [
                evaluate(
                    question, Trajectories(self.world, origin, self.dates, self.control[first : first + PART])
                ).table
                for first in range(0, len(self.control), PART)
            ]
        )
        self.tables[question.id] = question, own
        return own

    def answer(self, question: Question, verdicts: Floats | None = None) -> Answer:
        """The answer to a question. `verdicts` [m, 3] are those of the model, by default as its run has them."""
        own = self.table(question)
        theirs = verdicts
        if theirs is None and self.model is not None:
            theirs = self.model.verdicts.get(question.id)
        if theirs is None:
            return summarise(question, own)
        if (own[:, 2] >= BEYOND).any():
            return summarise(question, theirs)
        if not self.share or (theirs[:, 2] >= BEYOND).any():
            return summarise(question, own)
        weights = np.repeat([(1 - self.share) / len(own), self.share / len(theirs)], [len(own), len(theirs)])
        return summarise(question, np.concatenate([own, theirs]), weights)


def quantile_members(quantiles: Series) -> Floats:
    """Values [STAND_INS, ...] as evenly spread as the members behind their quantiles [5, ...] at `QUANTILES`."""
    levels = (np.arange(STAND_INS) + 0.5) / STAND_INS
    place = np.interp(levels, QUANTILES, np.arange(len(QUANTILES)))
    below = np.minimum(place.astype(int), len(QUANTILES) - 2)
    part = (place - below).reshape(-1, *[1] * (quantiles.ndim - 1))
    return np.asarray((1 - part) * quantiles[below] + part * quantiles[below + 1])


def shares(control: Holders, holders: int) -> Floats:
    """Share of the members by holder, of holders [m, T, P]: [T, P, holder]."""
    return np.stack([(control == holder).mean(axis=0) for holder in range(holders)], axis=-1)
