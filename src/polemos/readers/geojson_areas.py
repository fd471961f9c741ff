"""GeoJSON to features, and their geometry to areas: every form that RFC 7946 allows, in degrees of WGS 84.

An area that breaks a rule of geometry (a ring that crosses itself, is not closed, leaves its shell) is mended; what is
no area (points, lines, nothing) is counted. A `crs` member, which RFC 7946 dropped and many programs still write, is
honoured where it is WGS 84 (EPSG:4326, CRS84) or Web Mercator (EPSG:3857), and refused by name elsewhere.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from polemos.readers.read_table import plain, text_of
from polemos.scenario.errors import Problem, ScenarioError, quoted

GEOMETRIES = (
    *("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"),
    "GeometryCollection",
)
DEGREES = re.compile(r"(^|\W)(CRS84h?|EPSG\W*(4326|4979)|WGS\W?84)$", re.IGNORECASE)
MERCATOR = re.compile(r"(^|\W)EPSG\W*(3857|900913|102100)$", re.IGNORECASE)
MERCATOR_M = 6378137.0
"""Radius of the sphere of Web Mercator, metres."""
DEEPEST = 8
"""Levels of collections in collections."""

NO_JSON = "look for a bracket that is not closed"
NO_GEOJSON = "export it as GeoJSON (RFC 7946) in WGS 84"


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature: its number in the file from 1, properties that are not null by plain name, geometry as written.

    `layer` is the name of its layer, or the names of its folders from the outermost with " / " between them.
    """

    number: int
    properties: dict[str, Any]
    geometry: dict[str, Any]
    mercator: bool = False
    layer: str = ""


def read_features(path: Path) -> list[Feature]:
    """The features of a GeoJSON file: a FeatureCollection, a Feature, or a bare geometry. Raises `ScenarioError`."""
    text = text_of(path)
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        what = getattr(error, "msg", "a number too long" if isinstance(error, ValueError) else "too deep a nesting")
        several = what == "Extra data"
        mend = "put the features into one FeatureCollection" if several else NO_JSON
        what = "several JSON texts in one file" if several else f"not JSON ({what})"
        raise ScenarioError([Problem(path.name, getattr(error, "lineno", 0), "", what, mend)]) from None
    top, mercator = _listed(content, path), False
    if isinstance(content, dict):
        mercator = _mercator(content.get("crs"), path, 0)
    features, problems = [], []
    for number, one in enumerate(top, 1):
        geometry = one.get("geometry") if isinstance(one, dict) else None
        properties = one.get("properties") if isinstance(one, dict) else None
        if not isinstance(one, dict) or one.get("type") != "Feature":
            problems.append(Problem(path.name, number, "", "not a feature", NO_GEOJSON))
        elif not isinstance(geometry or {}, dict) or not isinstance(properties or {}, dict):
            problems.append(Problem(path.name, number, "", "geometry or properties of no such form", NO_GEOJSON))
        else:
            named = {plain(str(key)): value for key, value in (properties or {}).items() if value is not None}
            own = _mercator(one["crs"], path, number) if one.get("crs") else mercator
            features.append(Feature(number, named, geometry or {}, own))
    if problems:
        raise ScenarioError(problems)
    return features


def _listed(content: Any, path: Path) -> list[Any]:
    """The features as written. Raises `ScenarioError` where it is something else."""
    kind = content.get("type") if isinstance(content, dict) else None
    what = "no FeatureCollection, Feature or geometry"
    if kind == "FeatureCollection" and isinstance(content.get("features"), list):
        if content["features"]:
            return list(content["features"])
        what = "a FeatureCollection without features"
        raise ScenarioError([Problem(path.name, 0, "features", what, "leave the file out: it shows nothing")])
    if kind == "Feature":
        return [content]
    if kind in GEOMETRIES:
        return [{"type": "Feature", "properties": None, "geometry": content}]
    if kind == "Topology":
        what = "TopoJSON, which is not read"
    elif isinstance(content, dict) and ("geometryType" in content or "spatialReference" in content):
        what = "Esri JSON, which is not read"
    elif kind == "FeatureCollection":
        what = "a FeatureCollection whose `features` is no list"
    raise ScenarioError([Problem(path.name, 0, "", what, NO_GEOJSON)])


def _mercator(crs: Any, path: Path, number: int) -> bool:
    """Whether coordinates are those of Web Mercator; else they are degrees. Raises `ScenarioError` for any other."""
    if not crs:
        return False
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = (
        str(properties.get("name") or properties.get("href") or properties.get("code") or "")
        if isinstance(properties, dict)
        else ""
    )
    if DEGREES.search(name) or (isinstance(crs, dict) and crs.get("type") == "EPSG" and name in ("4326", "4979")):
        return False
    if MERCATOR.search(name):
        return True
    mend = "export it in WGS 84 (EPSG:4326), as RFC 7946 wants"
    raise ScenarioError([Problem(path.name, number, "crs", f"coordinates in {quoted(name or str(crs))}", mend)])


