"""Events of the UCDP Georeferenced Event Dataset, from the files of its versions 5 to 25 and cuts of them.

One table whatever the version: see `schema`. The candidate events have the same columns; a month of theirs that was
published without a header is known by its 49 cells. `events.csv` of `polemos import` has three columns more: who took
the place (`taker`), when the row was written (`timestamp`) and where it is from (`dataset`). The file is read in a
stream: the full dataset fits a small machine. Source of the columns: UCDP GED codebooks 5 to 25.1 and candidate 1.4.
What this is not: a download; the file is the user's own.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from polemos.record.ucdp_files import BLOCK, opened, parquet_batches, parquet_names, whole
from polemos.scenario.errors import Problem, ScenarioError, quoted

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
    "clarity": ("event_clarity",),
    "status": ("code_status",),
    "taker": ("taker",),
    "timestamp": ("timestamp",),
    "dataset": ("dataset",),
}
"""Columns of the table and what the versions call them, the newest name first."""

NEEDED = ("id", "date_start", "side_a", "side_b", "lat", "lon", "best", "type_of_violence")
FILLED = tuple(name for name in NEEDED if name not in ("best", "side_b"))
"""Columns without an empty cell. Of an event that does not say how many died the deaths are null."""
HEADLESS = [
    *("id", "relid", "year", "active_year", "code_status", "type_of_violence", "conflict_dset_id"),
    *("conflict_new_id", "conflict_name", "dyad_dset_id", "dyad_new_id", "dyad_name", "side_a_dset_id"),
    *("side_a_new_id", "side_a", "side_b_dset_id", "side_b_new_id", "side_b", "number_of_sources"),
    *("source_article", "source_office", "source_date", "source_headline", "source_original"),
    *("where_prec", "where_coordinates", "where_description", "adm_1", "adm_2", "latitude", "longitude"),
    *("geom_wkt", "priogrid_gid", "country", "country_id", "region", "event_clarity", "date_prec"),
    *("date_start", "date_end", "deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown", "best"),
    *("high", "low", "gwnoa", "gwnob"),
]
"""Columns of versions 18 to 25 in their order."""
DAYS, REAL = ("date_start", "date_end"), ("lat", "lon")
CODES = {"date_prec": (1, 5), "where_prec": (1, 7), "type_of_violence": (1, 3), "clarity": (1, 2)}
"""Columns of codes with the least and the greatest that the codebooks have."""
DEATHS = ("best", "low", "high")
MOST = {"lat": 90.0, "lon": 180.0}
BLANK = ("", "NA", "NaN", "nan", "NULL", "null", "None", "<NA>")
"""What programs leave in a cell without a value."""
PATTERNS = {
    "day": r"^\d{4}-\d\d-\d\d([T ].*)?$",
    "whole": r"^(\d+-)?\d+(\.0*)?$|^\d{1,3}(,\d{3})+(\.0+)?$",
    "real": r"^-?\d+(\.\d+)?([eE][-+]?\d+)?$",
}
MENDS = {
    "day": "write YYYY-MM-DD",
    "whole": "a whole number is wanted",
    "real": "a number is wanted, with a point for decimals",
    "text": "this cell may not be empty",
}
PARQUET = ".parquet"
SHOWN = 20

Box = tuple[float, float, float, float]
"""South, west, north, east, degrees."""


def schema() -> pa.Schema:
    """Columns of the table: days as date32, codes as published (null: not said), deaths as int64 (null: not said),
    degrees, the time of writing in seconds."""
    import pyarrow as pa

    kinds: dict[str, Any] = dict.fromkeys(NAMES, pa.string())
    for names, kind in (
        (DAYS, pa.date32()),
        (CODES, pa.int8()),
        (REAL, pa.float64()),
        ((*DEATHS, "timestamp"), pa.int64()),
    ):
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
    path: str | Path,
    *,
    box: Box | None = None,
    since: np.datetime64 | None = None,
    until: np.datetime64 | None = None,
    order: str = "",
    encoding: str = "",
    notes: list[str] | None = None,
) -> Iterator[pa.RecordBatch]:
    """The same in the order of the file, a few thousand rows at a time; `order` as `read_day` has it.

    `encoding` and `notes` as `ucdp_files.opened` has them.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    path = Path(path)
    problems: list[Problem] = []
    row = 1
    for raw, positions in _raw(path, encoding, notes):
        if row == 1:
            # The Humanitarian Data Exchange puts a row of tags below the header.
            tagged: Any = pc.starts_with(raw[positions["id"]], "#")
            raw, row = raw.filter(pc.invert(tagged)), row + int(pc.sum(tagged).as_py() or 0)
        columns = {name: _column(raw, positions.get(name), name, path.name, row, problems, order) for name in NAMES}
        row += raw.num_rows
        if len(problems) >= SHOWN:
            break
        if problems:
            continue
        # A few published events end a day before they start.
        first, last = columns["date_start"], pc.coalesce(columns["date_end"], columns["date_start"])
        columns["date_start"], columns["date_end"] = pc.min_element_wise(first, last), pc.max_element_wise(first, last)
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


