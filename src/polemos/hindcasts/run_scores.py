"""Scores of a single run that is kept in a folder: places at leads, and questions, beside the baselines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from polemos.ensemble.run import reopen
from polemos.ensemble.run_folder import manifest
from polemos.forecasters.base import Forecaster
from polemos.forecasters.leads import LEADS, later, ordered
from polemos.forecasters.model_forecaster import place_probabilities
from polemos.hindcasts.place_scores import PlaceScore, front, place_scores
from polemos.questions.evaluate import reducer
from polemos.scores.rules import binary_brier, binary_log, binary_mixture
from polemos.war.simulation import Simulation
from polemos.war.war import War


@dataclass(frozen=True, slots=True)
class QuestionScore:
    """Scores of one answer by the headline mixture; None where there is no answer or no outcome."""

    question: str
    title: str
    probability: float | None
    status: str
    outcome: int | None
    log: float | None
    brier: float | None


@dataclass(frozen=True, slots=True)
class RunScore:
    """Scores of a run: of places at the leads that lie within run and record, and of its questions."""

    folder: Path
    scenario: str
    origin: np.datetime64
    members: int
    leads: tuple[str, ...]
    places: tuple[PlaceScore, ...]
    questions: tuple[QuestionScore, ...]


def score_run(
    folder: Path, war: War, leads: Sequence[object] = LEADS, baselines: Sequence[Forecaster] = ()
) -> RunScore:
    """Score what is kept, simulating nothing. Raises `PlanError` for a run that is not there in full, or of another
    record than the war's."""
    about = manifest(folder)
    questions = war.asked(np.datetime64(about["plan"]["origin"], "D")) if about else ()
    run = reopen(folder, war.world, reducer(questions) if questions else None)
    plan = run.plan
    asked = [lead for lead in ordered(leads) if later(plan.origin, lead) <= min(plan.until, war.world.last_observed)]
    rows: list[PlaceScore] = []
    if asked:
        dates = np.array([later(plan.origin, lead) for lead in asked], "datetime64[D]")
        near = front(war.world, war.world.holders([plan.origin])[0])
        happened = war.world.holders(dates)
        looked = war.world.observed(dates) & war.world.known(plan.origin)
        said = {"model": place_probabilities(run.summary, dates, run.world)}
        said |= {baseline.name: baseline.forecast(run.world, dates) for baseline in baselines}
        for name, probability in said.items():
            rows += place_scores(name, plan.origin, asked, probability, happened, near, looked)
    simulation = Simulation(war, run, questions)
    told = []
    for question, answer in zip(questions, simulation.answers, strict=True):
        outcome = simulation.resolutions[question.id].value
        log = brier = None
        if answer.probability is not None and outcome is not None:
            mixed = binary_mixture(answer.probability)
            log, brier = float(binary_log(mixed, outcome)), float(binary_brier(mixed, outcome))
        told.append(QuestionScore(question.id, question.title, answer.probability, answer.status, outcome, log, brier))
    return RunScore(folder, war.name, plan.origin, plan.members, tuple(asked), tuple(rows), tuple(told))
