"""The day of a map from the name of its file, in all usual forms: ISO, yyyymmdd, words, epoch seconds."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from polemos.readers.parse_dates import read_day
from polemos.scenario.errors import Problem, ScenarioError, quoted
from polemos.scenario.parse_values import BadCell

WORD = r"jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
FORMS = (
    # 2022-03-01, 2022_03_01, 20220301, 2022-03-01T12-00-00
    re.compile(r"(?<!\d)(?P<y>\d{4})(?P<j>[-_. ]?)(?P<m>[01]\d)(?P=j)(?P<d>[0-3]\d)(?:[T_-]?\d{4}(?:\d\d)?)?(?!\d)"),
    # 1 March 2022, 01MAR22, 1-Mar-2022
    re.compile(rf"(?<!\d)(?P<d>\d{{1,2}})[-_. ]?(?P<w>{WORD})[a-z]*[-_. ]?(?P<y>\d{{4}}|\d\d)(?!\d)", re.IGNORECASE),
    # March 1, 2022; Mar-01-2022
    re.compile(rf"(?<![a-z])(?P<w>{WORD})[a-z]*[-_. ]?(?P<d>\d{{1,2}}),?[-_. ](?P<y>\d{{4}})(?!\d)", re.IGNORECASE),
)
NUMBERS = re.compile(r"(?<!\d)(\d{1,2})[-_. ](\d{1,2})[-_. ](\d{4})(?!\d)")
EPOCH = re.compile(r"(?<!\d)(\d{10})(\d{3})?(?!\d)")
FIRST, LAST = np.datetime64("1500-01-01", "D"), np.datetime64("2100-01-01", "D")


def name_days(stem: str, order: str = "") -> set[np.datetime64]:
    """The days that stand in the name of a file without its suffix; of numbers that may be a day, only those that are.

    An epoch counts seconds, or milliseconds, since 1970 in UTC. Raises `BadCell` where a day has two readings.
    """
    days = set()
    for form in FORMS:
        for match in form.finditer(stem):
            part = match.groupdict()
            month = part.get("m") or f"{WORD.split('|').index(part['w'][:3].lower()) + 1:02}"
            year = part["y"] if len(part["y"]) == 4 else f"20{part['y']}"
            days.add(f"{year}-{month}-{int(part['d']):02}")
    days_found = {day for text in days if (day := _day(text)) is not None}
    if not days_found:
        days_found = {read_day("/".join(match.groups()), order) for match in NUMBERS.finditer(stem)}
    if not days_found:
        days_found = {np.datetime64(int(match[1]), "s").astype("datetime64[D]") for match in EPOCH.finditer(stem)}
    return {day for day in days_found if FIRST <= day < LAST}


def is_epoch(stem: str, order: str = "") -> bool:
    """Whether the day in the name of a file is counted in seconds since 1970, and not written."""
    return bool(EPOCH.search(stem)) and not name_days(EPOCH.sub("", stem), order)


def _day(text: str) -> np.datetime64 | None:
    try:
        return np.datetime64(text, "D")
    except ValueError:
        return None


def day_of(path: Path, day: np.datetime64 | None, order: str = "") -> np.datetime64:
    """The day of a map: as given, or as its file is called. Raises `ScenarioError`."""
    if day is not None:
        return day
    mend = "put one into the name of the file, as in map-2014-06-10.lua, or give --date"
    try:
        days = name_days(path.stem, order)
    except BadCell as bad:
        raise ScenarioError([Problem(path.name, 0, "", bad.what, bad.mend)]) from None
    if len(days) == 1:
        return days.pop()
    what = f"{len(days)} days in its name ({', '.join(map(str, sorted(days)[:3]))})" if days else "no day"
    raise ScenarioError(
        [Problem(path.name, 0, "", what, mend if not days else f"give --date, not {quoted(path.stem)}")]
    )
