"""The command line: answers, exit codes, one clear line for a mistake."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest
from typer.testing import CliRunner

from asked import ask
from interrupts import hear_interrupts
from polemos.cli import printing
from polemos.cli.commands import app
from scenarios import put
from scenarios import tiny as write_tiny

runner = CliRunner()


def polemos(*words, code=0):
    """Run a command; its exit code must be `code`. Gives stdout and stderr."""
    done = runner.invoke(app, [str(word) for word in words])
    assert done.exit_code == code, done.output + repr(done.exception)
    return done.stdout, done.stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return ask(write_tiny(tmp_path_factory.mktemp("cli")))


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_list_names_the_scenarios_that_ship():
    rows = json.loads(polemos("list", "--json")[0])
    assert "caliphate" in [row["scenario"] for row in rows]
    assert all(row["places"] > 0 and row["from"] < row["to"] for row in rows)
    assert "caliphate" in polemos("list")[0]


def test_check_of_a_sound_scenario(folder):
    out, err = polemos("check", folder)
    assert "no errors" in out
    assert err == ""
    assert json.loads(polemos("check", folder, "--json")[0]) == []


def test_check_of_a_faulty_one_names_file_line_field_and_mend(tmp_path):
    path = write_tiny(tmp_path)
    put(path, "control.csv", "dale,crown,2002-11-10", "dael,crown,2002-11-10")
    out, err = polemos("check", path, code=2)
    assert out == ""
    assert "control.csv:12:place" in err
    assert "did you mean 'dale'" in err
    found = json.loads(polemos("check", path, "--json", code=2)[0])
    assert {"file": "control.csv", "line": 12, "field": "place"}.items() <= found[0].items()


def test_unknown_scenario_names_the_nearest():
    out, err = polemos("run", "caliphat", code=2)
    assert out == ""
    assert "did you mean 'caliphate'" in err
    assert "Traceback" not in err


def test_show_who_held_what(folder):
    rows = json.loads(polemos("show", folder, "--date", "2002-05-01", "--json")[0])
    guild = next(row for row in rows["organisations"] if row["organisation"] == "guild")
    assert guild["places"] == len(rows["places"]["guild"]) == 3
    assert guild["people"] == 55_000
    assert rows["places"]["crown"] == ["Alder", "Birch"]
    assert "Cedar" in polemos("show", folder, "--date", "2002-05-01")[0]
    empty = json.loads(polemos("show", folder, "--date", "2002-01-01", "--json")[0])
    assert empty["places"]["nobody"] == ["Elm, the dam"]


def test_show_a_place(folder):
    spells = json.loads(polemos("show", folder, "--place", "elm", "--json")[0])
    assert [spell["holder"] for spell in spells] == ["hill", "nobody", "guild"]
    assert spells[-1]["to"] is None
    one = json.loads(polemos("show", folder, "--place", "elm", "--date", "2001-12-15", "--json")[0])
    assert [spell["holder"] for spell in one] == ["nobody"]
    assert "± 20 days" in polemos("show", folder, "--place", "elm")[0]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["show", "--place", "elmm"], "did you mean 'elm'"),
        (["show", "--date", "2002-13-01"], "write YYYY-MM-DD"),
        (["show", "--date", "2012-01-01"], "outside the record"),
        (["run", "--origin", "soon"], "neither a day"),
        (["run", "--origin", "2002-12-30"], "at least a week after"),
        (["run", "--to", "never"], "write YYYY-MM-DD"),
        (["run", "--inputs", "later"], "known or actual"),
        (["run", "--theory", "slwo"], "did you mean 'slow'"),
        (["run", "--without", "batle"], "no process 'batle'"),
        (["run", "--members", "0"], "greater than or equal to 1"),
        (["hindcast", "--leads", "soon"], "1mo,3mo,6mo"),
        (["hindcast", "--leads", "40"], "too short"),
        (["hindcast", "--every", "fortnight"], "1mo or 2w"),
        (["hindcast", "--from", "2004-01-01"], "do not lie in the record"),
        (["hindcast", "--forecasters", "crystal"], "there are persistence"),
        (["explain", "--process", "captres"], "did you mean 'captures'"),
        (
            ["run", "--with", "battle"],
            "no process 'battle'; it was removed; captures, which runs by default, does its work",
        ),
        (
            ["run", "--without", "attack"],
            "no process 'attack' to switch off; it was removed; captures, which runs by default, does its work",
        ),
    ],
)
def test_mistakes_are_told_in_a_line(folder, here, words, told):
    command, *options = words
    out, err = polemos(command, folder, *options, code=2)
    assert told in " ".join(err.replace("│", " ").split())
    assert "Traceback" not in err
    assert out == ""


def test_run_answers_and_writes_the_page(folder, here):
    out, _ = polemos("run", folder, "--members", 30)
    assert "Dale falls within the year" in out
    assert "30 wars simulated" in out
    assert (here / "report.html").stat().st_size > 100_000
    again = json.loads(polemos("run", folder, "--members", 30, "--json", "--out", "other.html")[0])
    assert again["simulated"] == 0
    assert (here / "other.html").exists()
    answer = next(row for row in again["answers"] if row["question"] == "dale-lost")
    assert 0 <= answer["probability"] <= 1
    assert answer["outcome"] == 1
    fresh = json.loads(polemos("run", folder, "--members", 30, "--json", "--fresh")[0])
    assert fresh["simulated"] == 30
    assert fresh["answers"] == again["answers"]


QUICK = ("--forecasters", "persistence,contiguity,front,model,forecast", "--members", 20)


def test_hindcast_prints_every_lead_and_takes_up_what_is_kept(folder, here):
    out, _ = polemos("hindcast", folder, "--origins", 2, "--leads", "1,2", *QUICK)
    assert "1 month" in out
    assert "2 months" in out
    assert "2 origins computed" in out
    kept = next(here.glob("hindcasts/*"))
    assert {path.name for path in kept.iterdir()} >= {"table.parquet", "skill.json", "chart.png", "chart.svg"}
    rows = json.loads(polemos("hindcast", folder, "--origins", 2, "--leads", "1,2", *QUICK, "--json")[0])
    assert len(rows["rows"]) == 5 * 2 * 2
    assert rows["computed"] == 0
    assert {band["forecaster"] for band in rows["bands"]} == {"front hazard", "model", "forecast"}
    text, _ = polemos("hindcast", folder, "--origins", 2, "--leads", "1,2", *QUICK, "--markdown")
    assert text.startswith("| all places: log score / Brier, skill | 1 month | 2 months |")
    assert all(line.count("|") == text.splitlines()[0].count("|") for line in text.splitlines()[:7])


def test_hindcast_at_origins_named(folder, here):
    span = ("--every", "2mo", "--from", "2001-10-01", "--to", "2002-06-01", "--leads", "1,12")
    rows = json.loads(polemos("hindcast", folder, *span, *QUICK, "--json")[0])
    assert rows["origins"] == ["2001-10-01", "2001-12-01", "2002-02-01", "2002-04-01", "2002-06-01"]
    found = {(row["lead"], row["origins"]) for row in rows["rows"]}
    assert found == {("1mo", 5), ("12mo", 2)}


def test_ablate_has_every_part(folder, here):
    rows = json.loads(polemos("ablate", folder, "--origins", 1, "--leads", 1, "--members", 5, "--json")[0])
    assert {"captures", "recruitment", "share", "air"} <= {row["part"] for row in rows}
    assert "next_door" not in {row["part"] for row in rows}


def test_score_of_a_kept_run(folder, here):
    told = json.loads(polemos("run", folder, "--members", 30, "--json")[0])
    scored = json.loads(polemos("score", told["folder"], "--scenario", folder, "--json")[0])
    asked = {row["question"]: row for row in scored["questions"]}
    for row in told["answers"]:
        for said in ("probability", "model"):
            assert asked[row["question"]][said] == row[said]
    assert {row["forecaster"] for row in scored["questions"]} == {"forecast"}
    assert {row["forecaster"] for row in scored["places"]} >= {"forecast", "model", "persistence"}
    out, _ = polemos("score", told["folder"], "--scenario", folder)
    assert re.search(r"Mean Brier score of \d+ questions: forecast 0\.\d{3}, model 0\.\d{3}", out)
    assert "not the folder of a run" in polemos("score", here, code=2)[1]


def test_explain_has_a_source_for_every_number():
    rows = json.loads(polemos("explain", "--json")[0])
    assert [row["process"] for row in rows].index("captures") < [row["process"] for row in rows].index("fate")
    for row in rows:
        for parameter in row["parameters"]:
            assert parameter["source"], parameter["name"]
            assert parameter["unit"], parameter["name"]
    assert "lognormal" in polemos("explain", "--process", "underground")[0]


def test_warmup_says_where_the_kernels_are():
    out = json.loads(polemos("warmup", "--json")[0])
    assert os.path.isdir(out["folder"])


def test_every_command_has_help_with_an_example():
    for command in ("list", "check", "show", "run", "demo", "hindcast", "ablate", "score", "warmup", "explain"):
        assert "polemos " + command in " ".join(polemos(command, "--help")[0].split()), command


def test_interrupt_keeps_what_is_done(folder, tmp_path):
    command = [sys.executable, "-m", "polemos", "run", str(folder), "--members", "200000", "--threads", "1"]
    command += ["--chunk", "50"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    process = subprocess.Popen(command, cwd=tmp_path, **pipes, preexec_fn=hear_interrupts)
    deadline = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < deadline and len(list(tmp_path.glob("runs/*/done/*"))) < 2:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "of 200000 members are kept" in err
    assert "Traceback" not in err
    assert out == ""
    kept = int(err.split("stopped; ")[1].split(" of ")[0])
    assert kept == 50 * len(list(tmp_path.glob("runs/*/done/*"))) > 0


def test_sparkline():
    assert printing.sparkline([0, 1, 8], 8) == ".▂█"
    assert printing.sparkline([0, 0]) == ".."
    assert printing.sparkline([]) == ""


def test_percent_keeps_small_chances_apart_from_none():
    assert printing.percent(0.004, 0.001) == "0.4 % ± 0.1"
    assert printing.percent(0.42) == "42 %"
    assert printing.percent(0.0) == "0 %"
    assert printing.percent(None) == "-"


def test_json_has_no_infinite_numbers():
    assert printing.finite({"a": (1.0, float("inf"), float("nan")), "b": "inf"}) == {"a": [1.0, None, None], "b": "inf"}


@pytest.fixture
def other(tmp_path):
    return ask(write_tiny(tmp_path))


def test_check_reads_theories_too(other):
    (other / "theories" / "mine.yaml").write_text("processes: [nope]\npriors: {beta_t: garbage}\n")
    err = polemos("check", other, code=2)[1]
    assert "theories/mine.yaml:1:processes: no process 'nope'" in err
    assert "theories/mine.yaml:2:beta_t: 'garbage' is no prior" in err


@pytest.mark.parametrize(
    "value", ["nan", "1e400", "lognormal(nan, 1)", "lognormal(1e400, -1)", "uniform(5, 1)", "beta(-1, 0)"]
)
def test_what_is_no_prior_is_refused(folder, here, value):
    err = polemos("what-if", folder, "--set", f"beta_t={value}", "--members", 2, code=2)[1]
    assert f"{value!r} is no prior" in err


def test_brackets_in_a_name_are_text(other, here):
    put(other, "scenario.yaml", "name: The Crown", 'name: "[Red] Crown [/bold]"')
    assert "[Red] Crown [/bold]" in polemos("show", other)[0]
    assert "[Red] Crown [/bold]" in polemos("show", other, "--date", "2002-01-02")[0]


def test_a_page_that_cannot_be_written_is_one_line(folder, here):
    (here / "towns.csv").write_text("a table")
    for where, told in ((folder, "Is a directory"), (here / "towns.csv" / "x.html", "towns.csv")):
        err = polemos("run", folder, "--members", 5, "--out", where, code=2)[1]
        assert told in err
        assert "Traceback" not in err


def test_a_device_is_written_to_and_stays_one(folder, here):
    os.mkfifo(here / "pipe")
    import threading

    got = []
    reading = threading.Thread(target=lambda: got.append((here / "pipe").read_bytes()))
    reading.start()
    polemos("run", folder, "--members", 5, "--out", here / "pipe")
    reading.join(20)
    assert got[0].startswith(b"<!doctype html>")
    assert (here / "pipe").is_fifo()


def test_a_theory_that_is_not_there_is_named_as_it_was_given(folder, here):
    assert "sub/miss.yaml: no such file" in polemos("run", folder, "--theory", "sub/miss.yaml", code=2)[1]
    assert "no theory 'miss'" in polemos("run", folder, "--theory", "miss", code=2)[1]


def test_an_origin_out_of_the_record_is_said_first(folder, here):
    assert "2050-01-01 lies outside the record" in polemos("run", folder, "--origin", "2050-01-01", code=2)[1]


def test_a_command_without_a_terminal_or_output_ends_well(folder):
    done = subprocess.run(f"{sys.executable} -m polemos list >&-", shell=True, capture_output=True, text=True)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)


def test_a_run_says_its_headline_first_and_what_to_do_next(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    war = write_tiny(tmp_path / "war")
    runs = ["--runs", str(tmp_path / "runs"), "--out", str(tmp_path / "page.html")]
    done = CliRunner().invoke(app, ["run", str(war), "--members", "20", *runs])
    assert done.exit_code == 0, done.output
    assert "Next: polemos hindcast" in done.output
    quiet = CliRunner().invoke(app, ["run", str(war), "--members", "20", "--quiet", *runs])
    lines = [line for line in quiet.output.splitlines() if line]
    assert lines[0] == done.output.splitlines()[0]
    assert lines[-1].startswith("Page: ") or lines[-2].startswith("Page: ")
    assert "Probability of yes" not in quiet.output
    narrow = CliRunner().invoke(app, ["run", str(war), "--members", "20", "--quiet", *runs], env={"COLUMNS": "40"})
    assert f"Page: {tmp_path / 'page.html'}" in narrow.output.splitlines(), "a path is to be copied, so it stays whole"
