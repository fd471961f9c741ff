"""`polemos ledger`: from a forecast to its score, with a record that grows, and one line for every mistake."""

from __future__ import annotations

import json
import sqlite3

import pytest
from typer.testing import CliRunner

from asked import ask
from polemos.cli.commands import app
from polemos.ledger import from_war
from polemos.ledger.chain import read
from polemos.war.war import load
from scenarios import put, rows, save
from scenarios import tiny as write_tiny

runner = CliRunner()


@pytest.fixture
def ledger(tmp_path, monkeypatch):
    path = tmp_path / "ledger.sqlite"
    monkeypatch.setenv("POLEMOS_LEDGER", str(path))
    monkeypatch.delenv("POLEMOS_OWNER", raising=False)
    monkeypatch.chdir(tmp_path)
    return path


def polemos(*words, code=0):
    """Run a command; its exit code must be `code`. Gives stdout and stderr."""
    done = runner.invoke(app, [str(word) for word in words])
    assert done.exit_code == code, done.output + repr(done.exception)
    return done.stdout, done.stderr


def as_json(*words):
    return json.loads(polemos(*words, "--json")[0])


def test_from_a_forecast_to_its_score(ledger, tmp_path):
    text = "Will the [bold]treaty[/bold] be signed by 2999?"
    polemos("ledger", "add", text, "--id", "treaty", "--closes", "2999-01-01", "--probability", "30%", "--owner", "me")
    polemos("ledger", "add", "--question", "treaty", "--probability", 0.4, "--owner", "me")
    polemos("ledger", "add", "--question", "treaty", "--quantiles", "5%=1,50%=2,95%=inf", "--owner", "you")
    assert text in polemos("ledger", "show", "treaty")[0]
    listed = as_json("ledger", "list", "--open")
    assert [row["entry"]["kind"] for row in listed] == ["forecast", "revision", "forecast"]
    assert listed[1]["entry"]["of"] == 1
    head = polemos("ledger", "head")[0].strip()
    polemos(
        "ledger",
        "resolve",
        "treaty",
        "--outcome",
        "yes",
        "--owner",
        "me",
        "--citation",
        "G 1",
        "--settled",
        "2020-01-01",
    )
    assert as_json("ledger", "list", "--open") == []
    polemos("ledger", "dispute", 4, "--owner", "you", "--reason", "It was not signed.")
    assert "yes, disputed" in polemos("ledger", "list")[0]
    polemos(
        "ledger",
        "resolve",
        "treaty",
        "--outcome",
        "annulled",
        "--owner",
        "me",
        "--citation",
        "G 2",
        "--settled",
        "2020-01-01",
    )
    assert "annulled" in polemos("ledger", "show", "treaty")[0]
    polemos("ledger", "withdraw", 1)
    kinds = [row["entry"]["kind"] for row in as_json("ledger", "list")]
    assert kinds == ["forecast", "revision", "forecast", "resolution", "dispute", "resolution", "withdrawal"]
    assert "7 entries, all as written" in polemos("ledger", "verify")[0]
    assert as_json("ledger", "verify", "--head", head)["whole"]
    out, _ = polemos("ledger", "export")
    (tmp_path / "all.jsonl").write_text(out)
    other = tmp_path / "other.sqlite"
    polemos("ledger", "import", "all.jsonl", "--ledger", other)
    assert polemos("ledger", "head", "--ledger", other) == polemos("ledger", "head")
    polemos("ledger", "export", "forecasts.csv")
    assert (tmp_path / "forecasts.csv").read_text().count("\n") == 3


def test_scores_and_the_calibration_chart(ledger, tmp_path):
    lines = ["question,probability,date,closes,outcome"]
    lines += [f"Q{n}?,0.{n % 10},2020-01-01,2021-01-01,{'yes' if n % 3 else 'no'}" for n in range(1, 10)]
    (tmp_path / "site.csv").write_text("\n".join(lines))
    polemos("ledger", "import", "site.csv", "--owner", "me", "--topic", "site")
    out, _ = polemos("ledger", "score", "--chart", "chart.svg")
    assert "after the answer" in out
    assert "Calibration" in out
    assert "<svg" in (tmp_path / "chart.svg").read_text()
    found = as_json("ledger", "score", "--by", "year")
    assert [(row["owner"], row["questions"], row["period"]) for row in found["scores"]] == [("me", 9, "2021")]
    assert "me" in found["calibration"]
    assert "base rate" in found["calibration"]


