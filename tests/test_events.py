"""Events as the trade has them: ACLED of three vintages, ArcGIS, HDX and spreadsheets, UCDP GED and its candidates.

The files in `tests/data` have the real columns and invented rows of the war of the six towns.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pandas
import pytest
from typer.testing import CliRunner

from polemos.cli.commands import app
from polemos.importers import events
from polemos.names.lookup import key, sides
from polemos.names.matcher import matcher
from polemos.record.events import fights, involving
from polemos.record.from_scenario import world
from polemos.scenario.errors import ScenarioError
from polemos.scenario.load import read
from polemos.war.war import load
from scenarios import put, rows
from scenarios import tiny as write_tiny

DATA = Path(__file__).parent / "data"


def polemos(*words, code=0):
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exit_code == code, done.output + repr(done.exception)
    return done.output


@pytest.fixture
def tiny(tmp_path):
    return write_tiny(tmp_path)


def brought(kind, path, into, *options):
    """The account of an import, and the events by id."""
    said = json.loads(polemos("import", kind, path, "--into", into, "--json", *options))
    return said, {row["id"]: row for row in rows(into / "events.csv")}


def changed(tmp_path, name="acled-2025.csv", only=(), **cells):
    """A copy of a file of `tests/data` with some rows only, and some cells of them changed."""
    with (DATA / name).open(newline="", encoding="utf-8") as lines:
        reader = csv.DictReader(lines)
        table = [row | cells for row in reader if not only or next(iter(row.values())) in only]
        heads = list(reader.fieldnames or ())
    path = tmp_path / "changed.csv"
    with path.open("w", newline="", encoding="utf-8") as lines:
        writer = csv.DictWriter(lines, [*heads, *(cell for cell in cells if cell not in heads)], restval="")
        writer.writeheader()
        writer.writerows(table)
    return path


def kinds(table):
    return {identifier: int(row["type_of_violence"]) for identifier, row in table.items()}


# ACLED, vintage by vintage


def test_the_types_of_acled_one_to_eight_are_read(tiny):
    said, table = brought("acled", DATA / "acled-2015.csv", tiny)
    assert kinds(table) == {"1LND": 1, "2LND": 1, "3LND": 1, "4LND": 1, "5LND": 3, "9LND": 0}
    assert said["dropped"] == {
        "no fighting (Riots/Protests)": 1,
        "no fighting (Strategic development)": 1,
        "no fighting (Headquarters or base established)": 1,
        "a type of event that no codebook has (Skirmish)": 1,
    }
    assert (table["5LND"]["side_a"], table["5LND"]["where_prec"]) == ("Robbers", "4")
    # The state's forces take, whichever actor stands first; a lone actor takes what is handed over.
    assert [table[one]["taker"] for one in ("2LND", "3LND", "9LND")] == ["The Guild", "The Crown", "Hill League"]


def test_the_figures_of_2021_and_the_words_of_2025_say_the_same(tiny):
    _, figures = brought("acled", DATA / "acled-2021.csv", tiny)
    _, words = brought("acled", DATA / "acled-2025.csv", tiny, "--replace")
    shared = ("LND1", "LND2", "LND3", "LND4", "LND5", "LND8")
    assert [kinds(figures)[one] for one in shared] == [kinds(words)[one] for one in shared] == [1, 1, 1, 3, 3, 0]
    assert set(words) == set(shared)
    assert {one: figures[one]["taker"] for one in ("LND2", "LND3")} == {"LND2": "The Guild", "LND3": "The Crown"}
    assert words["LND2"]["best"] == "1200"


@pytest.mark.parametrize("form", ["2025-pandas", "2025-excel", "2025-unicode-text", "arcgis", "hdx"])
def test_what_programs_make_of_an_export_says_what_the_export_says(form, tiny):
    _, as_published = brought("acled", DATA / "acled-2025.csv", tiny)
    order = ("--dates", "dmy") if form == "2025-excel" else ()
    said, table = brought("acled", DATA / f"acled-{form}.csv", tiny, "--replace", *order)
    assert {one: row | {"timestamp": ""} for one, row in table.items()} == {
        one: row | {"timestamp": ""} for one, row in as_published.items()
    }
    assert said["kept"] == 6
    if form == "2025-excel":
        assert "years of two digits are read as those of 2000 to 2099 (6 dates)" in said["notes"]


@pytest.mark.parametrize("suffix", [".xlsx", ".parquet", "-cp1252.csv"])
def test_workbooks_parquet_and_old_encodings_are_read(suffix, tiny, tmp_path):
    table = pandas.read_csv(DATA / "acled-2025.csv")
    path = tmp_path / f"export{suffix}"
    if suffix == ".xlsx":
        table.to_excel(path, index=False)
    elif suffix == ".parquet":
        table.to_parquet(path)
    else:
        table.replace("Fir", "F\u00efr").to_csv(path, index=False, encoding="cp1252")
    said, made = brought("acled", path, tiny)
    assert kinds(made) == {"LND1": 1, "LND2": 1, "LND3": 1, "LND4": 3, "LND5": 3, "LND8": 0}
    if suffix == "-cp1252.csv":
        assert made["LND5"]["where_coordinates"] == "F\u00efr"
        assert any("1252" in note for note in said["notes"])


def test_counts_of_a_week_are_no_events(tiny):
    said = polemos("import", "acled", DATA / "acled-aggregated.csv", "--into", tiny, code=2)
    assert "counts of events by week or month and region" in said
    assert not (tiny / "events.csv").exists()


def test_a_file_of_the_other_kind_is_named(tiny):
    said = polemos("import", "acled", DATA / "ucdp-ged-25.csv", "--into", tiny, code=2)
    assert "a table of UCDP GED, not an export of ACLED; give it to polemos import ucdp" in said
    said = polemos("import", "ucdp", DATA / "acled-2025.csv", "--into", tiny, code=2)
    assert "an export of ACLED, not a table of UCDP GED; give it to polemos import acled" in said


# Codes are read or refused


@pytest.mark.parametrize("cell", ["3", "3.0", " 3 ", "3."])
def test_a_code_that_a_program_made_a_float_is_the_code(cell, tiny, tmp_path):
    path = changed(tmp_path, only=["LND1"], time_precision=cell.replace("3.", "3.0") if cell == "3." else cell)
    _, table = brought("acled", path, tiny)
    assert table["LND1"]["date_prec"] == "4"


@pytest.mark.parametrize(
    ("column", "cell", "what"),
    [
        ("time_precision", "4", "'4' is no code of it; ACLED has 1, 2, 3"),
        ("geo_precision", "exact", "'exact' is no code of it; ACLED has 1, 2, 3"),
        ("inter1", "9", "'9' is no kind of actor"),
        ("inter2", "Army", "'Army' is no kind of actor"),
        ("civilian_targeting", "perhaps", "'perhaps' is no value of it"),
        ("fatalities", "few", "'few'; a whole number is wanted"),
        ("fatalities", "1,23", "'1,23'; a whole number is wanted"),
        ("fatalities", "-1", "'-1'; a whole number is wanted"),
        ("latitude", "inf", "'inf'; degrees are wanted"),
        ("latitude", "4800", "'4800'; degrees are wanted, from -90 to 90"),
        ("timestamp", "lately", "'lately' is no time"),
        ("event_id_cnty", "", "no id"),
        ("year", "2002", "'2001-03-05' is read as 2001-03-05, and the year says '2002'"),
        ("event_date", "March 2001", "'March 2001' is a span of days"),
    ],
)
def test_what_no_codebook_has_is_an_error_by_line_and_column(column, cell, what, tiny, tmp_path):
    path = changed(tmp_path, only=["LND1"], **{column: cell})
    said = " ".join(polemos("import", "acled", path, "--into", tiny, code=2).split())
    assert "changed.csv:2:" in said
    assert what in said
    assert not (tiny / "events.csv").exists()


def test_what_is_blank_is_unknown_and_said(tiny, tmp_path):
    path = changed(tmp_path, only=["LND1"], fatalities="NA", geo_precision="", inter1="", sub_event_type="Melee")
    said, table = brought("acled", path, tiny)
    assert (table["LND1"]["best"], table["LND1"]["where_prec"]) == ("", "")
    assert {note for note in said["notes"] if note.startswith("events that") and note.endswith(": 1")} == {
        "events that have a sub-type that no codebook has (Melee) and are read by their type alone: 1",
        "events that do not say of what kind an actor is (inter1, inter2), which is read from its name: 1",
        "events that do not say how many died, which is unknown and not zero: 1",
        "events that do not say how exact their place is and count as exact: 1",
    }
    assert np.isnan(load(tiny).with_events(tiny / "events.csv").world.events.deaths[0])


def test_an_export_without_kinds_of_actors_reads_a_state_by_its_name(tiny, tmp_path):
    with (DATA / "acled-2025.csv").open(newline="") as lines:
        table = [{name: cell for name, cell in row.items() if "inter" not in name} for row in csv.DictReader(lines)]
    table[0]["actor1"] = "Military Forces of Aaland (1990-)"
    path = tmp_path / "bare.csv"
    with path.open("w", newline="") as lines:
        writer = csv.DictWriter(lines, list(table[0]))
        writer.writeheader()
        writer.writerows(table)
    said, made = brought("acled", path, tiny)
    assert (kinds(made)["LND1"], kinds(made)["LND2"]) == (1, 2)
    assert any("which is read from its name: 6" in note for note in said["notes"])


def test_who_harms_civilians_is_the_side_even_where_they_stand_first(tiny, tmp_path):
    path = changed(tmp_path, only=["LND4"], actor1="Civilians (Aaland)", inter1="7", actor2="The Guild", inter2="2")
    _, table = brought("acled", path, tiny)
    assert (table["LND4"]["side_a"], table["LND4"]["side_b"]) == ("The Guild", "Civilians")


# One event an id; an import adds


def test_the_last_timestamp_of_an_event_wins(tiny):
    said, table = brought("acled", DATA / "acled-2021.csv", tiny)
    assert said["dropped"][events.AGAIN] == 1
    assert (table["LND8"]["where_coordinates"], table["LND8"]["timestamp"]) == ("Birch", "1700000000")
    assert said["read"] == said["kept"] + sum(said["dropped"].values()) == 9


def test_a_row_for_each_actor_is_one_event(tiny, tmp_path):
    text = (DATA / "acled-2025.csv").read_text()
    line = text.splitlines()[1]
    mirrored = line.replace(
        "The Crown,,State forces,The Guild,,Rebel group", "The Guild,,Rebel group,The Crown,,State forces"
    )
    assert mirrored != line
    (tmp_path / "both.csv").write_text(f"{text.splitlines()[0]}\n{line}\n{mirrored}\n")
    said, table = brought("acled", tmp_path / "both.csv", tiny)
    assert (said["kept"], said["dropped"], len(table)) == (1, {events.AGAIN: 1}, 1)


def test_an_event_moved_off_the_map_or_made_peaceful_is_gone(tiny, tmp_path):
    text = (DATA / "acled-2025.csv").read_text()
    lines = text.splitlines()
    far = lines[1].replace(",10.2,20.1,", ",50.2,20.1,").replace("1700000000", "1700000009")
    peaceful = lines[4].replace("Explosions/Remote violence", "Protests").replace("1700000000", "1700000009")
    (tmp_path / "both.csv").write_text("\n".join([*lines, far, peaceful]) + "\n")
    said, table = brought("acled", tmp_path / "both.csv", tiny)
    assert set(table) == {"LND2", "LND3", "LND5", "LND8"}
    assert said["dropped"][events.AGAIN] == 2
    assert said["dropped"]["outside the map"] == 1


def test_an_import_adds_to_what_is_there_and_the_same_file_adds_nothing(tiny, tmp_path):
    first = changed(tmp_path, only=["LND1", "LND2"])
    brought("acled", first, tiny)
    said, table = brought("acled", DATA / "acled-2025.csv", tiny)
    assert len(table) == 6
    assert "events.csv had 2 events and now has 6: 4 new, 2 already there" in said["notes"]
    before = (tiny / "events.csv").read_bytes()
    said, _ = brought("acled", DATA / "acled-2025.csv", tiny)
    assert "events.csv had 6 events and now has 6: 0 new, 6 already there" in said["notes"]
    assert (tiny / "events.csv").read_bytes() == before
    revised = changed(tmp_path, only=["LND1"], fatalities="7", timestamp="1800000000")
    said, table = brought("acled", revised, tiny)
    assert "events.csv had 6 events and now has 6: 0 new, 1 revised" in said["notes"]
    stale = changed(tmp_path, only=["LND1"], fatalities="9", timestamp="1500000000")
    said, table = brought("acled", stale, tiny)
    assert table["LND1"]["best"] == "7"
    said, table = brought("acled", first, tiny, "--replace")
    assert len(table) == 1


def test_two_sources_of_the_same_battles_are_told_of(tiny):
    brought("acled", DATA / "acled-2025.csv", tiny)
    said, table = brought("ucdp", DATA / "ucdp-ged-25.csv", tiny)
    assert len(table) == 10
    assert any(
        "a battle that both report counts twice; --replace begins the file anew" in note for note in said["notes"]
    )


def test_months_of_candidate_events_add_up(tiny):
    brought("ucdp", DATA / "ucdp-ged-25.csv", tiny)
    said, table = brought("ucdp", DATA / "ucdp-candidate-headless.csv", tiny)
    assert set(table) == {"501", "502", "503", "504", "601", "602"}
    assert "events.csv had 4 events and now has 6: 2 new" in said["notes"]


# UCDP, field by field


def test_what_ucdp_says_of_its_own_certainty_is_told(tiny):
    said, table = brought("ucdp", DATA / "ucdp-candidate-headless.csv", tiny)
    assert "events with the code_status Check deaths, which UCDP has yet to settle: 1" in said["notes"]
    said, table = brought("ucdp", DATA / "ucdp-ged-25.csv", tiny, "--replace")
    assert table["504"]["event_clarity"] == "2"
    summary = (
        "events that are summaries of more than a month, and count on one day of it: 1 of 4 (25%, 87% of the deaths)"
    )
    assert summary in said["notes"]


def test_the_names_of_version_17_are_read(tiny):
    _, new = brought("ucdp", DATA / "ucdp-ged-25.csv", tiny)
    _, old = brought("ucdp", DATA / "ucdp-ged-17.csv", tiny, "--replace")
    assert {one: row | {"code_status": "Clear"} for one, row in old.items()} == new


@pytest.mark.parametrize("suffix", [".xlsx", ".parquet"])
def test_ucdp_as_a_workbook_and_as_parquet_is_read(suffix, tiny, tmp_path):
    table = pandas.read_csv(DATA / "ucdp-ged-25.csv")
    path = tmp_path / f"ged{suffix}"
    (table.to_excel if suffix == ".xlsx" else table.to_parquet)(path, index=False)
    _, published = brought("ucdp", DATA / "ucdp-ged-25.csv", tiny)
    assert brought("ucdp", path, tiny, "--replace")[1] == published


@pytest.mark.parametrize(
    ("column", "cell", "what"),
    [
        ("type_of_violence", "4", "'4'; no code of it: 1 to 3"),
        ("type_of_violence", "0", "'0'; no code of it: 1 to 3"),
        ("where_prec", "8", "'8'; no code of it: 1 to 7"),
        ("date_prec", "6", "'6'; no code of it: 1 to 5"),
        ("event_clarity", "3", "'3'; no code of it: 1 to 2"),
        ("latitude", "91", "'91'; degrees from -90 to 90"),
        ("id", "", "''; this cell may not be empty"),
        ("best", "some", "'some'; a whole number is wanted"),
        ("date_start", "3/4/01", "'3/4/01'; write YYYY-MM-DD"),
    ],
)
def test_what_the_codebook_of_ucdp_has_not_is_an_error(column, cell, what, tiny, tmp_path):
    path = changed(tmp_path, "ucdp-ged-25.csv", ["501"], **{column: cell})
    said = " ".join(polemos("import", "ucdp", path, "--into", tiny, code=2).split())
    assert f"changed.csv:2:{column}: {what}" in said


def test_ucdp_from_a_spreadsheet_is_read(tiny, tmp_path):
    cells = {"id": "501.0", "best": "1,205", "where_prec": "2.0", "date_start": "3/2/01", "date_end": "4/2/01"}
    said, table = brought("ucdp", changed(tmp_path, "ucdp-ged-25.csv", ["501"], **cells), tiny, "--dates", "dmy")
    row = table["501"]
    assert [row[name] for name in ("best", "where_prec", "date_start", "date_end")] == [
        "1205",
        "2",
        "2001-02-03",
        "2001-02-04",
    ]
    assert said["kept"] == 1


@pytest.mark.parametrize("suffix", [".xlsx", ".parquet", "-cp1252.csv", "-utf16.csv", "-cp1251.csv"])
def test_ucdp_in_workbooks_parquet_and_old_encodings_says_what_the_table_says(suffix, tiny, tmp_path):
    table = pandas.read_csv(DATA / "ucdp-ged-25.csv")
    _, published = brought("ucdp", DATA / "ucdp-ged-25.csv", tiny, "--replace")
    path, options, name = tmp_path / f"ged{suffix}", ["--replace"], ""
    for column in ("date_start", "date_end"):
        table[column] = pandas.to_datetime(table[column])
    if suffix == ".xlsx":
        table.to_excel(path, index=False)
    elif suffix == ".parquet":
        table.to_parquet(path)
    else:
        name = "Город" if suffix == "-cp1251.csv" else "F\u00efr"
        encoding = {"-utf16.csv": "utf-16", "-cp1252.csv": "cp1252", "-cp1251.csv": "cp1251"}[suffix]
        table["where_coordinates"] = name
        table.to_csv(path, index=False, encoding=encoding)
        options += ["--encoding", encoding] if suffix == "-cp1251.csv" else []
    said, made = brought("ucdp", path, tiny, *options)
    places = {row.pop("where_coordinates") for row in made.values()}
    for row in published.values():
        row.pop("where_coordinates")
    assert made == published
    assert not name or places == {name}
    assert any("1252" in note for note in said["notes"]) == (suffix == "-cp1252.csv")


def test_days_of_excel_and_the_encoding_of_an_export_are_read(tiny, tmp_path):
    table = pandas.read_csv(DATA / "acled-2025.csv")
    _, published = brought("acled", DATA / "acled-2025.csv", tiny)
    table["event_date"] = pandas.to_datetime(table["event_date"])
    table.to_excel(tmp_path / "export.xlsx", index=False)
    _, made = brought("acled", tmp_path / "export.xlsx", tiny, "--replace")
    assert made == published
    table.assign(location="Łódź").to_csv(tmp_path / "export.csv", index=False, encoding="cp1250")
    _, made = brought("acled", tmp_path / "export.csv", tiny, "--replace", "--encoding", "cp1250")
    assert {row["where_coordinates"] for row in made.values()} == {"Łódź"}


@pytest.mark.parametrize("kind", ["acled", "ucdp"])
def test_an_encoding_that_nobody_knows_and_a_false_workbook_are_one_line(kind, tiny, tmp_path):
    path = DATA / ("acled-2025.csv" if kind == "acled" else "ucdp-ged-25.csv")
    said = polemos("import", kind, path, "--into", tiny, "--encoding", "klingon", code=2)
    assert "no encoding 'klingon'" in said
    for suffix in (".xlsx", ".parquet"):
        false = tmp_path / f"false{suffix}"
        false.write_text("no such thing")
        said = polemos("import", kind, false, "--into", tiny, code=2)
        assert f"false{suffix}" in said
        assert "Traceback" not in said
    assert not (tiny / "events.csv").exists()


# Sides and places that nobody knows


def test_every_import_says_how_much_of_it_nobody_knows(tiny):
    said, _ = brought("ucdp", DATA / "ucdp-ged-25.csv", tiny)
    assert said["notes"][:2] == [
        "events with a side that nobody knows, which may be anybody: 1 of 4 (25%, 1% of the deaths)",
        "events that count at no place: 0 of 4 (0%, 0% of the deaths) lie away from every place, and 1 of 4 (25%, 1% "
        "of the deaths) are known to a district or coarser",
    ]
    assert said["unknown"] == {"sides": {"rows": 1, "share": 0.25}}


def test_a_doubtful_side_settled_in_the_aliases_is_known_at_the_next_import(tiny):
    said, _ = brought("ucdp", DATA / "ucdp-ged-25.csv", tiny)
    assert [doubt["name"] for doubt in said["doubtful"]] == ["Robbers"]
    line = (tiny / "doubtful.csv").read_text().splitlines()[1]
    (tiny / "aliases.csv").write_text(f"of,kind,alias,note\nhill{line}\n")
    said, _ = brought("ucdp", DATA / "ucdp-ged-25.csv", tiny)
    assert said["doubtful"] == []
    assert said["notes"][0].endswith("0 of 4 (0%, 0% of the deaths)")
    sides_of = load(tiny).with_events(tiny / "events.csv").world.events.side_b
    assert sides_of[1] == 1 << load(tiny).world.organisation("hill")


# Who took a place


def spells(path, place):
    return [(row["holder"], row["start"], row["end"]) for row in rows(path / "control.csv") if row["place"] == place]


def test_events_that_say_who_took_a_place_are_control_on_that_day(tiny):
    said, _ = brought("acled", DATA / "acled-2025.csv", tiny)
    assert "events that say that a place changed hands: 3, of which 3 say who took which" in said["notes"]
    polemos("estimate", tiny, "--events", tiny / "events.csv", "--write")
    assert spells(tiny, "alder")[:3] == [
        ("crown", "2001-01-01", "2001-03-06"),
        ("guild", "2001-03-06", "2001-06-07"),
        ("crown", "2001-06-07", ""),
    ]
    assert spells(tiny, "birch")[1][:2] == ("hill", "2001-06-13")
    assert {row["precision"] for row in rows(tiny / "control.csv") if row["place"] == "alder"} == {"window", "0"}


def test_control_puts_them_into_the_record_and_keeps_the_rest(tiny):
    said, _ = brought("acled", DATA / "acled-2025.csv", tiny, "--control")
    assert any(note.startswith("3 changes of hands put into control.csv, of 3") for note in said["notes"])
    assert spells(tiny, "alder") == [
        ("crown", "2001-01-01", "2001-03-06"),
        ("guild", "2001-03-06", "2001-06-07"),
        ("crown", "2001-06-07", ""),
    ]
    assert spells(tiny, "birch")[1:4] == [
        ("guild", "2001-05-10", "2001-06-13"),
        ("hill", "2001-06-13", "2002-03-01"),
        ("crown", "2002-03-01", ""),
    ]
    before = rows(tiny / "control.csv")
    said, _ = brought("acled", DATA / "acled-2025.csv", tiny, "--control")
    assert any(note.startswith("0 changes of hands put into control.csv, of 3") for note in said["notes"])
    assert rows(tiny / "control.csv") == before
    assert "no errors" in polemos("check", tiny)


def test_of_two_of_a_kind_the_one_that_did_not_have_the_place_took_it(tiny, tmp_path):
    # Two who both call themselves the state: the codebook does not say which of them took Alder.
    path = changed(tmp_path, only=["LND3"], actor2="The Guild", inter2="State forces", event_date="2001-03-09")
    _, table = brought("acled", path, tiny)
    assert table["LND3"]["taker"] == "The Crown; The Guild"
    polemos("estimate", tiny, "--events", tiny / "events.csv", "--write")
    assert spells(tiny, "alder")[:2] == [("crown", "2001-01-01", "2001-03-09"), ("guild", "2001-03-09", "")]


@pytest.mark.parametrize(
    ("cells", "what"),
    [
        ({"actor1": "The Guild", "actor2": "Hill League", "inter2": "2"}, "1 do not say which organisation"),
        ({"actor1": "Robbers"}, "1 do not say which organisation"),
        ({"location": "Alder - North"}, "1 are of other places, or of a part"),
        ({"geo_precision": "2"}, "1 are of other places, or of a part"),
    ],
)
def test_what_does_not_say_who_took_the_very_place_is_told_and_not_taken(cells, what, tiny, tmp_path):
    said, _ = brought("acled", changed(tmp_path, only=["LND2"], **cells), tiny, "--control")
    assert any(what in note for note in said["notes"])
    assert spells(tiny, "alder") == [("crown", "2001-01-01", "")]


def test_a_place_under_another_name_is_a_doubt_that_an_alias_settles(tiny, tmp_path):
    path = changed(tmp_path, only=["LND2"], location="Alderburgh")
    said, _ = brought("acled", path, tiny, "--control")
    assert [(doubt["kind"], doubt["name"]) for doubt in said["doubtful"]] == [("place", "Alderburgh")]
    line = (tiny / "doubtful.csv").read_text().splitlines()[1]
    (tiny / "aliases.csv").write_text(f"of,kind,alias,note\nalder{line}\n")
    brought("acled", path, tiny, "--control")
    assert spells(tiny, "alder")[1] == ("guild", "2001-03-06", "")


def test_a_place_handed_over_without_violence_is_no_battle(tiny, tmp_path):
    brought("acled", changed(tmp_path, only=["LND8"]), tiny)
    made = load(tiny).with_events(tiny / "events.csv").world
    assert made.events.kind.tolist() == [0]
    assert fights(made.events).end.size == 0
    assert involving(made.events, made.nobody, made.start).tolist() == [0, 0, 0]


def test_python_says_what_the_command_line_says(tiny):
    scenario = read(tiny)
    match = matcher(scenario, key, sides(scenario))
    table, account = events.import_acled(DATA / "acled-2025.csv", world(scenario), match.who, where=match.at)
    said, _ = brought("acled", DATA / "acled-2025.csv", tiny)
    assert (account.read, account.kept, dict(account.dropped), account.notes) == (
        said["read"],
        said["kept"],
        said["dropped"],
        said["notes"],
    )
    assert (tiny / "events.csv").read_bytes() == events.as_csv(table)


def test_a_broken_file_of_events_is_named_and_kept(tiny):
    (tiny / "events.csv").write_text("mine\n")
    said = polemos("import", "acled", DATA / "acled-2025.csv", "--into", tiny, code=2)
    assert "events.csv:1" in said
    assert (tiny / "events.csv").read_text() == "mine\n"
    put(tiny, "events.csv", "mine\n", "mine\n")
    with pytest.raises(ScenarioError):
        load(tiny).with_events(tiny / "events.csv")
