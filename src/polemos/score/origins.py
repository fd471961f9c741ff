"""Days that a hindcast starts from: later than a warm-up, and such that what is asked can be seen to come."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from polemos.record.world import Days, World, day

LEADS = (1, 3, 6, 12)
"""Months ahead."""
WARM_UP = 30
"""Months of record before the first default origin: enough to fit a baseline on two years."""


def later(date: np.datetime64, months: int) -> np.datetime64:
    """The same day of the month some months later, or the last of that month where it is shorter."""
    first = date.astype("datetime64[M]")
    target: np.datetime64 = first + months
    into = date - first.astype("datetime64[D]")
    last = (target + 1).astype("datetime64[D]") - np.timedelta64(1, "D")
    return min(target.astype("datetime64[D]") + into, last)


def spread_origins(world: World, count: int = 8, leads: Sequence[int] = LEADS) -> Days:
    """First days of months, evenly from `WARM_UP` months into the record to the longest lead before observation ends.

    A record under three times the warm-up keeps a third for it. Fewer than `count` where months are few. Raises
    `ValueError` where the record is too short for one.
    """
    begin, end = (int(date.astype("datetime64[M]").astype(int)) for date in (world.start, world.last_observed))
    warm_up = min(WARM_UP, (end - begin) // 3)
    first = int(later(day(world.start), warm_up).astype("datetime64[M]").astype(int))
    last = end - max(leads)
    if first > last:
        raise ValueError(
            f"a record of {world.start} to {world.last_observed} is too short for a lead of {max(leads)} months"
        )
    months = np.unique(np.rint(np.linspace(first, last, count)).astype(int))
    return months.astype("datetime64[M]").astype("datetime64[D]")


def rolling_origins(
    world: World,
    every: tuple[int, str] = (1, "mo"),
    first: np.datetime64 | None = None,
    last: np.datetime64 | None = None,
    leads: Sequence[int] = LEADS,
) -> Days:
    """Origins some months (`mo`) or weeks (`w`) apart, from `first` to `last`, both included where they fall on one.

    By default from the first of the month after the warm-up, to the last from which the longest lead is within the
    record. Raises `ValueError` where there is none, or one from which not even the shortest lead is.
    """
    step, unit = every
    begin = spread_origins(world, 1, leads)[0] if first is None else first
    end = world.last_observed if last is None else last
    if not world.start <= begin <= end <= world.last_observed:
        raise ValueError(
            f"origins from {begin} to {end} do not lie in the record, {world.start} to {world.last_observed}"
        )
    chosen, at = [], begin
    while at <= end:
        if later(at, min(leads) if last is not None else max(leads)) > world.last_observed:
            break
        chosen.append(at)
        steps = len(chosen) * step
        at = later(begin, steps) if unit == "mo" else begin + np.timedelta64(7 * steps, "D")
    if not chosen:
        raise ValueError(
            f"a record up to {world.last_observed} is too short for a lead of {max(leads)} months from {begin}"
        )
    return np.array(chosen, "datetime64[D]")
