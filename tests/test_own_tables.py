"""Tables of one's own: what programs leave in them is read, what they say of holders and days comes in right."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest
from typer.testing import CliRunner

from polemos.cli.commands import app
from polemos.readers.foreign_values import as_number
from polemos.scenario.attributes import attributes
from polemos.scenario.load import read
from polemos.scenario.parse_values import BadCell
from scenarios import rows, save, tiny

HELD = "place,holder,start,end\nbirch,crown,2001-01-01,2001-05-10\nbirch,guild,2001-05-10,\n"


def polemos(*words, code=0):
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exit_code == code, done.output + repr(done.exception)
    return " ".join(done.output.split())


@pytest.fixture
def war(tmp_path):
    return tiny(tmp_path)


def held(war, place="birch"):
    return [
        (row["holder"], row["start"], row["end"], row["contested"] or "0", row["precision"])
        for row in rows(war / "control.csv")
        if row["place"] == place
    ]


def take(war, text, *more, code=0, name="control.csv", **how):
    path = war.parent / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode(**how))
    return polemos("import", "table", path, "--as", "control", "--into", war, *more, code=code)


BIRCH = [("crown", "2001-01-01", "2001-05-10", "0", "window"), ("guild", "2001-05-10", "", "0", "day")]


# f15: the user's own file and line


def test_a_gap_of_a_day_names_the_users_line_and_inclusive_ends(war):
    text = "place,holder,start,end\nbirch,crown,2001-01-01,2001-05-09\nbirch,guild,2001-05-10,2002-12-31\n"
    before = (war / "control.csv").read_bytes()
    said = take(war, text, code=2, name="held.csv")
    assert "held.csv:3:start: nobody holds the place on 2001-05-09, the day between line 2 and this one" in said
    assert "--ends inclusive" in said
    assert "control.csv" not in said
    assert (war / "control.csv").read_bytes() == before
    take(war, text, "--ends", "inclusive", name="held.csv")
    assert [spell[:3] for spell in held(war)] == [
        ("crown", "2001-01-01", "2001-05-10"),
        ("guild", "2001-05-10", "2003-01-01"),
    ]


def test_a_wide_gap_and_a_value_name_the_users_line_too(war):
    text = "Town;Held by;Since;Until\nbirch;crown;2001-01-01;2001-03-01\nbirch;guild;2001-05-10;\n"
    said = take(war, text, code=2, name="mine.csv")
    assert "mine.csv:3:start: nothing on birch from 2001-03-01 to 2001-05-10" in said
    assert "control.csv:" not in said
    said = take(war, "place,holder,start,Start_Precision\nbirch,crown,2001-01-01,exact\n", code=2, name="mine.csv")
    assert "mine.csv:2:Start_Precision: unknown precision 'exact'" in said


def test_a_road_given_twice_names_the_users_line(war):
    (war.parent / "roads.csv").write_text("from,to,km\nalder,birch,30\n\nbirch,alder,31\n")
    said = polemos("import", "table", war.parent / "roads.csv", "--into", war, code=2)
    assert "roads.csv:4:b: road alder to birch given twice" in said


# f20: months


@pytest.mark.parametrize("form", ["2001-{:02}", "{1} 2001", "{2}/2001"])
def test_a_month_is_its_middle_with_its_precision_and_is_counted(form, war):
    def month(number):
        return form.format(number, ("January", "", "", "", "May")[number - 1], number)

    said = take(war, f"place,holder,start,end\nbirch,crown,{month(1)},{month(5)}\nbirch,guild,{month(5)},\n")
    assert held(war) == [
        ("crown", "2001-01-01", "2001-05-15", "0", "window"),
        ("guild", "2001-05-15", "", "0", "month"),
    ]
    assert "months stand for their middle, precision month (3 dates)" in said


def test_a_quarter_a_year_and_a_given_precision(war):
    take(war, "place,holder,start,precision\nbirch,crown,2001-01-01,\nbirch,guild,Q3 2001,\nbirch,crown,2002,week\n")
    assert [spell[1:] for spell in held(war)][1:] == [
        ("2001-08-15", "2002-07-01", "0", "quarter"),
        ("2002-07-01", "", "0", "week"),
    ]


# f25: nobody, contested, unknown


def test_nobody_contested_and_unknown_are_read_as_what_they_say(war):
    text = "place,holder,start\n" + "".join(
        f"birch,{holder},2001-{month:02}-01\n"
        for month, holder in enumerate(
            ("crown", "Nobody", "contested", "guild", "Disputed", "unknown", "Guild (contested)", "NaN", "vacuum"), 1
        )
    )
    said = take(war, text)
    assert [(holder, contested) for holder, _, _, contested, _ in held(war)] == [
        *(("crown", "0"), ("", "0"), ("", "1"), ("guild", "0"), ("guild", "1"), ("unknown", "0")),
        *(("guild", "1"), ("unknown", "0"), ("", "0")),
    ]
    assert "2 as contested, and its holder as before" in said
    assert "2 as nobody" in said
    assert "decide" not in said


def test_a_place_that_is_contested_from_the_first_was_held_by_nobody_knows_whom(war):
    take(war, "place,holder,start\nbirch,disputed,2001-01-01\nbirch,crown,2001-03-01\n")
    assert [(spell[0], spell[3]) for spell in held(war)] == [("unknown", "1"), ("crown", "0")]


def test_an_organisation_may_be_called_none(war):
    text = (war / "scenario.yaml").read_text()
    (war / "scenario.yaml").write_text(text.replace("name: Hill League", 'name: "None"'))
    take(war, "place,holder,start\nbirch,None,2001-01-01\n")
    assert held(war)[0][0] == "hill"


# Forms of programs

FORMS = {
    "pandas": (
        ",place,holder,start,end,contested\n"
        "0,birch,crown,2001-01-01,2001-05-10,False\n"
        "1,birch,guild,2001-05-10,,False\n"
    ),
    "pandas floats": (
        "place,holder,start,end,contested\nbirch,crown,2001-01-01,2001-05-10,0.0\nbirch,guild,2001-05-10,NaN,0.0\n"
    ),
    "R write.csv": (
        '"","place","holder","start","end"\n'
        '"1","birch","crown","2001-01-01","2001-05-10"\n'
        '"2","birch","guild","2001-05-10",NA\n'
    ),
    "R without a name for row names": (
        "place\tholder\tstart\tend\n1\tbirch\tcrown\t2001-01-01\t2001-05-10\n2\tbirch\tguild\t2001-05-10\tNA\n"
    ),
    "R flags": (
        "place,holder,start,end,contested\nbirch,crown,2001-01-01,2001-05-10,FALSE\nbirch,guild,2001-05-10,NA,FALSE\n"
    ),
    "Excel": (
        "sep=;\nplace;holder;start;end;;\nbirch;crown;2001-01-01;2001-05-10;;\nbirch;guild;2001-05-10;;;\n;;;;;\n"
    ),
    "a mark and tabs": (
        "\ufeffplace\tholder\tstart\tend\r\nbirch\tcrown\t2001-01-01\t2001-05-10\r\nbirch\tguild\t2001-05-10\t\r\n"
    ),
    "old Mac": ("place,holder,start,end\rbirch,crown,2001-01-01,2001-05-10\rbirch,guild,2001-05-10,\r"),
    "quoted heads": (
        '"place", "holder", "start", "end"\n'
        '"birch", "crown", "2001-01-01", "2001-05-10"\n'
        '"birch", "guild", "2001-05-10", ""\n'
    ),
    "a comma in a head": (
        '"place","holder, if any","holder","start","end"\n'
        "birch,x,crown,2001-01-01,2001-05-10\n"
        "birch,y,guild,2001-05-10,\n"
    ),
    "bars": ("place|holder|start|end\nbirch|crown|2001-01-01|2001-05-10\nbirch|guild|2001-05-10|\n"),
}


@pytest.mark.parametrize("form", FORMS)
def test_what_programs_leave_in_a_table_is_read(form, war):
    said = take(war, FORMS[form])
    assert held(war) == BIRCH, said
    assert "dropped" not in said


@pytest.mark.parametrize(
    ("encoding", "name", "said"),
    [
        ("utf-8", "Großstadt", ""),
        ("utf-8-sig", "Großstadt", ""),
        ("utf-16", "Großstadt", ""),
        ("utf-16-le", "Großstadt", ""),
        ("utf-32", "Großstadt", ""),
        ("cp1252", "Großstadt", "read as western European (cp1252)"),
        ("latin-1", "Großstadt", "read as western European (cp1252)"),
        ("cp1251", "Берёзовка", "read as Cyrillic (cp1251)"),
    ],
)
def test_every_encoding_is_read_and_a_guess_is_named(encoding, name, said, war):
    (war / "aliases.csv").write_text(f"of,kind,alias\nbirch,place,{name}\n", encoding="utf-8")
    output = take(war, HELD.replace("birch", name), encoding=encoding)
    assert held(war) == BIRCH
    assert said in output
    assert ("--encoding" in output) == bool(said)


def test_an_encoding_that_nobody_can_tell_must_be_named(war):
    (war / "aliases.csv").write_text("of,kind,alias\nbirch,place,حلب\n", encoding="utf-8")
    text = HELD.replace("birch", "حلب")
    said = take(war, text, code=2, encoding="cp1256")
    assert "control.csv:2: not UTF-8" in said
    assert "--encoding" in said
    take(war, text, "--encoding", "cp1256", encoding="cp1256")
    assert held(war) == BIRCH
    assert "no encoding 'klingon'" in take(war, text, "--encoding", "klingon", code=2)
    take(war, HELD.replace("birch", "Łódź"), "--encoding", "cp1250", code=0, encoding="cp1250")


def frame():
    pandas = pytest.importorskip("pandas")
    return pandas.DataFrame(
        {
            "Place": ["birch", "birch"],
            "Holder": ["crown", "guild"],
            "Start": pandas.to_datetime(["2001-01-01", "2001-05-10"]),
            "End": pandas.to_datetime(["2001-05-10", None]),
            "Contested": [False, False],
        }
    )


def test_parquet_and_workbooks_are_read_as_csv_is(war):
    table = frame()
    table.to_parquet(war.parent / "control.parquet")
    table.to_excel(war.parent / "control.xlsx", sheet_name="Mine")
    for name in ("control.parquet", "control.xlsx"):
        take(war, "place,holder,start\nbirch,hill,2001-01-01\n", name="other.csv")
        polemos("import", "table", war.parent / name, "--into", war)
        assert held(war) == BIRCH, name


def test_a_workbook_says_which_sheet_is_read_and_its_dates_are_days(war):
    openpyxl = pytest.importorskip("openpyxl")
    import datetime

    book = openpyxl.Workbook()
    book.active.title = "Notes"
    book.active.append(["nothing"])
    sheet = book.create_sheet("control")
    sheet.append(["Place", "Holder", "Start", "End", None])
    sheet.append(["birch", "crown", datetime.date(2001, 1, 1), datetime.datetime(2001, 5, 10), None])
    sheet.append(["birch", "guild", 37021, None, None])
    book.save(war.parent / "control.xlsx")
    said = polemos("import", "table", war.parent / "control.xlsx", "--into", war, code=2)
    assert "control.xlsx:3:Start: '37021' is not a day; if it counts days as a spreadsheet does" in said
    sheet["C3"].number_format = "yyyy-mm-dd"
    book.save(war.parent / "control.xlsx")
    said = polemos("import", "table", war.parent / "control.xlsx", "--into", war)
    assert "the sheet 'control' of control.xlsx is read; not read: Notes" in said
    assert held(war) == BIRCH


def test_without_the_extra_a_workbook_is_refused_in_one_line(war, monkeypatch):
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    (war.parent / "control.xlsx").write_bytes(b"PK\x03\x04")
    said = polemos("import", "table", war.parent / "control.xlsx", "--into", war, code=2)
    assert 'needs openpyxl, which is not installed; install it: pip install "polemos[excel]"' in said


@pytest.mark.parametrize("name", ["control.xlsx", "control.parquet", "control.xls"])
def test_a_damaged_workbook_is_one_report(name, war):
    said = take(war, b"PK\x03\x04" + bytes(range(256)) * 8, code=2, name=name)
    assert name in said
    assert "Traceback" not in said


def test_towns_of_a_workbook_begin_a_scenario(tmp_path):
    pandas = pytest.importorskip("pandas")
    towns = pandas.DataFrame({"Name": ["A", "B"], "Lat": [10.0, 10.1], "Lon": [20.0, 20.1], "Pop": [1e5, np.nan]})
    towns.to_excel(tmp_path / "towns.xlsx", index=False)
    polemos("new", "war", "--places", tmp_path / "towns.xlsx", "--in", tmp_path)
    assert [row["people"] for row in rows(tmp_path / "war" / "places.csv")] == ["100000", "0"]


# Numbers


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *(
            ("12,5", "12.5"),
            ("12.5", "12.5"),
            ("12 000", "12000"),
            ("12\u00a0000,5", "12000.5"),
            ("1,234,567", "1234567"),
        ),
        *(("1.234.567,8", "1234567.8"), ("1'234", "1234"), ("1,234.5", "1234.5"), ("3.0", "3.0"), ("1.234", "1.234")),
    ],
)
def test_numbers_are_read_however_they_are_grouped(text, number):
    assert float(as_number(text, attributes("strengths.csv")["best"])) == float(number)


def test_a_number_of_two_readings_is_refused_unless_only_one_can_be():
    with pytest.raises(BadCell, match="two ways"):
        as_number("12,000", attributes("strengths.csv")["best"])
    assert as_number("48,123", attributes("places.csv")["lat"]) == "48.123"


# What is there stays


def test_an_import_adds_to_what_is_there_and_says_so(war):
    before = rows(war / "strengths.csv")
    (war.parent / "strengths.csv").write_text('actor,date,best,source\nThe Guild,2001-08-01,"5 500",a count\n')
    said = polemos("import", "table", war.parent / "strengths.csv", "--into", war)
    assert f"strengths.csv: 1 rows are added to {len(before)} that stay" in said
    after = rows(war / "strengths.csv")
    assert after[: len(before)] == before
    assert (after[-1]["best"], after[-1]["low"]) == ("5500", "5500")
    # Once more, and it is the same estimate.
    said = polemos("import", "table", war.parent / "strengths.csv", "--into", war)
    assert "1 rows are replaced by those of the same estimate" in said
    assert rows(war / "strengths.csv") == after


def test_guessed_roads_make_way_where_both_ends_are_known(tmp_path):
    save(
        tmp_path / "towns.csv",
        [{"name": name, "lat": 10 + n / 10, "lon": 20} for n, name in enumerate("ABCD")],
        ["name", "lat", "lon"],
    )
    polemos("new", "war", "--places", tmp_path / "towns.csv", "--in", tmp_path)
    assert [row["kind"] for row in rows(tmp_path / "war" / "links.csv")] == ["guessed_road"] * 3
    (tmp_path / "roads.csv").write_text("from,to,distance\nA,B,12\nA,C,30\n")
    said = polemos("import", "table", tmp_path / "roads.csv", "--into", tmp_path / "war")
    kinds = {(row["a"], row["b"]): row["kind"] for row in rows(tmp_path / "war" / "links.csv")}
    assert kinds == {("c", "d"): "guessed_road", ("a", "b"): "", ("a", "c"): ""}
    assert "1 rows are replaced by those of the same road" in said
    assert "1 guessed rows make way, as both ends are in the import" in said
    assert read(tmp_path / "war").tables["links.csv"].rows[1]["km"] == 12


def test_the_account_is_json_too(war):
    (war.parent / "control.csv").write_text(HELD + "Nowhere,crown,2001-01-01,\n")
    account = json.loads(
        CliRunner()
        .invoke(app, ["import", "table", str(war.parent / "control.csv"), "--into", str(war), "--json"])
        .output
    )
    assert account["unknown"] == {"places": {"rows": 1, "share": pytest.approx(1 / 3)}}
