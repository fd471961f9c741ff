"""The ground around each place as a path: nearer to it than to any other, on land, within a day's reach.

A cell is drawn in the colour of the place's holder as a view of the map. It is no area of control: nobody need hold
the ground nearest to the town that they hold.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from polemos.record.world import Floats
from polemos.report import basemap
from polemos.report.basemap import DEGREE_KM, Box
from polemos.report.page.contents import PlaceTable

REACH_KM = 30.0
"""A day's march."""

FEWEST = 2
"""Places from which on there is something to divide."""


def cell_paths(places: PlaceTable, box: Box, across: Floats, down: Floats) -> list[str]:
    """An SVG path a place, in units of a thousandth of the map's width; empty where the map has no land there.

    `across`, `down` [P] are the places' positions in the same units. Places on one point share a cell.
    """
    import shapely

    if len(across) < FEWEST:
        return []
    points, of = np.unique(np.round(np.stack([across, down], axis=1), 2), axis=0, return_inverse=True)
    if len(points) < FEWEST:
        return []
    lat = np.zeros(len(points))
    lat[of.ravel()] = places.lat
    km = (box.east - box.west) * DEGREE_KM * np.cos(np.radians(lat)) / 1000
    reach = shapely.buffer(shapely.points(points), REACH_KM / km, quad_segs=5)
    frame = shapely.box(*(shapely.total_bounds(reach)))
    diagram = shapely.voronoi_polygons(shapely.multipoints(points), extend_to=frame, ordered=True)
    near = shapely.intersection(shapely.get_parts(diagram), reach)
    dry = shapely.intersection(near, _land(box))
    shapes = shapely.simplify(np.where(shapely.is_empty(dry), near, dry), 0.4)
    paths = [_path(shape) for shape in shapes]
    return [paths[cell] for cell in of.ravel().tolist()]


def _land(box: Box) -> Any:
    """The land of a box as one shape in the units of the map."""
    import shapely

    from polemos.report.html.basemap_svg import on_map

    wide = box.wider(0.1)
    rings = [
        shapely.Polygon(on_map(polygon[0], box), [on_map(hole, box) for hole in polygon[1:]])
        for feature in basemap.land(wide)
        for polygon in feature["geometry"]["coordinates"]
        if len(polygon[0]) > 3
    ]
    return shapely.unary_union(shapely.make_valid(np.array(rings, object)))


def _path(shape: Any) -> str:
    """A polygon, or several, as a path in steps of a fifth of a unit."""
    import shapely

    parts = []
    for part in shapely.get_parts(shape):
        if part.geom_type != "Polygon" or part.is_empty:
            continue
        corners = np.round(np.asarray(part.exterior.coords)[:-1], 1)
        steps = np.round(np.diff(corners, axis=0), 1)
        line = "".join(f"l{dx:g} {dy:g}" for dx, dy in steps.tolist())
        parts.append(f"M{corners[0, 0]:g} {corners[0, 1]:g}{line}z")
    return "".join(parts)
