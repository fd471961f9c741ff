"""The parts that questions are made of: places, conditions, windows, thresholds and quantities."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from pydantic import Field, model_validator

from polemos.argument.claims import Names, Numbers, Strict
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
    """Exactly one threshold that the quantity is compared with."""

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
    """Events in a window, or in calendar `years`: their sum, mean, most or least.

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
