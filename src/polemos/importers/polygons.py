"""Dated areas of control: a place belongs to the side whose area it lies in.

A feature has a holder and a day, or a first day and a day after the last; a file whose features have none is of the
day in the name of its layer, or in its own. What no area covers is held by `elsewhere` where the user says so; else
it is not shown, and nobody knows whose it is. So is what lies in an area of a holder that nobody knows.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from polemos.importers.map_dates import day_of, is_epoch, name_days
from polemos.importers.map_pieces import Row
from polemos.importers.snapshots import Maps, Record
from polemos.importers.surroundings import RADIUS_KM, Surroundings, flat_area
from polemos.names.matcher import Matcher
from polemos.readers.geojson_areas import Feature, area_of
from polemos.readers.import_log import Account, Progress
from polemos.readers.kml import JOINT
from polemos.readers.map_features import map_features
from polemos.readers.parse_dates import DateReader
from polemos.readers.read_table import clean, plain
from polemos.record.from_scenario import EARTH_KM
from polemos.scenario.errors import Problem, ScenarioError
from polemos.scenario.load import Scenario
from polemos.scenario.parse_values import BadCell
from polemos.scenario.vocabulary import UNKNOWN

HOLDER = (
    *("holder", "controller", "control", "held_by", "occupier", "actor", "party", "side", "group", "faction", "status"),
    *("name", "name_en", "title"),
)
START = (
    *("date", "day", "as_of", "snapshot", "map_date", "datetime", "start", "from", "valid_from", "start_date"),
    *("begin", "timestamp"),
)
END = ("end", "to", "until", "valid_to", "end_date")
NOBODY = "nobody"
"""As the user writes that no organisation holds what no area covers, or an area of some name."""
FEW_CHANGES = 5
MOVED_KM2 = 100.0
"""Fewer changes of hands than these, while areas move by more than this, say that places lie too far apart [?]."""
NO_HOLDER = "a holder that nobody knows, see below: the places inside are unknown then"


@dataclass(frozen=True, slots=True)
class Drawing:
    """How to read areas: `whose` owns those without a name, `elsewhere` holds what no area covers ("": not said).

    `holders` and `days` name properties, the usual ones where empty; `order` is that of days such as 10/06/2014.
    `radius` in km is that of the surroundings of a place whose shares are taken; 0: none are.
    """

    whose: str = ""
    elsewhere: str = ""
    holders: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    order: str = ""
    date: np.datetime64 | None = None
    radius: float = RADIUS_KM


@dataclass(frozen=True, slots=True)
class Drawn:
    """What areas show: maps of the places, rows of shares.csv, and by how many km2 the areas of one side changed."""

    maps: Maps
    shares: tuple[Row, ...]
    moved_km2: float


@dataclass(slots=True)
class Areas:
    """Which places lie in the areas of each holder: by first day and day after the last (None: a map of that day)."""

    inside: dict[tuple[np.datetime64, np.datetime64 | None], dict[str, NDArray[np.bool_]]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    files: dict[np.datetime64, str] = field(default_factory=dict)
    km2: dict[str, dict[np.datetime64, float]] = field(default_factory=lambda: defaultdict(dict))

    def moved(self) -> float:
        """By how many km2 the areas of the side that changed most grew or shrank from map to map, in all."""
        series = (np.array([of_day[day] for day in sorted(of_day)]) for of_day in self.km2.values())
        return max((float(np.abs(np.diff(km2)).sum()) for km2 in series), default=0.0)


def read_polygons(
    paths: Sequence[Path],
    match: Matcher,
    account: Account,
    drawing: Drawing | None = None,
    progress: Progress | None = None,
) -> Drawn:
    """What the areas show of the places of a scenario. Raises `ScenarioError` with every problem of every file."""
    drawing = drawing or Drawing()
    areas, dates = Areas(), DateReader(drawing.order)
    rest = None if drawing.elsewhere in ("", UNKNOWN) else {NOBODY: ""}.get(drawing.elsewhere, drawing.elsewhere)
    around = Surroundings(match.ids, match.lon, match.lat, drawing.radius or RADIUS_KM, rest)
    problems: list[Problem] = []
    counted: Counter[str] = Counter()
    for group in _by_day(paths, drawing):
        drawn: dict[Any, dict[str, list[BaseGeometry]]] = defaultdict(lambda: defaultdict(list))
        for path in group:
            try:
                read = _read(path, match, account, drawing, dates, counted, problems)
            except ScenarioError as error:
                problems += error.problems
                continue
            for span, holder, area in read:
                drawn[span][holder].append(area)
                areas.files.setdefault(span[0], path.name)
            if progress is not None:
                progress(account.read)
        for span in sorted(drawn, key=str):
            whole = {
                holder: parts[0] if len(parts) == 1 else shapely.union_all(parts)
                for holder, parts in drawn[span].items()
            }
            for holder, area in whole.items():
                inside = areas.inside[span].setdefault(holder, np.zeros(len(match.ids), bool))
                inside |= within(area, match.lon, match.lat)
                areas.km2[holder][span[0]] = EARTH_KM**2 * float(flat_area(np.array([area], object))[0])
            if drawing.radius and span[1] is None:
                around.add(span[0], whole)
    if problems:
        raise ScenarioError(sorted(problems))
    for what, rows in sorted(counted.items()):
        if what.startswith("mended: "):
            account.notes.append(f"{rows} areas mended: {what.removeprefix('mended: ')}")
        else:
            account.drop(what, rows)
    dates.tell(account)
    match.report_doubts(account)
    maps = _maps(areas, match, drawing, account)
    # Areas that last are not maps of a day: what they add up to is nobody's observation.
    return Drawn(maps, () if maps.exact else around.table(), areas.moved())


def _by_day(paths: Sequence[Path], drawing: Drawing) -> list[list[Path]]:
    """Files in the order of the days in their names, those of one day together."""
    groups: dict[Any, list[Path]] = defaultdict(list)
    for path in paths:
        try:
            groups[day_of(path, drawing.date, drawing.order)].append(path)
        except ScenarioError:
            groups[path].append(path)
    return [groups[key] for key in sorted(groups, key=str)]


def _read(
    path: Path,
    match: Matcher,
    account: Account,
    drawing: Drawing,
    dates: DateReader,
    counted: Counter[str],
    problems: list[Problem],
) -> list[tuple[tuple[np.datetime64, np.datetime64 | None], str, BaseGeometry]]:
    """Span, holder and area of every feature of a file that has an area; `problems` gets what is wrong."""
    read = []
    features = map_features(path)
    named = False
    for feature in features:
        account.read += 1
        try:
            area = area_of(feature, path, counted)
            if area is None:
                continue
            holder = _holder(feature, match, drawing, path)
            first = _day(feature, drawing.days or START, path, dates)
            last = _day(feature, END, path, dates)
            if first is None and drawing.date is None:
                first = _day_of_layer(feature, drawing.order)
            named |= first is None and drawing.date is None
            first = day_of(path, drawing.date, drawing.order) if first is None else first
        except ScenarioError as error:
            problems += [problem for problem in error.problems if problem not in problems]
            continue
        if last is not None and last <= first:
            what = f"ends on {last}, not after its first day, {first}"
            problems.append(Problem(path.name, feature.number, "properties", what, "give the day after the last"))
            continue
        if holder:
            account.kept += 1
        else:
            account.drop(NO_HOLDER)
        read.append(((first, last), {NOBODY: ""}.get(holder, holder) if holder else UNKNOWN, area))
    if named and is_epoch(path.stem, drawing.order):
        dates.remarks["seconds since 1970 in the names of files are read as days in UTC"] += 1
    if not read and not problems:
        what = f"no areas in its {len(features)} features"
        problems.append(Problem(path.name, 0, "", what, "leave it out, or export the polygons"))
    return read


def _holder(feature: Feature, match: Matcher, drawing: Drawing, path: Path) -> str:
    """Organisation of an area: of its properties the first that means one. Raises `ScenarioError`."""
    properties = feature.properties
    columns = tuple(plain(name) for name in drawing.holders) or HOLDER
    names = [name for key in columns if (name := clean(str(properties.get(key, "")), 200))]
    for name in names[1:]:
        # A second property counts where it means an organisation for certain; the first is the one in doubt.
        if not match.meant(names[0]) and match.meant(name):
            return match.organisation(name)
    if not drawing.holders and (not names or not match.meant(names[0])):
        for name in _layers(feature):
            if match.meant(name):
                return match.organisation(name)
    if names:
        return match.organisation(names[0])
    if drawing.whose:
        return drawing.whose
    hint = f" (its properties: {', '.join(sorted(properties)[:8])})" if properties else ""
    mend = "name the property with --property, or say with --whose ORGANISATION who has the areas without a name"
    raise ScenarioError([Problem(path.name, feature.number, "properties", f"no holder{hint}", mend)])


def _day(feature: Feature, names: Iterable[str], path: Path, dates: DateReader) -> np.datetime64 | None:
    for name in names:
        value = feature.properties.get(plain(name))
        if value is None or isinstance(value, bool) or not str(value).strip():
            continue
        try:
            return dates.day(str(int(value)) if isinstance(value, float) and value.is_integer() else str(value))
        except BadCell as bad:
            raise ScenarioError([Problem(path.name, feature.number, name, bad.what, bad.mend)]) from None
    return None


def _day_of_layer(feature: Feature, order: str) -> np.datetime64 | None:
    """The one day in the name of a layer, such as control_2022_03_01, or of the innermost folder that has one."""
    for name in _layers(feature):
        try:
            days = name_days(name, order)
        except BadCell:
            continue
        if len(days) == 1:
            return days.pop()
    return None


def _layers(feature: Feature) -> Iterable[str]:
    """The name of a layer as a whole, and those of the folders in it, the innermost first."""
    parts = feature.layer.split(JOINT)
    return [name for name in (feature.layer, *reversed(parts if len(parts) > 1 else [])) if name]


def within(area: BaseGeometry, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether points lie in an area, or on its edge."""
    west, south, east, north = area.bounds
    near = np.flatnonzero((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))
    inside = np.zeros(lon.size, bool)
    if near.size:
        shapely.prepare(area)
        inside[near] = shapely.intersects_xy(area, lon[near], lat[near])
    return inside


