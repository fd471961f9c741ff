"""An argument answered: everybody's probability for each statement, why the model is silent, and scores by group.

The rule by which statements stand in the list is one for both sides: every claim of an owner with a reading of its
words, in the order of the topics. Claims share causes: the number of effective cases is (sum n_c)^2 / sum n_c^2, where
n_c claims rest first on the mechanism c (Kish 1965).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from polemos.argument.claims import Argument, Claim
from polemos.questions.answer import Answer
from polemos.questions.member_answers import STATUS
from polemos.questions.questions import Question
from polemos.questions.resolve import Resolution
from polemos.scores.argument import VOICES, coded
from polemos.scores.rules import binary_brier, binary_mixture
from polemos.war.statement_runs import FORECAST, MODEL

RULE = "every statement of either side whose words have a reading as a probability, in the order of the topics"
HALF = 0.5
"""What a simple rule says where it knows nothing."""


@dataclass(frozen=True, slots=True)
class Row:
    """A statement: whose, the answers by forecaster, the outcome, and why the model is silent.

    `silent` is empty where it is not.
    """

    claim: Claim
    voice: str
    question: Question | None
    answers: Mapping[str, Answer]
    outcome: int | None
    silent: str

    @property
    def probability(self) -> float | None:
        """The model's."""
        return self.answers[MODEL].probability if MODEL in self.answers else None


@dataclass(frozen=True, slots=True)
class Group:
    """Brier scores of the statements of a voice on a topic, of which `claims` are resolved.

    On the `answered` ones, which the model answers too, stand the voice, the forecast, the model and the best simple
    rule beside each other; the rule is the best with hindsight, on these very claims. `effective` counts effective
    cases.
    """

    topic: str
    voice: str
    claims: int
    effective: float
    brier: float
    answered: int
    beside: float | None
    forecast: float | None
    model: float | None
    rule: str
    best: float | None


def rows(
    argument: Argument,
    questions: Mapping[str, Question],
    answers: Mapping[str, Mapping[str, Answer]],
    resolutions: Mapping[str, Resolution],
) -> list[Row]:
    """The statements by `RULE`."""
    claims = sorted(coded(argument), key=lambda claim: argument.topics.index(claim.group))
    return [_row(claim, questions, answers, resolutions) for claim in claims]


def _row(
    claim: Claim,
    questions: Mapping[str, Question],
    answers: Mapping[str, Mapping[str, Answer]],
    resolutions: Mapping[str, Resolution],
) -> Row:
    assert claim.outcome is not None
    outcome = claim.outcome.value
    question = questions.get(claim.questions[0]) if claim.questions else None
    answers_given = answers.get(question.id, {}) if question else {}
    if question is not None and outcome is not None and question.id in resolutions:
        happened_value = resolutions[question.id].value
        outcome = outcome if happened_value is None else happened_value
    silent = ""
    if question is None:
        silent = claim.carrier.reason or "no question of the model is like it"
    elif MODEL not in answers_given:
        silent = "not asked yet"
    elif answers_given[MODEL].probability is None:
        status = answers_given[MODEL].status
        what = "what it follows happened in no simulated war" if status == STATUS[1] else status
        silent = f"{question.id}: {what}"
    return Row(claim, VOICES[claim.kind], question, answers_given, outcome, silent)


def effective(causes: Sequence[str]) -> float:
    """Effective number of cases that share causes (Kish 1965, design effect of clusters)."""
    sizes = np.array(list(Counter(causes).values()), float)
    return float(sizes.sum() ** 2 / (sizes**2).sum()) if sizes.size else 0.0


def groups(table: Sequence[Row]) -> list[Group]:
    """Scores by topic and voice, in the order of the rows; a topic with nothing resolved is left out."""
    groups_of_rows = []
    for topic in dict.fromkeys(row.claim.group for row in table):
        for voice in dict.fromkeys(VOICES.values()):
            mine = [row for row in table if (row.claim.group, row.voice) == (topic, voice) and row.outcome is not None]
            if mine:
                groups_of_rows.append(_group(topic, voice, mine))
    return groups_of_rows


def whole(table: Sequence[Row], voice: str) -> Group | None:
    """Scores of all statements of a voice."""
    mine = [row for row in table if row.voice == voice and row.outcome is not None]
    return _group("all", voice, mine) if mine else None


def _group(topic: str, voice: str, mine: Sequence[Row]) -> Group:
    both = [row for row in mine if row.probability is not None]
    rules = dict.fromkeys(name for row in both for name in row.answers if name not in (FORECAST, MODEL))
    by_rule = {name: _brier([_said(row, name) for row in both], both) for name in rules}
    best = min(by_rule, key=lambda name: by_rule[name]) if by_rule else ""
    return Group(
        topic,
        voice,
        len(mine),
        effective([row.claim.mechanisms[0] if row.claim.mechanisms else row.claim.id for row in mine]),
        _brier([_mid(row) for row in mine], mine),
        len(both),
        _brier([_mid(row) for row in both], both) if both else None,
        _brier([_said(row, FORECAST) for row in both], both) if both else None,
        _brier([_said(row, MODEL) for row in both], both) if both else None,
        best,
        by_rule.get(best),
    )


def _mid(row: Row) -> float:
    assert row.claim.coding is not None
    return row.claim.coding.mid


def _said(row: Row, name: str) -> float:
    answer = row.answers.get(name)
    return HALF if answer is None or answer.probability is None else answer.probability


def _brier(probabilities: Sequence[float], mine: Sequence[Row]) -> float:
    outcomes = np.array([row.outcome for row in mine])
    return float(np.mean(binary_brier(binary_mixture(np.array(probabilities)), outcomes)))
