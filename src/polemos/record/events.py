"""Events of violence laid on a map: where, when, and which of its organisations may have taken part.

An optional observation: the file is the user's own (see `polemos.record.ucdp_ged`), and no scenario ships with one. An
event counts as known once it has ended; that it was published much later is not modelled.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from polemos.record import ucdp_ged
from polemos.record.world import Days, Events, Ints, World
from polemos.scenario.optional_packages import need

if TYPE_CHECKING:
    import pyarrow as pa

NEAR_KM = 10.0
"""An event this near to a place is one at it, and at the nearest of several (convention [?])."""
EXACT = 2
"""Largest `where_prec` of an event that is known to be at or near a point."""
BEFORE = np.timedelta64(366, "D")
MARGIN = 0.2
BATTLES = (1, 2)
"""State-based and non-state events; one-sided violence (3) is no fighting."""

Masks = NDArray[np.int64]
Who = Callable[[str], Collection[str]]
"""Ids of the organisations that a side's name means, none where it means nobody of this war."""
Where = Callable[[str, float, float], str]
"""Id of the place that a name at a latitude and longitude means, empty where it means none of the map."""


def observe(world: World, path: str | Path, who: Who, where: Where | None = None) -> World:
    """The world with the events of a file within its map and time. Raises `ScenarioError` for what cannot be read,
    and `MissingPackageError`.

    `where` names the places that events say have changed hands; without it no change is read.
    """
    need("tables")
    places = world.places
    box = (
        float(places.lat.min()) - MARGIN,
        float(places.lon.min()) - MARGIN,
        float(places.lat.max()) + MARGIN,
        float(places.lon.max()) + MARGIN,
    )
    table = ucdp_ged.read(path, box=box, since=world.start - BEFORE, until=world.until)
    return with_events(world, table, who, where)


def with_events(world: World, table: pa.Table, who: Who, where: Where | None = None) -> World:
    """The world with the events of a table in the columns of `polemos.record.ucdp_ged`."""
    texts: list[list[Any]] = [table["side_a"].to_pylist(), table["side_b"].to_pylist()]
    names = {text: side_bits(world, text or "", who) for text in {*texts[0], *texts[1]}}
    sides = np.array([[names[text] for text in side] for side in texts], np.int64).reshape(2, table.num_rows)
    where_prec = _whole(table, "where_prec")
    ids: list[Any] = table["id"].to_pylist()
    lat, lon = table["lat"].to_numpy(), table["lon"].to_numpy()
    kind = _whole(table, "type_of_violence")
    taken_place, taker = _changes(world, table, where_prec, who, where)
    return replace(
        world,
        events=Events(
            id=tuple(ids),
            place=np.where(where_prec > EXACT, -1, nearest(world, lat, lon)).astype(np.int32),
            start=table["date_start"].to_numpy().astype("datetime64[D]"),
            end=table["date_end"].to_numpy().astype("datetime64[D]"),
            side_a=sides[0],
            side_b=np.where(kind == 3, 0, sides[1]),
            kind=kind,
            deaths=table["best"].to_numpy().astype(np.float64),
            taken_place=taken_place,
            taker=taker,
            precision=_whole(table, "date_prec"),
        ),
    )


def _whole(table: pa.Table, name: str) -> Ints:
    """A column of codes, 0 where nothing is said."""
    import pyarrow.compute as pc

    column: Any = table[name]
    column = pc.fill_null(column, 0)
    codes: Ints = column.to_numpy().astype(np.int32)
    return codes


def _changes(
    world: World, table: pa.Table, where_prec: Ints, who: Who, where: Where | None
) -> tuple[Ints, NDArray[np.int64]]:
    """The place that each event says has changed hands, -1 where there is none, and who may have taken it, as bits.

    Only an event known to the very place counts: one near it, or in a part of it, does not say who has the whole.
    """
    place, taker = np.full(table.num_rows, -1, np.int32), np.zeros(table.num_rows, np.int64)
    takers: list[Any] = table["taker"].to_pylist()
    for row, actors in enumerate(takers):
        if where is None or not actors or where_prec[row] > 1:
            continue
        name, lat, lon = (table[column][row].as_py() for column in ("place", "lat", "lon"))
        identifier = where(name, lat, lon) if name else ""
        if identifier:
            place[row] = world.place(identifier)
            bits = [side_bits(world, actor, who) for actor in actors.split("; ")]
            # One of two whom nobody knows may have taken it as well.
            taker[row] = np.bitwise_or.reduce(bits) if all(bits) else 0
    return place, taker


def side_bits(world: World, text: str, who: Who) -> int:
    """Organisations of a side as bits; 0 where the name, or a part of it, is not known: it may be anybody."""
    bits = 0
    for _, meant in parties(text, who):
        if not meant:
            return 0
        for name in meant:
            bits |= 1 << world.organisation(name)
    return bits


def parties(text: str, who: Who) -> list[tuple[str, Collection[str]]]:
    """The parties of a side as a table writes it, each with the organisations that it means, none where nobody knows.

    Parties are separated by commas, and commas stand in names too: the longest run that is a name is taken as one.
    """
    parts = text.split(", ")
    meant: list[tuple[str, Collection[str]]] = []
    first = 0
    while first < len(parts):
        runs = ((", ".join(parts[first:last]), last) for last in range(len(parts), first, -1))
        name, last, ids = next(
            ((run, last, ids) for run, last in runs if (ids := who(run))), (parts[first], first + 1, ())
        )
        meant.append((name, ids))
        first = last
    return meant


def nearest(world: World, lat: NDArray[np.float64], lon: NDArray[np.float64]) -> Ints:
    """The place nearest to each point within `NEAR_KM`, -1 where there is none."""
    from polemos.record.from_scenario import great_circle

    index = np.full(lat.size, -1, np.int32)
    for first in range(0, lat.size, 4096):
        part = slice(first, first + 4096)
        km = great_circle(
            lat[part, np.newaxis], lon[part, np.newaxis], world.places.lat[np.newaxis], world.places.lon[np.newaxis]
        )
        best = km.argmin(axis=1)
        index[part] = np.where(km[np.arange(best.size), best] <= NEAR_KM, best, -1)
    return index


@dataclass(frozen=True, slots=True)
class Fights:
    """Battle events at places: the day each was over, its place, and who may have fought, as bits (-1: anybody)."""

    end: Days
    place: Ints
    who: Masks


def fights(events: Events) -> Fights:
    """The battle events that lie at a place."""
    at = np.isin(events.kind, BATTLES) & (events.place >= 0)
    has_sides = (events.side_a != 0) & (events.side_b != 0)
    who = np.where(has_sides, events.side_a | events.side_b, -1)
    return Fights(events.end[at], events.place[at], who[at])


def involving(events: Events, organisations: int, first: np.datetime64) -> NDArray[np.float64]:
    """Events that ended after a day and that each organisation is known to have been a side of [O]."""
    late = (events.end > first) & (events.kind > 0)
    sides = (events.side_a | events.side_b)[late]
    counts = [np.count_nonzero((sides >> o) & 1) for o in range(organisations)]
    involvement: NDArray[Any] = np.array(counts, np.float64)
    return involvement
