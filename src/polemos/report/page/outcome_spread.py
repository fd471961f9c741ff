"""How the quantity behind a question spreads over the simulated wars: first-passage dates, numbers, shares."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from polemos.questions.member_answers import ANSWERED
from polemos.questions.questions import FirstTime, Question
from polemos.questions.resolve import Resolution
from polemos.questions.threshold_line import line
from polemos.record.world import Floats, day
from polemos.report.page.contents import Spread

BINS = 24
"""Bins at most."""

EPOCH = np.datetime64("1970-01-01", "D")


def spread(
    question: Question, table: NDArray[np.float64], resolution: Resolution, until: np.datetime64
) -> Spread | None:
    """The spread of a table [m, 3] of verdicts; None where no member has a quantity, or all have the same."""
    answered_values = table[table[:, 2] == ANSWERED, 1]
    answered_values = answered_values[~np.isnan(answered_values)]
    values = answered_values[np.isfinite(answered_values)]
    if not answered_values.size or (not isinstance(question, FirstTime) and (not values.size or np.ptp(values) == 0)):
        return None
    never = int(answered_values.size - values.size)
    threshold, unit = line(question)
    if isinstance(question, FirstTime):
        origin = day(question.origin)
        start = float((origin - EPOCH).astype(np.int64))
        edges = date_edges(day(question.since or question.origin), until)
        counts = np.histogram(np.clip(values + start, edges[0], edges[-1]), edges)[0]
        has_quantity = resolution.quantity is not None and np.isfinite(resolution.quantity)
        record = start + float(resolution.quantity) if has_quantity and resolution.quantity is not None else None
        title = "First day on which it comes about"
        return Spread(
            title, "", _plain(edges), _whole(counts), never, answered_values.size, True, start + threshold, record
        )
    edges = number_edges(values)
    counts = np.histogram(values, edges)[0]
    record = resolution.quantity if resolution.quantity is not None and np.isfinite(resolution.quantity) else None
    return Spread(
        "Spread over the simulated wars",
        unit,
        _plain(edges),
        _whole(counts),
        never,
        int(answered_values.size),
        False,
        threshold,
        record,
    )


def date_edges(first: np.datetime64, last: np.datetime64) -> Floats:
    """Days since 1970 at the starts of months, or of every so many months, that cover a span in `BINS` at most."""
    months = np.arange(first.astype("datetime64[M]"), last.astype("datetime64[M]") + 2)
    step = max(1, -(-(len(months) - 1) // BINS))
    starts = np.arange(months[0], months[-1] + step, step)
    return np.asarray((starts.astype("datetime64[D]") - EPOCH).astype(np.float64))


def number_edges(values: Floats) -> Floats:
    """Edges of `BINS` bins at most that cover some values; whole numbers keep bins of whole width around them."""
    low, high = float(values.min()), float(values.max())
    if np.all(values == np.rint(values)):
        width = max(1, -(-int(high - low + 1) // BINS))
        return np.arange(low - 0.5, high + width, width)
    return np.linspace(low, high, BINS // 2 + 1)


def _plain(edges: Floats) -> tuple[float, ...]:
    return tuple(float(f"{edge:.6g}") for edge in edges)


def _whole(counts: NDArray[np.intp]) -> tuple[int, ...]:
    return tuple(int(count) for count in counts)
