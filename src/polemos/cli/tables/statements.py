"""An argument answered, in the terminal: every statement with what is said to it, the silent ones, and the scores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from polemos.cli import printing
from polemos.war.statement_runs import FORECAST, MODEL
from polemos.war.statement_table import RULE, Group, Row, groups, whole

OUTCOMES = {1: "yes", 0: "no", None: "open"}
STILL = "persistence"
"""The rule that stands in a column of its own: nothing changes, and off the map the last year repeats itself."""


def show_answers(table: Sequence[Row], members: int) -> None:
    """Every statement, the reasons of the silent ones, and scores by group."""
    out = printing.console()
    cells = [
        (
            row.claim.id,
            row.voice,
            title_of(row),
            "" if row.question is None else str(row.question.origin),
            "" if row.claim.coding is None else printing.percent(row.claim.coding.mid),
            probability_cell(row, FORECAST) if row.probability is not None else "silent",
            printing.percent(row.probability) if row.probability is not None else "-",
            probability_cell(row, STILL),
            OUTCOMES[row.outcome],
        )
        for row in table
    ]
    heads = ("id", "whose", "statement", "asked on", "words", "forecast", "model", "no change", "what happened")
    spare = ("no change", "asked on", "whose")
    out.print(
        printing.table(f"Statements, {members} simulated wars a run", heads, cells, right=heads[4:8], spare=spare)
    )
    printing.say(f"\nThe list has {RULE}.")
    quiet = [row for row in table if row.silent]
    printing.say(f"\nThe model is silent on {len(quiet)} of {len(table)}:")
    for row in quiet:
        printing.say(f"  {row.claim.id}: {row.silent}.")
    scores = [*groups(table), *(one for one in (whole(table, "author"), whole(table, "rival")) if one is not None)]
    columns = (
        *("topic", "whose", "claims (effective)", "words", "answered", "words there", "forecast", "model"),
        "best simple rule",
    )
    title = "Brier scores (0 is perfect, always one half 0.25)"
    lines = [score_cells(one) for one in scores]
    out.print()
    out.print(printing.table(title, columns, lines, right=columns[3:8], spare=("words", "answered")))
    printing.say(
        "\nOn the statements that the model answers stand words, forecast, model and the best simple rule beside each "
        "other; the rule is the best with hindsight on these very statements. The forecast pools the model's wars with "
        "the front hazard's, and is the model's own where men, battles or other countries are asked about. In brackets "
        "stands the effective number of cases: statements that rest on one mechanism are not cases of their own."
    )


def title_of(row: Row) -> str:
    """A short title, for a reader."""
    return row.question.title if row.question is not None else row.claim.text


def probability_cell(row: Row, name: str) -> str:
    """What a forecaster says, or a dash."""
    answer = row.answers.get(name)
    return "-" if answer is None or answer.probability is None else printing.percent(answer.probability)


def score_cells(one: Group) -> tuple[str, ...]:
    """A row of the scores."""

    def shown(value: float | None) -> str:
        return "-" if value is None else f"{value:.2f}"

    rule = "-" if one.best is None else f"{one.best:.2f} {one.rule}"
    count = f"{one.claims} ({one.effective:.1f})"
    return (
        *(one.topic, one.voice, count, shown(one.brier), str(one.answered), shown(one.beside)),
        *(shown(one.forecast), shown(one.model), rule),
    )


def answers_json(table: Sequence[Row]) -> dict[str, Any]:
    """The same as JSON values."""
    scores = [*groups(table), *(one for one in (whole(table, "author"), whole(table, "rival")) if one is not None)]
    return {
        "rule": RULE,
        "statements": [
            {
                "claim": row.claim.id,
                "voice": row.voice,
                "topic": row.claim.group,
                "title": title_of(row),
                "question": None if row.question is None else row.question.id,
                "asked_on": None if row.question is None else str(row.question.origin),
                "coding": None if row.claim.coding is None else row.claim.coding.model_dump(),
                "answers": {name: answer.probability for name, answer in row.answers.items()},
                "error": row.answers[MODEL].error if MODEL in row.answers else None,
                "outcome": row.outcome,
                "silent": row.silent or None,
            }
            for row in table
        ],
        "scores": [{name: getattr(one, name) for name in one.__dataclass_fields__} for one in scores],
    }
