"""Maps of control have three states: a place is held, not held, or not shown. The record ends with observation."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import shapely

from maps import box, feature, held, polemos, war, write
from polemos.importers.map_dates import name_days
from polemos.importers.surroundings import Surroundings
from polemos.record.from_scenario import load
from polemos.scenario.parse_values import BadCell
from scenarios import rows

SOUTH_IN_MARCH = box(37.2, 47.8, 38.5, 48.1)
SOUTH_IN_SEPTEMBER = box(37.6, 47.8, 38.5, 48.1)
SOUTH_IN_DECEMBER = box(37.6, 47.8, 38.5, 48.5)
BEFORE = ("unknown", "2022-01-01", "2022-03-01", "window")


def one_sided(folder, **properties):
    maps = {"2022-03-01": SOUTH_IN_MARCH, "2022-09-01": SOUTH_IN_SEPTEMBER, "2022-12-01": SOUTH_IN_DECEMBER}
    return [write(folder / f"occ-{day}.geojson", feature(area, **properties)) for day, area in maps.items()]


def both_sides(folder):
    files = []
    for day, line in (("2022-03-01", 37.6), ("2022-09-01", 37.3)):
        south, north = box(line, 47.8, 38.5, 48.5), box(36.5, 47.8, line, 48.5)
        files.append(
            write(folder / f"both-{day}.geojson", feature(south, holder="South"), feature(north, holder="North"))
        )
    return files


# Held, not held, not shown


def test_a_place_that_a_later_map_shows_in_no_area_is_not_still_held(tmp_path):
    scenario, files = war(tmp_path), one_sided(tmp_path, holder="South")
    polemos("import", "polygons", *files, "--into", scenario, "--elsewhere", "north")
    assert held(scenario, "beech") == [
        BEFORE,
        ("south", "2022-03-01", "2022-06-01", "window"),
        ("north", "2022-06-01", "", "92"),
    ]
    assert held(scenario, "fir") == [
        BEFORE,
        ("north", "2022-03-01", "2022-10-17", "window"),
        ("south", "2022-10-17", "", "46"),
    ]
    assert "no errors" in polemos("check", scenario)


def test_one_side_alone_is_refused_until_somebody_says_whose_the_rest_is(tmp_path):
    scenario, files = war(tmp_path), one_sided(tmp_path, holder="South")
    before = (scenario / "control.csv").read_text()
    said = polemos("import", "polygons", *files, "--into", scenario, code=2)
    assert "beech and 1 more places lie in an area of south on one map and in none on another" in said
    assert "--elsewhere ORGANISATION" in said
    assert (scenario / "control.csv").read_text() == before
    polemos("import", "polygons", *files, "--into", scenario, "--elsewhere", "unknown")
    assert held(scenario, "beech") == [
        BEFORE,
        ("south", "2022-03-01", "2022-03-02", "window"),
        ("unknown", "2022-03-02", "", "window"),
    ]


def test_nobody_may_hold_what_no_area_covers(tmp_path):
    scenario, files = war(tmp_path), one_sided(tmp_path, holder="South")
    polemos("import", "polygons", *files, "--into", scenario, "--elsewhere", "nobody")
    assert [spell[0] for spell in held(scenario, "fir")] == ["unknown", "", "south"]


def test_a_place_between_two_sides_is_unknown_while_no_area_covers_it(tmp_path):
    scenario = war(tmp_path)
    for day, west in (("2022-03-01", 37.3), ("2022-04-01", 37.5), ("2022-05-01", 37.3)):
        areas = (
            feature(box(west, 47.8, 38.5, 48.5), holder="South"),
            feature(box(36.5, 47.8, 37.2, 48.5), holder="North"),
        )
        write(tmp_path / f"map-{day}.geojson", *areas)
    said = polemos("import", "polygons", *sorted(tmp_path.glob("map-*")), "--into", scenario)
    assert "beech and 1 more places are in no area of some maps and unknown then" in " ".join(said.split())
    assert held(scenario, "beech") == [
        BEFORE,
        ("south", "2022-03-01", "2022-03-02", "window"),
        ("unknown", "2022-03-02", "2022-05-01", "window"),
        ("south", "2022-05-01", "", "window"),
    ]


def test_areas_without_names_are_whose_the_user_says(tmp_path):
    scenario = war(tmp_path)
    path = write(tmp_path / "nh-2022-03-01.geojson", feature(SOUTH_IN_MARCH, OBJECTID=1))
    said = polemos("import", "polygons", path, "--into", scenario, code=2)
    assert "nh-2022-03-01.geojson:1:properties: no holder (its properties: objectid)" in said
    assert "--whose ORGANISATION" in said
    polemos("import", "polygons", path, "--into", scenario, "--whose", "south", "--elsewhere", "north")
    now = {place: held(scenario, place)[-1][0] for place in ("ash", "beech", "cedar", "dogwood", "elder", "fir")}
    assert now == {
        "ash": "north",
        "beech": "south",
        "cedar": "south",
        "dogwood": "south",
        "elder": "north",
        "fir": "north",
    }
    assert "did you mean 'south'?" in polemos(
        "import", "polygons", path, "--into", scenario, "--whose", "souht", code=2
    )


def test_an_area_of_a_name_that_nobody_knows_is_neither_sides(tmp_path):
    scenario = war(tmp_path)
    areas = feature(SOUTH_IN_MARCH, name="South"), feature(box(36.9, 47.9, 37.1, 48.1), name="Grey zone")
    path = write(tmp_path / "map-2022-03-01.geojson", *areas)
    said = polemos("import", "polygons", path, "--into", scenario, "--elsewhere", "north")
    assert "Grey zone" in said
    assert held(scenario, "ash") == [("north", "2022-01-01", "", "window")]
    assert held(scenario, "elder")[-1][0] == "north"


def test_words_with_stars_name_whole_names_whatever_their_case(tmp_path):
    scenario = war(tmp_path)
    areas = (
        feature(SOUTH_IN_MARCH, name="Зайнято /// OCCUPIED (since May)"),
        feature(box(36.5, 47.8, 37.2, 48.5), name="Звільнено /// Liberated 12.04"),
        feature(box(37.3, 48.2, 37.5, 48.4), name="Unknown status"),
    )
    path = write(tmp_path / "map-2022-03-01.geojson", *areas)
    words = ("*occupied*=south", "*liberated*=north", "unknown status=unknown")
    options = [option for word in words for option in ("--holder", word)]
    polemos("import", "polygons", path, "--into", scenario, *options)
    assert held(scenario, "beech")[-1][0] == "south"
    assert held(scenario, "ash")[-1][0] == "north"
    assert held(scenario, "elder") == [("north", "2022-01-01", "", "window")]


def test_of_several_properties_the_one_that_means_a_side_counts(tmp_path):
    scenario = war(tmp_path)
    path = write(tmp_path / "map-2022-03-01.geojson", feature(SOUTH_IN_MARCH, status="assessed", name="", side="South"))
    polemos("import", "polygons", path, "--into", scenario)
    assert held(scenario, "beech")[-1][0] == "south"


# The record ends with the last map


def test_the_record_ends_with_the_last_map(tmp_path):
    scenario = war(tmp_path, end="2026-01-01")
    said = polemos("import", "polygons", *both_sides(tmp_path), "--into", scenario)
    assert "the last map is of 2022-09-01, 1,217 days before the last of the record (2025-12-31)" in " ".join(
        said.split()
    )
    settings = (scenario / "scenario.yaml").read_text()
    assert "observed_until: 2022-09-02 " in settings
    assert "# First day of the record." in settings
    world = load(scenario)
    days = np.array(["2022-02-28", "2022-03-01", "2022-09-01", "2022-09-02"], "datetime64[D]")
    assert world.observed(days).all(axis=1).tolist() == [False, True, True, False]


def test_maps_in_two_imports_are_the_maps_in_one(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    files = one_sided(tmp_path, holder="South")
    together, apart = war(tmp_path / "a"), war(tmp_path / "b")
    polemos("import", "polygons", *files, "--into", together, "--elsewhere", "north")
    for some in (files[:2], files[2:]):
        polemos("import", "polygons", *some, "--into", apart, "--elsewhere", "north")
    assert (apart / "control.csv").read_text() == (together / "control.csv").read_text()
    assert "observed_until: 2022-12-02" in (apart / "scenario.yaml").read_text()


def test_earlier_maps_may_come_in_later(tmp_path):
    scenario, files = war(tmp_path), one_sided(tmp_path, holder="South")
    polemos("import", "polygons", *files[1:], "--into", scenario, "--elsewhere", "north")
    polemos("import", "polygons", files[0], "--into", scenario, "--elsewhere", "north")
    assert held(scenario, "beech")[1:] == [
        ("south", "2022-03-01", "2022-06-01", "window"),
        ("north", "2022-06-01", "", "92"),
    ]
    assert "observed_until: 2022-12-02" in (scenario / "scenario.yaml").read_text()


def test_a_place_that_maps_lose_sight_of_is_unknown_from_then_on(tmp_path):
    scenario = war(tmp_path)
    mark = '{{ lat = "{}", long = "{}", mark = "Location dot red.svg", label = "[[{}]]" }},\n'
    ash, fir = mark.format(48.0, 37.0, "Ash"), mark.format(48.3, 37.9, "Fir")
    (tmp_path / "map-2022-03-01.lua").write_text(f"return {{\n{ash}{fir}}}")
    (tmp_path / "map-2022-06-01.lua").write_text(f"return {{\n{fir}}}")
    maps = sorted(tmp_path.glob("*.lua"))
    polemos("import", "wikipedia", *maps, "--into", scenario, "--holder", "red=south")
    assert held(scenario, "ash")[1:] == [
        ("south", "2022-03-01", "2022-03-02", "window"),
        ("unknown", "2022-03-02", "", "window"),
    ]
    assert held(scenario, "fir")[1:] == [("south", "2022-03-01", "", "window")]
    assert held(scenario, "beech") == [("north", "2022-01-01", "", "window")]


def test_areas_that_last_give_the_days_of_the_changes(tmp_path):
    scenario = war(tmp_path)
    areas = (
        feature(SOUTH_IN_MARCH, holder="South", start="2022-03-01", end="2022-05-01"),
        feature(SOUTH_IN_SEPTEMBER, holder="South", start="2022-05-01"),
    )
    path = write(tmp_path / "spans.geojson", *areas)
    polemos("import", "polygons", path, "--into", scenario, "--elsewhere", "north")
    assert held(scenario, "beech") == [
        BEFORE,
        ("south", "2022-03-01", "2022-05-01", "window"),
        ("north", "2022-05-01", "", "0"),
    ]
    assert "observed_until" not in (scenario / "scenario.yaml").read_text()


# Shares of surroundings


def test_the_share_of_a_disk_and_the_distance_to_the_edge_are_kept(tmp_path):
    scenario, files = war(tmp_path), one_sided(tmp_path, holder="South")
    polemos("import", "polygons", *files, "--into", scenario, "--elsewhere", "north", "--radius", "20")
    kept = {(row["place"], row["holder"], row["date"]): row for row in rows(scenario / "shares.csv")}
    south, north = (kept["beech", side, "2022-03-01"] for side in ("south", "north"))
    # The area ends 11.12 km north, 14.88 km west and 22.24 km south of the town: two segments less than a disk.
    north_gone, west_gone = (
        (np.arccos(far / 20) - far / 20 * np.sqrt(1 - (far / 20) ** 2)) / np.pi for far in (11.1195, 14.8808)
    )
    assert float(south["share"]) == pytest.approx(1 - north_gone - west_gone, abs=0.005)
    assert float(north["share"]) == pytest.approx(1 - float(south["share"]), abs=0.0011)
    assert (south["edge_km"], north["edge_km"]) == ("11.1", "-11.1")
    assert float(kept["beech", "south", "2022-09-01"]["edge_km"]) == pytest.approx(-14.9, abs=0.05)
    world = load(scenario)
    cut = world.as_of("2022-08-01").shares
    assert set(cut.date.astype(str)) == {"2022-03-01"}
    beech = (world.shares.place == world.place("beech")) & (world.shares.holder == world.organisation("south"))
    assert world.shares.share[beech][0] == float(south["share"])


def test_shares_of_a_later_import_join_those_that_are_there(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    files = one_sided(tmp_path, holder="South")
    together, apart = war(tmp_path / "a"), war(tmp_path / "b")
    polemos("import", "polygons", *files, "--into", together, "--elsewhere", "north")
    for some in (files[:2], files[2:]):
        polemos("import", "polygons", *some, "--into", apart, "--elsewhere", "north")
    last = {
        scenario: {(row["place"], row["holder"]): row["share"] for row in rows(scenario / "shares.csv")}
        for scenario in (together, apart)
    }
    assert last[together] == last[apart]
    assert len(rows(apart / "shares.csv")) >= len(rows(together / "shares.csv"))


def test_what_did_not_move_is_not_measured_again_and_is_the_same():
    lon, lat = (at.ravel() for at in np.meshgrid(np.linspace(36.6, 38.4, 19), np.linspace(47.8, 48.6, 9)))
    ids = [str(row) for row in range(lon.size)]
    line = [[37.5, 48.9], [37.4, 48.4], [37.5, 48.2], [37.45, 47.5]]
    areas = [
        shapely.Polygon([[36, 47.5], [36, 48.9], *line[:1], [37.4 + step, 48.4], *line[2:]]) for step in (0, 0.06, 0.2)
    ]
    going = Surroundings(ids, lon, lat, 10.0)
    for number, area in enumerate(areas):
        day = np.datetime64("2022-03-01") + number
        going.add(day, {"south": area})
        afresh = Surroundings(ids, lon, lat, 10.0)
        afresh.add(day, {"south": area})
        for kept, new in zip(going._before["south"][1:], afresh._before["south"][1:], strict=True):
            np.testing.assert_allclose(kept, new)


def test_a_share_that_no_map_can_show_is_refused(tmp_path):
    scenario = war(tmp_path)
    text = "place,holder,date,share\nash,south,2022-03-01,0.5\nash,south,2022-03-01,0.6\n"
    (scenario / "shares.csv").write_text(f"{text}ash,unknown,2022-03-01,0.4\nfir,south,2022-03-01,1.5\n")
    said = polemos("check", scenario, code=2)
    assert "shares.csv:3:date: share of south at ash on 2022-03-01 given twice, first on line 2" in said
    assert "shares.csv:4:holder: a share of an unknown holder" in said
    assert "shares.csv:5:share: 1.5 is out of range" in said


def test_a_finer_grain_is_advised_where_areas_move_and_places_do_not(tmp_path):
    scenario, files = war(tmp_path), one_sided(tmp_path, holder="South")
    said = " ".join(polemos("import", "polygons", *files, "--into", scenario, "--elsewhere", "north").split())
    assert "which is 2 changes of hands at 6 places: cells of a grid show more (polemos new NAME --grid 10km" in said
    said = polemos("import", "polygons", *files[:1], "--into", scenario, "--elsewhere", "north")
    assert "grid" not in said


# Every geometry


@pytest.mark.parametrize(
    ("geometry", "said"),
    [
        (
            {
                "type": "GeometryCollection",
                "geometries": [SOUTH_IN_MARCH, {"type": "LineString", "coordinates": [[37, 48], [38, 48]]}],
            },
            "1 dropped: a line, no area",
        ),
        ({"type": "MultiPolygon", "coordinates": [SOUTH_IN_MARCH["coordinates"], []]}, ""),
        (
            {"type": "Polygon", "coordinates": [[[*at, 12.5] for at in SOUTH_IN_MARCH["coordinates"][0]]]},
            "",
        ),
        ({"type": "Polygon", "coordinates": [SOUTH_IN_MARCH["coordinates"][0][:-1]]}, "a ring that was not closed"),
        (
            {
                "type": "Polygon",
                "coordinates": [[[37.2, 47.8], [38.5, 48.1], [38.5, 47.8], [37.2, 48.1], [37.2, 47.8]]],
            },
            "rings that cross themselves",
        ),
        (
            {"type": "Polygon", "coordinates": [[at for at in SOUTH_IN_MARCH["coordinates"][0] for _ in (1, 2)]]},
            "",
        ),
    ],
    ids=["collection", "empty part", "heights", "not closed", "bow tie", "repeated"],
)
def test_every_area_is_used(geometry, said, tmp_path):
    scenario = war(tmp_path)
    path = write(tmp_path / "map-2022-03-01.geojson", feature(geometry, name="South"))
    assert said in " ".join(polemos("import", "polygons", path, "--into", scenario).split())
    assert held(scenario, "beech")[-1][0] == "south"


def test_what_is_no_area_is_dropped_and_counted(tmp_path):
    scenario = war(tmp_path)
    others = (
        feature({"type": "Point", "coordinates": [37.5, 48.0]}, name="South"),
        feature({"type": "MultiLineString", "coordinates": [[[37, 48], [38, 48]]]}, name="A road that nobody knows"),
        feature(None, name="South"),
        feature({"type": "Polygon", "coordinates": []}, name="South"),
        feature({"type": "GeometryCollection", "geometries": []}, name="South"),
    )
    path = write(tmp_path / "map-2022-03-01.geojson", feature(SOUTH_IN_MARCH, name="South"), *others)
    told = json.loads(polemos("import", "polygons", path, "--into", scenario, "--json"))
    assert told["kept"] == 1
    assert told["dropped"] == {
        "a point, no area": 1,
        "a line, no area": 1,
        "no geometry (null)": 1,
        "empty coordinates": 2,
    }
    assert told["doubtful"] == []


def test_a_hole_is_no_part_of_an_area(tmp_path):
    scenario = war(tmp_path)
    rings = [box(36.5, 47.8, 38.5, 48.5)["coordinates"][0], box(37.3, 47.9, 37.5, 48.1)["coordinates"][0]]
    area = {"type": "Polygon", "coordinates": rings}
    path = write(tmp_path / "map-2022-03-01.geojson", feature(area, name="South"))
    polemos("import", "polygons", path, "--into", scenario, "--elsewhere", "north")
    assert (held(scenario, "beech")[-1][0], held(scenario, "ash")[-1][0]) == ("north", "south")


def test_a_feature_and_a_bare_geometry_are_files_too(tmp_path):
    scenario = war(tmp_path)
    path = tmp_path / "map-2022-03-01.geojson"
    path.write_text(json.dumps(feature(SOUTH_IN_MARCH, name="South")))
    polemos("import", "polygons", path, "--into", scenario)
    path.write_text(json.dumps(SOUTH_IN_SEPTEMBER))
    polemos("import", "polygons", path, "--into", scenario, "--whose", "south", "--elsewhere", "north")
    assert held(scenario, "beech")[-1][0] == "north"


@pytest.mark.parametrize(("name", "shift"), [("urn:ogc:def:crs:OGC:1.3:CRS84", 0), ("EPSG:4326", 0), ("EPSG:3857", 1)])
def test_a_reference_system_that_is_known_is_honoured(name, shift, tmp_path):
    scenario = war(tmp_path)
    area = SOUTH_IN_MARCH
    if shift:
        metres = 6378137 * np.radians(np.array(SOUTH_IN_MARCH["coordinates"][0]))
        metres[:, 1] = 6378137 * np.log(np.tan(np.pi / 4 + metres[:, 1] / 6378137 / 2))
        area = {"type": "Polygon", "coordinates": [metres.tolist()]}
    crs = {"type": "name", "properties": {"name": name}}
    path = write(tmp_path / "map-2022-03-01.geojson", feature(area, name="South"), crs=crs)
    polemos("import", "polygons", path, "--into", scenario)
    assert (held(scenario, "beech")[-1][0], held(scenario, "elder")[-1][0]) == ("south", "north")


def test_another_reference_system_is_refused_by_name(tmp_path):
    scenario = war(tmp_path)
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32637"}}
    path = write(tmp_path / "map-2022-03-01.geojson", feature(SOUTH_IN_MARCH, name="South"), crs=crs)
    assert "coordinates in 'urn:ogc:def:crs:EPSG::32637'" in polemos(
        "import", "polygons", path, "--into", scenario, code=2
    )
    metres = feature(box(500_000, 5_300_000, 600_000, 5_400_000), name="South")
    said = polemos("import", "polygons", write(path, metres), "--into", scenario, code=2)
    assert "coordinates that are no degrees of longitude and latitude" in said


def test_an_area_across_the_antimeridian_is_on_both_sides_of_it(tmp_path):
    (tmp_path / "towns.csv").write_text("name,lat,lon\nWest,10,-179.5\nEast,10,179.5\nFar,10,150\n")
    polemos(
        "new",
        "isles",
        "--places",
        tmp_path / "towns.csv",
        "--start",
        "2022-01-01",
        "--end",
        "2023-01-01",
        "--in",
        tmp_path,
    )
    scenario, other = tmp_path / "isles", {}
    for text, area in (
        ("beyond 180", box(179, 9, 181, 11)),
        ("not cut", {"type": "Polygon", "coordinates": [[[179, 9], [-179, 9], [-179, 11], [179, 11], [179, 9]]]}),
    ):
        path = write(tmp_path / "map-2022-03-01.geojson", feature(area, name="Insurgents"))
        polemos("import", "polygons", path, "--into", scenario, "--elsewhere", "government", "--replace")
        other[text] = [held(scenario, place)[-1][0] for place in ("west", "east", "far")]
    assert other == {key: ["insurgents", "insurgents", "government"] for key in ("beyond 180", "not cut")}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"type": "Topology", "objects": {}}', "not a map that can be read"),
        ('{"type": "FeatureCollection", "features": []}', "without features"),
        ('{"type": "Feature"}\n{"type": "Feature"}', "several JSON texts"),
        (
            '{"type": "Polygon", "coordinates": [[["37", "48"], ["38", "48"], ["38", "49"], ["37", "48"]]]}',
            "no lists of",
        ),
        ('{"type": "Polygon", "coordinates": [[[NaN, 48], [38, 48], [38, 49], [37, 48]]]}', "no finite numbers"),
        ('{"type": "Point", "coordinates": [37, 48]}', "no areas in its 1 features"),
    ],
)
def test_what_is_no_map_is_refused_by_its_name(text, said, tmp_path):
    scenario = war(tmp_path)
    (tmp_path / "map-2022-03-01.geojson").write_text(text)
    words = ("import", "polygons", tmp_path / "map-2022-03-01.geojson", "--into", scenario, "--whose", "south")
    assert said in polemos(*words, code=2)


def test_a_file_that_is_too_large_is_called_so(tmp_path, monkeypatch):
    from polemos.scenario import tables

    monkeypatch.setattr(tables.content, "__defaults__", (1000,))
    scenario = war(tmp_path)
    path = write(tmp_path / "map-2022-03-01.geojson", *[feature(SOUTH_IN_MARCH, name="South")] * 20)
    said = polemos("import", "polygons", path, "--into", scenario, code=2)
    assert f"{path.stat().st_size:,} bytes, more than the 1,000 that are read" in said


# Days


@pytest.mark.parametrize(
    ("stem", "day"),
    [
        *(("1646092800", "2022-03-01"), ("map-2022-03-01", "2022-03-01"), ("areas_20220301_v2", "2022-03-01")),
        *(
            ("ControlMapAO01MAR2022", "2022-03-01"),
            ("2022_03_01", "2022-03-01"),
            ("export-1646092800000", "2022-03-01"),
        ),
        *(
            ("ControlMap01MAR22", "2022-03-01"),
            ("Front March 1, 2022", "2022-03-01"),
            ("map-20220301T0930", "2022-03-01"),
        ),
        *(("areas", ""), ("v2-20229901", ""), ("id-123456789", "")),
    ],
)
def test_the_day_in_the_name_of_a_file(stem, day):
    assert {str(one) for one in name_days(stem)} == ({day} if day else set())


def test_an_epoch_in_the_name_of_a_file_is_said(tmp_path):
    scenario = war(tmp_path)
    path = write(tmp_path / "1646092800.geojson", feature(SOUTH_IN_MARCH, name="South"))
    said = polemos("import", "polygons", path, "--into", scenario, "--try")
    assert "seconds since 1970 in the names of files are read as days in UTC (1 dates)" in " ".join(said.split())


def test_a_name_with_two_days_or_two_readings_is_refused(tmp_path):
    scenario = war(tmp_path)
    path = write(tmp_path / "map-2022-03-01-to-2022-03-31.geojson", feature(SOUTH_IN_MARCH, name="South"))
    said = polemos("import", "polygons", path, "--into", scenario, code=2)
    assert "2 days in its name (2022-03-01, 2022-03-31); give --date" in said
    with pytest.raises(BadCell, match="two ways"):
        name_days("front_02_03_2022")
    assert {str(day) for day in name_days("front_02_03_2022", "dmy")} == {"2022-03-02"}


@pytest.mark.parametrize(
    "day",
    ["2022-03-01T00:00:00+00:00", 1646092800000, 1646092800000.0, 1646092800, "2022/03/01 00:00:00+00", "1 March 2022"],
)
def test_days_in_properties_are_read_in_every_usual_form(day, tmp_path):
    scenario = war(tmp_path)
    path = write(tmp_path / "areas.geojson", feature(SOUTH_IN_MARCH, holder="South", date=day))
    polemos("import", "polygons", path, "--into", scenario)
    assert held(scenario, "beech") == [BEFORE, ("south", "2022-03-01", "", "window")]


def test_every_problem_of_every_file_is_in_one_report(tmp_path):
    scenario = war(tmp_path)
    files = [
        write(
            tmp_path / "map-2022-03-01.geojson",
            feature(SOUTH_IN_MARCH),
            feature(SOUTH_IN_MARCH, name="South", date="soon"),
        ),
        write(tmp_path / "undated.geojson", feature(SOUTH_IN_MARCH, name="South")),
    ]
    said = polemos("import", "polygons", *files, "--into", scenario, code=2)
    assert "map-2022-03-01.geojson:1:properties: no holder" in said
    assert "map-2022-03-01.geojson:2:date: 'soon' is not a day" in said
    assert "undated.geojson: no day" in said


# The two usual sources, in their own form, with invented geometry

DATA = Path(__file__).parent / "data" / "maps"


def test_raw_features_with_names_in_several_languages_come_in(tmp_path):
    scenario = war(tmp_path)
    words = ("*occupied*=south", "*liberated*=north", "*unknown status*=unknown")
    options = [option for word in words for option in ("--holder", word)]
    files = sorted((DATA / "raw").glob("*.geojson"))
    told = json.loads(
        polemos("import", "polygons", *files, "--into", scenario, *options, "--elsewhere", "north", "--json")
    )
    assert (told["read"], told["kept"], told["doubtful"]) == (24, 12, [])
    assert told["dropped"] == {"a point, no area": 8, "a line, no area": 4}
    assert [spell[:2] for spell in held(scenario, "beech")] == [
        ("unknown", "2022-01-01"),
        ("north", "2022-03-01"),
        ("south", "2022-07-09"),
        ("north", "2022-10-17"),
    ]
    assert "observed_until: 2022-12-02" in (scenario / "scenario.yaml").read_text()


def test_a_layer_of_one_side_without_names_comes_in(tmp_path):
    scenario = war(tmp_path)
    files = sorted((DATA / "one_side").glob("*.geojson"))
    said = polemos("import", "polygons", *files, "--into", scenario, "--whose", "south", "--elsewhere", "north")
    assert "4 rows read, 4 kept" in said
    # The day of the map counts, not that on which somebody edited the layer.
    assert held(scenario, "beech")[1:3] == [
        ("north", "2022-03-01", "2022-07-09", "window"),
        ("south", "2022-07-09", "2022-10-17", "55"),
    ]
