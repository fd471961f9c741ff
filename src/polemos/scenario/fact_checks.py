"""Checks of facts.csv: what each kind of fact needs, and that what it names is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from polemos.scenario.errors import Problem, nearest, quoted
from polemos.scenario.settings import Settings
from polemos.scenario.tables import Table
from polemos.scenario.vocabulary import FACT_KINDS

FILE = "facts.csv"


def needed_by_kind(settings: Settings, tables: Mapping[str, Table]) -> Iterator[Problem]:
    """A fact without a column that its kind needs, or whose days do not follow one another."""
    lines: dict[str, int] = {}
    for line, row in tables[FILE]:
        if row["id"] in lines:
            yield Problem(FILE, line, "id", f"fact {quoted(row['id'])} given twice, first on line {lines[row['id']]}",
                          "give each row an id of its own")  # fmt: skip
        lines.setdefault(row["id"], line)
        for name in FACT_KINDS[row["kind"]]:
            cell = row[name]
            if cell == "" or (isinstance(cell, float) and np.isnan(cell)) or (name in DAYS and np.isnat(cell)):
                what = f"empty, and a fact of kind {row['kind']} needs it"
                yield Problem(FILE, line, name, what, "fill it in, or choose another kind")
        if row["kind"] != "none" and not row["until"] > row["origin"]:
            yield Problem(FILE, line, "until", "not after the origin", "give a later day")
        if row["kind"] != "none" and not settings.start <= row["origin"] < settings.end:
            mend = f"give one from {settings.start} to before {settings.end}"
            yield Problem(FILE, line, "origin", "an origin outside the record", mend)
        if not np.isnat(row["end"]) and not np.isnat(row["start"]) and not row["end"] > row["start"]:
            yield Problem(FILE, line, "end", "not after the start", "give a later day")


def ordered_bounds(settings: Settings, tables: Mapping[str, Table]) -> Iterator[Problem]:
    """Bounds that do not hold the best figure, or a fact without any."""
    for line, row in tables[FILE]:
        low, best, high = row["low"], row["best"], row["high"]
        values = [value for value in (low, best, high) if not np.isnan(value)]
        if values != sorted(values):
            yield Problem(FILE, line, "best", "low, best and high are out of order", "write them ascending")
        if row["kind"] != "none" and np.isnan(low) and np.isnan(high):
            yield Problem(FILE, line, "low", "no bound", "give low or high, or kind none where nothing was counted")


def parts(text: str) -> tuple[str, ...]:
    """Ids between bars."""
    return tuple(part.strip() for part in text.split("|") if part.strip())


def named_places(settings: Settings, tables: Mapping[str, Table]) -> Iterator[Problem]:
    """Places and countries that the map has not."""
    places, countries = tables["places.csv"].ids, settings.countries
    for line, row in tables[FILE]:
        for name in parts(row["places"]):
            if places is not None and name not in places:
                yield Problem(FILE, line, "places", f"no place {quoted(name)}", nearest(name, places))
        if row["country"] and row["country"] not in countries:
            yield Problem(
                FILE, line, "country", f"no country {quoted(row['country'])}", nearest(row["country"], countries)
            )


DAYS = ("origin", "until", "start", "end")
FACT_CHECKS = (needed_by_kind, ordered_bounds, named_places)