def test_a_record_that_grows_settles_what_was_open(ledger, tmp_path):
    """Forecasts of what comes after the record's end, settled once the record has grown."""
    folder = ask(write_tiny(tmp_path))
    now = (folder / "control.csv").read_text()
    put(folder, "scenario.yaml", "end: 2003-01-01", "end: 2002-01-02")
    put(folder, "scenario.yaml", "run_to: 2002-12-31\n", "")
    table = [row for row in rows(folder / "control.csv") if row["start"] <= "2002-01-01"]
    for row in table:
        row["end"] = row["end"] if row["end"] <= "2002-01-01" else ""
    save(folder / "control.csv", table, list(table[0]))
    polemos(
        "ledger",
        "add",
        "--scenario",
        folder,
        "--question",
        "dale-lost",
        "--probability",
        0.7,
        "--owner",
        "me",
        "--origin",
        "2002-06-01",
        "--made",
        "2002-06-01",
    )
    assert str(load(folder).world.until) == "2002-01-01"
    found = as_json("ledger", "resolve", "--record", folder)
    assert found == {"added": [], "open": ["dale-lost"], "failed": []}

    (folder / "control.csv").write_text(now)
    put(folder, "scenario.yaml", "end: 2002-01-02", "end: 2003-01-01")
    found = as_json("ledger", "resolve", "--record", folder)
    assert [row["entry"]["outcome"] for row in found["added"]] == ["yes"]
    resolution = read(ledger)[1].entry
    assert resolution.source.record == "tiny to 2002-12-31"
    assert resolution.source.hash == load(folder).world.digest()
    assert as_json("ledger", "resolve", "--record", folder)["added"] == []

    # The record is corrected: a second resolution, and both stay.
    put(folder, "control.csv", "dale,guild,2001-01-01,2002-11-10", "dale,guild,2001-01-01,")
    put(folder, "control.csv", "dale,crown,2002-11-10,,0,quarter,invented,\n", "")
    found = as_json("ledger", "resolve", "--record", folder)
    assert [row["entry"]["outcome"] for row in found["added"]] == ["no"]
    assert len(read(ledger)) == 3

    # What a person says stands before the record.
    polemos("ledger", "resolve", "dale-lost", "--outcome", "annulled", "--owner", "me", "--citation", "Both were wrong")
    assert as_json("ledger", "resolve", "--record", folder)["added"] == []


def test_a_run_writes_its_forecasts_down_once(ledger, tmp_path):
    folder = ask(write_tiny(tmp_path))
    done = as_json("run", folder, "--members", 20, "--register")
    kept = read(ledger)
    assert done["registered"] == len(kept) > 0
    owners = {one.entry.owner for one in kept}
    assert {"forecast", "model", "front hazard", "persistence", "contiguity Markov", "the pamphlet"} <= owners
    of_dale = {one.entry.owner: one.entry for one in kept if one.entry.question.id == "dale-lost"}
    model = of_dale["model"]
    answer = next(row for row in done["answers"] if row["question"] == "dale-lost")
    assert (of_dale["forecast"].probability, model.probability) == (answer["probability"], answer["model"])
    assert model.probability != of_dale["forecast"].probability
    assert model.question == of_dale["forecast"].question
    assert len(model.source.hash) == 64
    assert (tmp_path / "runs" / model.source.run).is_dir()
    assert model.question == from_war.in_full(load(folder), load(folder).questions[0])
    said = next(one.entry for one in kept if one.entry.owner == "the pamphlet")
    assert (said.probability, str(said.origin), said.question) == (0.9, "2002-01-01", model.question)
    assert "0 forecasts written down in" in polemos("run", folder, "--members", 20, "--register")[0]
    polemos("ledger", "resolve", "--record", folder)
    scored = as_json("ledger", "score")["scores"]
    assert {"forecast", "model", "persistence", "the pamphlet"} <= {row["owner"] for row in scored}
    assert {row["basis"] for row in scored} == {"afterwards"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["add", "A?", "--closes", "2999-01-01", "--probability", "nan", "--owner", "me"], "between 0 and 1"),
        (["add", "A?", "--closes", "2999-01-01", "--probability", "1.5", "--owner", "me"], "between 0 and 1"),
        (["add", "A?", "--closes", "2999-01-01", "--owner", "me"], "needs a probability"),
        (["add", "A?", "--probability", "0.5", "--owner", "me"], "--closes"),
        (["add", "A?", "--closes", "2999-01-01", "--probability", "0.5"], "--owner"),
        (["add", "--closes", "2999-01-01", "--probability", "0.5", "--owner", "me"], "--question"),
        (["add", "A?", "--closes", "soon", "--probability", "0.5", "--owner", "me"], "closes"),
        (["add", "A?", "--closes", "2999-01-01", "--quantiles", "high", "--owner", "me"], "are no quantiles"),
        (["add", "A\x1b[31m?", "--closes", "2999-01-01", "--probability", "0.5", "--owner", "me"], "U+001B"),
        (["add", "A" * 100_000, "--closes", "2999-01-01", "--probability", "0.5", "--owner", "me"], "8000 characters"),
        (["add", "--question", "brigde", "--probability", "0.5", "--owner", "me"], "did you mean 'bridge'"),
        (["show", "9"], "there is no entry 9"),
        (["show", "nothing"], "no question 'nothing'"),
        (["withdraw", "9"], "there is no entry 9"),
        (["dispute", "1", "--owner", "me", "--reason", "no"], "is a forecast"),
        (["resolve", "bridge", "--outcome", "yes", "--owner", "me", "--settled", "2020-01-01"], "needs a citation"),
        (["resolve", "bridge", "--outcome", "maybe", "--owner", "me", "--citation", "x"], "outcome"),
        (["resolve", "bridge", "--outcome", "yes", "--owner", "me", "--citation", "x"], "lies in the future"),
        (["score", "--by", "week"], "all, year, month or horizon"),
        (["score", "--taking", "best"], "last, first or mean"),
        (["score", "--chart", "chart.gif"], ".png, .svg, .pdf"),
        (["verify", "--head", "nonsense"], "is no head line"),
        (["verify", "--head", "polemos ledger 5 " + "0" * 64], "is missing"),
        (["import", "nothing.jsonl"], "cannot be read"),
        (["list", "--ledger", "."], "is a folder"),
        (["list", "--ledger", "none.sqlite"], "there is no ledger"),
        (["list", "--ledger", "text"], "no ledger"),
        (["verify", "--ledger", "text"], "no ledger"),
        (["list", "--ledger", "newer.sqlite"], "version 9"),
        (["export", "no/such/folder.jsonl"], "cannot be written"),
    ],
)
def test_mistakes_are_told_in_a_line(ledger, tmp_path, words, told):
    asked = ("ledger", "add", "B?", "--id", "bridge", "--closes", "2999-01-01", "--probability", 0.5, "--owner", "you")
    polemos(*asked)
    (tmp_path / "text").write_text("no ledger at all\n" * 100)
    polemos(*asked, "--ledger", "newer.sqlite")
    with sqlite3.connect(tmp_path / "newer.sqlite") as connection:
        connection.execute("PRAGMA user_version = 9")
    connection.close()
    out, err = polemos("ledger", *words, code=2)
    assert told in err
    assert err.count("\n") == 1
    assert len(err) < 400
    assert out == ""
    assert len(read(ledger)) == 1


