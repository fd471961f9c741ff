"""Typed questions: a few kinds with a selector, never an expression string.

A question is data. `evaluate` (beside this file) asks it of trajectories, simulated or recorded; a date means the
evening of that day, and a window includes its first day and excludes its last.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, TypeAdapter, model_validator

from polemos.argument.claims import Names, Outcome, Strict
from polemos.questions.terms import (
    EVERYWHERE,
    NOBODY,
    Around,
    Condition,
    CountOf,
    Date,
    PledgeCount,
    Quantity,
    Selector,
    ShareOf,
    StrengthOf,
    Threshold,
    Window,
)
from polemos.questions.theatre_quantities import TheatreCount, TheatreRank


class Base(Strict):
    """What every question carries: id, a title, the strict wording, the date it is asked at, the claims it serves.

    `processes` must run besides the usual ones for the model to have an answer.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    title: str
    asked: str
    origin: Date
    claims: Names = ()
    processes: Names = ()
    note: str = ""
    outcome: Outcome | None = None


class Held(Base, Condition):
    """Is a set of places held, on a `date`, or in a `window`: ever, always, or for a run of `days`.

    With quantifier any, a run is one of the same place; otherwise one of the condition on the set.
    """

    kind: Literal["held"]
    date: Date | None = None
    window: Window | None = None
    over: Literal["ever", "always"] = "ever"
    days: int | None = None

    @model_validator(mode="after")
    def _when(self) -> Held:
        if (self.date is None) == (self.window is None):
            raise ValueError("give exactly one of date and window")
        if self.days is not None and (self.window is None or self.over == "always"):
            raise ValueError("days go with a window and over: ever")
        return self


class Against(Strict):
    """The other date, or the other organisation, of a share; what is not given stays."""

    by: Names | None = None
    date: Date | None = None


class Share(Base, ShareOf, Threshold):
    """A share against a threshold; with `against`, its difference from another date or organisation."""

    kind: Literal["share"]
    against: Against | None = None


class FirstTime(Base):
    """The first day from `since` (the origin) on which a condition holds, for a run of `days` if given.

    Yes when it comes by `no_later_than`, or not by `later_than`. The quantity is days from the origin.
    """

    kind: Literal["first_time"]
    when: Condition
    since: Date | None = None
    days: int = 1
    no_later_than: Date | None = None
    later_than: Date | None = None

    @model_validator(mode="after")
    def _deadline(self) -> FirstTime:
        if (self.no_later_than is None) == (self.later_than is None):
            raise ValueError("give exactly one of no_later_than and later_than")
        return self


class Count(Base, CountOf, Threshold):
    """A count of events against a threshold."""

    kind: Literal["count"]


class Strength(Base, StrengthOf, Threshold):
    """A strength against a threshold."""

    kind: Literal["strength"]


class Ratio(Base, Threshold):
    """One quantity in units of another. x / 0 is infinite, 0 / 0 is one (nothing changed)."""

    kind: Literal["ratio"]
    of: Quantity
    to: Quantity


class Compare(Base, Threshold):
    """The first quantity less the second, against a threshold."""

    kind: Literal["compare"]
    first: Quantity
    second: Quantity


class Battle(Base):
    """Are there `number` battles of a role, place, length and cost that begin in a window?"""

    kind: Literal["battle"]
    attacker: Names | None = None
    defender: Names | None = None
    places: Selector = EVERYWHERE
    window: Window
    days: float = 0
    deaths: float = 0
    captured: bool | None = None
    number: int = 1
    negate: bool = False


class Moved(Base):
    """Are there `number` times in a window when at least `men` of `of` left together: captured, or over to others?

    `to` names those they went over to; without it, anybody.
    """

    kind: Literal["moved"]
    of: Names
    how: Literal["captured", "went_over", "either"] = "either"
    to: Names | None = None
    places: Selector = EVERYWHERE
    window: Window
    men: float
    number: int = 1
    negate: bool = False

    @model_validator(mode="after")
    def _whither(self) -> Moved:
        if self.to is not None and self.how != "went_over":
            raise ValueError("to goes with how: went_over")
        return self


