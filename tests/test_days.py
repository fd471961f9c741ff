"""Dates of other tables: every form is read with its precision, or refused with the mend."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polemos.readers.import_log import Account
from polemos.readers.parse_dates import DateReader, read_date, read_day
from polemos.scenario.parse_values import BadCell

FORMS = [
    "2022-03-01",
    "2022/03/01",
    "2022.03.01",
    "2022-3-1",
    "20220301",
    "1 March 2022",
    "1st of March 2022",
    "01-Mar-2022",
    "1 Mar. 2022",
    "01MAR2022",
    "March 1, 2022",
    "Mar 1st, 2022",
    "Tuesday, March 1, 2022",
    "Tue, 01 Mar 2022 00:00:00 GMT",
    "Tue Mar 01 2022 00:00:00 GMT+0200 (Eastern European Standard Time)",
    "2022-03-01T00:00:00Z",
    "2022-03-01T23:59:59.999999+00:00",
    "2022-03-01 00:00:00+00",
    "2022/03/01 00:00:00+00",
    "2022-03-01 08:00",
    "2022-03-01 00:00:00.000",
    "20220301T0000",
    "20220301000000",
    "1646092800",
    "1646092800000",
    "1646092800000.0",
    "1.6460928e+12",
    "  2022-03-01 ",
]


@pytest.mark.parametrize("text", FORMS)
def test_a_day_is_read_in_every_form_that_needs_no_order(text):
    date = read_date(text)
    assert (str(date.day), date.precision) == ("2022-03-01", "day")
    assert read_day(text) == date.day


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("3/6/22", "mdy", "2022-03-06"),
        ("3/6/22", "dmy", "2022-06-03"),
        ("22/3/6", "ymd", "2022-03-06"),
        ("06-Mar-22", "dmy", "2022-03-06"),
        ("06-Mar-22", "mdy", "2022-03-06"),
        ("22-Mar-06", "ymd", "2022-03-06"),
        ("3/6/2022 12:00:00 AM", "mdy", "2022-03-06"),
        ("06.03.2022", "dmy", "2022-03-06"),
        ("7/17/36", "mdy", "2036-07-17"),
    ],
)
def test_the_order_of_a_date_is_taken_as_given(text, order, day):
    assert str(read_day(text, order)) == day
    with pytest.raises(BadCell, match="two"):
        read_day(text)


def test_the_century_of_two_digits_is_that_of_the_war_and_is_said():
    date = read_date("7/17/36", "mdy", np.datetime64("1937-01-01"))
    assert str(date.day) == "1936-07-17"
    assert date.remark == "years of two digits are read as those of 1900 to 1999"
    assert str(read_day("1/1/01", "dmy", np.datetime64("1999-06-01"))) == "2001-01-01"


@pytest.mark.parametrize(
    ("text", "day", "precision"),
    [
        ("2022-03", "2022-03-15", "month"),
        ("March 2022", "2022-03-15", "month"),
        ("Mar-2022", "2022-03-15", "month"),
        ("03/2022", "2022-03-15", "month"),
        ("early March 2022", "2022-03-05", "5"),
        ("Late March 2022", "2022-03-25", "5"),
        ("mid-March 2022", "2022-03-15", "5"),
        ("2022-W09", "2022-03-03", "few_days"),
        ("2022-Q1", "2022-02-15", "quarter"),
        ("Q3 2022", "2022-08-15", "quarter"),
        ("2022", "2022-07-01", "183"),
    ],
)
def test_a_span_stands_for_its_middle_and_says_how_wide_it_is(text, day, precision):
    date = read_date(text)
    assert (str(date.day), date.precision) == (day, precision)
    assert date.remark
    with pytest.raises(BadCell, match="one day is wanted"):
        read_day(text)


def test_a_month_of_two_digits_wants_the_order_too():
    date = read_date("Mar-22", "mdy")
    assert (str(date.day), date.precision) == ("2022-03-15", "month")
    with pytest.raises(BadCell, match="two digits"):
        read_date("Mar-22")


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("2022-03-01T23:30:00-05:00", "-05:00"),
        ("2022-03-01 23:30:00+0530", "+0530"),
        ("2022-03-01T23:30:00Z", "UTC"),
        ("2022-03-01 23:30:00+00", "UTC"),
    ],
)
def test_a_zone_is_said_and_the_day_is_the_one_written(text, zone):
    date = read_date(text)
    assert str(date.day) == "2022-03-01"
    assert f"zone {zone}:" in date.remark


@pytest.mark.parametrize(
    "text",
    [
        *("31 February 2014", "2014-13-01", "yesterday", "", "14-06-10", "1 Marching 2022", "2022-03-01T", "2022-W60"),
        *("44621", "44621.5", "12", "2022-00", "13/2022", "99999999999999", "early 2022", "٢٠٢٢-٠٣-٠١", "202203010000"),
    ],
)
def test_what_is_no_day_is_refused_with_the_mend(text):
    with pytest.raises(BadCell) as refusal:
        read_date(text)
    assert refusal.value.mend


def test_a_number_of_a_spreadsheet_is_refused_by_its_name():
    with pytest.raises(BadCell, match="as a spreadsheet does"):
        read_date("44621")


def test_what_was_assumed_is_counted():
    reader, account = DateReader("mdy"), Account()
    for text in ("3/6/22", "3/7/22", "2022-03", "2022-03-01"):
        reader.read(text)
    reader.tell(account)
    assert account.notes == [
        "years of two digits are read as those of 2000 to 2099 (2 dates)",
        "months stand for their middle, precision month (1 dates)",
    ]


@given(st.dates().map(str), st.sampled_from(["", "T10:00Z", " 10:00:00+03"]))
def test_every_iso_day_is_read_as_itself(day, time):
    assert str(read_day(day + time)) == day


@given(st.text(max_size=40))
def test_any_text_is_a_date_or_refused(text):
    try:
        date = read_date(text, "dmy")
    except BadCell:
        return
    assert not np.isnat(date.day)
