"""Leads and steps as words: `2w` is two weeks, `3mo` three calendar months."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np

LEADS = ("1mo", "3mo", "6mo", "12mo")
"""Leads of a long record, where nobody says which."""
LADDER = ("1w", "2w", *LEADS)
"""Leads from which those that a record bears are taken; see `polemos.hindcasts.origins.default_leads`."""
DAYS = {"w": 7.0, "mo": 30.44}
WORD = re.compile(r"([1-9]\d{0,3})\s*(mo|w)?")


def parse_lead(text: object) -> str:
    """A lead or a step as its word; a number alone is one of months. Raises `ValueError`."""
    match = WORD.fullmatch(str(text).strip())
    if match is None:
        raise ValueError(f"{str(text)!r} is no lead; write weeks or months, such as 2w or 3mo")
    return f"{int(match[1])}{match[2] or 'mo'}"


def ordered(leads: Iterable[object]) -> tuple[str, ...]:
    """Leads as words, the shortest first, each once. Raises `ValueError`."""
    return tuple(sorted({parse_lead(lead) for lead in leads}, key=lead_days))


def split(lead: str) -> tuple[int, str]:
    """A lead's number and unit, `w` or `mo`. Raises `ValueError`."""
    match = WORD.fullmatch(parse_lead(lead))
    assert match is not None
    return int(match[1]), match[2]


def lead_days(lead: str) -> float:
    """Length of a lead in days, a month at its mean of 30.44."""
    number, unit = split(lead)
    return number * DAYS[unit]


def later(date: np.datetime64, lead: str) -> np.datetime64:
    """A day and a lead later: for months the same day of the month, or its last where it is shorter."""
    return _moved(date, *split(lead))


def earlier(date: np.datetime64, lead: str) -> np.datetime64:
    """A day a lead before another, months counted as in `later`."""
    number, unit = split(lead)
    return _moved(date, -number, unit)


def _moved(date: np.datetime64, number: int, unit: str) -> np.datetime64:
    if unit == "w":
        return date + np.timedelta64(7 * number, "D")
    first = date.astype("datetime64[M]")
    target: np.datetime64 = first + number
    into = date - first.astype("datetime64[D]")
    last = (target + 1).astype("datetime64[D]") - np.timedelta64(1, "D")
    return min(target.astype("datetime64[D]") + into, last)


def lead_words(lead: str | None) -> str:
    """A lead in plain words; None is all leads."""
    if lead is None:
        return "all leads"
    number, unit = split(lead)
    return f"{number} {'week' if unit == 'w' else 'month'}{'s' if number > 1 else ''}"