def _header(stream: Any) -> tuple[list[str], str, bool]:
    """The names of the columns, what separates them, and whether the file has them in its first line."""
    line = stream.readline(1 << 16).decode("utf-8-sig", "replace")
    stream.seek(0)
    separator = max(",;\t", key=line.count)
    cells = next(csv.reader(io.StringIO(line), delimiter=separator), [])
    headless = len(cells) == len(HEADLESS) and cells[0].strip().isdigit()
    return (HEADLESS, separator, False) if headless else (cells, separator, True)


def _positions(cells: list[str]) -> dict[str, str]:
    """The name in the file of each column that it has, whatever its case and its spaces."""
    by_name = {re.sub(r"\W+", "_", cell.strip().lower()): cell for cell in reversed(cells)}
    return {
        name: next(by_name[theirs] for theirs in names if theirs in by_name)
        for name, names in NAMES.items()
        if set(names) & set(by_name)
    }


def _known(path: Path, cells: list[str]) -> dict[str, str]:
    """The same of a file that has the columns of UCDP GED. Raises `ScenarioError`."""
    positions = _positions(cells)
    lacking = [NAMES[name][0] for name in NEEDED if name not in positions]
    if not lacking:
        return positions
    if {"event_id_cnty", "event_type"} & {cell.strip().lower() for cell in cells}:
        raise whole(path, "an export of ACLED, not a table of UCDP GED", "give it to polemos import acled")
    mend = "give a UCDP GED table with its header"
    raise ScenarioError([Problem(path.name, 1, name, "this column is missing", mend) for name in lacking])


def _raw(path: Path, encoding: str, notes: list[str] | None) -> Iterator[tuple[pa.RecordBatch, dict[str, str]]]:
    """Batches of text, and the name in the file of each column that it has."""
    import zlib
    from zipfile import BadZipFile

    import pyarrow as pa
    from pyarrow import csv as table

    try:
        if path.suffix.lower() == PARQUET:
            columns = parquet_names(path)
            positions = _known(path, columns)
            yield from ((batch, positions) for batch in parquet_batches(path, list(dict.fromkeys(positions.values()))))
            return
        with opened(path, encoding, notes) as stream:
            columns, separator, headed = _header(stream)
            positions = _known(path, columns)
            plain: Any = pa.PythonFile(stream, "r")
            names = {} if headed else {"column_names": columns}
            reader = table.open_csv(
                plain,
                read_options=table.ReadOptions(block_size=BLOCK, **names),  # type: ignore[arg-type]
                parse_options=table.ParseOptions(delimiter=separator, newlines_in_values=True),
                convert_options=table.ConvertOptions(
                    include_columns=list(positions.values()), column_types=dict.fromkeys(columns, pa.string())
                ),
            )
            for batch in reader:
                yield batch, positions
    # A zip file with a password, or packed in a way that is not known, is a RuntimeError.
    except (pa.ArrowInvalid, KeyError, csv.Error, zlib.error, EOFError, BadZipFile, OSError, RuntimeError) as error:
        if "invalid UTF8" in str(error):
            raise whole(path, "not UTF-8", "save it as CSV in UTF-8, or bring it in with polemos import ucdp") from None
        what = getattr(error, "strerror", None) or f"not a readable table: {str(error)[:200]}"
        raise whole(path, what, "give a .csv, .csv.gz, .zip, .xlsx or .parquet of UCDP GED as published") from None


