"""What a line of the ledger says: who expects what of which question, or what happened.

An entry is stored as canonical JSON: keys in order, no spaces, UTF-8, numbers as Python writes them, what has its
default value left out. Two programs that say the same thing so write the same bytes.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationError, model_validator

from polemos.argument.claims import Strict
from polemos.ledger.canonical import canonical
from polemos.ledger.entry_fields import Choice, Finite, LedgerError, Level, Line, Moment, Name, Probability, Text, clean

if TYPE_CHECKING:
    from polemos.questions.questions import Question

LONGEST = 32_000
"""Bytes of an entry: one always fits on a page of the file."""

DEEPEST = 24
"""Levels of nesting in the terms of a question."""

NEVER: Literal["inf"] = "inf"
"""A quantile that lies beyond every horizon: JSON has no infinite number."""

BESIDES = ("id", "title", "asked", "outcome", "claims", "note")
"""What a question of a scenario carries beside its terms: these may change, and it is still the same question."""


BELOW, ABOVE = "below the range", "above the range"
"""Choices of a resolution whose quantity lies outside the range of its question, nobody knows where."""

ROUNDING = 1e-6
"""How far the probabilities of the options of a question may be from a sum of 1."""


class Range(Strict):
    """The range in which the quantity of a question is asked for, and its `points`, at which a distribution is given.

    The points are `low + (high - low) x` for x evenly from 0 to 1; with `zero` they are spaced by a logarithm:
    `low + (high - low) (d^x - 1) / (d - 1)` with `d = (high - zero) / (low - zero)`, as forecasting sites do it.
    """

    low: Finite
    high: Finite
    zero: Finite | None = None
    open_low: bool = False
    open_high: bool = False
    points: Annotated[int, Field(ge=2, le=1001)] = 201

    @model_validator(mode="after")
    def _ordered(self) -> Range:
        if self.low >= self.high:
            raise ValueError(f"low {self.low} is not below high {self.high}; give the lower end first")
        if self.zero is not None and self.low <= self.zero <= self.high:
            raise ValueError(f"zero {self.zero} lies inside the range; a logarithm needs it outside")
        return self


class Asked(Strict):
    """A question in full: everything that its answer depends on, so that it can be settled years later.

    `closes` is the last day it looks at, `criteria` say how it will be settled. `scenario` and `terms` are those of a
    question of a scenario (see `polemos.questions.questions`), which its record can settle; `unit` is that of its
    quantity, and `range` where that is asked for. One with `options` is a multiple choice among them. `group` names the
    questions that it was asked with, and `site` is what a forecasting site says of it besides.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=120)
    text: Annotated[str, Field(min_length=1, max_length=8000), AfterValidator(clean)]
    closes: datetime.date
    topic: Line = ""
    unit: Line = ""
    scenario: Line = ""
    terms: dict[str, Any] = Field(default_factory=dict)
    criteria: Text = ""
    options: Annotated[tuple[Choice, ...], Field(max_length=200)] = ()
    range: Range | None = None
    group: Line = ""
    site: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _plain(self) -> Asked:
        for values in (self.terms, self.site):
            if values:
                check_terms(values)
        if len(self.options) == 1 or len(set(self.options)) < len(self.options):
            raise ValueError("options: give two or more, each once")
        if self.options and self.range is not None:
            raise ValueError("a question has options or a range, not both; leave one out")
        return self


class Quantiles(Strict):
    """Points of a distribution: the quantity is at most `values[i]` with probability `levels[i]`."""

    levels: Annotated[tuple[Level, ...], Field(min_length=1, max_length=99)]
    values: tuple[Finite | Literal["inf"], ...]

    @model_validator(mode="after")
    def _ascending(self) -> Quantiles:
        values = [float(value) for value in self.values]
        if len(values) != len(self.levels):
            raise ValueError(f"{len(self.levels)} levels but {len(values)} values; give as many of both")
        if any(b <= a for a, b in zip(self.levels, self.levels[1:], strict=False)) or sorted(values) != values:
            raise ValueError("levels and values must ascend; put them in order")
        return self


class Source(Strict):
    """Where an entry comes from: a run of polemos (its folder and the SHA-256 of its plan), a record, or a citation.

    `imported` names the entry of another ledger that this one was copied from, `site` is what a forecasting site says
    of it besides.
    """

    citation: Text = ""
    run: Line = ""
    hash: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""
    record: Line = ""
    program: Line = ""
    imported: Line = ""
    site: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _plain(self) -> Source:
        if self.site:
            check_terms(self.site)
        return self


Kind = Literal["forecast", "revision", "resolution", "dispute", "withdrawal"]


