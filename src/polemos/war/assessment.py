"""The assessment of a simulated war: everybody's answers to its questions, and what happened.

Nothing here is laid out: `polemos.report.page.assess` makes a page of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from polemos.forecasters.base import Forecaster
from polemos.questions.answer import Answer
from polemos.questions.resolve import Resolution, resolve_all
from polemos.war import statement_runs
from polemos.war.simulation import Simulation, forecasts
from polemos.war.statement_runs import ByForecaster
from polemos.war.war import War

if TYPE_CHECKING:
    from polemos.ensemble.executor import Executor
    from polemos.ensemble.plan import Plan
    from polemos.ensemble.store import Store

FORECAST, MODEL, FRONT = "forecast", "model", "front hazard"
"""Who answers besides the baselines: the forecast speaks where there is one, the model where a run is none."""

FURTHER = 100
"""Simulated wars at most of each run besides the assessed one: errors of five points."""

RULED = 400
"""Simulated members of a baseline that answers the questions of a run: errors of 2.5 points."""

Further = Mapping[str, ByForecaster]
"""Answers of further runs, by question and forecaster."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What needs no simulated war: the answers of the baselines by name, and the outcomes by question."""

    answers: Mapping[str, Sequence[Answer]]
    outcomes: Mapping[str, Resolution]


@dataclass(frozen=True, slots=True)
class Assessment:
    """A simulation beside the baselines and the record, and the answers of runs on other days with their outcomes."""

    war: War
    simulation: Simulation
    comparison: Comparison
    further: Further = field(default_factory=dict)
    further_outcomes: Mapping[str, Resolution] = field(default_factory=dict)

    def answers(self) -> dict[str, dict[str, Answer]]:
        """Everybody's answers by name and question: the forecast and the front where there are any, then the others."""
        simulation, forecast = self.simulation, self.simulation.forecast
        by_name: dict[str, Sequence[Answer]] = {}
        if forecast is not None:
            by_name[FORECAST] = simulation.forecast_answers
        by_name[MODEL] = simulation.answers
        if forecast is not None:
            by_name[FRONT] = forecast.front_answers(simulation.questions)
        by_name |= self.comparison.answers
        return {name: {answer.question: answer for answer in answers} for name, answers in by_name.items()}


def baselines(members: int = RULED) -> tuple[Forecaster, ...]:
    """The baselines that every table shows, with so many simulated members."""
    from polemos.forecasters.contiguity import ContiguityMarkov
    from polemos.forecasters.markov import Persistence, PooledMarkov

    return Persistence(), PooledMarkov(members=members), ContiguityMarkov(members=members)


def compare(war: War, plan: Plan) -> Comparison:
    """Ask the baselines the questions of the origin, and resolve them on the record."""
    world, questions = war.world.as_of(plan.origin), war.questions_at(plan.origin)
    answers = {baseline.name: baseline.answer(world, questions, plan.until) for baseline in baselines()}
    return Comparison(answers, {outcome.question: outcome for outcome in resolve_all(questions, war.world)})


def assess(war: War, simulation: Simulation) -> Assessment:
    """Set a simulation beside the baselines and the record."""
    return Assessment(war, simulation, compare(war, simulation.run.plan))


def simulate(war: War, plan: Plan, *, whole: bool = False, **how: Any) -> Assessment:
    """Simulate a plan (`how`: see `War.simulate`) while the baselines are asked aside, and assess it.

    With `whole`, every statement of the argument that this run leaves open is asked on its own day in a run of its own.
    """
    from concurrent.futures import ThreadPoolExecutor

    from polemos.war import kept_aside
    from polemos.war.forecast import aside_of

    store = how.get("store")
    folder = None if kept_aside.begins_anew(store) else kept_aside.folder_in(store, plan)
    stored = None if folder is None else kept_aside.read(folder, war, plan)
    with ThreadPoolExecutor(1) as pool:
        comparison = pool.submit(compare, war, plan)
        side_job = pool.submit(aside_of, war, plan, 1) if stored is None and forecasts(plan) else None
        simulation = war.simulate(plan, **how)
        if side_job is not None:
            stored = side_job.result()
            if simulation.run.folder is not None:
                kept_aside.write(simulation.run.folder, stored)
        simulation = replace(simulation, aside=stored)
        further = further_answers(war, simulation, store, how.get("executor")) if whole else {}
        return Assessment(war, simulation, comparison.result(), further, outcomes_of(war, further))


def further_answers(
    war: War, simulation: Simulation, store: Store | None = None, executor: Executor | None = None
) -> Further:
    """Answers to the statements of the argument that a run leaves open, by question: asked on their own days."""
    from polemos.ensemble.store import FolderStore

    plan = simulation.run.plan
    ids = {answer.question for answer in simulation.answers if answer.probability is not None}
    left = [question for question in statement_runs.of_argument(war) if question.id not in ids]
    return statement_runs.answers(
        war,
        statement_runs.sittings(left),
        baselines(min(plan.members, FURTHER)),
        members=min(plan.members, FURTHER),
        seed=plan.seed,
        theory=plan.theory,
        fronts=forecasts(plan),
        runs=store.root if isinstance(store, FolderStore) else None,
        executor=executor,
    )


def outcomes_of(war: War, further: Further) -> dict[str, Resolution]:
    """The outcomes of the questions that further runs answer."""
    questions = [question for question in war.questions if question.id in further]
    return {outcome.question: outcome for outcome in resolve_all(questions, war.world)}
