"""Asking a question of trajectories. The record is a trajectory with one member: the same function resolves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import singledispatch
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polemos.forecast.forecaster import Answer
from polemos.forecast.questions import (
    Around,
    Battle,
    Compare,
    Condition,
    Count,
    CountOf,
    FirstTime,
    Held,
    Question,
    Ratio,
    Share,
    ShareOf,
    Strength,
    StrengthOf,
    Threshold,
)
from polemos.forecast.view import ONE, Outside, View, holders, selected, view, widths
from polemos.model.trajectory import Trajectories
from polemos.record.world import Days, Flags, Floats, Ints, day

ANSWERED, UNASKED, BEYOND, LACKING = range(4)
STATUS = ("answered", "not asked", "beyond horizon", "not in the model")
"""Status of a member: a question about what follows an event is not asked where the event does not come."""

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Answers of the members [m]: `yes` is 1, 0 or NaN, `quantity` what lies behind it, `status` indexes `STATUS`."""

    yes: Floats
    quantity: Floats
    status: NDArray[np.int8]

    @property
    def table(self) -> Floats:
        """The three as columns: [m, 3]."""
        return np.stack([self.yes, self.quantity, self.status.astype(np.float64)], axis=1)

    @classmethod
    def from_table(cls, table: Floats) -> Verdicts:
        """From what `table` gave, of any number of chunks put together."""
        return cls(table[:, 0], table[:, 1], table[:, 2].astype(np.int8))


class Lacking(Exception):
    """A question looks at a part that the trajectories lack."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A quantity [m] and its status. `rising`: where it is cut short by the end of the axis, it is a lower bound."""

    value: Floats
    status: NDArray[np.int8]
    rising: bool = False


def evaluate(question: Question, trajectories: Trajectories) -> Verdicts:
    """Ask a question of every member of a chunk.

    The state on a day is that at the last date of the axis not after it; durations are differences of dates. Before
    the axis stands the record of the trajectories' world. A member whose axis ends before what the question needs is
    beyond the horizon (NaN), unless what it has already settles the answer. Raises `KeyError` for a place or an
    organisation that the world has not.
    """
    seen = view(trajectories, question)
    members = trajectories.members
    nothing = np.full(members, np.nan)
    try:
        return _ask(question, seen)
    except Outside:
        return Verdicts(nothing, nothing, np.full(members, BEYOND, np.int8))
    except Lacking:
        return Verdicts(nothing, nothing, np.full(members, LACKING, np.int8))


@dataclass(frozen=True, slots=True)
class Reducer:
    """What an ensemble asks of each chunk: a table [m, 3] (`Verdicts.table`) by the id of the question."""

    questions: tuple[Question, ...]

    def __call__(self, trajectories: Trajectories) -> dict[str, Floats]:
        return {question.id: evaluate(question, trajectories).table for question in self.questions}

    @property
    def digest(self) -> str:
        """SHA-256 of the questions: answers kept under it are answers to these."""
        return sha256("\0".join(question.model_dump_json() for question in self.questions).encode()).hexdigest()


def reducer(questions: Sequence[Question]) -> Reducer:
    """What asks the questions."""
    return Reducer(tuple(questions))


def summarise(question: Question, verdicts: Verdicts | Floats) -> Answer:
    """The answer of all members, or of the table [m, 3] of all of them.

    The probability is the share of yes among the members asked, not smoothed. One member beyond the horizon leaves
    the question unanswered. Quantiles are values of members, so that an infinite one stays infinite.
    """
    if not isinstance(verdicts, Verdicts):
        verdicts = Verdicts.from_table(verdicts)
    worst = int(verdicts.status.max(initial=UNASKED if not verdicts.status.size else ANSWERED))
    if worst >= BEYOND:
        return Answer(question.id, None, 0.0, STATUS[worst])
    asked = verdicts.status == ANSWERED
    if not asked.any():
        return Answer(question.id, None, 0.0, STATUS[UNASKED])
    yes, quantity = verdicts.yes[asked], verdicts.quantity[asked]
    probability = float(yes.mean())
    error = float(np.sqrt(probability * (1 - probability) / yes.size))
    spread = quantity[~np.isnan(quantity)]
    quantiles = None
    if spread.size:
        quantiles = tuple(float(q) for q in np.quantile(spread, LEVELS, method="inverted_cdf"))
    return Answer(question.id, probability, error, STATUS[ANSWERED], quantiles)


