"""The threshold that the quantity of a question is compared with, and its unit."""

from __future__ import annotations

import numpy as np

from polemos.questions.questions import (
    Battle,
    Compare,
    Every,
    FirstTime,
    Held,
    Moved,
    Question,
    Rising,
)
from polemos.questions.terms import CountOf, PledgeCount, ShareOf, StrengthOf
from polemos.questions.theatre_quantities import TheatreCount, TheatreRank
from polemos.record.world import day


def line(question: Question) -> tuple[float, str]:
    """Threshold and unit of the quantity of a question. Of all places, those not held are counted."""
    if isinstance(question, FirstTime):
        deadline = question.no_later_than or question.later_than
        return float((day(deadline) - day(question.origin)).astype(np.int64)), "days"
    if isinstance(question, Battle):
        return float(question.number), "battles"
    if isinstance(question, Moved):
        return float(question.number), "times"
    if isinstance(question, Rising):
        return float(question.deaths), "deaths"
    if isinstance(question, Every):
        return float(len(question.parts)), "parts"
    if isinstance(question, Held):
        if question.days is not None:
            return float(question.days), "days"
        if question.quantifier == "share":
            return question.amount or 0.0, f"share of {question.measure}"
        return {"any": 1.0, "all": 0.0, "none": 0.0}.get(question.quantifier, question.amount or 0.0), "places"
    lines = (question.at_least, question.at_most, question.more_than, question.less_than)
    value = next(number for number in lines if number is not None)
    return value, _unit(question)


def _unit(question: object) -> str:
    if isinstance(question, ShareOf):
        return question.measure if question.unit == "amount" else f"share of {question.measure}"
    if isinstance(question, StrengthOf):
        return "of that day" if question.relative_to else question.series
    if isinstance(question, CountOf):
        return question.what
    if isinstance(question, TheatreRank):
        return "years"
    if isinstance(question, PledgeCount):
        return "pledges" if question.unit == "amount" else "share of pledges"
    if isinstance(question, TheatreCount):
        if question.share_of is not None:
            return f"share of {question.what}"
        return "countries" if question.across == "active" else question.what
    return _unit(question.first) if isinstance(question, Compare) else "ratio"