def _maps(areas: Areas, match: Matcher, drawing: Drawing, account: Account) -> Maps:
    """The areas as maps of days. Raises `ScenarioError` where whose a place is cannot be said."""
    spans = list(areas.inside)
    exact = any(last is not None for _, last in spans)
    days = sorted({first for first, _ in spans} | {last for _, last in spans if last is not None})
    states: dict[tuple[str, ...], int] = {(): 0}
    state = np.zeros((len(days), len(match.ids)), np.int16)
    uncovered = np.zeros(state.shape, bool)
    rest = () if drawing.elsewhere in ("", UNKNOWN) else ({NOBODY: ""}.get(drawing.elsewhere, drawing.elsewhere),)
    for row, day in enumerate(days):
        shown: dict[str, NDArray[np.bool_]] = {}
        for (first, last), inside in areas.inside.items():
            if (first <= day and (last is None or day < last)) if exact else first == day:
                for holder, places in inside.items():
                    shown[holder] = shown[holder] | places if holder in shown else places
        holders = list(shown)
        cover = np.array([shown[holder] for holder in holders], bool).reshape(len(holders), len(match.ids))
        uncovered[row] = ~cover.any(axis=0)
        for pattern in np.unique(cover, axis=1).T:
            fitting = (cover == pattern[:, np.newaxis]).all(axis=0)
            own = tuple(holder for holder, has in zip(holders, pattern, strict=True) if has and holder != UNKNOWN)
            meant = own or (rest if not pattern.any() else ())
            state[row, fitting] = states.setdefault(meant, len(states))
    _check_rest(state, uncovered, {one for holders in states for one in holders}, match.ids, drawing, account)
    files = [areas.files.get(day, "") for day in days]
    sources = tuple(f"areas of control{', ' if file else ''}{file[:100]}" for file in files)
    return Maps(tuple(days), match.ids, tuple(states), state, sources, exact)


