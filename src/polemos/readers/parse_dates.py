"""Days as people and programs write them, with how precisely each is known and what was assumed to read it.

Read: ISO 8601 with or without a time and a zone, the time stamps of PostgreSQL, seconds and milliseconds since 1970
(ArcGIS), days in words, days in figures with `order`, and weeks, months, quarters and years alone, which stand for
their middle. What could be read in two ways is refused unless the order is given. A day is that of its own time zone.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np

from polemos.readers.import_log import Account
from polemos.scenario.errors import quoted
from polemos.scenario.parse_values import BadCell

ORDERS = ("dmy", "mdy", "ymd")
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
PIVOT = 69
"""Years of two digits from here on are of the 1900s where no scenario says when its war was (POSIX)."""

TIME = re.compile(
    r"(?:T|,? )\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?(?: ?[AaPp]\.?[Mm]\.?)?"
    r" ?(Z|z|(?:UTC|GMT)?[+-]\d\d(?::?\d\d)?|UTC|GMT)?(?: \([\w ]+\))?$",
    re.ASCII,
)
WEEKDAY = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,? ", re.IGNORECASE)
YEAR_FIRST = re.compile(r"(\d{4})([-/.]?)(\d\d)\2(\d\d)|(\d{4})([-/.])(\d{1,2})\6(\d{1,2})", re.ASCII)
STAMP = re.compile(r"(\d{4})(\d\d)(\d\d)T?\d{4}(?:\d\d)?", re.ASCII)
NUMBERS = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{1,2})", re.ASCII)
DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?(?: of)?([- ]?)([A-Za-z]{3,9})\.?,?\2(\d{4}|\d\d)", re.ASCII)
MONTH_FIRST = re.compile(r"([A-Za-z]{3,9})\.?[- ](\d{1,2})(?:st|nd|rd|th)?,? (\d{4})", re.ASCII)
MONTH = re.compile(r"(\d{4})[-/.](\d{1,2})|(\d{1,2})[-/.](\d{4})|([A-Za-z]{3,9})\.?,?[- ](\d{4}|\d\d)", re.ASCII)
PART = re.compile(r"(early|mid|late)[- ](?:in )?(.+)", re.IGNORECASE)
WEEK = re.compile(r"(\d{4})-?W(\d\d)", re.ASCII)
QUARTER = re.compile(r"(\d{4})[- ]?Q([1-4])|Q([1-4])[- ]?(\d{4})", re.ASCII | re.IGNORECASE)
YEAR = re.compile(r"\d{4}", re.ASCII)
EPOCH = re.compile(r"(-?\d{9,13})(?:\.0+)?", re.ASCII)
SERIAL = re.compile(r"\d{5}(?:\.\d+)?", re.ASCII)
THIRDS = {"early": 5, "mid": 15, "late": 25}
"""Day of the month that stands for a third of it, with 5 days to either side."""


@dataclass(frozen=True, slots=True)
class Date:
    """A day, or the middle of the span that was written.

    `precision` is that of control.csv: a word of `PRECISION`, or days to either side. `remark` says what was assumed.
    """

    day: np.datetime64
    precision: str = "day"
    remark: str = ""


@dataclass(slots=True)
class DateReader:
    """Reads the dates of one import and counts what was assumed. `near` is a day of the war: it decides centuries."""

    order: str = ""
    near: np.datetime64 | None = None
    remarks: Counter[str] = field(default_factory=Counter)

    def learn(self, texts: Iterable[str]) -> None:
        """Take the order of days such as 10/06/2014 from all of a table's, where it can only be one; say it."""
        if not self.order:
            self.order, remark = order_of(texts)
            self.remarks[remark] += bool(remark)

    def read(self, text: str) -> Date:
        """A date and its precision. Raises `BadCell`."""
        date = read_date(text, self.order, self.near)
        if date.remark:
            self.remarks[date.remark] += 1
        return date

    def day(self, text: str) -> np.datetime64:
        """A date that must be known to the day. Raises `BadCell`."""
        return _to_the_day(text, self.read(text)).day

    def tell(self, account: Account) -> None:
        """Say in an account what was assumed of how many dates."""
        counted = (
            (remark, f" ({count:,} dates)" * ("--dates" not in remark)) for remark, count in self.remarks.most_common()
        )
        account.notes += [remark + count for remark, count in counted if remark]
        self.remarks.clear()


