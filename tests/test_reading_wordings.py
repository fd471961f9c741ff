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


@pytest.mark.parametrize(
    ("sentence", "coding"),
    [
        ("I would be surprised if Tikrit held out past the new year.", 0.30),
        ("It would come as a great surprise if they agreed.", 0.30),
        ("I would not be surprised if Tikrit fell.", 0.75),
        ("Nobody should count on a quick victory.", 0.30),
        ("Three years, minimum, is my estimate for the war.", 0.75),
        ("It takes a minimum of six months.", 0.75),
    ],
)
def test_surprise_and_estimates_of_a_length_have_their_coding(sentence, coding):
    assert read_hedges(sentence).hedge.mid == coding


@pytest.mark.parametrize("sentence", ["The siege took three years, at least.", "He was surprised to see them."])
def test_a_length_in_the_past_and_a_surprise_that_was_are_no_forecasts(sentence):
    assert read_hedges(sentence) is None


@pytest.mark.parametrize(
    ("sentence", "last"),
    [
        ("Tikrit will fall before 2017.", (2016, 12, 31)),
        ("Tikrit will fall before March 2016.", (2016, 2, 29)),
        ("Tikrit will fall before 5 July 2015.", (2015, 7, 4)),
        ("Tikrit will not fall before mid-2016.", (2016, 4, 30)),
        ("Tikrit will fall by mid-2016.", (2016, 9, 1)),
        ("The offensive on Tikrit is not before the autumn.", (2015, 9, 1)),
        ("Tikrit? Not this year.", (2015, 12, 31)),
    ],
)
def test_before_a_date_ends_with_the_day_before_it(sentence, last, names):
    drafted = forecasts(f"Notes\n\n{sentence}", names)
    assert [one.horizon for one in drafted.values()] == [datetime.date(*last)]


def test_a_deadline_is_no_past_where_the_day_of_the_text_is_not_known(names):
    article = clean("Notes\n\nThe battle for Tikrit could last until 2018.\n\nIn 2014 it might fall.", html=False)
    draft = make_draft(article, names, file="a.txt")
    assert [one.paragraph.number for one in draft.candidates if one.kind == "forecast"] == [1]


@pytest.mark.parametrize(
    "line",
    [
        "3 October 2016",
        "Monday, October 3, 2016",
        "By Anna Weber, 3 October 2016",
        "Published on 3 October 2016, 10:30 GMT",
        "By Anna Weber | Updated: 2016-10-03",
    ],
)
def test_the_day_of_a_text_is_that_of_a_line_near_its_top_and_is_said(line, names):
    article = clean(f"A headline\n\n{line}\n\nThe town will fall next year.\n", html=False)
    assert article.date == datetime.date(2016, 10, 3)
    assert "its day, 2016-10-03, is taken from line 3; --date says another" in article.notes
    assert [one.kind for one in make_draft(article, names, file="a.txt").candidates] == ["forecast"]


@pytest.mark.parametrize(
    "line", ["On 3 October 2016 the town fell.", "3 October 2016: the town falls", "The war from 3 to 5 October 2016"]
)
def test_a_sentence_with_a_day_is_no_line_about_the_day_of_the_text(line):
    assert clean(f"A headline\n\n{line}\n\nThe town will fall next year.\n", html=False).date is None
