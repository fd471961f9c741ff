"""Typed questions: a few kinds with a selector, never an expression string.

A question is data. `evaluate` (beside this file) asks it of trajectories, simulated or recorded; a date means the
evening of that day, and a window includes its first day and excludes its last.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, TypeAdapter, model_validator

from polemos.argument.claims import Names, Numbers, Outcome, Strict
from polemos.questions.theatre_quantities import TheatreCount, TheatreRank

Date = datetime.date
Window = tuple[Date, Date]
Measure = Literal["places", "people", "cells"]

NOBODY = "nobody"
"""Holder of an abandoned place, in `by`."""


class HolderAt(Strict):
    """Places held by one of `by` on a day."""

    by: Names
    on: Date


class Selector(Strict):
    """Places that meet every condition given; none given means all. `but_not` takes others away."""

    ids: Names | None = None
    country: Names | None = None
    kind: Names | None = None
    min_people: float | None = None
    max_people: float | None = None
    held: HolderAt | None = None
    but_not: Selector | None = None


EVERYWHERE = Selector()


class Threshold(Strict):
    """Exactly one line that the quantity is held against."""

    at_least: float | None = None
    at_most: float | None = None
    more_than: float | None = None
    less_than: float | None = None

    @model_validator(mode="after")
    def _one(self) -> Threshold:
        bounds = [n for n in ("at_least", "at_most", "more_than", "less_than") if getattr(self, n) is not None]
        if len(bounds) != 1:
            raise ValueError(f"give exactly one of at_least, at_most, more_than, less_than, not {len(bounds)}")
        return self


class Condition(Strict):
    """Whether `by` hold a set of places: any, all, none, a `number` or a `share` (the `amount`) of them.

    A share is one of places, people, or cells (km2 of Voronoi cells, not an area of control).
    """

    by: Names
    places: Selector = EVERYWHERE
    quantifier: Literal["any", "all", "none", "number", "share"] = "any"
    amount: float | None = None
    measure: Measure = "places"
    negate: bool = False

    @model_validator(mode="after")
    def _amount(self) -> Condition:
        if (self.amount is not None) != (self.quantifier in ("number", "share")):
            raise ValueError("amount goes with quantifier number or share, and with these only")
        return self


class Around(Strict):
    """A window around the first day from `since` on which a condition holds, in each member its own day."""

    event: Condition
    since: Date
    until: Date
    days: tuple[int, int]


class ShareOf(Strict):
    """What `by` hold of a set of places on a day: a share of it, or with `unit: amount` the places, people or km2."""

    kind: Literal["share"] = "share"
    by: Names
    date: Date
    places: Selector = EVERYWHERE
    measure: Measure = "places"
    unit: Literal["share", "amount"] = "share"


class CountOf(Strict):
    """Events in a window, or in calendar `years` of which one takes the sum, the mean, the most or the least.

    `captures` are changes of holder to `by` (and from `of`, if given), `losses` from `by`; `changes` are all
    changes of holder; `attacks` are those by `by` in `countries` (all, if not given).
    """

    kind: Literal["count"] = "count"
    what: Literal["captures", "losses", "changes", "attacks"]
    by: Names = ()
    of: Names | None = None
    places: Selector = EVERYWHERE
    countries: Names | None = None
    window: Window | None = None
    around: Around | None = None
    years: Numbers | None = None
    take: Literal["sum", "mean", "most", "least"] = "sum"

    @model_validator(mode="after")
    def _period(self) -> CountOf:
        if sum(period is not None for period in (self.window, self.around, self.years)) != 1:
            raise ValueError("give exactly one of window, around, years")
        if (self.what == "changes") == bool(self.by):
            raise ValueError("name by for captures, losses and attacks, and leave it out for changes")
        return self


class StrengthOf(Strict):
    """Strength of an organisation on a day: fighters in the field, underground members, or both (`members`).

    With `relative_to`, the share of its strength on that day.
    """

    kind: Literal["strength"] = "strength"
    by: str
    series: Literal["fighters", "underground", "members"] = "members"
    date: Date
    relative_to: Date | None = None


class PledgeCount(Strict):
    """Affiliates whose pledge to the centre of a network stands, on a date or so many days after an event.

    With `unit: share`, of those that stood at the origin the share that still does.
    """

    kind: Literal["pledges"] = "pledges"
    network: str
    date: Date | None = None
    around: Around | None = None
    unit: Literal["amount", "share"] = "amount"

    @model_validator(mode="after")
    def _when(self) -> PledgeCount:
        if (self.date is None) == (self.around is None):
            raise ValueError("give exactly one of date and around")
        return self


Quantity = Annotated[
    ShareOf | CountOf | StrengthOf | TheatreCount | TheatreRank | PledgeCount, Field(discriminator="kind")
]


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
        window = getattr(part, "window", None)
        if window:
            dates += [window[0], window[1] - datetime.timedelta(1)]
        for name in ("date", "on", "relative_to", "no_later_than", "later_than"):
            value = getattr(part, name, None)
            if value is not None:
                dates.append(value)
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