def order_of(texts: Iterable[str]) -> tuple[str, str]:
    """The order of days in figures (dmy, mdy) that all of a table's have, with a remark; "" where both would do.

    A first figure above 12 is a day, and so is such a second figure.
    """
    telling: dict[str, str] = {}
    for text in texts:
        match = NUMBERS.fullmatch(_without_time(" ".join(text.split()))[0])
        # No day of a month is over 31, so that 64 is a year, wherever the others stand.
        if match and (len(match[4]) == 4 or int(match[4]) > 31):
            if int(match[1]) > 12:
                telling.setdefault("dmy", text)
            elif int(match[3]) > 12:
                telling.setdefault("mdy", text)
    if len(telling) != 1:
        return "", ""
    ((order, example),) = telling.items()
    words = {"dmy": "day, month, year", "mdy": "month, day, year"}[order]
    return order, f"days in figures are read as {words}, since {quoted(example)} can be nothing else (--dates says it)"


def read_day(text: str, order: str = "", near: np.datetime64 | None = None) -> np.datetime64:
    """A date that must be known to the day; see `read_date`. Raises `BadCell`."""
    return _to_the_day(text, read_date(text, order, near)).day


def read_date(text: str, order: str = "", near: np.datetime64 | None = None) -> Date:
    """A date and its precision: 2014-06-10, 2014-06-10T08:00+02:00, 10 June 2014, 1402358400, 2014-06, Q2 2014, 2014.

    `order` (dmy, mdy, ymd) also allows 10/06/2014 and years of two digits, whose century is that nearest to `near`.
    Raises `BadCell`.
    """
    bare, zone = _without_time(" ".join(text.split()))
    if order and order not in ORDERS:
        raise ValueError(f"no order of dates {order!r}")
    try:
        for reader in (_calendar, _seconds, _span):
            date = reader(bare, text, order, near)
            if date is not None:
                return Date(date.day, date.precision, zone) if zone else date
    except (ValueError, OverflowError) as error:
        if isinstance(error, BadCell):
            raise
    if SERIAL.fullmatch(bare):
        mend = "if it counts days as a spreadsheet does, format the column as a date there and save it again"
        raise BadCell(f"{quoted(text)} is not a day", mend)
    raise BadCell(f"{quoted(text)} is not a day", "write it as YYYY-MM-DD")


def _without_time(text: str) -> tuple[str, str]:
    """A text without its weekday and its time, and a remark on its zone."""
    bare = WEEKDAY.sub("", text, count=1) if WEEKDAY.match(text) else text
    match = TIME.search(bare)
    if not match or not match.start():
        return bare, ""
    zone = (match[1] or "").upper()
    zone = "UTC" if zone in ("Z", "UTC", "GMT") or not zone.strip("UTCGM+-0:") else zone
    remark = f"times carry the zone {zone}: each day is the one written, in that zone" if match[1] else ""
    return bare[: match.start()], remark


def _calendar(text: str, whole: str, order: str, near: np.datetime64 | None) -> Date | None:
    """A day of the calendar, in figures or in words."""
    if match := YEAR_FIRST.fullmatch(text):
        year, month, day = (int(match[n] or match[n + 4]) for n in (1, 3, 4))
        return Date(_day(year, month, day))
    if match := MONTH_FIRST.fullmatch(text):
        return Date(_day(int(match[3]), _month(match[1]), int(match[2])))
    if match := DAY_FIRST.fullmatch(text):
        first, last = match[1], match[4]
        if len(last) == 2 and order == "ymd":
            first, last = last, first
        year, remark = _year(last, whole, order, near)
        return Date(_day(year, _month(match[3]), int(first)), remark=remark)
    if match := NUMBERS.fullmatch(text):
        one, two, three = match[1], match[3], match[4]
        if not order and (len(three) < 3 or int(one) != int(two)):
            mend = "write YYYY-MM-DD, or say which comes first with --dates dmy, mdy or ymd"
            raise BadCell(f"{quoted(whole)} can be read in two ways", mend)
        if order == "ymd" and len(three) < 3:
            one, three = three, one
        elif order == "mdy":
            one, two = two, one
        year, remark = _year(three, whole, order, near)
        return Date(_day(year, int(two), int(one)), remark=remark)
    return None


