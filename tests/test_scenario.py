"""Scenario folders: what is read, what is refused, and how it is said."""

from __future__ import annotations

import json
import random
import shutil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polemos.record.from_scenario import load
from polemos.record.world import RELATIONS
from polemos.scenario import attributes as table
from polemos.scenario.errors import ScenarioError
from polemos.scenario.inside_folder import LIBRARY
from polemos.scenario.load import check, library, read
from polemos.scenario.schema import json_schema, markdown
from polemos.scenario.vocabulary import RELATION_KINDS
from scenarios import FILES, cut, put, rows, save
from scenarios import tiny as write_tiny


def only(path):
    """The one problem of a scenario, which `read` must raise as well."""
    problems = check(path)
    assert len(problems) == 1, "\n".join(map(str, problems))
    with pytest.raises(ScenarioError) as raised:
        read(path)
    assert str(raised.value) == str(problems[0])
    return str(problems[0])


def test_tiny_is_well(tiny):
    assert check(tiny) == []
    scenario = read(tiny)
    assert scenario.name == "tiny"
    assert scenario.settings.run_to == np.datetime64("2002-12-31")
    assert [o.field_share for o in scenario.settings.organisations] == [pytest.approx(1 / 3), 0.8, 0.7]
    assert set(scenario.sha256) == set(FILES)
    assert scenario.tables["control.csv"].lines[0] == 2
    assert len(scenario.tables["outcomes.csv"]) == 1


def test_missing_file(tiny):
    (tiny / "links.csv").unlink()
    assert only(tiny).startswith("links.csv: missing file; add it")


def test_wrong_column(tiny):
    put(tiny, "strengths.csv", "actor,measure,date", "actor,measure,day")
    told = [str(problem) for problem in check(tiny)]
    assert any(text.startswith("strengths.csv:1:day: unknown column 'day'") for text in told)
    assert any(text.startswith("strengths.csv:1:date: missing column") for text in told)


def test_nearest_column(tiny):
    put(tiny, "places.csv", "aliases", "alaises")
    assert only(tiny) == "places.csv:1:alaises: unknown column 'alaises'; did you mean 'aliases'?"


def test_unknown_place(tiny):
    put(tiny, "links.csv", "dale,fir,road,45", "dale,firr,road,45")
    assert only(tiny) == "links.csv:6:b: unknown place 'firr'; did you mean 'fir'?"


def test_unknown_organisation(tiny):
    put(tiny, "support.csv", "merchants,guild", "merchants,gild")
    assert only(tiny) == "support.csv:4:client: unknown organisation 'gild'; did you mean 'guild'?"


def test_overlapping_spells(tiny):
    put(tiny, "control.csv", "birch,guild,2001-05-10,2002-03-01", "birch,guild,2001-05-10,2002-03-09")
    assert only(tiny).startswith("control.csv:5:start: spell of birch starts on 2002-03-01, before")


def test_gap(tiny):
    put(tiny, "control.csv", "birch,guild,2001-05-10,2002-03-01", "birch,guild,2001-05-10,2002-02-20")
    assert only(tiny).startswith("control.csv:5:start: nothing on birch from 2002-02-20 to 2002-03-01; mend")


def test_place_without_control(tiny):
    put(tiny, "control.csv", "alder,crown,2001-01-01,,0,window,invented,\n", "")
    assert only(tiny).startswith("places.csv:2:id: no spell of control for alder")


def test_date_order(tiny):
    put(tiny, "relations.csv", "guild,hill,2001-01-01,2001-06-01", "guild,hill,2001-01-01,2000-06-01")
    assert only(tiny).startswith("relations.csv:3:end: end 2000-06-01 is not after start 2001-01-01")


@pytest.mark.parametrize("bad", ["NaN", "inf", "1e999", "12,5", "1_000", "ten", "-1", "2e9"])
def test_bad_number(tiny, bad):
    put(tiny, "places.csv", "40000,plain", f'"{bad}",plain')
    assert only(tiny).startswith("places.csv:3:people: ")


@pytest.mark.parametrize("bad", ["2001-02-30", "01/05/2001", "2001-5-10", "2001", "٢٠٠١-٠٥-١٠"])
def test_bad_date(tiny, bad):
    put(tiny, "borders.csv", "guild,2002-02-01,,0.1", f"guild,{bad},,0.1")
    assert only(tiny).startswith("borders.csv:3:start: ")


def test_latitude_out_of_range(tiny):
    put(tiny, "places.csv", "city,10.0,20.0", "city,100.0,20.0")
    assert only(tiny) == "places.csv:2:lat: 100.0 is out of range; give a value from -90 to 90"


def test_doubled_key(tiny):
    put(tiny, "scenario.yaml", "focus: [guild]", "focus: [guild]\ntitle: Another")
    assert only(tiny) == "scenario.yaml:14:title: key 'title' given twice; delete one of them"


