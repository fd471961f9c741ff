"""Features of KML and KMZ, of Google Earth, My Maps and others: what a placemark says, and the folders it lies in.

Folders stand in folders: the outer is often a day and the inner a side, so `layer` has the names of all of them. A time
of a folder is that of its placemarks. Colours are in the style (`styleurl`). Links to other files are not followed, and
a file that has nothing else says so. What this is not: a reader of what is drawn in 3D.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as XML

from polemos.readers.geojson_areas import Feature
from polemos.readers.read_table import clean, plain
from polemos.scenario.errors import Problem, ScenarioError
from polemos.scenario.tables import LARGEST

SUFFIXES = (".kml", ".kmz")
JOINT = " / "
"""What stands between the names of folders in a layer."""
TIMES = ("begin", "end", "when")
DEEPEST = 60
"""Folders in folders that are read."""
GEOMETRIES = {"Point": "Point", "LineString": "LineString", "LinearRing": "LineString"}


def kml_features(path: Path) -> list[Feature]:
    """The placemarks of a file, numbered through. Raises `ScenarioError`."""
    try:
        text = _bytes(path)
        if b"<!ENTITY" in text:
            raise ValueError("entities of XML, which no map needs")
        root = XML.fromstring(text)  # noqa: S314 (what makes XML dangerous is refused above)
        marks = list(_marks(root, (), {}, 0))
        features = [
            Feature(number, properties, geometry, layer=JOINT.join(folders))
            for number, (folders, properties, geometry) in enumerate(marks, 1)
        ]
    except FileNotFoundError:
        raise _wrong(path, "no such file", "look where it lies") from None
    # A zip file with a password, or packed in a way that is not known, is a RuntimeError.
    except (XML.ParseError, OSError, zipfile.BadZipFile, RuntimeError, ValueError, LookupError) as error:
        what = f"not a map that can be read ({' '.join(str(error).split())[:120]})"
        raise _wrong(path, what, "export it again, or as GeoJSON in WGS 84") from None
    if not features:
        if any(_tag(one) == "NetworkLink" for one in root.iter()):
            mend = "export the map itself (in My Maps without “keep data up to date”)"
            raise _wrong(path, "no map but a link to one (NetworkLink), which is not followed", mend)
        raise _wrong(path, "no features", "leave the file out: it shows nothing")
    return features


def _bytes(path: Path) -> bytes:
    """The text of a KML file, or of the first one in a KMZ. Raises `ScenarioError`, `OSError`, `BadZipFile`."""
    if path.stat().st_size > LARGEST:
        raise _wrong(path, f"more than the {LARGEST:,} bytes that are read", "split or thin it")
    if not zipfile.is_zipfile(path):
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        inside = [one for one in archive.infolist() if one.filename.lower().endswith(".kml")]
        # The main file lies at the top (the KMZ specification); those in folders are what it links to.
        inside.sort(key=lambda one: (one.filename.count("/"), one.filename != "doc.kml"))
        if not inside:
            raise _wrong(path, "no KML inside", "give a KMZ file as Google Earth writes it")
        if inside[0].file_size > LARGEST:
            raise _wrong(path, f"more than the {LARGEST:,} bytes unpacked that are read", "split or thin it")
        return archive.read(inside[0])


Mark = tuple[tuple[str, ...], dict[str, Any], dict[str, Any]]


def _marks(element: XML.Element, folders: tuple[str, ...], times: dict[str, str], depth: int) -> Iterator[Mark]:
    """Names of the folders, properties and geometry of every placemark below an element, in the order of the file."""
    if depth > DEEPEST:
        raise ValueError("folders too deep in folders")
    for child in element:
        kind = _tag(child)
        if kind in ("Document", "Folder"):
            name = clean(_text(child, "name"), 200)
            yield from _marks(child, (*folders, name) if name else folders, times | _times(child), depth + 1)
        elif kind == "Placemark":
            yield folders, _properties(child, times | _times(child)), _geometry(child)


def _properties(mark: XML.Element, times: dict[str, str]) -> dict[str, Any]:
    """What a placemark says, by plain name; data of its own come before the words that KML has for everything."""
    properties: dict[str, Any] = {}
    for one in mark.iter():
        if _tag(one) == "Data":
            properties[plain(one.get("name", ""))] = _text(one, "value")
        elif _tag(one) == "SimpleData":
            properties[plain(one.get("name", ""))] = one.text or ""
    for name in ("name", "description", "styleUrl"):
        properties.setdefault(plain(name), _text(mark, name))
    if "when" in times:
        properties.setdefault("timestamp", times["when"])
    for name in ("begin", "end"):
        properties.setdefault(name, times.get(name, ""))
    return {name: text.strip() for name, text in properties.items() if name and text.strip()}


def _times(element: XML.Element) -> dict[str, str]:
    """Texts of the time that an element itself has."""
    spans = [one for one in element if _tag(one) in ("TimeSpan", "TimeStamp")]
    return {_tag(one): (one.text or "").strip() for span in spans for one in span if _tag(one) in TIMES and one.text}


def _geometry(element: XML.Element) -> dict[str, Any]:
    """The geometry of an element in the form of GeoJSON; empty where it has none that is read."""
    shapes = [geometry for child in element if (geometry := _shape(child))]
    if len(shapes) < 2:
        return shapes[0] if shapes else {}
    return {"type": "GeometryCollection", "geometries": shapes}


def _shape(element: XML.Element) -> dict[str, Any]:
    kind = _tag(element)
    if kind == "MultiGeometry":
        return _geometry(element)
    if kind == "Polygon":
        sides = [side for name in ("outerBoundaryIs", "innerBoundaryIs") for side in element if _tag(side) == name]
        rings = [_corners(ring) for side in sides for ring in side if _tag(ring) == "LinearRing"]
        return {"type": "Polygon", "coordinates": rings}
    if kind in GEOMETRIES:
        corners = _corners(element)
        return {"type": GEOMETRIES[kind], "coordinates": corners[0] if kind == "Point" and corners else corners}
    return {}


def _corners(element: XML.Element) -> list[list[float]]:
    """Longitude and latitude along a line; commas may have white space beside them. Raises `ValueError`."""
    text = re.sub(r"\s*,\s*", ",", _text(element, "coordinates"))
    return [[float(number) for number in corner.split(",")[:2]] for corner in text.split()]


def _text(element: XML.Element, name: str) -> str:
    """The text of the first child of a name, in whatever version of KML."""
    return next((" ".join(child.itertext()) for child in element if _tag(child) == name), "")


def _tag(element: XML.Element) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2].rpartition(":")[2]


def _wrong(path: Path, what: str, mend: str) -> ScenarioError:
    return ScenarioError([Problem(path.name, 0, "", what, mend)])
