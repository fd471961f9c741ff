"""Voronoi cells of the places, clipped to their convex hull: a weight by surroundings.

A cell is the ground nearer to a place than to any other. It is no area of control: nobody need hold, or even
visit, the ground nearest to the town they hold, and the hull crosses borders, deserts and lakes.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from polemos.record.world import Floats, Places

KM_PER_DEGREE = 111.195
LEAST_HULL = 1e-6
"""Square kilometres; places whose hull is smaller lie on one line, give or take the rounding of coordinates."""


def cells(places: Places) -> Floats:
    """Square kilometres of the cell of each place: [P]. Places on one point share its cell; all 0 on one line."""
    return np.array(_areas(tuple(places.lat.tolist()), tuple(places.lon.tolist())))


@lru_cache(maxsize=8)
def _areas(lat: tuple[float, ...], lon: tuple[float, ...]) -> tuple[float, ...]:
    import shapely

    middle = np.cos(np.radians(np.mean(lat)))
    points = np.stack([np.asarray(lon) * middle, np.asarray(lat)], axis=1) * KM_PER_DEGREE
    unique, of, sharing = np.unique(points, axis=0, return_inverse=True, return_counts=True)
    sites = shapely.multipoints(unique)
    hull = shapely.convex_hull(sites)
    if shapely.area(hull) < LEAST_HULL:
        return (0.0,) * len(lat)
    diagram = shapely.voronoi_polygons(sites, extend_to=hull, ordered=True)
    area = shapely.area(shapely.intersection(shapely.get_parts(diagram), hull))
    return tuple((area / sharing)[of.ravel()].tolist())