def test_unknown_key(tiny):
    put(tiny, "scenario.yaml", "summary:", "sumary:")
    assert only(tiny) == "scenario.yaml:2:sumary: unknown key 'sumary'; did you mean 'summary'?"


def test_unknown_nested_key(tiny):
    put(tiny, "scenario.yaml", "kind: militia", "knid: militia")
    assert only(tiny) == "scenario.yaml:12:organisations.hill.knid: unknown key 'knid'; did you mean 'kind'?"


def test_not_utf8(tiny):
    data = (tiny / "places.csv").read_bytes().replace(b"Birch,Byrch", b"B\xefrch,")
    (tiny / "places.csv").write_bytes(data)
    assert only(tiny) == "places.csv:3: not UTF-8 (byte 0xef); save it as UTF-8"


def test_empty_file(tiny):
    (tiny / "relations.csv").write_text("")
    assert only(tiny).startswith("relations.csv: empty file; write its first line: a,b,start")


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("places.csv", "fir,Fir", "dale,Fir", "places.csv:7:id: place 'dale' given twice, first on line 5"),
        ("places.csv", "AA,city", "AB,city", "places.csv:2:country: unknown country 'AB'"),
        ("places.csv", ",Byrch,", ",,,", "places.csv:3: 12 cells for 11 columns; quote"),
        ("places.csv", "Birch,Byrch", "Bi\x07rch,", "places.csv:3:name: control character"),
        ("places.csv", "Birch,Byrch", "B" * 201 + ",", "places.csv:3:name: 201 characters; shorten"),
        ("places.csv", '"Elm, the dam"', '"Elm, the dam', "places.csv:6: not CSV"),
        ("links.csv", "cedar,dale", "birch,alder", "links.csv:4:b: road alder to birch given twice"),
        ("links.csv", "cedar,dale", "cedar,cedar", "links.csv:4:b: a road from cedar to itself"),
        (
            "control.csv",
            "fir,hill,2001-01-01",
            "fir,hill,2000-01-01",
            "control.csv:16:start: starts on 2000-01-01",
        ),
        (
            "control.csv",
            "month,invented,left",
            "moth,invented,left",
            "control.csv:14:precision: unknown precision",
        ),
        ("strengths.csv", "3000,5000,8000", "6000,5000,8000", "strengths.csv:4:best: low 6000, best 5000"),
        ("support.csv", "airpower", "air", "support.csv:2:kind: unknown word 'air'"),
        ("relations.csv", "neglect", "peace", "relations.csv:6:kind: unknown word 'peace'; use one of allied"),
        ("relations.csv", "hill,guild,2001-06-01", "hill,guild,2001-05-01", "relations.csv:4:start: relation of guild"),
        ("claims_leaders.csv", "0.3;0.5;0.7", "0.5;0.3;0.7", "claims_leaders.csv:7:value: '0.5;0.3;0.7' does not fit"),
        ("claims_leaders.csv", "2001-06-01,,1", "2001-06-01,,2", "claims_leaders.csv:4:value: '2' does not fit claim"),
        (
            "claims_leaders.csv",
            ",dead,",
            ",ded,",
            "claims_leaders.csv:6:value: 'ded' does not fit leader; did",
        ),
        ("borders.csv", "0.8", "1.8", "borders.csv:2:openness: 1.8 is out of range"),
        ("roles.csv", "alder,6", ",6", "roles.csv:6:link_to: an entry that leads nowhere"),
        ("roles.csv", "dale,guild", "OFFMAP:dale,guild", "roles.csv:4:node: a depot off the map"),
        ("scenario.yaml", "end: 2003-01-01", "end: 2000-01-01", "scenario.yaml:4:end: 2000-01-01 is not after"),
        (
            "scenario.yaml",
            "focus: [guild]",
            "focus: [gild]",
            "scenario.yaml:13:focus: unknown organisation 'gild'",
        ),
        ("scenario.yaml", "kind: insurgent", "kind: rebel", "scenario.yaml:11:organisations.guild.kind: unknown word"),
        ("scenario.yaml", "title: The war of the six towns\n", "", "scenario.yaml:title: missing key"),
        ("scenario.yaml", "focus: [guild]", "focus: [guild", "scenario.yaml:14: not YAML"),
        ("scenario.yaml", "focus: [guild]", "focus: &a [guild]\nprocesses: *a", "scenario.yaml:13: alias"),
    ],
)
def test_broken(tiny, file, old, new, told):
    put(tiny, file, old, new)
    found = [str(problem) for problem in check(tiny)]
    assert any(text.startswith(told) for text in found), "\n".join(found)
    with pytest.raises(ScenarioError):
        read(tiny)