def line(question: Question) -> tuple[float, str]:
    """What the quantity of a question is held against, and its unit. Of all places, those not held are counted."""
    if isinstance(question, FirstTime):
        deadline = question.no_later_than or question.later_than
        return float((day(deadline) - day(question.origin)).astype(np.int64)), "days"
    if isinstance(question, Battle):
        return float(question.number), "battles"
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
    return _unit(question.first) if isinstance(question, Compare) else "ratio"


def _level(condition: Condition, seen: View) -> tuple[Flags, Floats]:
    """Whether a condition holds: [m, T]; and the number or share held, of all the number not held: [m, T]."""
    chosen = selected(condition.places, seen)
    if chosen.shape[0] == 1 and condition.quantifier != "share":
        # The same places in every member: look at no others.
        held = seen.holds(condition.by, np.flatnonzero(chosen[0]))
    else:
        held = seen.holds(condition.by) & chosen[:, np.newaxis]
    if condition.quantifier == "share":
        weights = seen.weights(condition.measure)
        with np.errstate(invalid="ignore", divide="ignore"):
            level = (held @ weights) / (chosen @ weights)[:, np.newaxis]
    else:
        level = held.sum(axis=2).astype(np.float64)
    if condition.quantifier == "all":
        level = chosen.sum(axis=1)[:, np.newaxis] - level
    if condition.quantifier in ("all", "none"):
        return level == 0, level
    return level >= (1.0 if condition.amount is None else condition.amount), level


def _longest(flags: Flags, days: NDArray[np.int64]) -> Floats:
    """Longest run of days along axis 1 of [m, T, ...], each date standing for some days [T]."""
    run = np.zeros((flags.shape[0], *flags.shape[2:]), np.int64)
    best = run.copy()
    for step, width in enumerate(days):
        run = np.where(flags[:, step], run + width, 0)
        np.maximum(best, run, out=best)
    return best.astype(np.float64)


def _verdicts(yes: Flags, known: Flags, quantity: Floats, negate: bool = False) -> Verdicts:
    answer = np.where(known, (yes != negate).astype(np.float64), np.nan)
    return Verdicts(answer, np.where(known, quantity, np.nan), np.where(known, ANSWERED, BEYOND).astype(np.int8))


def _stretch(seen: View, start: np.datetime64, end: np.datetime64) -> tuple[slice, NDArray[np.int64], bool]:
    """Dates of a window [start, end), the days each stands for, and whether the axis covers it. Raises `Outside`."""
    if not seen.dates.size or start < seen.dates[0] or start > seen.last:
        raise Outside
    low = int(np.searchsorted(seen.dates, start, side="right")) - 1
    high = int(np.searchsorted(seen.dates, end, side="left"))
    days = widths(seen.dates, start, min(end, seen.last + ONE))[low:high]
    return slice(low, high), days, bool(end - ONE <= seen.last)


@singledispatch
def _ask(question: object, seen: View) -> Verdicts:
    raise TypeError(f"no question of kind {type(question).__name__}")


@_ask.register
def _(question: Held, seen: View) -> Verdicts:
    met, level = _level(question, seen)
    members = seen.members
    if question.date is not None:
        at = seen.index(question.date)
        if at is None:
            raise Outside
        return _verdicts(met[:, at], np.ones(members, bool), level[:, at], question.negate)
    assert question.window is not None
    part, days, covered = _stretch(seen, *(day(d) for d in question.window))
    met, level = met[:, part], level[:, part]
    if question.days is not None:
        if question.quantifier == "any":
            chosen = selected(question.places, seen)
            longest = _longest(seen.holds(question.by)[:, part] & chosen[:, np.newaxis], days).max(axis=1, initial=0)
        else:
            longest = _longest(met, days)
        yes = longest >= question.days
        return _verdicts(yes, yes | np.full(seen.members, covered), longest, question.negate)
    most = (question.over == "ever") != (question.quantifier in ("all", "none"))
    quantity = level.max(axis=1) if most else level.min(axis=1)
    yes = np.asarray(met.any(axis=1) if question.over == "ever" else met.all(axis=1))
    settled = (yes == (question.over == "ever")) | np.full(seen.members, covered)
    return _verdicts(yes, settled, quantity, question.negate)


