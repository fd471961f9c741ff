"""The cells of a table in a file: CSV under any separator and encoding, a sheet of Excel, Stata, JSON, or Parquet.

What programs leave in such files is taken away: byte order marks, `sep=` lines, cells at the end of rows that are
empty in every row, the name that R leaves out above its row names, and what people write above a table. How the file
was read is said where it was guessed.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from polemos.readers import typed_tables
from polemos.readers.encodings import decode
from polemos.readers.typed_tables import text_of_cell
from polemos.scenario.errors import Problem, ScenarioError
from polemos.scenario.tables import LARGEST

SEPARATORS = ",;\t|"
SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".parquet", ".dta")
TITLES = 20
"""Rows above a header in which people write what the table is (convention [?])."""
SMALL = 20_000_000
"""Bytes of a workbook, unpacked, up to which its merged cells are looked for."""
Header = Callable[[list[str]], bool]
"""Whether a row is the header of the table that is wanted."""
SEP_LINE = re.compile(r'"?sep=(.)"?\s*$', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows of cells with the line (or the row of the sheet) that each starts on; the first is the header."""

    file: str
    rows: tuple[tuple[int, list[str]], ...]
    separator: str = ","
    notes: tuple[str, ...] = ()


def read_sheet(path: Path, encoding: str = "", title: str = "", header: Header | None = None) -> Sheet:
    """The cells of a file; of a workbook those of the sheet called `title`, else of the first. Raises `ScenarioError`.

    `encoding` is that of a text which does not say it itself. `header` finds the header below the title of a table.
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
            return _excel(path, title, header)
        if kind in typed_tables.SUFFIXES:
            return _tidy(path.name, typed_tables.typed_rows(path), "", (), header)
        if kind == ".zip":
            data = _unzipped(path)
        else:
            data = gzip.decompress(path.read_bytes()) if kind == ".gz" else path.read_bytes()
    except FileNotFoundError:
        raise _wrong(path, "no such file", "look where it lies") from None
    # A zip file with a password, or packed in a way that is not known, is a RuntimeError.
    except (OSError, EOFError, zipfile.BadZipFile, RuntimeError) as error:
        what = f"cannot be read ({getattr(error, 'strerror', None) or error})"
        raise _wrong(path, what, "give a file that you can read") from None
    text, note = decode(data, path.name, encoding)
    if not text.strip():
        raise _wrong(path, "empty file", "give a table with a header and rows")
    return _csv(text, path, (note,) if note else (), header)


def _unzipped(path: Path) -> bytes:
    """The bytes of the only table in a zip file. Raises `ScenarioError`."""
    with zipfile.ZipFile(path) as archive:
        tables = [one for one in archive.infolist() if Path(one.filename).suffix.lower() in (".csv", ".tsv", ".txt")]
        tables = [one for one in tables if "__MACOSX" not in one.filename]
        if len(tables) != 1 or tables[0].file_size > LARGEST:
            what = f"{len(tables)} tables inside" if len(tables) != 1 else f"more than {LARGEST:,} bytes unpacked"
            raise _wrong(path, what, "give a zip file with one .csv, or the .csv itself")
        return archive.read(tables[0])


def _csv(text: str, path: Path, notes: tuple[str, ...], header: Header | None) -> Sheet:
    head, _, rest = text.partition("\n")
    skipped = 0
    separator_line = SEP_LINE.match(head)
    if separator_line:
        text, skipped, separator = rest, 1, separator_line[1]
    else:
        separator = _separator(head)
        if header is not None and not header(_cells(head, separator)):
            # A title stands above the table: its lines may have any sign in them.
            lines = text.split("\n", TITLES)[:TITLES]
            lower = next((line for line in lines if header(_cells(line, _separator(line)))), head)
            separator = _separator(lower)
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
    return _tidy(path.name, rows, separator, notes, header)


def _separator(line: str) -> str:
    """The sign that separates most cells; what stands in quotation marks separates nothing."""
    bare = re.sub(r'"[^"]*"', "", line)
    return max(SEPARATORS, key=bare.count)


def _cells(line: str, separator: str) -> list[str]:
    return [cell.strip().strip('"') for cell in line.split(separator)]


def not_csv(file: str, line: int, error: csv.Error) -> Problem:
    """What the reader of CSV stopped at."""
    what = "a cell of more than 131,072 characters" if "field limit" in str(error) else f"not CSV ({error})"
    return Problem(file, line, "", what, "look for a quotation mark that is not closed")


def _excel(path: Path, title: str, header: Header | None) -> Sheet:
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
        book = openpyxl.load_workbook(path, read_only=size > SMALL, data_only=True)
        titles = [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"]
        chosen = next((one for one in titles if one.strip().lower() == title.lower()), titles[0])
        table = book[chosen]
        filled = _merged(table) if size <= SMALL else {}
        rows = []
        for number, row in enumerate(table.iter_rows(values_only=True), 1):
            values = [filled.get((number, at), cell) for at, cell in enumerate(row, 1)] if filled else row
            if any(cell is not None and str(cell).strip() for cell in values):
                rows.append((number, [text_of_cell(cell) for cell in values]))
        book.close()
    except ScenarioError:
        raise
    # A damaged workbook ends in any of a dozen errors of openpyxl, zipfile and the parser of XML.
    except Exception as error:
        raise _wrong(path, f"not a workbook that can be read ({str(error)[:80]})", "save it as .xlsx again") from None
    others = [one for one in titles if one != chosen]
    notes = [f"the sheet {chosen!r} of {path.name} is read; not read: {', '.join(others[:8])}"] if others else []
    if filled:
        notes.append(f"merged cells of {path.name} stand for one value each, which every row of theirs has")
    return _tidy(path.name, rows, "", tuple(notes), header)


def _merged(table: Any) -> dict[tuple[int, int], Any]:
    """The value of every cell, by row and column from 1, that is merged with one in a row above it."""
    return {
        (row, column): table.cell(area.min_row, area.min_col).value
        for area in table.merged_cells.ranges
        for row in range(area.min_row + 1, area.max_row + 1)
        for column in range(area.min_col, area.max_col + 1)
    }


def _tidy(
    file: str,
    rows: Iterable[tuple[int, list[str]]],
    separator: str,
    notes: tuple[str, ...],
    header: Header | None,
) -> Sheet:
    """Rows from the header on, without the empty cells at their ends, with a name for the column that R leaves out."""
    table = list(rows)
    if not table:
        raise ScenarioError([Problem(file, 0, "", "empty file", "give a table with a header and rows")])
    above = 0
    if header is not None:
        above = next((at for at, (_, row) in enumerate(table[:TITLES]) if header(row)), 0)
    if above:
        notes = (*notes, f"what stands above line {table[above][0]} of {file} is read as a title: {above} rows")
        table = table[above:]
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