def test_all_errors_at_once(tiny):
    put(tiny, "places.csv", "city,10.0,20.0", "city,north,20.0")
    put(tiny, "links.csv", "dale,fir,road,45", "dale,firr,road,45")
    put(tiny, "scenario.yaml", "summary:", "sumary:")
    put(tiny, "borders.csv", "0.8", "8")
    assert [problem.file for problem in check(tiny)] == ["borders.csv", "links.csv", "places.csv", "scenario.yaml"]


def test_many_alike_are_counted(tiny):
    text = (tiny / "control.csv").read_text().replace(",invented,", ",invented,,")
    (tiny / "control.csv").write_text(text)
    with pytest.raises(ScenarioError) as raised:
        read(tiny)
    assert len(raised.value.problems) == 16
    assert str(raised.value).endswith("control.csv: 6 more such problems with the file")


def test_hostile_text_is_kept_as_text(tiny):
    name = "<script>alert(1)</script> & 'quotes' =1+1 المدينة"
    put(tiny, "places.csv", "alder,Alder", f"alder,{name}")
    assert load(tiny).places.name[0] == name


def test_excel_habits_are_read(tiny):
    plain = load(tiny).digest()
    for file in tiny.glob("*.csv"):
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n") + b"\r\n")
    assert load(tiny).digest() == plain


def test_semicolons_are_told(tiny):
    put(tiny, "links.csv", "a,b,kind,km", "a;b;kind;km")
    assert "not separated by commas" in str(check(tiny)[0])


def test_unconnected_map_is_a_warning(tiny):
    put(tiny, "links.csv", "cedar,dale,road,28\ncedar,elm,track,40\n", "")
    told = only_warning(tiny)
    assert told.startswith("links.csv: warning: no road joins dale, elm, fir to the rest")
    assert len(load(tiny).links.a) == 4


def only_warning(path):
    problems = check(path)
    assert [problem.level for problem in problems] == ["warning"]
    return str(problems[0])


def test_large_settings_are_refused(tiny):
    (tiny / "scenario.yaml").write_text(FILES["scenario.yaml"] + "# " + "x" * 1_000_000)
    assert only(tiny).startswith("scenario.yaml: 1,000,")


def test_no_such_scenario():
    with pytest.raises(ScenarioError, match="did you mean 'caliphate'"):
        read("califate")


def test_only_four_files_are_needed(tiny):
    for file in set(FILES) - set(table.REQUIRED_FILES):
        (tiny / file).unlink()
    world = load(tiny)
    assert len(world.spells.place) == 16
    assert world.claims.low.shape == world.roles.hours.shape == (0,)


# Bytes that are no scenario at all must end in a report, never in a traceback.
@settings(max_examples=60, deadline=None)
@given(file=st.sampled_from(sorted(FILES)), data=st.binary(max_size=200), at=st.integers(0, 2000))
def test_any_bytes_end_in_a_report(tmp_path_factory, file, data, at):
    path = write_tiny(tmp_path_factory.mktemp("any"))
    old = (path / file).read_bytes()
    (path / file).write_bytes(old[:at] + data + old[at:])
    for problem in check(path):
        assert problem.what
        assert problem.mend


def shuffled(folder, path, seed):
    """A copy of a scenario with the rows of every table and the organisations in another order."""
    copy = folder / path.name
    shutil.copytree(path, copy)
    chance = random.Random(seed)
    for file in copy.glob("*.csv"):
        found = rows(file)
        columns = list(found[0])
        chance.shuffle(found)
        chance.shuffle(columns)
        save(file, found, columns)
    return copy


@pytest.mark.parametrize("name", sorted(library()))
def test_order_of_rows_changes_nothing(tmp_path, name):
    assert load(shuffled(tmp_path, LIBRARY / name, 1)).digest() == load(name).digest()


def test_order_of_organisations_changes_nothing(tiny):
    plain = load(tiny).digest()
    line = '  crown: {name: The Crown, kind: government, colour: "#0072B2"}\n'
    put(tiny, "scenario.yaml", line, "")
    put(tiny, "scenario.yaml", "focus:", line + "focus:")
    assert load(tiny).digest() == plain


@pytest.mark.parametrize(
    ("name", "origin"),
    [
        ("caliphate", "2014-06-30"),
        ("caliphate", "2017-10-27"),
        ("mali", "2013-01-10"),
        ("sri_lanka", "2009-01-02"),
        ("libya", "2011-06-15"),
        ("spain", "1938-03-08"),
        ("yemen", "2015-03-25"),
        ("tigray", "2021-11-15"),
    ],
)
def test_files_cut_by_hand_give_the_world_as_of_the_origin(tmp_path, name, origin):
    copy = tmp_path / name
    shutil.copytree(LIBRARY / name, copy)
    cut(copy, origin)
    short = load(copy)
    assert str(short.until) == origin
    assert short.as_of(origin).digest() == load(name).as_of(origin).digest()


