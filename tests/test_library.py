"""The wars that ship: their own questions resolve by their record, on both sides of yes and no."""

from __future__ import annotations

import numpy as np
import pytest

from polemos.questions.resolve import resolve_all
from polemos.scenario.load import LIBRARY, library, read
from polemos.war.check import check
from polemos.war.war import load

PLAIN = ("libya", "mali", "spain", "sri_lanka", "tigray", "yemen")
"""The wars that ship without an argument: their questions are the project's own."""


@pytest.mark.parametrize(
    ("name", "no"), [("libya", 7), ("mali", 2), ("spain", 4), ("sri_lanka", 4), ("tigray", 8), ("yemen", 8)]
)
def test_own_questions_resolve_by_the_record(name, no):
    war = load(name)
    resolutions = resolve_all(war.questions, war.world, draws=0)
    stated = [one for one in resolutions if one.source != "record"]
    assert 8 <= len(resolutions) - len(stated) <= 15
    assert all(one.value is not None for one in resolutions if one.source == "record")
    assert sum(one.value == 0 for one in resolutions if one.source == "record") == no
    assert check(name) == []
    assert any(np.datetime64(question.origin) == war.origin() for question in war.questions)
    # What the record cannot answer is answered by a source that is named, and by none without a word.
    by_id = {question.id: question for question in war.questions}
    assert all(by_id[one.question].kind in ("strength", "battle") and one.source for one in stated)


def test_seven_wars_ship_and_each_says_its_limits():
    assert set(library()) == {"caliphate", *PLAIN}
    for name in library():
        assert len((LIBRARY / name / "README.md").read_text(encoding="utf-8")) > 1500, name
        assert read(name).settings.summary, name


@pytest.mark.parametrize("name", ["libya", "spain", "tigray", "yemen"])
def test_every_row_of_the_record_names_its_source(name):
    scenario = read(name)
    for table in ("places.csv", "control.csv", "strengths.csv", "support.csv", "relations.csv", "roles.csv"):
        assert all(row["source"] for _, row in scenario.tables[table]), (name, table)
    questions = load(name).questions
    origins = {np.datetime64(str(day)) for day in scenario.settings.origins.values()}
    assert len(questions) in range(10, 16)
    assert {"held", "first_time", "share", "count", "ratio", "compare", "strength"} <= {one.kind for one in questions}
    assert {np.datetime64(question.origin) for question in questions} <= origins
