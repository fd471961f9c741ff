"""Places of a grid: hexagons of equal area over a box, those on land; for wars that are fought over villages.

Drawn on the plane of Lambert's azimuthal equal-area projection about the middle of the box (sphere; Snyder 1987, USGS
Professional Paper 1395, section 24), so that all cells have one area. A cell is kept where at least `LAND` of it is
land, and its place lies in the middle of that. What this is not: a choice of places; people live where towns are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from polemos.importers.places import BOX, Found
from polemos.importers.roads import Line, Road, links_along, neighbours
from polemos.importers.seas import ferries, pieces_of
from polemos.record.from_scenario import EARTH_KM, ROAD_TO_CROW
from polemos.scenario.vocabulary import GUESSED

LAND = 0.25
"""Least share of a cell that is land (convention)."""
DRY = 0.5
"""Least share of the line between two cells that is on land, for a road (convention)."""
NEAR_KM = 100.0
"""A cell is called after a town no further away than this."""
POINTS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Plane:
    """Lambert's azimuthal equal-area projection about a point in degrees, in km."""

    lon: float
    lat: float

    def degrees(self, at: Floats) -> Floats:
        """Degrees [.., 2] to km [.., 2]."""
        lam, phi, mid = np.radians(at[..., 0] - self.lon), np.radians(at[..., 1]), np.radians(self.lat)
        k = EARTH_KM * np.sqrt(2 / (1 + np.sin(mid) * np.sin(phi) + np.cos(mid) * np.cos(phi) * np.cos(lam)))
        y = np.cos(mid) * np.sin(phi) - np.sin(mid) * np.cos(phi) * np.cos(lam)
        return np.asarray(np.stack([k * np.cos(phi) * np.sin(lam), k * y], axis=-1))

    def back(self, at: Floats) -> Floats:
        """Km [.., 2] to degrees [.., 2]."""
        x, y, mid = at[..., 0] / EARTH_KM, at[..., 1] / EARTH_KM, np.radians(self.lat)
        rho = np.maximum(np.hypot(x, y), 1e-15)
        c = 2 * np.arcsin(np.clip(rho / 2, 0, 1))
        phi = np.arcsin(np.clip(np.cos(c) * np.sin(mid) + y * np.sin(c) * np.cos(mid) / rho, -1, 1))
        lam = np.arctan2(x * np.sin(c), rho * np.cos(mid) * np.cos(c) - y * np.sin(mid) * np.sin(c))
        return np.asarray(np.stack([self.lon + np.degrees(lam), np.degrees(phi)], axis=-1))


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells on land: column and row of each, its place [cell, 2] in degrees; `whole` is their number before the cut."""

    km: float
    plane: Plane
    at: NDArray[np.int64]
    place: Floats
    whole: int


def count(box: BOX, km: float) -> int:
    """About how many cells a box has."""
    west, south, east, north = box
    area = EARTH_KM**2 * np.radians(east - west) * (np.sin(np.radians(north)) - np.sin(np.radians(south)))
    return int(area / (np.sqrt(3) / 2 * km**2)) + 1


def centres(at: NDArray[np.int64], km: float) -> Floats:
    """Centres of cells on the plane: rows `km` sqrt(3)/2 apart, each second moved by half a cell."""
    x = km * (at[:, 0] + 0.5 * (at[:, 1] % 2))
    return np.stack([x, km * np.sqrt(3) / 2 * at[:, 1]], axis=1)


def hexagons(middle: Floats, km: float) -> NDArray[np.object_]:
    """Hexagons about centres that lie `km` apart."""
    angle = np.radians(np.arange(30, 390, 60))
    corner = km / np.sqrt(3) * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return np.asarray(shapely.polygons(middle[:, np.newaxis, :] + corner), object)


def draw_grid(box: BOX, km: float, land: BaseGeometry) -> Grid:
    """The cells of a box whose centre lies in it, on land; `land` in degrees."""
    west, south, east, north = box
    plane = Plane((west + east) / 2, (south + north) / 2)
    side = np.linspace(0, 1, 50)
    edge = [np.stack([west + (east - west) * side, np.full(50, lat)], axis=1) for lat in (south, north)]
    edge += [np.stack([np.full(50, lon), south + (north - south) * side], axis=1) for lon in (west, east)]
    around = plane.degrees(np.vstack(edge))
    low, high = around.min(axis=0), around.max(axis=0)
    step = np.array([km, km * np.sqrt(3) / 2])
    (x0, y0), (x1, y1) = np.floor(low / step).astype(int) - 1, np.ceil(high / step).astype(int) + 1
    at = np.array([(x, y) for y in range(y0, y1 + 1) for x in range(x0, x1 + 1)], np.int64)
    middle = centres(at, km)
    degrees = plane.back(middle)
    inside = (degrees[:, 0] >= west) & (degrees[:, 0] <= east) & (degrees[:, 1] >= south) & (degrees[:, 1] <= north)
    at, middle = at[inside], middle[inside]
    ground = shapely.make_valid(shapely.transform(shapely.segmentize(land, 0.1), plane.degrees))
    shapely.prepare(ground)
    drawn = hexagons(middle, km)
    dry = np.asarray(shapely.contains_properly(ground, drawn))
    wet = np.flatnonzero(~dry & np.asarray(shapely.intersects(ground, drawn)))
    share = dry.astype(float)
    place = middle.copy()
    for row in wet.tolist():
        part = shapely.intersection(ground, drawn[row])
        share[row] = part.area / drawn[row].area
        mid = part.centroid if part.contains(part.centroid) else part.representative_point()
        if not mid.is_empty:
            place[row] = mid.x, mid.y
    is_land = share >= LAND
    at = at[is_land]
    if len(at):
        # Rows keep their parity: each second is moved by half a cell.
        at = at - [at[:, 0].min(), at[:, 1].min() // 2 * 2]
    return Grid(km, plane, at, plane.back(place[is_land]), len(inside.nonzero()[0]))


def grid_places(grid: Grid, towns: Sequence[Found]) -> list[Found]:
    """A place for each cell: towns give it their people and the largest its name; other cells are named by the nearest.

    A town counts in the cell whose place is nearest to it, so none of its people are lost on a coast.
    """
    middle = grid.plane.degrees(grid.place)
    at = grid.plane.degrees(np.array([[town.lon, town.lat] for town in towns], float).reshape(-1, 2))
    away = np.sqrt(((middle[:, np.newaxis, :] - at[np.newaxis, :, :]) ** 2).sum(axis=2))
    inside: dict[int, list[Found]] = {}
    for column, town in enumerate(towns):
        inside.setdefault(int(away[:, column].argmin()), []).append(town)
    places = []
    for row, (cell, (lon, lat)) in enumerate(zip(grid.at.tolist(), grid.place.tolist(), strict=True)):
        code = f"{cell[0]:03}-{cell[1]:03}"
        plain = Found(f"c{code}", f"cell {code}", round(lat, 5), round(lon, 5), 0.0, kind="cell", source=GUESSED)
        here = sorted(inside.get(row, ()), key=lambda town: -town.people)
        if here:
            first = here[0]
            names = [name for town in here for name in (town.name, *town.aliases.split("|")) if name]
            aliases = "|".join(dict.fromkeys(names[1:]))[:4000]
            people = float(sum(town.people for town in here))
            holder = next((town.holder for town in here if town.holder), "")
            towned = replace(
                plain, name=first.name, aliases=aliases, people=people, holder=holder, country=first.country
            )
            places.append(replace(towned, source=first.source, notes=f"cell {code}, {len(here)} towns"))
        elif len(towns) and away[row].min() <= NEAR_KM:
            near = int(away[row].argmin())
            east, north = middle[row] - at[near]
            side = POINTS[round(np.degrees(np.arctan2(east, north)) / 45) % 8]
            called = f"{away[row, near]:.0f} km {side} of {towns[near].name}"
            places.append(replace(plain, name=called[:200], country=towns[near].country, notes=f"cell {code}"))
        else:
            places.append(plain)
    return places


def grid_roads(grid: Grid, land: BaseGeometry, rivers: Sequence[Line] = (), factor: float = ROAD_TO_CROW) -> list[Road]:
    """Guessed links between neighbouring cells with `DRY` of the line between them on land, and ferries to the rest."""
    row_of = {(column, row): index for index, (column, row) in enumerate(grid.at.tolist())}
    pairs = [
        (index, row_of[other])
        for (column, row), index in row_of.items()
        for other in ((column + 1, row), (column + row % 2, row + 1), (column + row % 2 - 1, row + 1))
        if other in row_of
    ]
    ends = np.array(pairs, np.int64).reshape(-1, 2)
    drawn = np.stack([grid.place[ends[:, 0]], grid.place[ends[:, 1]]], axis=1)
    lines = np.asarray(shapely.linestrings(drawn), object)
    shapely.prepare(land)
    dry = np.asarray(shapely.covers(land, lines))
    for index in np.flatnonzero(~dry).tolist():
        dry[index] = shapely.intersection(land, lines[index]).length >= DRY * lines[index].length
    ends = ends[dry]
    lon, lat = grid.place[:, 0], grid.place[:, 1]
    parted = len(pieces_of(ends, len(lat))) > 1
    over_water = ferries(neighbours(lat, lon, "relative"), ends, lat, lon) if parted else ends[:0]
    return links_along(lat, lon, ends, over_water, rivers, factor)