def area_of(feature: Feature, path: Path, counted: Counter[str]) -> BaseGeometry | None:
    """The polygons of a feature as one valid area in degrees, None where it has none; `counted` is told what was not.

    Keys of `counted` that begin with `mended` are areas that were mended; the others were left out. Raises
    `ScenarioError` where coordinates are no numbers in degrees.
    """
    try:
        parts = list(_polygons(feature.geometry, counted))
        shells = [[_ring(ring, feature.mercator) for ring in polygon if len(ring)] for polygon in parts if polygon]
    except (ValueError, KeyError, TypeError, IndexError, OverflowError, AttributeError) as error:
        what = str(error) if type(error) is ValueError and str(error).isascii() else "no coordinates"
        what = what if what.startswith("coordinates ") else "coordinates that are no lists of longitude and latitude"
        raise ScenarioError([Problem(path.name, feature.number, "geometry", what, NO_GEOJSON)]) from None
    polygons = []
    for rings in shells:
        area = _area(rings, counted)
        if area is None:
            counted["an area with fewer than three corners"] += 1
        else:
            polygons.append(area)
    if not polygons:
        return None
    whole = polygons[0] if len(polygons) == 1 else shapely.union_all(polygons)
    return _turned(whole)


def _polygons(geometry: Mapping[str, Any], counted: Counter[str], depth: int = 0) -> Iterator[list[Any]]:
    """Rings of every polygon in a geometry, of collections too; the rest is counted."""
    kind = geometry.get("type")
    if not geometry:
        counted["no geometry (null)"] += 1
    elif kind == "GeometryCollection" and depth < DEEPEST:
        inside = geometry["geometries"]
        if not inside:
            counted["empty coordinates"] += 1
        for one in inside:
            yield from _polygons(one or {}, counted, depth + 1)
    elif kind in ("Polygon", "MultiPolygon"):
        polygons = [geometry["coordinates"]] if kind == "Polygon" else geometry["coordinates"]
        if not polygons or not any(polygons):
            counted["empty coordinates"] += 1
        yield from (polygon for polygon in polygons if polygon)
    elif kind in ("Point", "MultiPoint"):
        counted["a point, no area"] += 1
    elif kind in ("LineString", "MultiLineString"):
        counted["a line, no area"] += 1
    else:
        raise ValueError(f"coordinates of a geometry of type {quoted(str(kind))}")


def _ring(ring: Any, mercator: bool) -> NDArray[np.float64]:
    """Corners in degrees, the last the first again. Raises `ValueError`, `TypeError`."""
    if any(isinstance(value, (str, bool)) for corner in ring[:1] for value in corner):
        raise TypeError
    corners = np.array([corner[:2] for corner in ring], float).reshape(len(ring), 2)
    if not np.isfinite(corners).all():
        raise ValueError("coordinates that are no finite numbers")
    if mercator:
        lon = np.degrees(corners[:, 0] / MERCATOR_M)
        corners = np.stack([lon, np.degrees(np.arctan(np.sinh(corners[:, 1] / MERCATOR_M)))], axis=1)
    if (np.abs(corners[:, 1]) > 90.0001).any() or (np.abs(corners[:, 0]) > 540).any():
        raise ValueError("coordinates that are no degrees of longitude and latitude")
    return corners


def _area(rings: list[NDArray[np.float64]], counted: Counter[str]) -> BaseGeometry | None:
    """A valid area of rings, shell first; None where nothing of it has a surface."""
    closed = []
    for ring in rings:
        steps = np.diff(ring[:, 0])
        if ((np.abs(steps) > 180) & (np.abs(steps) < 360)).any():
            counted["mended: crosses the antimeridian and was not cut there"] += 1
            ring = np.stack([np.degrees(np.unwrap(np.radians(ring[:, 0]))), ring[:, 1]], axis=1)
        if len(ring) > 2 and (ring[0] != ring[-1]).any():
            counted["mended: a ring that was not closed"] += 1
            ring = np.vstack([ring, ring[:1]])
        if len(ring) > 3:
            closed.append(ring)
        elif not closed:
            return None
    if not closed:
        return None
    area = shapely.Polygon(closed[0], closed[1:])
    if shapely.is_valid(area):
        return area if area.area else None
    counted["mended: rings that cross themselves or each other"] += 1
    parts = [part for part in _leaves(shapely.make_valid(area)) if part.geom_type == "Polygon"]
    return shapely.union_all(parts) if parts else None


def _leaves(area: BaseGeometry) -> Iterator[BaseGeometry]:
    for part in shapely.get_parts(area):
        if part.geom_type.startswith("Multi") or part.geom_type == "GeometryCollection":
            yield from _leaves(part)
        else:
            yield part


def _turned(area: BaseGeometry) -> BaseGeometry:
    """An area whose longitudes go beyond 180 degrees, with what lies beyond moved to the other side."""
    west, _, east, _ = area.bounds
    if west >= -180 and east <= 180:
        return area
    pieces = []
    for turns in (-1, 0, 1):
        cut = shapely.intersection(area, shapely.box(-180 + 360 * turns, -91, 180 + 360 * turns, 91))
        moved = shapely.set_coordinates(cut, shapely.get_coordinates(cut) - [360 * turns, 0])
        pieces += [part for part in _leaves(moved) if part.geom_type == "Polygon"]
    return shapely.union_all(pieces)
