"""Tables in the forms that people keep: a title above, merged cells, a column for each day, decimal commas."""

from __future__ import annotations

import datetime
import json
import zipfile

import numpy as np
import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

from polemos.cli.commands import app
from polemos.importers.map_dates import name_days
from polemos.readers.parse_dates import order_of
from scenarios import rows

SPELLS = [("crown", "2001-01-01", "2001-05-10"), ("guild", "2001-05-10", "")]


def polemos(*words, code=0):
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exit_code == code, done.output + repr(done.exception)
    return " ".join(done.output.split())


@pytest.fixture
def war(tmp_path):
    """A scenario of three towns of which everything is guessed."""
    (tmp_path / "towns.csv").write_text("id,name,lat,lon\nalder,Alder,1,2\nbirch,Birch,1.2,2.1\ncedar,Cedar,1.4,2\n")
    sides = ("--organisation", "crown:government:The Crown", "--organisation", "guild:insurgent:The Guild")
    span = ("--start", "2001-01-01", "--end", "2003-01-01")
    polemos("new", "w", "--places", tmp_path / "towns.csv", *span, *sides, "--in", tmp_path)
    return tmp_path / "w"


def held(war, place="birch"):
    """Holder, start, end, contested and precision of the spells of a place."""
    return [
        (row["holder"], row["start"], row["end"], row["contested"] or "0", row["precision"])
        for row in rows(war / "control.csv")
        if row["place"] == place
    ]


def take(war, content, *more, name="control.csv", code=0):
    path = war.parent / name
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return polemos("import", "table", path, "--as", "control", "--into", war, *more, code=code)


def test_a_title_above_the_header_is_passed_over_and_said(war):
    text = (
        "Control of the towns; by the institute, 3 May 2003\nUpdated monthly\n\n"
        "Town;Held by;From;Until\nbirch;The Crown;2001-01-01;2001-05-10\nbirch;guild;2001-05-10;\n"
    )
    said = take(war, text)
    assert [spell[:3] for spell in held(war)] == SPELLS
    assert "what stands above line 4 of control.csv is read as a title: 2 rows" in said
    bad = take(war, text.replace("guild;2001-05-10", "guild;10 Mai 2001"), code=2)
    assert "control.csv:6:From: '10 Mai 2001' is not a day" in bad


def test_cells_merged_over_rows_stand_for_each_of_them(war):
    book = openpyxl.Workbook()
    table = book.active
    table["A1"] = "Control of the towns"
    table.merge_cells("A1:D1")
    listed = [
        ("Town", "Held by", "From", "Until"),
        ("birch", "The Crown", datetime.date(2001, 1, 1), datetime.date(2001, 5, 10)),
        (None, "guild", datetime.date(2001, 5, 10), None),
    ]
    for row, cells in enumerate(listed, 3):
        for column, cell in enumerate(cells, 1):
            table.cell(row, column, cell)
    table.merge_cells("A4:A5")
    book.save(war.parent / "held.xlsx")
    said = take(war, None, name="held.xlsx")
    assert [spell[:3] for spell in held(war)] == SPELLS
    assert "merged cells of held.xlsx stand for one value each" in said


def test_a_data_set_of_stata_and_a_list_of_json_are_tables(war):
    spells = pd.DataFrame({"place": "birch", "holder": ["The Crown", "guild"], "start": ["2001-01-01", "2001-05-10"]})
    spells["start"] = pd.to_datetime(spells["start"])
    spells["holder"] = spells["holder"].astype("category")
    spells.to_stata(war.parent / "held.dta", write_index=False)
    take(war, None, name="held.dta")
    assert [spell[:3] for spell in held(war)] == SPELLS
    records = [{"town": "birch", "holder": "guild", "start": "2001-01-01"}]
    take(war, json.dumps({"count": 1, "data": records}), name="held.json")
    assert [spell[:3] for spell in held(war)] == [("guild", "2001-01-01", "")]
    for name, text, what in (
        ("a.dta", b"no", "not Stata"),
        ("a.json", b"[1]", "no list of records"),
        ("b.json", b"{", "not JSON"),
    ):
        assert f"{name}: {what}" in take(war, text, name=name, code=2)