@_ask.register
def _(question: FirstTime, seen: View) -> Verdicts:
    deadline = question.no_later_than or question.later_than
    since = day(question.since or question.origin)
    limit = day(deadline)
    came = _first(question.when, seen, since, limit + ONE, question.days)
    days = (came - day(question.origin)).astype(np.float64)
    quantity = np.where(np.isnat(came), np.inf, days)
    found = ~np.isnat(came)
    covered = bool(seen.last >= limit)
    return _verdicts(found, found | covered, quantity, question.later_than is not None)


def _first(condition: Condition, seen: View, since: np.datetime64, until: np.datetime64, days: int = 1) -> Days:
    """First day of [since, until) on which a condition holds, for a run of days, in each member; NaT if none."""
    met, _ = _level(condition, seen)
    part, width, _ = _stretch(seen, since, until)
    met = met[:, part] != condition.negate
    start = np.maximum(seen.dates[part], since)
    came = np.full(seen.members, np.datetime64("NaT"), "datetime64[D]")
    begun = came.copy()
    run = np.zeros(seen.members, np.int64)
    for step in range(met.shape[1]):
        fresh = met[:, step] & (run == 0)
        begun[fresh] = start[step]
        run = np.where(met[:, step], run + width[step], 0)
        done = (run >= days) & np.isnat(came)
        came[done] = begun[done]
    return came


@_ask.register
def _(question: Battle, seen: View) -> Verdicts:
    battles = seen.trajectories.battles
    if battles is None:
        raise Lacking
    chosen = np.broadcast_to(selected(question.places, seen), (seen.members, len(seen.world.places.id)))
    start, end = (day(d) for d in question.window)
    if start > seen.last:
        raise Outside
    until = np.where(np.isnat(battles.end), seen.last + ONE, battles.end)
    fits = (battles.start >= start) & (battles.start < end) & chosen[battles.member, battles.place]
    fits &= ((until - battles.start).astype(np.int64) >= question.days) & (battles.deaths >= question.deaths)
    for role, names in ((battles.attacker, question.attacker), (battles.defender, question.defender)):
        if names is not None:
            fits &= np.isin(role, holders(seen.world, names))
    if question.captured is not None:
        fits &= battles.captured == question.captured
    number = np.bincount(battles.member[fits], minlength=seen.members).astype(np.float64)
    yes = number >= question.number
    # A battle that begins in the window may have to last past its end.
    settled = bool(seen.last >= end - ONE + np.timedelta64(int(np.ceil(question.days)), "D"))
    return _verdicts(yes, np.asarray(yes | settled), number, question.negate)


@_ask.register
def _(question: Share, seen: View) -> Verdicts:
    measured = _measure(question, seen)
    if question.against is not None:
        given = {name: value for name, value in question.against if value is not None}
        measured = _less(measured, _measure(_nested(question, given), seen))
    return _judge(question, measured)


@_ask.register
def _(question: Count | Strength, seen: View) -> Verdicts:
    return _judge(question, _measure(question, seen))


@_ask.register
def _(question: Ratio, seen: View) -> Verdicts:
    of, to = _measure(question.of, seen), _measure(question.to, seen)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where((of.value == 0) & (to.value == 0), 1.0, of.value / to.value)
    return _judge(question, Measured(value, np.maximum(of.status, to.status)))


@_ask.register
def _(question: Compare, seen: View) -> Verdicts:
    return _judge(question, _less(_measure(question.first, seen), _measure(question.second, seen)))


