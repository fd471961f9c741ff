"""Outcomes of claims that are settled by the record of the war."""

from __future__ import annotations

from collections.abc import Sequence

from polemos.argument.claims import Argument, Claim
from polemos.questions.questions import Question
from polemos.questions.resolve import resolve
from polemos.record.world import World


def answered_by_record(argument: Argument, questions: Sequence[Question], world: World) -> Argument:
    """The argument with a value for each outcome that it leaves to the record: the answer to the closest question."""
    by_id = {question.id: question for question in questions}

    def answered(claim: Claim) -> Claim:
        if claim.outcome is None or claim.outcome.by != "record":
            return claim
        resolution = resolve(by_id[claim.questions[0]], world, draws=0)
        date = None if resolution.date is None else resolution.date.astype(object)
        answer = {"value": resolution.value, "date": date, "source": resolution.source}
        return claim.model_copy(update={"outcome": claim.outcome.model_copy(update=answer)})

    return argument.model_copy(update={"claims": tuple(answered(claim) for claim in argument.claims)})
