"""Areas of control as GeoJSON polygons with days: a place is its who holds the area around it (even-odd rule).

A feature has a holder and a day, or a first day and a day after the last; a file whose features have none is of the
day in its name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polemos.record.importers.account import Account, Progress
from polemos.record.importers.days import read_day
from polemos.record.importers.names import Matcher
from polemos.record.importers.places import features
from polemos.record.importers.reading import clean, plain
from polemos.record.importers.snapshots import Seen
from polemos.record.importers.wikipedia import day_of
from polemos.scenario.cells import BadCell
from polemos.scenario.problems import Problem, ScenarioError

HOLDER = ("holder", "controller", "control", "held_by", "actor", "party", "side", "group", "faction", "name", "title")
START = ("date", "day", "as_of", "snapshot", "start", "from", "valid_from", "start_date", "timestamp")
END = ("end", "to", "until", "valid_to", "end_date")
FOREVER = np.datetime64("9999-12-31", "D")


def read_polygons(
    paths: Sequence[Path],
    match: Matcher,
    account: Account,
    date: np.datetime64 | None = None,
    column: str = "",
    order: str = "",
    progress: Progress | None = None,
) -> tuple[list[Seen], bool]:
    """What the areas show of the places, and whether their days are those of the changes. Raises `ScenarioError`."""
    holder_names = (plain(column),) if column else HOLDER
    areas: list[tuple[np.datetime64, np.datetime64, str, NDArray[np.bool_], str]] = []
    lasting = False
    for path in paths:
        for number, feature in enumerate(features(path), 1):
            account.read += 1
            given = feature["properties"]
            name = next((clean(str(given[key]), 200) for key in holder_names if key in given), "")
            if not name:
                mend = "name it with --property"
                raise ScenarioError([Problem(path.name, number, "properties", "no holder", mend)])
            first = _day(given, START, path, number, order) or day_of(path, date)
            last = _day(given, END, path, number, order)
            lasting |= last is not None
            holder = match.organisation(name)
            if not holder:
                account.drop("a holder that nobody knows, see below")
                continue
            inside = within(_rings(feature, path, number), match.lon, match.lat)
            account.kept += 1
            areas.append((first, last if last is not None else FOREVER, holder, inside, path.name))
            if progress is not None:
                progress(account.read)
    match.told(account)
    return _seen(areas, match.ids, lasting=lasting), lasting


def _seen(areas: Sequence[Any], ids: Sequence[str], *, lasting: bool) -> list[Seen]:
    """What is shown on each day on which an area begins (or ends, where areas last)."""
    days = sorted({area[0] for area in areas} | {area[1] for area in areas if area[1] != FOREVER})
    seen = []
    for day in days:
        shown: dict[int, list[tuple[str, str]]] = defaultdict(list)
        for first, last, holder, inside, file in areas:
            if (first <= day < last) if lasting else first == day:
                for row in np.flatnonzero(inside).tolist():
                    shown[row].append((holder, file))
        for row, found in shown.items():
            holders = tuple(dict.fromkeys(holder for holder, _ in found))
            seen.append(Seen(day, ids[row], holders, f"areas of control, {found[0][1][:100]}"))
    return seen


def within(
    rings: Sequence[NDArray[np.float64]], lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Whether points lie in an area of rings (holes are rings too): a ray to the east crosses them oddly often."""
    odd = np.zeros(lon.size, bool)
    for ring in rings:
        ax, ay = ring[:, 0], ring[:, 1]
        bx, by = np.roll(ax, -1), np.roll(ay, -1)
        for x1, y1, x2, y2 in zip(ax, ay, bx, by, strict=True):
            if y1 != y2:
                straddles = (y1 > lat) != (y2 > lat)
                odd ^= straddles & (lon < x1 + (lat - y1) / (y2 - y1) * (x2 - x1))
    return odd


def _rings(feature: Mapping[str, Any], path: Path, number: int) -> list[NDArray[np.float64]]:
    geometry = feature["geometry"]
    parts = {"Polygon": lambda found: [found], "MultiPolygon": list}
    try:
        areas = parts[geometry["type"]](geometry["coordinates"])
        rings = [np.array(ring, float)[:, :2] for polygon in areas for ring in polygon]
        if not all(np.isfinite(ring).all() and len(ring) > 3 for ring in rings):
            raise ValueError
        return rings
    except (ValueError, KeyError, TypeError, IndexError, OverflowError):
        what = "no Polygon or MultiPolygon of longitude and latitude"
        raise ScenarioError([Problem(path.name, number, "geometry", what, "give areas in WGS 84")]) from None


def _day(given: Mapping[str, Any], names: Sequence[str], path: Path, number: int, order: str) -> np.datetime64 | None:
    for name in names:
        if name in given and str(given[name]).strip():
            try:
                return read_day(str(given[name]), order)
            except BadCell as bad:
                raise ScenarioError([Problem(path.name, number, name, bad.what, bad.mend)]) from None
    return None
