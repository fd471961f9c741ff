"""Merges imported rows with the rows of a scenario: rows of the same thing are replaced, and so are guesses.

Each line of the text that is made knows where it came from, so that an error names the user's own file and line.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from polemos.readers.import_log import Account
from polemos.scenario.errors import Problem
from polemos.scenario.load import Scenario
from polemos.scenario.scaffold import csv_text
from polemos.scenario.tables import content, records
from polemos.scenario.vocabulary import GUESSED

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table and where it stands: the file and the line."""

    file: str
    line: int
    row: Row


@dataclass(frozen=True, slots=True)
class Table:
    """Text of a table of the scenario, and the file and line that each of its lines came from."""

    text: str
    origins: Mapping[int, tuple[str, int]]


def _pair(row: Row) -> tuple[str, ...]:
    return tuple(sorted((str(row["a"]), str(row["b"]))))


def _cells(*names: str) -> Callable[[Row], tuple[str, ...]]:
    return lambda row: tuple(str(row.get(name) or "") for name in names)


SAME: Mapping[str, tuple[str, Callable[[Row], tuple[str, ...]]]] = {
    "control.csv": ("place", _cells("place")),
    "links.csv": ("road", _pair),
    "strengths.csv": ("estimate", _cells("actor", "measure", "date", "source")),
    "support.csv": ("support", _cells("patron", "client", "kind", "start")),
    "relations.csv": ("pair", _pair),
    "roles.csv": ("role", _cells("node", "organisation", "role", "start")),
    "claims_leaders.csv": ("item of an organisation", _cells("organisation", "item")),
    "borders.csv": ("organisation", _cells("organisation")),
}
"""What rows of a table are of, and what tells two such things apart: rows of an import replace those of the same."""


def added(scenario: Scenario, file: str, new: Sequence[Line], account: Account) -> Table:
    """A table of the scenario with the rows of an import; the account says what stays and what is replaced."""
    what, same = SAME[file]
    ours = {same(one.row) for one in new}
    ends = {end for one in new for end in _pair(one.row)} if same is _pair else set()
    old = _standing(scenario, file)
    stay = [one for one in old if same(one.row) not in ours]
    guesses = [one for one in stay if _guessed(one.row) and ends.issuperset(_pair(one.row))] if ends else []
    stay = [one for one in stay if one not in guesses]
    if stay:
        account.notes.append(f"{file}: {len(new):,} rows are added to {len(stay):,} that stay")
    if len(stay) + len(guesses) < len(old):
        removed = len(old) - len(stay) - len(guesses)
        account.notes.append(f"{file}: {removed:,} rows are replaced by those of the same {what}")
    if guesses:
        account.notes.append(f"{file}: {len(guesses):,} guessed rows make way, as both ends are in the import")
    lines = [*stay, *new]
    if file == "control.csv":
        rank = {place["id"]: row for row, place in enumerate(scenario.tables["places.csv"].rows)}
        lines.sort(key=lambda one: (rank.get(one.row["place"], 0), str(one.row["start"])))
    return _written(file, lines)


def at_home(problems: Iterable[Problem], tables: Mapping[str, Table]) -> list[Problem]:
    """Problems under the names of the user's own files, with the lines there."""
    moved = []
    for problem in problems:
        origins = tables[problem.file].origins if problem.file in tables else {}
        file, line = origins.get(problem.line, (problem.file, problem.line))
        moved.append(replace(problem, file=file, line=line))
    return moved


def _guessed(row: Row) -> bool:
    return str(row.get("kind", "")).startswith(f"{GUESSED}_") or row.get("source") == GUESSED


def _standing(scenario: Scenario, file: str) -> list[Line]:
    """The rows that a scenario has, as they are written."""
    text, _, problems = content(scenario.path / file)
    cells, _ = records(text, file)
    if problems or not cells:
        return []
    heads = [head.strip() for head in cells[0][1]]
    return [Line(file, line, dict(zip(heads, row, strict=True))) for line, row in cells[1:]]


def _written(file: str, lines: Sequence[Line]) -> Table:
    text = csv_text(file, (dict(one.row) for one in lines))
    reader = csv.reader(io.StringIO(text, newline=""))
    starts, at = [], 1
    for _ in reader:
        starts.append(at)
        at = reader.line_num + 1
    origins = {start: (one.file, one.line) for start, one in zip(starts[1:], lines, strict=True)}
    return Table(text, origins)