def test_every_command_of_the_ledger_has_help_with_an_example():
    for command in (
        "add",
        "withdraw",
        "list",
        "show",
        "resolve",
        "dispute",
        "score",
        "verify",
        "head",
        "export",
        "import",
    ):
        assert "polemos ledger " + command in " ".join(polemos("ledger", command, "--help")[0].split()), command


def test_a_choice_is_added_resolved_and_shown_by_horizon(ledger):
    words = ("--closes", "2999-01-01", "--owner", "me", "--criteria", "As the Gazette says.")
    polemos("ledger", "add", "Who rules?", "--id", "who", "--choice", "north=30%", "--choice", "south=0.7", *words)
    out, _ = polemos("ledger", "show", "who")
    assert "south 70 %, north 30 %" in out
    assert "Settled thus: As the Gazette says." in out
    polemos("ledger", "add", "--question", "who", "--choice", "north=1", "--owner", "me", code=2)
    answer = ("--choice", "south", "--settled", "2020-01-01", "--citation", "Gazette", "--owner", "office")
    out, _ = polemos("ledger", "resolve", "who", *answer)
    assert "south" in out
    out, _ = polemos("ledger", "score", "--by", "horizon")
    assert "Nothing is scored yet" in out, "its origin is after the answer"


def test_a_file_of_metaculus_goes_in_and_out(ledger, tmp_path):
    question = {"id": 7, "type": "binary", "title": "Is it open?", "scheduled_close_time": "2021-01-01T00:00:00Z"}
    history = [{"start_time": 1577880000, "end_time": None, "forecast_values": [0.75, 0.25]}]
    post = {"id": 7, "title": "Is it open?", "question": question | {"my_forecasts": {"history": history}}}
    (tmp_path / "posts.json").write_text(json.dumps({"results": [post, {"id": 8, "notebook": {}}]}))
    out, _ = polemos("ledger", "import", "posts.json", "--owner", "me")
    assert "Left out: 1 post without a question." in out
    assert "25 %" in out
    polemos("ledger", "export", "mine.json")
    (written,) = json.loads((tmp_path / "mine.json").read_text())
    assert written["question"]["my_forecasts"]["latest"]["forecast_values"] == [0.75, 0.25]
    polemos("ledger", "export", "payload.json", "--as", "metaculus-payload")
    assert json.loads((tmp_path / "payload.json").read_text())[0]["probability_yes"] == 0.25
    polemos("ledger", "import", "payload.json", "--owner", "me")
    polemos("ledger", "export", "--as", "words", code=2)
