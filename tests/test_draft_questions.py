"""From a claim that names places, a side and a last day to the question that settles it."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from invented import WRITTEN, scenario
from polemos.article.draft import make_draft
from polemos.article.draft_file import as_records, questions_as_yaml
from polemos.article.draft_questions import draft_questions
from polemos.article.read_article import clean
from polemos.cli.commands import app
from polemos.names.gazetteer import gazetteer
from polemos.questions.load import load_questions
from polemos.scenario.load import read
from polemos.war.war import load

runner = CliRunner()
LAST = datetime.date(2001, 12, 27)
"""Six months after the day of the article."""


@pytest.fixture(scope="module")
def war(tmp_path_factory):
    return scenario(tmp_path_factory.mktemp("war"))


def questions_of(war, *sentences):
    """The draft of an article of these sentences, and its questions by claim."""
    known = read(war)
    text = "The river war\n\n" + "\n\n".join(sentences)
    draft = make_draft(clean(text), gazetteer(known), file="a.txt", date=WRITTEN)
    draft, questions = draft_questions(draft, known)
    return draft, questions


PATTERNS = (
    ("The Guild will take Alder within six months.", "first_time", "guild", False, "no_later_than"),
    ("Alder will fall within six months.", "first_time", "crown", True, "no_later_than"),
    ("Alder will fall to the Guild within six months.", "first_time", "guild", False, "no_later_than"),
    ("Within six months Qasr el-Wadi will be retaken by the Crown.", "first_time", "crown", False, "no_later_than"),
    ("Within six months Qasr el-Wadi will be retaken.", "first_time", "guild", True, "no_later_than"),
    ("The Guild will lose Tell Marrash within six months.", "first_time", "guild", True, "no_later_than"),
    ("It is unlikely that the Guild takes Alder within six months.", "first_time", "guild", False, "no_later_than"),
    ("The boys might even take Qasr el-Wadi by December 27.", "first_time", "guild", True, "no_later_than"),
    ("The Guild will not take Alder within six months.", "first_time", "guild", False, "later_than"),
)


@pytest.mark.parametrize(("sentence", "kind", "side", "negate", "deadline"), PATTERNS)
def test_a_question_of_taking_and_losing(war, sentence, kind, side, negate, deadline):
    draft, (question,) = questions_of(war, sentence)
    assert (question["kind"], question["when"]["by"], question["when"].get("negate", False)) == (kind, side, negate)
    assert question[deadline] == LAST
    (record,) = [record for record in as_records(draft) if record["kind"] == "forecast"]
    assert record["questions"] == [question["id"]]
    assert record["strict"] == question["asked"]
    assert record["carrier"] == {"by": "question"}


def test_a_question_of_holding(war):
    _, (held, kept, both) = questions_of(
        war,
        "The Guild will hold Tell Marrash for the next six months.",
        "The Crown cannot lose Alder within six months.",
        "The Guild will lose Tell Marrash and Qasr el-Wadi within six months.",
    )
    assert (held["kind"], held["by"], held["date"]) == ("held", "guild", LAST)
    assert (kept["window"], kept["over"]) == ([WRITTEN, LAST + datetime.timedelta(1)], "always")
    assert kept["asked"] == "Does The Crown hold Alder on every day after 2001-06-30 and up to 2001-12-27?"
    assert (both["when"]["places"]["ids"], both["when"]["quantifier"]) == (["dale", "cedar"], "all")


@pytest.mark.parametrize(
    "sentence",
    [
        "The Guild will take Alder.",
        "The Guild will win within six months.",
        "The Guild will take Alder within six years.",
        "The Guild will take Qasr el-Wadi within six months.",
        "The Crown will lose Qasr el-Wadi within six months.",
        "The Guild will talk of Alder within six months.",
        "The Guild took Birch in May.",
    ],
)
def test_no_question_without_a_last_day_a_place_or_a_change(war, sentence):
    assert questions_of(war, sentence)[1] == ()


def test_the_drafted_questions_are_questions_and_the_record_answers_them(war, tmp_path):
    _, questions = questions_of(war, *(sentence for sentence, *_ in PATTERNS))
    path = tmp_path / "questions.yaml"
    path.write_text(questions_as_yaml(questions, "argument.yaml"))
    world = load(war).world
    loaded = load_questions(path, world)
    assert [question.id for question in loaded] == [question["id"] for question in questions]
    assert len({question.id for question in loaded}) == len(PATTERNS)
    from polemos.questions.resolve import resolve

    came = {question.claims[0]: resolve(question, world, draws=0).value for question in loaded}
    # Cedar changed hands in October 2001, Alder and Dale did not within six months.
    assert [came[name] for name in ("P1", "P2", "P3", "P4", "P5", "P6", "P8", "P9")] == [0, 0, 0, 1, 1, 0, 1, 1]


def test_read_writes_the_questions(war, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text("The river war\n\nThe Guild will take Alder within six months.\n\nThe army is there.\n")
    words = ["read", "a.txt", "--scenario", str(war), "--date", "2001-06-30", "--questions", "questions.yaml"]
    done = runner.invoke(app, words)
    assert done.exit_code == 0, done.output
    assert "questions.yaml: 1 question" in done.output
    assert "questions: [p1-alder-2001-12-27]" in Path("argument.yaml").read_text()
    assert "outcome: {by: record}" in Path("argument.yaml").read_text()
    assert len(load_questions(tmp_path, load(war).world)) == 1
    again = runner.invoke(app, [*words, "--out", "b.yaml"])
    assert again.exit_code == 2
    assert not Path("b.yaml").exists()
    alone = runner.invoke(app, ["read", "a.txt", "--questions", "q.yaml", "--out", "c.yaml"])
    assert alone.exit_code == 2
    assert "--scenario" in alone.output
