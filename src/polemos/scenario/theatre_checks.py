"""Checks of theatres.csv, theatre_counts.csv and pledges.csv."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from polemos.scenario.errors import Problem, nearest, quoted
from polemos.scenario.settings import Settings
from polemos.scenario.tables import Table

THEATRES, COUNTS, PLEDGES = "theatres.csv", "theatre_counts.csv", "pledges.csv"


def theatre_once(settings: Settings, tables: Mapping[str, Table]) -> Iterator[Problem]:
    """Two theatres with one id, or one that is counted until before it is counted from."""
    first: dict[str, int] = {}
    for line, row in tables[THEATRES]:
        if row["id"] in first:
            what = f"theatre {quoted(row['id'])} given twice, first on line {first[row['id']]}"
            yield Problem(THEATRES, line, "id", what, "delete or rename one of them")
        first.setdefault(row["id"], line)
        if not row["counted_until"] > row["counted_from"]:
            yield Problem(THEATRES, line, "counted_until", "not after counted_from", "give the day after the last")
        if row["home"] and not row["core"]:
            yield Problem(THEATRES, line, "home", "the home of no core", "name the core, or write 0")


def counted_month(settings: Settings, tables: Mapping[str, Table]) -> Iterator[Problem]:
    """A count of a theatre there is not, of a month given twice, not by its first day, or not counted."""
    theatres: dict[str, dict[str, Any]] = {row["id"]: row for row in tables[THEATRES].rows}
    first: dict[tuple[str, str], int] = {}
    for line, row in tables[COUNTS] if tables[THEATRES].whole else ():
        if row["theatre"] not in theatres:
            mend = nearest(row["theatre"], theatres)
            yield Problem(COUNTS, line, "theatre", f"unknown theatre {quoted(row['theatre'])}", mend)
            continue
        month, theatre = row["month"], theatres[row["theatre"]]
        if month != month.astype("datetime64[M]").astype("datetime64[D]"):
            yield Problem(COUNTS, line, "month", f"{month} is not the first day of a month", "write its first day")
        after = (month.astype("datetime64[M]") + np.timedelta64(1, "M")).astype("datetime64[D]")
        if month < theatre["counted_from"] or after > theatre["counted_until"]:
            days = f"{theatre['counted_from']} to before {theatre['counted_until']}"
            what = f"{month} lies outside what {theatre['id']} is counted in, {days}"
            yield Problem(COUNTS, line, "month", what, "mend the month, or the days in theatres.csv")
        key = (row["theatre"], str(month))
        if key in first:
            what = f"{key[0]} in {key[1]} given twice, first on line {first[key]}"
            yield Problem(COUNTS, line, "month", what, "delete one of them")
        first.setdefault(key, line)


def pledged_first(settings: Settings, tables: Mapping[str, Table]) -> Iterator[Problem]:
    """An event of an affiliate that names none or made no pledge before, or one of a centre that names an affiliate."""
    pledged = {
        (row["affiliate"], row["network"]): row["date"] for row in tables[PLEDGES].rows if row["event"] == "pledge"
    }
    for line, row in tables[PLEDGES]:
        of_centre = row["event"].startswith("land_")
        if of_centre == bool(row["affiliate"]):
            mend = "leave it empty: the centre holds land or loses it" if of_centre else "name who pledges itself"
            yield Problem(PLEDGES, line, "affiliate", f"does not fit {row['event']}", mend)
        elif row["event"] in ("renewal", "end"):
            first_pledge = pledged.get((row["affiliate"], row["network"]))
            if first_pledge is None or first_pledge > row["date"]:
                what = f"{row['event']} of {quoted(row['affiliate'])} without a pledge before it"
                yield Problem(PLEDGES, line, "event", what, "add the pledge, or mend the date")


THEATRE_CHECKS = (theatre_once, counted_month, pledged_first)
