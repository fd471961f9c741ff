"""Days, months, years and horizons in a sentence, resolved against the day that the article was written.

Half a dozen patterns of our own: general parsers of dates take "may", "now" and "a four year siege" for dates.
"""

from __future__ import annotations

import calendar
import datetime
import re
from dataclasses import dataclass
from typing import Literal

MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
MONTHS |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}

NUMBERS = {
    **{"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10},
    **{"eleven": 11, "twelve": 12},
    **{"a": 1, "an": 1, "a couple of": 2, "couple of": 2, "a few": 5, "few": 5, "several": 8, "a dozen": 12},
    **{"fifteen": 15, "eighteen": 18, "twenty": 20, "thirty": 30, "fifty": 50, "a hundred": 100},
}
"""Words that count, at the upper end of what they may mean: a horizon is the last day that the writer would accept."""

UNITS = {"day": 1, "week": 7, "month": 30, "year": 365, "decade": 3652}

SEASONS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11), "winter": (12, 14)}
"""First and last month, of the north; a winter ends in the year after."""

EARLIEST, LATEST = 1000, 2200

_month = "|".join(sorted((re.escape(name) for name in MONTHS if name != "may"), key=len, reverse=True)) + "|may"
_count = r"\d{1,3}|" + "|".join(sorted((re.escape(word) for word in NUMBERS), key=len, reverse=True))
_unit = r"(?P<unit>day|week|month|year|decade)s?"