@pytest.mark.parametrize(
    "heads",
    [
        "town,2001-01-01,2001-03-01,2001-06-01",
        "town,holder_2001-01-01,holder_2001-03-01,holder_2001-06-01",
        "town,X2001.01.01,X2001.03.01,X2001.06.01",
        "town,1 Jan 2001,1 March 2001,1 June 2001",
        "town,13/1/2001,1/3/2001,1/6/2001",
    ],
)
def test_a_column_for_each_day_is_a_map_of_each_day(war, heads):
    said = take(war, f"{heads}\nbirch,crown,guild,contested\nalder,crown,,The Guild\n")
    first = "2001-01-13" if "13/1" in heads else "2001-01-01"
    spells = held(war)
    assert [(spell[0], spell[3]) for spell in spells if spell[0] != "unknown"] == [
        ("crown", "0"),
        ("guild", "0"),
        ("guild", "1"),
    ]
    # A change lies in the middle of two looks, half of what lies between them to either side.
    assert spells[-1] == ("guild", "2001-04-16", "", "1", "46")
    assert held(war, "alder")[-2:] == [
        ("unknown", "2001-01-14" if "13/1" in heads else "2001-01-02", "2001-06-01", "0", "window"),
        ("guild", "2001-06-01", "", "0", "window"),
    ]
    assert ("unknown", "2001-01-01", first, "0", "window") in spells or first == "2001-01-01"
    assert "who held what on 3 days" in said
    assert "observed_until: 2001-06-02" in (war / "scenario.yaml").read_text()


def test_a_row_for_each_place_and_day_is_a_look_and_no_change(war):
    text = "date,town,controller\n" + "".join(
        f"2001-0{month}-01,{town},{holder}\n"
        for town, holders in (("alder", "crown crown crown"), ("birch", "crown guild guild"))
        for month, holder in enumerate(holders.split(), 1)
    )
    said = take(war, text)
    assert held(war) == [("crown", "2001-01-01", "2001-01-17", "0", "window"), ("guild", "2001-01-17", "", "0", "16")]
    assert "read like maps of them" in said
    assert "observed_until: 2001-03-02" in (war / "scenario.yaml").read_text()


def test_rows_with_a_year_and_a_month_are_looks_in_the_middle_of_the_month(war):
    take(war, "year,month,town,holder\n2001,1,birch,crown\n2001,2,birch,crown\n2001,3,birch,guild\n")
    assert [spell[:3] for spell in held(war)] == [
        ("unknown", "2001-01-01", "2001-01-15"),
        ("crown", "2001-01-15", "2001-03-01"),
        ("guild", "2001-03-01", ""),
    ]


def test_a_list_of_changes_is_no_list_of_looks(war):
    take(war, "date,town,captured by\n2001-05-10,birch,guild\n2001-08-01,birch,crown\n2001-09-01,alder,guild\n")
    assert held(war)[-2:] == [
        ("guild", "2001-05-10", "2001-08-01", "0", "day"),
        ("crown", "2001-08-01", "", "0", "day"),
    ]
    assert "observed_until" not in (war / "scenario.yaml").read_text()


def test_a_place_is_unknown_before_its_first_row_where_there_was_but_a_guess(war):
    said = take(war, "town,holder,since\nBirch,guild,2001-05-10\n")
    assert "birch has no row for the first days of the record, and is unknown then" in said
    assert [spell[:3] for spell in held(war)] == [("unknown", "2001-01-01", "2001-05-10"), ("guild", "2001-05-10", "")]
    # Now the record has an observation, and is not forgotten.
    assert "nothing on birch" in take(war, "town,holder,since\nBirch,crown,2001-06-10\n", code=2)


def test_thousands_are_told_from_decimals_by_the_rest_of_the_table(tmp_path):
    towns = (
        "place;lat;lon;population\nÄlvsborg;57,68;11,90;12.000\nGöteborg;57,70;11,97;1.234.567\nMölndal;57,66;12;950\n"
    )
    (tmp_path / "towns.csv").write_bytes(towns.encode("cp1252"))
    polemos("new", "w", "--places", tmp_path / "towns.csv", "--in", tmp_path)
    assert [row["people"] for row in rows(tmp_path / "w" / "places.csv")] == ["12000", "1234567", "950"]
    (tmp_path / "towns.csv").write_text('name,lat,lon,population\nA,57.68,11.9,"12,000"\nB,57.7,11.97,950\n')
    polemos("new", "v", "--places", tmp_path / "towns.csv", "--in", tmp_path)
    assert [row["people"] for row in rows(tmp_path / "v" / "places.csv")] == ["12000", "950"]


