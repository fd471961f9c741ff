"""When a condition holds in each member: on which dates, from which day, for how long."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from polemos.questions.question_view import ONE, Outside, View, chosen_among, selected, widths
from polemos.questions.terms import Condition
from polemos.record.world import Days, Flags, Floats


def holding(condition: Condition, window: View) -> tuple[Flags, Floats]:
    """Whether a condition holds: [m, T]; and the number or share held, of all the number not held: [m, T]."""
    chosen = selected(condition.places, window)
    if chosen.shape[0] == 1 and condition.quantifier != "share":
        # The same places in every member: look at no others.
        is_held = window.holds(condition.by, np.flatnonzero(chosen[0]))
    else:
        is_held = window.holds(condition.by) & chosen[:, np.newaxis]
    doubtful = None if window.bound == 0 else chosen_among(condition.places, window, window.holds(condition.by))
    if doubtful is not None:
        is_held = window.holds(condition.by) & doubtful
    if condition.quantifier == "share":
        weights = window.weights(condition.measure)
        whole = (chosen @ weights)[:, np.newaxis] if doubtful is None else doubtful @ weights
        with np.errstate(invalid="ignore", divide="ignore"):
            level = (is_held @ weights) / whole
    else:
        level = is_held.sum(axis=2).astype(np.float64)
    if condition.quantifier == "all":
        level = (chosen.sum(axis=1)[:, np.newaxis] if doubtful is None else doubtful.sum(axis=2)) - level
    if condition.quantifier in ("all", "none"):
        return level == 0, level
    return level >= (1.0 if condition.amount is None else condition.amount), level


def longest_run(flags: Flags, days: NDArray[np.int64]) -> Floats:
    """Longest run of days along axis 1 of [m, T, ...], each date standing for some days [T]."""
    run = np.zeros((flags.shape[0], *flags.shape[2:]), np.int64)
    best = run.copy()
    for step, width in enumerate(days):
        run = np.where(flags[:, step], run + width, 0)
        np.maximum(best, run, out=best)
    return best.astype(np.float64)


def stretch(window: View, start: np.datetime64, end: np.datetime64) -> tuple[slice, NDArray[np.int64], bool]:
    """Dates of a window [start, end), the days each stands for, and whether the axis covers it. Raises `Outside`."""
    if not window.dates.size or start < window.dates[0] or start > window.last:
        raise Outside
    low = int(np.searchsorted(window.dates, start, side="right")) - 1
    high = int(np.searchsorted(window.dates, end, side="left"))
    days = widths(window.dates, start, min(end, window.last + ONE))[low:high]
    return slice(low, high), days, bool(end - ONE <= window.last)


def first_day(condition: Condition, window: View, since: np.datetime64, until: np.datetime64, days: int = 1) -> Days:
    """First day of [since, until) on which a condition holds, for a run of days, in each member; NaT if none."""
    is_met, _ = holding(condition, window)
    part, width, _ = stretch(window, since, until)
    is_met = is_met[:, part] != condition.negate
    start = np.maximum(window.dates[part], since)
    first = np.full(window.members, np.datetime64("NaT"), "datetime64[D]")
    begun = first.copy()
    run = np.zeros(window.members, np.int64)
    for step in range(is_met.shape[1]):
        fresh = is_met[:, step] & (run == 0)
        begun[fresh] = start[step]
        run = np.where(is_met[:, step], run + width[step], 0)
        is_done = (run >= days) & np.isnat(first)
        first[is_done] = begun[is_done]
    return first
