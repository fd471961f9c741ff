"""Evaluates each kind of question on a view of trajectories: yes or no, member by member."""

from __future__ import annotations

from collections.abc import Mapping
from functools import singledispatch

import numpy as np

from polemos.questions.conditions import first_day, holding, longest_run, stretch
from polemos.questions.member_answers import ANSWERED, BEYOND, UNASKED, Lacking, Measured, Verdicts
from polemos.questions.quantities import measure
from polemos.questions.question_view import ONE, Outside, View, holders, selected
from polemos.questions.questions import (
    Battle,
    Compare,
    Count,
    Elsewhere,
    Every,
    FirstTime,
    Held,
    Moved,
    Pledged,
    Ranked,
    Ratio,
    Rising,
    Share,
    Strength,
)
from polemos.questions.terms import ShareOf, Threshold
from polemos.record.world import Flags, Floats, day


def _verdicts(yes: Flags, is_known: Flags, quantity: Floats, negate: bool = False) -> Verdicts:
    answer = np.where(is_known, (yes != negate).astype(np.float64), np.nan)
    return Verdicts(answer, np.where(is_known, quantity, np.nan), np.where(is_known, ANSWERED, BEYOND).astype(np.int8))


@singledispatch
def ask(question: object, window: View) -> Verdicts:
    raise TypeError(f"no question of kind {type(question).__name__}")


@ask.register
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


@ask.register
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


@ask.register
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


@ask.register
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


@ask.register
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


@ask.register
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


@ask.register
def _(question: Share, window: View) -> Verdicts:
    measured = measure(question, window)
    if question.against is not None:
        bounds = {name: value for name, value in question.against if value is not None}
        measured = _less(measured, measure(_nested(question, bounds), window.opposite))
    return _judge(question, measured)


@ask.register
def _(question: Count | Strength | Elsewhere | Ranked | Pledged, window: View) -> Verdicts:
    return _judge(question, measure(question, window))


@ask.register
def _(question: Ratio, window: View) -> Verdicts:
    of, to = measure(question.of, window), measure(question.to, window.opposite)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where((of.value == 0) & (to.value == 0), 1.0, of.value / to.value)
    return _judge(question, Measured(value, np.maximum(of.status, to.status)))


@ask.register
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
