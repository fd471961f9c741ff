"""The model as a forecaster: an ensemble of simulated wars, counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from polemos.ensemble.posterior_draws import Draws, latest
from polemos.questions.answer import Answer
from polemos.record.world import Days, Floats, World

if TYPE_CHECKING:
    from polemos.ensemble.chunks import Evaluate
    from polemos.ensemble.run import Run
    from polemos.ensemble.summary import Summary
    from polemos.forecasters.simulated_forecast import Foretold
    from polemos.model.process import Process
    from polemos.model.trajectory import Trajectories
    from polemos.questions.questions import Question

PRESENT, ANYBODY = 0.4, 0.1
"""Members added to the counts: on the present holder, and spread evenly over all who could hold a place.

A Dirichlet prior. 0.3 to 0.5 on the present holder calibrated the prototype best; the little that anybody gets
keeps what no member did from being called impossible.
"""


@dataclass(frozen=True, slots=True)
class ModelForecaster:
    """Forecasts by simulation; see `Forecaster`. The same settings give the same forecast, bit for bit.

    `actual` is the whole war whose later supports and relations are used (`inputs: actual`); without it they are
    carried forward from the origin, or with `inputs` `drawn` go on as drawn. `priors` are those of the theory,
    `without` names processes switched off, `processes` others switched on. Without `learn`, what the record could
    teach of the front keeps its priors. Of `draws`, the posteriors of parameters at several days, the last that the
    origin may see takes the priors' place.
    """

    members: int = 1000
    seed: int = 1
    name: str = "model"
    theory: str = "neutral"
    priors: Mapping[str, float | str] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    actual: World | None = None
    threads: int | None = None
    learn: bool = True
    processes: tuple[str | Process, ...] = ()
    draws: tuple[Draws, ...] = ()
    inputs: str = "known"

    def simulate(self, world: World, until: np.datetime64, questions: Sequence[Question] = ()) -> Run:
        """The ensemble behind a forecast, kept nowhere. Raises `ValueError` when the world is not cut."""
        from polemos.questions.evaluate import reducer

        return self._run(world, until, reducer(questions) if questions else None)

    def _run(self, world: World, until: np.datetime64, evaluate: Evaluate | None) -> Run:
        from polemos.ensemble.config import RunConfig
        from polemos.ensemble.executor import Executor
        from polemos.ensemble.plan import make_plan
        from polemos.ensemble.run import run

        if world.origin is None:
            raise ValueError("a forecaster takes a world cut at its origin: pass world.as_of(origin)")
        actual = self.actual or world
        config = RunConfig(
            origin=world.origin,
            until=until,
            members=self.members,
            seed=self.seed,
            inputs=self.inputs if self.actual is None else "actual",
            theory=self.theory,
            priors=self.priors,
            processes=self.processes,
            without=self.without,
            learn=self.learn,
            posterior=latest(self.draws, world.origin),
        )
        return run(make_plan(actual, config), actual, executor=Executor(self.threads), evaluate=evaluate)

    def foretell(self, world: World, leads: Days) -> Foretold:
        """See `Simulator.foretell`."""
        from polemos.forecasters.simulated_forecast import Foretold, totals_of

        dates = np.asarray(leads, "datetime64[D]")

        def totals(chunk: Trajectories) -> dict[str, Any]:
            steps = [int(np.argmin(np.abs(chunk.dates - date))) for date in dates]
            return {"totals": np.moveaxis(totals_of(chunk.control[:, steps], chunk.world), 1, 0)}

        run = self._run(world, dates.max(), totals)
        probability = place_probabilities(run.summary, dates, world)
        return Foretold(probability, np.moveaxis(run.verdicts["totals"], 0, 1))

    def forecast(self, world: World, leads: Days) -> Floats:
        """See `Forecaster.forecast`."""
        return self.foretell(world, leads).probability

    def answer(self, world: World, questions: Sequence[Question], until: np.datetime64) -> list[Answer]:
        """See `Forecaster.answer`."""
        from polemos.questions.evaluate import summarise

        verdicts = self.simulate(world, until, questions).verdicts
        return [summarise(question, verdicts[question.id]) for question in questions]


def place_probabilities(summary: Summary, leads: Days, world: World) -> Floats:
    """Probability of every holder of every place at the step nearest to each date: [lead, place, O + 1].

    `(n + PRESENT [holder is the present one] + ANYBODY / (O + 1)) / (m + PRESENT + ANYBODY)`, where n of m members
    have that holder; `world` is cut at the origin.
    """
    present = np.eye(world.nobody + 1)[world.holders([world.until])[0]]
    counts = summary.counts[[summary.step(lead) for lead in leads]]
    probability: Floats = (counts + PRESENT * present + ANYBODY / (world.nobody + 1)) / (
        summary.members + PRESENT + ANYBODY
    )
    return probability