def _check_rest(
    state: NDArray[np.int16],
    uncovered: NDArray[np.bool_],
    sides: set[str],
    ids: Sequence[str],
    drawing: Drawing,
    account: Account,
) -> None:
    """Refuse, or say, that whose some places were is not known when no area covered them."""
    lost = np.flatnonzero((state > 0).any(axis=0) & (uncovered & (state == 0)).any(axis=0))
    if not lost.size or drawing.elsewhere == UNKNOWN:
        return
    several = lost.size > 1
    some = f"{ids[lost[0]]}{f' and {lost.size - 1} more places' if several else ''}"
    if len(sides) > 1:
        are = "are" if several else "is"
        message = (
            f"{some} {are} in no area of some maps and unknown then; --elsewhere says who holds what no area covers"
        )
        account.notes.append(message)
        return
    what = (
        f"{some} {'lie' if several else 'lies'} in an area of {', '.join(sides)} on one map and in none on another, "
        "and no other side's areas are drawn: who holds them then is not known"
    )
    mend = "say who holds what no area covers: --elsewhere ORGANISATION, or nobody, or unknown"
    raise ScenarioError([Problem("the maps", 0, "", what, mend)])


def advice(drawn: Drawn, record: Record, scenario: Scenario) -> list[str]:
    """That a finer grain is wanted, where the areas moved and hardly any place changed hands."""
    size = len(scenario.tables["places.csv"])
    if len(drawn.maps.days) < 2 or record.changes >= FEW_CHANGES or drawn.moved_km2 < MOVED_KM2:
        return []
    some = f"{record.changes or 'no'} change{'s' * (record.changes != 1)} of hands at {size} places"
    more = "cells of a grid show more (polemos new NAME --grid 10km --bbox W,S,E,N)"
    return [f"the areas moved by {drawn.moved_km2:,.0f} km2, which is {some}: {more}"]
