"""From a simulated war to its page: the answers of everybody, what came, the scores, and the contents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from polemos.argument.claims import GROUPS, Claim
from polemos.forecast.forecaster import Answer, Forecaster
from polemos.forecast.questions import Question
from polemos.forecast.resolve import Resolution, resolve_all
from polemos.forecast.war import Simulation, War, brier
from polemos.report.build import Said, contents
from polemos.report.contents import Fact, ForecastRow, PageContents, ScoreRow, Stand, Who
from polemos.score.claims import Statement, claim_scores, group_scores, statements

if TYPE_CHECKING:
    from polemos.ensemble.plan import Plan

MODEL = "model"
VOICES = {"forecast": "author", "rival": "rival"}
"""Whose column a claim of a kind stands in; the owner himself is named in the row."""

UNGROUPED = "questions"
UNMODELLED = "not in the model"
SILENT = "where the model is silent"
HEADLINES = 3

PLACES = {group: place for place, group in enumerate((*GROUPS, UNGROUPED))}
"""Order of the groups in every table."""


@dataclass(frozen=True, slots=True)
class Account:
    """A simulation with everything that its page shows."""

    war: War
    simulation: Simulation
    contents: PageContents


@dataclass(frozen=True, slots=True)
class Asked:
    """What stands in one row of the forecasts: a question of the model, or a claim that it has none for."""

    id: str
    group: str
    text: str
    claims: tuple[Claim, ...]
    outcome: int | None
    answers: Mapping[str, Answer]
    note: str = ""


def baselines() -> tuple[Forecaster, ...]:
    """The baselines that every table shows."""
    from polemos.forecast.baselines import Persistence, PooledMarkov
    from polemos.forecast.contiguity import ContiguityMarkov

    return Persistence(), PooledMarkov(), ContiguityMarkov()


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside the model's answers and needs no simulated war: the baselines' by name, and what came."""

    answers: Mapping[str, Sequence[Answer]]
    came: Mapping[str, Resolution]


def beside(war: War, plan: Plan) -> Beside:
    """Ask the baselines the questions of the origin, and resolve them on the record."""
    world, questions = war.world.as_of(plan.origin), war.asked(plan.origin)
    answers = {baseline.name: baseline.answer(world, questions, plan.until) for baseline in baselines()}
    return Beside(answers, {found.question: found for found in resolve_all(questions, war.world)})


def simulated(war: War, plan: Plan, **how: Any) -> Account:
    """Simulate a plan (`how`: see `War.run`) while the rest is asked aside, and account for it."""
    from concurrent.futures import ThreadPoolExecutor

    from polemos.report.page import vega_script

    with ThreadPoolExecutor(1) as aside:
        rest = aside.submit(beside, war, plan)
        aside.submit(vega_script)
        return account(war, war.run(plan, **how), rest.result())


def account(war: War, simulation: Simulation, rest: Beside | None = None) -> Account:
    """Set the model's answers beside those of the baselines, resolve, score, and lay the page out."""
    run, plan = simulation.run, simulation.run.plan
    rest = rest or beside(war, plan)
    said_by = {MODEL: {answer.question: answer for answer in simulation.answers}}
    for name, given in rest.answers.items():
        said_by[name] = {answer.question: answer for answer in given}
    rows = asked(war, simulation.questions, rest.came, said_by, plan.origin)
    voices = [voice for voice in VOICES.values() if any(voice in _owners(row) for row in rows)]
    forecasters = (
        *(Who(voice, voice) for voice in voices),
        *(Who(name, "model" if name == MODEL else "baseline") for name in said_by),
    )
    focus = war.settings.focus[0] if war.settings.focus else war.world.organisations.id[0]
    page = contents(
        war.world,
        plan.origin,
        focus,
        run.summary.dates,
        run.summary.probability,
        run.summary.quantiles,
        members=plan.members,
        said=Said(forecasters, tuple(forecast_row(row) for row in rows), score_rows(rows)),
        headline_questions=_headlines(rows),
        subtitle=war.settings.summary,
        facts=facts(simulation),
        command=command(plan),
        limits=limits(simulation, rows),
        credits=[Fact(credit.source, credit.licence) for credit in war.settings.credits],
    )
    return Account(war, simulation, replace(page, argument=war.argument))


