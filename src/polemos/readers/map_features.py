"""Features of a map in any format of the trade: GeoJSON and KML by ourselves, the others by GDAL (pyogrio), in degrees.

Shapefiles (also in a zip file), GeoPackage, TopoJSON, Esri JSON, GML, FlatGeobuf and MapInfo. A projection that a file
names is taken back to WGS 84 (pyproj). The name of a layer, of the folders of KML or of a file in a zip file goes with
each feature: people put the side or the day of a map into it. Links to other places are not followed.
"""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from polemos.readers import kml
from polemos.readers.geojson_areas import Feature, read_features
from polemos.readers.read_table import plain
from polemos.scenario.errors import Problem, ScenarioError, quoted
from polemos.scenario.tables import LARGEST

if TYPE_CHECKING:
    from numpy.typing import NDArray

DRIVERS = {
    ".shp": ("ESRI Shapefile",),
    ".gpkg": ("GPKG",),
    **dict.fromkeys((".topojson", ".json", ".geojson"), ("TopoJSON", "ESRIJSON")),
    ".gml": ("GML",),
    ".fgb": ("FlatGeobuf",),
    **dict.fromkeys((".tab", ".mif"), ("MapInfo File",)),
}
"""Formats of GDAL by the endings of files; a file in another format than its name says is refused."""
GEOJSON = (".geojson", ".json")
OTHER_JSON = re.compile(rb'"type"\s*:\s*"Topology"|"geometryType"\s*:\s*"esri')
MAPS = frozenset((*DRIVERS, *kml.SUFFIXES, ".zip"))
"""Endings of files that are maps and no tables."""
HEAD = 65_536
"""Bytes at either end of a JSON text in which its kind is looked for."""
NO_VALUE = frozenset(("NaT", "nan", "None", ""))


def map_features(path: Path) -> list[Feature]:
    """The features of a map. Raises `ScenarioError`."""
    kind = path.suffix.lower()
    if kind == ".zip":
        return [feature for inside, file in _unpacked(path) for feature in _named(inside, file)]
    if kind == ".shx" or kind == ".dbf":
        raise _wrong(path, "a part of a shapefile", "give the .shp that lies beside it, or all of them in a zip file")
    if kind in kml.SUFFIXES:
        return kml.kml_features(path)
    if kind in DRIVERS and (kind not in GEOJSON or _is_other_json(path)):
        return list(_by_gdal(path, DRIVERS[kind]))
    return read_features(path)


def _named(inside: str, file: Path) -> Iterator[Feature]:
    """Features of a file in a zip file; its name stands before that of their layer."""
    for feature in map_features(file):
        layer = "" if feature.layer == inside else feature.layer
        yield replace(feature, layer=kml.JOINT.join(filter(None, (inside, layer))))


def _unpacked(path: Path) -> Iterator[tuple[str, Path]]:
    """Name without its ending, and a copy on disk, of every map in a zip file."""
    try:
        with zipfile.ZipFile(path) as archive, tempfile.TemporaryDirectory(prefix="polemos-") as folder:
            parts = [one for one in archive.infolist() if not one.is_dir() and "__MACOSX" not in one.filename]
            size = sum(one.file_size for one in parts)
            if size > LARGEST:
                raise _wrong(path, f"{size:,} bytes unpacked, more than the {LARGEST:,} that are read", "split it")
            folders: dict[Path, Path] = {}
            maps = []
            for part in parts:
                name = Path(part.filename.replace("\\", "/"))
                # The parts of a shapefile stay together, and files of one name in two folders apart.
                place = folders.setdefault(name.parent, Path(folder) / str(len(folders)))
                place.mkdir(exist_ok=True)
                copy = place / name.name
                copy.write_bytes(archive.read(part))
                if name.suffix.lower() in MAPS - {".zip"}:
                    maps.append(copy)
            if not maps:
                raise _wrong(path, "no map inside", "give a zip file with a shapefile, GeoJSON, KML or GeoPackage")
            yield from ((file.stem, file) for file in sorted(maps))
    except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        what = getattr(error, "strerror", None) or "not a zip file that can be read"
        raise _wrong(path, what, "give a file that can be read") from None


