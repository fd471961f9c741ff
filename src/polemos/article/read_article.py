"""Reads an article from a page or a text file and returns its numbered paragraphs.

Pages, messages and Markdown give up their text first, and lines that were broken to a width are joined. Then a filter
of lines: scrapers leave style sheets and scripts in the text, where no parser of tags can see them.
Limits are stated and what they cut is reported.
"""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from polemos.article.find_dates import find_dates
from polemos.article.markdown import front_matter, unmarked
from polemos.article.message import read_message
from polemos.article.reflow import in_columns, is_wrapped, joined
from polemos.article.residue import ENDED, LONGEST, is_colophon, is_residue
from polemos.article.webpage import MOST, ArticleError, page
from polemos.names.function_words import FUNCTION_WORDS

LARGEST = 20_000_000
"""Bytes that are read of a file; the rest is cut."""

ALL = 200_000
"""Characters of an article once cleaned; the rest is cut."""

SAMPLE = 5_000
"""Lines by which it is told how a text was set."""

FOOTER = 10
"""Lines at the end that may be about the page."""

BROKEN = re.compile(r"\xad[ \t]*\r?\n[ \t]*")
"""A soft hyphen at the end of a line."""

BYLINES = 6
"""Lines at the top among which the day of a text is looked for."""

AROUND_DAY = re.compile(
    r"(?:by\s+[^\0.!?]{3,80}?[\s,|·•–—-]+)?(?:(?:first\s+)?(?:published|posted|updated|written|dated?|filed)\b[\s:]*(?:on\s+)?)?"
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s+)?\0[\s,|·•–—.-]*(?:(?:at\s+)?\d{1,2}[:.]\d\d(?:\s*(?:[ap]m|[A-Z]{2,4}))?)?",
    re.IGNORECASE,
)
"""A line about the day of a text, the day itself a zero byte: "By A. Name, published Friday \\0, 10:00"."""

BREAK = "\n\n"
"""What stands between the paragraphs of the cleaned text; offsets count it."""

CONTROL = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffc\ud800-\udfff]"
)
"""Control characters, invisible ones and those that turn the direction of writing."""

PAGE = re.compile(
    r"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype|html|head|title|meta|body|article|main|section|div|p|h\d|ul|table)\b",
    re.I | re.S,
)
PARAGRAPH = re.compile(r"<p[\s>]", re.IGNORECASE)

SIGNATURES = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a zip, or an office document",
    b"\x1f\x8b": "a gzip",
    b"\x89PNG": "a PNG",
    b"{\\rtf": "an RTF",
    b"\xd0\xcf\x11\xe0": "a document of an old office program",
}


BULLET = re.compile(r"^[•·▪◦‣●■*]\s+")
"""The mark before an item of a list, which is no part of its sentence."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph: its number from 1, its first character in the cleaned text, its line in the file (0: HTML)."""

    number: int
    start: int
    line: int
    text: str

    @property
    def sha256(self) -> str:
        """SHA-256 of the text in UTF-8."""
        return hashlib.sha256(self.text.encode("utf-8", "replace")).hexdigest()


@dataclass(frozen=True, slots=True)
class Article:
    """An article as cleaned. `date` is the page's own, None where it names none; `notes` say what was cut."""

    title: str
    date: datetime.date | None
    paragraphs: tuple[Paragraph, ...]
    removed: int
    notes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The cleaned text: the paragraphs with an empty line between."""
        return BREAK.join(paragraph.text for paragraph in self.paragraphs)


def read_article(path: Path | str) -> Article:
    """An article from a file of HTML or text. Raises `ArticleError`.

    Reads the first 20 MB; refuses what is no text and pages nested deeper than 2,000 elements.
    """
    path = Path(path)
    try:
        if path.is_dir():
            raise ArticleError(f"{path} is a folder; give a file of HTML or text")
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise ArticleError(f"{path} cannot be read ({error.strerror}); give a file of HTML or text") from None
    notes = []
    if len(data) > LARGEST:
        data = data[:LARGEST]
        notes.append(f"cut at {LARGEST:,} bytes")
    for signature, what in SIGNATURES.items():
        if data.startswith(signature):
            raise ArticleError(f"{path} is {what}, not HTML or text; save the article as one of these")
    message = read_message(data)
    if message is not None:
        article = clean(message.text, html=message.html, notes=(*notes, *message.notes))
        return replace(article, title=message.title or article.title, date=article.date or message.date)
    text, how = decode(data)
    notes += how
    suffix = path.suffix.lower()
    if suffix in (".md", ".markdown"):
        return clean(unmarked(text), html=False, notes=notes)
    return clean(text, html=True if suffix in (".html", ".htm", ".xhtml") else None, notes=notes)


def decode(data: bytes) -> tuple[str, list[str]]:
    """Bytes to text: as UTF-8, as the page says, or as Windows-1252; and what had to be done."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace"), []
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        # A cut may fall inside a character.
        if error.start >= len(data) - 4:
            return data.decode("utf-8-sig", "ignore"), []
    named = re.search(rb"charset\s*=\s*[\"']?([A-Za-z0-9_-]{2,40})", data[:4096])
    encoding = named[1].decode("ascii") if named else "cp1252"
    try:
        return data.decode(encoding, "replace"), [f"not UTF-8: read as {encoding}"]
    except LookupError:
        return data.decode("cp1252", "replace"), ["not UTF-8: read as cp1252"]


