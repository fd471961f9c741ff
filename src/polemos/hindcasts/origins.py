"""Days that a hindcast starts from: later than a warm-up, and such that what is asked can be seen to come."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from polemos.forecasters.leads import DAYS, LADDER, LEADS, later, lead_days, lead_words, ordered, split
from polemos.record.world import Days, World

WARM_UP = 30
"""Months of record before the first default origin: enough to fit a baseline on two years."""
SPANS = 3
"""Lengths of a lead that a record must have after the warm-up: origins fill two blocks, and the last is scored."""
MOST = 4
"""Default leads of a record: the longest so many that it bears."""


def default_leads(world: World, most: int = MOST) -> tuple[str, ...]:
    """The longest `most` leads of `LADDER` that a record bears, the shortest first.

    A record bears a lead where the observed part of it after the warm-up is `SPANS` times as long: the origins whose
    lead is observed then span two leads, which is what an interval by blocks needs. Raises `ValueError` for a record
    that does not even bear the shortest.
    """
    months = _months_after_warm_up(world)
    fitting = tuple(lead for lead in LADDER if SPANS * lead_days(lead) <= months * DAYS["mo"])
    if not fitting:
        raise ValueError(
            f"a record of {world.start} to {world.last_observed} is too short for any lead: {lead_words(LADDER[0])} "
            f"needs {SPANS} weeks after the warm-up"
        )
    return fitting[-most:]


def bears(world: World) -> str:
    """Which of the usual leads a record bears, as the end of a sentence."""
    try:
        return f"this record bears {', '.join(default_leads(world, len(LADDER)))}"
    except ValueError:
        return "this record bears none of the usual leads"


def _months(world: World) -> tuple[int, int]:
    """The months of the first default origin and of the last observation, since 1970."""
    begin, end = (int(date.astype("datetime64[M]").astype(int)) for date in (world.start, world.last_observed))
    return begin + min(WARM_UP, (end - begin) // 3), end


def _months_after_warm_up(world: World) -> int:
    first, end = _months(world)
    return end - first


def thinned(days: Days, count: int) -> Days:
    """At most `count` of some days, evenly from the first to the last."""
    chosen: Days = days[np.unique(np.rint(np.linspace(0, len(days) - 1, min(count, len(days)))).astype(int))]
    return chosen


def spread_origins(world: World, count: int = 8, leads: Sequence[object] = LEADS) -> Days:
    """First days of months, evenly from `WARM_UP` months into the record to the longest lead before observation ends.

    A record under three times the warm-up keeps a third for it. Fewer than `count` where months are few. Raises
    `ValueError` where the record is too short for one.
    """
    first, end = _months(world)
    longest = ordered(leads)[-1]
    number, unit = split(longest)
    last = end - (number if unit == "mo" else -(-number // 4))
    if first > last:
        raise ValueError(
            f"a record of {world.start} to {world.last_observed} is too short for a lead of {longest}; {bears(world)}"
        )
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
        raise ValueError(
            f"a record up to {world.last_observed} is too short for a lead of {longest} from {begin}; {bears(world)}"
        )
    return np.array(chosen, "datetime64[D]")
