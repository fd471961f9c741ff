"""A kept run for other tools: what is written is what was simulated, and the tools open it."""

from __future__ import annotations

import csv
import json
import os
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from asked import ask
from polemos.cli.commands import app
from polemos.ensemble.config import RunConfig
from polemos.ensemble.executor import Executor
from polemos.export import flee
from polemos.war.war import load
from scenarios import rows
from scenarios import tiny as write_tiny

MEMBERS = 12


def polemos(*words, code=0):
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exit_code == code, done.output + repr(done.exception)
    return done.output


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A run of an invented war, kept on disk in two chunks."""
    folder = tmp_path_factory.mktemp("export")
    war = load(ask(write_tiny(folder)))
    from polemos.ensemble.run import run

    return run(war.plan(RunConfig(members=MEMBERS)), war.world, chunk=7, store=folder / "runs", executor=Executor(1))


@pytest.fixture
def export(kept, tmp_path):
    scenario = kept.folder.parent.parent / "tiny"

    def made(to, *more, code=0, out=None):
        out = out or tmp_path / to
        said = polemos("export", kept.folder, "--to", to, "--scenario", scenario, "--out", out, *more, code=code)
        return out if code == 0 else said

    return made


def test_tables_say_what_was_simulated(kept, export):
    folder = export("csv")
    table = rows(folder / "control.csv")
    last = [row for row in table if row["date"] == str(kept.summary.dates[-1]) and row["place"] == "cedar"]
    holders = [*kept.world.organisations.id, "nobody"]
    found = {row["holder"]: float(row["probability"]) for row in last}
    share = np.bincount(kept.control.values[:, -1, kept.world.place("cedar")], minlength=len(holders)) / MEMBERS
    assert found == pytest.approx({name: p for name, p in zip(holders, share, strict=True) if p > 0})
    captures = rows(folder / "captures.csv")
    assert len(captures) == sum(chunk.captures.member.size for chunk in kept.chunks())
    assert max(int(row["member"]) for row in captures) < MEMBERS
    assert {row["place"] for row in captures} <= set(kept.world.places.id)
    assert {row["question"] for row in rows(folder / "forecasts.csv")}
    series = rows(folder / "series.csv")
    assert all(float(row["q05"]) <= float(row["q50"]) <= float(row["q95"]) for row in series if row["q50"])


def test_parquet_holds_the_same_as_csv(export):
    from pyarrow import parquet

    text, binary = export("csv"), export("parquet")
    for path in text.glob("*.csv"):
        table = parquet.read_table(binary / f"{path.stem}.parquet")
        assert table.column_names == list(rows(path)[0])
        assert table.num_rows == len(rows(path))


def test_a_card_to_share_has_its_size_and_the_title_of_the_war(kept, export):
    picture = export("card").read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert struct.unpack(">II", picture[16:24]) == (1200, 630)


def test_geojson_is_valid_and_in_its_place(kept, export):
    shapely = pytest.importorskip("shapely.geometry", reason="shapely is not installed: pip install 'polemos[test]'")
    path = export("geojson", "--date", "2002-06-01", "--date", "2002-12-31")
    content = json.loads(path.read_text())
    shapes = [shapely.shape(feature["geometry"]) for feature in content["features"]]
    assert all(shape.is_valid and not shape.is_empty for shape in shapes)
    points = [f for f in content["features"] if f["geometry"]["type"] == "Point"]
    assert len(points) == 2 * len(kept.world.places.id)
    alder = next(f for f in points if f["properties"]["id"] == "alder")
    # Longitude first, as RFC 7946 wants it.
    assert alder["geometry"]["coordinates"] == [20.0, 10.0]
    shares = {name: value for name, value in alder["properties"].items() if name.startswith("p_")}
    assert sum(shares.values()) == pytest.approx(1, abs=1e-3)
    assert alder["properties"]["probability"] == max(shares.values())


def test_netcdf_opens_in_xarray_with_cf_attributes(kept, export):
    import xarray

    with xarray.open_dataset(export("netcdf")) as found:
        assert found.attrs["Conventions"] == "CF-1.11"
        assert found.lat.attrs == {"standard_name": "latitude", "units": "degrees_north"}
        assert found.date.attrs["standard_name"] == "time"
        assert np.array_equal(found.date.values.astype("datetime64[D]"), kept.summary.dates)
        assert list(found.place.values) == list(kept.world.places.id)
        assert np.array_equal(found.control.values, kept.control.values)
        assert found.control.attrs["flag_meanings"].split() == [*kept.world.organisations.id, "nobody"]
        assert len(found.control.attrs["flag_values"]) == kept.world.nobody + 1
        assert np.allclose(found.probability.sum("holder"), 1)
        assert np.array_equal(found.places.values, kept.summary.quantiles["places"])


def read_flee(folder):
    with (folder / "input_csv" / "conflicts.csv").open() as lines:
        head, *table = csv.reader(lines)
    return head[1:], np.array(table, int)[:, 1:]


@pytest.mark.parametrize("member", [0, 8])
def test_flee_gets_the_battles_of_a_member(kept, export, member):
    names, days = read_flee(export("flee", "--member", member, "--camp", "fir=20000"))
    assert set(np.unique(days)) <= {0, 1}
    assert "fir" not in names
    origin = kept.plan.origin
    for first, chunk in zip((0, 7), kept.chunks(), strict=True):
        battles = chunk.battles
        for b in np.flatnonzero(battles.member + first == member):
            place = kept.world.places.id[battles.place[b]]
            if place in names:
                assert days[max(int((battles.start[b] - origin).astype(int)), 0), names.index(place)] == 1


def test_what_flee_gets_comes_back_with_its_places_and_roads(kept, export, tmp_path):
    folder = export("flee", "--member", "0", "--camp", "fir=20000")
    span = ("--start", "2001-01-01", "--end", "2003-01-01")
    said = polemos("new", "again", "--places", folder, *span, "--in", tmp_path)
    assert "1 dropped: camps, which nobody holds (fir)" in said
    polemos("import", "flee", folder, "--into", tmp_path / "again")
    world, again = kept.world, load(tmp_path / "again").world
    assert set(again.places.id) == {*world.places.id} - {"fir"}
    at = [world.places.id.index(name) for name in again.places.id]
    assert np.allclose(again.places.lat, world.places.lat[at], atol=1e-5)
    assert np.allclose(again.places.lon, world.places.lon[at], atol=1e-5)
    assert np.array_equal(again.places.people, world.places.people[at])

    def ways(one):
        ends = zip(one.links.a.tolist(), one.links.b.tolist(), one.links.km.tolist(), strict=True)
        return {frozenset((one.places.id[a], one.places.id[b])): km for a, b, km in ends}

    roads = ways(world)
    for pair, km in ways(again).items():
        if pair in roads:
            assert km == pytest.approx(roads[pair], abs=0.06)
        else:
            # Of the roads to the camp, those that go on are joined.
            a, b = pair
            through = roads[frozenset((a, "fir"))] + roads[frozenset((b, "fir"))]
            assert km == pytest.approx(through, abs=0.2)
    assert {pair for pair in roads if "fir" not in pair} <= set(ways(again))


def test_quantiles_of_conflict_grow(kept):
    half, most = (flee.violence(kept, quantile=q) for q in (0.5, 0.99))
    assert (half <= most).all()
    every = np.mean([flee.violence(kept, member=m) for m in range(MEMBERS)], axis=0)
    assert np.array_equal(half, every > 0.5)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--to", "shapefile"), "no format"),
        (("--to", "csv", "--member", "0"), "--to flee only"),
        (("--to", "flee", "--member", "12"), "no member 12"),
        (("--to", "flee", "--member", "1", "--quantile", "0.5"), "not both"),
        (("--to", "flee", "--camp", "nowhere=5"), "no place 'nowhere'"),
        (("--to", "flee", "--camp", "fir=-5"), "PLACE=CAPACITY"),
        (("--to", "geojson", "--date", "1900-01-01"), "outside the run"),
    ],
)
def test_what_cannot_be_meant_is_told_and_nothing_written(words, said, kept, tmp_path):
    scenario = kept.folder.parent.parent / "tiny"
    out = polemos("export", kept.folder, "--scenario", scenario, "--out", tmp_path / "out", *words, code=2)
    assert said in out
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_over_and_a_folder_of_no_run_is_refused(export, kept, tmp_path):
    (tmp_path / "csv").mkdir()
    assert "is there already" in export("csv", code=2)
    assert "not the folder of a run" in polemos("export", tmp_path, "--to", "csv", code=2)
    assert "--scenario" in polemos("export", kept.folder, "--to", "csv", code=2)


FLEE = os.environ.get("POLEMOS_FLEE_PYTHON", sys.executable)
"""An interpreter that has the package flee; it may be another, for flee brings mpi4py and matplotlib with it."""


@pytest.mark.slow
def test_the_real_flee_runs_what_is_written(kept, export):
    there = subprocess.run([FLEE, "-c", "import flee.flee"], capture_output=True)
    if there.returncode:
        pytest.skip("flee is not installed: pip install 'polemos[flee]', or name an interpreter in POLEMOS_FLEE_PYTHON")
    # The member with most people under fire: nobody flees from a site.
    people = kept.world.places.people * (np.array(kept.world.places.id) != "fir")
    fought = {m: float((flee.violence(kept, member=m)[:60] @ people).sum()) for m in range(MEMBERS)}
    member = max(fought, key=lambda m: fought[m])
    folder = export("flee", "--member", member, "--camp", "fir=20000")
    days = 60
    done = subprocess.run(
        [FLEE, str(Path(__file__).with_name("flee_run.py")), str(folder), str(days)],
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    told = json.loads(done.stdout)
    names, schedule = read_flee(folder)
    assert told["start"] == str(kept.plan.origin)
    assert told["places"] == len(kept.world.places.id)
    assert told["links"] == 2 * len(kept.world.links.a)
    # Flee's home country is that of the first row; the others are foreign to it.
    assert set(told["foreign"]) == {"dale", "elm", "fir"}
    # What Flee believes of each day is what was written: no intensity stuck, no zone left standing.
    expected = [sorted(name for name, one in zip(names, row, strict=True) if one) for row in schedule[:days].tolist()]
    assert told["in_conflict"] == expected
    assert any(expected)
    assert told["agents"] == sorted(told["agents"])
    assert told["agents"][-1] > 0
    assert set(told["camps"]) == {"fir"}
