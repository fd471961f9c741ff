"""What an import leaves to a person is settled as it says: fill in `of`, move the lines to aliases.csv, try again."""

from __future__ import annotations

import csv
import json

import pytest
from typer.testing import CliRunner

from polemos.cli.commands import app
from polemos.names.lookup import key, sides
from polemos.names.matcher import matcher
from polemos.record.events import parties
from polemos.scenario.load import read
from polemos.war.war import load
from scenarios import put, rows, tiny

GED = "id,date_start,date_end,date_prec,where_prec,side_a,side_b,latitude,longitude,best,low,high,type_of_violence\n"
SIGNS = (
    "Military Forces of Crownland (2021-)",
    "GPF: Guild People's Front",
    "GF/GA: Guild Front/Guild Army",
    "Government of Crownland (Old Crown), Northern Command",
    "Ville d'Hiver & Co. No. 7",
    "الجيش",
    "N°9 – Ürün",
)


def polemos(*words, code=0):
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exit_code == code, done.output + repr(done.exception)
    return done.output


def settle(war, meant):
    """Fill in the doubts of a scenario as a person would, and move them."""
    with (war / "doubtful.csv").open(encoding="utf-8", newline="") as lines:
        doubts = list(csv.DictReader(lines))
    path = war / "aliases.csv"
    new = not path.exists()
    with path.open("a", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, ["of", "kind", "alias", "note"])
        if new:
            writer.writeheader()
        for row in doubts:
            writer.writerow(row | {"of": meant[row["alias"]]})
    return {(row["kind"], row["alias"]) for row in doubts}


def twice(war, meant, *words):
    """The doubts of a first import and the account of the second, which has none."""
    polemos("import", *words, "--into", war)
    doubts = settle(war, meant)
    account = json.loads(polemos("import", *words, "--into", war, "--json"))
    assert account["doubtful"] == []
    assert account["unknown"] == {}
    return doubts, account


def test_sides_of_events_with_any_signs(tmp_path):
    war = tiny(tmp_path)
    row = "{},2001-03-05,2001-03-05,1,1,Robbers,{},10.0,20.0,2,1,3,1\n"
    (tmp_path / "ged.csv").write_text(
        GED + "".join(row.format(n, f'"{name}"') for n, name in enumerate(SIGNS)), encoding="utf-8"
    )
    said = polemos("import", "ucdp", tmp_path / "ged.csv", "--into", war)
    assert "100% of the rows (7 of 7) concern sides that the scenario does not know." in said
    meant = {"Robbers": "hill"} | dict.fromkeys(SIGNS, "guild")
    # A list of parties is taken apart only where it is no name as a whole.
    meant |= {"Government of Crownland (Old Crown)": "guild", "Northern Command": "guild"}
    doubts, _ = twice(war, meant, "ucdp", tmp_path / "ged.csv")
    assert {kind for kind, _ in doubts} == {"organisation"}
    events = load(war).with_events(war / "events.csv").world.events
    assert set(events.side_b.tolist()) == {1 << 1}


def test_a_name_with_a_comma_is_one_party_and_a_list_is_several(tmp_path):
    war = tiny(tmp_path)
    (war / "aliases.csv").write_text('of,kind,alias,note\nhill,organisation,"Clans, of the hills",\n', encoding="utf-8")
    who = sides(read(war))
    named = parties("The Crown, Clans, of the Hills, Robbers", who)
    assert [(name, sorted(ids)) for name, ids in named] == [
        ("The Crown", ["crown"]),
        ("Clans, of the Hills", ["hill"]),
        ("Robbers", []),
    ]


def test_the_name_of_an_organisation_matches_whole_whatever_signs_are_in_it(tmp_path):
    war = tiny(tmp_path)
    for name in SIGNS:
        put(war, "scenario.yaml", "The Guild", f'"{name}"')
        assert sides(read(war))(name) == {"guild"}, name
        assert sides(read(war))(name.upper().replace("'", "’")) == {"guild"}, name
        put(war, "scenario.yaml", f'"{name}"', "The Guild")


def test_places_and_holders_of_a_table(tmp_path):
    war = tiny(tmp_path)
    put(war, "places.csv", "birch,Birch,", "birch,Cedar,")
    table = (
        "place,holder,start\nCedre,Reds,2001-01-01\nSt. Dale/Old Dale (N),guild,2001-01-01\nCedar,guild,2001-01-01\n"
    )
    (tmp_path / "control.csv").write_text(table, encoding="utf-8")
    # Two places bear one name: the alias says which of them is meant.
    meant = {"Cedre": "birch", "Reds": "crown", "St. Dale/Old Dale (N)": "dale", "Cedar": "cedar"}
    doubts, account = twice(war, meant, "table", tmp_path / "control.csv")
    # A row that is doubtful twice is settled at once.
    assert doubts == {("place", name) for name in meant if name != "Reds"} | {("organisation", "Reds")}
    assert account["kept"] == 3
    held = {row["place"]: row["holder"] for row in rows(war / "control.csv") if row["start"] == "2001-01-01"}
    assert (held["birch"], held["dale"], held["cedar"]) == ("crown", "guild", "guild")