def _column(
    raw: pa.RecordBatch, name: str | None, mine: str, file: str, row: int, problems: list[Problem], order: str
) -> Any:
    """A column in its type; cells that make no sense are reported, by row of the table (it may take several lines)."""
    import pyarrow as pa
    import pyarrow.compute as compute

    pc: Any = compute
    kind = schema().field(mine).type
    if name is None:
        return pa.nulls(raw.num_rows, kind)
    text = pc.utf8_trim_whitespace(raw[name])
    empty = pc.is_in(text, pa.array(BLANK))
    if mine == "id":
        # Programs that saw an empty id have written the others as 12.0.
        text = pc.replace_substring_regex(text, r"^(\d+)\.0+$", r"\1")
    if kind == pa.string() and mine not in FILLED:
        return text if mine == "side_b" else pc.if_else(empty, pa.scalar(None, kind), text)
    sort = "day" if mine in DAYS else "real" if mine in REAL else "text" if kind == pa.string() else "whole"
    if sort == "day":
        text = _iso(text, empty, order)
    elif sort == "real":
        # A spreadsheet that separates with semicolons writes decimals with commas.
        text = pc.replace_substring_regex(text, r"^(-?\d+),(\d+)$", r"\1.\2")
    good = pc.match_substring_regex(text, PATTERNS[sort]) if sort != "text" else pc.invert(empty)
    good = pc.and_(good, pc.invert(empty)) if mine in FILLED else pc.or_(good, empty)

    def refuse(wrong: Any, mend: str) -> None:
        rows = np.flatnonzero(wrong.to_numpy(zero_copy_only=False))[: max(SHOWN - len(problems), 0)].tolist()
        problems.extend(Problem(file, row + at + 1, name or "", quoted(text[at].as_py()), mend) for at in rows)

    refuse(pc.invert(good), MENDS[sort])
    if sort == "text":
        return text
    text = pc.if_else(pc.and_(good, pc.invert(empty)), text, pa.scalar(None, pa.string()))
    if sort == "day":
        text = pc.utf8_slice_codeunits(text, 0, 10)
    elif sort == "whole":
        # "1-2" stands for one of the two: the coarser one is kept. A version wrote whole numbers as 3.0.
        text = pc.replace_substring_regex(pc.replace_substring_regex(text, r"^\d+-", ""), r"\.0*$|,", "")
    try:
        column: Any = text.cast(kind)
    except pa.ArrowInvalid as error:
        problems.append(Problem(file, row + 1, name, f"in this row or below: {str(error)[:120]}", MENDS[sort]))
        return pa.nulls(raw.num_rows, kind)
    if mine in CODES:
        least, most = CODES[mine]
        # 0 is no violence: a place that was handed over, in a file of polemos.
        least = 0 if mine == "type_of_violence" and "taker" in raw.schema.names else least
        wrong = pc.or_(pc.less(column, least), pc.greater(column, most))
        refuse(pc.fill_null(wrong, False), f"no code of it: {least} to {most}")
    elif mine in MOST:
        wrong = pc.greater(pc.abs(column), MOST[mine])
        refuse(pc.fill_null(wrong, False), f"degrees from -{MOST[mine]:.0f} to {MOST[mine]:.0f} are wanted")
    return column


def _iso(text: Any, empty: Any, order: str) -> Any:
    """Days as YYYY-MM-DD where a program has written them in another way; what is no day stays as it is."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from polemos.readers.parse_dates import order_of, read_day
    from polemos.scenario.parse_values import BadCell

    plain = pc.or_(pc.match_substring_regex(text, PATTERNS["day"]), empty)
    if pc.all(plain).as_py() is not False:
        return text
    days: dict[str, str] = {}
    others = pc.unique(text.filter(pc.invert(plain))).to_pylist()
    order = order or order_of(others)[0]
    for other in others:
        try:
            days[other] = str(read_day(other, order))
        except BadCell:
            days[other] = other
    return pa.array([days.get(cell, cell) for cell in text.to_pylist()], pa.string())
