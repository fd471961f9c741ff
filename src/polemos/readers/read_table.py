"""Reads a user's table into rows keyed by the column names of polemos, whatever usual name each column has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from polemos.readers.latin import latin
from polemos.readers.read_sheet import TITLES, Sheet, read_sheet
from polemos.scenario.errors import Problem, ScenarioError
from polemos.scenario.parse_values import CONTROL
from polemos.scenario.tables import content

DECIMAL = re.compile(r"[+-]?\d+([.,])(?:\d{1,2}|\d{4,})", re.ASCII)
Names = Mapping[str, tuple[str, ...]]
"""Our name of a column to the names that people give it, ours first."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a table by our names of the columns, with the line of each; `unused` are the columns nobody reads.

    `titles` are the file's own names of the columns, `notes` say how it was read. `decimals` is the sign before
    decimals, "" where the file does not show it.
    """

    file: str
    lines: tuple[int, ...]
    rows: tuple[dict[str, str], ...]
    unused: tuple[str, ...]
    titles: Mapping[str, str]
    notes: tuple[str, ...] = ()
    decimals: str = ""

    def __iter__(self) -> Iterator[tuple[int, dict[str, str]]]:
        return iter(zip(self.lines, self.rows, strict=True))


def text_of(path: Path) -> str:
    """The text of a UTF-8 file, with or without a byte order mark. Raises `ScenarioError`."""
    if not path.exists():
        raise ScenarioError([Problem(path.name, 0, "", "no such file", "look where it lies")])
    text, _, problems = content(path)
    if problems:
        raise ScenarioError(problems)
    return text


def read_rows(path: Path, names: Names, needed: tuple[str, ...], encoding: str = "", title: str = "") -> Rows:
    """The rows of a table whose columns may go by any of `names`. Raises `ScenarioError` with all that is wrong."""

    def header(cells: list[str]) -> bool:
        return set(needed) <= columns([plain(cell) for cell in cells], names).keys()

    return rows_of(read_sheet(path, encoding, title, header), names, needed)


def rows_of(sheet: Sheet, names: Names, needed: tuple[str, ...]) -> Rows:
    """The rows of a sheet; see `read_rows`."""
    (_, head), *body = sheet.rows
    heads = [plain(name) for name in head]
    places = columns(heads, names)
    lacking = [name for name in needed if name not in places]
    problems = _lacking(sheet, lacking, names) if lacking else []
    lines, rows = [], []
    for line, row in body if not lacking else ():
        if len(row) != len(heads):
            long = len(row) > len(heads)
            mend = "quote a cell with a separator in it" if long else "the row is cut short: complete it"
            problems.append(Problem(sheet.file, line, "", f"{len(row)} cells for {len(heads)} columns", mend))
            continue
        rows.append({name: clean(row[place]) for name, place in places.items()})
        lines.append(line)
    if not problems and not rows:
        problems.append(Problem(sheet.file, 0, "", "no rows", "give a table with a header and rows"))
    if problems:
        raise ScenarioError(problems)
    unused = tuple(name for place, name in enumerate(heads) if name and place not in places.values())
    titles = {name: clean(head[place], 60) for name, place in places.items()}
    return Rows(sheet.file, tuple(lines), tuple(rows), unused, titles, sheet.notes, decimals_of(rows))


def decimals_of(rows: Iterable[Mapping[str, str]]) -> str:
    """The sign before decimals, by the numbers that show it: not three figures after it, and no other sign."""
    signs = {match[1] for row in rows for cell in row.values() if (match := DECIMAL.fullmatch(cell))}
    return signs.pop() if len(signs) == 1 else ""


def columns(heads: list[str], names: Names) -> dict[str, int]:
    """Position of each of our columns in a header: the first of its names that is there."""
    places = {head: place for place, head in reversed(list(enumerate(heads)))}
    return {
        ours: next(places[name] for name in theirs if name in places)
        for ours, theirs in names.items()
        if any(name in places for name in theirs)
    }


def plain(name: str) -> str:
    """A column's name as it is compared: small, words joined by _."""
    return re.sub(r"[^\w]+", "_", name.strip().lstrip("#").lower()).strip("_")


def clean(text: str, longest: int = 5000) -> str:
    """A cell without control characters, its white space made one, cut to what a scenario may hold."""
    return " ".join(CONTROL.sub("", text).split())[:longest]


def slug(text: str, joint: str = "-") -> str:
    """A short name out of any name in any alphabet: ASCII letters and digits; empty where nothing is left."""
    bare = latin(re.sub(r"\([^)]*\)", " ", text)).replace("'", "")
    return re.sub(r"[^a-z0-9]+", joint, bare).strip(joint)[:48].strip(joint)


def unique(wanted: str, names: set[str], instead: str) -> str:
    """A name that is not taken, which it then is."""
    base = wanted or instead
    name, number = base, 2
    while name in names:
        name, number = f"{base}-{number}", number + 1
    names.add(name)
    return name


def _lacking(sheet: Sheet, lacking: list[str], names: Names) -> list[Problem]:
    """What is said of a table without some columns; the first row with the most cells is taken for its header."""
    line, head = max(sheet.rows[:TITLES], key=lambda row: sum(bool(cell.strip()) for cell in row[1]))
    shown = [clean(cell, 30) for cell in head if cell.strip()]
    if len(shown) == 1 and re.search(r"\S  +\S", head[0]):
        return [Problem(sheet.file, line, "", "columns are not separated", "save it as CSV with commas")]
    listed = ", ".join(shown[:12]) + (" and more" if len(shown) > 12 else "")
    ours = columns([plain(cell) for cell in head], names)
    return [
        Problem(
            *(sheet.file, line, name, f"missing column; its columns are {listed}"),
            f"call one of them {' or '.join(names[name][:4])}, or add it",
        )
        for name in lacking
        if name not in ours
    ]
