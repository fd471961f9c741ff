"""Importers: what they read, what they leave to a person; a malformed file is one report and changes nothing."""

from __future__ import annotations

import gzip
import hashlib
import json
import subprocess
import sys
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from polemos.cli.commands import app
from polemos.importers.roads import guess_roads
from polemos.names.lookup import key
from polemos.readers.lua_tables import tables
from polemos.readers.parse_dates import read_day
from polemos.scenario.errors import ScenarioError
from polemos.scenario.parse_values import BadCell
from polemos.scenario.write import credited
from polemos.war.war import load
from scenarios import put, rows
from scenarios import tiny as write_tiny

TOWNS = """\
name,latitude,longitude,pop
Alder,10.0,20.0,200000
Birch,10.2,20.1,40000
Côte Cédre,10.4,20.3,25000
"""
GED = """\
id,date_start,date_end,date_prec,where_prec,side_a,side_b,latitude,longitude,best,low,high,type_of_violence,country
1,2001-02-03,2001-02-04,1,1,The Crown,The Guild,10.01,20.01,5,4,6,1,Aaland
2,2001-03-03,2001-03-03,1,5,The Crown,Robbers,10.41,20.31,1,1,1,2,Aaland
3,1999-03-03,1999-03-03,1,1,The Crown,The Guild,10.41,20.31,1,1,1,1,Aaland
4,2001-04-03,2001-04-03,1,1,The Guild,Civilians,50.0,20.31,1,1,1,3,Elsewhere
5,2001-05-03,2001-05-03,1,1,The Guild,Civilians,10.6,20.2,7,7,7,3,Beeland
"""
ACLED = """\
event_id_cnty,event_date,time_precision,event_type,civilian_targeting,actor1,inter1,actor2,inter2,country,admin1,location,latitude,longitude,geo_precision,fatalities,notes
A1,03 February 2001,1,Battles,,The Crown,State Forces,The Guild,Rebel Group,Aaland,North,Alder,10.0,20.0,1,3,"two lines
of notes"
A2,2001-02-09,2,Battles,,Hill League,3,The Guild,2,Aaland,North,Fir,10.8,20.5,3,2,
A3,2001-02-09,1,Violence against civilians,,The Guild,2,Civilians (Aaland),7,Aaland,North,Fir,10.8,20.5,1,2,
A4,2001-02-10,1,Protests,,Protesters,6,,,Aaland,North,Fir,10.8,20.5,1,0,
"""
LUA = """\
-- a map of an invented war
local marks = {
  { lat = "10.0", long = "20.0", mark = "Location dot red.svg", marksize = "8", label = "[[Alder]]" },
  { lat = 10.2, long = 20.1, mark = 'Location dot black.svg', label = "[[Byrch, Aaland|Birch]]", position = "left" },
  --[=[ { lat = "1", long = "1", mark = "Location dot red.svg", label = "[[Nowhere]]" }, ]=]
  { ["lat"] = "10.4", ["long"] = "20.3", mark = "80x80-red-black-anim.gif", label = [[Cedar]] };
  { lat = "10.6", long = "20.2", mark = "Location dot green.svg", label = "Dale", link = "Dale" },
  { lat = "10.81", long = "20.51", mark = "Location dot red.svg", label = "[[Fira]]" },
  { lat = "40", long = "20.2", mark = "Location dot red.svg", label = "[[Elm, the dam]]" },
  { lat = "here", long = "20.2", mark = "Location dot red.svg", label = "Dale" },
}
return marks
"""


def polemos(*words, code=0):
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exit_code == code, done.output + repr(done.exception)
    return done.output


@pytest.fixture
def tiny(tmp_path):
    return write_tiny(tmp_path)


