"""Reads a table of UCDP GED as CSV in UTF-8 from a plain file, a zip or a workbook, in any encoding.

A text in UTF-8 is read in a stream; what has to be turned into it is read whole. Parquet has a reader of its own.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from polemos.scenario.errors import Problem, ScenarioError

if TYPE_CHECKING:
    import pyarrow as pa

WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".json", ".dta")
BLOCK = 1 << 22


def whole(path: Path, what: str, mend: str) -> ScenarioError:
    """An error of a file as a whole."""
    return ScenarioError([Problem(path.name, 0, "", what, mend)])


def opened(path: Path, encoding: str = "", notes: list[str] | None = None) -> Any:
    """A stream of the table as CSV in UTF-8; the caller closes it.

    `notes` is told how the file was read where that was guessed; without it nothing is guessed, and what is not UTF-8
    fails where it is read. Raises `ScenarioError`.
    """
    if path.suffix.lower() in WORKBOOKS:
        return _workbook(path, notes)
    if not encoding and (notes is None or _is_utf8(path)):
        stream = _unpacked(path)
        if stream.peek(2)[:2] not in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return stream
        encoding = "utf-16"
        stream.close()
    from polemos.readers.encodings import decode

    with _unpacked(path) as stream:
        text, note = decode(stream.read(), path.name, encoding)
    if note and notes is not None and note not in notes:
        notes.append(note)
    return io.BytesIO(text.encode())


def parquet_batches(path: Path, names: list[str]) -> Iterator[pa.RecordBatch]:
    """The columns of those names as text, a few thousand rows at a time."""
    import pyarrow as pa
    from pyarrow import parquet

    text = pa.schema([(name, pa.string()) for name in names])
    with parquet.ParquetFile(path) as file:
        for batch in file.iter_batches(columns=names):
            columns = [batch[name].cast(pa.string()).fill_null("") for name in names]
            yield pa.RecordBatch.from_arrays(columns, schema=text)


def parquet_names(path: Path) -> list[str]:
    """The names of the columns of a Parquet file."""
    from pyarrow import parquet

    return list(parquet.read_schema(path).names)


def _unpacked(path: Path) -> Any:
    """The bytes of the table: plain, gzipped, or the only .csv of a zip file."""
    if path.suffix == ".gz":
        import gzip

        return io.BufferedReader(gzip.open(path))
    if path.suffix == ".zip":
        import zipfile

        archive = zipfile.ZipFile(path)
        inside = [name for name in archive.namelist() if name.lower().endswith(".csv")]
        if len(inside) != 1:
            raise whole(path, f"{len(inside)} tables inside", "give a zip file with one .csv, or the .csv itself")
        return io.BufferedReader(archive.open(inside[0]))
    return path.open("rb")


def _is_utf8(path: Path) -> bool:
    """Whether all of a table is UTF-8, read in a stream."""
    reader = codecs.getincrementaldecoder("utf-8")()
    with _unpacked(path) as stream:
        try:
            while block := stream.read(BLOCK):
                if b"\0" in block:
                    return False
                reader.decode(block)
            reader.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _workbook(path: Path, notes: list[str] | None) -> io.BytesIO:
    """The first sheet of a workbook, or the table of a file of Stata or JSON, as CSV."""
    from polemos.readers.read_sheet import read_sheet

    sheet = read_sheet(path)
    if notes is not None:
        notes += [note for note in sheet.notes if note not in notes]
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(row for _, row in sheet.rows)
    return io.BytesIO(out.getvalue().encode())