def _nested(question: Share, given: Mapping[str, object]) -> ShareOf:
    plain = {name: getattr(question, name) for name in ShareOf.model_fields if name != "kind"}
    return ShareOf.model_validate({**plain, **given})


def _less(first: Measured, second: Measured) -> Measured:
    return Measured(first.value - second.value, np.maximum(first.status, second.status))


def _judge(threshold: Threshold, measured: Measured) -> Verdicts:
    """Hold a quantity against its threshold."""
    value, known = measured.value, measured.status == ANSWERED
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
        known, status = known | settled, np.where(settled, ANSWERED, status).astype(np.int8)
    known &= ~np.isnan(value)
    status = np.where(np.isnan(value) & (status == ANSWERED), UNASKED, status).astype(np.int8)
    return Verdicts(np.where(known, yes.astype(np.float64), np.nan), np.where(known, value, np.nan), status)


@singledispatch
def _measure(quantity: object, seen: View) -> Measured:
    raise TypeError(f"no quantity of kind {type(quantity).__name__}")


@_measure.register
def _(quantity: ShareOf, seen: View) -> Measured:
    at = seen.index(quantity.date)
    if at is None:
        raise Outside
    chosen = selected(quantity.places, seen)
    weights = seen.weights(quantity.measure)
    held = (seen.holds_at(quantity.by, at) & chosen) @ weights
    whole = np.broadcast_to(chosen @ weights, held.shape)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = held / whole if quantity.unit == "share" else held
    return Measured(value, np.full(seen.members, ANSWERED, np.int8))


@_measure.register
def _(quantity: StrengthOf, seen: View) -> Measured:
    value = _strength(quantity, quantity.date, seen)
    if quantity.relative_to is not None:
        with np.errstate(divide="ignore", invalid="ignore"):
            value = value / _strength(quantity, quantity.relative_to, seen)
    return Measured(value, np.full(seen.members, ANSWERED, np.int8))


def _strength(quantity: StrengthOf, date: object, seen: View) -> Floats:
    """Strength on a day: [m]. Before the origin the last estimate of the record, if the world has one."""
    trajectories, when = seen.trajectories, day(date)
    world = trajectories.world
    number = world.organisation(quantity.by)
    names = ("fighters", "underground") if quantity.series == "members" else (quantity.series,)
    if trajectories.strengths and when >= trajectories.origin:
        if any(name not in trajectories.strengths for name in names):
            raise Lacking
        if when > seen.last or when < trajectories.dates[0]:
            raise Outside
        at = int(np.searchsorted(trajectories.dates, when, side="right")) - 1
        total: Floats = np.sum([trajectories.strengths[n][:, at, number] for n in names], axis=0, dtype=np.float64)
        if np.isnan(total).any():
            raise Lacking
        return total
    table = world.strengths
    for measure in (quantity.series, "fighters") if quantity.series == "members" else (quantity.series,):
        fits = (table.organisation == number) & (np.array(table.measure) == measure) & (table.date <= when)
        if fits.any() and when < trajectories.origin:
            return np.full(seen.members, table.best[fits][np.argmax(table.date[fits])])
    raise Lacking


@_measure.register
def _(quantity: CountOf, seen: View) -> Measured:
    members = seen.members
    if quantity.years is not None:
        counts = [_counted(quantity, seen, *_year(year)) for year in quantity.years]
        values = np.array([count.value for count in counts])
        take: Any = {"sum": np.sum, "mean": np.mean, "most": np.max, "least": np.min}[quantity.take]
        status = np.array([count.status for count in counts]).max(axis=0)
        return Measured(np.asarray(take(values, axis=0), np.float64), status, rising=True)
    if quantity.window is not None:
        start, end = (np.full(members, day(d)) for d in quantity.window)
        return _counted(quantity, seen, start, end)
    assert quantity.around is not None
    came = _event(quantity.around, seen)
    low, high = (np.timedelta64(d, "D") for d in quantity.around.days)
    measured = _counted(quantity, seen, came + low, came + high)
    covered = seen.last >= day(quantity.around.until)
    absent = np.where(np.isnat(came), UNASKED if covered else BEYOND, measured.status).astype(np.int8)
    return Measured(np.where(np.isnat(came), np.nan, measured.value), absent, measured.rising)


