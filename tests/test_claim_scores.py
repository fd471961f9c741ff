"""Scores of statements: intervals, silence, groups that never mix."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polemos.questions.answer import Answer
from polemos.scores.statements import Statement, claim_scores, group_scores, statements

OUTCOMES = {"a": True, "b": False, "c": True, "d": None, "e": False}
GROUPS = {"a": "land", "b": "land", "c": "authority", "d": "land", "e": "authority"}
SAID = [
    Statement("author", "a", 0.6, 0.8, 0.9),
    Statement("author", "b", 0.1, 0.3, 0.5),
    Statement("author", "c", 0.1, 0.2, 0.3),
    Statement("author", "d", 0.1, 0.2, 0.3),
    Statement("rival", "a", 0.2, 0.2, 0.2),
]


def test_a_statement_over_its_interval():
    row = claim_scores(SAID, OUTCOMES, GROUPS)[0]
    mixed = 0.998 * np.array([0.6, 0.8, 0.9]) + 0.001
    assert row.brier == pytest.approx((1 - mixed[1]) ** 2)
    assert (row.brier_best, row.brier_worst) == pytest.approx(((1 - mixed[2]) ** 2, (1 - mixed[0]) ** 2))
    assert (row.log, row.log_worst) == pytest.approx((-np.log(mixed[1]), -np.log(mixed[0])))
    assert row.outcome


def test_open_questions_are_counted_and_not_scored():
    rows = claim_scores(SAID, OUTCOMES, GROUPS)
    assert "d" not in {row.question for row in rows}
    table = {(row.group, row.who): row for row in group_scores(rows, OUTCOMES, GROUPS)}
    assert table["land", "author"].open == 1


def test_groups_never_mix_and_silence_is_counted():
    rows = claim_scores(SAID, OUTCOMES, GROUPS)
    table = {(row.group, row.who): row for row in group_scores(rows, OUTCOMES, GROUPS)}
    assert set(table) == {("land", "author"), ("land", "rival"), ("authority", "author")}
    assert (table["land", "author"].questions, table["land", "author"].silent) == (2, 0)
    assert (table["land", "rival"].questions, table["land", "rival"].silent) == (1, 1)
    assert table["authority", "author"].silent == 1
    own = [row.brier for row in rows if row.who == "author" and row.group == "land"]
    assert table["land", "author"].brier == pytest.approx(np.mean(own))
    assert table["land", "author"].skill == pytest.approx(1 - np.mean(own) / 0.25)
    assert table["land", "author"].yes == 1


def test_common_questions_only():
    rows = claim_scores(SAID, OUTCOMES, GROUPS)
    table = {(row.group, row.who): row for row in group_scores(rows, OUTCOMES, GROUPS, common=True)}
    assert table["land", "author"].questions == table["land", "rival"].questions == 1


def test_causes_are_redrawn_together():
    questions = [f"q{i}" for i in range(20)]
    said = [Statement("author", q, 0.9, 0.9, 0.9) for q in questions]
    outcomes = {q: i < 10 for i, q in enumerate(questions)}
    groups = dict.fromkeys(questions, "land")
    rows = claim_scores(said, outcomes, groups)
    (alone,) = group_scores(rows, outcomes, groups)
    (joint,) = group_scores(rows, outcomes, groups, {q: str(i < 10) for i, q in enumerate(questions)})
    assert joint.interval.high - joint.interval.low > 1.5 * (alone.interval.high - alone.interval.low)


def test_answers_without_probability_say_nothing():
    answers = [Answer("a", 0.7, 0.01, "answered"), Answer("b", None, 0.0, "not in the model")]
    assert statements("model", answers) == [Statement("model", "a", 0.7, 0.7, 0.7)]


def test_refuses_an_interval_that_does_not_ascend():
    with pytest.raises(ValueError, match="ascend"):
        claim_scores([Statement("author", "a", 0.8, 0.6, 0.9)], OUTCOMES, GROUPS)


@given(st.lists(st.floats(0, 1), min_size=3, max_size=3), st.booleans())
def test_the_middle_lies_between_best_and_worst(values, outcome):
    low, mid, high = sorted(values)
    (row,) = claim_scores([Statement("x", "a", low, mid, high)], {"a": outcome}, {"a": "land"})
    assert 0 <= row.brier_best <= row.brier <= row.brier_worst <= 1
    assert 0 <= row.log_best <= row.log <= row.log_worst
