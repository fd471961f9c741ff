"""Links guessed from geography: a proximity graph over the places, its lengths multiplied by a road factor.

Gabriel graph (Gabriel and Sokal 1969, Systematic Zoology 18): two places are joined when the circle on their line as
diameter has no third place in it. Relative neighbourhood graph (Toussaint 1980, Pattern Recognition 12): when no third
is nearer to both than they are to each other; sparser. Both contain the minimum spanning tree, so the map is in one
piece, by ferries where open water parts it. What this is not: a road map. Every link says that it was guessed, and
mountains are not known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from polemos.importers.seas import Feature, Water, ferries, over_land
from polemos.record.from_scenario import EARTH_KM, ROAD_TO_CROW, great_circle

GRAPHS = ("gabriel", "relative")
FERRY = "guessed_ferry"
Line = Sequence[tuple[float, float]]
"""Longitude and latitude along a river."""


@dataclass(frozen=True, slots=True)
class Road:
    """A guessed link between two places by their position in the list, `km` along the road."""

    a: int
    b: int
    kind: str
    km: float


def guess_roads(
    lat: NDArray[np.float64],
    lon: NDArray[np.float64],
    rivers: Sequence[Line] = (),
    graph: str = "gabriel",
    factor: float = ROAD_TO_CROW,
    countries: Sequence[Feature] = (),
) -> list[Road]:
    """Links of a proximity graph, of kind `guessed_road`, or `guessed_river_crossing` where a river lies between.

    Places at one point are joined. With `countries` (GeoJSON features) no road crosses open water, and what it parts is
    joined by a `guessed_ferry`.
    """
    pairs = neighbours(lat, lon, graph)
    roads = over_land(pairs, Water(lat, lon, countries)) if countries else pairs
    return links_along(lat, lon, roads, ferries(pairs, roads, lat, lon), rivers, factor)


def links_along(
    lat: NDArray[np.float64],
    lon: NDArray[np.float64],
    roads: NDArray[np.int64],
    ferries: NDArray[np.int64],
    rivers: Sequence[Line],
    factor: float,
) -> list[Road]:
    """Links along pairs of places: roads are `factor` times as long as the crow flies, ferries as long."""
    wet = crossed(lat, lon, roads, rivers)
    kinds = [*("guessed_river_crossing" if over else "guessed_road" for over in wet), *[FERRY] * len(ferries)]
    a, b = np.vstack([roads, ferries]).T
    km = great_circle(lat[a], lon[a], lat[b], lon[b]) * np.where(np.arange(len(a)) < len(roads), factor, 1.0)
    return [
        Road(int(i), int(j), kind, max(round(float(length), 1), 0.1))
        for i, j, kind, length in zip(a, b, kinds, km, strict=True)
    ]


def neighbours(lat: NDArray[np.float64], lon: NDArray[np.float64], graph: str) -> NDArray[np.int64]:
    """Pairs (i < j) of places that are joined in a graph of `GRAPHS`; in one piece."""
    return _neighbours(_sphere(lat, lon), graph)


def _sphere(lat: NDArray[np.float64], lon: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points on the sphere in km: chords order as distances do, across the date line too."""
    phi, lam = np.radians(lat), np.radians(lon)
    return EARTH_KM * np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)], axis=1)


def _neighbours(points: NDArray[np.float64], graph: str) -> NDArray[np.int64]:
    """Pairs (i < j) of the graph. The candidates are the edges of the hull on the sphere, its Delaunay graph."""
    from scipy.spatial import ConvexHull, QhullError

    size = len(points)
    # Coincident points have no Delaunay graph: each is joined to the first of its kind.
    _, first, back = np.unique(np.round(points, 3), axis=0, return_index=True, return_inverse=True)
    twins = [(int(first[k]), i) for i, k in enumerate(back.ravel()) if first[k] != i]
    base = np.sort(first)
    every = np.stack(np.triu_indices(len(base), 1), axis=1)
    if len(base) > 60:
        try:
            # The centre of the earth closes the hull where the points lie on one side of it.
            hull = ConvexHull(np.vstack([points[base], np.zeros(3)])).simplices
            edges = np.vstack([hull[:, [0, 1]], hull[:, [1, 2]], hull[:, [0, 2]]])
            every = np.unique(np.sort(edges[(edges < len(base)).all(axis=1)], axis=1), axis=0)
        except QhullError:
            pass
    at = points[base]
    direct_pairs = [(int(base[i]), int(base[j])) for i, j in every if not _between(at, int(i), int(j), graph)]
    pairs = sorted((min(pair), max(pair)) for pair in [*direct_pairs, *twins])
    return np.array(pairs, np.int64).reshape(-1, 2) if size else np.zeros((0, 2), np.int64)


def _between(at: NDArray[np.float64], i: int, j: int, graph: str) -> bool:
    """Whether a third point forbids an edge."""
    to_i, to_j = ((at - at[k]) ** 2 @ np.ones(3) for k in (i, j))
    own = to_i[j]
    inside = (to_i + to_j < own - 1e-9) if graph == "gabriel" else (np.maximum(to_i, to_j) < own - 1e-9)
    return bool(inside.any())


def crossed(
    lat: NDArray[np.float64], lon: NDArray[np.float64], pairs: NDArray[np.int64], rivers: Sequence[Line]
) -> NDArray[np.bool_]:
    """Whether the straight line of a pair meets any piece of a river, on the plane of degrees."""
    wet = np.zeros(len(pairs), bool)
    a, b = (np.stack([lon[pairs[:, k]], lat[pairs[:, k]]], axis=1) for k in (0, 1))
    for line in rivers:
        points = np.asarray(line, np.float64)
        for c, d in pairwise(points):
            wet |= (_side(a, b, c) * _side(a, b, d) < 0) & (_side(c, d, a) * _side(c, d, b) < 0)
    return wet


def _side(a: NDArray[np.float64], b: NDArray[np.float64], p: NDArray[np.float64]) -> NDArray[np.float64]:
    """On which side of the line a-b the point p lies: sign of the cross product."""
    ab, ap = b - a, p - a
    sides: NDArray[np.float64] = ab[..., 0] * ap[..., 1] - ab[..., 1] * ap[..., 0]
    return sides