def _event(around: Around, seen: View) -> Days:
    return _first(around.event, seen, day(around.since), day(around.until) + ONE)


def _year(year: int) -> tuple[Days, Days]:
    return np.array([day(f"{year:04}-01-01")]), np.array([day(f"{year + 1:04}-01-01")])


def _counted(quantity: CountOf, seen: View, start: Days, end: Days) -> Measured:
    """Events of each member in its window [start, end): value, and whether the axis covers the window."""
    start, end = np.broadcast_to(start, seen.members), np.broadcast_to(end, seen.members)
    if quantity.what == "attacks":
        value = _attacks(quantity, seen, start, end)
        first = seen.trajectories.dates[0]
    else:
        member, date, place, before, after = _changes(seen)
        chosen = np.broadcast_to(selected(quantity.places, seen), (seen.members, len(seen.world.places.id)))
        fits = (date >= start[member]) & (date < end[member]) & chosen[member, place]
        by = holders(seen.world, quantity.by)
        if quantity.what != "changes":
            fits &= np.isin(after if quantity.what == "captures" else before, by)
        if quantity.of is not None:
            other = before if quantity.what == "captures" else after
            fits &= np.isin(other, holders(seen.world, quantity.of))
        value = np.bincount(member[fits], minlength=seen.members).astype(np.float64)
        first = seen.dates[0] if seen.dates.size else seen.last + ONE
    covered = (end - ONE <= seen.last) & (start >= first)
    value = np.where(start >= first, value, np.nan)
    return Measured(value, np.where(covered, ANSWERED, BEYOND).astype(np.int8), rising=True)


def _attacks(quantity: CountOf, seen: View, start: Days, end: Days) -> Floats:
    """Attacks in the steps that end in a window; a step that straddles an edge counts by the share of its days."""
    trajectories = seen.trajectories
    if trajectories.attacks is None:
        raise Lacking
    by = holders(seen.world, quantity.by)
    of = [i for i, c in enumerate(trajectories.countries) if quantity.countries is None or c in quantity.countries]
    counts = trajectories.attacks[:, :, by][..., of].sum(axis=(2, 3), dtype=np.float64)
    dates = trajectories.dates
    begins = np.append(dates[0] - ONE if dates.size < 2 else dates[0] - (dates[1] - dates[0]), dates[:-1]) + ONE
    ends = dates + ONE
    inside = np.minimum(ends, end[:, np.newaxis]) - np.maximum(begins, start[:, np.newaxis])
    share = np.maximum(inside.astype(np.float64), 0) / (ends - begins).astype(np.float64)
    # Steps outside the window may be unknown (before the origin): they must not count, not even as nothing.
    result: Floats = np.where(share > 0, counts * share, 0.0).sum(axis=1)
    if np.isnan(result).any():
        raise Lacking
    return result


def _changes(seen: View) -> tuple[Ints, Days, Ints, NDArray[np.int8], NDArray[np.int8]]:
    """Changes of holder: member, date, place, before, after.

    After the origin they are the captures of the trajectories, where there are any; otherwise differences of holders.
    """
    was, now = seen.control[:, :-1], seen.control[:, 1:]
    member, step, place = np.nonzero(was != now)
    date = seen.dates[1:][step]
    before, after = was[member, step, place], now[member, step, place]
    captures = seen.trajectories.captures
    if captures is None:
        return member.astype(np.int32), date, place.astype(np.int32), before, after
    old, new = date <= seen.trajectories.origin, captures.date > seen.trajectories.origin
    return (
        np.concatenate([member[old], captures.member[new]]).astype(np.int32),
        np.concatenate([date[old], captures.date[new]]),
        np.concatenate([place[old], captures.place[new]]).astype(np.int32),
        np.concatenate([before[old], captures.before[new]]),
        np.concatenate([after[old], captures.after[new]]),
    )