def state(folder):
    """Every file of a folder with the digest of its content."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


# polemos new


def test_a_list_of_towns_becomes_a_scenario_that_passes_and_answers(tmp_path):
    (tmp_path / "towns.csv").write_text(TOWNS, encoding="utf-8")
    said = polemos("new", "war", "--places", tmp_path / "towns.csv", "--in", tmp_path)
    assert "3 places, 2 links" in said
    war = tmp_path / "war"
    assert "no errors" in polemos("check", war)
    made = load(war)
    assert made.world.places.id == ("alder", "birch", "cote-cedre")
    assert set(made.world.links.kind) == {"guessed_road"}
    assert {row["source"] for row in rows(war / "control.csv")} == {"guessed"}
    assert made.settings.origins["default"] > made.settings.start
    assert len(made.questions_at(made.origin())) == 3
    done = made.run(members=2)
    assert all(0 <= row["probability"] <= 1 for row in done.rows())
    # Each table teaches its columns, and the comments say what a key means.
    assert (war / "roles.csv").read_text().startswith("node,organisation,role")
    assert "# Those who hold places" in (war / "scenario.yaml").read_text()


@pytest.mark.parametrize(
    "name",
    ["../evil", "/tmp/evil", "..", ".hidden", "a/b", "a\\b", "con", "nul.txt", "x" * 65, "", "a\0b", "mali", "end."],
)
def test_hostile_names_are_refused(name, tmp_path):
    (tmp_path / "towns.csv").write_text(TOWNS, encoding="utf-8")
    before = state(tmp_path)
    polemos("new", name, "--places", tmp_path / "towns.csv", "--in", tmp_path, code=2)
    assert state(tmp_path) == before


def test_nothing_is_written_over(tmp_path, tiny):
    (tmp_path / "towns.csv").write_text(TOWNS, encoding="utf-8")
    before = state(tiny)
    said = polemos("new", "tiny", "--places", tmp_path / "towns.csv", "--in", tmp_path, code=2)
    assert "is there already" in said
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    polemos("new", "link", "--places", tmp_path / "towns.csv", "--in", tmp_path, code=2)
    assert state(tiny) == before
    assert not (tmp_path / "nowhere").exists()


def test_a_dump_of_geonames_is_cut_to_its_box(tmp_path):
    def row(number, name, lat, lon, people, kind="PPL", sort="P"):
        cells = [
            str(number),
            name,
            name,
            "Other Name,Öther",
            str(lat),
            str(lon),
            sort,
            kind,
            "AA",
            *[""] * 5,
            str(people),
        ]
        return "\t".join([*cells, "", "", "Europe/Nowhere", "2020-01-01"])

    dump = tmp_path / "AA.zip"
    lines = [
        row(1, 'Quote " town', 10.0, 20.0, 9000, "PPLC"),
        row(2, "Twin", 10.1, 20.1, 800),
        row(3, "Twin", 10.2, 20.2, 7000),
        row(4, "Twin", 10.3, 20.0, 7000),
        row(5, "Far", 50.0, 20.0, 90000),
        row(6, "Peak", 10.0, 20.0, 0, "MT", "T"),
        row(7, "Quarter", 10.0, 20.0, 90000, "PPLX"),
    ]
    with zipfile.ZipFile(dump, "w") as archive:
        archive.writestr("AA.txt", "\n".join(lines))
        archive.writestr("readme.txt", "read me")
    options = ("--geonames", dump, "--bbox", "19,9,21,11", "--min-population", 1000, "--in", tmp_path, "--json")
    told = json.loads(polemos("new", "cut", *options))
    assert (told["read"], told["kept"], sum(told["dropped"].values())) == (7, 3, 4)
    places = rows(tmp_path / "cut" / "places.csv")
    assert [place["id"] for place in places] == ["quote-town", "twin", "twin-2"]
    assert places[0]["aliases"] == "Other Name|Öther"
    assert 'source: "GeoNames", licence: "CC BY 4.0"' in (tmp_path / "cut" / "scenario.yaml").read_text()
    assert load(tmp_path / "cut").settings.credits[0].licence == "CC BY 4.0"
    polemos("new", "none", *options[:3], "1,1,2,2", *options[4:], code=2)
    polemos("new", "none", *options[:3], "21,9,19,11", *options[4:], code=2)


def test_points_of_geojson_are_places(tmp_path):
    point = {"type": "Point", "coordinates": [20.0, 10.0]}
    features = [{"type": "Feature", "geometry": point, "properties": {"NAME": "Alder", "Population": 5, "holder": "b"}}]
    (tmp_path / "towns.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    sides = ("--organisation", "a:government:A", "--organisation", "b:militia")
    polemos("new", "one", "--places", tmp_path / "towns.geojson", "--in", tmp_path, *sides)
    world = load(tmp_path / "one").world
    assert (world.places.people[0], world.organisations.id[world.spells.holder[0]]) == (5, "b")


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.floats(-60, 60), st.floats(-179, 179)), min_size=2, max_size=30))
def test_guessed_roads_join_the_map_and_the_sparser_graph_is_in_the_denser(points):
    lat, lon = (np.array([point[axis] for point in points]) for axis in (0, 1))
    dense, sparse = (guess_roads(lat, lon, graph=graph) for graph in ("gabriel", "relative"))
    pairs = [{(road.a, road.b) for road in graph} for graph in (dense, sparse)]
    assert pairs[1] <= pairs[0]
    assert len(pairs[0]) == len(dense)
    reached = {0}
    for _ in points:
        reached |= {b for pair in pairs[1] if reached & set(pair) for b in pair}
    assert reached == set(range(len(points)))


def test_many_places_get_the_graph_of_few():
    rng = np.random.default_rng(5)
    lat, lon = rng.uniform(30, 31, 130), rng.uniform(40, 41, 130)
    found = {(road.a, road.b) for road in guess_roads(lat, lon)}
    x = np.radians(lon) * np.cos(np.radians(30.5))
    at = np.stack([x, np.radians(lat)], axis=1)
    squares = ((at[:, None] - at[None]) ** 2).sum(axis=2)
    every = {
        (i, j)
        for i in range(130)
        for j in range(i + 1, 130)
        if not (squares[i] + squares[j] < squares[i, j] * 0.9999).any()
    }
    # The plane is not the sphere: all but a few of the edges are the same.
    assert len(found ^ every) <= 0.03 * len(every)


def test_a_river_between_two_places_is_a_crossing():
    roads = guess_roads(np.array([10.0, 10.0]), np.array([20.0, 21.0]), [[(20.5, 9.0), (20.6, 11.0)]])
    assert roads[0].kind == "guessed_river_crossing"
    assert roads[0].km == pytest.approx(1.2 * 109.5, rel=0.01)


# Events


@pytest.mark.parametrize("form", ["old", "gz", "zip", "semicolons", "mark"])
def test_ucdp_is_cut_to_the_map_and_the_model_reads_it(form, tiny, tmp_path):
    text = GED
    if form == "old":
        # Version 17 and before: other names, days with a time.
        text = text.replace("best,low,high", "best_est,low_est,high_est").replace("-03,", "-03 00:00:00.000,")
    path = tmp_path / f"ged.csv{ {'gz': '.gz', 'zip': '.zip'}.get(form, '') }"
    if form == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("GEDEvent.csv", text)
    elif form == "gz":
        path.write_bytes(gzip.compress(text.encode()))
    else:
        text = text.replace(",", ";") if form == "semicolons" else text
        path.write_text(("\ufeff" if form == "mark" else "") + text, encoding="utf-8")
    told = json.loads(polemos("import", "ucdp", path, "--into", tiny, "--json"))
    assert (told["read"], told["kept"]) == (5, 3)
    assert told["dropped"] == {"outside the map": 1, "before the record (2001-01-01)": 1}
    assert [doubt["name"] for doubt in told["doubtful"]] == ["Robbers"]
    assert "CC BY 4.0" in told["credits"][0]["licence"]
    assert "Uppsala" in (tiny / "scenario.yaml").read_text()
    events = load(tiny).with_events(tiny / "events.csv").world.events
    assert (events.id, events.deaths.tolist()) == (("1", "2", "5"), [5, 1, 7])
    assert events.place[1] == -1
    assert "perhaps" in (tiny / "doubtful.csv").read_text()
    # The same credit is not written twice.
    before = (tiny / "scenario.yaml").read_text()
    polemos("import", "ucdp", path, "--into", tiny)
    assert (tiny / "scenario.yaml").read_text() == before


def test_acled_is_mapped_and_its_terms_are_told(tiny, tmp_path):
    (tmp_path / "acled.csv").write_text(ACLED)
    told = json.loads(polemos("import", "acled", tmp_path / "acled.csv", "--into", tiny, "--json"))
    assert told["dropped"] == {"no fighting (Protests)": 1}
    assert any("terms forbid" in note for note in told["notes"])
    events = load(tiny).with_events(tiny / "events.csv").world.events
    assert events.kind.tolist() == [1, 2, 3]
    assert str(events.start[0]) == "2001-02-03"
    # Known to a region only: at no place.
    assert events.place.tolist() == [0, -1, 5]


def test_try_writes_nothing(tiny, tmp_path):
    (tmp_path / "acled.csv").write_text(ACLED)
    before = state(tiny)
    assert "Nothing written" in polemos("import", "acled", tmp_path / "acled.csv", "--into", tiny, "--try")
    assert state(tiny) == before


def test_a_scenario_that_ships_takes_no_data(tmp_path):
    from polemos.scenario.inside_folder import LIBRARY

    (tmp_path / "acled.csv").write_text(ACLED)
    before = state(LIBRARY / "mali")
    for into in (LIBRARY / "mali", "mali"):
        polemos("import", "acled", tmp_path / "acled.csv", "--into", into, code=2)
    assert state(LIBRARY / "mali") == before


# Maps


def test_a_map_without_marks_is_named_whichever_it_is(tiny, tmp_path):
    for day, text in (("2001-03-01", LUA), ("2001-04-01", "return {}\n")):
        (tmp_path / f"map-{day}.lua").write_text(text)
    said = polemos(
        "import", "wikipedia", *sorted(tmp_path.glob("*.lua")), "--into", tiny, "--holder", "red=crown", code=2
    )
    assert "map-2001-04-01.lua: no marks" in said


def test_maps_of_wikipedia_become_spells(tiny, tmp_path):
    later = LUA.replace("Location dot black.svg", "Location dot red.svg")
    for day, text in (("2001-03-01", LUA), ("20010401", later)):
        (tmp_path / f"map-{day}.lua").write_text(text)
    files = sorted(tmp_path.glob("*.lua"))
    holders = ("--holder", "red=crown", "--holder", "black=guild")
    told = json.loads(polemos("import", "wikipedia", *files, "--into", tiny, *holders, "--json"))
    doubts = {(doubt["kind"], doubt["name"]): doubt["perhaps"] for doubt in told["doubtful"]}
    # Another spelling beside a place, and the same name far away, are for a person; a colour of nobody's too.
    assert doubts["place", "Fira"] == "fir (2 km)"
    assert doubts["place", "Elm @ 40.00, 20.20"].startswith("elm (")
    assert ("organisation", "Location dot green.svg") in doubts
    assert told["dropped"]["no coordinates in degrees"] == 2
    spells = {
        place: [row for row in rows(tiny / "control.csv") if row["place"] == place] for place in ("birch", "cedar")
    }
    # What the record knew before the first map and after the last stays.
    assert [(row["holder"], row["start"], row["precision"]) for row in spells["birch"]] == [
        ("crown", "2001-01-01", "window"),
        ("guild", "2001-03-01", "1"),
        ("crown", "2001-03-17", "16"),
        ("guild", "2001-05-10", "day"),
        ("crown", "2002-03-01", "week"),
    ]
    assert [(row["holder"], row["start"], row["contested"]) for row in spells["cedar"]][:3] == [
        ("guild", "2001-01-01", "0"),
        ("crown", "2001-03-01", "1"),
        ("guild", "2001-04-02", "0"),
    ]
    assert (
        load(tiny).settings.credits[-1].licence == "CC BY-SA 4.0"
        or "CC BY-SA 4.0" in (tiny / "scenario.yaml").read_text()
    )


def test_areas_become_spells(tiny, tmp_path):
    def square(west, south, east, north, **properties):
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        return {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]}, "properties": properties}

    features = [
        square(19, 9, 21, 10.3, Side="Reds", date="2001-01-01"),
        square(19, 10.3, 21, 11, Side="Guild", date="2001-01-01"),
        square(19, 9, 21, 10.5, Side="Reds", date="2001-07-01"),
        square(19, 10.5, 21, 11, Side="Guild", date="2001-07-01"),
    ]
    path = tmp_path / "areas.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    options = (
        "--into",
        tiny,
        "--property",
        "Side",
        "--holder",
        "Reds=crown",
        "--source",
        "A mapper",
        "--licence",
        "ODbL",
        "--replace",
    )
    polemos("import", "polygons", path, *options)
    cedar = [row for row in rows(tiny / "control.csv") if row["place"] == "cedar"]
    assert [(row["holder"], row["start"], row["end"]) for row in cedar] == [
        ("guild", "2001-01-01", "2001-04-02"),
        ("crown", "2001-04-02", ""),
    ]
    assert 'licence: "ODbL"' in (tiny / "scenario.yaml").read_text()


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read_as_lua_or_refused(text):
    found, told = [], ()
    try:
        found = list(tables(text, "x"))
    except ScenarioError as error:
        told = error.problems
    assert len(told) <= 1
    assert all(isinstance(value, str) for _, entries in found for value in entries.values())


# Names and days


def test_names_are_folded():
    assert key("Al-Qusayr") == key("Qusair") == key("al Qusayr")
    assert key("Dar es-Salam") != key("Dar")


@pytest.mark.parametrize(
    "text", ["2014-06-10", "2014/06/10", "20140610", "10 June 2014", "June 10, 2014", "10-Jun-2014"]
)
def test_days_are_read_in_any_plain_style(text):
    assert str(read_day(text)) == "2014-06-10"


def test_a_day_of_two_readings_is_refused_unless_the_order_is_given():
    with pytest.raises(BadCell, match="two ways"):
        read_day("10/06/2014")
    assert str(read_day("10/06/2014", "dmy")) == "2014-06-10"
    assert str(read_day("10/06/2014", "mdy")) == "2014-10-06"
    for text in ("31 February 2014", "2014-13-01", "yesterday", "", "14-06-10"):
        with pytest.raises(BadCell):
            read_day(text)


def test_doubts_settled_in_the_aliases_are_taken(tiny, tmp_path):
    table = "place_id,controller,start\nCedre,guild,2001-01-01\nalder,Reds,2001-01-01\n"
    (tmp_path / "control.csv").write_text(table)
    before = rows(tiny / "control.csv")
    told = json.loads(polemos("import", "table", tmp_path / "control.csv", "--into", tiny, "--json"))
    assert {(doubt["name"], doubt["perhaps"]) for doubt in told["doubtful"]} == {
        ("Cedre", "cedar"),
        ("Reds", "nothing of these"),
    }
    assert rows(tiny / "control.csv") == before
    (tiny / "aliases.csv").write_text("of,kind,alias,note\ncedar,place,Cedre,\ncrown,organisation,Reds,\n")
    told = json.loads(polemos("import", "table", tmp_path / "control.csv", "--into", tiny, "--json"))
    assert told["doubtful"] == []
    held = {row["place"]: row["holder"] for row in rows(tiny / "control.csv") if row["start"] == "2001-01-01"}
    assert (held["cedar"], held["alder"]) == ("guild", "crown")


# Malformed files: one report, exit code 2, nothing written

BIG = "x" * 10_000_000
KINDS = {
    "ucdp": (GED, "ged.csv", ["import", "ucdp"]),
    "acled": (ACLED, "acled.csv", ["import", "acled"]),
    "table": (
        "place,holder,start\nalder,crown,2001-01-01\nbirch,crown,2001-01-01\n",
        "control.csv",
        ["import", "table"],
    ),
    "wikipedia": (LUA, "map-2001-03-01.lua", ["import", "wikipedia", "--holder", "red=crown"]),
}


def spoil(text, fault):
    """Bytes of a table with a fault."""
    if fault == "wrong delimiter":
        return text.replace(",", "~").encode()
    if fault == "cp1256":
        return text.replace("crown", "حلب").replace("Crown", "حلب").replace("ô", "").replace("é", "").encode("cp1256")
    if fault == "half a row":
        return text.encode()[: int(len(text) * 0.93)]
    if fault == "three styles of days":
        for day, other in (("2001-02-03", "03/02/2001"), ("2001-01-01", "1.2.2001"), ("03 February 2001", "3-2-2001")):
            text = text.replace(day, other, 1)
        return text.encode()
    if fault == "10 MB cell":
        return text.replace("crown", f'"{BIG}"', 1).replace("The Crown", f'"{BIG}"', 1).encode()
    if fault == "binary":
        return b"PK\x03\x04" + bytes(range(256)) * 40
    return b""


FAULTS = ["wrong delimiter", "cp1256", "half a row", "three styles of days", "10 MB cell", "binary", "empty"]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("kind", ["ucdp", "acled", "table"])
def test_a_malformed_table_is_one_report_and_nothing_written(kind, fault, tiny, tmp_path):
    text, name, command = KINDS[kind]
    path = tmp_path / name
    path.write_bytes(spoil(text, fault))
    before = state(tiny)
    said = polemos(*command, path, "--into", tiny, code=2)
    assert name in said
    assert "Traceback" not in said
    assert len(said) < 3000
    assert state(tiny) == before


@pytest.mark.parametrize(
    ("spoilt", "line"),
    [
        (LUA.replace("}\nreturn", "\nreturn"), ":2"),
        (LUA + "}", ":1"),
        (LUA.replace('"10.0"', '"10.0', 1), ":3"),
        (LUA.replace("]=]", "", 1), ":5"),
        ("return {}", ""),
        (LUA.encode("latin-1").replace(b"Alder", b"\xc9lder"), ":3"),
        ("{" * 5000, ":1"),
    ],
)
def test_an_unbalanced_module_is_one_report_and_nothing_written(spoilt, line, tiny, tmp_path):
    path = tmp_path / "map-2001-03-01.lua"
    path.write_bytes(spoilt if isinstance(spoilt, bytes) else spoilt.encode())
    before = state(tiny)
    said = polemos("import", "wikipedia", path, "--into", tiny, "--holder", "red=crown", code=2)
    assert f"{path.name}{line}" in said
    assert state(tiny) == before


@pytest.mark.parametrize("fault", ["wrong delimiter", "cp1256", "half a row", "10 MB cell", "binary", "empty"])
def test_a_malformed_list_of_towns_begins_nothing(fault, tmp_path):
    (tmp_path / "towns.csv").write_bytes(spoil(TOWNS.replace("Alder", "crown"), fault))
    before = state(tmp_path)
    assert "towns.csv" in polemos("new", "war", "--places", tmp_path / "towns.csv", "--in", tmp_path, code=2)
    assert state(tmp_path) == before


@pytest.mark.parametrize("text", ["{", "[]", '{"type": "FeatureCollection", "features": [1]}', "[" * 100_000])
def test_malformed_areas_are_one_report(text, tiny, tmp_path):
    path = tmp_path / "areas-2001-03-01.geojson"
    path.write_text(text)
    before = state(tiny)
    polemos("import", "polygons", path, "--into", tiny, code=2)
    assert state(tiny) == before


@pytest.mark.parametrize("people", ["inf", "nan", "many"])
def test_people_that_are_no_number_are_one_report(people, tmp_path):
    line = "1\tAlder\tAlder\t\t10.0\t20.0\tP\tPPLA\tAA\t\t\t\t\t\tPEOPLE\t\t\tUTC\t2001-01-01\n"
    (tmp_path / "XX.txt").write_text(line.replace("PEOPLE", people))
    before = state(tmp_path)
    words = ("new", "war", "--geonames", tmp_path / "XX.txt", "--bbox", "0,0,40,40", "--in", tmp_path)
    assert f"XX.txt:1: latitude, longitude or population '10.0, 20.0, {people}'" in polemos(*words, code=2)
    assert state(tmp_path) == before


def test_dates_the_wrong_way_round_are_told_where_they_stand(tiny, tmp_path):
    text = "town;holder;from;until\nDale;The Guild;1 January 2001;10 November 2002\n"
    (tmp_path / "h3.csv").write_text(text + "Dale;The Crown;10 November 2002;1 January 2001\n")
    said = polemos("import", "table", tmp_path / "h3.csv", "--as", "control", "--into", tiny, code=2)
    assert "h3.csv:3:until: 2001-01-01 does not come after the start, 2002-11-10; mend the dates" in said
    assert "control.csv" not in said


def test_a_table_that_would_break_the_scenario_is_not_written(tiny, tmp_path):
    (tmp_path / "control.csv").write_text("place,holder,start,end\nalder,crown,2001-01-01,2001-02-01\n")
    before = state(tiny)
    said = polemos("import", "table", tmp_path / "control.csv", "--into", tiny, code=2)
    assert "control.csv" in said
    assert state(tiny) == before


KILLED = """
import os, pathlib, sys
from polemos.cli.commands import app
move = {before}
def killed(path, *to):
    if path.name == "{at}":
        os._exit(9)
    return move(path, *to)
{before} = killed
app(sys.argv[1:])
"""


@pytest.mark.parametrize(("before", "at"), [("pathlib.Path.rename", "new"), ("pathlib.Path.replace", "scenario.yaml")])
def test_a_killed_import_is_finished_or_never_was(before, at, tiny, tmp_path):
    (tmp_path / "acled.csv").write_text(ACLED)
    words = ["import", "acled", str(tmp_path / "acled.csv"), "--into", str(tiny)]
    old = state(tiny)
    done = subprocess.run([sys.executable, "-c", KILLED.format(before=before, at=at), *words], check=False)
    assert done.returncode == 9
    if at == "new":
        assert {name: hashlib.sha256((tiny / name).read_bytes()).hexdigest() for name in old} == old
        assert not (tiny / "events.csv").exists()
        polemos("check", tiny)
    else:
        assert "an import was stopped" in polemos("check", tiny, code=2)
    polemos(*words)
    assert "ACLED" in (tiny / "scenario.yaml").read_text()
    assert (tiny / "events.csv").is_file()
    assert not (tiny / ".import").exists()
    polemos("check", tiny)


def test_a_scenario_that_ships_is_known_by_its_name(tmp_path):
    assert "ships with polemos" in polemos("estimate", "mali", "--events", tmp_path / "none.csv", "--write", code=2)


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("title: A\ncredits:\n  - {source: One}\nnotes: B\n", None),
        ("title: A\ncredits: []   # none yet\nnotes: B\n", None),
        ("title: A\ncredits:\n- source: One\n  licence: CC0\n", None),
        ("title: A\n", None),
    ],
)
def test_a_credit_is_added_and_comments_stay(text, ends):
    from ruamel.yaml import YAML

    found = YAML(typ="safe").load(credited(text, [('A "quoted": name', "CC BY")]))
    assert {"source": 'A "quoted": name', "licence": "CC BY"} in found["credits"]
    assert len(found["credits"]) == text.count("ource: One") + 1


def test_credits_on_one_line_are_left_to_the_user(tiny, tmp_path):
    put(tiny, "scenario.yaml", "credits:\n  - {source: Nobody, licence: CC0}", "credits: [{source: Nobody}]")
    (tmp_path / "acled.csv").write_text(ACLED)
    before = state(tiny)
    assert "credits" in polemos("import", "acled", tmp_path / "acled.csv", "--into", tiny, code=2)
    assert state(tiny) == before


# Size


# A command's memory begins with that of whoever starts it, so one that is small starts it.
MEASURE = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(flush=True)
print(used.ru_utime + used.ru_stime, used.ru_maxrss)
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "rows_", "seconds", "megabytes"),
    [("ucdp", 70_429, 6, 500), ("ucdp", 385_000, 40, 900), ("acled", 385_000, 90, 1500)],
)
def test_large_files_are_quick_and_small(kind, rows_, seconds, megabytes, tiny, tmp_path):
    """Seconds of processor and megabytes of the whole command, on rows repeated; ACLED is read whole, code by code."""
    import subprocess
    import sys

    head, *body = (GED if kind == "ucdp" else ACLED.replace('"two lines\nof notes"', "n" * 150)).splitlines()
    with (tmp_path / "large.csv").open("w") as lines:
        lines.write(head + "\n")
        lines.writelines(f"{n}{body[n % len(body)][1:]}\n" for n in range(rows_))
    command = [sys.executable, "-m", "polemos", "import", kind, tmp_path / "large.csv", "--into", tiny, "--json"]
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, *map(str, command)], capture_output=True, text=True, check=True
    )
    *printed, used = done.stdout.splitlines()
    told = json.loads("\n".join(printed))
    took, memory = map(float, used.split())
    assert told["read"] == rows_
    assert told["kept"] + sum(told["dropped"].values()) == rows_
    assert took < seconds
    assert memory < 1000 * megabytes