def write(told: Account, path: Path) -> Path:
    """Write the page."""
    from polemos.report import page

    return page.write(told.contents, path)


def asked(
    war: War,
    questions: Sequence[Question],
    resolutions: Mapping[str, Resolution],
    said_by: Mapping[str, Mapping[str, Answer]],
    origin: np.datetime64,
) -> list[Asked]:
    """Rows of the forecasts, group by group: the questions, then the claims of the origin that no question carries.

    A claim stands with the question that is closest to it, its first.
    """
    coded = [claim for claim in (war.argument.claims if war.argument else ()) if claim.coding and claim.kind in VOICES]
    rows = []
    for question in questions:
        claims = tuple(claim for claim in coded if claim.questions[:1] == (question.id,))
        linked = claims or tuple(claim for claim in coded if claim.id in question.claims)
        came = resolutions[question.id]
        rows.append(
            Asked(
                question.id,
                linked[0].group if linked else UNGROUPED,
                question.asked,
                claims,
                came.value,
                {name: answers[question.id] for name, answers in said_by.items()},
                _firmness(came),
            )
        )
    there = {question.id for question in questions}
    for claim in coded:
        if claim.vintage is not None and np.datetime64(claim.vintage) == origin and not there & set(claim.questions):
            assert claim.outcome is not None
            rows.append(Asked(claim.id, claim.group, claim.strict, (claim,), claim.outcome.value, {}))
    return sorted(rows, key=lambda row: PLACES[row.group])


def forecast_row(row: Asked) -> ForecastRow:
    """A row as the page shows it."""
    stands = [
        Stand(
            VOICES[claim.kind],
            claim.coding.mid,
            low=claim.coding.low,
            high=claim.coding.high,
            brier=brier(claim.coding.mid, row.outcome),
        )
        for claim in _voices(row).values()
        if claim.coding
    ]
    stands += [
        Stand(
            name,
            answer.probability,
            error=answer.error if name == MODEL and answer.probability is not None else None,
            brier=brier(answer.probability, row.outcome),
            status=answer.status,
        )
        for name, answer in row.answers.items()
    ]
    if not row.answers:
        stands.append(Stand(MODEL, None, status=UNMODELLED))
    first = row.claims[0] if row.claims else None
    return ForecastRow(
        id=row.id,
        group=row.group,
        text=row.text,
        owner=first.owner if first else "",
        where=f"{first.id}, ¶{', '.join(str(n) for n in first.paragraphs)}" if first and first.paragraphs else "",
        outcome=None if row.outcome is None else bool(row.outcome),
        stands=tuple(stands),
        note=row.note,
    )


def score_rows(rows: Sequence[Asked]) -> tuple[ScoreRow, ...]:
    """Mean Brier scores by group: where the model has an answer, and apart from that where it has none.

    Only questions that somebody spoke to count (all of them, where there is no argument): other measures of one claim
    would count it again. Voices come in the order of the tables.
    """
    spoken = [row for row in rows if row.claims] or list(rows)
    spoken.sort(key=lambda row: (PLACES[row.group], not _answered(row)))
    groups = {row.id: row.group if _answered(row) else f"{row.group}: {SILENT}" for row in spoken}
    said: list[Statement] = []
    for row in spoken:
        for voice, claim in _voices(row).items():
            if claim.coding:
                said.append(Statement(voice, row.id, claim.coding.low, claim.coding.mid, claim.coding.high))
        for name, answer in row.answers.items():
            said += statements(name, [answer])
    order = (*VOICES.values(), *dict.fromkeys(name for row in rows for name in row.answers))
    said.sort(key=lambda one: order.index(one.who))
    outcomes = {row.id: row.outcome for row in spoken}
    return tuple(
        ScoreRow(score.group, score.who, score.questions, score.brier, score.interval.low, score.interval.high)
        for score in group_scores(claim_scores(said, outcomes, groups), outcomes, groups)
    )


