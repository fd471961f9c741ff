"""Days as people write them. What could be read in two ways is refused, unless the order is given."""

from __future__ import annotations

import datetime
import re

import numpy as np

from polemos.scenario.cells import BadCell
from polemos.scenario.problems import quoted

ORDERS = ("dmy", "mdy")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
ISO = re.compile(r"(\d{4})[-/.]?(\d\d)[-/.]?(\d\d)(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z?)?", re.ASCII)
WORDS = re.compile(r"(?:(\d{1,2})(?:st|nd|rd|th)?[ -])?([A-Za-z]{3,9})\.?[ -](?:(\d{1,2})(?:st|nd|rd|th)?,? )?(\d{4})")
NUMBERS = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", re.ASCII)


def read_day(text: str, order: str = "") -> np.datetime64:
    """A day: 2014-06-10, 2014/06/10, 20140610, 10 June 2014, June 10, 2014; with `order` (dmy, mdy) also 10/06/2014.

    Raises `BadCell`.
    """
    found = _parts(text.strip(), order)
    try:
        return np.datetime64(datetime.date(*found), "D")
    except ValueError:
        raise BadCell(f"{quoted(text)} is not a day", "write it as YYYY-MM-DD") from None


def _parts(text: str, order: str) -> tuple[int, int, int]:
    if match := ISO.fullmatch(text):
        return int(match[1]), int(match[2]), int(match[3])
    if (match := WORDS.fullmatch(text)) and (match[1] is None) != (match[3] is None):
        month = next((n for n, name in enumerate(MONTHS, 1) if match[2].lower().startswith(name)), 0)
        return int(match[4]), month, int(match[1] or match[3])
    if match := NUMBERS.fullmatch(text):
        first, second, year = (int(part) for part in match.groups())
        if order not in ORDERS and first != second:
            mend = "write YYYY-MM-DD, or say which comes first with --dates dmy or --dates mdy"
            raise BadCell(f"{quoted(text)} can be read in two ways", mend)
        return (year, second, first) if order != "mdy" else (year, first, second)
    raise BadCell(f"{quoted(text)} is not a day", "write it as YYYY-MM-DD")
