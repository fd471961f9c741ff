"""From an assessed war to its page: the rows of everybody's answers, the scores and the contents."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from polemos.courses.courses import Course
from polemos.questions.answer import Answer
from polemos.questions.member_answers import LACKING, STATUS
from polemos.questions.questions import Question
from polemos.questions.resolve import Resolution
from polemos.report.page import presets, related_results
from polemos.report.page.build import Notes, Said, contents
from polemos.report.page.contents import Fact, PageContents, Spread, Who
from polemos.report.page.forecast_rows import (
    SILENT,
    UNGROUPED,
    VOICES,
    Asked,
    answered,
    forecast_row,
    in_order,
    owners,
    question_rows,
    score_rows,
    unasked,
)
from polemos.report.page.likely_changes import changes_of
from polemos.report.page.notable_places import places_asked_about
from polemos.report.page.outcome_spread import spread
from polemos.report.page.provenance import command, facts, late_priors, limits
from polemos.report.page.reliability_diagrams import diagrams
from polemos.war.assessment import FORECAST, FRONT, FURTHER, MODEL, Assessment
from polemos.war.simulation import Simulation
from polemos.war.statement_runs import ByForecaster
from polemos.war.war import War

if TYPE_CHECKING:
    from polemos.ensemble.plan import Plan
    from polemos.war.forecast import Forecast

__all__ = [
    "SILENT",
    "UNGROUPED",
    "Account",
    "account",
    "late_priors",
    "write",
]

MEMBERS, MEMBER_BYTES = 20, 1_500_000
"""Single wars on the page at most, and their holders before packing."""


KIND_OF = {FORECAST: "forecast", MODEL: "model", FRONT: "model"}
"""Kinds of those who simulate; the others are baselines."""


@dataclass(frozen=True, slots=True)
class Account:
    """An assessed simulation with the contents of its page."""

    assessment: Assessment
    contents: PageContents

    @property
    def simulation(self) -> Simulation:
        """The simulation that the page is of."""
        return self.assessment.simulation


def account(assessment: Assessment, shown: Sequence[Mapping[str, Any]] = ()) -> Account:
    """Lay out the page of an assessed war: the model's answers beside those of the baselines, outcomes and scores.

    `shown` are results of other commands that the page shows too (see `polemos.report.page.related_results.read`).
    """
    with ThreadPoolExecutor(1) as pool:
        # Grouping wars needs nothing of the rest and takes as long.
        courses = pool.submit(courses_of, assessment.simulation)
        return Account(assessment, _contents(assessment, shown, courses))


def _contents(assessment: Assessment, shown: Sequence[Mapping[str, Any]], courses: Future[Any]) -> PageContents:
    war, simulation = assessment.war, assessment.simulation
    plan = simulation.run.plan
    rows, forecasters = answers_of(assessment)
    page = course(
        war,
        simulation,
        simulation.forecast,
        statements=Said(forecasters, tuple(forecast_row(row) for row in rows), score_rows(rows)),
        notes=Notes(
            subtitle=war.settings.summary,
            facts=facts(simulation),
            command=command(plan),
            limits=limits(simulation, rows),
            credits=[Fact(credit.source, credit.licence) for credit in war.settings.credits],
        ),
        members=first_members(simulation),
    )
    page = replace(
        page,
        argument=war.argument,
        simulated=plan.members,
        diagrams=diagrams(simulation, rows, forecasters),
        theories=related_results.theories(simulation, page, rows),
        scenario=war.name,
        named=places_asked_about(war.world, simulation.questions),
        courses=courses.result(),
        presets=() if simulation.run.folder is None else presets.read(war, simulation.run.folder.parent),
        results=(*(related_results.hindcasts(simulation) or related_results.library_board(simulation)), *shown),
    )
    return replace(page, reasons=reasons_of(simulation.forecast, page))


def reasons_of(forecast: Forecast | None, page: PageContents) -> dict[int, tuple[str, ...]]:
    """Why the places that are listed as likely to change hands may do so, by their number; none without a forecast."""
    from polemos.forecasters.reasons import reasons

    nobody = len(page.holders) - 1
    cases = [(row.place, row.to) for row in changes_of(page) if row.to != nobody]
    if forecast is None or not cases:
        return {}
    terms = reasons(forecast.front, forecast.world, cases)
    ids, holders = (*forecast.world.organisations.id, ""), page.record[page.origin_index]
    return {
        place: tuple(in_roles(one.words, ids[to], ids[holders[place]]) for one in row)
        for (place, to), row in zip(cases, terms, strict=True)
        if row
    }


def in_roles(words: str, taker: str, holder: str) -> str:
    """A reason that calls organisations by what they are to a place: the list names them in columns of their own."""
    for name, role in ((taker, "the next holder"), (holder, "the holder")):
        if name:
            words = re.sub(rf"\b{re.escape(name)}\b", role, words)
    return words


def courses_of(simulation: Simulation) -> tuple[Course, ...]:
    """The courses of a run; none where trajectories were not kept."""
    try:
        return simulation.course_groups()
    except ValueError:
        return ()


def course(war: War, simulation: Simulation, forecast: Forecast | None = None, **more: Any) -> PageContents:
    """The simulated course of a war beside the record, without a question; `more`: see `polemos.report.page.build`.

    Places, and people in them, are those of the wars behind the forecast, where one is `forecast`; else of the model's.
    """
    from polemos.ensemble.summary import QUANTILES

    focus = war.settings.focus[0] if war.settings.focus else war.world.organisations.id[0]
    summary, origin = simulation.run.summary, simulation.run.plan.origin
    probability, quantiles = summary.probability, dict(summary.quantiles)
    if forecast is not None:
        ahead = summary.dates >= origin
        probability = probability.copy()
        probability[ahead] = forecast.wars.probability(summary.dates[ahead])
        for name in ("places", "people"):
            quantiles[name] = quantiles[name].copy()
            quantiles[name][:, ahead] = forecast.wars.quantiles(summary.dates[ahead], QUANTILES, name == "people")
    return contents(war.world, origin, focus, summary.dates, probability, quantiles, **more)


def forecast_map(forecast: Forecast, lead: str | None = None, mode: str = "likely") -> Any:
    """The map of a forecast at one of its leads, by default the last; `mode` as `report.charts.maps.place_map`."""
    from polemos.report.charts.maps import place_map

    war, dates = forecast.war, forecast.mixed.dates
    focus = war.settings.focus[0] if war.settings.focus else war.world.organisations.id[0]
    page = contents(forecast.world, forecast.origin, focus, dates, forecast.probability.astype("float32"), {})
    row = len(dates) - 1 if lead is None else forecast.leads.index(lead)
    return place_map(page, page.first + row, mode)


def answers_of(assessment: Assessment) -> tuple[list[Asked], tuple[Who, ...]]:
    """The rows of the forecasts, and everybody who has a column in them."""
    war, simulation, outcomes = assessment.war, assessment.simulation, assessment.comparison.outcomes
    plan, said_by = simulation.run.plan, assessment.answers()
    rows = question_rows(war, simulation.questions, outcomes, said_by, plan.origin)
    rows = [replace(row, spread=_spread(simulation, row, outcomes)) for row in rows]
    if assessment.further:
        rows = with_further(assessment, rows, tuple(said_by), plan)
    voices = [voice for voice in VOICES.values() if any(voice in owners(row) for row in rows)]
    forecasters = (
        *(Who(voice, voice) for voice in voices),
        *(Who(name, KIND_OF.get(name, "baseline")) for name in said_by),
    )
    return rows, forecasters


def _said(question: Question, name: str, answers: ByForecaster) -> Answer:
    """The answer of a run besides the page's own; the front hazard's stands there in the forecast's alone."""
    return answers[name] if name in answers else Answer(question.id, None, 0.0, STATUS[LACKING])


