"""From a simulated war to its page: the answers of everybody, what came, the scores, and the contents."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from polemos.courses.courses import Course
from polemos.forecasters.base import Forecaster
from polemos.questions.answer import Answer
from polemos.questions.member_answers import LACKING, STATUS
from polemos.questions.questions import Question
from polemos.questions.resolve import Resolution, resolve_all
from polemos.report.page import related_results
from polemos.report.page.build import Notes, Said, contents
from polemos.report.page.contents import Fact, PageContents, Spread, Who
from polemos.report.page.forecast_rows import (
    FORECAST,
    FRONT,
    MODEL,
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
from polemos.war import statement_runs
from polemos.war.simulation import Simulation
from polemos.war.statement_runs import ByForecaster
from polemos.war.war import War

if TYPE_CHECKING:
    from polemos.ensemble.executor import Executor
    from polemos.ensemble.plan import Plan
    from polemos.ensemble.store import Store
    from polemos.war.forecast import Forecast

__all__ = [
    "FORECAST",
    "FRONT",
    "MODEL",
    "SILENT",
    "UNGROUPED",
    "Account",
    "account",
    "baselines",
    "beside",
    "late_priors",
    "simulated",
    "write",
]

FURTHER = 100
"""Simulated wars at most of each run besides the page's own: errors of five points."""

RULED = 400
"""Simulated members of a baseline that answers the questions of a page: errors of 2.5 points."""

Further = Mapping[str, ByForecaster]
"""Answers of runs besides the page's own, by question and forecaster."""

MEMBERS, MEMBER_BYTES = 20, 1_500_000
"""Single wars on the page at most, and their holders before packing."""


KIND_OF = {FORECAST: "forecast", MODEL: "model", FRONT: "model"}
"""Kinds of those who simulate; the others are baselines."""