def test_support_in_words_patrons_and_forces(tmp_path):
    war = tiny(tmp_path)
    (tmp_path / "support.csv").write_text(
        "patron,client,start,kind\nEmpire of the Sea,guild,2001-01-01,rifles and gold (1/2)\n"
        "Her Empire,The Crown,2001-01-01,money\nThe Crown,hill,2001-01-01,troops\nИмперия,guild,2001-01-01,money\n",
        encoding="utf-8",
    )
    (tmp_path / "strengths.csv").write_text(
        "actor,date,best\nEmpire of the Sea,2001-02-01,500\nThe Blues (1999-),2001-02-01,70\n", encoding="utf-8"
    )
    files = (tmp_path / "support.csv", tmp_path / "strengths.csv")
    said = polemos("import", "table", *files, "--into", war)
    assert "patrons that are new to the scenario: empire_of_the_sea, her_empire, imperiya" in " ".join(said.split())
    settle(war, {"rifles and gold (1/2)": "weapons:high", "The Blues (1999-)": "hill"})
    with (war / "aliases.csv").open("a", encoding="utf-8") as lines:
        lines.write("guild_money,support,nothing\n".replace("guild_money", "money"))
        lines.write("empire_of_the_sea,patron,Her Empire,\n")
    account = json.loads(polemos("import", "table", *files, "--into", war, "--json"))
    assert account["doubtful"] == []
    support = [(row["patron"], row["client"], row["kind"], row["scale"]) for row in rows(war / "support.csv")]
    assert ("empire_of_the_sea", "guild", "weapons", "high") in support
    assert ("empire_of_the_sea", "crown", "money", "") in support
    # Whoever is an organisation of the scenario is no stranger outside the map.
    assert ("crown", "hill", "troops", "") in support
    strengths = {(row["actor"], row["best"]) for row in rows(war / "strengths.csv")}
    assert {("empire_of_the_sea", "500"), ("hill", "70")} <= strengths


def test_marks_and_places_of_a_map(tmp_path):
    war = tiny(tmp_path)
    (tmp_path / "map-2001-03-01.lua").write_text(
        """return {
  { lat = 10.0, long = 20.0, mark = "Location dot teal.svg", label = "[[Alder]]" },
  { lat = 10.81, long = 20.51, mark = "Location dot red.svg", label = "[[Fira]]" },
  { lat = 40, long = 20.2, mark = "Location dot red.svg", label = "[[Dale]]" },
}
"""
    )
    meant = {"Location dot teal.svg": "hill", "Fira": "fir", "Dale @ 40.00, 20.20": "dale"}
    words = ("wikipedia", tmp_path / "map-2001-03-01.lua", "--holder", "red=crown")
    # Nothing of it is known, so that the list of doubts is all that is written.
    assert "doubtful.csv: fill in `of`" in " ".join(polemos("import", *words, "--into", war, code=2).split())
    doubts = settle(war, meant)
    assert doubts == {("organisation", "Location dot teal.svg"), ("place", "Fira"), ("place", "Dale @ 40.00, 20.20")}
    account = json.loads(polemos("import", *words, "--into", war, "--json"))
    assert (account["doubtful"], account["kept"]) == ([], 3)


def test_holders_of_areas(tmp_path):
    war = tiny(tmp_path)
    ring = [[19, 9], [21, 9], [21, 10.3], [19, 10.3], [19, 9]]
    feature = {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {"holder": "R/E: Reds (exiled)", "date": "2001-02-01"},
    }
    (tmp_path / "a.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    (war / "aliases.csv").write_text("of,kind,alias,note\ncrown,organisation,R/E: Reds (exiled),\n")
    account = json.loads(polemos("import", "polygons", tmp_path / "a.geojson", "--into", war, "--json"))
    assert (account["kept"], account["doubtful"]) == (1, [])


def test_the_whole_name_comes_before_those_spelt_alike(tmp_path):
    war = tiny(tmp_path)
    put(war, "places.csv", "birch,Birch,Byrch", "birch,Point 1,")
    put(war, "places.csv", "cedar,Cedar,", "cedar,Hamah,")
    put(war, "places.csv", "dale,Dale,", "dale,Hama,")
    scenario = read(war)
    match = matcher(scenario, key, sides(scenario))
    assert [match.place([name]) for name in ("hama", "Hamah", "Point 1", "POINT 1")] == [
        "dale",
        "cedar",
        "birch",
        "birch",
    ]
    # Doubled figures are another number, not another spelling.
    assert match.place(["Point 11"]) == ""


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("gild,organisation,Reds,", "aliases.csv:2:of: no organisation 'gild'"),
        ("crown,organization,Reds,", "aliases.csv:2:kind: kind 'organization'"),
        ("weapons:huge,support,tanks,", "aliases.csv:2:of: unknown scale 'huge'"),
        ("crown,organisation,,", "aliases.csv:2:alias: empty"),
    ],
)
def test_a_faulty_alias_is_named(line, what, tmp_path):
    war = tiny(tmp_path)
    (war / "aliases.csv").write_text(f"of,kind,alias,note\n{line}\n")
    (tmp_path / "control.csv").write_text("place,holder,start\nalder,crown,2001-01-01\n")
    assert what in " ".join(polemos("import", "table", tmp_path / "control.csv", "--into", war, code=2).split())


def test_a_doubtful_table_moved_whole_and_saved_with_semicolons_is_read(tmp_path):
    war = tiny(tmp_path)
    (war / "aliases.csv").write_text(
        "\ufeffof;kind;alias;note\r\n;place;Nowhere;perhaps nothing of these\r\ncrown;organisation;Reds, exiled;\r\n",
        encoding="utf-8",
    )
    assert sides(read(war))("reds, exiled") == {"crown"}
    assert "no errors" in polemos("check", war)
