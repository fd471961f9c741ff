"""Folders of the Flee displacement model: its places, and its routes as roads. Source: read in Flee 3.2b.

Columns go by position, whatever the header calls them; a line that begins with # is skipped; latitude stands first,
though it may be called gps_x. The kind of a place is the first of `KINDS` that its word has in it. Column 8 counts
people, but at a camp it is the capacity. Routes run both ways. What has no meaning for control is counted by its name:
camps, days of conflict, closures, forced redirections, corrected registrations.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from polemos.importers.add_rows import Line
from polemos.readers.import_log import Account
from polemos.readers.read_sheet import read_sheet
from polemos.readers.read_table import clean, slug, unique
from polemos.scenario.attributes import Attribute, attributes
from polemos.scenario.errors import Problem, ScenarioError, nearest, quoted
from polemos.scenario.parse_values import BadCell, number

LOCATIONS, ROUTES = "locations.csv", "routes.csv"
INPUT = "input_csv"
CAMP, MARKER, TOWN = "camp", "marker", "town"
KINDS = (CAMP, "conflict", "forward", MARKER, "flood_zone", TOWN, "default")
"""Words of `location_type` in the order in which Flee looks for them."""
KM = attributes("links.csv")["km"]
BLANK = 4096
"""Bytes of the largest table that is looked at for being blank."""
Cells = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Location:
    """A row of locations.csv. `people` is 0 where it is not known; `kind` is one of `KINDS`."""

    line: int
    name: str
    country: str
    lat: float
    lon: float
    kind: str
    people: float


@dataclass(frozen=True, slots=True)
class Route:
    """A row of routes.csv, or a way through places that are none of the scenario's; `km` along the road."""

    line: int
    a: str
    b: str
    km: float


def is_locations(path: Path) -> bool:
    """Whether a table of places is Flee's, by its columns and its name; a folder, by the table in it."""
    if path.is_dir():
        return (folder_of(path) / LOCATIONS).is_file()
    if not path.is_file():
        return False
    with path.open("rb") as lines:
        head = lines.readline(4096).lower()
    own = [word in head for word in (b"location_type", b"conflict_date")]
    return all(own) or (path.name == LOCATIONS and any(own))


def folder_of(path: Path) -> Path:
    """The folder with the tables: Flee's input folder itself, or the one above it."""
    return path if (path / LOCATIONS).exists() or not (path / INPUT).is_dir() else path / INPUT


def read_locations(path: Path, account: Account, encoding: str = "") -> list[Location]:
    """The places of a locations.csv. Raises `ScenarioError` with all that is wrong."""
    columns = attributes("places.csv")
    problems: list[Problem] = []
    places: list[Location] = []
    lines: dict[str, int] = {}
    for line, row in _rows(path, account, encoding):
        cells = [clean(cell, 200) for cell in row]
        if len(cells) < 6:
            mend = "write name, region, country, latitude, longitude, location_type, conflict_date, population"
            problems.append(Problem(path.name, line, "", f"{len(cells)} cells", mend))
            continue
        cells += [""] * (8 - len(cells))
        wrong = len(problems)
        name, kind = cells[0], kind_of(cells[5])
        if not name:
            problems.append(Problem(path.name, line, "name", "empty", "name the place"))
        elif name in lines:
            what = f"{quoted(name)} stands in line {lines[name]} too"
            problems.append(Problem(path.name, line, "name", what, "delete one of the two"))
        lat, lon = (
            _number(path, line, column, cells[at], columns[ours], problems)
            for column, at, ours in (("latitude", 3, "lat"), ("longitude", 4, "lon"))
        )
        people = _number(path, line, "population", cells[7] or "0", columns["people"], problems)
        if not kind:
            what = quoted(cells[5]) if cells[5] else "empty"
            mend = "write conflict_zone, town, camp, forwarding_hub or marker"
            problems.append(Problem(path.name, line, "location_type", what, mend))
        if len(problems) == wrong:
            lines[name] = line
            country = "" if cells[2].lower() == "unknown" else cells[2]
            places.append(Location(line, name, country, lat, lon, kind, 0.0 if kind == CAMP else people))
    if not problems and not places:
        problems.append(Problem(path.name, 0, "", "no places", "give a table with a row for each place"))
    if problems:
        raise ScenarioError(problems)
    account.read += len(places)
    return places


def kind_of(word: str) -> str:
    """The kind of a place as Flee reads it; empty where its word has none in it."""
    return next((kind for kind in KINDS if kind in word.lower()), "")


def is_place(location: Location) -> bool:
    """Whether somebody can hold it: a camp is a place of refuge, a marker a point on a road."""
    return location.kind not in (CAMP, MARKER)


