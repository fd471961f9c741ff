"""The rows of the forecasts: questions with the claims behind them, everybody's answers, what happened, the scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from polemos.argument.claims import Claim
from polemos.questions.answer import Answer
from polemos.questions.questions import Question
from polemos.questions.resolve import Resolution
from polemos.report.page.came_later import came_later
from polemos.report.page.contents import ForecastRow, Quote, ScoreRow, Spread, Stand
from polemos.scores.statements import Statement, claim_scores, group_scores, statements
from polemos.war.assessment import FORECAST, MODEL
from polemos.war.simulation import brier
from polemos.war.war import War

VOICES = {"forecast": "author", "rival": "rival"}
"""Whose column a claim of a kind stands in; the owner himself is named in the row."""

UNGROUPED = "questions"
UNMODELLED = "not in the model"
SILENT = "where the model is silent"


@dataclass(frozen=True, slots=True)
class Asked:
    """What stands in one row of the forecasts: a question of the model, or a claim that it has none for.

    `title` is short, for a reader; `keywords` are what the row can be found by beside its texts.
    """

    id: str
    group: str
    text: str
    claims: tuple[Claim, ...]
    outcome: int | None
    answers: Mapping[str, Answer]
    note: str = ""
    came: str = ""
    spread: Spread | None = None
    title: str = ""
    keywords: str = ""
    later: np.datetime64 | None = None


def question_rows(
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
        resolution = resolutions[question.id]
        rows.append(
            Asked(
                question.id,
                linked[0].group if linked else UNGROUPED,
                question.asked,
                claims,
                resolution.value,
                {name: answers[question.id] for name, answers in said_by.items() if question.id in answers},
                firmness(resolution),
                resolved(resolution),
                title=question.title,
                keywords=keywords(war, linked),
                later=came_later(question, war.world) if claims and resolution.value == 0 else None,
            )
        )
    ids = {question.id for question in questions}
    rows += [
        _silent(war, claim)
        for claim in coded
        if claim.vintage is not None and np.datetime64(claim.vintage) == origin and not ids & set(claim.questions)
    ]
    return in_order(war, rows)


def _silent(war: War, claim: Claim) -> Asked:
    """The row of a claim that no question is asked for."""
    assert claim.outcome is not None
    title = claim.text[:1].upper() + claim.text[1:]
    words = keywords(war, (claim,))
    return Asked(claim.id, claim.group, claim.strict, (claim,), claim.outcome.value, {}, title=title, keywords=words)


def unasked(war: War) -> list[Asked]:
    """Rows of the coded claims that have no question, whatever their day."""
    claims = war.argument.claims if war.argument else ()
    return [_silent(war, one) for one in claims if one.coding and one.kind in VOICES and not one.questions]


def in_order(war: War, rows: Sequence[Asked]) -> list[Asked]:
    """Rows by topic, in the order of the argument."""
    order = (*(war.argument.topics if war.argument else ()), UNGROUPED)
    return sorted(rows, key=lambda row: order.index(row.group))


def keywords(war: War, claims: Sequence[Claim]) -> str:
    """What claims can be found by: their ids and texts, and the texts of the mechanisms that they rest on."""
    behind = [war.argument.claim(name) for claim in claims for name in claim.mechanisms] if war.argument else []
    return " ".join(dict.fromkeys(text for claim in (*claims, *behind) for text in (claim.id, claim.text, claim.words)))


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
        for claim in voices(row).values()
        if claim.coding
    ]
    stands += [
        Stand(
            name,
            answer.probability,
            error=answer.error if name in (FORECAST, MODEL) and answer.probability is not None else None,
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
        claims=tuple(
            Quote(claim.id, claim.owner, claim.paragraphs, claim.text, claim.words, claim.strict)
            for claim in row.claims
        ),
        strict=row.text if row.answers else "",
        came=row.came,
        spread=row.spread,
        title=row.title,
        keywords=row.keywords,
        later=row.later,
    )


def score_rows(rows: Sequence[Asked]) -> tuple[ScoreRow, ...]:
    """Mean Brier scores by group: where the model has an answer, and apart from that where it has none.

    Only questions that somebody spoke to count (all of them, where there is no argument): other measures of one claim
    would count it again. Voices come in the order of the tables.
    """
    claimed_rows = [row for row in rows if row.claims] or list(rows)
    topics = list(dict.fromkeys(row.group for row in rows))
    claimed_rows.sort(key=lambda row: (topics.index(row.group), not answered(row)))
    groups = {row.id: row.group if answered(row) else f"{row.group}: {SILENT}" for row in claimed_rows}
    statements_said: list[Statement] = []
    for row in claimed_rows:
        for voice, claim in voices(row).items():
            if claim.coding:
                statements_said.append(Statement(voice, row.id, claim.coding.low, claim.coding.mid, claim.coding.high))
        for name, answer in row.answers.items():
            statements_said += statements(name, [answer])
    order = (*VOICES.values(), *dict.fromkeys(name for row in rows for name in row.answers))
    statements_said.sort(key=lambda one: order.index(one.who))
    outcomes = {row.id: row.outcome for row in claimed_rows}
    return tuple(
        ScoreRow(score.group, score.who, score.questions, score.brier, score.interval.low, score.interval.high)
        for score in group_scores(claim_scores(statements_said, outcomes, groups), outcomes, groups)
    )


def owners(row: Asked) -> set[str]:
    """Whose columns a row has something in."""
    return set(voices(row))


def voices(row: Asked) -> dict[str, Claim]:
    """The claims of a row by whose column they stand in: one each, the first."""
    claim_of_owner: dict[str, Claim] = {}
    for claim in row.claims:
        claim_of_owner.setdefault(VOICES[claim.kind], claim)
    return claim_of_owner


def answered(row: Asked) -> bool:
    """Whether the forecast has an answer (the model, where the run is none)."""
    own = speaking(row)
    return own is not None and own.probability is not None


def status(row: Asked) -> str:
    """Why there is no answer, or that there is."""
    own = speaking(row)
    return UNMODELLED if own is None else own.status


def speaking(row: Asked) -> Answer | None:
    """The answer that a row stands for: of the forecast, or of the model where the run is none."""
    return row.answers.get(FORECAST, row.answers.get(MODEL))


def firmness(resolution: Resolution) -> str:
    """A warning where the outcome depends on the precision of the record."""
    if not resolution.fragile:
        return ""
    if resolution.agreement is None:
        return "The outcome is fragile."
    return (
        "The outcome is fragile: with the dates of the record moved within their precision, it is the same in "
        f"{100 * resolution.agreement:.0f} % of the tries."
    )


def resolved(resolution: Resolution) -> str:
    """How the record answers, in words: what was found against what was asked, when, by which source."""
    parts = []
    if resolution.quantity is not None and np.isfinite(resolution.quantity):
        parts.append(f"found {resolution.quantity:.4g} against {resolution.threshold:.4g} {resolution.unit}".rstrip())
    if resolution.date is not None:
        parts.append(f"settled by {resolution.date}")
    if resolution.source:
        parts.append(f"source: {resolution.source}")
    if resolution.agreement is not None:
        parts.append(f"{resolution.agreement:.0%} of records drawn within the precision of their dates agree")
    return "; ".join(parts)