def test_tiny_cut_on_every_tenth_day(tmp_path):
    whole = load(write_tiny(tmp_path / "whole"))
    for count, origin in enumerate(np.arange("2001-01-01", "2003-01-01", 10, dtype="datetime64[D]")):
        path = write_tiny(tmp_path / str(count))
        cut(path, str(origin))
        assert load(path).as_of(origin).digest() == whole.as_of(origin).digest(), origin


def test_an_open_end_and_a_later_end_are_told_apart_only_after_the_cut(tiny):
    before = load(tiny)
    put(tiny, "support.csv", "emperor,crown,2001-08-01,,weapons", "emperor,crown,2001-08-01,2002-05-01,weapons")
    after = load(tiny)
    assert before.digest() != after.digest()
    assert before.as_of("2002-04-30").digest() == after.as_of("2002-04-30").digest()
    assert before.as_of("2002-05-01").digest() != after.as_of("2002-05-01").digest()


def test_world_of_tiny(tiny):
    world = load(tiny)
    assert world.organisations.id == ("crown", "guild", "hill")
    assert world.places.id == ("alder", "birch", "cedar", "dale", "elm", "fir")
    assert (str(world.start), str(world.until)) == ("2001-01-01", "2002-12-31")
    held = world.holders([np.datetime64("2001-12-15")])[0]
    assert held.tolist() == [0, 1, 0, 1, world.nobody, 2]
    date = np.datetime64("2001-08-01")
    assert world.contested(np.datetime64("2001-09-20")).tolist() == [False, False, True, False, False, False]
    assert RELATIONS[world.relation(date)[1, 2]] == RELATIONS[world.relation(date)[2, 1]] == "truce"
    assert RELATIONS[world.relation(date)[0, 1]] == "war"
    km = world.links.km[(world.links.a == 1) & (world.links.b == 2)]
    assert km == pytest.approx(1.2 * 31.27, rel=0.01)
    entry = world.roles.role.index("entry")
    assert (world.roles.place[entry], world.roles.link[entry], world.roles.hours[entry]) == (-1, 0, 6.0)
    assert sorted(world.supports.scale.tolist()) == [0.33, 0.5, 0.67, 1.0]
    share = world.claims.item.index("local_share")
    assert (world.claims.low[share], world.claims.best[share], world.claims.high[share]) == (0.3, 0.5, 0.7)
    assert world.strengths.organisation[world.strengths.actor.index("emperor")] == -1
    assert sorted(set(world.spells.precision.tolist())) == [0, 3, 7, 10, 20, 45]


def test_world_cannot_be_changed(tiny):
    for world in (load(tiny), load(tiny).as_of("2002-01-01")):
        with pytest.raises(ValueError, match="read-only"):
            world.spells.holder[0] = 1


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        (
            "caliphate",
            dict(
                zip(table.TABLES, (260, 419, 928, 0, 233, 37, 135, 230, 59, 23, 80, 2979, 36, 88, 115, 31), strict=True)
            ),
        ),
        ("mali", {"places.csv": 43, "links.csv": 65, "control.csv": 136, "strengths.csv": 18, "relations.csv": 34}),
        ("sri_lanka", {"places.csv": 86, "links.csv": 121, "control.csv": 150, "strengths.csv": 10, "roles.csv": 44}),
        ("libya", {"places.csv": 105, "links.csv": 156, "control.csv": 274, "strengths.csv": 14, "roles.csv": 56}),
        ("spain", {"places.csv": 246, "links.csv": 488, "control.csv": 479, "strengths.csv": 19, "roles.csv": 115}),
        ("yemen", {"places.csv": 141, "links.csv": 202, "control.csv": 326, "strengths.csv": 22, "roles.csv": 70}),
        ("tigray", {"places.csv": 96, "links.csv": 130, "control.csv": 271, "strengths.csv": 21, "roles.csv": 74}),
    ],
)
def test_library_holds_every_row_of_its_source(name, counts):
    scenario = read(name)
    assert {file: len(scenario.tables[file]) for file in counts} == counts
    assert not scenario.warnings
    assert "default" in scenario.settings.origins
    colours = [organisation.colour for organisation in scenario.settings.organisations]
    assert len(set(colours)) == len(colours)


def test_schema_and_docs_come_from_the_table():
    schema = json_schema()
    json.dumps(schema)
    assert schema["required"] == ["title", "start", "end", "organisations"]
    assert "government" in schema["properties"]["organisations"]["additionalProperties"]["properties"]["kind"]["enum"]
    assert schema["properties"]["credits"]["items"]["required"] == ["source"]
    text = markdown()
    for row in table.ATTRIBUTES:
        assert f"| `{row.name}` |" in text, row
        assert row.description, row
    assert RELATION_KINDS == RELATIONS
