"""Tables of who held what on some days: a column for each day, or a row for each place and day.

Such a table is a series of maps and no list of spells: a change lies between two of its days, and after the last day
nobody looked. A table of rows with a day is one where most rows repeat what the row before says of their place, or
where every place has the same days; a list of changes does neither.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np

from polemos.importers.add_rows import Line
from polemos.importers.snapshots import Seen
from polemos.importers.table_names import NAMES, OBSERVED
from polemos.readers.foreign_values import is_missing
from polemos.readers.parse_dates import DateReader
from polemos.readers.read_sheet import Sheet
from polemos.readers.read_table import Rows, columns, plain
from polemos.scenario.errors import Problem, ScenarioError
from polemos.scenario.parse_values import BadCell
from polemos.scenario.vocabulary import UNKNOWN

DAY_IN_HEAD = re.compile(
    r"[^\W\d]+(?:[ _.:-]+[^\W\d]+)*?[ _.:-]*(?=(?:\d|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))", re.I
)
"""What people and programs write before the day in the name of a column: holder_2022-03-01, X2022.03.01."""
LIKE_A_DAY = re.compile(r"\d{4}[-_./]\d{1,2}[-_./]\d{1,2}|\d{1,2}[-_./]\d{1,2}[-_./]\d{2,4}", re.ASCII)
"""What was meant to be a day, readable or not."""
HOLDER, DAY = "holder", "date"


def days_of(heads: Sequence[str], order: str = "") -> dict[int, str]:
    """Position of every column that is called after a day, with the day as it is written."""
    reader = DateReader(order)
    reader.learn(heads)
    days = {}
    for place, head in enumerate(heads):
        text = " ".join(head.replace("_", "-").split())
        for written in (text, DAY_IN_HEAD.sub("", text, count=1)):
            try:
                reader.read(written)
            except BadCell:
                continue
            days[place] = written
            break
    return days


def is_wide(heads: Sequence[str], order: str = "") -> bool:
    """Whether a header is of a table with places and a column for each of two days or more, and no other holder."""
    names = columns([plain(head) for head in heads], NAMES["control.csv"])
    days = len(days_of(heads, order))
    return "place" in names and "holder" not in names and days > 0 and days + len(slips(heads, order)) > 1


def slips(heads: Sequence[str], order: str = "") -> list[str]:
    """Columns that are called after something like a day that is none, or that has two readings."""
    days = days_of(heads, order)
    return [head for place, head in enumerate(heads) if place not in days and LIKE_A_DAY.search(head)]


def long(sheet: Sheet, order: str = "") -> Sheet:
    """A wide table as one of a row for each place and day; cells without a value say nothing and are left out.

    Raises `ScenarioError` for columns that are called after days that are none.
    """
    (at, heads), *body = sheet.rows
    if wrong := slips(heads, order):
        mend = "write YYYY-MM-DD, or leave the column out"
        raise ScenarioError([Problem(sheet.file, at, head, "no day that can be read", mend) for head in wrong])
    days = days_of(heads, order)
    others = [place for place in range(len(heads)) if place not in days]
    rows = [
        (line, [*(row[place] for place in others), day, row[place]])
        for line, row in body
        for place, day in days.items()
        if len(row) == len(heads) and row[place].strip() and not is_missing(row[place].strip())
    ]
    note = f"columns of {sheet.file} that are called after days: {len(days)}, each a look at the places on that day"
    return replace(
        sheet, rows=((at, [*(heads[place] for place in others), DAY, HOLDER]), *rows), notes=(*sheet.notes, note)
    )


def are_observations(rows: Rows, lines: Sequence[Line]) -> bool:
    """Whether rows say who held a place on a day, and not from a day on."""
    if "end" in rows.titles or plain(rows.titles.get("start", "")) not in OBSERVED:
        return False
    by_place: dict[str, list[tuple[Any, Any]]] = defaultdict(list)
    for one in lines:
        by_place[one.row["place"]].append((one.row.get("start"), one.row["holder"]))
    if any(day is None for of_place in by_place.values() for day, _ in of_place):
        return False
    pairs = [pair for of_place in by_place.values() for pair in pairwise(sorted(of_place, key=lambda one: one[0]))]
    same = sum(before[1] == after[1] for before, after in pairs)
    days = {tuple(sorted(day for day, _ in of_place)) for of_place in by_place.values()}
    balanced = len(by_place) > 1 and len(days) == 1 and len(next(iter(days))) > 1
    return bool(pairs) and (balanced or 2 * same >= len(pairs))


def observations_of(lines: Iterable[Line], source: str) -> list[Seen]:
    """What such rows show of places on their days, in the order of the days."""
    shown: list[Seen] = []
    last: dict[str, str] = {}
    for one in sorted(lines, key=lambda one: (one.row["start"], one.line)):
        place, holder = one.row["place"], one.row["holder"]
        # Contested, and nobody says between whom: whoever had it keeps it.
        contested = holder is None or one.row.get("contested") == "1"
        holder = last.get(place, UNKNOWN) if holder is None else holder
        last[place] = holder
        holders = () if holder == UNKNOWN else (holder,) * (1 + contested)
        shown.append(Seen(np.datetime64(one.row["start"], "D"), place, holders, one.row.get("source") or source))
    return shown
