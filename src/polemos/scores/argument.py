"""Scores of an argument: its owner and the rival, by group and by vintage, over the interval of the coding.

Two sets of outcomes stand side by side: as the argument's file states them, and as the record answers the closest
question of each claim. A claim that the file leaves open stays open in both. Claims share causes, so intervals are of a
bootstrap over the mechanisms that they rest on. The strict questions were written with the outcomes known: the scores
check the scorer and show a pattern; they are no verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from polemos.argument.claims import Argument, Claim
from polemos.scores.bootstrap import Interval, cluster_bootstrap
from polemos.scores.statements import ClaimScore, Statement, claim_scores

VOICES = {"forecast": "author", "rival": "rival"}
READINGS = ("low", "mid", "high")
LOG2 = float(np.log(2.0))


@dataclass(frozen=True, slots=True)
class Score:
    """Mean scores of a voice over the resolved claims of a group, a vintage, or all.

    Brier at the middle of the coding; `alike_low`, `alike_high`: least and most with all claims read at their low,
    middle or high; `own_low`, `own_high`: each claim at its own best and worst. `interval` is a 90 % bootstrap of the
    Brier score over mechanisms (`mechanisms` of them). `log2` is the loss in bits. `base` is the Brier score of the
    reference class on the `based` claims that have one, `on_base` the voice's own on the same.
    """

    who: str
    by: str
    name: str
    outcomes: str
    claims: int
    yes: int
    open: int
    brier: float
    alike_low: float
    alike_high: float
    own_low: float
    own_high: float
    interval: Interval
    mechanisms: int
    log2: float
    based: int
    base: float | None
    on_base: float | None


@dataclass(frozen=True, slots=True)
class Contrast:
    """Two claims that are each other's opposite: probabilities of the event of the second, and their Brier scores.

    `low` and `high` bound the difference of the scores, first less second, over both codings.
    """

    first: str
    second: str
    event: str
    happened: bool | None
    first_probability: float
    second_probability: float
    base_rate: float | None
    first_brier: float | None
    second_brier: float | None
    base_brier: float | None
    difference: float | None
    low: float | None
    high: float | None


def coded(argument: Argument) -> list[Claim]:
    """Claims of the voices that have a coding."""
    return [claim for claim in argument.claims if claim.coding and claim.kind in VOICES]


def stated(argument: Argument) -> dict[str, int | None]:
    """Outcomes as the file has them."""
    return {claim.id: claim.outcome.value if claim.outcome else None for claim in coded(argument)}


def on_record(argument: Argument, resolved: Mapping[str, int | None]) -> dict[str, int | None]:
    """Outcomes by the closest question of each claim, `resolved` by the id of the question.

    Without a question, or where it has no answer, as stated; what the file leaves open stays open.
    """
    claims = stated(argument)
    for claim in coded(argument):
        if claims[claim.id] is not None and claim.questions and resolved.get(claim.questions[0]) is not None:
            claims[claim.id] = resolved[claim.questions[0]]
    return claims


def scores(argument: Argument, outcomes: Mapping[str, int | None], name: str = "stated") -> list[Score]:
    """Scores by group, by vintage and over all, of each voice; `name` says what the outcomes are."""
    claims = coded(argument)
    vintages = {day: label for label, day in argument.vintages.items()}

    def vintage(claim: Claim) -> str:
        return vintages.get(claim.vintage, str(claim.vintage)) if claim.vintage else "no vintage"

    keys: tuple[tuple[str, Callable[[Claim], str]], ...] = (
        ("group", lambda claim: claim.group),
        ("vintage", vintage),
        ("all", lambda claim: "all"),
    )
    statements = [
        Statement(VOICES[c.kind], c.id, c.coding.low, c.coding.mid, c.coding.high) for c in claims if c.coding
    ]
    rows = {
        row.question: row for row in claim_scores(statements, outcomes, {claim.id: claim.group for claim in claims})
    }
    table = []
    for kind, who in VOICES.items():
        mine = [claim for claim in claims if claim.kind == kind]
        for by, key in keys:
            if by == "group" and len({claim.group for claim in mine}) < 2:
                continue
            for group in dict.fromkeys(key(claim) for claim in mine):
                inside = [claim for claim in mine if key(claim) == group]
                if any(claim.id in rows for claim in inside):
                    table.append(_score(who, by, group, name, inside, rows))
    return table


def _score(
    who: str, by: str, group: str, outcomes: str, claims: Sequence[Claim], rows: Mapping[str, ClaimScore]
) -> Score:
    resolved = [claim for claim in claims if claim.id in rows]
    mine = [rows[claim.id] for claim in resolved]
    y = np.array([row.outcome for row in mine], float)
    read = np.array([[getattr(row, reading) for reading in READINGS] for row in mine])
    squares = (read - y[:, np.newaxis]) ** 2
    alike = squares.mean(axis=0)
    causes = [claim.mechanisms[0] if claim.mechanisms else claim.id for claim in resolved]
    based = [number for number, claim in enumerate(resolved) if claim.base_rate]
    rates = np.array([claim.base_rate.value for claim in resolved if claim.base_rate])
    return Score(
        who,
        by,
        group,
        outcomes,
        len(mine),
        int(y.sum()),
        len(claims) - len(mine),
        float(alike[1]),
        float(alike.min()),
        float(alike.max()),
        float(squares.min(axis=1).mean()),
        float(squares.max(axis=1).mean()),
        cluster_bootstrap(squares[:, 1], causes),
        len(set(causes)),
        float(-np.log(np.abs(1 - y - read[:, 1])).mean() / LOG2),
        len(based),
        float(((rates - y[based]) ** 2).mean()) if based else None,
        float(squares[based, 1].mean()) if based else None,
    )


def contrasts(argument: Argument, outcomes: Mapping[str, int | None]) -> list[Contrast]:
    """Pairs of claims with opposite strict questions."""
    contrast_rows = []
    for second in coded(argument):
        if not second.contrary_to:
            continue
        first = argument.claim(second.contrary_to)
        one, two = first.coding, second.coding
        if one is None or two is None:
            continue
        y = outcomes.get(second.id)
        base = second.base_rate.value if second.base_rate else None
        p, q = 1 - one.mid, two.mid
        if y is None:
            contrast_rows.append(
                Contrast(first.id, second.id, second.strict, None, p, q, base, None, None, None, None, None, None)
            )
            continue
        mine = [(1 - getattr(one, reading) - y) ** 2 for reading in READINGS]
        other = [(getattr(two, reading) - y) ** 2 for reading in READINGS]
        contrast_rows.append(
            Contrast(
                first.id,
                second.id,
                second.strict,
                bool(y),
                p,
                q,
                base,
                mine[1],
                other[1],
                None if base is None else (base - y) ** 2,
                mine[1] - other[1],
                min(mine) - max(other),
                max(mine) - min(other),
            )
        )
    return contrast_rows
