"""The setting of a run: the map and the dated inputs as the arrays that kernels take by name.

Roads: `near_start`, `near`, `near_hours` are the neighbours of each place in compressed rows, `two_start`, `two`
the places two roads away. Travel is at 40 km an hour on roads of any kind (lessons of the prototype, [c]).
Inputs with a time axis are rows [T] over the steps; they end as they are at the origin unless later ones are
given (`inputs: actual`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from polemos.record.world import Days, Ints, World, running, site

KM_PER_HOUR = 40.0
AIR, ARMS = ("airpower",), ("weapons", "troops", "money")
CORE, FOREIGN, LOCAL = range(3)
WELLS = ("oil_field", "gas_field")
LEADERS = ("open", "hidden", "dead")
COHORTS = ("core", "foreign", "local")


@dataclass(frozen=True, slots=True)
class Graph:
    """Neighbours in compressed rows: those of p are `near[start[p]:start[p + 1]]`, sorted."""

    start: Ints
    near: Ints
    hours: np.ndarray[Any, np.dtype[np.float64]]


def roads(world: World) -> Graph:
    """The links, both ways."""
    size = len(world.places.id)
    a = np.concatenate([world.links.a, world.links.b])
    b = np.concatenate([world.links.b, world.links.a])
    hours = np.concatenate([world.links.km, world.links.km]) / KM_PER_HOUR
    order = np.lexsort((b, a))
    start = np.searchsorted(a[order], np.arange(size + 1)).astype(np.int32)
    return Graph(start, b[order].astype(np.int32), hours[order].astype(np.float64))


def two_roads(graph: Graph) -> Graph:
    """Places that two roads lead to and one does not."""
    size = graph.start.size - 1
    rows = [set(graph.near[graph.start[p] : graph.start[p + 1]].tolist()) for p in range(size)]
    twice = [sorted(set().union(*(rows[q] for q in near)) - near - {p}) if near else [] for p, near in enumerate(rows)]
    start = np.concatenate([[0], np.cumsum([len(row) for row in twice])]).astype(np.int32)
    flat = np.array([q for row in twice for q in row], np.int32)
    return Graph(start, flat, np.zeros(flat.size))


def depot_hours(world: World, date: np.datetime64) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Hours from each organisation's nearest source of supply at a place [P, O]: 0 at a depot, inf where none.

    An organisation without any depot or entry draws on its most populous place.
    """
    hours = np.full((len(world.places.id), world.nobody), np.inf)
    roles = running(world.roles, date)
    for row, role in enumerate(roles.role):
        o = roles.organisation[row]
        if role == "depot" and roles.place[row] >= 0:
            hours[roles.place[row], o] = 0.0
        elif role == "entry" and roles.link[row] >= 0:
            p, h = roles.link[row], roles.hours[row]
            hours[p, o] = min(hours[p, o], 0.0 if np.isnan(h) else h)
    holder = world.holders([date])[0]
    for o in range(world.nobody):
        places = np.flatnonzero(holder == o)
        if places.size and not np.isfinite(hours[:, o]).any():
            hours[places[np.argmax(world.places.people[places])], o] = 0.0
    return hours


def entry_hours(world: World, date: np.datetime64) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Hours from an off-map base to the place it feeds into [P, O], inf elsewhere: bases count as neighbours."""
    hours = np.full((len(world.places.id), world.nobody), np.inf)
    roles = running(world.roles, date)
    for row, role in enumerate(roles.role):
        if role == "entry" and roles.link[row] >= 0 and not np.isnan(roles.hours[row]):
            p, o = roles.link[row], roles.organisation[row]
            hours[p, o] = min(hours[p, o], roles.hours[row])
    return hours


def support_levels(world: World, dates: Days, kinds: tuple[str, ...]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Sum of the scales of the running supports of some kinds, by client [T, O]; one patron counts once."""
    levels = np.zeros((dates.size, world.nobody))
    for t, date in enumerate(dates):
        rows = running(world.supports, date)
        best: dict[tuple[int, str], float] = {}
        for client, kind, patron, scale in zip(rows.client, rows.kind, rows.patron, rows.scale, strict=True):
            if kind in kinds and client >= 0:
                best[int(client), patron] = max(best.get((int(client), patron), 0.0), float(scale))
        for (client, _), scale in best.items():
            levels[t, client] += scale
    return levels


