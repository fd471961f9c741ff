"""The page's own answers beside those of the best simple rule, on the questions that both answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from polemos.report.page.contents import ForecastRow, PageContents, Stand
from polemos.report.page.glosses import gloss

TALLIED = 3
"""Questions with an outcome from which on a headline counts them."""

ALIKE = 0.02
"""Difference of mean Brier scores on a handful of questions below which a headline calls neither better."""

Statement = tuple[ForecastRow, Stand]


def share(stand: Stand) -> float:
    """The probability of an answer, 0 where there is none."""
    return float(stand.probability or 0.0)


def side(probability: float | None, outcome: bool | None) -> bool | None:
    """Whether a probability lies on the side of the outcome; None for one half, or where the outcome is open."""
    if probability is None or outcome is None or probability == 0.5:
        return None
    return (probability > 0.5) == outcome


@dataclass(frozen=True, slots=True)
class BestRule:
    """The simple rule with the lowest mean Brier score, beside the page's own on the questions that both answered."""

    name: str
    score: float
    own: float
    questions: int


def best_rule(contents: PageContents, settled: Sequence[Statement]) -> BestRule | None:
    """The best of the simple rules on settled questions; None where none answered."""
    rules = [who.name for who in contents.forecasters if who.kind == "baseline"]
    scores: list[BestRule] = []
    for name in rules:
        errors = [
            (error_of(other, row), error_of(stand, row))
            for row, stand in settled
            for other in row.stands
            if other.who == name and other.probability is not None
        ]
        if errors:
            rule, own = np.mean(errors, axis=0).tolist()
            scores.append(BestRule(name, rule, own, len(errors)))
    return min(scores, key=lambda one: (one.score, one.name), default=None)


def tally(contents: PageContents, settled: Sequence[Statement]) -> str:
    """On how many questions the page's own answers were right, and whether a simple rule did as well; empty where few
    have an outcome."""
    if len(settled) < TALLIED:
        return ""
    right = sum(side(stand.probability, row.outcome) is True for row, stand in settled)
    text = f"The {contents.speaker} was right on {right} of {len(settled)} questions"
    best = best_rule(contents, settled)
    if best is None:
        return text
    apart = best.own - best.score
    word = "no better and no worse than" if abs(apart) < ALIKE else "better than" if apart < 0 else "worse than"
    return f"{text}, {word} the best simple rule"


def against(best: BestRule, speaker: str, settled: int) -> str:
    """Both scores in a sentence; `settled` counts the questions that have an outcome."""
    on = f"{best.questions} questions" if best.questions == settled else f"the {best.questions} that both answered"
    return (
        f"Mean Brier score on {on}: the {speaker} {best.own:.2f}, the best simple rule (“{gloss(best.name)}”) "
        f"{best.score:.2f}; 0 is perfect, 0.25 a coin."
    )


def error_of(stand: Stand, row: ForecastRow) -> float:
    """The Brier score of an answer to a question with an outcome."""
    return (share(stand) - float(bool(row.outcome))) ** 2