def _is_other_json(path: Path) -> bool:
    """Whether a JSON text is TopoJSON or Esri's."""
    try:
        with path.open("rb") as stream:
            head = stream.read(HEAD)
            stream.seek(max(path.stat().st_size - HEAD, 0))
            return bool(OTHER_JSON.search(head) or OTHER_JSON.search(stream.read(HEAD)))
    except OSError:
        return False


def _by_gdal(path: Path, drivers: tuple[str, ...]) -> Iterator[Feature]:
    """The features of all layers of a file, numbered through."""
    if not path.exists():
        raise _wrong(path, "no such file", "look where it lies")
    if path.stat().st_size > LARGEST:
        raise _wrong(path, f"more than the {LARGEST:,} bytes that are read", "split or thin it")
    try:
        import pyogrio
        import pyogrio.raw
        import shapely
    except ImportError:
        mend = 'install it: pip install "polemos[maps]"; or export the map as GeoJSON'
        raise _wrong(path, f"reading {path.suffix} needs pyogrio, which is not installed", mend) from None
    number = 0
    try:
        layers = [str(name) for name, geometry in pyogrio.list_layers(path) if geometry is not None]
        for layer in layers:
            about = pyogrio.read_info(path, layer=layer)
            if about["driver"] not in drivers:
                raise _wrong(path, f"not {' or '.join(drivers)}, but {about['driver']}", "give it the name of its kind")
            meta, _, geometries, columns = pyogrio.raw.read(path, layer=layer, force_2d=True)
            shapes = _in_degrees(shapely.from_wkb(geometries, on_invalid="ignore"), str(meta["crs"] or ""), path)
            names = [plain(str(name)) for name in meta["fields"]]
            for row, shape in enumerate(shapes):
                number += 1
                cells = {name: column[row] for name, column in zip(names, columns, strict=True)}
                properties = {name: _value(cell) for name, cell in cells.items() if str(cell) not in NO_VALUE}
                geometry = {} if shape is None else shapely.geometry.mapping(shape)
                yield Feature(number, properties, geometry, layer=layer.strip())
    except ScenarioError:
        raise
    # GDAL has an error class for each driver, and pyogrio wraps some of them.
    except Exception as error:
        what = f"not a map that can be read ({' '.join(str(error).split())[:120]})"
        raise _wrong(path, what, "export it again, or as GeoJSON in WGS 84") from None
    if not number:
        raise _wrong(path, "no features", "leave the file out: it shows nothing")


def _in_degrees(shapes: NDArray[np.object_], projection: str, path: Path) -> NDArray[np.object_]:
    """Shapes in WGS 84; where a file names no projection they are taken to be. Raises `ScenarioError`."""
    import shapely

    if projection in ("", "EPSG:4326", "OGC:CRS84") or not len(shapes):
        return shapes
    try:
        import pyproj
    except ImportError:
        mend = 'install it: pip install "polemos[maps]"; or export the map in WGS 84 (EPSG:4326)'
        raise _wrong(path, "its projection needs pyproj, which is not installed", mend) from None
    try:
        turn = pyproj.Transformer.from_crs(projection, "EPSG:4326", always_xy=True)
    except pyproj.exceptions.CRSError:
        raise _wrong(path, f"coordinates in {quoted(projection, 60)}", "export it in WGS 84 (EPSG:4326)") from None

    def turned(corners: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.stack(turn.transform(corners[:, 0], corners[:, 1]), axis=1)

    return shapely.transform(shapes, turned)


def _value(cell: Any) -> Any:
    """A cell as JSON has it."""
    return cell.item() if hasattr(cell, "item") and not str(cell.dtype).startswith("datetime") else str(cell)


def _wrong(path: Path, what: str, mend: str) -> ScenarioError:
    return ScenarioError([Problem(path.name, 0, "", what, mend)])