def test_the_order_of_days_is_taken_from_a_day_that_can_be_read_in_one_way(war):
    text = "place,holder,start,end\nbirch,crown,1/1/2001,{}\nbirch,guild,{},\n"
    said = take(war, text.format("5/13/2001", "5/13/2001"))
    assert held(war)[1][:2] == ("guild", "2001-05-13")
    assert "days in figures are read as month, day, year, since '5/13/2001' can be nothing else" in said
    take(war, text.format("13.5.2001", "13.5.2001"))
    assert held(war)[1][:2] == ("guild", "2001-05-13")
    assert "can be read in two ways" in take(war, text.format("5/3/2001", "5/3/2001"), code=2)
    assert order_of(["13/5/2001", "5/13/2001"]) == ("", "")


def test_degrees_may_have_minutes_and_the_side_of_the_world(tmp_path):
    towns = 'name,lat,lon\nA,"48°12\'30""N",37° 30′ E\nB,48.3N,37.6e\nC,33 30.6 S,70W\n'
    (tmp_path / "towns.csv").write_text(towns, encoding="utf-8")
    polemos("new", "w", "--places", tmp_path / "towns.csv", "--in", tmp_path)
    at = [(float(row["lat"]), float(row["lon"])) for row in rows(tmp_path / "w" / "places.csv")]
    assert at == [(pytest.approx(48.208333), 37.5), (48.3, 37.6), (-33.51, -70.0)]


@pytest.mark.parametrize("written", ["10 75 N", "48°12'60\"N"])
def test_sixty_minutes_and_more_are_no_degrees(tmp_path, written):
    frame = pd.DataFrame({"name": ["A", "B"], "lat": ["10.5", written], "lon": ["20", "20"]})
    frame.to_csv(tmp_path / "towns.csv", index=False)
    printed = polemos("new", "w", "--places", tmp_path / "towns.csv", "--in", tmp_path, code=2)
    assert "towns.csv:3:lat:" in printed
    assert not (tmp_path / "w").exists()


@pytest.mark.parametrize("heads", ["2001-02-01,2001-13-45", "2001-02-01,2001-03-01,2001-13-45"])
def test_a_column_called_after_no_day_is_reported_and_not_left_out(war, heads):
    before = (war / "control.csv").read_bytes()
    (war.parent / "wide.csv").write_text(f"town,{heads}\nBirch{',guild' * len(heads.split(','))}\n")
    printed = polemos("import", "table", war.parent / "wide.csv", "--as", "control", "--into", war, code=2)
    assert "wide.csv:1:2001-13-45: no day that can be read" in printed
    assert (war / "control.csv").read_bytes() == before


def test_places_on_two_continents_in_any_script_make_a_scenario(tmp_path):
    (tmp_path / "towns.csv").write_text(
        "name,lat,lon\nحلب,36.2,37.16\nКиїв,50.4,30.5\n東京,35.7,139.7\n", encoding="utf-8"
    )
    polemos("new", "w", "--places", tmp_path / "towns.csv", "--in", tmp_path)
    assert [row["name"] for row in rows(tmp_path / "w" / "places.csv")] == ["حلب", "Київ", "東京"]


def test_a_zip_file_with_one_table_is_that_table(war):
    with zipfile.ZipFile(war.parent / "held.zip", "w") as archive:
        archive.writestr("export/held.csv", "town,holder,since\nBirch,guild,2001-05-10\n")
    take(war, None, name="held.zip")
    assert held(war)[1][:2] == ("guild", "2001-05-10")
    with zipfile.ZipFile(war.parent / "none.zip", "w") as archive:
        archive.writestr("readme.md", "")
    assert "none.zip: 0 tables inside" in take(war, None, name="none.zip", code=2)


def test_the_day_of_a_map_of_an_old_war_stands_in_its_name():
    assert name_days("front-1863-07-01") == {np.datetime64("1863-07-01")}
    assert name_days("1609459200") == {np.datetime64("2021-01-01")}


def test_a_table_without_a_column_says_which_it_has_below_a_title_too(tmp_path):
    book = openpyxl.Workbook()
    for row in (["Der Krieg von 1864"], [], ["Name", "Breite", "Länge"], ["Dybbøl", 54.91, 9.74]):
        book.active.append(row)
    book.save(tmp_path / "orte.xlsx")
    said = polemos("new", "w", "--places", tmp_path / "orte.xlsx", "--in", tmp_path, code=2)
    assert "orte.xlsx:3:lat: missing column; its columns are Name, Breite, Länge; call one of them lat" in said
    assert ":name:" not in said
    assert "not separated" not in said


