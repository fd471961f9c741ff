"""A second argument beside a scenario, whose folder stays as it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from invented import scenario
from polemos.cli.commands import app
from polemos.scenario.errors import ScenarioError
from polemos.war.war import load

runner = CliRunner()

ARGUMENT = """\
title: The ford will fall
published: The Invented Times, 30 June 2001
vintages: {V1: 2001-06-30}
claims:
  - id: P1
    kind: forecast
    owner: author
    vintage: 2001-06-30
    paragraphs: [2]
    text: the Guild gets the ford within half a year
    words: will
    coding: {low: 0.80, mid: 0.88, high: 0.95}
    strict: Does the Guild hold Alder on some day up to 27 December 2001?
    group: towns
    questions: [QUESTION]
    outcome: {value: 0, date: 2001-12-27, source: invented}
    carrier: {by: question}
"""

QUESTIONS = """\
questions:
  - id: guild-alder
    kind: first_time
    title: The Guild takes Alder
    asked: Does the Guild hold Alder on some day up to 27 December 2001?
    origin: 2001-06-30
    claims: [P1]
    when: {by: guild, places: {ids: [alder]}}
    no_later_than: 2001-12-27
"""


@pytest.fixture
def war(tmp_path):
    path = scenario(tmp_path)
    (path / "questions.yaml").write_text(
        QUESTIONS.replace("guild-alder", "of-the-war").replace("2001-06-30", "2001-07-01")
    )
    return path


@pytest.fixture
def argument(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "questions.yaml").write_text(QUESTIONS)
    path = folder / "argument.yaml"
    path.write_text(ARGUMENT.replace("QUESTION", "guild-alder"))
    return path


def test_the_argument_of_a_file_takes_the_place_of_the_wars_own(war, argument):
    own = load(war)
    other = own.with_argument(argument)
    assert (own.argument, other.argument.title) == (None, "The ford will fall")
    assert [(question.id, question.claims) for question in other.questions] == [
        ("guild-alder", ("P1",)),
        ("of-the-war", ()),
    ]
    assert other.day_of_argument == "2001-06-30"
    assert own.with_argument(None) is own


def test_a_claim_may_link_to_a_question_of_the_war(war, argument):
    (argument.parent / "questions.yaml").unlink()
    argument.write_text(ARGUMENT.replace("QUESTION", "of-the-war"))
    other = load(war).with_argument(argument)
    assert [question.id for question in other.questions] == ["of-the-war"]


def test_an_outcome_left_to_the_record_is_what_the_question_came_to(war, argument):
    left = ARGUMENT.replace("QUESTION", "guild-alder").replace("{value: 0, date: 2001-12-27, source: invented}", "OUT")
    argument.write_text(left.replace("OUT", "{by: record}"))
    (claim,) = load(war).with_argument(argument).argument.claims
    assert claim.outcome.value == 0
    argument.write_text(left.replace("OUT", "{by: record, value: 1}"))
    with pytest.raises(ScenarioError, match="the record gives the value"):
        load(war).with_argument(argument)
    argument.write_text(left.replace("OUT", "{by: record}").replace("    questions: [guild-alder]\n", ""))
    with pytest.raises(ScenarioError, match="the record answers by a question"):
        load(war).with_argument(argument)


def test_links_to_nothing_and_ids_given_twice_are_errors(war, argument):
    argument.write_text(ARGUMENT.replace("QUESTION", "nothing"))
    with pytest.raises(ScenarioError, match="no question nothing"):
        load(war).with_argument(argument)
    (argument.parent / "questions.yaml").write_text(QUESTIONS.replace("guild-alder", "of-the-war"))
    with pytest.raises(ScenarioError, match="an id that a question of"):
        load(war).with_argument(argument)


def test_run_scores_a_second_argument_from_its_day(war, argument, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = ["run", str(war), "--argument", str(argument), "--members", "20", "--keep", "none", "--json"]
    done = runner.invoke(app, words)
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["plan"]["origin"] == "2001-06-30"
    (row,) = [row for row in told["forecasts"] if row["id"] == "guild-alder"]
    assert row["outcome"] == 0
    page = Path("report.html").read_text()
    assert "The ford will fall" in page
    assert not (war / "argument.yaml").exists()


def test_argument_shows_and_scores_a_second_argument(war, argument):
    done = runner.invoke(app, ["argument", str(war), "--argument", str(argument), "--scores", "--json"])
    assert done.exit_code == 0, done.output
    rows = [row for row in json.loads(done.stdout)["scores"] if row["by"] == "all" and row["outcomes"] == "record"]
    assert [(row["who"], row["claims"], round(row["brier"], 4)) for row in rows] == [("author", 1, 0.7744)]
    done = runner.invoke(app, ["argument", str(war), "--argument", "none.yaml"])
    assert done.exit_code == 2
