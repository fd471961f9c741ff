"""Asking a question of trajectories. The record is a trajectory with one member: the same function resolves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import singledispatch
from hashlib import sha256

import numpy as np

from polemos.model.trajectory import Trajectories
from polemos.questions.answer import Answer
from polemos.questions.conditions import first_day, holding, longest_run, stretch
from polemos.questions.member_answers import ANSWERED, BEYOND, LACKING, STATUS, UNASKED, Lacking, Measured, Verdicts
from polemos.questions.quantities import measure
from polemos.questions.quantities_elsewhere import with_elsewhere
from polemos.questions.question_view import ONE, Outside, View, holders, selected, view
from polemos.questions.questions import (
    Battle,
    Compare,
    Count,
    CountOf,
    Elsewhere,
    Every,
    FirstTime,
    Held,
    Moved,
    PledgeCount,
    Pledged,
    Question,
    Ranked,
    Ratio,
    Rising,
    Share,
    ShareOf,
    Strength,
    StrengthOf,
    Threshold,
    parts,
)
from polemos.questions.theatre_quantities import TheatreCount, TheatreRank
from polemos.record.world import Flags, Floats, day

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
        return _ask(question, window)
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


def line(question: Question) -> tuple[float, str]:
    """What the quantity of a question is held against, and its unit. Of all places, those not held are counted."""
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


def _verdicts(yes: Flags, is_known: Flags, quantity: Floats, negate: bool = False) -> Verdicts:
    answer = np.where(is_known, (yes != negate).astype(np.float64), np.nan)
    return Verdicts(answer, np.where(is_known, quantity, np.nan), np.where(is_known, ANSWERED, BEYOND).astype(np.int8))


@singledispatch
def _ask(question: object, window: View) -> Verdicts:
    raise TypeError(f"no question of kind {type(question).__name__}")


@_ask.register
def _(question: Held, window: View) -> Verdicts:
    is_met, level = holding(question, window)
    members = window.members
    if question.date is not None:
        at = window.index(question.date)
        if at is None:
            raise Outside
        return _verdicts(is_met[:, at], np.ones(members, bool), level[:, at], question.negate)
    assert question.window is not None
    part, days, covered = stretch(window, *(day(d) for d in question.window))
    is_met, level = is_met[:, part], level[:, part]
    if question.days is not None:
        if question.quantifier == "any":
            chosen = selected(question.places, window)
            longest = longest_run(window.holds(question.by)[:, part] & chosen[:, np.newaxis], days).max(
                axis=1, initial=0
            )
        else:
            longest = longest_run(is_met, days)
        yes = longest >= question.days
        return _verdicts(yes, yes | np.full(window.members, covered), longest, question.negate)
    most = (question.over == "ever") != (question.quantifier in ("all", "none"))
    quantity = level.max(axis=1) if most else level.min(axis=1)
    yes = np.asarray(is_met.any(axis=1) if question.over == "ever" else is_met.all(axis=1))
    settled = (yes == (question.over == "ever")) | np.full(window.members, covered)
    return _verdicts(yes, settled, quantity, question.negate)


@_ask.register
def _(question: FirstTime, window: View) -> Verdicts:
    deadline = question.no_later_than or question.later_than
    since = day(question.since or question.origin)
    limit = day(deadline)
    first = first_day(question.when, window, since, limit + ONE, question.days)
    days = (first - day(question.origin)).astype(np.float64)
    quantity = np.where(np.isnat(first), np.inf, days)
    has_answer = ~np.isnat(first)
    covered = bool(window.last >= limit)
    return _verdicts(has_answer, has_answer | covered, quantity, question.later_than is not None)


@_ask.register
def _(question: Battle, window: View) -> Verdicts:
    battles = window.trajectories.battles
    if battles is None:
        raise Lacking
    chosen = np.broadcast_to(selected(question.places, window), (window.members, len(window.world.places.id)))
    start, end = (day(d) for d in question.window)
    if start > window.last:
        raise Outside
    until = np.where(np.isnat(battles.end), window.last + ONE, battles.end)
    fits = (battles.start >= start) & (battles.start < end) & chosen[battles.member, battles.place]
    fits &= ((until - battles.start).astype(np.int64) >= question.days) & (battles.deaths >= question.deaths)
    for role, names in ((battles.attacker, question.attacker), (battles.defender, question.defender)):
        if names is not None:
            fits &= np.isin(role, holders(window.world, names))
    if question.captured is not None:
        fits &= battles.captured == question.captured
    number = np.bincount(battles.member[fits], minlength=window.members).astype(np.float64)
    yes = number >= question.number
    # A battle that begins in the window may have to last past its end.
    settled = bool(window.last >= end - ONE + np.timedelta64(int(np.ceil(question.days)), "D"))
    return _verdicts(yes, np.asarray(yes | settled), number, question.negate)


@_ask.register
def _(question: Moved, window: View) -> Verdicts:
    moves, kinds = window.trajectories.moves, window.trajectories.kinds
    if moves is None or not set(kinds) & ({question.how} if question.how != "either" else {"captured", "went_over"}):
        raise Lacking
    start, end = (day(d) for d in question.window)
    if start > window.last:
        raise Outside
    chosen = np.broadcast_to(selected(question.places, window), (window.members, len(window.world.places.id)))
    fits = (moves.date >= start) & (moves.date < end) & chosen[moves.member, moves.place] & (moves.men >= question.men)
    fits &= np.isin(moves.of, holders(window.world, question.of))
    if question.how != "either":
        fits &= (moves.to < 0) == (question.how == "captured")
    if question.to is not None:
        fits &= np.isin(moves.to, holders(window.world, question.to))
    number = np.bincount(moves.member[fits], minlength=window.members).astype(np.float64)
    yes = number >= question.number
    return _verdicts(yes, np.asarray(yes | bool(end - ONE <= window.last)), number, question.negate)


@_ask.register
def _(question: Rising, window: View) -> Verdicts:
    risings = window.trajectories.risings
    if risings is None:
        raise Lacking
    start, end = (day(d) for d in question.window)
    if start > window.last:
        raise Outside
    chosen = np.broadcast_to(selected(question.places, window), (window.members, len(window.world.places.id)))
    fits = (risings.date >= start) & (risings.date < end) & chosen[risings.member, risings.place]
    if question.by is not None:
        fits &= np.isin(risings.by, holders(window.world, question.by))
    worst = np.zeros(window.members)
    for one in np.flatnonzero(fits):
        near = fits & (risings.member == risings.member[one]) & (risings.place == risings.place[one])
        near &= (risings.date >= risings.date[one]) & (risings.date < risings.date[one] + question.days * ONE)
        m = risings.member[one]
        worst[m] = max(worst[m], risings.deaths[near].sum())
    yes = worst >= question.deaths
    return _verdicts(yes, np.asarray(yes | bool(end - ONE <= window.last)), worst, question.negate)


@_ask.register
def _(question: Every, window: View) -> Verdicts:
    verdicts = [_judge(part, _perhaps(part.of, window)) for part in question.parts]
    yes = np.array([one.yes for one in verdicts])
    is_answered = np.array([one.status == ANSWERED for one in verdicts])
    # One part that fails settles the whole, whatever the others come to.
    failed = (is_answered & (yes == 0)).any(axis=0)
    number = np.where(is_answered, yes, 0).sum(axis=0)
    has_answer = _verdicts(np.asarray(number == len(verdicts)), np.asarray(failed | is_answered.all(axis=0)), number)
    return has_answer


def _perhaps(quantity: object, window: View) -> Measured:
    """A quantity, unknown where it looks beyond the axis."""
    try:
        return measure(quantity, window)
    except Outside:
        return Measured(np.full(window.members, np.nan), np.full(window.members, BEYOND, np.int8))


@_ask.register
def _(question: Share, window: View) -> Verdicts:
    measured = measure(question, window)
    if question.against is not None:
        bounds = {name: value for name, value in question.against if value is not None}
        measured = _less(measured, measure(_nested(question, bounds), window.opposite))
    return _judge(question, measured)


@_ask.register
def _(question: Count | Strength | Elsewhere | Ranked | Pledged, window: View) -> Verdicts:
    return _judge(question, measure(question, window))


@_ask.register
def _(question: Ratio, window: View) -> Verdicts:
    of, to = measure(question.of, window), measure(question.to, window.opposite)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where((of.value == 0) & (to.value == 0), 1.0, of.value / to.value)
    return _judge(question, Measured(value, np.maximum(of.status, to.status)))


@_ask.register
def _(question: Compare, window: View) -> Verdicts:
    return _judge(question, _less(measure(question.first, window), measure(question.second, window.opposite)))


def _nested(question: Share, fields: Mapping[str, object]) -> ShareOf:
    plain = {name: getattr(question, name) for name in ShareOf.model_fields if name != "kind"}
    return ShareOf.model_validate({**plain, **fields})


def _less(first: Measured, second: Measured) -> Measured:
    return Measured(first.value - second.value, np.maximum(first.status, second.status))


def _judge(threshold: Threshold, measured: Measured) -> Verdicts:
    """Hold a quantity against its threshold."""
    value, is_known = measured.value, measured.status == ANSWERED
    upward = threshold.at_least is not None or threshold.more_than is not None
    with np.errstate(invalid="ignore"):
        if threshold.at_least is not None:
            yes = value >= threshold.at_least
        elif threshold.more_than is not None:
            yes = value > threshold.more_than
        elif threshold.at_most is not None:
            yes = value <= threshold.at_most
        else:
            yes = value < (threshold.less_than if threshold.less_than is not None else np.nan)
    status = measured.status.copy()
    if measured.rising:
        settled = (status == BEYOND) & ~np.isnan(value) & (yes == upward)
        is_known, status = is_known | settled, np.where(settled, ANSWERED, status).astype(np.int8)
    is_known &= ~np.isnan(value)
    status = np.where(np.isnan(value) & (status == ANSWERED), UNASKED, status).astype(np.int8)
    return Verdicts(np.where(is_known, yes.astype(np.float64), np.nan), np.where(is_known, value, np.nan), status)
