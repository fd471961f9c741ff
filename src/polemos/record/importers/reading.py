"""Tables as people have them: commas, semicolons or tabs, columns under the names that are in use."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from polemos.scenario.cells import CONTROL
from polemos.scenario.problems import Problem, ScenarioError
from polemos.scenario.tables import content

SEPARATORS = ",;\t"
Names = Mapping[str, tuple[str, ...]]
"""Our name of a column to the names that people give it, ours first."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a table by our names of the columns, with the line of each; `unused` are the columns nobody reads."""

    file: str
    lines: tuple[int, ...]
    rows: tuple[dict[str, str], ...]
    unused: tuple[str, ...]

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


def read_rows(path: Path, names: Names, needed: tuple[str, ...]) -> Rows:
    """The rows of a table whose columns may go by any of `names`. Raises `ScenarioError` with all that is wrong."""
    text = text_of(path)
    head = text.split("\n", 1)[0]
    separator = max(SEPARATORS, key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    problems: list[Problem] = []
    lines, rows = [], []
    found: dict[str, int] = {}
    width, line = 0, 1
    heads: list[str] = []
    try:
        for row in reader:
            at, line = line, reader.line_num + 1
            if not any(cell.strip() for cell in row):
                continue
            if not heads:
                heads, width = [plain(name) for name in row], len(row)
                found = columns(heads, names)
                lacking = [name for name in needed if name not in found]
                problems += [_lacking(path.name, at, name, names, separator, row) for name in lacking]
                if lacking:
                    break
                continue
            if len(row) != width:
                mend = (
                    "quote a cell with a separator in it" if len(row) > width else "the row is cut short: complete it"
                )
                problems.append(Problem(path.name, at, "", f"{len(row)} cells for {width} columns", mend))
                continue
            rows.append({name: clean(row[place]) for name, place in found.items()})
            lines.append(at)
    except csv.Error as error:
        problems.append(not_csv(path.name, line, error))
    if not problems and not rows:
        problems.append(Problem(path.name, 0, "", "no rows", "give a table with a header and rows"))
    if problems:
        raise ScenarioError(problems)
    unused = tuple(name for place, name in enumerate(heads) if place not in found.values())
    return Rows(path.name, tuple(lines), tuple(rows), unused)


def not_csv(file: str, line: int, error: csv.Error) -> Problem:
    """What the reader of CSV stopped at."""
    what = "a cell of more than 131,072 characters" if "field limit" in str(error) else f"not CSV ({error})"
    return Problem(file, line, "", what, "look for a quotation mark that is not closed")


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
    """A short name out of any name: ASCII letters and digits, accents taken off; empty where nothing is left."""
    text = re.sub(r"\([^)]*\)", " ", text)
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower().replace("'", "")
    return re.sub(r"[^a-z0-9]+", joint, bare).strip(joint)[:48].strip(joint)


def unique(wanted: str, taken: set[str], instead: str) -> str:
    """A name that is not taken, which it then is."""
    base = wanted or instead
    name, number = base, 2
    while name in taken:
        name, number = f"{base}-{number}", number + 1
    taken.add(name)
    return name


def _lacking(file: str, line: int, name: str, names: Names, separator: str, row: list[str]) -> Problem:
    if len(row) == 1:
        return Problem(file, line, name, "columns are not separated", "save it as CSV with commas")
    return Problem(file, line, name, "missing column", f"name one of its columns {' or '.join(names[name][:4])}")
