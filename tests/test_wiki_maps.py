"""Wikipedia's map modules by their own legend: the inner dot controls, a ring besieges, a site is no town."""

from __future__ import annotations

import json
from itertools import permutations

import pytest
from typer.testing import CliRunner

from polemos.cli.commands import app
from polemos.importers.map_marks import colours_of, role_of
from polemos.readers.lua_tables import tables
from scenarios import put, rows, tiny

MARKS = {
    "birch ring": '{ lat = "10.2", long = "20.1", mark = "Map-circle-black.svg", label = "[[Birch]]" }',
    "birch dot": '{ lat = "10.2", long = "20.1", mark = "Location dot red.svg", label = "[[Birch]]", link = "Birch" }',
    "cedar dot": '{ lat = "10.4", long = "20.3", mark = "Location dot red.svg", label = "[[Cedar]]" }',
    "cedar arc": '{ lat = "10.4", long = "20.3", mark = "map-arcNE-black.svg", marksize = "12", label = "[[Cedar]]" }',
    "dale mixed": '{ lat = "10.6", long = "20.2", mark = "80x80-red-black-anim.gif", label = "[[Dale]]" }',
    "fir jet": '{ lat = "10.8", long = "20.5", mark = "Fighter-jet-black-icon.svg", label = "[[Fir Air Base|Fir]]" }',
    "fir rural": '{ lat = "10.8", long = "20.5", mark = "3x3dot-black.svg", label = "[[Fir]]" }',
    "alder dot": "{ lat = 10.0, long = 20.0, mark = 'Location dot Red.svg', marksize = 10, label = [[Alder]] }",
}


def polemos(*words, code=0):
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exit_code == code, done.output + repr(done.exception)
    return done.output


def take(war, marks, *more, name="map-2001-03-01.lua", before=""):
    (war.parent / name).write_text(f"{before}return {{ marks = {{\n" + ",\n".join(marks) + "\n} }\n")
    sides = ("--holder", "red=crown", "--holder", "black=guild")
    return json.loads(polemos("import", "wikipedia", war.parent / name, "--into", war, *sides, "--json", *more))


def shown(war, place):
    """Holder and whether contested, on the day of the map."""
    spells = [row for row in rows(war / "control.csv") if row["place"] == place and row["start"] <= "2001-03-01"]
    return spells[-1]["holder"], spells[-1]["contested"]


def test_a_siege_leaves_the_place_to_the_inner_dot_and_sites_are_no_towns(tmp_path):
    war = tiny(tmp_path)
    account = take(war, MARKS.values())
    assert {place: shown(war, place) for place in ("alder", "birch", "cedar", "dale")} == {
        "alder": ("crown", "0"),
        "birch": ("crown", "1"),
        "cedar": ("crown", "1"),
        "dale": ("crown", "1"),
    }
    # An air base of that name and presence around it leave the town as it was: the Guild's mark took nothing.
    assert "fir" not in {row["place"] for row in rows(war / "control.csv") if row["source"].startswith("Wikipedia")}
    assert account["dropped"] == {
        "a site (air base, oil field, dam, crossing, ...) that is no place of the scenario": 1,
        "presence in the country around, which is no control of a place": 1,
    }
    assert account["doubtful"] == []


@pytest.mark.parametrize("order", list(permutations(("birch ring", "birch dot", "cedar dot"))))
def test_the_order_of_marks_does_not_matter(order, tmp_path):
    war = tiny(tmp_path)
    take(war, [MARKS[name] for name in order])
    assert shown(war, "birch") == ("crown", "1")


def test_a_place_that_its_besieger_had_before_is_the_dots(tmp_path):
    war = tiny(tmp_path)
    black = MARKS["birch dot"].replace("red", "black")
    (war.parent / "map-2001-02-01.lua").write_text(f"return {{ marks = {{ {black} }} }}")
    (war.parent / "map-2001-03-01.lua").write_text(
        f"return {{ marks = {{ {MARKS['birch ring']}, {MARKS['birch dot']} }} }}"
    )
    sides = ("--holder", "red=crown", "--holder", "black=guild")
    polemos("import", "wikipedia", *sorted(war.parent.glob("*.lua")), "--into", war, *sides)
    assert shown(war, "birch") == ("crown", "1")


