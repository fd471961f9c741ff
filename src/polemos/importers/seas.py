"""Replaces guessed roads across open water: by a detour over land where there is one, else by a ferry.

The coast is that of the base map (1:50 million), a few kilometres coarse, so a road may cross as much water as that:
a bay, a strait, an estuary or a lake's edge. Ferries are the fewest and shortest that leave no place apart, since a
place without a link never changes hands. What this is not: a table of ports and ships.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polemos.record.from_scenario import great_circle

WATER_KM = 8.0
"""Open water in one piece that a straight road may cross (convention [?]: the error of the coast, on either side)."""
NEAREST = 6
"""Pairs of places that are tried, the nearest first, to join two pieces of the map over land."""

Floats = NDArray[np.float64]
Pairs = NDArray[np.int64]
Feature = Mapping[str, Any]


class Water:
    """Open water around some places: what countries of the base map do not cover."""

    def __init__(self, lat: Floats, lon: Floats, countries: Sequence[Feature]) -> None:
        """`countries` are GeoJSON features of polygons, degrees; without any, nothing is known of water."""
        import shapely

        self.lat, self.lon = lat, lon
        # A country that is cut at the antimeridian may fold onto a line, which the default method does not bear.
        areas = shapely.from_geojson([_text(one["geometry"]) for one in countries])
        shapes = list(shapely.make_valid(areas, method="structure", keep_collapsed=False))
        self.land = shapely.union_all(shapes) if shapes else None
        if self.land is not None:
            shapely.prepare(self.land)

    def parts(self, pairs: Pairs) -> NDArray[np.bool_]:
        """Whether the straight line of each pair of places crosses more open water than `WATER_KM` in one piece."""
        import shapely

        if self.land is None or not len(pairs):
            return np.zeros(len(pairs), bool)
        ends = np.stack([np.stack([self.lon[pairs], self.lat[pairs]], axis=2)], axis=0)[0]
        lines = shapely.linestrings(ends)
        wet = ~shapely.covers(self.land, lines)
        for row in np.flatnonzero(wet):
            pieces = shapely.get_parts(shapely.difference(lines[row], self.land))
            wet[row] = any(_km(piece) > WATER_KM for piece in pieces)
        return np.asarray(wet, bool)

    def goes_round(self, pair: NDArray[np.int64]) -> bool:
        """Whether land joins two places near their straight line: in its box, wider by half of the distance."""
        import shapely

        if self.land is None:
            return True
        lon, lat = self.lon[pair], self.lat[pair]
        margin = 0.5 * max(np.ptp(lon), np.ptp(lat))
        box = (lon.min() - margin, lat.min() - margin, lon.max() + margin, lat.max() + margin)
        near = shapely.get_parts(shapely.clip_by_rect(self.land, *box))
        degree_km = 111.2
        ends = [
            shapely.distance(near, shapely.points(x, y)) * degree_km < WATER_KM for x, y in zip(lon, lat, strict=True)
        ]
        return bool((ends[0] & ends[1]).any())


def over_land(pairs: Pairs, water: Water) -> Pairs:
    """The pairs that no open water parts, and the shortest ways over land between the pieces that are left."""
    dry = pairs[~water.parts(pairs)]
    if len(dry) == len(pairs):
        return pairs
    size = len(water.lat)
    piece = _pieces(dry, size)
    added: list[tuple[int, int]] = []
    tried: set[tuple[int, int]] = set()
    while (pair := _way(piece, water, tried)) is not None:
        added.append(pair)
        piece = _pieces(np.vstack([dry, np.array(added, np.int64)]), size)
    return np.vstack([dry, np.array(added, np.int64).reshape(-1, 2)])


def ferries(pairs: Pairs, dry: Pairs, lat: Floats, lon: Floats) -> Pairs:
    """The shortest of `pairs` that join the pieces which the pairs `dry` leave of the map (Kruskal 1956).

    In one piece where `pairs` are a Gabriel or a relative neighbourhood graph: the shortest pair across any cut of the
    places is in both, as a third place between the two would make a shorter one.
    """
    piece = _pieces(dry, len(lat))
    order = np.argsort(great_circle(lat[pairs[:, 0]], lon[pairs[:, 0]], lat[pairs[:, 1]], lon[pairs[:, 1]]))
    shortest: list[int] = []
    for row in order.tolist():
        one, other = piece[pairs[row]].tolist()
        if one != other:
            piece[piece == other] = one
            shortest.append(row)
    return pairs[np.array(shortest, np.int64)]


def pieces_of(pairs: Pairs, size: int) -> list[list[int]]:
    """Places that roads join, the largest piece first."""
    members: dict[int, list[int]] = defaultdict(list)
    for place, piece in enumerate(_pieces(pairs, size).tolist()):
        members[piece].append(place)
    return sorted(members.values(), key=lambda places: (-len(places), places))


def _way(piece: NDArray[np.int64], water: Water, tried: set[tuple[int, int]]) -> tuple[int, int] | None:
    """A pair over land that joins two pieces of the map; pieces that were tried in vain are left."""
    names = np.unique(piece)
    for one in names[1:] if len(names) > 1 else names[:0]:
        inside, outside = np.flatnonzero(piece == one), np.flatnonzero(piece != one)
        key = (int(inside[0]), len(inside))
        if key in tried:
            continue
        tried.add(key)
        km = great_circle(
            water.lat[inside, np.newaxis], water.lon[inside, np.newaxis], water.lat[outside], water.lon[outside]
        )
        order = np.argsort(km, axis=None)[:50]
        a, b = np.unravel_index(order, km.shape)
        pairs = np.sort(np.stack([inside[a], outside[b]], axis=1), axis=1)
        dry = np.flatnonzero(~water.parts(pairs))
        way = next(
            (row for row in [*dry, *range(min(NEAREST, len(pairs)))] if row in dry or water.goes_round(pairs[row])),
            None,
        )
        if way is not None:
            first, second = pairs[way].tolist()
            return first, second
    return None


def _pieces(pairs: Pairs, size: int) -> NDArray[np.int64]:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    matrix: Any = coo_array
    joined = matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(size, size))
    piece: NDArray[np.int64] = connected_components(joined, directed=False)[1].astype(np.int64)
    return piece


def _km(piece: Any) -> float:
    """Length of a straight piece of a line."""
    (west, south), (east, north) = piece.coords[0], piece.coords[-1]
    return float(great_circle(np.array([south]), np.array([west]), np.array([north]), np.array([east]))[0])


def _text(geometry: Mapping[str, Any]) -> str:
    import json

    return json.dumps(geometry)
