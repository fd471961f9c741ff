"""Wordings of blogs, briefs and lists: bets, figures in brackets, deadlines, the present tense of lists, bullets."""

from __future__ import annotations

import datetime

import pytest

from polemos.article.confidence_words import read_hedges
from polemos.article.draft import make_draft
from polemos.article.find_dates import find_dates
from polemos.article.read_article import clean
from polemos.names.gazetteer import gazetteer
from polemos.scenario.load import find, read

WRITTEN = datetime.date(2015, 6, 1)


@pytest.fixture(scope="module")
def names():
    return gazetteer(read(find("caliphate")))


def forecasts(text, names):
    draft = make_draft(clean(text, html=False), names, file="a.txt", date=WRITTEN)
    return {
        one.paragraph.text[one.start - one.paragraph.start : one.end - one.paragraph.start]: one
        for one in draft.candidates
        if one.kind == "forecast"
    }


@pytest.mark.parametrize(
    ("sentence", "coding"),
    [
        ("I'd put it at 70%.", 0.70),
        ("ISIS will lose Tikrit in the first half of the year (80%).", 0.80),
        ("There's no way the town holds again.", 0.95),
        ("My bet: the town is lost.", 0.75),
        ("In the best case, the army recovers the city.", 0.50),
    ],
)
def test_a_bet_a_figure_and_an_idiom_have_their_coding(sentence, coding):
    assert read_hedges(sentence).hedge.mid == coding


def test_a_figure_in_brackets_that_forecasts_nothing_is_no_probability():
    assert read_hedges("The group lost a third (30%) of its land in 2014.") is None


@pytest.mark.parametrize(
    ("sentence", "last"),
    [
        ("It will fall before the year is out.", (2015, 12, 31)),
        ("It will fall before the month is over.", (2015, 6, 30)),
        ("It will fall by the autumn.", (2015, 11, 30)),
        ("It will fall before the winter.", (2015, 12, 1)),
    ],
)
def test_a_deadline_in_words_is_a_horizon(sentence, last):
    (when,) = find_dates(sentence, WRITTEN)
    assert (when.kind, when.last) == ("horizon", datetime.date(*last))


def test_a_year_that_has_begun_still_lies_ahead_where_it_is_a_deadline(names):
    drafted = forecasts(
        "Notes\n\nBy the end of 2015 the Syrian government loses Deir ez-Zor.\n\nIn 2015 it lost Idlib.", names
    )
    assert [one.horizon for one in drafted.values()] == [datetime.date(2015, 12, 31)]


def test_a_list_of_predictions_forecasts_in_the_present_tense(names):
    text = (
        "Predictions for Syria\n\n• Kobani holds.\n\n• Idlib falls to the rebels by the summer.\n\n• More tea is drunk."
    )
    drafted = forecasts(text, names)
    assert list(drafted) == ["Kobani holds.", "Idlib falls to the rebels by the summer."]
    assert {one.confidence.hedge.mid for one in drafted.values()} == {0.75}
    assert forecasts(text.replace("Predictions for", "A visit to"), names).keys() <= {
        "Idlib falls to the rebels by the summer."
    }


def test_the_mark_of_an_item_is_no_part_of_its_sentence():
    article = clean("Brief\n\n· First point here.\n\n* Second point here.\n\n- A dash stays.", html=False)
    assert [one.text for one in article.paragraphs] == ["First point here.", "Second point here.", "- A dash stays."]
