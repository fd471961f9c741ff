"""Maps of several days to spells of control.

A change is seen between two maps, so its spell starts in the middle of the two and its precision is half of what lies
between. Before the first map its state is carried back, after the last it stays; a place that no map shows keeps the
spells it had.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from polemos.record.importers.account import Account
from polemos.scenario.inside import read_inside
from polemos.scenario.load import Scenario
from polemos.scenario.scaffold import csv_text

FILE = "control.csv"
LONGEST = 999
"""Days of the widest precision that a scenario takes."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a map shows of a place on a day; `holders` has more than one where it is contested between them."""

    date: np.datetime64
    place: str
    holders: tuple[str, ...]
    source: str


def spells(
    seen: Iterable[Seen], start: np.datetime64, end: np.datetime64, account: Account, *, exact: bool = False
) -> list[dict[str, object]]:
    """Rows of control.csv of the places seen. `exact`: a day seen is the day of the change."""
    by_place: dict[str, dict[np.datetime64, Seen]] = {}
    for one in seen:
        if one.date >= end:
            account.drop(f"after the record ({end})")
        else:
            by_place.setdefault(one.place, {})[one.date] = one
    rows: list[dict[str, object]] = []
    for place in sorted(by_place):
        rows += _of_place(place, [by_place[place][day] for day in sorted(by_place[place])], start, exact=exact)
    return rows


def _of_place(place: str, seen: Sequence[Seen], start: np.datetime64, *, exact: bool) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    holder, before = "", seen[0].date
    state: tuple[str, bool] | None = None
    for one in seen:
        # Where two are shown, the one that had it keeps it.
        holder = holder if holder in one.holders else one.holders[0]
        new = (holder, len(one.holders) > 1)
        if new != state:
            first = state is None or one.date <= start
            half = 0 if first or exact else int(np.ceil((one.date - before).astype(int) / 2))
            begins = start if first else one.date if exact else before + np.timedelta64(half, "D")
            if first:
                rows.clear()
            carried = f"carried back from {one.date}" if first and one.date > start else ""
            rows.append(
                {
                    "place": place,
                    "holder": holder,
                    "start": begins,
                    "contested": int(new[1]),
                    "precision": "window" if first else min(half, LONGEST),
                    "source": one.source,
                    "note": carried,
                }
            )
            state = new
        before = one.date
    for row, after in pairwise(rows):
        row["end"] = after["start"]
    return rows


def replaced(scenario: Scenario, rows: Sequence[Mapping[str, object]], account: Account) -> str:
    """Text of control.csv with the spells of some places replaced; the other places keep theirs as written."""
    new = {row["place"] for row in rows}
    text, _, _ = read_inside(scenario.path, FILE)
    kept = [
        {name: cell for name, cell in row.items() if name is not None}
        for row in csv.DictReader(io.StringIO(text))
        if row.get("place") not in new
    ]
    left = len({row["place"] for row in kept})
    if left:
        account.notes.append(f"{left} places are not in it and keep the spells that they had")
    return csv_text(FILE, [*map(dict, rows), *kept])