class Rising(Base):
    """Do risings at one place cost at least `deaths` within `days`, in a window?"""

    kind: Literal["rising"]
    by: Names | None = None
    places: Selector = EVERYWHERE
    window: Window
    deaths: float
    days: int = 31
    negate: bool = False


class Elsewhere(Base, TheatreCount, Threshold):
    """A count of theatres off the map against a threshold."""

    kind: Literal["theatres"]


class Ranked(Base, TheatreRank, Threshold):
    """A number of years among the first against a threshold."""

    kind: Literal["theatre_rank"]


class Pledged(Base, PledgeCount, Threshold):
    """A number or share of pledges against a threshold."""

    kind: Literal["pledges"]


class Limit(Threshold):
    """A quantity against a threshold, as a part of a question."""

    of: Quantity


class Every(Base):
    """Are all of several quantities on their side of a threshold?"""

    kind: Literal["every"]
    parts: tuple[Limit, ...]


Question = (
    Held | Share | FirstTime | Count | Ratio | Strength | Battle | Compare
    | Moved | Rising | Elsewhere | Ranked | Pledged | Every
)  # fmt: skip

QUESTION: TypeAdapter[Question] = TypeAdapter(Annotated[Question, Field(discriminator="kind")])
"""Parser of a question from plain values."""

KINDS: dict[str, type[Base]] = {
    "held": Held,
    "share": Share,
    "first_time": FirstTime,
    "count": Count,
    "ratio": Ratio,
    "strength": Strength,
    "battle": Battle,
    "compare": Compare,
    "moved": Moved,
    "rising": Rising,
    "theatres": Elsewhere,
    "theatre_rank": Ranked,
    "pledges": Pledged,
    "every": Every,
}


def question(**values: Any) -> Question:
    """A question from plain values. Raises `pydantic.ValidationError`."""
    return QUESTION.validate_python(values)


def parts(whole_question: BaseModel) -> Iterator[BaseModel]:
    """A question and everything nested in it."""
    yield whole_question
    for name in type(whole_question).model_fields:
        value = getattr(whole_question, name)
        for inner in value if isinstance(value, tuple) else (value,):
            if isinstance(inner, BaseModel) and not isinstance(inner, Outcome):
                yield from parts(inner)


def span(whole_question: Question) -> tuple[Date, Date]:
    """First and last day whose evening the question looks at."""
    dates: list[Date] = []
    for part in parts(whole_question):
        if isinstance(part, Around):
            first, last = part.days
            dates += [part.since, part.until]
            dates += [part.since + datetime.timedelta(min(first, 0)), part.until + datetime.timedelta(max(last, 0))]
        if isinstance(part, CountOf | TheatreCount | TheatreRank) and part.years:
            dates += [Date(min(part.years), 1, 1), Date(max(part.years), 12, 31)]
        if isinstance(part, FirstTime):
            dates.append(part.since or part.origin)
        # A field that a part has not is dear to ask of it by name.
        window = vars(part).get("window")
        if window:
            dates += [window[0], window[1] - datetime.timedelta(1)]
        days = (vars(part).get(name) for name in ("date", "on", "relative_to", "no_later_than", "later_than"))
        dates += [day for day in days if day is not None]
    return min(dates), max(dates)


def organisations(whole_question: Question) -> set[str]:
    """Ids of the organisations a question names, nobody apart."""
    named: set[str] = set()
    for part in parts(whole_question):
        for name in () if isinstance(part, TheatreRank) else ("by", "of", "to", "attacker", "defender"):
            value = getattr(part, name, None)
            if isinstance(value, str):
                named.add(value)
            elif isinstance(value, tuple):
                named.update(value)
    return named - {NOBODY}


def places(whole_question: Question) -> set[str]:
    """Ids of the places a question names."""
    return {i for part in parts(whole_question) if isinstance(part, Selector) and part.ids for i in part.ids}
