"""Reading UCDP events: versions, cuts, bad input."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from polemos.record import ucdp_ged
from polemos.scenario.errors import ScenarioError

V25 = """id,relid,type_of_violence,side_a,side_b,source_article,where_prec,where_coordinates,adm_1,latitude,\
longitude,country,date_prec,date_start,date_end,best,high,low
1,X,1,A,B,"a, ""quoted""
headline",1,Town,North,10.5,20.25,Land,1,2020-01-05 00:00:00.000,2020-01-06 00:00:00.000,3,5,2
2,X,2,B,C,plain,6,Land,,10.0,20.0,Land,4,2020-01-01 00:00:00.000,2020-01-31 00:00:00.000,7,9,7
"""
V5 = """id,type_of_violence,side_a,side_b,latitude,longitude,date_start,date_end,best_est,low_est,high_est
2,2,B,C,10.0,20.0,2020-01-01,2020-01-31,7,7,9
1,1,A,B,10.5,20.25,2020-01-05,2020-01-06,3,2,5
"""
CUT = """id,date,country,lat,lon,type_of_violence,side_a,side_b,best,low,high,where_prec,date_prec,\
date_end,place_name,adm_1
1,2020-01-05,Land,10.5,20.25,1,A,B,3,2,5,1-2,,,,
"""


def write(folder: Path, text: str, name: str = "events.csv") -> Path:
    path = folder / name
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return path


@pytest.mark.parametrize(("text", "name"), [(V25, "a.csv"), (V5, "b.csv.gz"), ("\ufeff" + V25, "c.csv")])
def test_versions_give_one_table(tmp_path: Path, text: str, name: str) -> None:
    table = ucdp_ged.read(write(tmp_path, text, name))
    assert table.schema == ucdp_ged.schema()
    assert table["id"].to_pylist() == ["2", "1"]
    assert table["best"].to_pylist() == [7, 3]
    assert (table["low"].to_pylist(), table["high"].to_pylist()) == ([7, 2], [9, 5])
    assert [str(day) for day in table["date_end"].to_pylist()] == ["2020-01-31", "2020-01-06"]
    assert table["lon"].to_pylist() == [20.0, 20.25]


def test_what_a_cut_leaves_out_is_null(tmp_path: Path) -> None:
    row = ucdp_ged.read(write(tmp_path, CUT)).to_pylist()[0]
    assert (row["where_prec"], row["date_prec"], row["adm"]) == (2, None, None)
    assert row["date_end"] == row["date_start"]


def test_only_what_ended_in_time_and_lies_within(tmp_path: Path) -> None:
    path = write(tmp_path, V25)
    # The second event began before the first ended, but was not over.
    assert ucdp_ged.read(path, until=np.datetime64("2020-01-30"))["id"].to_pylist() == ["1"]
    assert ucdp_ged.read(path, since=np.datetime64("2020-01-07"))["id"].to_pylist() == ["2"]
    assert ucdp_ged.read(path, box=(10.2, 20.0, 11.0, 21.0))["id"].to_pylist() == ["1"]


def test_every_bad_cell_is_told_of(tmp_path: Path) -> None:
    bad = V5 + "3,1,A,B,north,20.0,2020-13-01,,x,,\n4,1,A,B,1.0,2.0,May 2020,,1,,\n"
    with pytest.raises(ScenarioError) as caught:
        ucdp_ged.read(write(tmp_path, bad))
    told = str(caught.value)
    assert "events.csv:4:latitude: 'north'" in told
    assert "events.csv:5:date_start: 'May 2020'" in told
    assert "events.csv:4:best_est: 'x'" in told


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"id,date_start\n1,2020-01-01\n", "this column is missing"),
        (b"", "this column is missing"),
        (b"\x1f\x8b\x08broken", "this column is missing"),
        (V5.encode() + b"1,2\n", "not a readable table"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, content: bytes, what: str) -> None:
    path = tmp_path / "events.csv"
    path.write_bytes(content)
    with pytest.raises(ScenarioError, match=what):
        ucdp_ged.read(path)


def test_a_broken_gzip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "events.csv.gz"
    path.write_bytes(gzip.compress(V5.encode() * 50)[:-30])
    with pytest.raises(ScenarioError, match="not a readable table"):
        ucdp_ged.read(path)


def test_no_such_file() -> None:
    with pytest.raises(ScenarioError, match="No such file"):
        ucdp_ged.read("nowhere.csv")


REAL = Path(__file__).parents[2] / "shared" / "record" / "ucdp_ged_iraq_syria.csv.gz"


@pytest.mark.skipif(not REAL.exists(), reason="needs the UCDP rows beside the repository; the tests above are its twin")
def test_the_published_rows() -> None:
    table = ucdp_ged.read(REAL)
    assert table.num_rows == 70_429
    assert table["id"].null_count == table["best"].null_count == 0
