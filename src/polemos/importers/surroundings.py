"""How much of a place's surroundings each side holds, and how far the edge of its areas is: what maps show before a
place changes hands.

The surroundings are a disk on the sphere around the place. Its share is one of areas (shapely), both measured in the
Lambert cylindrical equal-area projection, whose areas are those of the sphere. The edge is that of the areas as drawn,
their coasts too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from polemos.record.from_scenario import EARTH_KM
from polemos.scenario.vocabulary import UNKNOWN

RADIUS_KM = 5.0
"""Radius of the surroundings of a place (convention)."""
FAR_KM = 50.0
"""Edges further away are not looked for."""
STEP_KM = 0.5
DEGREE_KM = np.pi * EARTH_KM / 180
WIDE = 1.3
"""How much wider is looked than `FAR_KM`, as the plane of a whole map is not that of a place."""
CORNERS = 64
"""Corners of a disk; its area is that of the circle to 0.2 %."""
LEAST_SHARE, LEAST_KM = 0.005, 0.5
"""Changes that a new row is written for."""

Floats = NDArray[np.float64]


def disks(lon: Floats, lat: Floats, radius: float) -> NDArray[np.object_]:
    """A disk of a radius in km around every point, as polygons of degrees."""
    bearing = np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)
    phi, far = np.radians(lat)[:, np.newaxis], radius / EARTH_KM
    north = np.arcsin(np.clip(np.sin(phi) * np.cos(far) + np.cos(phi) * np.sin(far) * np.cos(bearing), -1, 1))
    east = np.arctan2(np.sin(bearing) * np.sin(far) * np.cos(phi), np.cos(far) - np.sin(phi) * np.sin(north))
    corners = np.stack([lon[:, np.newaxis] + np.degrees(east), np.degrees(north)], axis=2)
    return np.asarray(shapely.polygons(corners), object)


def flat_area(areas: NDArray[np.object_]) -> Floats:
    """Area of polygons of degrees on the unit sphere: cylinder of equal areas, x = longitude, y = sine of latitude."""
    flat = shapely.transform(areas, lambda at: np.stack([np.radians(at[:, 0]), np.sin(np.radians(at[:, 1]))], axis=1))
    return np.asarray(shapely.area(flat), float)


@dataclass(slots=True)
class Surroundings:
    """Shares and edges of places, map after map; `rows` are those of shares.csv.

    `elsewhere` holds what no area covers: an organisation, empty for nobody, None where that is not known.
    """

    ids: Sequence[str]
    lon: Floats
    lat: Floats
    radius: float = RADIUS_KM
    elsewhere: str | None = None
    rows: list[dict[str, object]] = field(default_factory=list)
    _disks: NDArray[np.object_] = field(init=False)
    _whole: Floats = field(init=False)
    _last: dict[str, tuple[Floats, Floats]] = field(default_factory=dict)
    _before: dict[str, tuple[Outline, Floats, Floats]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._disks = disks(self.lon, self.lat, self.radius)
        self._whole = flat_area(self._disks)

    def add(self, day: np.datetime64, areas: Mapping[str, BaseGeometry]) -> None:
        """Take the areas of a map: holder (`UNKNOWN` too) to area. Days come in order."""
        ids = {holder: self._of(holder, area) for holder, area in areas.items()}
        if self.elsewhere is not None and self.elsewhere not in ids:
            whole = next(iter(areas.values())) if len(areas) == 1 else shapely.union_all(list(areas.values()))
            share, edge = self._of("the areas of all", whole) if len(areas) > 1 else next(iter(ids.values()))
            ids[self.elsewhere] = (1 - share, -edge)
        ids.pop(UNKNOWN, None)
        for holder, (share, edge) in ids.items():
            self._write(day, holder, share, edge)
        none = np.zeros(len(self.ids)), np.full(len(self.ids), np.nan)
        for holder in self._last.keys() - ids.keys():
            self._write(day, holder, *none)

    def table(self) -> tuple[dict[str, object], ...]:
        """Rows of shares.csv, one for a place, holder and day."""
        return tuple({(row["place"], row["holder"], row["date"]): row for row in self.rows}.values())

    def _of(self, holder: str, area: BaseGeometry) -> tuple[Floats, Floats]:
        """Shares of an area in all disks, and signed distances to its edge. What did not move is not measured again."""
        outline = Outline.of(area)
        inside = np.asarray(shapely.intersects_xy(area, self.lon, self.lat))
        before = self._before.get(holder)
        share, far = inside.astype(float), np.full(inside.size, np.nan)
        stale = np.ones(inside.size, bool)
        if before is not None:
            stale = outline.moved(before[0], self.lon, self.lat)
            far = np.where(stale, np.nan, before[2])
        if stale.any():
            far[stale] = outline.km(self.lon[stale], self.lat[stale])
        some = far <= 1.01 * self.radius
        if before is not None:
            share = np.where(some & ~stale, before[1], share)
        some &= stale
        share[some] = shares(area, self._disks[some], self._whole[some])
        self._before[holder] = (outline, share, far)
        return share, np.where(inside, far, -far)

    def _write(self, day: np.datetime64, holder: str, share: Floats, edge: Floats) -> None:
        if holder not in self._last:
            self._last[holder] = np.zeros(share.size), np.full(share.size, np.nan)
        old_share, old_edge = self._last[holder]
        moved = np.abs(np.nan_to_num(edge, nan=1e6) - np.nan_to_num(old_edge, nan=1e6)) > LEAST_KM
        for row in np.flatnonzero((np.abs(share - old_share) > LEAST_SHARE) | moved).tolist():
            old_share[row], old_edge[row] = share[row], edge[row]
            km = "" if np.isnan(edge[row]) else f"{edge[row]:.1f}"
            self.rows.append(
                {"place": self.ids[row], "date": day, "holder": holder, "share": f"{share[row]:.3f}", "edge_km": km}
            )


def shares(area: BaseGeometry, circles: NDArray[np.object_], whole: Floats) -> Floats:
    """Share of each disk that an area covers, 0 to 1; `whole` are the areas of the disks."""
    bounds = shapely.bounds(circles)
    near = np.array([shapely.clip_by_rect(area, *sides) for sides in bounds.tolist()], object)
    return np.clip(flat_area(shapely.intersection(near, circles)) / whole, 0, 1)


@dataclass(frozen=True, slots=True)
class Outline:
    """Corners of the rings of an area in degrees, no further apart than `STEP_KM`, and the ring of each."""

    corners: Floats
    ring: NDArray[np.int64]

    @classmethod
    def of(cls, area: BaseGeometry) -> Outline:
        """The outline of an area."""
        fine = shapely.segmentize(area, STEP_KM / DEGREE_KM)
        corners, ring = shapely.get_coordinates(shapely.get_rings(shapely.get_parts(fine)), return_index=True)
        return cls(corners, ring)

    def moved(self, before: Outline, lon: Floats, lat: Floats) -> NDArray[np.bool_]:
        """Points within `FAR_KM` of a corner that is in only one of two outlines."""
        one, other = (np.ascontiguousarray(outline.corners).view("c16").ravel() for outline in (self, before))
        changed = np.setxor1d(one, other)
        if not changed.size:
            return np.zeros(lon.size, bool)
        flat = np.array([float(np.cos(np.radians(lat.mean()))), 1.0])
        rows = _nearest(changed.view("f8").reshape(-1, 2) * flat, np.stack([lon, lat], axis=1) * flat)
        return rows[:, 0] < changed.size

    def km(self, lon: Floats, lat: Floats) -> Floats:
        """Km from points to the nearest edge, among those that meet in the two nearest corners; NaN beyond `FAR_KM`."""
        flat = np.array([float(np.cos(np.radians(lat.mean()))), 1.0])
        points = np.stack([lon, lat], axis=1)
        nearest = _nearest(self.corners * flat, points * flat)
        last = len(self.corners) - 1
        far = np.full(lon.size, np.nan)
        near = np.flatnonzero(nearest[:, 0] <= last)
        # Degrees to km at the place itself.
        local = DEGREE_KM * np.stack([np.cos(np.radians(lat[near])), np.ones(near.size)], axis=1)
        km = np.full(near.size, np.inf)
        for column in (0, 1):
            at = np.minimum(nearest[near, column], last)
            for step in (-1, 1):
                other = np.clip(at + step, 0, last)
                other = np.where(self.ring[other] == self.ring[at], other, at)
                a, b = (self.corners[at] - points[near]) * local, (self.corners[other] - points[near]) * local
                along = b - a
                part = np.clip(-(a * along).sum(axis=1) / np.maximum((along**2).sum(axis=1), 1e-12), 0, 1)
                km = np.minimum(km, np.sqrt(((a + part[:, np.newaxis] * along) ** 2).sum(axis=1)))
        far[near] = np.where(km <= FAR_KM, km, np.nan)
        return far


def _nearest(corners: Floats, points: Floats) -> NDArray[np.int64]:
    """Rows of the two corners nearest to each point [point, 2], past the last where there is none within reach."""
    from scipy.spatial import KDTree

    tree = KDTree(corners)  # type: ignore[no-untyped-call]
    _, rows = tree.query(points, k=2, distance_upper_bound=WIDE * FAR_KM / DEGREE_KM)  # type: ignore[no-untyped-call]
    return np.asarray(rows, np.int64)
