"""A CSV file to typed rows, with the line that each came from and every problem on the way."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from polemos.scenario.attributes import TABLES, attributes
from polemos.scenario.errors import Problem, nearest, quoted
from polemos.scenario.parse_values import BadCell, Known, value

LARGEST = 200_000_000
"""Bytes of the largest file that is read."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one file as values by column, and the line in the file of each.

    `whole` is False where a row could not be read; `ids` are those of the rows, the unreadable ones too.
    """

    file: str
    rows: tuple[dict[str, Any], ...] = ()
    lines: tuple[int, ...] = ()
    whole: bool = True
    ids: frozenset[str] | None = None

    def __iter__(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Line and row, in the order of the file."""
        return iter(zip(self.lines, self.rows, strict=True))

    def __len__(self) -> int:
        return len(self.rows)


def content(path: Path, largest: int = LARGEST) -> tuple[str, str, list[Problem]]:
    """Text of a UTF-8 file, its SHA-256, and what is wrong with it as a file."""
    file = path.name

    def wrong(what: str, mend: str, line: int = 0) -> tuple[str, str, list[Problem]]:
        return "", "", [Problem(file, line, "", what, mend)]

    try:
        if not path.is_file():
            return wrong("missing file" if not path.exists() else "not a file", "add it to the folder of the scenario")
        size = path.stat().st_size
        if size > largest:
            return wrong(f"{size:,} bytes, more than the {largest:,} that are read", "split or thin it")
        data = path.read_bytes()
    except OSError as error:
        return wrong(f"cannot be read ({error.strerror})", "give yourself leave to read it")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return wrong(f"not UTF-8 (byte {data[error.start]:#04x})", "save it as UTF-8", line)
    if not text.strip():
        mend = "write its first line: " + ",".join(attributes(file)) if file in TABLES else "fill it in or delete it"
        return wrong("empty file", mend)
    return text, hashlib.sha256(data).hexdigest(), []


def records(text: str, file: str) -> tuple[list[tuple[int, list[str]]], list[Problem]]:
    """Rows of cells with the line that each starts on; blank lines are left out."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for row in reader:
            if row and (len(row) > 1 or row[0].strip()):
                rows.append((line, row))
            line = reader.line_num + 1
    except csv.Error as error:
        return rows, [Problem(file, line, "", f"not CSV ({error})", "look for a quotation mark that is not closed")]
    return rows, []


def columns(names: list[str], file: str, line: int) -> list[Problem]:
    """Unknown, doubled and missing columns."""
    by_name = attributes(file)
    if len(names) == 1 and (";" in names[0] or "\t" in names[0]):
        return [Problem(file, line, "", "columns are not separated by commas", "save it as CSV with commas")]
    problems = [
        Problem(file, line, name[:40], f"unknown column {quoted(name)}", nearest(name, by_name))
        for name in names
        if name not in by_name
    ]
    problems += [
        Problem(file, line, name, "column given twice", "delete one of them")
        for name in dict.fromkeys(names)
        if name in by_name and names.count(name) > 1
    ]
    problems += [
        Problem(file, line, name, "missing column", f"add it: {row.description}")
        for name, row in by_name.items()
        if row.required and name not in names
    ]
    return problems


def read_table(text: str, file: str, known_ids: Known) -> tuple[Table, list[Problem]]:
    """Typed rows of a table. A row with a bad cell is left out, and reported."""
    cells, problems = records(text, file)
    if not cells:
        return Table(file, whole=False), problems
    line, first = cells[0]
    names = [name.strip() for name in first]
    wrong = columns(names, file, line)
    if wrong:
        return Table(file, whole=False), problems + wrong
    by_name = attributes(file)
    absent = {name: value("", row, known_ids) for name, row in by_name.items() if name not in names}
    rows, lines, ids = [], [], set()
    for line, row in cells[1:]:
        if len(row) != len(names):
            mend = "quote a cell that has a comma in it" if len(row) > len(names) else "add the missing commas"
            problems.append(Problem(file, line, "", f"{len(row)} cells for {len(names)} columns", mend))
            continue
        read = dict(absent)
        for name, cell in zip(names, row, strict=True):
            try:
                read[name] = value(cell, by_name[name], known_ids)
            except BadCell as bad:
                problems.append(Problem(file, line, name, bad.what, bad.mend))
        ids.add(read.get("id", ""))
        if len(read) == len(by_name):
            rows.append(read)
            lines.append(line)
    return Table(file, tuple(rows), tuple(lines), not problems, frozenset(ids - {""})), problems
