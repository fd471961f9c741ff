"""Spells of control from a table of one's own: cut to the record, each ending where the next begins."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np

from polemos.importers.add_rows import Line
from polemos.readers.import_log import Account
from polemos.scenario.errors import Problem
from polemos.scenario.load import Scenario
from polemos.scenario.settings import Settings
from polemos.scenario.vocabulary import GUESSED, PRECISION, UNKNOWN

DAY = np.timedelta64(1, "D")


def spells_of(
    lines: Sequence[Line], doubtful: set[str], scenario: Scenario, account: Account, problems: list[Problem]
) -> list[Line]:
    """Spells in the columns of control.csv; the places of `doubtful` have a doubtful row and are left out.

    A row's holder may be None, which is whoever held the place before. Before its first row a place is `UNKNOWN`, where
    the scenario had nothing but a guess. Problems name the rows as they stand.
    """
    settings = scenario.settings
    by_place: dict[str, list[Line]] = defaultdict(list)
    for one in lines:
        row: dict[str, Any] = dict(one.row)
        if "start" not in row:
            # Held since before the record.
            row |= {"start": settings.start, "precision": "window"}
        row["precision"] = row.get("precision") or "day"
        if row["place"] in doubtful:
            account.drop("of a place with a doubtful row: the place keeps its old spells")
        else:
            by_place[row["place"]].append(replace(one, row=row))
    spells: list[Line] = []
    for of_place in by_place.values():
        of_place.sort(key=lambda one: one.row["start"])
        spells += _of_place(of_place, settings, account)
    problems += _gaps_of_a_day(lines)
    return [*_before(spells, scenario, account), *spells]


def _before(spells: Sequence[Line], scenario: Scenario, account: Account) -> list[Line]:
    """A spell in which nobody looked, up to the first row of every place of which nothing else is known."""
    start = scenario.settings.start
    observed = {
        row["place"]
        for row in scenario.tables["control.csv"].rows
        if row["source"] != GUESSED and row["holder"] != UNKNOWN
    }
    firsts: dict[str, Line] = {}
    for one in spells:
        first = firsts.setdefault(one.row["place"], one)
        firsts[one.row["place"]] = min(first, one, key=lambda line: line.row["start"])
    late = [one for place, one in firsts.items() if place not in observed and one.row["start"] > start]
    if late:
        many = f"{len(late):,} places have" if len(late) > 1 else f"{late[0].row['place']} has"
        account.notes.append(
            f"{many} no row for the first days of the record, and are unknown then"
            if len(late) > 1
            else f"{many} no row for the first days of the record, and is unknown then"
        )
    return [
        replace(
            one,
            row={
                "place": one.row["place"],
                "holder": UNKNOWN,
                "start": start,
                "end": one.row["start"],
                "precision": "window",
            },
        )
        for one in late
    ]


def _of_place(lines: Sequence[Line], settings: Settings, account: Account) -> list[Line]:
    spells: list[Line] = []
    holder = UNKNOWN
    for one, after in zip(lines, [*lines[1:], None], strict=True):
        row: dict[str, Any] = dict(one.row)
        holder = row["holder"] = holder if row["holder"] is None else row["holder"]
        if "end" not in row and after is not None:
            row["end"] = after.row["start"]
        end = row.get("end")
        if row["start"] >= settings.end or (end is not None and end <= settings.start):
            account.drop(f"outside the record ({settings.start} to {settings.end - DAY})")
            account.kept -= 1
            continue
        # A first spell that began about when the record opens is the state in which it opens.
        early = row["start"] - _half(row) * DAY if not spells else row["start"]
        if early <= settings.start:
            row |= {"start": settings.start, "precision": "window"}
        if end is not None and end > settings.end:
            row.pop("end")
        spells.append(replace(one, row=row))
    return spells


def _half(row: Mapping[str, Any]) -> int:
    """Days to either side of a start."""
    precision = str(row["precision"])
    return PRECISION.get(precision, int(precision) if precision.isdigit() else 0)


def _gaps_of_a_day(lines: Sequence[Line]) -> list[Problem]:
    """Days between two spells of a place that nobody seems to hold: the sign of ends that are the last day."""
    by_place: dict[str, list[Line]] = defaultdict(list)
    for one in lines:
        if "start" in one.row:
            by_place[one.row["place"]].append(one)
    gaps = []
    for of_place in by_place.values():
        of_place.sort(key=lambda one: one.row["start"])
        for before, one in pairwise(of_place):
            end = before.row.get("end")
            if end is not None and one.row["start"] - end == DAY:
                what = f"nobody holds the place on {end}, the day between line {before.line} and this one"
                mend = "if `end` is the last day, say --ends inclusive; else mend the dates, or add a spell"
                gaps.append(Problem(one.file, one.line, "start", what, mend))
    return gaps
