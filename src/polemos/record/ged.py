"""Events of the UCDP Georeferenced Event Dataset, from the CSV files of its versions 5 to 25 and cuts of them.

One table whatever the version: see `schema`. The file is read in a stream: the full dataset fits a small machine.
Source of the columns: UCDP GED codebooks. What this is not: a download; the file is the user's own.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from polemos.scenario.problems import Problem, ScenarioError, quoted

if TYPE_CHECKING:
    import pyarrow as pa

NAMES: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "event_id"),
    "date_start": ("date_start", "date"),
    "date_end": ("date_end",),
    "date_prec": ("date_prec",),
    "where_prec": ("where_prec",),
    "side_a": ("side_a",),
    "side_b": ("side_b",),
    "lat": ("latitude", "lat"),
    "lon": ("longitude", "lon"),
    "best": ("best", "best_est"),
    "low": ("low", "low_est"),
    "high": ("high", "high_est"),
    "type_of_violence": ("type_of_violence",),
    "adm": ("adm_1", "adm"),
    "country": ("country",),
    "place": ("where_coordinates", "place_name"),
}
"""Columns of the table and what the versions call them, the newest name first."""

NEEDED = ("id", "date_start", "side_a", "side_b", "lat", "lon", "best", "type_of_violence")
DAYS, WHOLE, REAL = ("date_start", "date_end"), ("date_prec", "where_prec", "type_of_violence"), ("lat", "lon")
DEATHS = ("best", "low", "high")
PATTERNS = {"day": r"^\d{4}-\d\d-\d\d", "whole": r"^(\d+-)?\d+(\.0+)?$", "real": r"^-?\d+(\.\d+)?([eE][-+]?\d+)?$"}
MENDS = {
    "day": "write YYYY-MM-DD",
    "whole": "a whole number is wanted",
    "real": "a number is wanted, with a point for decimals",
}
BLOCK = 1 << 22
SHOWN = 20

Box = tuple[float, float, float, float]
"""South, west, north, east, degrees."""


def schema() -> pa.Schema:
    """Columns of the table: days as date32, precisions as published (null: not said), deaths as int64, degrees."""
    import pyarrow as pa

    kinds: dict[str, Any] = dict.fromkeys(NAMES, pa.string())
    for names, kind in ((DAYS, pa.date32()), (WHOLE, pa.int8()), (REAL, pa.float64()), (DEATHS, pa.int64())):
        kinds |= dict.fromkeys(names, kind)
    return pa.schema(list(kinds.items()))


def read(
    path: str | Path, *, box: Box | None = None, since: np.datetime64 | None = None, until: np.datetime64 | None = None
) -> pa.Table:
    """Events that end within [since, until] and lie in the box, by start, end and id; a row an event (see `schema`).

    Raises `ScenarioError` with all that is wrong.
    """
    import pyarrow as pa

    table = pa.Table.from_batches(list(batches(path, box=box, since=since, until=until)), schema())
    return in_order(table)


def in_order(table: pa.Table) -> pa.Table:
    """The events by start, end and id."""
    return table.sort_by([("date_start", "ascending"), ("date_end", "ascending"), ("id", "ascending")])


def batches(
    path: str | Path, *, box: Box | None = None, since: np.datetime64 | None = None, until: np.datetime64 | None = None
) -> Iterator[pa.RecordBatch]:
    """The same in the order of the file, a few thousand rows at a time."""
    import pyarrow as pa
    import pyarrow.compute as pc

    path = Path(path)
    problems: list[Problem] = []
    row = 1
    for raw, found in _raw(path):
        columns = {name: _column(raw, found.get(name), name, path.name, row, problems) for name in NAMES}
        row += raw.num_rows
        if len(problems) >= SHOWN:
            break
        if problems:
            continue
        columns["date_end"] = pc.coalesce(columns["date_end"], columns["date_start"])
        for name in ("low", "high"):
            columns[name] = pc.coalesce(columns[name], columns["best"])
        batch = pa.RecordBatch.from_arrays([columns[name] for name in NAMES], schema=schema())
        yield batch.filter(_wanted(batch, box, since, until))
    if problems:
        raise ScenarioError(problems)


def _wanted(batch: pa.RecordBatch, box: Box | None, since: Any, until: Any) -> Any:
    import pyarrow as pa

    end = batch["date_end"].to_numpy(zero_copy_only=False).astype("datetime64[D]")
    keep = np.ones(batch.num_rows, bool)
    if since is not None:
        keep &= end >= since
    if until is not None:
        keep &= end <= until
    if box is not None:
        lat, lon = batch["lat"].to_numpy(), batch["lon"].to_numpy()
        keep &= (lat >= box[0]) & (lat <= box[2]) & (lon >= box[1]) & (lon <= box[3])
    return pa.array(keep)


def _open(path: Path) -> Any:
    """The bytes of the table: plain, gzipped, or the only .csv of a zip file."""
    if path.suffix == ".gz":
        import gzip

        return gzip.open(path)
    if path.suffix == ".zip":
        import zipfile

        archive = zipfile.ZipFile(path)
        inside = [name for name in archive.namelist() if name.lower().endswith(".csv")]
        if len(inside) != 1:
            raise _whole(path, f"{len(inside)} tables inside", "give a zip file with one .csv, or the .csv itself")
        return archive.open(inside[0])
    return path.open("rb")


def _whole(path: Path, what: str, mend: str) -> ScenarioError:
    return ScenarioError([Problem(path.name, 0, "", what, mend)])


def _header(path: Path) -> tuple[list[str], str]:
    with _open(path) as stream:
        line = stream.readline(1 << 16).decode("utf-8-sig", "replace")
    separator = ";" if line.count(";") > line.count(",") else ","
    return next(csv.reader(io.StringIO(line), delimiter=separator), []), separator


def _raw(path: Path) -> Iterator[tuple[pa.RecordBatch, dict[str, str]]]:
    """Batches of text, and the name in the file of each column that it has."""
    import zlib
    from zipfile import BadZipFile

    import pyarrow as pa
    from pyarrow import csv as table

    try:
        there, separator = _header(path)
        found = {
            name: next(theirs for theirs in known if theirs in there)
            for name, known in NAMES.items()
            if set(known) & set(there)
        }
        lacking = [name for name in NEEDED if name not in found]
        if lacking:
            raise ScenarioError(
                [
                    Problem(
                        path.name, 1, NAMES[name][0], "this column is missing", "give a UCDP GED table with its header"
                    )
                    for name in lacking
                ]
            )
        with _open(path) as stream:
            plain: Any = pa.PythonFile(stream, "r")
            reader = table.open_csv(
                plain,
                read_options=table.ReadOptions(block_size=BLOCK),
                parse_options=table.ParseOptions(delimiter=separator, newlines_in_values=True),
                convert_options=table.ConvertOptions(
                    include_columns=list(found.values()), column_types=dict.fromkeys(there, pa.string())
                ),
            )
            for batch in reader:
                yield batch, found
    # A zip file with a password, or packed in a way that is not known, is a RuntimeError.
    except (pa.ArrowInvalid, csv.Error, zlib.error, EOFError, BadZipFile, OSError, RuntimeError) as error:
        what = getattr(error, "strerror", None) or f"not a readable table: {str(error)[:200]}"
        raise _whole(path, what, "give a .csv, .csv.gz or .zip of UCDP GED as published") from None


def _column(raw: pa.RecordBatch, name: str | None, mine: str, file: str, row: int, problems: list[Problem]) -> Any:
    """A column in its type; cells that make no sense are told of, by row of the table (it may take several lines)."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = schema().field(mine).type
    if name is None:
        return pa.nulls(raw.num_rows, kind)
    text = pc.utf8_trim_whitespace(raw[name])
    empty = pc.equal(text, pa.scalar(""))
    if kind == pa.string():
        return pc.if_else(empty, pa.scalar(None, kind), text) if mine not in NEEDED else text
    sort = "day" if mine in DAYS else "real" if mine in REAL else "whole"
    good = pc.match_substring_regex(text, PATTERNS[sort])
    if mine not in NEEDED:
        good = pc.or_(good, empty)
    bad = np.flatnonzero(~good.to_numpy(zero_copy_only=False))[: SHOWN - len(problems)].tolist()
    problems.extend(Problem(file, row + at + 1, name, quoted(text[at].as_py()), MENDS[sort]) for at in bad)
    text = pc.if_else(pc.and_(good, pc.invert(empty)), text, pa.scalar(None, pa.string()))
    if sort == "day":
        text = pc.utf8_slice_codeunits(text, 0, 10)
    elif sort == "whole":
        # "1-2" stands for one of the two: the coarser one is kept. A version wrote whole numbers as 3.0.
        text = pc.replace_substring_regex(pc.replace_substring_regex(text, r"^\d+-", ""), r"\.0+$", "")
    try:
        return text.cast(kind)
    except pa.ArrowInvalid as error:
        problems.append(Problem(file, row + 1, name, f"in this row or below: {str(error)[:120]}", MENDS[sort]))
        return pa.nulls(raw.num_rows, kind)