PATTERNS = (
    ("iso", re.compile(r"\b(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})\b")),
    (
        "day",
        re.compile(
            rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?\s+(?P<month>{_month})\b\.?,?(?:\s+(?P<year>\d{{4}})\b)?"
            rf"|\b(?P<month2>{_month})\.?\s+(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\d)(?:,?\s+(?P<year2>\d{{4}})\b)?",
            re.IGNORECASE,
        ),
    ),
    (
        "month",
        re.compile(
            rf"\b(?:(?P<part>early|mid|late)[\s-]+)?(?:(?P<month>{_month})\.?,?\s+(?:of\s+)?(?P<year>\d{{4}})\b"
            rf"|(?<=\bin )(?P<month2>{_month})\b|(?<=\bsince )(?P<month3>{_month})\b|(?<=\bby )(?P<month4>{_month})\b"
            rf"|(?<=\bend of )(?P<month5>{_month})\b|(?<=\blast )(?P<month6>{_month})\b)",
            re.IGNORECASE,
        ),
    ),
    (
        "ahead",
        re.compile(
            rf"\b(?:with)?in\s+(?:the\s+)?(?:next|coming|following)?\s*(?:a\s+matter\s+of\s+)?(?P<n>{_count})?\s*"
            rf"(?:more\s+)?{_unit}\b(?!\s+(?:ago|since))(?:\s+or\s+(?:possibly\s+|even\s+|perhaps\s+)?(?P<unit2>day|week|month|year)s)?"
            rf"|\b(?:over|during|for|in)\s+the\s+(?:next|coming)\s+(?P<n2>{_count})?\s*(?P<unit3>day|week|month|year|decade)s?\b"
            rf"|\b(?P<n3>{_count})\s+(?P<unit4>day|week|month|year|decade)s?\s+(?:from\s+now|hence|or\s+(?:less|sooner))\b"
            r"|\b(?:a\s+matter\s+of|in\s+the\s+coming)\s+(?P<unit5>day|week|month|year)s\b",
            re.IGNORECASE,
        ),
    ),
    (
        "near",
        re.compile(
            r"\b(?:(?P<which>next|this|coming)\s+(?P<what>week|month|year|decade|spring|summer|autumn|fall|winter)\b"
            r"|(?:by\s+)?(?:the\s+)?(?P<end>end|turn)\s+of\s+(?:the|this|next)\s+(?P<ends>week|month|year|decade)\b"
            r"|(?:by\s+)?(?P<yearend>(?:the\s+)?(?:year['’]s\s+end|year-end))\b|\b(?P<tomorrow>tomorrow)\b"
            r"|(?P<lead>by|before|until)\s+(?:the\s+)?(?P<season>spring|summer|autumn|winter)\b(?!\s+(?:of|\d))"
            r"|before\s+the\s+(?P<out>week|month|year|decade)\s+(?:is|was)\s+(?:out|over|up)\b"
            r"|(?:by|before)\s+(?P<feast>christmas|the\s+new\s+year|new\s+year)\b"
            r"|\bfor\s+another\s+(?P<another>week|month|year|decade)\b)",
            re.IGNORECASE,
        ),
    ),
    (
        "back",
        re.compile(
            rf"\b(?P<n>{_count})\s+{_unit}\s+(?:ago|earlier|previously)\b"
            rf"|\b(?:the\s+)?(?:last|past)\s+(?P<n2>{_count})?\s*(?P<unit2>day|week|month|year|decade)s?\b"
            r"|\b(?P<yesterday>yesterday)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "year",
        re.compile(
            r"\b(?:(?P<nth>first|second|third|fourth|last)\s+(?P<share>quarter|half)\s+of\s+|(?P<season>spring|summer|autumn|fall|winter)\s+(?:of\s+)?|(?P<part>early|mid|late)[\s-]+(?:in\s+)?)?"
            r"(?(part)|(?<![\d,.$€£-]))(?P<year>(?:1[5-9]|20)\d{2})\b(?![\d,]\d|\s*(?:%|per|people|men|km|troops|fighters|soldiers|dead|tons|m\b))"
        ),
    ),
)

Kind = Literal["day", "month", "year", "horizon", "past"]


@dataclass(frozen=True, slots=True)
class When:
    """A date as found: characters of the sentence, what kind it is, its first and last day (None: not resolved)."""

    start: int
    end: int
    kind: Kind
    first: datetime.date | None
    last: datetime.date | None


def find_dates(sentence: str, written: datetime.date | None = None) -> list[When]:
    """Dates of a sentence in its order; the first pattern to claim characters has them.

    Relative ones, and days and months without a year, need the day the article was `written`. A horizon runs from that
    day to the last that the words allow, few taken as five and several as eight.
    """
    dates: list[When] = []
    # Years in the address of a page are no dates.
    if "/" in sentence or "www." in sentence:
        sentence = ADDRESS.sub(lambda address: "x" * len(address[0]), sentence)
    if not HINT.search(sentence.lower()):
        return dates
    for name, pattern in PATTERNS:
        for match in pattern.finditer(sentence):
            if any(match.start() < other.end and other.start < match.end() for other in dates):
                continue
            when = _resolve(name, match, written)
            if when is not None:
                dates.append(when)
    return sorted(dates, key=lambda when: when.start)


ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+|\b[\w-]+(?:\.[\w-]+)+/\S+", re.IGNORECASE)

HINT = re.compile(
    rf"\d|\b(?:days?|weeks?|months?|years?|decades?|year-end|spring|summer|autumn|fall|winter|tomorrow|yesterday|christmas|{_month})\b"
)


def _resolve(name: str, match: re.Match[str], written: datetime.date | None) -> When | None:
    part = {key: value.lower() for key, value in match.groupdict().items() if value}

    def pick(key: str) -> str | None:
        return next((part[k] for k in sorted(part) if re.fullmatch(rf"{key}\d?", k)), None)

    def when(kind: Kind, first: datetime.date | None, last: datetime.date | None) -> When:
        return When(match.start(), match.end(), kind, first, last)

    if name in ("iso", "day", "month"):
        month_text, year_text, day_text = pick("month") or "", pick("year"), pick("day")
        if month_text == "may" and "May" not in match[0]:
            return None
        month = int(month_text) if month_text.isdigit() else MONTHS[month_text]
        day = int(day_text) if day_text else 1
        year = int(year_text) if year_text else _nearest(month, day, written)
        if year_text is None and written is not None and _is_deadline(match):
            year = written.year + ((month, day) < (written.month, written.day if day_text else 1))
        if "month6" in part and written is not None:
            year = written.year - (month >= written.month)
        if year is None:
            return when("day" if day_text else "month", None, None)
        try:
            first = datetime.date(year, month, day)
        except ValueError:
            return None
        if not EARLIEST <= year <= LATEST:
            return None
        if day_text:
            return when("day", first, first)
        return when("month", *_part(first, _month_end(year, month), part.get("part")))
    if name == "year":
        year = int(part["year"])
        if "share" in part:
            parts = 4 if part["share"] == "quarter" else 2
            nth = ("first", "second", "third", "fourth").index(part["nth"]) if part["nth"] != "last" else parts - 1
            if nth >= parts:
                return None
            months = 12 // parts
            return when("month", datetime.date(year, nth * months + 1, 1), _month_end(year, (nth + 1) * months))
        if "season" in part:
            a, b = SEASONS[part["season"]]
            return when("month", datetime.date(year, a, 1), _month_end(year + (b > 12), b - 12 if b > 12 else b))
        return when("year", *_part(datetime.date(year, 1, 1), datetime.date(year, 12, 31), part.get("part")))
    kind: Kind = "past" if name == "back" else "horizon"
    if written is None:
        return when(kind, None, None)
    if name == "near":
        return when(kind, *_near(part, written))
    if "yesterday" in part:
        day_before = written - datetime.timedelta(days=1)
        return when("past", day_before, day_before)
    counted = pick("n")
    unit = max((part[k] for k in part if k.startswith("unit")), key=UNITS.__getitem__)
    if name == "ahead" and "unit2" in part:
        counted = None
    bare = 5 if match[0].rstrip().endswith("s") and counted is None else 1
    number = bare if counted is None else int(counted) if counted.isdigit() else NUMBERS[counted]
    length = datetime.timedelta(days=min(number * UNITS[unit], 36_500))
    try:
        if kind == "horizon":
            return when(kind, written, written + length)
        moment = written - length
    except OverflowError:
        return None
    return when("past", moment, moment if match[0].lower().rstrip().endswith(("ago", "earlier")) else written)


def _nearest(month: int, day: int, written: datetime.date | None) -> int | None:
    """The year that puts a day and month closest to the day of writing."""
    if written is None:
        return None
    years = (written.year - 1, written.year, written.year + 1)
    gap = month - written.month + (day - written.day) / 31
    return min(years, key=lambda year: abs((year - written.year) * 12 + gap))


DEADLINE = re.compile(r"\b(?:by|before|until|till)\s+(?:the\s+)?(?:end\s+of\s+)?$", re.IGNORECASE)
AHEAD = re.compile(r"\b(?:will|would|may|might|could|can|cannot|shall|likely|going\s+to|expect\w*)\b", re.IGNORECASE)


def is_deadline(sentence: str, when: When) -> bool:
    """Whether a date is one until which something is to come: by 2015, until the end of May, before the summer."""
    return DEADLINE.search(sentence[max(0, when.start - 40) : when.start]) is not None


def _is_deadline(match: re.Match[str]) -> bool:
    """Whether a day is one by which something will be, or may: "it may fall by 27 December"."""
    before = match.string[max(0, match.start() - 40) : match.start()]
    is_led = DEADLINE.search(before) is not None or match[0].lower().startswith(("by ", "before ", "until "))
    return is_led and AHEAD.search(match.string, max(0, match.start() - 500), match.end() + 500) is not None


def _part(first: datetime.date, last: datetime.date, part: str | None) -> tuple[datetime.date, datetime.date]:
    """The early, middle or late third of a spell."""
    third = (last - first) / 3
    if part == "early":
        return first, first + third
    if part == "mid":
        return first + third, last - third
    return (last - third, last) if part == "late" else (first, last)


def _near(part: dict[str, str], written: datetime.date) -> tuple[datetime.date, datetime.date]:
    """First and last day of "next year", "this summer", "the end of the month", "year's end", "tomorrow"."""
    if "tomorrow" in part:
        day = written + datetime.timedelta(days=1)
        return day, day
    if "feast" in part:
        return written, datetime.date(written.year, 12, 25 if part["feast"] == "christmas" else 31)
    if "another" in part:
        return written, written + datetime.timedelta(days=UNITS[part["another"]])
    if "yearend" in part or "ends" in part or "out" in part:
        what = part.get("ends") or part.get("out") or "year"
        if what == "week":
            return written, written + datetime.timedelta(days=6 - written.weekday())
        if what == "month":
            return written, _month_end(written.year, written.month)
        year = written.year if what == "year" else written.year // 10 * 10 + 9
        return written, datetime.date(year, 12, 31)
    if "season" in part:
        first, last = _season(part["season"], written, ahead=False)
        # By the summer is at the latest by its end; before the summer is before its first day.
        before = part["lead"] == "before" and first > written
        return written, first if before else last
    what, ahead = part["what"], part["which"] != "this"
    if what == "week":
        monday = written - datetime.timedelta(days=written.weekday()) + datetime.timedelta(days=7 * ahead)
        return monday, monday + datetime.timedelta(days=6)
    if what == "month":
        year, month = divmod(written.year * 12 + written.month - 1 + ahead, 12)
        return datetime.date(year, month + 1, 1), _month_end(year, month + 1)
    if what == "year":
        return datetime.date(written.year + ahead, 1, 1), datetime.date(written.year + ahead, 12, 31)
    if what == "decade":
        return written, datetime.date(written.year // 10 * 10 + 9 + 10 * ahead, 12, 31)
    return _season(what, written, ahead=ahead)


def _season(name: str, written: datetime.date, *, ahead: bool) -> tuple[datetime.date, datetime.date]:
    """The season of a day, or the next; with `ahead` the next that has not begun."""
    a, b = SEASONS[name]
    for year in (written.year - 1, written.year, written.year + 1):
        first = datetime.date(year, a, 1)
        last = _month_end(year + (b > 12), b - 12 if b > 12 else b)
        if (first > written) if ahead else (last >= written):
            return first, last
    return written, written


def _month_end(year: int, month: int) -> datetime.date:
    return datetime.date(year, month, calendar.monthrange(year, month)[1])
