"""Places out of what people have: a GeoNames dump, a table, points of a map, or a folder of Flee.

Source of the dump's columns: the readme of download.geonames.org/export/dump (CC BY 4.0). What this is not: a judgement
of which places matter; a bounding box and a least population stand for it until a person has looked.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from polemos.importers.flee import is_locations, places_of
from polemos.readers.foreign_values import as_number, is_missing
from polemos.readers.geojson_areas import area_of
from polemos.readers.import_log import EVERY, Account, Progress
from polemos.readers.map_features import MAPS, map_features
from polemos.readers.read_table import clean, read_rows, slug, unique
from polemos.scenario.attributes import attributes
from polemos.scenario.errors import Problem, ScenarioError, quoted
from polemos.scenario.parse_values import ID, BadCell, number

NAMES: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "place_id", "code", "pcode", "geonameid"),
    "name": ("name", "place", "town", "city", "settlement", "place_name", "location", "asciiname", "name_en"),
    "aliases": ("aliases", "alias", "other_names", "alternatenames", "alternate_names", "alt_name"),
    "country": ("country", "country_code", "iso2", "iso", "adm0"),
    "kind": ("kind", "type", "location_type", "class", "place_type"),
    "lat": ("lat", "latitude", "y", "gps_lat", "lat_dd", "point_y"),
    "lon": ("lon", "lng", "long", "longitude", "x", "gps_lon", "lon_dd", "point_x"),
    "people": ("people", "population", "pop", "population_prewar", "inhabitants", "residents"),
    "terrain": ("terrain",),
    "source": ("source", "sources"),
    "notes": ("notes", "note", "comment", "remarks"),
    "holder": ("holder", "controller", "held_by", "control"),
}
GEONAMES = ("GeoNames", "CC BY 4.0")
COLUMNS = 19
DEGREES = re.compile(
    r"(?P<d>\d{1,3}(?:[.,]\d+)?) ?°? ?(?:(?P<m>\d{1,2}(?:[.,]\d+)?) ?'? ?)?"
    r"(?:(?P<s>\d{1,2}(?:[.,]\d+)?) ?(?:\x22|'') ?)?(?P<side>[NSEWnsew])",
    re.ASCII,
)
"""Degrees, minutes and seconds with the side of the world, in plain signs."""
PRIMES = str.maketrans({**dict.fromkeys("′’‘", "'"), **dict.fromkeys("″”“", chr(34)), "º": "°"})
GIVEN = {"lat": 4, "lon": 5, "people": 14}
"""Columns of the dump."""
BOX = tuple[float, float, float, float]
"""West, south, east, north, degrees."""
MOST_ALIASES = 12


@dataclass(frozen=True, slots=True)
class Found:
    """A place as found; `holder` is empty where nobody is named, `people` 0 where nothing is known."""

    id: str
    name: str
    lat: float
    lon: float
    people: float = 0.0
    aliases: str = ""
    country: str = ""
    kind: str = "town"
    terrain: str = ""
    source: str = ""
    notes: str = ""
    holder: str = ""


def read_places(path: Path, account: Account) -> list[Found]:
    """The places of a table or a map, by the names of columns in use, or of Flee. Raises `ScenarioError`."""
    if is_locations(path):
        return _of_flee(path, account)
    decimals = ""
    if path.suffix.lower() in MAPS:
        rows = list(_points(path, account))
    else:
        table = read_rows(path, NAMES, ("name", "lat", "lon"))
        rows, decimals = list(table), table.decimals
        account.notes += table.notes
        if table.unused:
            account.notes.append(f"columns of {path.name} that nothing reads: {', '.join(table.unused[:12])}")
    columns = attributes("places.csv")
    problems: list[Problem] = []
    places: list[Found] = []
    ids: set[str] = set()
    for line, row in rows:
        account.read += 1
        read: dict[str, Any] = {}
        for name in ("lat", "lon", "people"):
            text = "" if is_missing(row.get(name, "")) else row.get(name, "")
            try:
                text = as_number(degrees(text) or text, columns[name], decimals) if text else ""
                read[name] = number(text, columns[name]) if text or name != "people" else 0.0
            except BadCell as bad:
                problems.append(Problem(path.name, line, name, bad.what, bad.mend))
        name = row.get("name", "")[:200]
        if not name:
            problems.append(Problem(path.name, line, "name", "empty", "name the place"))
        if len(read) < 3 or not name:
            continue
        identifier = row.get("id", "")
        if not ID.fullmatch(identifier) or len(identifier) > 64:
            identifier = slug(identifier) or slug(name)
        elif identifier in ids:
            problems.append(Problem(path.name, line, "id", f"place {quoted(identifier)} given twice", "delete one"))
        texts: dict[str, Any] = {
            key: row.get(key, "") for key in ("aliases", "country", "terrain", "source", "notes", "holder")
        }
        if "|" not in texts["aliases"]:
            # GeoNames has commas between other names.
            texts["aliases"] = "|".join(filter(None, (one.strip() for one in re.split("[,;]", texts["aliases"]))))
        place = Found(unique(identifier, ids, "place"), name, **read, **texts, kind=row.get("kind") or "town")
        places.append(place)
    if not problems and not places:
        problems.append(Problem(path.name, 0, "", "no places", "give a table with a row for each place"))
    if problems:
        raise ScenarioError(problems)
    account.kept = len(places)
    return places


def degrees(text: str) -> str:
    """Degrees with a sign out of 48°12'30"N, 48 12.5 N or 37.6W; empty where a text is not written so."""
    match = DEGREES.fullmatch(" ".join(text.translate(PRIMES).split()))
    if not match:
        return ""
    whole, minutes, seconds = (float((match[part] or "0").replace(",", ".")) for part in ("d", "m", "s"))
    # Sixty minutes or seconds and more are a slip of the pen: nobody can tell of which figure.
    if max(minutes, seconds) >= 60.0:
        return ""
    value = whole + minutes / 60 + seconds / 3600
    return f"{-value if match['side'] in 'SWsw' else value:.6f}"


