"""Voronoi cells of the places, clipped to their convex hull: a weight by surroundings.

A cell is the ground nearer to a place than to any other. It is no area of control: nobody need hold, or even
visit, the ground nearest to the town they hold, and the hull crosses borders, deserts and lakes.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from polemos.record.world import Floats, Places

KM_PER_DEGREE = 111.195


def cells(places: Places) -> Floats:
    """Square kilometres of the cell of each place: [P]. Places on one point share its cell."""
    return np.array(_areas(tuple(places.lat.tolist()), tuple(places.lon.tolist())))


@lru_cache(maxsize=8)
def _areas(lat: tuple[float, ...], lon: tuple[float, ...]) -> tuple[float, ...]:
    from scipy.spatial import ConvexHull, QhullError, Voronoi

    middle = np.cos(np.radians(np.mean(lat)))
    points = np.stack([np.asarray(lon) * middle, np.asarray(lat)], axis=1) * KM_PER_DEGREE
    unique, of, sharing = np.unique(points, axis=0, return_inverse=True, return_counts=True)
    of = of.ravel()
    try:
        hull = ConvexHull(unique)
    except (QhullError, ValueError):
        return (0.0,) * len(lat)
    centre, reach = unique.mean(axis=0), 20 * np.ptp(unique, axis=0).max()
    far = centre + reach * np.array([[1, 0], [-1, 0], [0, 1], [0, -1]])
    diagram = Voronoi(np.concatenate([unique, far]))
    area = np.zeros(len(unique))
    for point in range(len(unique)):
        corners = diagram.vertices[diagram.regions[diagram.point_region[point]]]
        area[point] = _clipped(corners, hull.equations)
    return tuple((area / sharing)[of].tolist())


def _clipped(corners: Floats, sides: Floats) -> float:
    """Area of a convex polygon inside half planes n.x + c <= 0 (Sutherland and Hodgman 1974)."""
    around = np.arctan2(*(corners - corners.mean(axis=0)).T[::-1])
    polygon = corners[np.argsort(around)]
    for x, y, c in sides:
        outside = polygon @ [x, y] + c
        following, then = np.roll(polygon, -1, axis=0), np.roll(outside, -1)
        kept = []
        for start, end, a, b in zip(polygon, following, outside, then, strict=True):
            if a <= 0:
                kept.append(start)
            if (a < 0 < b) or (b < 0 < a):
                kept.append(start + (end - start) * a / (a - b))
        if len(kept) < 3:
            return 0.0
        polygon = np.array(kept)
    x, y = polygon.T
    return float(abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2)