def read_routes(path: Path, locations: Sequence[Location], account: Account, encoding: str = "") -> list[Route]:
    """The routes of a routes.csv, the shortest of each pair. Raises `ScenarioError` with all that is wrong."""
    names = {one.name for one in locations}
    problems: list[Problem] = []
    shortest: dict[frozenset[str], Route] = {}
    forced = 0
    for line, row in _rows(path, account, encoding):
        account.read += 1
        cells = [clean(cell, 200) for cell in row]
        if len(cells) < 3:
            what = f"{len(cells)} cells"
            problems.append(Problem(path.name, line, "", what, "write name1, name2, distance, forced_redirection"))
            continue
        wrong = len(problems)
        for column, name in zip(("name1", "name2"), cells, strict=False):
            if name not in names:
                what = f"{quoted(name)} is none of {LOCATIONS}" if name else "empty"
                problems.append(Problem(path.name, line, column, what, nearest(name, sorted(names))))
        if cells[0] == cells[1] and len(problems) == wrong:
            problems.append(Problem(path.name, line, "name2", f"{quoted(cells[1])} is both ends", "name the other end"))
        km = _number(path, line, "distance", cells[2], KM, problems)
        if km <= 0:
            problems.append(Problem(path.name, line, "distance", quoted(cells[2]), "more than 0 km are wanted"))
        redirection = cells[3] if len(cells) > 3 else ""
        if redirection not in ("", "0", "1", "2", "0.0", "1.0", "2.0"):
            mend = "write 0 (none), 1 (from name1 on to name2) or 2 (from name2 on to name1)"
            problems.append(Problem(path.name, line, "forced_redirection", quoted(redirection), mend))
        if len(problems) > wrong:
            continue
        forced += redirection[:1] in ("1", "2")
        pair = frozenset(cells[:2])
        if pair in shortest:
            account.drop("another route between the same two; the shorter is taken")
        if pair not in shortest or km < shortest[pair].km:
            shortest[pair] = Route(line, cells[0], cells[1], km)
    if problems:
        raise ScenarioError(problems)
    if forced:
        account.notes.append(f"routes with a forced redirection, of which control knows nothing: {forced:,}")
    return list(shortest.values())


def without(routes: Sequence[Route], names: set[str]) -> list[Route]:
    """The routes with those through some names made one: from each neighbour to each other, the shortest."""
    ways = {frozenset((one.a, one.b)): one for one in routes}
    for name in sorted(names):
        ends = [(next(iter(pair - {name})), ways.pop(pair)) for pair in list(ways) if name in pair]
        for row, (a, first) in enumerate(ends):
            for b, second in ends[row + 1 :]:
                joined = Route(max(first.line, second.line), a, b, first.km + second.km)
                old = ways.get(frozenset((a, b)))
                if old is None or joined.km < old.km:
                    ways[frozenset((a, b))] = joined
    return list(ways.values())


def roads(
    folder: Path,
    account: Account,
    place: Callable[[Location], str],
    road_kind: Callable[[str, str], str],
    encoding: str = "",
) -> list[Line]:
    """Rows of links.csv out of a folder; `place` gives the id of a location in the scenario, or nothing.

    `road_kind` gives the kind of the road that the scenario has between two ids, or nothing. Raises `ScenarioError`
    with what is wrong in all of the folder's tables.
    """
    where = folder_of(folder)
    problems: list[Problem] = []
    locations: list[Location] = []
    routes: list[Route] = []
    try:
        locations = read_locations(where / LOCATIONS, account, encoding)
        routes = read_routes(where / ROUTES, locations, account, encoding)
    except ScenarioError as error:
        problems += error.problems
    names = {one.name for one in locations}
    for read in (_conflicts, _closures, _rest):
        try:
            read(where, names, account, encoding)
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems)
    dropped = tell_kinds(locations, account)
    ids = {one.name: place(one) for one in locations if is_place(one)}
    strangers = [name for name, identifier in ids.items() if not identifier]
    account.kept += len(ids) - len(strangers)
    account.unknown["places"] += len(strangers)
    account.drop("a place that is none of the scenario's, see below", len(strangers))
    ways = without(routes, dropped)
    if joined := sum(one not in routes for one in ways):
        account.notes.append(f"roads through camps and markers, joined from end to end: {joined:,}")
    lines_by_pair: dict[frozenset[str], Line] = {}
    for one in sorted(ways, key=lambda one: -one.km):
        a, b = ids[one.a], ids[one.b]
        if a and b and a != b:
            row = {"a": a, "b": b, "kind": road_kind(a, b) or "road", "km": f"{one.km:.10g}"}
            lines_by_pair[frozenset((a, b))] = Line(ROUTES, one.line, row)
    to_camps = sum(bool({one.a, one.b} & dropped) for one in routes)
    lost = sum("" in (ids.get(one.a), ids.get(one.b)) for one in routes if not {one.a, one.b} & dropped)
    account.drop("a route to a camp or a marker; roads that go on through it are joined", to_camps)
    account.drop("a route to a place that is none of the scenario's", lost)
    account.kept += len(routes) - to_camps - lost
    return sorted(lines_by_pair.values(), key=lambda line: line.line)


def tell_kinds(locations: Sequence[Location], account: Account) -> set[str]:
    """Count the places that nobody can hold, by kind; gives their names."""
    for kind, plural in ((CAMP, "camps"), (MARKER, "markers")):
        names = [one.name for one in locations if one.kind == kind]
        account.drop(f"{plural}, which nobody holds ({', '.join(names[:8])}{', ...' * (len(names) > 8)})", len(names))
    zones = sum(one.kind == "conflict" for one in locations)
    if zones:
        account.notes.append(f"conflict zones, read as towns: {zones:,}; Flee does not say who holds them")
    return {one.name for one in locations if not is_place(one)}