def _seconds(text: str, whole: str, order: str, near: np.datetime64 | None) -> Date | None:
    """A time stamp without separators, or seconds or milliseconds since 1970 in UTC."""
    match = EPOCH.fullmatch(_unfloated(text))
    stamp = STAMP.fullmatch(text)
    day: np.datetime64 | None = None
    if stamp:
        try:
            day = _day(int(stamp[1]), int(stamp[2]), int(stamp[3]))
        except ValueError:
            stamp = None
    if stamp and match and len(text) == 12:
        raise BadCell(f"{quoted(whole)} can be read in two ways", "write it as YYYY-MM-DD")
    if stamp and day is not None:
        return Date(day)
    if not match:
        return None
    count, unit = int(match[1]), "seconds" if len(match[1].lstrip("-")) <= 10 else "milliseconds"
    moment = np.datetime64(count, "s" if unit == "seconds" else "ms")
    return Date(moment.astype("datetime64[D]"), remark=f"{unit} since 1970 are read as days in UTC")


def _span(text: str, whole: str, order: str, near: np.datetime64 | None) -> Date | None:
    """The middle of a week, of a month or a third of it, of a quarter or of a year."""
    if match := PART.fullmatch(text):
        month = _span(match[2], whole, order, near)
        if month is None or month.precision != "month":
            return None
        first = month.day.astype("datetime64[M]").astype("datetime64[D]")
        part = match[1].lower()
        return Date(first + (THIRDS[part] - 1), "5", "thirds of a month stand for their middle, 5 days to either side")
    if match := WEEK.fullmatch(text):
        thursday = datetime.date.fromisocalendar(int(match[1]), int(match[2]), 4)
        return Date(np.datetime64(thursday, "D"), "few_days", "weeks stand for their Thursday")
    if match := QUARTER.fullmatch(text):
        year, quarter = int(match[1] or match[4]), int(match[2] or match[3])
        return Date(_day(year, 3 * quarter - 1, 15), "quarter", "quarters stand for their middle, precision quarter")
    if match := MONTH.fullmatch(text):
        figures = match[2] or match[3]
        written = match[1] or match[4] or match[6]
        year, remark = _year(written, whole, order, near)
        month_ = int(figures) if figures else _month(match[5])
        note = "months stand for their middle, precision month"
        return Date(_day(year, month_, 15), "month", f"{note}; {remark}" if remark else note)
    if YEAR.fullmatch(text):
        return Date(_day(int(text), 7, 1), "183", "years stand for their middle, half a year to either side")
    return None


def _unfloated(text: str) -> str:
    """A count as programs write it, without the exponent of a float."""
    if re.fullmatch(r"-?\d\.\d+[eE]\+?\d\d?", text, re.ASCII) and float(text).is_integer():
        return str(int(float(text)))
    return text


def _year(text: str, whole: str, order: str, near: np.datetime64 | None) -> tuple[int, str]:
    """A year, of two digits only where the order of the date is given; and a remark on its century."""
    if len(text) == 4:
        return int(text), ""
    if len(text) < 2:
        raise ValueError(text)
    if not order:
        mend = "write YYYY-MM-DD, or say which comes first with --dates dmy, mdy or ymd"
        raise BadCell(f"{quoted(whole)} has a year of two digits", mend)
    year = int(text) + (1900 if int(text) >= PIVOT else 2000)
    if near is not None:
        about = int(near.astype("datetime64[Y]").astype(int)) + 1970
        distance: Callable[[int], int] = lambda one: abs(one - about)  # noqa: E731
        year = min((int(text) + century for century in range(1600, 2200, 100)), key=distance)
    return year, f"years of two digits are read as those of {year // 100}00 to {year // 100}99"


def _month(text: str) -> int:
    """Number of a month by its name or the first letters of it."""
    fits = [number for number, name in enumerate(MONTHS, 1) if name.startswith(text.lower())]
    if not fits:
        raise ValueError(text)
    return fits[0]


def _day(year: int, month: int, day: int) -> np.datetime64:
    return np.datetime64(datetime.date(year, month, day), "D")


def _to_the_day(text: str, date: Date) -> Date:
    if date.precision != "day":
        raise BadCell(f"{quoted(text)} is a span of days, and one day is wanted here", "write it as YYYY-MM-DD")
    return date
