"""Quantities of trajectories that questions hold against a threshold: shares, strengths, counts."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polemos.questions.conditions import first_day
from polemos.questions.member_answers import ANSWERED, BEYOND, UNASKED, Lacking, Measured
from polemos.questions.question_view import ONE, Outside, View, chosen_among, holders, selected
from polemos.questions.terms import Around, CountOf, ShareOf, StrengthOf
from polemos.record.world import Days, Floats, Ints, day


@singledispatch
def measure(quantity: object, window: View) -> Measured:
    """A quantity in every member. Raises `Outside` beyond the axis, `Lacking` where it is not in the trajectories."""
    raise TypeError(f"no quantity of kind {type(quantity).__name__}")


@measure.register
def _(quantity: ShareOf, window: View) -> Measured:
    at = window.index(quantity.date)
    if at is None:
        raise Outside
    theirs = window.holds_at(quantity.by, at)
    doubtful = chosen_among(quantity.places, window, theirs)
    chosen = selected(quantity.places, window) if doubtful is None else doubtful
    weights = window.weights(quantity.measure)
    amount_held = (theirs & chosen) @ weights
    whole = np.broadcast_to(chosen @ weights, amount_held.shape)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = amount_held / whole if quantity.unit == "share" else amount_held
    return Measured(value, np.full(window.members, ANSWERED, np.int8))


@measure.register
def _(quantity: StrengthOf, window: View) -> Measured:
    value = _strength(quantity, quantity.date, window)
    if quantity.relative_to is not None:
        with np.errstate(divide="ignore", invalid="ignore"):
            value = value / _strength(quantity, quantity.relative_to, window)
    return Measured(value, np.full(window.members, ANSWERED, np.int8))


def _strength(quantity: StrengthOf, date: object, window: View) -> Floats:
    """Strength on a day in the record's terms: [m]. Before the origin its last estimate, if the world has one.

    Estimates are of all fighters, a trajectory of those in the field: `field_share` of them.
    """
    trajectories, when = window.trajectories, day(date)
    world = trajectories.world
    number = world.organisation(quantity.by)
    names = ("fighters", "underground") if quantity.series == "members" else (quantity.series,)
    if trajectories.strengths and when >= trajectories.origin:
        if any(name not in trajectories.strengths for name in names):
            raise Lacking
        if when > window.last or when < trajectories.dates[0]:
            raise Outside
        at = int(np.searchsorted(trajectories.dates, when, side="right")) - 1
        part = {"fighters": world.organisations.field_share[number]}
        total: Floats = np.sum([trajectories.strengths[n][:, at, number] / part.get(n, 1.0) for n in names], axis=0)
        if np.isnan(total).any():
            raise Lacking
        return total
    table = world.strengths
    for measure in (quantity.series, "fighters") if quantity.series == "members" else (quantity.series,):
        fits = (table.organisation == number) & (np.array(table.measure) == measure) & (table.date <= when)
        if fits.any() and when < trajectories.origin:
            return np.full(window.members, table.best[fits][np.argmax(table.date[fits])])
    raise Lacking


@measure.register
def _(quantity: CountOf, window: View) -> Measured:
    members = window.members
    if quantity.years is not None:
        counts = [_counted(quantity, window, *_year(year)) for year in quantity.years]
        values = np.array([count.value for count in counts])
        take: Any = {"sum": np.sum, "mean": np.mean, "most": np.max, "least": np.min}[quantity.take]
        status = np.array([count.status for count in counts]).max(axis=0)
        return Measured(np.asarray(take(values, axis=0), np.float64), status, rising=True)
    if quantity.window is not None:
        start, end = (np.full(members, day(d)) for d in quantity.window)
        return _counted(quantity, window, start, end)
    assert quantity.around is not None
    first = event_days(quantity.around, window)
    low, high = (np.timedelta64(d, "D") for d in quantity.around.days)
    measured = _counted(quantity, window, first + low, first + high)
    covered = window.last >= day(quantity.around.until)
    absent = np.where(np.isnat(first), UNASKED if covered else BEYOND, measured.status).astype(np.int8)
    return Measured(np.where(np.isnat(first), np.nan, measured.value), absent, measured.rising)


def event_days(around: Around, window: View) -> Days:
    """The day of an event in each member, NaT where it does not come. Raises `Outside` where nobody could see it."""
    since, until = day(around.since), day(around.until) + ONE
    first = first_day(around.event, window, since, until)
    if window.bound != 0:
        # An event whose day depends on what nobody looked at has no window around it.
        other = first_day(around.event, window.opposite, since, until)
        if ((first != other) & ~(np.isnat(first) & np.isnat(other))).any():
            raise Outside
    return first


def _year(year: int) -> tuple[Days, Days]:
    return np.array([day(f"{year:04}-01-01")]), np.array([day(f"{year + 1:04}-01-01")])


def _counted(quantity: CountOf, window: View, start: Days, end: Days) -> Measured:
    """Events of each member in its window [start, end): value, and whether the axis covers the window."""
    start, end = np.broadcast_to(start, window.members), np.broadcast_to(end, window.members)
    if quantity.what == "attacks":
        value = _attacks(quantity, window, start, end)
        first = window.trajectories.dates[0]
    else:
        member, since, date, place, before, after = _changes(window, quantity)
        chosen = np.broadcast_to(selected(quantity.places, window), (window.members, len(window.world.places.id)))
        fits = (since >= start[member]) & (date < end[member]) & chosen[member, place]
        by = holders(window.world, quantity.by)
        if quantity.what != "changes":
            fits &= np.isin(after if quantity.what == "captures" else before, by)
        if quantity.of is not None:
            other = before if quantity.what == "captures" else after
            fits &= np.isin(other, holders(window.world, quantity.of))
        value = np.bincount(member[fits], minlength=window.members).astype(np.float64)
        if window.bound > 0 and window.observed is not None:
            # Where nobody looked, a place may have changed hands any number of times.
            within = (window.dates >= start[:, np.newaxis] - ONE) & (window.dates < end[:, np.newaxis])
            hidden = (within @ ~window.observed & chosen).any(axis=1)
            value = np.where(hidden, np.inf, value)
        first = window.dates[0] if window.dates.size else window.last + ONE
    covered = (end - ONE <= window.last) & (start >= first)
    value = np.where(start >= first, value, np.nan)
    return Measured(value, np.where(covered, ANSWERED, BEYOND).astype(np.int8), rising=True)


def _attacks(quantity: CountOf, window: View, start: Days, end: Days) -> Floats:
    """Attacks in the steps that end in a window; a step that straddles an edge counts by the share of its days."""
    trajectories = window.trajectories
    if trajectories.attacks is None:
        raise Lacking
    by = holders(window.world, quantity.by)
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


def _changes(window: View, quantity: CountOf) -> tuple[Ints, Days, Days, Ints, NDArray[np.int8], NDArray[np.int8]]:
    """Changes of holder: member, first and last day on which it may have been, place, before, after.

    After the origin they are the captures of the trajectories, where there are any; otherwise differences of holders.
    Between two days on which somebody looked and found another holder there was one change at least; from whom to whom
    the place went on the way, nobody knows.
    """
    was, now = window.control[:, :-1], window.control[:, 1:]
    moved, since = was != now, np.broadcast_to(window.dates[1:, np.newaxis], was.shape[1:])
    if window.bound != 0 and window.observed is not None:
        steps = np.arange(len(window.dates))[:, np.newaxis]
        looked = np.maximum.accumulate(np.where(window.observed, steps, -1))[:-1]
        was = np.take_along_axis(window.control, np.maximum(looked, 0)[np.newaxis], axis=1)
        moved = (was != now) & (window.observed[1:] & (looked >= 0))
        since = window.dates[np.maximum(looked, 0) + 1]
        if quantity.of is not None:
            moved = moved & window.observed[:-1]
    member, step, place = np.nonzero(moved)
    date, since = window.dates[1:][step], since[step, place]
    before, after = was[member, step, place], now[member, step, place]
    captures = window.trajectories.captures
    if captures is None:
        return member.astype(np.int32), since, date, place.astype(np.int32), before, after
    old, new = date <= window.trajectories.origin, captures.date > window.trajectories.origin
    return (
        np.concatenate([member[old], captures.member[new]]).astype(np.int32),
        np.concatenate([since[old], captures.date[new]]),
        np.concatenate([date[old], captures.date[new]]),
        np.concatenate([place[old], captures.place[new]]).astype(np.int32),
        np.concatenate([before[old], captures.before[new]]),
        np.concatenate([after[old], captures.after[new]]),
    )
