"""Folders of the Flee displacement model: their places and roads come in, the rest is counted by name."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from polemos.cli.commands import app
from polemos.scenario.load import read
from scenarios import rows, save
from scenarios import tiny as write_tiny

FOLDER = Path(__file__).parent / "data" / "flee"
SPAN = ("--start", "2001-01-01", "--end", "2003-01-01")


def polemos(*words, code=0):
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exit_code == code, done.output + repr(done.exception)
    return done.output


@pytest.fixture
def folder(tmp_path):
    """A folder of Flee of one's own, to spoil."""
    return Path(shutil.copytree(FOLDER, tmp_path / "flee"))


def ways(path):
    """Kind and km of each road by its two ends."""
    return {
        tuple(sorted((row["a"], row["b"]))): (row["kind"], float(row["km"] or 0)) for row in rows(path / "links.csv")
    }


def changed(path, old, new):
    """Change a text of a file that stands in it once."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_folder_becomes_a_scenario_with_its_towns_and_roads(folder, tmp_path):
    said = polemos("new", "war", "--places", folder, *SPAN, "--in", tmp_path)
    assert "2 dropped: camps, which nobody holds (Far camp, Near IDPs)" in said
    assert "1 dropped: markers, which nobody holds (Crossing)" in said
    war = tmp_path / "war"
    places = {row["id"]: row for row in rows(war / "places.csv")}
    assert list(places) == ["alder", "birch", "cedar", "dale", "elm-the-dam", "fir"]
    # gps_x is the latitude.
    assert (places["birch"]["lat"], places["birch"]["lon"], places["birch"]["people"]) == ("10.2", "20.1", "40000")
    assert {row["country"] for row in places.values()} == {"Aaland", "Beeland"}
    polemos("import", "flee", folder, "--into", war)
    assert ways(war) == {
        ("alder", "birch"): ("road", 27.0),
        ("birch", "cedar"): ("road", 33.5),
        # Through the marker: 14 + 12, 14 + 41, 12 + 41 km.
        ("cedar", "dale"): ("road", 26.0),
        ("cedar", "elm-the-dam"): ("road", 55.0),
        ("dale", "elm-the-dam"): ("road", 53.0),
        ("elm-the-dam", "fir"): ("road", 38.0),
        # The shorter of two.
        ("dale", "fir"): ("road", 46.5),
    }
    polemos("check", war)


def test_what_has_no_meaning_for_control_is_counted_by_name(folder, tmp_path):
    polemos("new", "war", "--places", folder / "locations.csv", *SPAN, "--in", tmp_path)
    before = (tmp_path / "war" / "links.csv").read_bytes()
    said = json.loads(polemos("import", "flee", folder, "--into", tmp_path / "war", "--try", "--json"))
    told = " ".join(said["notes"])
    assert "forced redirection, of which control knows nothing: 3" in told
    assert "5 at 3 places (Alder 3, Nowhere 1, Cedar 1)" in told
    assert "conflicts.csv has places that locations.csv has not: Nowhere" in told
    assert "2 country, 1 link" in told
    assert "from 2001-02-01, 90 days" in told
    assert "nothing reads: major_routes.csv" in told
    assert (said["read"], said["kept"]) == (19, 12 - 2)
    assert said["dropped"]["a route to a camp or a marker; roads that go on through it are joined"] == 5
    assert (tmp_path / "war" / "links.csv").read_bytes() == before


def test_places_are_checked_against_those_of_a_scenario(folder, tmp_path):
    tiny = write_tiny(tmp_path)
    # One of the same name far away, and one that the scenario has not.
    changed(folder / "locations.csv", "Fir,East,Beeland,10.8,20.5", "Fir,East,Beeland,14.8,20.5")
    changed(folder / "locations.csv", "Birch,North", "Brandnew,North")
    for old, new in (("Alder,Birch", "Alder,Brandnew"), ("Birch,Cedar", "Brandnew,Cedar"), ("Birch,Near", "Dale,Near")):
        changed(folder / "routes.csv", old, new)
    said = json.loads(polemos("import", "flee", folder, "--into", tiny, "--json"))
    assert said["dropped"]["a place that is none of the scenario's, see below"] == 2
    assert said["dropped"]["a route to a place that is none of the scenario's"] == 4
    assert {row["alias"] for row in rows(tiny / "doubtful.csv")} == {"Fir @ 14.80, 20.50", "Brandnew"}
    there = ways(tiny)
    assert there["cedar", "dale"][1] == 26
    assert there["cedar", "elm"][1] == 55
    assert ("fir", "elm") not in there


def test_a_road_that_was_no_guess_keeps_its_kind(folder, tmp_path):
    tiny = write_tiny(tmp_path)
    table = [row | {"kind": "river_crossing"} for row in rows(tiny / "links.csv")]
    save(tiny / "links.csv", table, tuple(table[0]))
    old = set(ways(tiny))
    polemos("import", "flee", folder, "--into", tiny)
    now = ways(tiny)
    assert now["alder", "birch"][1] == 27
    assert {kind for pair, (kind, _) in now.items() if pair in old} == {"river_crossing"}
    assert {kind for pair, (kind, _) in now.items() if pair not in old} == {"road"}
    assert read(tiny).tables["links.csv"].rows


@pytest.mark.parametrize("deeper", [False, True])
def test_headers_need_no_hash_and_the_input_may_lie_deeper(deeper, folder, tmp_path):
    changed(folder / "locations.csv", '"#name"', "name")
    changed(folder / "routes.csv", "#name1,name2,distance,forced_redirection", "from,to,km")
    changed(folder / "routes.csv", "from,to,km", "#")
    (folder / "closures.csv").unlink()
    where = folder
    if deeper:
        where = tmp_path / "whole"
        where.mkdir()
        folder.rename(where / "input_csv")
    polemos("new", "war", "--places", where, *SPAN, "--in", tmp_path)
    polemos("import", "flee", where, "--into", tmp_path / "war")
    assert len(ways(tmp_path / "war")) == 7


def test_all_that_is_wrong_in_a_folder_is_one_report(folder, tmp_path):
    tiny = write_tiny(tmp_path)
    before = (tiny / "links.csv").read_bytes()
    changed(folder / "routes.csv", "Alder,Birch,27,0", "Alder,Brich,27,0")
    changed(folder / "routes.csv", "Birch,Cedar,33.5", "Birch,Birch,33.5")
    changed(folder / "routes.csv", "Cedar,Crossing,14,", "Cedar,Crossing,far,7")
    changed(folder / "routes.csv", "Crossing,Dale,12,0", "Crossing,Dale,0,0")
    changed(folder / "routes.csv", "Fir,Far camp,26,1", "Fir,Far camp")
    changed(folder / "conflicts.csv", "1,1,0,0.4,", "1,1,0,7,")
    said = polemos("import", "flee", folder, "--into", tiny, code=2)
    for part in (
        "routes.csv:2:name2: 'Brich'",
        "did you mean 'Birch'?",
        "routes.csv:3:name2: 'Birch' is both ends",
        "routes.csv:4:distance: 'far'",
        "routes.csv:4:forced_redirection: '7'",
        "routes.csv:5:distance: '0'",
        "routes.csv:10: 2 cells",
        "conflicts.csv:3:Nowhere: '7'",
    ):
        assert part in " ".join(said.split()), said
    changed(folder / "locations.csv", "Dale,East,Beeland,10.6,20.2,forwarding_hub", "Dale,East,Beeland,x,20.2,village")
    changed(folder / "locations.csv", "Fir,East", "Birch,East")
    changed(folder / "locations.csv", "10.0,20.0", "100.0,20.0")
    said = polemos("import", "flee", folder, "--into", tiny, code=2)
    for part in (
        "locations.csv:2:latitude: 100.0 is out of range",
        "locations.csv:7:latitude: 'x'",
        "locations.csv:7:location_type: 'village'",
        "locations.csv:9:name: 'Birch' stands in line 3 too",
        "conflicts.csv:3:Nowhere: '7'",
    ):
        assert part in " ".join(said.split()), said
    assert (tiny / "links.csv").read_bytes() == before
    polemos("new", "other", "--places", folder, *SPAN, "--in", tmp_path, code=2)
    assert not (tmp_path / "other").exists()


def test_a_folder_without_the_tables_is_named(tmp_path):
    tiny = write_tiny(tmp_path)
    (tmp_path / "empty").mkdir()
    assert "locations.csv" in polemos("import", "flee", tmp_path / "empty", "--into", tiny, code=2)
    assert "no folder" in polemos("import", "flee", tmp_path / "nowhere", "--into", tiny, code=2)
