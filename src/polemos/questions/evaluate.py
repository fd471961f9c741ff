"""Asking a question of trajectories. The record is a trajectory with one member: the same function resolves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

import numpy as np

from polemos.model.trajectory import Trajectories
from polemos.questions.answer import Answer
from polemos.questions.member_answers import ANSWERED, BEYOND, LACKING, STATUS, UNASKED, Lacking, Verdicts
from polemos.questions.quantities_elsewhere import with_elsewhere
from polemos.questions.question_view import Outside, View, view
from polemos.questions.questions import (
    Question,
    parts,
)
from polemos.questions.terms import PledgeCount
from polemos.questions.theatre_quantities import TheatreCount, TheatreRank
from polemos.questions.verdict_of_kind import ask
from polemos.record.world import Floats

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
OFF_MAP = (TheatreCount, TheatreRank, PledgeCount)
"""Quantities of what lies off the map."""


def evaluate(question: Question, trajectories: Trajectories) -> Verdicts:
    """Ask a question of every member of a chunk.

    The state on a day is that at the last date of the axis not after it; durations are differences of dates. Before
    the axis stands the record of the trajectories' world. A member whose axis ends before what the question needs is
    beyond the horizon (NaN), unless what it has already settles the answer. So is an answer that depends on place-days
    that nobody looked at: it is asked for the most and for the least that may have been held there, and is settled
    where both agree. Raises `KeyError` for a place or an organisation that the world has not.
    """
    if any(isinstance(part, OFF_MAP) for part in parts(question)):
        trajectories = with_elsewhere(trajectories)
    window = view(trajectories, question)
    if window.observed is None or window.observed.all():
        return _evaluate(question, window)
    most, least = (_evaluate(question, replace(window, bound=bound)) for bound in (1, -1))
    is_certain = most.yes == least.yes
    same = most.quantity == least.quantity
    status = np.where(is_certain, ANSWERED, np.where(most.status == least.status, most.status, BEYOND)).astype(np.int8)
    return Verdicts(
        np.where(is_certain, most.yes, np.nan),
        np.where(is_certain & same, most.quantity, np.nan),
        np.where(~is_certain & (status == ANSWERED), BEYOND, status).astype(np.int8),
    )


def _evaluate(question: Question, window: View) -> Verdicts:
    members = window.members
    nothing = np.full(members, np.nan)
    try:
        return ask(question, window)
    except Outside:
        return Verdicts(nothing, nothing, np.full(members, BEYOND, np.int8))
    except Lacking:
        return Verdicts(nothing, nothing, np.full(members, LACKING, np.int8))


@dataclass(frozen=True, slots=True)
class Reducer:
    """What an ensemble asks of each chunk: a table [m, 3] (`Verdicts.table`) by the id of the question."""

    questions: tuple[Question, ...]

    def __call__(self, trajectories: Trajectories) -> dict[str, Floats]:
        if any(isinstance(part, OFF_MAP) for question in self.questions for part in parts(question)):
            # Once for all questions: they are to be asked of the same wars.
            trajectories = with_elsewhere(trajectories)
        return {question.id: evaluate(question, trajectories).table for question in self.questions}

    @property
    def digest(self) -> str:
        """SHA-256 of the questions: answers kept under it are answers to these."""
        return sha256("\0".join(question.model_dump_json() for question in self.questions).encode()).hexdigest()


def reducer(questions: Sequence[Question]) -> Reducer:
    """What asks the questions."""
    return Reducer(tuple(questions))


def summarise(question: Question, verdicts: Verdicts | Floats, weights: Floats | None = None) -> Answer:
    """The answer of all members, or of the table [m, 3] of all of them, each with its weight [m] where they have any.

    The probability is the share of yes among the members asked, not smoothed. One member beyond the horizon leaves
    the question unanswered. Quantiles are values of members, so that an infinite one stays infinite.
    """
    if not isinstance(verdicts, Verdicts):
        verdicts = Verdicts.from_table(verdicts)
    worst = int(verdicts.status.max(initial=UNASKED if not verdicts.status.size else ANSWERED))
    if worst >= BEYOND:
        return Answer(question.id, None, 0.0, STATUS[worst])
    is_answered = verdicts.status == ANSWERED
    if not is_answered.any():
        return Answer(question.id, None, 0.0, STATUS[UNASKED])
    yes, quantity = verdicts.yes[is_answered], verdicts.quantity[is_answered]
    share = np.ones(yes.size) if weights is None else weights[is_answered]
    # A sum of weights may be off by a rounding.
    probability = float(np.clip(yes @ share / share.sum(), 0, 1)) if weights is not None else float(yes.mean())
    effective = share.sum() ** 2 / (share**2).sum()
    error = float(np.sqrt(max(probability * (1 - probability), 0.0) / effective))
    is_finite = ~np.isnan(quantity)
    quantiles = None
    if is_finite.any():
        own = None if weights is None else share[is_finite]
        points = np.quantile(quantity[is_finite], LEVELS, method="inverted_cdf", weights=own)
        quantiles = tuple(float(q) for q in points)
    return Answer(question.id, probability, error, STATUS[ANSWERED], quantiles)