class Entry(Strict):
    """A line of the ledger.

    `made` is when its owner says it was made, `recorded` when the ledger took it, by its own clock (empty before).
    `origin` is the day after which nothing was seen. `of` is the number of the entry that is revised, disputed or
    withdrawn. `choices` are the probabilities of the options of the question, in their order, `cdf` those that the
    quantity is at most each point of its range. A resolution has an `outcome`, a `quantity` where the question has one,
    a `choice` where it has options, and the day that `settled` it.
    """

    kind: Kind
    owner: Name
    question: Asked
    made: Moment = ""
    recorded: Annotated[str, Field(pattern=r"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)?$")] = ""
    origin: datetime.date | None = None
    probability: Probability | None = None
    quantiles: Quantiles | None = None
    choices: tuple[Probability, ...] = ()
    cdf: tuple[Probability, ...] = ()
    of: Annotated[int, Field(ge=1)] | None = None
    outcome: Literal["yes", "no", "annulled"] | None = None
    quantity: Finite | Literal["inf"] | None = None
    choice: Choice | None = None
    settled: datetime.date | None = None
    source: Source = Source()
    note: Text = ""

    @model_validator(mode="after")
    def _whole(self) -> Entry:
        has_forecast = self.probability is not None or self.quantiles is not None or bool(self.choices or self.cdf)
        has_outcome = self.outcome is not None or self.quantity is not None or self.choice is not None
        if self.kind in ("forecast", "revision"):
            if not has_forecast:
                raise ValueError("a forecast needs a probability, quantiles, or those of options; give one")
            if self.origin is None:
                raise ValueError("a forecast needs its origin, the day after which nothing was seen")
        elif has_forecast or self.origin is not None:
            raise ValueError(f"a {self.kind} has no probability, quantiles or origin; leave them out")
        if (self.kind in ("revision", "dispute", "withdrawal")) != (self.of is not None):
            raise ValueError("`of` names the entry that is revised, disputed or withdrawn, and goes with these only")
        if self.kind == "resolution":
            if not has_outcome or self.settled is None:
                raise ValueError("a resolution needs an outcome or a quantity, and the day that settled it")
            if not (self.source.citation or self.source.record):
                raise ValueError("a resolution needs a citation; say where one can read it")
        elif has_outcome or self.settled is not None:
            raise ValueError(f"a {self.kind} has no outcome, quantity or day that settled it; leave them out")
        if self.kind == "dispute" and not (self.note or self.source.citation):
            raise ValueError("a dispute needs a reason or a citation")
        self._fits()
        return self

    def _fits(self) -> None:
        """Raise `ValueError` where what is said is no answer to the question."""
        options, span = self.question.options, self.question.range
        if self.choices:
            if len(self.choices) != len(options):
                raise ValueError(
                    f"choices: {len(self.choices)} probabilities for {len(options)} options; give one each"
                )
            if abs(sum(self.choices) - 1) > ROUNDING:
                raise ValueError(f"choices: the probabilities sum to {sum(self.choices):.6f}; they must sum to 1")
        if options and (self.probability is not None or self.quantiles is not None or self.quantity is not None):
            raise ValueError("a question with options takes the probabilities of these, or one of them; give `choices`")
        if self.cdf:
            if span is None or len(self.cdf) != span.points:
                points = 0 if span is None else span.points
                raise ValueError(f"cdf: {len(self.cdf)} values for a range of {points} points; give one a point")
            if any(b < a for a, b in zip(self.cdf, self.cdf[1:], strict=False)):
                raise ValueError("cdf: the probabilities must not descend")
        if self.choice is not None and self.choice not in (options or ((BELOW, ABOVE) if span else ())):
            raise ValueError(f"choice: {self.choice[:60]!r} is none of {', '.join(options) or 'the options'}")
        if options and self.outcome in ("yes", "no"):
            raise ValueError("outcome: a question with options has a choice, not yes or no; give `choice`")


def check_terms(value: Any, depth: int = 0) -> None:
    """Raise `ValueError` for what has no place in the terms of a question."""
    if depth > DEEPEST:
        raise ValueError(f"is nested more than {DEEPEST} deep")
    if isinstance(value, str):
        clean(value)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            clean(str(key))
            check_terms(inner, depth + 1)
    elif isinstance(value, Sequence):
        for inner in value:
            check_terms(inner, depth + 1)
    elif not (value is None or isinstance(value, bool | int | float)) or value != value or abs(value or 0) > 1e300:
        raise ValueError(f"{value!r} has no place in a question")


def entry(values: Mapping[str, Any], where: str = "") -> Entry:
    """An entry from plain values. Raises `LedgerError`, which names the field and what would mend it."""
    try:
        return Entry.model_validate(dict(values))
    except ValidationError as error:
        raise LedgerError(where + first_problem(error)) from None


def question_of(values: Mapping[str, Any]) -> Asked:
    """A question from plain values. Raises `LedgerError`."""
    try:
        return Asked.model_validate(dict(values))
    except ValidationError as error:
        raise LedgerError(first_problem(error)) from None


def first_problem(error: ValidationError) -> str:
    """The first problem of a validation in a line."""
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"])
    what = str(first["msg"]).removeprefix("Value error, ")
    value = first["input"]
    short = (
        f" (not {str(value)[:60]!r})" if isinstance(value, str | int | float) and first["type"] != "value_error" else ""
    )
    return f"{field}: {what}{short}" if field else f"{what}{short}"


def key(question: Asked | str) -> str:
    """What tells questions apart: 16 hexadecimal digits of the SHA-256 of the question in canonical JSON."""
    text = question if isinstance(question, str) else canonical(question)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def typed(question: Asked) -> Question:
    """The question of a scenario that a question of the ledger is. Raises `LedgerError` where it is none."""
    from polemos.questions.questions import QUESTION

    try:
        return QUESTION.validate_python(
            question.terms | {"id": question.id, "title": question.id, "asked": question.text}
        )
    except ValidationError as error:
        raise LedgerError(f"{question.id} cannot be asked of a record: {first_problem(error)}") from None


def question_in_full(question: Question, scenario: str, topic: str = "") -> Asked:
    """A question of a scenario in full."""
    from polemos.questions.questions import span
    from polemos.questions.threshold_line import line

    # What was not given is left out, so that a field added to polemos later does not make another question of it.
    terms = question.model_dump(mode="json", exclude_unset=True, exclude=set(BESIDES))
    return Asked(
        id=question.id,
        text=question.asked,
        closes=max(span(question)[1], question.origin),
        topic=topic or scenario,
        unit=line(question)[1],
        scenario=scenario,
        terms=terms,
    )
