"""What lies under every map of places: land, water, borders and roads as SVG paths, and names that do not touch.

Everything is worked out when the page is made, for five widths, so that the page itself only shows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import asinh, ceil, cos, radians, tan
from typing import Any
from unicodedata import east_asian_width

import numpy as np

from polemos.record.world import Floats
from polemos.report import basemap
from polemos.report.basemap import Box, Ring
from polemos.report.page.contents import PlaceTable

UNITS = 1000
"""Width of the ground in the units of its paths."""

NOMINAL = 640
"""Width in pixels at which marks have their nominal radius."""

HIGHEST = 85.0
"""Degrees of latitude that a map reaches at most: Mercator has no pole."""

NEAREST = 9
"""Pixels from the middle of a mark to its name, at least."""

Rectangle = tuple[float, float, float, float]

WIDTHS = ((1, 300, 10), (2, 480, 22), (3, 800, 40), (4, 1600, 90), (5, 3200, 220))
"""Level of the names, the least width in pixels at which it is shown, and how many names there are at most.

The last two are those of a map that is enlarged.
"""

FRAMED = 0.08
"""Margin around the places that a map is framed on, as a share of its sides."""

COUNTRY = 0.03
"""Share of the map from which on a country has its name there."""

LONGEST = 34


def mercator(lat: float) -> float:
    """Northing of a latitude in radians of longitude at the equator."""
    return asinh(tan(radians(lat)))


def map_box(places: PlaceTable) -> Box:
    """The box of a map of some places, with a margin, neither too tall nor too flat."""
    box = Box(float(places.lon.min()), float(places.lat.min()), float(places.lon.max()), float(places.lat.max()))
    width, height = max(box.east - box.west, 0.5), max(box.north - box.south, 0.3)
    middle = radians((box.north + box.south) / 2)
    grow_x = max(0.0, height / cos(middle) / 0.95 - width) / 2
    grow_y = max(0.0, width * 0.5 * cos(middle) - height) / 2
    return Box(
        box.west - grow_x - 0.05 * width,
        max(box.south - grow_y - 0.06 * height, -HIGHEST),
        box.east + grow_x + 0.05 * width,
        min(box.north + grow_y + 0.06 * height, HIGHEST),
    )


def aspect(box: Box) -> float:
    """Height over width of the map of a box."""
    return (mercator(box.north) - mercator(box.south)) / radians(box.east - box.west)


def shares(places: PlaceTable, box: Box) -> tuple[Floats, Floats]:
    """Where places lie on the map of a box: shares of its width from the left and of its height from above."""
    tall = mercator(box.north) - mercator(box.south)
    down = np.array([(mercator(box.north) - mercator(lat)) / tall for lat in places.lat.tolist()])
    return (places.lon - box.west) / (box.east - box.west), down


def radii(places: PlaceTable) -> Floats:
    """Radii of the marks in pixels at `NOMINAL`: areas grow with people, from a floor; less where places are many."""
    top = max(float(places.people.max()), 1.0)
    crowd = min(1.0, (400 / max(len(places.id), 1)) ** 0.35)
    return np.asarray(np.round(crowd * np.sqrt(8 + 95 * (places.people / top) ** 0.62), 2))


def short(name: str) -> str:
    """A name for a label: without what stands in brackets, cut where it is very long."""
    plain = name.split(" (")[0].strip() or name
    return plain if len(plain) <= LONGEST else plain[: LONGEST - 1] + "…"


def label_names(places: PlaceTable) -> list[str]:
    """What the places are called on a map: without an id in front, which names of cells begin with."""
    return [short(name.removeprefix(f"{i} ")) for i, name in zip(places.id, places.name, strict=True)]


def text_width(text: str) -> float:
    """Width of a label in pixels, on the safe side of what browsers draw at 11 px."""
    return sum(11.5 if east_asian_width(c) in "WF" else 8.2 if c.isupper() or c in "mw" else 6.2 for c in text)


def labels(
    places: PlaceTable,
    box: Box,
    width: float,
    limit: int,
    first: Sequence[int] = (),
    boxes: list[Rectangle] | None = None,
) -> dict[int, str]:
    """The places whose names fit at a width in pixels, and on which side of the mark each stands: those of `first` in
    their order, then the largest.

    The rectangles of the names are added to `boxes`. No name touches another, stands twice, leaves the map, or covers
    the mark of a place that is larger than most.
    """
    height = width * aspect(box)
    across, down = shares(places, box)
    xs, ys = across * width, down * height
    r = radii(places) * (max(width, 300) / NOMINAL) ** 0.55
    is_large = r >= max(4.0, float(np.quantile(r, 0.8)))
    boxes = [] if boxes is None else boxes
    chosen: dict[int, str] = {}
    named: set[str] = set()
    offs, names = label_offsets(places, width), label_names(places)
    largest = [i for i in np.argsort(-places.people, kind="stable").tolist() if places.people[i] > 0]
    for i in dict.fromkeys((*first, *largest)):
        if len(chosen) == limit:
            break
        if names[i] in named:
            continue
        for side, name in _sides(float(xs[i]), float(ys[i]), text_width(names[i]), offs[i]):
            inside = name[0] > 2 and name[2] < width - 2 and name[1] > 2 and name[3] < height - 2
            if inside and not any(_meet(name, other) for other in boxes):
                apart_x = np.maximum(np.maximum(name[0] - xs, xs - name[2]), 0)
                apart_y = np.maximum(np.maximum(name[1] - ys, ys - name[3]), 0)
                near = is_large & (np.hypot(apart_x, apart_y) < r - 1)
                near[i] = False
                if not near.any():
                    boxes.append(name)
                    chosen[i] = side
                    named.add(names[i])
                    break
    return chosen


def _sides(x: float, y: float, long: float, off: int = NEAREST) -> Iterable[tuple[str, Rectangle]]:
    yield "right", (x + off, y - 7, x + off + long, y + 7)
    yield "left", (x - off - long, y - 7, x - off, y + 7)
    yield "above", (x - long / 2, y - off - 11, x + long / 2, y - off + 2)
    yield "below", (x - long / 2, y + off - 1, x + long / 2, y + off + 12)


def label_offsets(places: PlaceTable, width: float) -> list[int]:
    """How far from the middle of each place its name begins at a width, in pixels: beyond the mark."""
    r = radii(places) * (max(width, 300) / NOMINAL) ** 0.55
    return [max(NEAREST, ceil(radius + 4)) for radius in r.tolist()]


def _meet(a: Rectangle, b: Rectangle) -> bool:
    return a[0] < b[2] + 3 and b[0] < a[2] + 3 and a[1] < b[3] + 1 and b[1] < a[3] + 1


def ground(
    places: PlaceTable,
    links: Iterable[tuple[int, int]] = (),
    first: Sequence[int] = (),
    frame: Sequence[int] = (),
) -> dict[str, Any]:
    """The ground as `assets/map.js` takes it.

    `ratio` width over height; `paths` pairs of a kind and an SVG path, `UNITS` wide; `labels` rows of level, x, y
    (shares), side, text and distance in pixels, names of the
    places `first` before others; `x`, `y` (shares) and `r` (pixels at `NOMINAL`)
    of the places; `cells` an SVG path a place; `frame` the part of the map, in shares, that holds the places `frame`;
    `km` across its middle.
    """
    from polemos.report.html.place_cells import cell_paths

    box = map_box(places)
    across, down = shares(places, box)
    countries = _countries(box)
    rows: list[list[Any]] = []
    names = label_names(places)
    for level, width, limit in WIDTHS:
        boxes: list[Rectangle] = []
        offs = label_offsets(places, width)
        for i, side in labels(places, box, width, limit, first, boxes).items():
            at = [round(float(across[i]), 4), round(float(down[i]), 4)]
            rows.append([level, *at, side, names[i], offs[i]])
        tall = width * aspect(box)
        for name, x, y in countries:
            long = 1.35 * text_width(name.upper())
            here = (x * width - long / 2, y * tall - 7, x * width + long / 2, y * tall + 7)
            if here[0] > 2 and here[2] < width - 2 and not any(_meet(here, other) for other in boxes):
                rows.append([level, round(x, 4), round(y, 4), "country", name, 0])
    middle = cos(radians((box.north + box.south) / 2))
    tall = UNITS * aspect(box)
    return {
        "ratio": round(1 / aspect(box), 4),
        "paths": [[kind, path] for kind, path in _paths(box, places, across, down, links) if path],
        "labels": rows,
        "x": [round(float(x), 4) for x in across],
        "y": [round(float(y), 4) for y in down],
        "r": radii(places).tolist(),
        "cells": cell_paths(places, box, UNITS * across, tall * down),
        "frame": _frame(across[list(frame)], down[list(frame)]),
        "km": round((box.east - box.west) * basemap.DEGREE_KM * middle),
    }


def _frame(across: Floats, down: Floats) -> list[float]:
    """The part of the map that holds some points, with a margin: [left, top, right, bottom] in shares."""
    if not len(across):
        return [0.0, 0.0, 1.0, 1.0]
    low = np.maximum([across.min() - FRAMED, down.min() - FRAMED], 0)
    high = np.minimum([across.max() + FRAMED, down.max() + FRAMED], 1)
    return [round(float(edge), 4) for edge in (*low, *high)]


def _countries(box: Box) -> list[tuple[str, float, float]]:
    """Names of the countries that fill much of a map, and where each has room for its name, in shares."""
    import shapely

    outlines = []
    tall = UNITS * aspect(box)
    for feature in basemap.land(box):
        polygons = [shapely.Polygon(on_map(part[0], box)) for part in feature["geometry"]["coordinates"]]
        widest = max(polygons, key=shapely.area)
        if shapely.area(widest) >= COUNTRY * UNITS * tall:
            # A country that the map turns inside out at the antimeridian is mended to an area and some lines.
            whole = np.array([max(shapely.get_parts(shapely.make_valid(widest)), key=shapely.area)])
            middle = shapely.get_coordinates(shapely.maximum_inscribed_circle(whole, tolerance=5.0))[0].tolist()
            outlines.append((str(feature["properties"]["name"]), middle[0] / UNITS, middle[1] / tall))
    return outlines


def on_map(line: Ring, box: Box) -> Floats:
    """Points in degrees [n, 2] as points of the map, `UNITS` wide."""
    scale, top = UNITS / radians(box.east - box.west), mercator(box.north)
    return np.array([(scale * radians(lon - box.west), scale * (top - mercator(lat))) for lon, lat in line])


def _paths(
    box: Box, places: PlaceTable, across: Floats, down: Floats, links: Iterable[tuple[int, int]]
) -> Iterable[tuple[str, str]]:
    """Land without a place of the war first, then land with one, lakes, rivers, roads."""
    wide = box.wider(0.02)
    points = list(zip(places.lon.tolist(), places.lat.tolist(), strict=True))
    land = basemap.land(wide)
    holds = [basemap.holds(country, points) for country in land]
    for kind, wanted in (("away", False), ("land", True)):
        shapes = [shape for shape, inside in zip(land, holds, strict=True) if inside == wanted]
        yield kind, "".join(_path(ring, box) + "Z" for shape in shapes for part in _rings(shape) for ring in part)
    yield (
        "lakes",
        "".join(_path(ring, box) + "Z" for shape in basemap.lakes(wide) for part in _rings(shape) for ring in part),
    )
    yield "rivers", "".join(_path(line, box) for shape in basemap.rivers(wide) for line in _rings(shape))
    tall = UNITS * aspect(box)
    ends = [[(UNITS * across[i], tall * down[i]) for i in pair] for pair in links]
    yield "links", "".join(f"M{a[0]:.1f} {a[1]:.1f}L{b[0]:.1f} {b[1]:.1f}" for a, b in ends)


def _rings(shape: dict[str, Any]) -> Any:
    return shape["geometry"]["coordinates"]


def _path(line: Ring, box: Box) -> str:
    """An SVG path through points in degrees, in moves of half a unit and more."""
    scale = UNITS / radians(box.east - box.west)
    top = mercator(box.north)
    parts: list[str] = []
    last = (0.0, 0.0)
    for lon, lat in line:
        here = (round(scale * radians(lon - box.west), 1), round(scale * (top - mercator(lat)), 1))
        if not parts:
            parts.append(f"M{here[0]:g} {here[1]:g}")
        elif abs(here[0] - last[0]) + abs(here[1] - last[1]) >= 0.5:
            parts.append(f"l{here[0] - last[0]:.1f} {here[1] - last[1]:.1f}")
        else:
            continue
        last = here
    return "".join(parts)
