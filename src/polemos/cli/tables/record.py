"""`polemos show`: the record in the terminal."""

from __future__ import annotations

from typing import Any

import numpy as np

from polemos.cli.printing import people, sparkline
from polemos.record.control import held_totals
from polemos.record.world import Days, World
from polemos.scenario.vocabulary import GUESSED, UNKNOWN

CURVE = 72
"""Dates of a curve: as many as fit a line."""
NUMBERS, LEAST_CURVE = 24, 12
"""Characters of the columns of numbers and of all gaps, and the fewest of a curve."""

Rows = list[dict[str, Any]]


def curve_dates(world: World) -> Days:
    """Dates from the first day of the record to the last observation, evenly."""
    days = int((world.last_observed - world.start).astype(int))
    steps = np.linspace(0, days, min(CURVE, days + 1)).round().astype("timedelta64[D]")
    dates: Days = world.start + steps
    return dates


def organisations(world: World, date: np.datetime64) -> Rows:
    """Each organisation on a day: places held, people in them, and the curve of its places over the record."""
    curves = held_totals(world, np.append(curve_dates(world), date))
    places, lives = curves["places"], curves["people"]
    rows = [
        {
            "organisation": world.organisations.id[o],
            "name": world.organisations.name[o],
            "places": int(places[-1, o]),
            "people": float(lives[-1, o]),
            "curve": [int(value) for value in places[:-1, o]],
        }
        for o in range(world.nobody)
    ]
    return sorted(rows, key=lambda row: (-row["places"], row["organisation"]))


def spells(world: World, place: str, date: np.datetime64 | None) -> Rows:
    """Spells of control of a place, all of them or the one that runs on a day. Raises `KeyError`."""
    index = world.place(place)
    table = world.spells
    assert table.observed is not None
    rows = []
    for row in np.flatnonzero(table.place == index):
        start, end = table.start[row], table.end[row]
        if date is not None and not (start <= date and (np.isnat(end) or date < end)):
            continue
        holder = int(table.holder[row])
        named = world.organisations.id[holder] if holder < world.nobody else "nobody"
        if not table.observed[row] and table.source[row] != GUESSED:
            named = UNKNOWN
        rows.append(
            {
                "place": place,
                "from": str(start),
                "to": None if np.isnat(end) else str(end),
                "holder": named,
                "observed": bool(table.observed[row]) and bool(start <= world.last_observed),
                "contested": bool(table.contested[row]),
                "precision_days": int(table.precision[row]),
                "source": table.source[row],
            }
        )
    return rows


def holdings(world: World, date: np.datetime64) -> dict[str, list[str]]:
    """Names of the places that each held on a day, organisations by id."""
    names = (*world.organisations.id, "nobody")
    by_organisation: dict[str, list[str]] = {}
    for place, holder in zip(world.places.name, world.holders([date])[0], strict=True):
        by_organisation.setdefault(names[holder], []).append(place)
    return {name: sorted(by_organisation[name]) for name in names if name in by_organisation}


def unseen(world: World, date: np.datetime64) -> list[str]:
    """Names of the places that nobody looked at on a day, or whose holder is guessed."""
    observed = world.observed([date])[0]
    return sorted(name for name, looked in zip(world.places.name, observed, strict=True) if not looked)


def room(rows: list[dict[str, Any]], width: int) -> int:
    """Characters that a console leaves for the curves of `organisations`, beside names, numbers and gaps."""
    names = sum(max(len(row[name]) for row in rows) for name in ("organisation", "name"))
    return max(width - names - NUMBERS, LEAST_CURVE)


def organisation_cells(row: dict[str, Any], top: float, room: int = CURVE) -> tuple[object, ...]:
    """A row of `organisations` as cells, the curve at as many of its dates as there is room for."""
    curve = row["curve"]
    shown = [curve[i] for i in np.linspace(0, len(curve) - 1, min(room, len(curve))).round().astype(int)]
    return row["name"], row["organisation"], row["places"], people(row["people"]), sparkline(shown, top)


def spell_cells(row: dict[str, Any]) -> tuple[object, ...]:
    """A row of `spells` as cells."""
    sure = "to the day" if row["precision_days"] == 0 else f"± {row['precision_days']} days"
    contested = "contested" if row["contested"] else "" if row["observed"] else "not observed"
    return row["from"], row["to"] or "", row["holder"], contested, sure, row["source"]