def attribute(world: World, date: np.datetime64, item: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Best value of a dated attribute of every organisation, 0 where none is given [O]."""
    values = np.zeros(world.nobody)
    rows = running(world.claims, date)
    for o, name, best in zip(rows.organisation, rows.item, rows.best, strict=True):
        if name == item:
            values[o] = best
    return values


def openness(world: World, date: np.datetime64) -> np.ndarray[Any, np.dtype[np.float64]]:
    """How open the borders are to each organisation's foreign recruits [O], 0 where nothing is said."""
    values = np.zeros(world.nobody)
    rows = running(world.borders, date)
    values[rows.organisation] = rows.openness
    return values


def kin(world: World, date: np.datetime64) -> np.ndarray[Any, np.dtype[np.float64]]:
    """How far two organisations draw on the same volunteers [O, O]: see `processes/pull.py`."""
    foreign = attribute(world, date, "foreign_share")
    low, high = np.minimum.outer(foreign, foreign), np.maximum.outer(foreign, foreign)
    same = np.array([[a == b for b in world.organisations.kind] for a in world.organisations.kind])
    near = np.where(same & (high > 0), low / np.maximum(high, 1e-9), 0.0)
    np.fill_diagonal(near, 0.0)
    return near


def leaders(world: World, days: Days) -> np.ndarray[Any, np.dtype[np.int8]]:
    """State of every organisation's leader [T, O], an index of `LEADERS`; in the open where nothing is said."""
    states = np.zeros((days.size, world.nobody), np.int8)
    for t, date in enumerate(days):
        rows = running(world.claims, date)
        for o, item, text in zip(rows.organisation, rows.item, rows.text, strict=True):
            if item == "leader" and text in LEADERS:
                states[t, o] = LEADERS.index(text)
    return states


def ages(world: World, date: np.datetime64) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Years since the first row about each organisation [O], within the length of the record."""
    age = np.zeros(world.nobody)
    for o in range(world.nobody):
        starts = [
            t.start[c == o] for t, c in ((world.claims, world.claims.organisation), (world.spells, world.spells.holder))
        ]
        first = np.concatenate(starts)
        if first.size:
            age[o] = max((date - first.min()) / np.timedelta64(1, "D"), 0.0) / 365.25
    return age


def countries(world: World) -> tuple[str, ...]:
    """Countries of the places, sorted."""
    return tuple(sorted(set(world.places.country)))


def build(world: World, dates: Days, inputs: World | None) -> dict[str, Any]:
    """Every array of the map and the inputs by the name that kernels take it by.

    `world` is cut at the origin `dates[0]`; `inputs`, where given, is the war whose later supports and
    relations are to be used (`inputs: actual`).
    """
    graph = roads(world)
    second = two_roads(graph)
    places = np.array([site(p) for p in world.places.id], np.uint64)
    actors = np.array([site(o) for o in world.organisations.id], np.uint64)
    with np.errstate(over="ignore"):
        pairs = places[:, None] * np.uint64(3) ^ actors[None, :] * np.uint64(5)
    names = countries(world)
    origin = dates[0]
    source = world if inputs is None else inputs
    days = dates if inputs is not None else dates[:1]
    relation = np.stack([source.relation(date) for date in days])
    air, arms = support_levels(source, days, AIR), support_levels(source, days, ARMS)
    leader = leaders(source, days)
    if inputs is None:
        relation, air, arms, leader = (np.repeat(x, dates.size, axis=0) for x in (relation, air, arms, leader))
    core = np.zeros((len(world.places.id), world.nobody), bool)
    roles = running(world.roles, origin)
    for o, role, p in zip(roles.organisation, roles.role, roles.place, strict=True):
        if role == "core" and p >= 0:
            core[p, o] = True
    return {
        "near_start": graph.start,
        "near": graph.near,
        "near_hours": graph.hours,
        "two_start": second.start,
        "two": second.near,
        "people": world.places.people.astype(np.float64),
        "country": np.array([names.index(c) for c in world.places.country], np.int32),
        "core": core,
        "depot_hours": depot_hours(world, origin),
        "entry_hours": entry_hours(world, origin),
        "claim": attribute(world, origin, "claim"),
        "openness": openness(world, origin),
        "relation": relation.astype(np.int8),
        "air_level": air,
        "arms_level": arms,
        "leader": leader,
        "age": ages(world, origin),
        "kin": kin(world, origin),
        "well": np.array([1.0 if kind in WELLS else 0.0 for kind in world.places.kind]),
        "place_site": places,
        "organisation_site": actors,
        "pair_site": pairs,
    }