def facts(simulation: Simulation) -> list[Fact]:
    """What a reader needs to know about how a run was made."""
    from polemos.ensemble.folder import versions
    from polemos.model.jit import kernel_hash

    plan = simulation.run.plan
    made = versions(kernel_hash()[:12])
    inputs = {
        "known": "known: nothing after the origin was seen",
        "actual": "actual: supports and relations as they really came",
    }
    return [
        Fact("Origin", str(plan.origin)),
        Fact("Last day", str(plan.until)),
        Fact("Simulated wars", f"{plan.members:,}"),
        Fact("Seed", str(plan.seed)),
        Fact("Inputs", inputs[plan.inputs]),
        Fact(
            "Theory",
            ", ".join([plan.theory, *(f"with {n}" for n in plan.added), *(f"without {n}" for n in plan.without)]),
        ),
        Fact("Front", "learnt from the record before the origin" if plan.learn else "priors"),
        Fact("World", plan.world[:12]),
        Fact("Plan", plan.digest()[:12]),
        *(Fact(name.capitalize(), value) for name, value in made.items()),
    ]


def command(plan: Plan) -> str:
    """The command that makes the same run again."""
    words = ["polemos", "run", plan.scenario, "--origin", str(plan.origin), "--to", str(plan.until)]
    words += ["--members", str(plan.members), "--seed", str(plan.seed)]
    if plan.inputs != "known":
        words += ["--inputs", plan.inputs]
    if plan.theory != "neutral":
        words += ["--theory", plan.theory]
    for name in plan.added:
        words += ["--process" if name.endswith(".py") else "--with", name]
    for name in plan.without:
        words += ["--without", name]
    if not plan.learn:
        words += ["--no-learn"]
    return " ".join(words)


def limits(simulation: Simulation, rows: Sequence[Asked]) -> list[str]:
    """What this run cannot say."""
    plan = simulation.run.plan
    told = []
    for status in ("beyond horizon", UNMODELLED, "not asked"):
        number = sum(1 for row in rows if _status(row) == status)
        if number:
            what = {
                "beyond horizon": f"look past {plan.until}, the last day of the run",
                UNMODELLED: "are about something that is not in the model",
                "not asked": "follow an event that came in no simulated war",
            }[status]
            told.append(f"{number} of {len(rows)} statements {what}: the model is silent on them.")
    from polemos.model.front import BASIS_UNTIL
    from polemos.model.history import BASIS_UNTIL as REFERENCE_UNTIL

    if str(plan.origin) < REFERENCE_UNTIL:
        told.append(
            "The pace of the war before the origin is mixed with a reference class of wars that was put together by "
            f"people who knew wars up to {REFERENCE_UNTIL}, this one perhaps among them."
        )
    if plan.learn and str(plan.origin) < BASIS_UNTIL:
        told.append(
            "The front is learnt from the record before the origin, but its form, the values that the fit is pulled to "
            f"and its cap on feedback were chosen by people who knew wars up to {BASIS_UNTIL}."
        )
    late = late_priors(plan)
    if late:
        told.append(
            f"Prior sees later data: {len(late)} parameters rest on evidence from after the origin ({', '.join(late)})."
        )
    return told


def late_priors(plan: Plan) -> list[str]:
    """Parameters whose prior rests on evidence from after the origin."""
    from polemos.model import engine, processes
    from polemos.model.process import NO_DATA

    rows = engine.parameters(processes.choose((), plan.added))
    dated = [(p.name, p.basis_until) for _, p in rows if p.basis_until != NO_DATA]
    return sorted(name for name, until in dated if np.datetime64(until, "D") > plan.origin)


def _owners(row: Asked) -> set[str]:
    return set(_voices(row))


def _voices(row: Asked) -> dict[str, Claim]:
    """The claims of a row by whose column they stand in: one each, the first."""
    found: dict[str, Claim] = {}
    for claim in row.claims:
        found.setdefault(VOICES[claim.kind], claim)
    return found


def _answered(row: Asked) -> bool:
    return MODEL in row.answers and row.answers[MODEL].probability is not None


def _status(row: Asked) -> str:
    return row.answers[MODEL].status if MODEL in row.answers else UNMODELLED


def _firmness(came: Resolution) -> str:
    if not came.fragile:
        return ""
    if came.agreement is None:
        return "The outcome is fragile."
    return f"The outcome is fragile: {came.agreement:.0%} of records drawn within their precision agree."


def _headlines(rows: Sequence[Asked]) -> list[str]:
    """The first few questions that the model answers and somebody else spoke to; without any, the first answered."""
    answered = [row for row in rows if _answered(row)]
    return [row.id for row in [row for row in answered if row.claims] or answered][:HEADLINES]
