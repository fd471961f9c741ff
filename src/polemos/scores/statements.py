"""Scores of statements: author and rival, model and baselines, on the same strict questions, group by group.

A person's words are coded by readers as an interval of probabilities; a forecaster's answer is an interval of no
width. Every score is shown over the interval, and no number ever mixes groups of questions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from polemos.questions.answer import Answer
from polemos.scores.bootstrap import Interval, cluster_bootstrap
from polemos.scores.rules import binary_brier, binary_log, binary_mixture

COIN = 0.25
"""Brier score of a probability of one half."""


@dataclass(frozen=True, slots=True)
class Statement:
    """Probability of yes that somebody gave, or is read to have given, to a question."""

    who: str
    question: str
    low: float
    mid: float
    high: float


@dataclass(frozen=True, slots=True)
class ClaimScore:
    """Scores of one statement on one resolved question: at the middle, and at the best and worst of the interval.

    Brier is `(p - y)^2` (0 to 1), log is in nats, both with the headline mixture.
    """

    who: str
    question: str
    group: str
    outcome: bool
    low: float
    mid: float
    high: float
    brier: float
    brier_best: float
    brier_worst: float
    log: float
    log_best: float
    log_worst: float


@dataclass(frozen=True, slots=True)
class GroupScore:
    """Mean scores of one voice over the resolved questions of a group that it spoke to.

    `best` and `worst` take every coding at its kindest and its harshest. `interval` is a 90 % bootstrap of the
    Brier score over clusters of questions that share a cause. `silent` counts resolved questions of the group it
    gave no forecast for, `open` those not resolved. `yes` is how many of the `questions` came true.
    """

    group: str
    who: str
    questions: int
    yes: int
    silent: int
    open: int
    brier: float
    brier_best: float
    brier_worst: float
    interval: Interval
    log: float
    skill: float


def statements(who: str, answers: Iterable[Answer]) -> list[Statement]:
    """A forecaster's answers as statements; silence makes none."""
    return [
        Statement(who, answer.question, answer.probability, answer.probability, answer.probability)
        for answer in answers
        if answer.probability is not None
    ]


def claim_scores(
    statement_list: Iterable[Statement], outcomes: Mapping[str, int | None], groups: Mapping[str, str]
) -> list[ClaimScore]:
    """Scores of the statements on resolved questions. Raises `ValueError` for an interval that does not ascend."""
    rows = []
    for one in statement_list:
        if not 0 <= one.low <= one.mid <= one.high <= 1:
            raise ValueError(f"{one.who} on {one.question}: {one.low}, {one.mid}, {one.high} do not ascend within 0, 1")
        happened = outcomes.get(one.question)
        if happened is None:
            continue
        p = binary_mixture([one.low, one.mid, one.high])
        briers, logs = binary_brier(p, happened), binary_log(p, happened)
        rows.append(
            ClaimScore(
                one.who,
                one.question,
                groups[one.question],
                bool(happened),
                one.low,
                one.mid,
                one.high,
                float(briers[1]),
                float(briers.min()),
                float(briers.max()),
                float(logs[1]),
                float(logs.min()),
                float(logs.max()),
            )
        )
    return rows


def group_scores(
    rows: Sequence[ClaimScore],
    outcomes: Mapping[str, int | None],
    groups: Mapping[str, str],
    clusters: Mapping[str, str] | None = None,
    *,
    common: bool = False,
) -> list[GroupScore]:
    """Means by group and voice, in the order of `groups`. Groups are never added up.

    `clusters` names the shared cause of each question (without it every question stands alone). With `common`
    only questions count that every voice of `rows` in that group spoke to: the one fair comparison of voices.
    """
    table = []
    for group in dict.fromkeys(groups.values()):
        ids = [question for question, name in groups.items() if name == group]
        resolved = [question for question in ids if outcomes.get(question) is not None]
        inside = [row for row in rows if row.group == group]
        voices = dict.fromkeys(row.who for row in inside)
        by_voice = {who: {row.question for row in inside if row.who == who} for who in voices}
        shared = set.intersection(*by_voice.values()) if by_voice else set()
        for who in voices:
            mine = [row for row in inside if row.who == who and (not common or row.question in shared)]
            if not mine:
                continue
            briers = np.array([row.brier for row in mine])
            causes = [(clusters or {}).get(row.question, row.question) for row in mine]
            table.append(
                GroupScore(
                    group,
                    who,
                    len(mine),
                    sum(row.outcome for row in mine),
                    len(resolved) - len(by_voice[who]),
                    len(ids) - len(resolved),
                    float(briers.mean()),
                    float(np.mean([row.brier_best for row in mine])),
                    float(np.mean([row.brier_worst for row in mine])),
                    cluster_bootstrap(briers, causes),
                    float(np.mean([row.log for row in mine])),
                    float(1 - briers.mean() / COIN),
                )
            )
    return table
