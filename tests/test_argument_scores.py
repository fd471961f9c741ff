"""Scores of the flagship's words: the table worked out by hand, vintages, the reference class, the contrast."""

from __future__ import annotations

import pytest

import polemos
from polemos.questions.resolve import resolve_all
from polemos.scores import argument as scoring
from test_argument import SCORES


@pytest.fixture(scope="module")
def war():
    return polemos.load("caliphate")


@pytest.fixture(scope="module")
def table(war):
    rows = scoring.scores(war.argument, scoring.stated(war.argument))
    return {(row.who, row.by, row.name): row for row in rows}


@pytest.mark.parametrize("group", SCORES)
def test_the_table_worked_out_by_hand(table, group):
    who = "rival" if group == "rival" else "author"
    row = table[who, "all", "all"] if group in ("all", "rival") else table[who, "group", group]
    numbers = (row.brier, row.alike_low, row.alike_high, row.log2, row.own_low, row.own_high)
    assert (row.claims, row.yes, *(round(number, 2) for number in numbers)) == SCORES[group]


def test_vintages_add_up(table):
    rows = [row for (who, by, _), row in table.items() if who == "author" and by == "vintage"]
    assert {row.name for row in rows} == {"V1", "V2", "V3"}
    whole = table["author", "all", "all"]
    assert sum(row.claims for row in rows) == whole.claims
    assert sum(row.brier * row.claims for row in rows) == pytest.approx(whole.brier * whole.claims)
    assert sum(row.open for row in rows) == whole.open == 3


def test_a_voice_of_two_groups_has_a_row_for_each_and_one_of_one_has_none(war):
    claims = [claim for claim in scoring.coded(war.argument) if claim.kind == "forecast"]
    first, second = list(dict.fromkeys(claim.group for claim in claims))[:2]

    def rows(*groups):
        few = war.argument.model_copy(update={"claims": [claim for claim in claims if claim.group in groups]})
        return [row.name for row in scoring.scores(few, scoring.stated(few)) if row.by == "group"]

    assert rows(first, second) == [first, second]
    assert rows(first) == []


def test_intervals_redraw_mechanisms_not_claims(war, table):
    """One mechanism behind all claims of a group tells nothing of its spread."""
    short = table["author", "group", "short timing"]
    assert (short.mechanisms, short.interval.low) == (1, None)
    whole = table["author", "all", "all"]
    assert whole.interval.low < whole.brier < whole.interval.high
    assert whole.mechanisms < whole.claims


def test_every_scored_claim_rests_on_a_mechanism(war):
    ids = {claim.id for claim in war.argument.select("mechanism")}
    for claim in scoring.coded(war.argument):
        assert claim.mechanisms, claim.id
        assert set(claim.mechanisms) <= ids, claim.id


def test_the_contrast_of_author_and_rival_on_one_event(war):
    (pair,) = scoring.contrasts(war.argument, scoring.stated(war.argument))
    assert (pair.first, pair.second, pair.happened) == ("P17", "R2", True)
    assert (round(pair.first_probability, 2), pair.second_probability, pair.base_rate) == (0.08, 0.85, 0.8)
    assert pair.first_brier == pytest.approx(0.92**2)
    assert pair.second_brier == pytest.approx(0.15**2)
    assert pair.base_brier == pytest.approx(0.04)
    assert pair.low < pair.difference < pair.high
    assert pair.low > 0


def test_the_reference_class_and_the_words_on_the_same_claims(table):
    author, rival = table["author", "all", "all"], table["rival", "all", "all"]
    assert (author.based, rival.based) == (1, 2)
    assert author.base == pytest.approx(0.04)
    assert author.on_base == pytest.approx(0.92**2)


def test_the_record_beside_the_file(war):
    resolved = {one.question: one.value for one in resolve_all(war.questions, war.world, draws=0)}
    stated, record = scoring.stated(war.argument), scoring.on_record(war.argument, resolved)
    assert [name for name in stated if stated[name] is None] == [name for name in record if record[name] is None]
    assert {name for name in record if record[name] is None} == {"P3", "P10", "P18"}
    # A record that says otherwise is taken; one that is silent is not.
    assert scoring.on_record(war.argument, {war.argument.claim("P9").questions[0]: 0})["P9"] == 0
    assert scoring.on_record(war.argument, {})["P9"] == 1


def test_an_open_contrast_has_no_scores(war):
    (pair,) = scoring.contrasts(war.argument, {})
    assert (pair.happened, pair.first_brier, pair.difference) == (None, None, None)
