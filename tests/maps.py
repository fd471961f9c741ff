"""Maps of an invented war for tests: six towns of two sides, and areas of control as GeoJSON."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from polemos.cli.commands import app
from scenarios import rows

TOWNS = """\
name,latitude,longitude,pop
Ash,48.00,37.00,50000
Beech,48.00,37.40,20000
Cedar,48.00,37.80,15000
Dogwood,48.00,38.20,40000
Elder,48.30,37.40,9000
Fir,48.30,37.90,12000
"""


def polemos(*words, code=0):
    """What a command prints, after a check of its exit code."""
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exit_code == code, done.output + repr(done.exception)
    return done.output


def war(folder: Path, *more: str, start: str = "2022-01-01", end: str = "2023-01-01") -> Path:
    """A scenario of the six towns, everything in it guessed."""
    (folder / "towns.csv").write_text(TOWNS)
    sides = ("--organisation", "north:government:North", "--organisation", "south:insurgent:South")
    span = ("--start", start, "--end", end)
    polemos("new", "war", "--places", folder / "towns.csv", *span, *sides, "--in", folder, *more)
    return folder / "war"


def box(west: float, south: float, east: float, north: float) -> dict[str, object]:
    """A rectangle as a geometry."""
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def feature(geometry: object, **properties: object) -> dict[str, object]:
    """A feature."""
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def write(path: Path, *features: object, **members: object) -> Path:
    """A FeatureCollection in a file, with foreign members."""
    path.write_text(json.dumps({"type": "FeatureCollection", **members, "features": features}))
    return path


def held(scenario: Path, place: str) -> list[tuple[str, str, str, str]]:
    """Holder, start, end and precision of the spells of a place."""
    found = [row for row in rows(scenario / "control.csv") if row["place"] == place]
    return [(row["holder"], row["start"], row["end"], row["precision"]) for row in found]