def test_a_list_of_names_alone_lacks_coordinates_and_is_no_bad_csv(tmp_path):
    (tmp_path / "towns.csv").write_text("name\nAlder\nBirch\n")
    said = polemos("new", "w", "--places", tmp_path / "towns.csv", "--in", tmp_path, code=2)
    assert "towns.csv:1:lat: missing column; its columns are name; call one of them lat or latitude" in said
    (tmp_path / "towns.csv").write_text("name   lat   lon\nAlder  1  2\n")
    said = polemos("new", "w", "--places", tmp_path / "towns.csv", "--in", tmp_path, code=2)
    assert "columns are not separated; save it as CSV with commas" in said


def test_a_table_of_another_time_changes_nothing_and_says_so(war):
    before = (war / "control.csv").read_bytes()
    said = take(
        war, "town,holder,from,to\nalder,crown,1936-02-01,1936-04-18\nalder,guild,1936-04-18,1937-01-01\n", code=2
    )
    assert "control.csv: no row of its 2 lies within the record (2001-01-01 to 2002-12-31); look at the dates" in said
    assert (war / "control.csv").read_bytes() == before
    said = take(war, "town,holder,from\nalder,crown,2001-01-01\nalder,guild,2004-04-18\n")
    assert "2 rows read, 1 kept. 1 dropped: outside the record (2001-01-01 to 2002-12-31)" in said


def test_a_table_by_numbers_of_geonames_with_a_status_is_one_of_control(tmp_path):
    towns = 'geonameid,asciiname,alternatenames,longitude,latitude\n1,Alder,"Aldir, Olcha",2,1\n2,Birch,,2.1,1.2\n'
    (tmp_path / "towns.csv").write_text(towns)
    polemos(
        "new", "w", "--places", tmp_path / "towns.csv", "--start", "2001-01-01", "--end", "2003-01-01", "--in", tmp_path
    )
    assert [(row["id"], row["aliases"]) for row in rows(tmp_path / "w" / "places.csv")] == [
        ("1", "Aldir|Olcha"),
        ("2", ""),
    ]
    text = (
        "geonameid,date,status_wiki,status\n1,20010101,x,government\n1,20010301,x,insurgents\n2,20010101,x,government\n"
    )
    take(tmp_path / "w", text)
    assert held(tmp_path / "w", "1") == [
        ("government", "2001-01-01", "2001-03-01", "0", "window"),
        ("insurgents", "2001-03-01", "", "0", "day"),
    ]


def test_the_government_of_a_side_is_shown_to_a_person_as_perhaps_that_side(tmp_path, war):
    columns = (
        "id,date_start,date_end,date_prec,where_prec,side_a,side_b,latitude,longitude,best,low,high,type_of_violence"
    )
    row = "1,2001-05-08,2001-05-08,1,1,Government of The Crown (old),Another,1,2,1,1,1,1"
    (tmp_path / "ged.csv").write_text(f"{columns},country\n{row},Land\n")
    said = polemos("import", "ucdp", tmp_path / "ged.csv", "--into", war)
    assert "organisation Government of The Crown (old) crown, The Crown" in said
    assert "organisation Another nobody of these" in said


def test_a_doubtful_place_is_counted_once_a_row_and_shown_without_its_brackets(tmp_path):
    (tmp_path / "towns.csv").write_text("name,lat,lon\nAls (Insel),54.97,9.92\nKolding,55.49,9.47\n")
    polemos(
        "new", "w", "--places", tmp_path / "towns.csv", "--start", "1864-02-01", "--end", "1864-11-01", "--in", tmp_path
    )
    said = take(tmp_path / "w", "town,holder,from\nAls,government,1864-02-01\nKolding,government,1864-02-01\n")
    assert "place Als als 1 Note" in said


def test_years_of_two_figures_that_are_no_days_show_the_order_of_the_others(war):
    text = "town,holder,from\nbirch,crown,1/1/01\nbirch,guild,10/5/01\n"
    assert "can be read in two ways" in take(war, text, code=2)
    assert order_of(["18/2/64", "8/3/64"])[0] == "dmy"
    assert order_of(["2/18/64", "8/3/64"])[0] == "mdy"
    assert order_of(["8/2/64"])[0] == ""
    assert order_of(["18/2/20"])[0] == ""
