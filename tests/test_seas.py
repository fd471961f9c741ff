"""Guessed roads go over land: none crosses open water, and what water parts is said."""

from __future__ import annotations

import numpy as np
from typer.testing import CliRunner

from polemos.cli.commands import app
from polemos.importers.roads import guess_roads
from polemos.importers.seas import pieces_of
from polemos.report.basemap import Box, land
from scenarios import rows, save


def square(west, south, east, north):
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Feature", "geometry": {"type": "MultiPolygon", "coordinates": [[ring]]}, "properties": {}}


def roads(points, countries):
    lat, lon = (np.array([point[axis] for point in points], float) for axis in (0, 1))
    return {(road.a, road.b) for road in guess_roads(lat, lon, countries=countries)}


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
    assert pairs == {("a", "b"), ("c", "e")}
    said = " ".join(done.output.split())
    assert "open water parts C, E from the rest; add a ferry to links.csv if there is one" in said
    assert "open water parts D from the rest" in said
    assert CliRunner().invoke(app, ["check", str(tmp_path / "war")]).exit_code == 0


def test_the_base_map_has_land_where_people_live():
    assert land(Box(20, 35, 26, 42))
