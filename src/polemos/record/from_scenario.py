"""A checked scenario to a world: sorted, immutable arrays. The order of rows in a file can change nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polemos.record.theatre_tables import pledges_of, theatres_of
from polemos.record.world import (
    RELATIONS,
    Borders,
    Claims,
    Days,
    Flags,
    Floats,
    Ints,
    Links,
    Organisations,
    Places,
    Relations,
    Roles,
    Shares,
    Spells,
    Strengths,
    Supports,
    World,
)
from polemos.scenario.checks import LAST, begin, shares
from polemos.scenario.load import Scenario, read
from polemos.scenario.vocabulary import GUESSED, UNKNOWN

Row = dict[str, Any]

EARTH_KM = 6371.0
ROAD_TO_CROW = 1.2
"""Length of a road whose length is not given, as a multiple of the great circle."""


def load(path_or_name: str | Path) -> World:
    """The whole record of a scenario from a folder, or from the library by its name. Raises `ScenarioError`."""
    return world(read(path_or_name))


def world(scenario: Scenario) -> World:
    """The whole record of a scenario."""
    settings = scenario.settings
    places = _places(scenario)
    organisations = _organisations(scenario)
    at = {place: row for row, place in enumerate(places.id)}
    of = {organisation: row for row, organisation in enumerate(organisations.id)}
    return World(
        name=scenario.name,
        title=settings.title,
        start=settings.start,
        until=settings.end - np.timedelta64(1, "D"),
        origin=None,
        places=places,
        organisations=organisations,
        links=_links(scenario, places, at),
        spells=_spells(scenario, at, of),
        strengths=_strengths(scenario, of),
        supports=_supports(scenario, of),
        relations=_relations(scenario, of),
        roles=_roles(scenario, at, of),
        claims=_claims(scenario, of),
        borders=_borders(scenario, of),
        processes=settings.processes,
        shares=_shares(scenario, at, of),
        observed_until=settings.observed_until if settings.observed_until < settings.end else None,
        theatres=theatres_of(scenario.tables, of),
        pledges=pledges_of(scenario.tables),
    )


def great_circle(lat: Floats, lon: Floats, to_lat: Floats, to_lon: Floats) -> Floats:
    """Kilometres between points in degrees (haversine, sphere of 6,371 km)."""
    a, b, c, d = (np.radians(x) for x in (lat, lon, to_lat, to_lon))
    h = np.sin((c - a) / 2) ** 2 + np.cos(a) * np.cos(c) * np.sin((d - b) / 2) ** 2
    distance: Floats = 2 * EARTH_KM * np.arcsin(np.sqrt(h))
    return distance


def _rows(scenario: Scenario, file: str, key: Callable[[Row], tuple[Any, ...]]) -> list[Row]:
    """Rows that begin within the record, in an order of their own: by `key`, then by end with open ends last.

    The end comes last, so that cutting a world and cutting its files give one order.
    """
    rows = [row for row in scenario.tables[file].rows if begin(row) < scenario.settings.end]
    return sorted(rows, key=lambda row: (*key(row), _end(row)))


def _end(row: Row) -> np.datetime64:
    end = row.get("end", LAST)
    return LAST if np.isnat(end) else end


def _ints(values: list[int]) -> Ints:
    return np.array(values, np.int32)


def _floats(rows: list[Row], name: str) -> Floats:
    return np.array([row[name] for row in rows], np.float64)


def _days(rows: list[Row], name: str) -> Days:
    return np.array([row[name] for row in rows], "datetime64[D]")


def _texts(rows: list[Row], name: str) -> tuple[str, ...]:
    return tuple(row[name] for row in rows)


def _index(rows: list[Row], name: str, ids: Mapping[str, int], missing: int = -1) -> Ints:
    return _ints([ids.get(row[name], missing) for row in rows])


def _places(scenario: Scenario) -> Places:
    rows = sorted(scenario.tables["places.csv"].rows, key=lambda row: str(row["id"]))
    return Places(
        _texts(rows, "id"),
        _texts(rows, "name"),
        _texts(rows, "country"),
        _texts(rows, "kind"),
        _floats(rows, "lat"),
        _floats(rows, "lon"),
        _floats(rows, "people"),
    )


def _organisations(scenario: Scenario) -> Organisations:
    organisations = scenario.settings.organisations
    shares_: NDArray[np.float64] = np.array([organisation.field_share for organisation in organisations])
    return Organisations(
        tuple(organisation.id for organisation in organisations),
        tuple(organisation.name for organisation in organisations),
        tuple(organisation.kind for organisation in organisations),
        tuple(organisation.colour for organisation in organisations),
        shares_,
    )


def _links(scenario: Scenario, places: Places, at: Mapping[str, int]) -> Links:
    pairs = sorted(
        (min(at[row["a"]], at[row["b"]]), max(at[row["a"]], at[row["b"]]), row["kind"], row["km"])
        for row in scenario.tables["links.csv"].rows
    )
    a, b = _ints([pair[0] for pair in pairs]), _ints([pair[1] for pair in pairs])
    km = np.array([pair[3] for pair in pairs], np.float64)
    crow = great_circle(places.lat[a], places.lon[a], places.lat[b], places.lon[b])
    return Links(a, b, tuple(pair[2] for pair in pairs), np.where(np.isnan(km), ROAD_TO_CROW * crow, km))


def _spells(scenario: Scenario, at: Mapping[str, int], of: Mapping[str, int]) -> Spells:
    rows = _rows(scenario, "control.csv", lambda row: (row["place"], row["start"]))
    is_observed: Flags = np.array([row["holder"] != UNKNOWN for row in rows], bool)
    contested: Flags = np.array([row["contested"] for row in rows], bool) & is_observed
    place, holder = _index(rows, "place", at), _index(rows, "holder", of, missing=len(of))
    for row in np.flatnonzero(~is_observed):
        # Where nobody looked, the last known holder stands.
        holder[row] = holder[row - 1] if row and place[row - 1] == place[row] else len(of)
    guess: Flags = np.array([row["source"] == GUESSED for row in rows], bool)
    return Spells(
        place,
        holder,
        _days(rows, "start"),
        _days(rows, "end"),
        contested,
        _ints([row["precision"] for row in rows]),
        _texts(rows, "source"),
        is_observed & ~guess,
    )


def _shares(scenario: Scenario, at: Mapping[str, int], of: Mapping[str, int]) -> Shares | None:
    rows = _rows(scenario, "shares.csv", lambda row: (row["place"], row["holder"], row["date"]))
    if not rows:
        return None
    holder = _index(rows, "holder", of, missing=len(of))
    columns = _days(rows, "date"), _floats(rows, "share"), _floats(rows, "edge_km")
    return Shares(_index(rows, "place", at), holder, *columns)


def _strengths(scenario: Scenario, of: Mapping[str, int]) -> Strengths:
    names = ("actor", "measure", "date", "low", "best", "high")
    rows = _rows(scenario, "strengths.csv", lambda row: (*(row[name] for name in names), row["source"]))
    low, best, high = (_floats(rows, name) for name in names[3:])
    return Strengths(
        _texts(rows, "actor"),
        _index(rows, "actor", of),
        _texts(rows, "measure"),
        _days(rows, "date"),
        low,
        best,
        high,
        _texts(rows, "source"),
    )


def _supports(scenario: Scenario, of: Mapping[str, int]) -> Supports:
    names = ("patron", "client", "kind", "start", "scale")
    rows = _rows(scenario, "support.csv", lambda row: tuple(row[name] for name in names))
    return Supports(
        _texts(rows, "patron"),
        _index(rows, "client", of),
        _texts(rows, "kind"),
        _floats(rows, "scale"),
        _days(rows, "start"),
        _days(rows, "end"),
    )


def _relations(scenario: Scenario, of: Mapping[str, int]) -> Relations:
    def pair(row: Row) -> tuple[Any, ...]:
        return (min(row["a"], row["b"]), max(row["a"], row["b"]), row["start"])

    rows = _rows(scenario, "relations.csv", pair)
    return Relations(
        _ints([of[pair(row)[0]] for row in rows]),
        _ints([of[pair(row)[1]] for row in rows]),
        _ints([RELATIONS.index(row["kind"]) for row in rows]),
        _days(rows, "start"),
        _days(rows, "end"),
    )


def _roles(scenario: Scenario, at: Mapping[str, int], of: Mapping[str, int]) -> Roles:
    def key(row: Row) -> tuple[Any, ...]:
        hours = -1.0 if np.isnan(row["hours"]) else row["hours"]
        return (row["organisation"], row["role"], row["node"], row["link_to"], hours, row["start"])

    rows = _rows(scenario, "roles.csv", key)
    return Roles(
        _index(rows, "organisation", of),
        _texts(rows, "role"),
        _texts(rows, "node"),
        _index(rows, "node", at),
        _index(rows, "link_to", at),
        _floats(rows, "hours"),
        _days(rows, "start"),
        _days(rows, "end"),
    )


def _claims(scenario: Scenario, of: Mapping[str, int]) -> Claims:
    rows = _rows(
        scenario, "claims_leaders.csv", lambda row: (row["organisation"], row["item"], row["start"], row["value"])
    )
    numbers = np.array([shares(row["value"]) or (np.nan,) * 3 for row in rows], np.float64).reshape(-1, 3)
    low, best, high = np.ascontiguousarray(numbers.T)
    return Claims(
        _index(rows, "organisation", of),
        _texts(rows, "item"),
        low,
        best,
        high,
        _texts(rows, "value"),
        _days(rows, "start"),
        _days(rows, "end"),
    )


def _borders(scenario: Scenario, of: Mapping[str, int]) -> Borders:
    rows = _rows(scenario, "borders.csv", lambda row: (row["organisation"], row["start"], row["openness"]))
    return Borders(
        _index(rows, "organisation", of), _floats(rows, "openness"), _days(rows, "start"), _days(rows, "end")
    )
