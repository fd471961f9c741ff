"""Days that a hindcast starts from: later than a warm-up, and such that what is asked can be seen to come."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from polemos.record.world import Days, World
from polemos.score.leads import LEADS, later, ordered, split

WARM_UP = 30
"""Months of record before the first default origin: enough to fit a baseline on two years."""


def spread_origins(world: World, count: int = 8, leads: Sequence[object] = LEADS) -> Days:
    """First days of months, evenly from `WARM_UP` months into the record to the longest lead before observation ends.

    A record under three times the warm-up keeps a third for it. Fewer than `count` where months are few. Raises
    `ValueError` where the record is too short for one.
    """
    begin, end = (int(date.astype("datetime64[M]").astype(int)) for date in (world.start, world.last_observed))
    warm_up = min(WARM_UP, (end - begin) // 3)
    first = begin + warm_up
    longest = ordered(leads)[-1]
    number, unit = split(longest)
    last = end - (number if unit == "mo" else -(-number // 4))
    if first > last:
        raise ValueError(f"a record of {world.start} to {world.last_observed} is too short for a lead of {longest}")
    months = np.unique(np.rint(np.linspace(first, last, count)).astype(int))
    return months.astype("datetime64[M]").astype("datetime64[D]")


def rolling_origins(
    world: World,
    every: object = "1mo",
    first: np.datetime64 | None = None,
    last: np.datetime64 | None = None,
    leads: Sequence[object] = LEADS,
) -> Days:
    """Origins a step such as `1mo` or `2w` apart, from `first` to `last`, both included where they fall on one.

    By default from the first of the month after the warm-up, to the last from which the longest lead is within the
    record. Raises `ValueError` where there is none, or one from which not even the shortest lead is.
    """
    step, unit = split(str(every))
    shortest, longest = ordered(leads)[0], ordered(leads)[-1]
    begin = spread_origins(world, 1, leads)[0] if first is None else first
    end = world.last_observed if last is None else last
    if not world.start <= begin <= end <= world.last_observed:
        raise ValueError(
            f"origins from {begin} to {end} do not lie in the record, {world.start} to {world.last_observed}"
        )
    chosen, at = [], begin
    while at <= end:
        if later(at, shortest if last is not None else longest) > world.last_observed:
            break
        chosen.append(at)
        steps = len(chosen) * step
        at = later(begin, f"{steps}{unit}")
    if not chosen:
        raise ValueError(f"a record up to {world.last_observed} is too short for a lead of {longest} from {begin}")
    return np.array(chosen, "datetime64[D]")