def test_a_ring_alone_says_nothing_and_an_own_ring_is_no_siege(tmp_path):
    war = tiny(tmp_path)
    own = MARKS["cedar arc"].replace("black", "red")
    account = take(war, [MARKS["birch ring"], MARKS["cedar dot"], own])
    assert account["dropped"] == {"a ring around a place of which no mark says who is in it": 1}
    assert shown(war, "cedar") == ("crown", "0")
    assert (account["read"], account["kept"]) == (3, 2)


def test_a_site_is_a_place_of_its_own_where_the_scenario_has_it(tmp_path):
    war = tiny(tmp_path)
    put(war, "places.csv", 'elm,"Elm, the dam",,BB,dam,10.5,20.6', "elm,Elm Air Base,,BB,town,10.8,20.51")
    jet = MARKS["fir jet"].replace("Fir Air Base|Fir", "Elm Air Base|Elm")
    take(war, [jet, MARKS["fir jet"]])
    assert shown(war, "elm") == ("guild", "0")


def test_marks_by_a_table_of_shortcuts_are_read_and_foreign_ones_are_counted(tmp_path):
    war = tiny(tmp_path)
    before = 'mk = {\n  rus = "Location dot red.svg",\n  con = "80x80-red-black-anim.gif",\n}\nlp = { b = "bottom" }\n'
    marks = [
        '{ lat = "10.2", long = "20.1", mark = mk.rus, marksize = 4, label = "[[Birch]]", position = lp.b }',
        '{ lat = "10.4", long = "20.3", mark = mk.con, label = "[[Cedar]]" }',
        '{ lat = "10.6", long = "20.2", mark = sym.gov, label = "[[Dale]]" }',
        '{ lat = "10.8", long = "20.5", mark = "Purple star red.svg", label = "[[Fir]]" }',
    ]
    account = take(war, marks, before=before)
    assert (shown(war, "birch"), shown(war, "cedar")) == (("crown", "0"), ("crown", "1"))
    assert {doubt["name"] for doubt in account["doubtful"]} == {"sym.gov", "Purple star red.svg"}
    assert account["dropped"] == {"a mark that the legend of these maps does not have, see below": 2}
    # The user may say what it is.
    account = take(war, marks, "--holder", "Purple star red.svg=hill", before=before)
    assert shown(war, "fir") == ("hill", "0")


@pytest.mark.parametrize(
    ("mark", "role", "sides"),
    [
        ("Location dot red.svg", "control", ("crown",)),
        ("File:Location_dot_red.svg", "control", ("crown",)),
        ("Red pog.svg", "control", ("crown",)),
        ("Location dot dark red.svg", "control", ()),
        ("80x80-red-black-lime-anim.gif", "control", ("crown", "guild")),
        ("Map-ctl2-black+red.svg", "control", ("guild", "crown")),
        ("Map-circle-red.svg", "ring", ("crown",)),
        ("map-arcSS-red.svg", "ring", ("crown",)),
        ("4x4dot-red.svg", "rural", ("crown",)),
        ("Fighter-jet-red-icon.svg", "site", ("crown",)),
        ("Helicopter-red-icon.svg", "site", ("crown",)),
        ("Abm-red-icon.png", "site", ("crown",)),
        ("Anchor pictogram red.svg", "site", ("crown",)),
        ("Arch dam red.svg", "site", ("crown",)),
        ("Gota03.svg", "site", ()),
        ("Map-peak-red.svg", "site", ("crown",)),
        ("Mountain pass 12x12 w.svg", "site", ()),
        ("Icon NuclearPowerPlant-red.svg", "site", ("crown",)),
        ("LACMTA Circle Purple Line.svg", "", ()),
        ("Roadmap Overlay.png", "", ()),
    ],
)
def test_what_each_picture_of_the_legend_says(mark, role, sides):
    assert role_of(mark) == role
    assert colours_of(mark, {"Red": "crown", "black": "guild"}) == sides


def test_a_shade_is_a_colour_of_its_own():
    assert colours_of("Location dot dark red.svg", {"dark red": "hill", "red": "crown"}) == ("hill",)


def test_joined_strings_are_no_paths():
    assert next(iter(tables('t = { a = "St." .. "John", b = x.y.z, c = "1" }', "x")))[1] == {
        "a": "St.",
        "b": "x.y.z",
        "c": "1",
    }
