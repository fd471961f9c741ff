"""Places of a grid: hexagons of one area, on land, with the people of the towns in them."""

from __future__ import annotations

import json

import numpy as np
import pytest
import shapely

from maps import TOWNS, box, feature, polemos, war, write
from polemos.importers.hexagons import Plane, centres, count, draw_grid, grid_places, grid_roads, hexagons
from polemos.importers.places import Found
from polemos.importers.surroundings import flat_area
from polemos.record.from_scenario import great_circle, load
from scenarios import rows

BOX = (36.5, 47.6, 38.5, 48.6)
LAND = shapely.box(30, 40, 45, 55)


def test_the_plane_there_and_back_and_its_areas_are_those_of_the_sphere():
    plane = Plane(37.5, 48.1)
    rng = np.random.default_rng(1)
    at = np.stack([rng.uniform(36, 39, 100), rng.uniform(47, 49, 100)], axis=1)
    np.testing.assert_allclose(plane.back(plane.degrees(at)), at, atol=1e-9)
    cells = np.array([(column, row) for column in range(-8, 9) for row in range(-8, 9)])
    drawn = shapely.segmentize(hexagons(centres(cells, 10.0), 10.0), 0.5)
    areas = 6371.0**2 * flat_area(shapely.transform(drawn, plane.back))
    np.testing.assert_allclose(areas, np.sqrt(3) / 2 * 100, rtol=1e-4)


def test_cells_fill_the_box_and_each_has_its_six_neighbours():
    grid = draw_grid(BOX, 10.0, LAND)
    assert grid.whole == len(grid.at) == pytest.approx(count(BOX, 10.0), rel=0.03)
    roads = grid_roads(grid, LAND)
    neighbours = np.bincount([end for road in roads for end in (road.a, road.b)])
    assert neighbours.max() == 6
    assert np.median(neighbours) == 6
    far = [great_circle(*(grid.place[end][i : i + 1] for end in (road.a, road.b) for i in (1, 0)))[0] for road in roads]
    assert max(far) == pytest.approx(10, abs=0.01)
    assert {road.kind for road in roads} == {"guessed_road"}


def test_the_sea_has_no_cells_and_no_roads():
    strait = shapely.union_all([shapely.box(30, 40, 37.3, 55), shapely.box(37.6, 40, 45, 55)])
    grid, whole = draw_grid(BOX, 10.0, strait), draw_grid(BOX, 10.0, LAND)
    assert 0.8 * len(whole.at) < len(grid.at) < 0.9 * len(whole.at)
    assert shapely.intersects_xy(strait, grid.place[:, 0], grid.place[:, 1]).all()
    over = [link.kind for link in grid_roads(grid, strait) if (grid.place[[link.a, link.b], 0] < 37.45).sum() == 1]
    assert over == ["guessed_ferry"]


def test_towns_give_cells_their_people_and_names():
    towns = [Found("a", "Ash", 48.0, 37.0, 5000.0, "Asch"), Found("b", "Aspen", 48.01, 37.0, 200.0)]
    places = grid_places(draw_grid(BOX, 10.0, LAND), towns)
    assert sum(place.people for place in places) == 5200
    named = [place for place in places if place.name == "Ash"]
    assert [(place.people, place.aliases) for place in named] == [(5200.0, "Asch|Aspen")]
    assert len({place.id for place in places}) == len(places)
    north = min(places, key=lambda place: abs(place.lat - 48.18) + abs(place.lon - 37.0))
    assert north.name.endswith(" of Ash") or north.name.endswith(" of Aspen")


def test_a_war_of_cells_begins_imports_and_passes(tmp_path):
    (tmp_path / "towns.csv").write_text(TOWNS)
    sides = ("--organisation", "north:government:North", "--organisation", "south:insurgent:South")
    span = ("--start", "2022-01-01", "--end", "2023-01-01", "--in", tmp_path)
    grid = ("--grid", "10km", "--bbox", "36.8,47.8,38.4,48.5", "--places", tmp_path / "towns.csv")
    told = json.loads(polemos("new", "cells", *grid, *span, *sides, "--json"))
    assert 90 < told["places"] < 120
    scenario = tmp_path / "cells"
    assert "no errors" in polemos("check", scenario)
    assert sum(float(row["people"]) for row in rows(scenario / "places.csv")) == 146_000
    files = [
        write(tmp_path / f"map-{day}.geojson", feature(box(west, 47, 39, 49), name="South"))
        for day, west in (("2022-03-01", 37.2), ("2022-09-01", 37.6))
    ]
    polemos("import", "polygons", *files, "--into", scenario, "--elsewhere", "north")
    world = load(scenario)
    days = np.array(["2022-03-01", "2022-09-01"], "datetime64[D]")
    before, after = (world.holders(days) == world.organisation("south")).sum(axis=1)
    assert before - after > 15


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--grid", "10km"), "--grid wants a box: --bbox W,S,E,N"),
        (("--grid", "ten", "--bbox", "36,47,38,48"), "no width of cells 'ten'"),
        (("--grid", "0", "--bbox", "36,47,38,48"), "no width of cells '0'"),
        (("--grid", "1km", "--bbox", "30,40,50,55"), "cells, more than"),
        (("--grid", "10km", "--bbox", "-40,-1,-39,0"), "no land in the box"),
    ],
)
def test_a_grid_that_cannot_be_drawn_is_refused(options, said, tmp_path):
    assert said in " ".join(polemos("new", "cells", *options, "--in", tmp_path, code=2).split())
    assert not (tmp_path / "cells").exists()


def test_few_places_are_told_that_cells_are_an_option(tmp_path):
    war(tmp_path)
    (tmp_path / "more").mkdir()
    said = polemos("new", "war", "--places", tmp_path / "towns.csv", "--in", tmp_path / "more")
    assert "6 places: a war over villages hardly moves on them" in " ".join(said.split())


def test_a_question_on_a_cell_is_in_words_that_a_reader_understands():
    from polemos.scenario.scaffold import NewOrganisation, questions_text

    sides = (NewOrganisation("north", "North", "government"), NewOrganisation("south", "South", "insurgent"))
    places = [{"id": "r064c016", "name": "r064c016 near Hill", "kind": "cell", "people": 9.0}]
    text = questions_text(np.datetime64("2002-01-01"), places, sides)
    assert "The most populous cell (near Hill) held by North" in text
    assert "does North hold the most populous cell (near Hill)?" in text
    assert 'places: {ids: "r064c016"}' in text
    town = questions_text(np.datetime64("2002-01-01"), [places[0] | {"kind": "town", "name": "de Hill"}], sides)
    assert "De Hill held by North" in town
