"""When a condition holds in each member: on which dates, from which day, for how long."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from polemos.questions.question_view import ONE, Outside, View, chosen_among, selected, widths
from polemos.questions.questions import Condition
from polemos.record.world import Days, Flags, Floats


def holding(condition: Condition, seen: View) -> tuple[Flags, Floats]:
    """Whether a condition holds: [m, T]; and the number or share held, of all the number not held: [m, T]."""
    chosen = selected(condition.places, seen)
    if chosen.shape[0] == 1 and condition.quantifier != "share":
        # The same places in every member: look at no others.
        held = seen.holds(condition.by, np.flatnonzero(chosen[0]))
    else:
        held = seen.holds(condition.by) & chosen[:, np.newaxis]
    doubtful = None if seen.bound == 0 else chosen_among(condition.places, seen, seen.holds(condition.by))
    if doubtful is not None:
        held = seen.holds(condition.by) & doubtful
    if condition.quantifier == "share":
        weights = seen.weights(condition.measure)
        whole = (chosen @ weights)[:, np.newaxis] if doubtful is None else doubtful @ weights
        with np.errstate(invalid="ignore", divide="ignore"):
            level = (held @ weights) / whole
    else:
        level = held.sum(axis=2).astype(np.float64)
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


def stretch(seen: View, start: np.datetime64, end: np.datetime64) -> tuple[slice, NDArray[np.int64], bool]:
    """Dates of a window [start, end), the days each stands for, and whether the axis covers it. Raises `Outside`."""
    if not seen.dates.size or start < seen.dates[0] or start > seen.last:
        raise Outside
    low = int(np.searchsorted(seen.dates, start, side="right")) - 1
    high = int(np.searchsorted(seen.dates, end, side="left"))
    days = widths(seen.dates, start, min(end, seen.last + ONE))[low:high]
    return slice(low, high), days, bool(end - ONE <= seen.last)


def first_day(condition: Condition, seen: View, since: np.datetime64, until: np.datetime64, days: int = 1) -> Days:
    """First day of [since, until) on which a condition holds, for a run of days, in each member; NaT if none."""
    met, _ = holding(condition, seen)
    part, width, _ = stretch(seen, since, until)
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
