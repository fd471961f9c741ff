"""What may be wrong with a record is found without knowing the war, and counts in its grade."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from typer.testing import CliRunner

import pages
from polemos.cli.commands import app
from polemos.record.control import changes
from polemos.record.second_look import neighbours
from polemos.report.basemap import water_km
from polemos.report.html import sections
from polemos.report.page.contents import Fact
from polemos.war.war import load
from scenarios import put, tiny


def doubts(path, **maps):
    return {(doubt.check, doubt.place, doubt.date): doubt for doubt in load(path).second_look(**maps)}


def test_changes_of_hands_are_those_between_two_holders(tmp_path):
    world = load(tiny(tmp_path)).world
    moves = [(world.places.id[move.place], str(move.date)) for move in changes(world)]
    # Cedar's second spell is the same holder, contested; elm is left empty and taken again.
    assert moves == [
        ("birch", "2001-05-10"),
        ("birch", "2002-03-01"),
        ("cedar", "2001-10-05"),
        ("cedar", "2002-02-01"),
        ("cedar", "2002-09-20"),
        ("dale", "2002-11-10"),
        ("elm", "2001-12-01"),
        ("elm", "2002-01-20"),
        ("fir", "2002-06-30"),
    ]
    birch = changes(world)[0]
    assert (birch.precision, birch.next_precision, birch.lasted) == (0, 7, 295)


def test_a_place_taken_far_behind_the_front_is_doubtful(tmp_path):
    path = tiny(tmp_path)
    assert ("no neighbour", "fir", "2001-03-01") not in doubts(path)
    put(path, "control.csv", "fir,hill,2001-01-01,2002-06-30", "fir,hill,2001-01-01,2001-03-01")
    put(path, "control.csv", "fir,guild,2002-06-30,,0,10", "fir,crown,2001-03-01,,0,10")
    assert ("no neighbour", "fir", "2001-03-01") in doubts(path)
    # Its neighbour dale falls to the same army a year and a half later: that explains nothing.
    put(path, "roles.csv", "alder,6,invented", "fir,6,invented")
    assert ("no neighbour", "fir", "2001-03-01") not in doubts(path)


def test_a_capture_without_war_and_a_spell_shorter_than_its_dates_are_doubtful(tmp_path):
    path = tiny(tmp_path)
    # Taken by the Guild from the Hill League at war; the same in their truce is doubtful.
    assert ("not at war", "fir", "2002-06-30") not in doubts(path)
    put(path, "control.csv", "fir,hill,2001-01-01,2002-06-30", "fir,hill,2001-01-01,2001-08-20")
    put(path, "control.csv", "fir,guild,2002-06-30,", "fir,guild,2001-08-20,")
    found = doubts(path)
    assert found["not at war", "fir", "2001-08-20"].what == "guild takes it from hill"
    assert ("short spell", "birch", "2001-05-10") not in found
    put(path, "control.csv", "2001-05-10,2002-03-01,0,day", "2001-05-10,2001-05-14,0,day")
    put(path, "control.csv", "birch,crown,2002-03-01", "birch,crown,2001-05-14")
    assert "lasts 4 days, its dates are known to 7" in doubts(path)["short spell", "birch", "2001-05-10"].what


def test_a_note_explains_a_doubt_and_lifts_the_grade(tmp_path):
    path = tiny(tmp_path)
    put(path, "control.csv", "fir,hill,2001-01-01,2002-06-30", "fir,hill,2001-01-01,2001-08-20")
    put(path, "control.csv", "fir,guild,2002-06-30,,0,10,invented,", "fir,guild,2001-08-20,,0,10,invented,")
    before = load(path).grade()
    put(path, "control.csv", "2001-08-20,,0,10,invented,", "2001-08-20,,0,10,invented,second look: sold")
    assert doubts(path)["not at war", "fir", "2001-08-20"].reason == "sold"
    assert load(path).grade().doubtful == before.doubtful - 1 / 9


def test_places_on_one_spot_and_roads_that_cannot_be_are_doubtful(tmp_path):
    path = tiny(tmp_path)
    put(path, "places.csv", "cedar,Cedar,,AA,town,10.4,20.3", "cedar,Cedar,,AA,town,10.2,20.101")
    put(path, "links.csv", "alder,birch,highway,30", "alder,birch,highway,12")
    put(path, "links.csv", "dale,fir,road,45\nelm,fir,road,42\n", "")
    found = doubts(path)
    assert found["same spot", "birch", ""].what == "109 m from cedar"
    assert found["road length", "alder", ""].what == "12 km to birch, 25 km as the crow flies"
    assert found["no road", "fir", ""].what == "no road"


def test_a_place_in_the_sea_and_a_road_over_it_are_found_on_the_base_map(tmp_path):
    path = tiny(tmp_path)
    assert not {check for check, *_ in doubts(path, water_km=water_km)} & {"in the sea", "over water"}
    # The Gulf of Guinea; and two towns on either side of a bay of it, with a road as straight as a ruler.
    put(path, "places.csv", "fir,Fir,,BB,city,10.8,20.5", "fir,Fir,,BB,city,0.0,0.0")
    put(path, "links.csv", "dale,fir,road,45", "dale,fir,road,2600")
    found = doubts(path, water_km=water_km)
    assert "km from land" in found["in the sea", "fir", ""].what
    assert ("over water", "dale", "") in found
    assert water_km(np.array([10.0, 0.0]), np.array([20.0, 0.0])).round(-2).tolist() == [0.0, 600.0]


def test_a_gazetteer_finds_a_place_that_is_elsewhere(tmp_path):
    path = tiny(tmp_path)
    spots = {"fir": [(10.8, 20.5)], "dale": [(11.2, 20.2), (40.0, 20.2)], "cedar": [(40.0, 20.3)]}
    found = doubts(path, gazetteer=spots)
    assert ("gazetteer", "fir", "") not in found
    assert found["gazetteer", "dale", ""].what.startswith("67 km from where the gazetteer has its name")
    # The only Cedar of the gazetteer is a namesake at the other end of the world.
    assert ("gazetteer", "cedar", "") not in found


def test_the_page_names_the_grade_and_says_whose_borders_it_draws(tmp_path):
    facts = (Fact("Record", "draft (9 changes of hands)"),)
    old = replace(pages.sample(tiny(tmp_path)), facts=facts, origin=np.datetime64("1938-03-08"))
    assert sections.record(old) == '<p class="small">The record is a draft (9 changes of hands).</p>'
    assert sections.borders(old) == " They are those of today, not those of 1938."
    assert sections.borders(replace(old, origin=np.datetime64("2011-06-15"))) == ""


def test_neighbours_are_both_ends_of_a_road(tmp_path):
    world = load(tiny(tmp_path)).world
    assert sorted(neighbours(world)[world.place("cedar")]) == [world.place(name) for name in ("birch", "dale", "elm")]


def test_the_grade_is_a_rule_on_recall_dates_and_doubts(tmp_path):
    path = tiny(tmp_path)
    # Five of nine dates within a week are too few for a documented record.
    assert load(path).grade().grade == "usable"
    put(path, "control.csv", "elm,,2001-12-01,2002-01-20,0,month", "elm,,2001-12-01,2002-01-20,0,day")
    grade = load(path).grade()
    assert (grade.changes, grade.recalled, round(grade.within_a_week, 3)) == (9, 0.0, 0.667)
    assert grade.doubtful == pytest.approx(1 / 9)
    # Cedar is taken while birch is the enemy's; a note that says how explains it.
    put(
        path,
        "control.csv",
        "0,month,invented,\ncedar,guild,2002-02-01",
        "0,month,invented,second look: sold\ncedar,guild,2002-02-01",
    )
    assert load(path).grade().grade == "documented"
    # Two of nine by recall: no longer documented. Four of nine: a draft.
    put(path, "control.csv", "2002-09-20,,0,day,invented", "2002-09-20,,0,day,recall: invented")
    put(path, "control.csv", "2002-03-01,,0,week,invented", "2002-03-01,,0,week,general knowledge")
    assert load(path).grade().grade == "usable"
    put(path, "control.csv", "elm,guild,2002-01-20,,0,week,invented", "elm,guild,2002-01-20,,0,week,guessed")
    put(path, "control.csv", "fir,guild,2002-06-30,,0,10,invented", "fir,guild,2002-06-30,,0,10,recall")
    assert load(path).grade().grade == "draft"


def test_check_prints_the_grade_and_the_doubts(tmp_path):
    path = tiny(tmp_path)
    plain = CliRunner().invoke(app, ["check", str(path)])
    assert "Record: usable (9 changes of hands: 0 % from memory" in plain.output
    put(path, "links.csv", "alder,birch,highway,30", "alder,birch,highway,12")
    looked = CliRunner().invoke(app, ["check", str(path), "--second-look"])
    assert "12 km to birch, 25 km as the crow flies" in looked.output
    as_json = json.loads(CliRunner().invoke(app, ["check", str(path), "--second-look", "--json"]).output)
    assert as_json["record"]["grade"] == "usable"
    assert [doubt["check"] for doubt in as_json["doubts"]].count("road length") == 1