def _conflicts(folder: Path, names: set[str], account: Account, encoding: str) -> None:
    """Count the days of conflict by place; the row is the day, and the column of the day is not read."""
    path = folder / "conflicts.csv"
    table = _all(path, account, encoding)
    if not table:
        return
    (_, head), *body = table
    places = [clean(cell, 200) for cell in head[1:]]
    problems: list[Problem] = []
    days: Counter[str] = Counter()
    for line, row in body:
        if len(row) > len(head) or len(row) < len([cell for cell in head if cell.strip()]):
            what = f"{len(row)} cells for {len(head)} columns"
            problems.append(Problem(path.name, line, "", what, "complete the row"))
            continue
        for name, cell in zip(places, row[1:], strict=False):
            if not name and not cell.strip():
                continue
            try:
                intensity = float(cell or 0)
            except ValueError:
                intensity = math.nan
            if not 0 <= intensity <= 1:
                problems.append(Problem(path.name, line, name, quoted(cell), "an intensity from 0 to 1 is wanted"))
            elif intensity:
                days[name] += 1
    if problems:
        raise ScenarioError(problems)
    if days:
        top = ", ".join(f"{name} {many:,}" for name, many in days.most_common(6))
        more = ", ..." if len(days) > 6 else ""
        what = f"days of conflict in {path.name}, which do not say who holds and are left out"
        account.notes.append(f"{what}: {days.total():,} at {len(days):,} places ({top}{more})")
    strange = [name for name in places if name and name not in names]
    if strange and names:
        account.notes.append(f"{path.name} has places that {LOCATIONS} has not: {', '.join(strange[:8])}")


def _closures(folder: Path, _: set[str], account: Account, encoding: str) -> None:
    path = folder / "closures.csv"
    kinds = Counter(clean(row[0], 40) for _, row in _rows(path, account, encoding, needed=False))
    if kinds:
        listed = ", ".join(f"{many:,} {kind or 'without a type'}" for kind, many in kinds.most_common())
        account.notes.append(f"closures of {path.name}, of which control knows nothing: {listed}")


def _rest(folder: Path, _: set[str], account: Account, encoding: str) -> None:
    path = folder / "registration_corrections.csv"
    if rows := _rows(path, account, encoding, needed=False):
        account.notes.append(f"{path.name} corrects counts in camps and is left out: {len(rows):,} rows")
    period = {row[0].strip().lower(): row[1].strip() for _, row in _period(folder, account, encoding) if len(row) > 1}
    if "startdate" in period:
        account.notes.append(f"sim_period.csv: from {period['startdate'][:20]}, {period.get('length', '?')[:20]} days")
    read = {LOCATIONS, ROUTES, "conflicts.csv", "closures.csv", path.name, "sim_period.csv"}
    others = sorted(one.name for one in folder.glob("*.csv") if one.name not in read) if folder.is_dir() else []
    if others:
        account.notes.append(f"tables of Flee that nothing reads: {', '.join(others[:8])}")


def _period(folder: Path, account: Account, encoding: str) -> Sequence[Cells]:
    return _all(folder / "sim_period.csv", account, encoding)


def _all(path: Path, account: Account, encoding: str) -> Sequence[Cells]:
    """The rows of a table that need not be there, or may be empty."""
    if not path.is_file() or (path.stat().st_size < BLANK and not path.read_bytes().strip()):
        return ()
    sheet = read_sheet(path, encoding)
    account.notes += [note for note in sheet.notes if note not in account.notes]
    return sheet.rows


def _rows(path: Path, account: Account, encoding: str, *, needed: bool = True) -> list[Cells]:
    """The rows of a table without its header and without what stands behind a #."""
    if needed:
        sheet = read_sheet(path, encoding)
        account.notes += [note for note in sheet.notes if note not in account.notes]
        table: Sequence[Cells] = sheet.rows
    else:
        table = _all(path, account, encoding)
    return [(line, row) for line, row in table if not row[0].lstrip().startswith("#") and not _is_header(row)]


def _is_header(row: Sequence[str]) -> bool:
    """A header that has lost its #."""
    return row[0].strip().lower() in ("name", "name1", "closure_type") and len(row) > 1


def _number(path: Path, line: int, column: str, text: str, about: Attribute, problems: list[Problem]) -> float:
    """A number of the kind of an attribute; anything else is reported, and counts as 1."""
    try:
        return number(text, about)
    except BadCell as bad:
        problems.append(Problem(path.name, line, column, bad.what, bad.mend))
        return 1.0


def places_of(path: Path, account: Account) -> list[tuple[str, Location]]:
    """The places of a folder or its locations.csv that somebody can hold, each with an id. Raises `ScenarioError`."""
    locations = read_locations(folder_of(path) / LOCATIONS if path.is_dir() else path, account)
    tell_kinds(locations, account)
    ids: set[str] = set()
    return [(unique(slug(one.name), ids, "place"), one) for one in locations if is_place(one)]