def _of_flee(path: Path, account: Account) -> list[Found]:
    """The places of a folder of Flee that somebody can hold."""
    places = [
        Found(identifier, one.name, one.lat, one.lon, one.people, country=one.country)
        for identifier, one in places_of(path, account)
    ]
    account.kept = len(places)
    account.notes.append("its routes come in with polemos import flee FOLDER --into the new scenario")
    if not places:
        raise ScenarioError([Problem(path.name, 0, "", "no places but camps and markers", "give a folder with towns")])
    return places


def _points(path: Path, account: Account) -> Iterator[tuple[int, dict[str, str]]]:
    """Number of the feature and its row, of a map: points, and a point inside of every area."""
    areas = 0
    for feature in map_features(path):
        properties, at = feature.properties, feature.geometry.get("coordinates")
        if feature.geometry.get("type") != "Point" or not isinstance(at, (list, tuple)) or len(at) < 2:
            counted: Counter[str] = Counter()
            area = area_of(feature, path, counted)
            if area is None:
                account.read += 1
                account.drop(next(iter(counted), "no area, no point"))
                continue
            middle = area.representative_point()
            at, areas = [middle.x, middle.y], areas + 1
        row = {
            ours: clean(str(properties[column]))
            for ours, theirs in NAMES.items()
            if (column := next((name for name in theirs if name in properties), ""))
        }
        yield feature.number, row | {"lon": str(at[0]), "lat": str(at[1])}
    if areas:
        account.notes.append(f"areas that stand for a place inside them: {areas:,}")


def read_geonames(
    path: Path, box: BOX, least: float, account: Account, progress: Progress | None = None
) -> list[Found]:
    """Populated places of a GeoNames dump (.txt, or a .zip with one) within a box, read line by line.

    Raises `ScenarioError`.
    """
    west, south, east, north = box
    columns = attributes("places.csv")
    places: list[Found] = []
    ids: set[str] = set()
    for line, text in enumerate(_lines(path), 1):
        cells = text.rstrip("\r\n").split("\t")
        if len(cells) != COLUMNS:
            what = f"{len(cells)} columns, a GeoNames dump has {COLUMNS}"
            mend = "give a file such as XX.txt of its dump as published, with tabs; other tables go with --places"
            raise ScenarioError([Problem(path.name, line, "", what, mend)])
        account.read += 1
        if progress is not None and account.read % EVERY == 0:
            progress(account.read)
        if cells[6] != "P":
            account.drop("no populated place (feature class P)")
            continue
        try:
            lat, lon, people = (number(cells[at] or columns[name].default, columns[name]) for name, at in GIVEN.items())
        except BadCell:
            what = f"latitude, longitude or population {quoted(', '.join((cells[4], cells[5], cells[14])))}"
            raise ScenarioError([Problem(path.name, line, "", what, "give numbers, as published")]) from None
        if not (west <= lon <= east and south <= lat <= north):
            account.drop("outside the box")
        elif people < least:
            account.drop(f"fewer than {least:,.0f} people")
        elif cells[7] in ("PPLX", "PPLH", "PPLQ", "PPLW"):
            account.drop("a section, or abandoned (PPLX, PPLH, PPLQ, PPLW)")
        else:
            name = clean(cells[1], 200)
            aliases = dict.fromkeys(clean(alias, 60).replace("|", " ") for alias in cells[3].split(",") if alias)
            aliases.pop(name, None)
            place = Found(unique(slug(cells[2] or name), ids, f"place-{cells[0]}"), name, lat, lon, people)
            kind = {"PPLC": "capital", "PPLA": "city"}.get(cells[7], "town" if people >= 1000 else "village")
            listed = "|".join(list(aliases)[:MOST_ALIASES])
            places.append(replace(place, aliases=listed, country=cells[8], kind=kind, source=f"GeoNames {cells[0]}"))
    account.kept = len(places)
    if not places:
        mend = "widen --bbox W,S,E,N or lower --min-population"
        raise ScenarioError([Problem(path.name, 0, "", "no place is left in the box", mend)])
    account.credits.append(GEONAMES)
    return places


def _lines(path: Path) -> Iterator[str]:
    """Lines of a UTF-8 file, or of the only .txt in a zip file that is no readme."""
    import io
    import zipfile
    import zlib

    try:
        if path.suffix.lower() == ".zip":
            with zipfile.ZipFile(path) as archive:
                inside = [name for name in archive.namelist() if name.endswith(".txt") and "readme" not in name]
                if len(inside) != 1:
                    raise ScenarioError(
                        [Problem(path.name, 0, "", f"{len(inside)} tables inside", "give the .txt itself")]
                    )
                with archive.open(inside[0]) as stream:
                    yield from io.TextIOWrapper(stream, encoding="utf-8-sig", newline="\n")
        else:
            with path.open(encoding="utf-8-sig", newline="\n") as lines:
                yield from lines
    # A zip file with a password, or packed in a way that is not known, is a RuntimeError.
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError) as error:
        what = getattr(error, "strerror", None) or "not a zip file that can be read"
        raise ScenarioError([Problem(path.name, 0, "", what, "give a file that can be read")]) from None
    except UnicodeDecodeError:
        raise ScenarioError([Problem(path.name, 0, "", "not UTF-8", "save it as UTF-8")]) from None
