"""Guessed roads go over land: none crosses open water, and what water parts is joined by ferries that are said."""

from __future__ import annotations

import numpy as np
import shapely
from typer.testing import CliRunner

from polemos.cli.commands import app
from polemos.importers.hexagons import draw_grid, grid_roads
from polemos.importers.roads import guess_roads
from polemos.importers.seas import pieces_of
from polemos.report.basemap import Box, land
from scenarios import rows, save


def square(west, south, east, north):
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Feature", "geometry": {"type": "MultiPolygon", "coordinates": [[ring]]}, "properties": {}}


def roads(points, countries):
    lat, lon = (np.array([point[axis] for point in points], float) for axis in (0, 1))
    links = guess_roads(lat, lon, countries=countries)
    return {(link.a, link.b) for link in links if link.kind != "guessed_ferry"}


def test_an_island_is_not_joined_by_a_road():
    points = [(10.0, 20.1), (10.0, 20.5), (10.0, 22.1), (10.0, 22.5)]
    countries = [square(20, 9, 21, 11), square(22, 9, 23, 11)]
    assert roads(points, ()) == {(0, 1), (1, 2), (2, 3)}
    joined = roads(points, countries)
    assert joined == {(0, 1), (2, 3)}
    assert pieces_of(np.array(sorted(joined)), 4) == [[0, 1], [2, 3]]


def test_a_strait_as_narrow_as_the_coast_is_coarse_is_crossed():
    points = [(10.0, 20.9), (10.0, 21.2)]
    assert roads(points, [square(20, 9, 21, 11), square(21.05, 9, 22, 11)]) == {(0, 1)}
    assert roads(points, [square(20, 9, 21, 11), square(21.15, 9, 22, 11)]) == set()


def test_places_on_two_sides_of_a_bay_are_joined_round_it():
    # A bay from the north, open at 20.3 to 20.7, with land at its head below 9.5.
    countries = [square(20, 9, 20.3, 11), square(20.7, 9, 21, 11), square(20.3, 9, 20.7, 9.5)]
    points = [(10.5, 20.2), (10.5, 20.8), (9.2, 20.1), (9.2, 20.9)]
    joined = roads(points, countries)
    assert (0, 1) not in joined
    assert len(pieces_of(np.array(sorted(joined)), 4)) == 1


def test_no_guessed_road_of_a_scenario_crosses_the_sea_and_islands_are_named(tmp_path):
    # Two on a mainland, two on a large island whose coast bends between them, one across the sea.
    towns = [("A", 38.90, 21.80), ("B", 38.62, 21.41), ("C", 35.34, 25.13), ("D", 40.35, 18.17), ("E", 35.51, 24.02)]
    save(tmp_path / "towns.csv", [{"name": n, "lat": lat, "lon": lon} for n, lat, lon in towns], ["name", "lat", "lon"])
    words = ["new", "war", "--places", str(tmp_path / "towns.csv"), "--in", str(tmp_path)]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    pairs = {(row["a"], row["b"]) for row in rows(tmp_path / "war" / "links.csv")}
    by_land = {("a", "b"), ("c", "e")}
    assert pairs == by_land | {("b", "e"), ("b", "d")}
    kinds = {(row["a"], row["b"]): row["kind"] for row in rows(tmp_path / "war" / "links.csv")}
    assert {pair for pair, kind in kinds.items() if kind == "guessed_ferry"} == pairs - by_land
    said = " ".join(done.output.split())
    assert "2 ferries are guessed: B - D (338 km), B - E (416 km); mend links.csv" in said
    checked = CliRunner().invoke(app, ["check", str(tmp_path / "war")])
    assert checked.exit_code == 0
    assert "no road joins" not in checked.output
    assert "4 of 4 roads (links.csv)" in " ".join(checked.output.split())


def test_ferries_are_the_fewest_and_shortest_and_as_long_as_the_crow_flies():
    # Three islands on a line, each one degree of latitude (111.2 km) from the next, and a fourth half a degree beyond.
    points = [(10.0, 20.0), (11.0, 20.0), (12.0, 20.0), (12.5, 20.0)]
    countries = [square(19.95, lat - 0.05, 20.05, lat + 0.05) for lat, _ in points]
    lat, lon = np.array(points).T
    links = {(link.a, link.b): (link.kind, link.km) for link in guess_roads(lat, lon, countries=countries)}
    ferry = "guessed_ferry"
    assert links == {(0, 1): (ferry, 111.2), (1, 2): (ferry, 111.2), (2, 3): (ferry, 55.6)}


def test_a_large_archipelago_is_in_one_piece_under_either_graph():
    rng = np.random.default_rng(5)
    lat, lon = rng.uniform(-20, -10, 150), rng.uniform(170, 190, 150)
    lon = np.where(lon > 180, lon - 360, lon)
    for graph in ("gabriel", "relative"):
        links = guess_roads(lat, lon, graph=graph, countries=[square(-100, 0, -99, 1)])
        # Two places nearer than the coast is coarse are joined by a road.
        assert sum(link.kind == "guessed_ferry" for link in links) > 140
        assert len(links) == 149
        assert len(pieces_of(np.array([(link.a, link.b) for link in links]), 150)) == 1


def test_cells_on_two_islands_are_joined_by_one_ferry():
    islands = shapely.union_all([shapely.box(20.0, 9.8, 20.4, 10.2), shapely.box(21.2, 9.8, 21.6, 10.2)])
    grid = draw_grid((19.9, 9.7, 21.7, 10.3), 15.0, islands)
    links = grid_roads(grid, islands)
    assert sum(link.kind == "guessed_ferry" for link in links) == 1
    assert len(pieces_of(np.array([(link.a, link.b) for link in links]), len(grid.at))) == 1


def test_the_base_map_has_land_where_people_live():
    assert land(Box(20, 35, 26, 42))
