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

FORECAST, MODEL = "forecast", "model"


@dataclass(frozen=True, slots=True)
class QuestionScore:
    """Scores of the answers to one question by the headline mixture; None where there is no answer or no outcome.

    `probability`, `log` and `brier` are of the `forecaster` that the run answers with: the forecast, or the model where
    the run is no forecast. `model` and `model_brier` are of the model alone.
    """

    question: str
    title: str
    forecaster: str
    probability: float | None
    status: str
    outcome: int | None
    log: float | None
    brier: float | None
    model: float | None
    model_brier: float | None


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
    """Score the model's wars as they are kept, and the forecast that is made of them again, as the run made it.

    The forecast of places is scored at those leads that it is made for. Raises `PlanError` for a run that is not there
    in full, or of another record than the war's.
    """
    about = manifest(folder)
    questions = war.questions_at(np.datetime64(about["plan"]["origin"], "D")) if about else ()
    run = reopen(folder, war.world, reducer(questions) if questions else None)
    plan = run.plan
    simulation = Simulation(war, run, questions)
    forecast = simulation.forecast
    known_leads = [
        lead for lead in ordered(leads) if later(plan.origin, lead) <= min(plan.until, war.world.last_observed)
    ]
    rows: list[PlaceScore] = []
    if known_leads:
        dates = np.array([later(plan.origin, lead) for lead in known_leads], "datetime64[D]")
        near = front(war.world, war.world.holders([plan.origin])[0])
        happened = war.world.holders(dates)
        looked = war.world.observed(dates) & war.world.known_by(plan.origin)
        if forecast is not None:
            columns = [k for k, lead in enumerate(known_leads) if lead in forecast.leads]
            foretold = forecast.probability[[forecast.leads.index(known_leads[k]) for k in columns]]
            mine = [known_leads[k] for k in columns]
            rows += place_scores(FORECAST, plan.origin, mine, foretold, happened[columns], near, looked[columns])
        answers = {MODEL: place_probabilities(run.summary, dates, run.world)}
        answers |= {baseline.name: baseline.forecast(run.world, dates) for baseline in baselines}
        for name, probability in answers.items():
            rows += place_scores(name, plan.origin, known_leads, probability, happened, near, looked)
    score_rows = []
    for question, answer, own in zip(questions, simulation.forecast_answers, simulation.answers, strict=True):
        outcome = simulation.resolutions[question.id].value
        log, brier = log_and_brier(answer.probability, outcome)
        score_rows.append(
            QuestionScore(
                question=question.id,
                title=question.title,
                forecaster=MODEL if forecast is None else FORECAST,
                probability=answer.probability,
                status=answer.status,
                outcome=outcome,
                log=log,
                brier=brier,
                model=own.probability,
                model_brier=log_and_brier(own.probability, outcome)[1],
            )
        )
    return RunScore(folder, war.name, plan.origin, plan.members, tuple(known_leads), tuple(rows), tuple(score_rows))


def log_and_brier(probability: float | None, outcome: int | None) -> tuple[float | None, float | None]:
    """Log and Brier score of an answer by the headline mixture; None where there is no answer or no outcome."""
    if probability is None or outcome is None:
        return None, None
    mixed = binary_mixture(probability)
    return float(binary_log(mixed, outcome)), float(binary_brier(mixed, outcome))
