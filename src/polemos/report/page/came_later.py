"""Whether what a question asks for happened later than it asked: the mark of a forecast that was too early."""

from __future__ import annotations

import numpy as np

from polemos.model.trajectory import record_trajectory
from polemos.questions.evaluate import evaluate
from polemos.questions.questions import FirstTime, Held, Question
from polemos.record.world import World, day

STEP = np.timedelta64(28, "D")
"""How closely later days are tried."""


def came_later(question: Question, world: World) -> np.datetime64 | None:
    """The first later day tried on which a question that resolved no would have resolved yes; None where there is none.

    Only a question that asks for something by a day, or on a day, can come true later.
    """
    if isinstance(question, Held) and question.date is not None:
        field, day_asked = "date", day(question.date)
    elif isinstance(question, FirstTime) and question.no_later_than is not None:
        field, day_asked = "no_later_than", day(question.no_later_than)
    else:
        return None
    while (day_asked := day_asked + STEP) <= world.last_observed:
        moved = question.model_copy(update={field: day_asked.item()})
        if evaluate(moved, record_trajectory(world, day(question.origin), day_asked)).yes[0] == 1:
            return day_asked
    return None
