"""The cells of a table in a file: CSV under any separator and encoding, a sheet of Excel, or Parquet.

What programs leave in such files is taken away: byte order marks, `sep=` lines, cells at the end of rows that are
empty in every row, the name that R leaves out above its row names. How the file was read is said where it was guessed.
"""

from __future__ import annotations

import csv
import datetime
import gzip
import io
import math
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from polemos.readers.encodings import decode
from polemos.scenario.errors import Problem, ScenarioError
from polemos.scenario.optional_packages import need
from polemos.scenario.tables import LARGEST

SEPARATORS = ",;\t|"
SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".parquet")
MISSING = "NA"
"""What a cell of Parquet without a value reads as, like those that programs write so into CSV."""
SEP_LINE = re.compile(r'"?sep=(.)"?\s*$', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows of cells with the line (or the row of the sheet) that each starts on; the first is the header."""

    file: str
    rows: tuple[tuple[int, list[str]], ...]
    separator: str = ","
    notes: tuple[str, ...] = ()


def read_sheet(path: Path, encoding: str = "", title: str = "") -> Sheet:
    """The cells of a file; of a workbook those of the sheet called `title`, else of the first. Raises `ScenarioError`.

    `encoding` is that of a text which does not say it itself.
    """
    kind = path.suffix.lower()
    if kind in (".xls", ".xlsb", ".ods"):
        raise _wrong(path, f"a workbook of the kind {kind}", "save it as .xlsx or .csv")
    try:
        size = path.stat().st_size
        if not path.is_file() or size > LARGEST:
            what = f"{size:,} bytes, more than the {LARGEST:,} that are read" if path.is_file() else "not a file"
            raise _wrong(path, what, "split or thin it" if path.is_file() else "name a table")
        if kind in (".xlsx", ".xlsm"):
            return _excel(path, title)
        if kind == ".parquet":
            return _parquet(path)
        data = gzip.decompress(path.read_bytes()) if kind == ".gz" else path.read_bytes()
    except FileNotFoundError:
        raise _wrong(path, "no such file", "look where it lies") from None
    except (OSError, EOFError) as error:
        what = f"cannot be read ({getattr(error, 'strerror', None) or error})"
        raise _wrong(path, what, "give a file that you can read") from None
    text, note = decode(data, path.name, encoding)
    if not text.strip():
        raise _wrong(path, "empty file", "give a table with a header and rows")
    return _csv(text, path, (note,) if note else ())


def _csv(text: str, path: Path, notes: tuple[str, ...]) -> Sheet:
    head, _, rest = text.partition("\n")
    skipped = 0
    separator_line = SEP_LINE.match(head)
    if separator_line:
        text, skipped, separator = rest, 1, separator_line[1]
    else:
        # What stands in quotation marks separates nothing.
        bare = re.sub(r'"[^"]*"', "", head)
        separator = max(SEPARATORS, key=bare.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True, skipinitialspace=True)
    rows: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for row in reader:
            at, line = line + skipped, reader.line_num + 1
            if any(cell.strip() for cell in row):
                rows.append((at, row))
    except csv.Error as error:
        raise ScenarioError([not_csv(path.name, line + skipped, error)]) from None
    return _tidy(path.name, rows, separator, notes)


def not_csv(file: str, line: int, error: csv.Error) -> Problem:
    """What the reader of CSV stopped at."""
    what = "a cell of more than 131,072 characters" if "field limit" in str(error) else f"not CSV ({error})"
    return Problem(file, line, "", what, "look for a quotation mark that is not closed")


def _excel(path: Path, title: str) -> Sheet:
    """A sheet of a workbook; formulas by the values that they had when it was saved."""
    try:
        import openpyxl
    except ImportError:
        mend = 'install it: pip install "polemos[excel]"; or save the sheet as .csv'
        raise _wrong(path, "reading a workbook needs openpyxl, which is not installed", mend) from None
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(part.file_size for part in archive.infolist())
        if size > LARGEST:
            raise _wrong(path, f"{size:,} bytes unpacked, more than the {LARGEST:,} that are read", "split it")
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        titles = [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"]
        chosen = next((one for one in titles if one.strip().lower() == title.lower()), titles[0])
        rows = [
            (number, [_text(cell) for cell in row])
            for number, row in enumerate(book[chosen].iter_rows(values_only=True), 1)
            if any(cell is not None and str(cell).strip() for cell in row)
        ]
        book.close()
    except ScenarioError:
        raise
    # A damaged workbook ends in any of a dozen errors of openpyxl, zipfile and the parser of XML.
    except Exception as error:
        raise _wrong(path, f"not a workbook that can be read ({str(error)[:80]})", "save it as .xlsx again") from None
    others = [one for one in titles if one != chosen]
    note = f"the sheet {chosen!r} of {path.name} is read; not read: {', '.join(others[:8])}"
    return _tidy(path.name, rows, "", (note,) if others else ())


def _parquet(path: Path) -> Sheet:
    need("tables")
    import pyarrow as pa
    from pyarrow import parquet

    try:
        table = parquet.read_table(path)
    except (pa.ArrowException, OSError) as error:
        raise _wrong(path, f"not Parquet that can be read ({str(error)[:80]})", "write it again") from None
    names = [name for name in table.column_names if not name.startswith("__index_level_")]
    columns = [[_text(cell, MISSING) for cell in table[name].to_pylist()] for name in names]
    body = enumerate(map(list, zip(*columns, strict=True)), 2)
    return _tidy(path.name, [(1, names), *body], "", ())


def _text(cell: Any, missing: str = "") -> str:
    """A typed cell as a text that is read like one of CSV."""
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return missing
    if isinstance(cell, bool):
        return str(int(cell))
    if isinstance(cell, datetime.datetime):
        return cell.isoformat(" ") if cell.time() != datetime.time() or cell.tzinfo else cell.date().isoformat()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell)


def _tidy(file: str, rows: Iterable[tuple[int, list[str]]], separator: str, notes: tuple[str, ...]) -> Sheet:
    """Rows without the empty cells at their ends, and with a name for the column that R leaves without one."""
    table = list(rows)
    if not table:
        raise ScenarioError([Problem(file, 0, "", "empty file", "give a table with a header and rows")])
    head = table[0][1]
    while len(head) > 1 and not head[-1].strip():
        head = head[:-1]
    width = len(head)
    if not separator:
        table = [(line, row + [""] * (width - len(row))) for line, row in table]
    body = [(line, row[:width] if not any(cell.strip() for cell in row[width:]) else row) for line, row in table[1:]]
    if body and all(len(row) == width + 1 for _, row in body):
        head = ["", *head]
    return Sheet(file, ((table[0][0], head), *body), separator, notes)


def _wrong(path: Path, what: str, mend: str) -> ScenarioError:
    return ScenarioError([Problem(path.name, 0, "", what, mend)])