def clean(text: str, *, html: bool | None = None, notes: Iterable[str] = ()) -> Article:
    """Text (of a page where `html`, which is guessed by default) to an article. Raises `ArticleError`."""
    remarks = list(notes)
    text = BROKEN.sub("", text)
    named, day, text = front_matter(text)
    text, control_count = CONTROL.subn("", text)
    if control_count:
        remarks.append(f"{control_count:,} control or invisible characters taken out")
    if html is None:
        html = PAGE.match(text[:20_000]) is not None or len(PARAGRAPH.findall(text[:200_000])) > 2
    title, date = named, day
    lines: Iterable[tuple[int, str]]
    if html:
        title, date, blocks = page(text, remarks)
        lines = ((0, block) for block in blocks)
    else:
        raw_lines = list(enumerate(re.split(r"\r\n|[\n\r\f\x85\u2028\u2029]", text), start=1))
        sample = [line for _, line in raw_lines[:SAMPLE]]
        lines = raw_lines
        if in_columns(sample):
            remarks.append(
                "the text seems to stand in columns, side by side; have it made again in the order of reading"
            )
        elif is_wrapped(sample):
            lines = joined(raw_lines)
            remarks.append("lines that were broken to a width are joined to paragraphs")
    body: list[tuple[int, str]] = []
    removed = size = 0
    for number, raw in lines:
        line = BULLET.sub("", " ".join(raw.split()))
        if not line:
            continue
        # In a page, a word or two in a block of its own are a button or a label.
        if is_residue(line) or (html and is_colophon(line)):
            removed += 1
            continue
        if len(body) > MOST or size > ALL:
            remarks.append(f"cut at {MOST:,} paragraphs or {ALL:,} characters")
            body.pop()
            break
        if len(line) > LONGEST:
            remarks.append(f"a paragraph cut at {LONGEST:,} of {len(line):,} characters")
            line = line[:LONGEST]
        size += len(line)
        body.append((number, line))
    if not html:
        headline, body = _headline(body) if not title else ("", body)
        title = title or headline
        if date is None and (printed := _date_line(body)) is not None:
            number, date = printed
            remarks.append(f"its day, {date}, is taken from line {number}; --date says another")
    if body and title and body[0][1].casefold() == title.casefold():
        body = body[1:]
    for _ in range(FOOTER):
        if len(body) > 1 and is_colophon(body[-1][1]):
            body.pop()
            removed += 1
    if not body:
        raise ArticleError("no paragraph is left once markup, style sheets and scripts are taken out")
    words = " ".join(line for _, line in body[:50]).lower().split()
    if sum(word in FUNCTION_WORDS for word in words) < 0.15 * len(words):
        remarks.append("few of its words are English, and the rules read nothing else")
    paragraphs: list[Paragraph] = []
    at = 0
    for count, (number, line) in enumerate(body, start=1):
        paragraphs.append(Paragraph(count, at, number, line))
        at += len(line) + len(BREAK)
    return Article(title, date, tuple(paragraphs), removed, tuple(remarks))


def _date_line(lines: list[tuple[int, str]]) -> tuple[int, datetime.date] | None:
    """Line and day of the first line near the top that says but when a text was written."""
    for number, line in lines[:BYLINES]:
        if day := day_of_line(line):
            return number, day
    return None


def day_of_line(line: str) -> datetime.date | None:
    """The day of a line that is a date and at most a name, a word such as Published, and a time; None for others."""
    days = [when for when in find_dates(line) if when.kind == "day" and when.first and when.first.year >= 1500]
    if len(days) == 1 and AROUND_DAY.fullmatch(f"{line[: days[0].start]}\0{line[days[0].end :]}"):
        return days[0].first
    return None


def _headline(lines: list[tuple[int, str]]) -> tuple[str, list[tuple[int, str]]]:
    """The title of a text, which is a short first line that ends like none and stands alone, and the rest."""
    if len(lines) < 2:
        return "", lines
    (number, line), (after, _) = lines[:2]
    if len(line) > 200 or ENDED.search(line.rstrip("?!")):
        return "", lines
    return (line, lines[1:]) if after > number + 1 or len(line.split()) <= 14 else ("", lines)