def with_further(assessment: Assessment, rows: Sequence[Asked], names: Sequence[str], plan: Plan) -> list[Asked]:
    """The rows, with those of the statements that other runs answer, and all that nothing can be asked for."""
    war, further = assessment.war, assessment.further
    questions = [question for question in war.questions if question.id in further]
    said_by = {name: {one.id: _said(one, name, further[one.id]) for one in questions} for name in names}
    answered_rows = question_rows(war, questions, assessment.further_outcomes, said_by, plan.origin)
    more = {row.id: row for row in answered_rows if row.answers}
    for question in questions:
        row = more[question.id]
        note = f"Asked on {question.origin}, in {min(plan.members, FURTHER):,} simulated wars of its own."
        if question.processes:
            note = f"{note} They run {', '.join(question.processes)} besides."
        more[row.id] = replace(row, note=" ".join(part for part in (note, row.note) if part))
    ids = {claim.id for row in (*rows, *more.values()) for claim in row.claims}
    merged = [more.pop(row.id, row) for row in rows]
    return in_order(war, [*merged, *more.values(), *(row for row in unasked(war) if row.id not in ids)])


def first_members(simulation: Simulation) -> Any:
    """Holders [K, T, P] in the first members of a run that is kept; not chosen, only few enough for a page."""
    run = simulation.run
    if run.folder is None or not run.whole:
        return None
    steps, places, _ = run.summary.counts.shape
    control = next(run.chunks()).control
    return control[: min(MEMBERS, max(1, MEMBER_BYTES // (steps * places)))]


def _spread(simulation: Simulation, row: Asked, resolutions: Mapping[str, Resolution]) -> Spread | None:
    question = next((one for one in simulation.questions if one.id == row.id), None)
    if question is None or not answered(row):
        return None
    return spread(question, simulation.run.verdicts[row.id], resolutions[row.id], simulation.run.plan.until)


def write(page_account: Account, path: Path) -> Path:
    """Write the page, and the answers into the folder of the run for pages and charts to come."""
    from polemos.report.html import page

    baselines = page_account.assessment.comparison.answers
    related_results.leave_answers(page_account.simulation, page_account.contents, baselines)
    return page.write(page_account.contents, path)