@dataclass(frozen=True, slots=True)
class Account:
    """A simulation with everything that its page shows."""

    war: War
    simulation: Simulation
    contents: PageContents
    rest: Beside


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside the model's answers and needs no simulated war: the baselines' by name, and what came."""

    answers: Mapping[str, Sequence[Answer]]
    came: Mapping[str, Resolution]


def baselines(members: int = RULED) -> tuple[Forecaster, ...]:
    """The baselines that every table shows, with so many simulated members."""
    from polemos.forecasters.contiguity import ContiguityMarkov
    from polemos.forecasters.markov import Persistence, PooledMarkov

    return Persistence(), PooledMarkov(members=members), ContiguityMarkov(members=members)


def beside(war: War, plan: Plan) -> Beside:
    """Ask the baselines the questions of the origin, and resolve them on the record."""
    world, questions = war.world.as_of(plan.origin), war.questions_at(plan.origin)
    answers = {baseline.name: baseline.answer(world, questions, plan.until) for baseline in baselines()}
    return Beside(answers, {resolution.question: resolution for resolution in resolve_all(questions, war.world)})


def simulated(
    war: War, plan: Plan, shown: Sequence[Mapping[str, Any]] = (), *, whole: bool = False, **how: Any
) -> Account:
    """Simulate a plan (`how`: see `War.simulate`) while the rest is asked aside, and account for it.

    With `whole`, every statement of the argument that this run leaves open is asked on its own day in a run of its own.
    """
    from concurrent.futures import ThreadPoolExecutor

    from polemos.report.basemap import topology
    from polemos.war import kept_aside
    from polemos.war.forecast import aside_of
    from polemos.war.simulation import forecasts

    store = how.get("store")
    folder = None if kept_aside.begins_anew(store) else kept_aside.folder_in(store, plan)
    job = None if folder is None else kept_aside.read(folder, war, plan)
    with ThreadPoolExecutor(1) as pool:
        rest = pool.submit(beside, war, plan)
        pool.submit(topology)
        asked = pool.submit(aside_of, war, plan, 1) if job is None and forecasts(plan) else None
        simulation = war.simulate(plan, **how)
        if asked is not None:
            job = asked.result()
            if simulation.run.folder is not None:
                kept_aside.write(simulation.run.folder, job)
        simulation = replace(simulation, aside=job)
        further = further_answers(war, simulation, store, how.get("executor")) if whole else {}
        return account(war, simulation, rest.result(), shown, further)


def further_answers(
    war: War, simulation: Simulation, store: Store | None = None, executor: Executor | None = None
) -> Further:
    """Answers to the statements of the argument that a run leaves open, by question: asked on their own days."""
    from polemos.ensemble.store import FolderStore
    from polemos.war.simulation import forecasts

    plan = simulation.run.plan
    ids = {answer.question for answer in simulation.answers if answer.probability is not None}
    rest = [question for question in statement_runs.of_argument(war) if question.id not in ids]
    return statement_runs.answers(
        war,
        statement_runs.sittings(rest),
        baselines(min(plan.members, FURTHER)),
        members=min(plan.members, FURTHER),
        seed=plan.seed,
        theory=plan.theory,
        fronts=forecasts(plan),
        runs=store.root if isinstance(store, FolderStore) else None,
        executor=executor,
    )


def account(
    war: War,
    simulation: Simulation,
    rest: Beside | None = None,
    shown: Sequence[Mapping[str, Any]] = (),
    further: Further | None = None,
) -> Account:
    """Set the model's answers beside those of the baselines, resolve, score, and lay the page out.

    `shown` are results of other commands that the page shows too (see `polemos.report.page.related_results.read`),
    `further` answers to statements that this run leaves open.
    """
    plan = simulation.run.plan
    rest = rest or beside(war, plan)
    rows, forecasters = answers_of(war, simulation, rest, further or {})
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
        courses=courses_of(simulation),
        results=(*related_results.hindcasts(simulation), *shown),
    )
    page = replace(page, reasons=reasons_of(simulation.forecast, page))
    return Account(war, simulation, page, rest)


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

    Places, and people in them, are those of the wars behind the forecast, where one is `made`; else of the model's.
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


def answers_of(
    war: War, simulation: Simulation, rest: Beside, further: Further | None = None
) -> tuple[list[Asked], tuple[Who, ...]]:
    """The rows of the forecasts, and everybody who has a column in them."""
    plan = simulation.run.plan
    forecast = simulation.forecast
    given_by: dict[str, Sequence[Answer]] = {}
    if forecast is not None:
        given_by = {FORECAST: simulation.forecast_answers}
    given_by[MODEL] = simulation.answers
    if forecast is not None:
        given_by[FRONT] = forecast.front_answers(simulation.questions)
    said_by: dict[str, dict[str, Answer]] = {}
    for name, answers in {**given_by, **rest.answers}.items():
        said_by[name] = {answer.question: answer for answer in answers}
    rows = question_rows(war, simulation.questions, rest.came, said_by, plan.origin)
    rows = [replace(row, spread=_spread(simulation, row, rest.came)) for row in rows]
    if further:
        rows = with_further(war, rows, further, tuple(said_by), plan)
    voices = [voice for voice in VOICES.values() if any(voice in owners(row) for row in rows)]
    forecasters = (
        *(Who(voice, voice) for voice in voices),
        *(Who(name, KIND_OF.get(name, "baseline")) for name in said_by),
    )
    return rows, forecasters


def _said(question: Question, name: str, answers: ByForecaster) -> Answer:
    """The answer of a run besides the page's own; the front hazard's stands there in the forecast's alone."""
    return answers[name] if name in answers else Answer(question.id, None, 0.0, STATUS[LACKING])


def with_further(war: War, rows: Sequence[Asked], further: Further, names: Sequence[str], plan: Plan) -> list[Asked]:
    """The rows, with those of the statements that other runs answer, and all that nothing can be asked for."""
    questions = [question for question in war.questions if question.id in further]
    said_by = {name: {one.id: _said(one, name, further[one.id]) for one in questions} for name in names}
    resolutions = {one.question: one for one in resolve_all(questions, war.world)}
    more = {row.id: row for row in question_rows(war, questions, resolutions, said_by, plan.origin) if row.answers}
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

    related_results.leave_answers(page_account.simulation, page_account.contents, page_account.rest.answers)
    return page.write(page_account.contents, path)
