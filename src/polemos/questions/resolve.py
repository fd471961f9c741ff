"""How a question resolved: the record asked, or the outcome that a source states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from polemos.argument.claims import Outcome
from polemos.model.trajectory import Trajectories, record_trajectory
from polemos.questions.evaluate import evaluate
from polemos.questions.questions import Question, span
from polemos.questions.threshold_line import line
from polemos.record.control import draw_starts, drawn_holders
from polemos.record.world import Days, World, day

DRAWS = 200
"""Records drawn within the precision of their dates."""

FRAGILE = 0.95
"""Share of drawn records that must agree."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """How a question resolved: 1 yes, 0 no, None open.

    Open is what depends on a day, or on a place on a day, that nobody observed, whatever the record's end. `quantity`
    is compared with `threshold`, in `unit` (None where the answer is settled and the quantity is not); `margin` is the
    first less the second. `agreement` is the share of records drawn within their precision that give the same answer,
    None where a source and not the record answers; under 95 % the answer is `fragile`. `date` is the day that settles
    it, or that of the stated outcome.
    """

    question: str
    value: int | None
    quantity: float | None
    threshold: float
    unit: str
    margin: float | None
    date: np.datetime64 | None
    source: str
    agreement: float | None
    fragile: bool

    def __str__(self) -> str:
        answer = {1: "yes", 0: "no", None: "open"}[self.value]
        parts = [f"{self.question}: {answer}"]
        if self.margin is not None:
            parts.append(f"margin {self.margin:+.3g} {self.unit} ({self.quantity:.4g} against {self.threshold:.4g})")
        if self.agreement is not None:
            parts.append(f"{self.agreement:.0%} of drawn records agree")
        parts += [self.source] + (["fragile"] if self.fragile else [])
        return ", ".join(part for part in parts if part)


def resolve(
    question: Question,
    world: World,
    outcomes: Mapping[str, Outcome] | None = None,
    *,
    draws: int = DRAWS,
    seed: int = 1,
) -> Resolution:
    """How a question resolved in a whole world, or by an outcome: its own, or that of `outcomes` by its id.

    The record answers where it can. `draws` records with dates drawn within their precision say how firm it is.
    """
    return resolve_all([question], world, outcomes, draws=draws, seed=seed)[0]


@dataclass(slots=True)
class Records:
    """The record of a world by days, and records whose `starts` are drawn (None: none), each laid out once for many
    questions. `drawn` are those laid out last, and nothing larger than one question needs is ever kept."""

    world: World
    starts: Days | None
    whole: Trajectories
    drawn: Trajectories | None = None

    def until(self, origin: np.datetime64, last: np.datetime64) -> Trajectories:
        """`record_trajectory` to a day, from the record as it is laid out."""
        number = int(np.searchsorted(self.whole.dates, last, side="right"))
        observed = self.whole.observed
        if observed is not None:
            observed = None if observed[:number].all() else observed[:number]
        return replace(
            self.whole,
            origin=origin,
            dates=self.whole.dates[:number],
            control=self.whole.control[:, :number],
            observed=observed,
        )

    def between(self, origin: np.datetime64, dates: Days) -> Trajectories:
        """Drawn records on days in a row."""
        assert self.starts is not None
        drawn = self.drawn
        if drawn is None or not dates.size or not (drawn.dates[0] <= dates[0] and dates[-1] <= drawn.dates[-1]):
            control = drawn_holders(self.world, self.starts, dates)
            self.drawn = drawn = Trajectories(self.world, origin, dates, control)
        first = int(np.searchsorted(drawn.dates, dates[0])) if dates.size else 0
        observed = self.world.observed(dates)
        return replace(
            drawn,
            origin=origin,
            dates=dates,
            control=drawn.control[:, first : first + dates.size],
            observed=None if observed.all() else observed,
        )


def _resolve(question: Question, outcomes: Mapping[str, Outcome], records: Records) -> Resolution:
    world = records.world
    last, origin = day(span(question)[1]), day(question.origin)
    verdict = evaluate(question, records.until(origin, max(last, origin)))
    threshold, unit = line(question)
    value = verdict.yes[0]
    if np.isnan(value):
        return _stated(question, outcomes.get(question.id, question.outcome), threshold, unit)
    # What is settled whatever unobserved places did may have no one quantity.
    quantity = None if np.isnan(verdict.quantity[0]) else float(verdict.quantity[0])
    agreement = None if records.starts is None else _agreement(question, value, records)
    when = _settled(question, min(last, world.last_observed), records)
    return Resolution(
        question.id,
        int(value),
        quantity,
        threshold,
        unit,
        None if quantity is None else quantity - threshold,
        when,
        "record",
        agreement,
        agreement is not None and agreement < FRAGILE,
    )


def resolve_all(
    questions: Sequence[Question],
    world: World,
    outcomes: Mapping[str, Outcome] | None = None,
    *,
    draws: int = DRAWS,
    seed: int = 1,
) -> list[Resolution]:
    """`resolve` for many questions, on the same drawn records."""
    starts = draw_starts(world, seed, draws) if draws else None
    records = Records(world, starts, record_trajectory(world, world.start, world.last_observed))
    # The longest first: what is laid out for it serves those within it.
    by_length = sorted(questions, key=lambda question: span(question)[0] - span(question)[1])
    by_id = {id(question): _resolve(question, outcomes or {}, records) for question in by_length}
    return [by_id[id(question)] for question in questions]


def _settled(question: Question, last: np.datetime64, records: Records) -> np.datetime64:
    """The first day whose evening settles a question that the record to `last` answers: what is settled stays so."""
    low, high = max(day(span(question)[0]), records.world.start), last
    while low < high:
        middle = low + (high - low) // 2
        answer = evaluate(question, records.until(day(question.origin), middle)).yes[0]
        low, high = (middle + 1, high) if np.isnan(answer) else (low, middle)
    return high


def _agreement(question: Question, value: float, records: Records) -> float:
    world = records.world
    first, last = (day(date) for date in span(question))
    dates = np.arange(max(first, world.start), min(last, world.last_observed) + 1, dtype="datetime64[D]")
    return float(np.mean(evaluate(question, records.between(day(question.origin), dates)).yes == value))


def _stated(question: Question, outcome: Outcome | None, threshold: float, unit: str) -> Resolution:
    if outcome is None:
        return Resolution(question.id, None, None, threshold, unit, None, None, "", None, False)
    date = day(outcome.date) if outcome.date else None
    source = f"{outcome.source} (grade {outcome.grade})" if outcome.source else ""
    return Resolution(question.id, outcome.value, None, threshold, unit, None, date, source, None, outcome.fragile)
