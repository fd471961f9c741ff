"""A second look at a record: what may be wrong with it, found without knowing the war.

A doubt is not an error. Each check names rows that a person should look at again: a change of hands that no neighbour
explains, a spell shorter than its dates are known, a capture between organisations that were not at war, a place in the
sea, a road shorter than the straight line. A person who has looked and leaves a row as it is says why in the note of
the row, after `second look:`; the doubt is then explained.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from polemos.record.control import Change, changes
from polemos.record.from_scenario import great_circle
from polemos.record.world import ALLIED, WAR, Floats, World

if TYPE_CHECKING:
    from polemos.scenario.load import Scenario

Water = Callable[[Floats, Floats], Floats]
"""Kilometres from each point (degrees north, degrees east) to the nearest land, 0 on land: float64[N]."""

EXPLAINED = "second look:"
"""What stands in a note before the reason why a doubtful row is left as it is."""

REACH = 7
"""Days beyond the precision of a date within which a neighbour may explain a change."""
SAME_SPOT_KM = 0.3
LONELY = 5.0
"""A place is far from all others at so many times the median distance to the nearest one, and over `LONELY_KM`."""
LONELY_KM = 200.0
COAST_KM = 8.0
"""Distance from land at which the base map (1:50 million, rounded to a hundredth of a degree) is sure of water."""
SHORT, LONG = 0.95, 3.0
"""Length of a road as a share of the great circle, below and above which it is worth a look."""
AROUND = 1.25
"""Length of a road as a share of the great circle from which it may go round the water."""
GAZETTEER_KM, NAMESAKE_KM = 12.0, 100.0

CHECKS: Mapping[str, str] = {
    "no neighbour": "changes of hands that no neighbour explains",
    "short spell": "spells shorter than their dates are known",
    "not at war": "captures between organisations not coded as at war",
    "same spot": "places on the same spot",
    "far away": "places far from all others",
    "in the sea": "places in the sea by the base map",
    "gazetteer": "places elsewhere in the gazetteer",
    "no road": "places without a road, or on roads apart from the rest",
    "road length": "roads shorter than the straight line, or three times as long",
    "over water": "roads straight across open water",
}
"""What each check looks for, in the order of the report."""

OF_CHANGES = ("no neighbour", "short spell", "not at war")
"""Checks of changes of hands; they count in the grade of the record."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """One doubtful row. `date` is the start of the spell, empty for a place or a road; `reason` says why it stands."""

    check: str
    place: str
    date: str
    what: str
    reason: str = ""


Gazetteer = Mapping[str, Sequence[tuple[float, float]]]
"""Degrees north and east of what a gazetteer has under the name of a place, by the id of the place."""


def second_look(
    world: World,
    reasons: Mapping[tuple[str, str], str] | None = None,
    *,
    water_km: Water | None = None,
    gazetteer: Gazetteer | None = None,
) -> list[Doubt]:
    """Every doubt about a record, by check, place and date, with the reason where a note gives one.

    `reasons` are those of `reasons_of`; the base map (`water_km`) and a gazetteer are looked at where they are given.
    """
    doubts = [*of_changes(world), *_of_places(world), *_of_roads(world)]
    if water_km is not None:
        doubts += _of_water(world, water_km)
    if gazetteer:
        doubts += _of_gazetteer(world, gazetteer)
    order = list(CHECKS)
    doubts.sort(key=lambda doubt: (order.index(doubt.check), doubt.place, doubt.date))
    explanations = reasons or {}
    return [replace(doubt, reason=explanations.get((doubt.place, doubt.date), "")) for doubt in doubts]


def reasons_of(scenario: Scenario) -> dict[tuple[str, str], str]:
    """Reasons in the notes of control.csv and places.csv, by place and start of the spell (empty for the place)."""
    reasons = {}
    for file, column, date in (("control.csv", "note", "start"), ("places.csv", "notes", "")):
        for row in scenario.tables[file].rows:
            note = row.get(column) or ""
            if EXPLAINED in note:
                key = (row["place"] if date else row["id"], str(row[date]) if date else "")
                reasons[key] = note.partition(EXPLAINED)[2].strip()
    return reasons


def of_changes(world: World) -> Iterator[Doubt]:
    """Doubts about changes of hands and about the spells between them."""
    days = np.arange(world.start, world.until + 1)
    holders = world.holders(days)
    roads = neighbours(world)
    names = (*world.organisations.id, "nobody")
    for change in changes(world):
        place, when = world.places.id[change.place], str(change.date)
        if change.new < world.nobody:
            if not _explained(world, change, holders, roads[change.place]):
                what = f"{names[change.new]} takes it from {names[change.old]}, and no neighbour is its or an ally's"
                yield Doubt("no neighbour", place, when, what)
            if change.old < world.nobody and not _at_war(world, change):
                yield Doubt("not at war", place, when, f"{names[change.new]} takes it from {names[change.old]}")
        wide = max(change.precision, change.next_precision)
        if change.lasted is not None and change.lasted < wide:
            yield Doubt("short spell", place, when, f"lasts {change.lasted} days, its dates are known to {wide}")


def _explained(world: World, change: Change, holders: np.ndarray, near: Sequence[int]) -> bool:
    wide = change.precision + REACH
    first = max(int((change.date - world.start).astype(int)) - wide, 0)
    friends = np.flatnonzero(world.relation(change.date)[change.new] == ALLIED)
    if np.isin(holders[first : first + 2 * wide + 1][:, list(near)], [*friends, change.new]).any():
        return True
    roles = world.roles
    return bool(np.any((roles.link == change.place) & (roles.organisation == change.new)))


def _at_war(world: World, change: Change) -> bool:
    moments = change.date + np.arange(-change.precision - 1, change.precision + 1)
    return any(world.relation(day)[change.old, change.new] == WAR for day in moments)


def neighbours(world: World) -> list[list[int]]:
    """Places at the other end of the roads of each place."""
    roads: list[list[int]] = [[] for _ in world.places.id]
    for a, b in zip(world.links.a, world.links.b, strict=True):
        roads[a].append(int(b))
        roads[b].append(int(a))
    return roads


def _kilometres(world: World) -> Floats:
    lat, lon = world.places.lat, world.places.lon
    km = great_circle(lat[:, None], lon[:, None], lat[None], lon[None])
    np.fill_diagonal(km, np.inf)
    return km


def _of_places(world: World) -> Iterator[Doubt]:
    places, km = world.places, _kilometres(world)
    if len(places.id) < 2:
        return
    for a, b in zip(*np.nonzero(np.triu(km < SAME_SPOT_KM)), strict=True):
        yield Doubt("same spot", places.id[a], "", f"{1000 * km[a, b]:.0f} m from {places.id[b]}")
    nearest = km.min(axis=1)
    limit = max(LONELY * float(np.median(nearest)), LONELY_KM)
    for p in np.flatnonzero(nearest > limit):
        yield Doubt("far away", places.id[p], "", f"{nearest[p]:.0f} km from {places.id[km[p].argmin()]}, the nearest")


def _of_roads(world: World) -> Iterator[Doubt]:
    names, links = world.places.id, world.links
    roads = neighbours(world)
    group = list(range(len(names)))
    for start in range(len(names)):
        waiting = [start] if group[start] == start else []
        while waiting:
            here = waiting.pop()
            for other in roads[here]:
                if group[other] > start:
                    group[other] = start
                    waiting.append(other)
    largest = max(set(group), key=group.count) if group else 0
    for p, name in enumerate(names):
        if group[p] != largest:
            what = "no road" if not roads[p] else f"{group.count(group[p])} places without a road to the rest"
            yield Doubt("no road", name, "", what)
    lat, lon = world.places.lat, world.places.lon
    straight = great_circle(lat[links.a], lon[links.a], lat[links.b], lon[links.b])
    for a, b, km, crow in zip(links.a, links.b, links.km, straight, strict=True):
        if km < SHORT * crow - 1 or km > LONG * crow + 10:
            yield Doubt("road length", names[a], "", f"{km:.0f} km to {names[b]}, {crow:.0f} km as the crow flies")


def _of_water(world: World, water_km: Water) -> Iterator[Doubt]:
    places, links = world.places, world.links
    away = water_km(places.lat, places.lon)
    for p in np.flatnonzero(away > COAST_KM):
        yield Doubt("in the sea", places.id[p], "", f"{away[p]:.0f} km from land")
    share = np.linspace(0, 1, 41)[1:-1]
    lat = places.lat[links.a][:, None] * (1 - share) + places.lat[links.b][:, None] * share
    lon = places.lon[links.a][:, None] * (1 - share) + places.lon[links.b][:, None] * share
    deepest = water_km(lat.ravel(), lon.ravel()).reshape(lat.shape).max(axis=1, initial=0.0)
    a, b = links.a, links.b
    straight = great_circle(places.lat[a], places.lon[a], places.lat[b], places.lon[b])
    for row in np.flatnonzero((deepest > COAST_KM) & (links.km < AROUND * straight)):
        what = f"the line to {places.id[b[row]]} runs {deepest[row]:.0f} km from land, {links.km[row]:.0f} km by road"
        yield Doubt("over water", places.id[a[row]], "", what)


def _of_gazetteer(world: World, gazetteer: Gazetteer) -> Iterator[Doubt]:
    """Places whose name the gazetteer has not far away, but not there: a namesake farther off tells nothing."""
    places = world.places
    for p, name in enumerate(places.id):
        spots = gazetteer.get(name, ())
        if spots:
            lat, lon = np.array(spots).T
            km = great_circle(np.full(len(spots), places.lat[p]), np.full(len(spots), places.lon[p]), lat, lon)
            if GAZETTEER_KM < km.min() < NAMESAKE_KM:
                north, east = spots[int(km.argmin())]
                what = f"{km.min():.0f} km from where the gazetteer has its name ({north:.3f}, {east:.3f})"
                yield Doubt("gazetteer", name, "", what)
