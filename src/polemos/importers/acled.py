"""Exports of ACLED as tables (CSV, Excel, Parquet): the columns of every version, of ArcGIS and HDX, row by row."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from polemos.importers.acled_codebook import NAMES, NEEDED, Cell, Reader
from polemos.readers.parse_dates import DateReader
from polemos.readers.read_sheet import read_sheet
from polemos.readers.read_table import columns, plain
from polemos.record import ucdp_ged
from polemos.scenario.errors import Problem, ScenarioError

if TYPE_CHECKING:
    import pyarrow as pa

CHUNK = 20_000
WANTED = "give an ACLED export with its header"


def batches(path: Path, days: DateReader, notes: list[str], encoding: str = "") -> Iterator[pa.RecordBatch]:
    """Batches in the columns of `polemos.record.ucdp_ged`, with `reason` (why a row is left out) and `remarks`.

    `notes` is told how the file was read where that was guessed. Raises `ScenarioError` with all that is wrong, at the
    latest after the last row.
    """
    import pyarrow as pa

    schema = ucdp_ged.schema().append(pa.field("reason", pa.string())).append(pa.field("remarks", pa.string()))
    problems: list[Problem] = []
    rows: list[dict[str, Any]] = []
    for row in _events(path, days, notes, problems, encoding):
        rows.append(row)
        if len(rows) == CHUNK:
            yield pa.RecordBatch.from_pylist(rows, schema)
            rows = []
    if problems:
        raise ScenarioError(problems)
    yield pa.RecordBatch.from_pylist(rows, schema)


def _events(
    path: Path, days: DateReader, notes: list[str], problems: list[Problem], encoding: str
) -> Iterator[dict[str, Any]]:
    """The events of an export; stops at the `ucdp_ged.SHOWN`th problem."""

    def header(cells: list[str]) -> bool:
        return set(NEEDED) <= columns([plain(cell) for cell in cells], NAMES).keys()

    sheet = read_sheet(path, encoding, header=header)
    notes += sheet.notes
    (line, heads), *lines = sheet.rows
    names = [plain(head) for head in heads]
    at = columns(names, NAMES)
    lacking = _lacking(path.name, line, names, at)
    if lacking:
        problems.append(lacking)
        return

    days.learn(cells[at["date"]] for _, cells in lines if len(cells) == len(heads))

    def day(text: str) -> Any:
        return days.day(text).item()

    # A spreadsheet that separates with semicolons writes decimals with commas.
    reader = Reader(day, "," if sheet.separator == ";" else ".")
    for line, cells in lines:
        if all(cell.startswith("#") or not cell for cell in cells):
            # The Humanitarian Data Exchange puts a row of tags below the header.
            continue
        if len(cells) != len(heads):
            what = f"{len(cells)} cells for {len(heads)} columns"
            problems.append(Problem(path.name, line, "", what, "complete the row"))
        else:
            try:
                yield reader.event({name: cells[place] for name, place in at.items()})
            except Cell as bad:
                problems.append(Problem(path.name, line, heads[at[bad.name]], bad.what, bad.mend))
        if len(problems) >= ucdp_ged.SHOWN:
            return


def _lacking(file: str, line: int, names: list[str], at: dict[str, int]) -> Problem | None:
    """What is said of a table without the columns of ACLED's events."""
    lacking = [NAMES[name][0] for name in NEEDED if name not in at]
    if not lacking:
        return None
    if "population_exposure" in names or {"events", "fatalities"} <= set(names):
        what = "counts of events by week or month and region, which is what some accounts of ACLED get: no events"
        return Problem(file, line, "", what, "give an export of single events (event_id_cnty)")
    if "type_of_violence" in names:
        return Problem(file, line, "", "a table of UCDP GED, not an export of ACLED", "give it to polemos import ucdp")
    return Problem(file, line, "", f"missing columns: {', '.join(lacking)}", WANTED)
