"""Tables whose cells have types: Parquet, Stata and the JSON that services answer with, as rows of texts."""

from __future__ import annotations

import datetime
import json
import math
from pathlib import Path
from typing import Any

from polemos.scenario.errors import Problem, ScenarioError
from polemos.scenario.optional_packages import need

MISSING = "NA"
"""What a cell without a value reads as, like those that programs write into CSV."""
SUFFIXES = (".parquet", ".dta", ".json")
LISTS = ("data", "Result", "results", "records", "rows", "features")
"""Under which name the answer of a service has its rows (ACLED: data; UCDP: Result; ArcGIS: features)."""

Rows = list[tuple[int, list[str]]]


def typed_rows(path: Path) -> Rows:
    """Rows of a file with the number of each, the names of its columns first. Raises `ScenarioError`."""
    return {".parquet": _parquet, ".dta": _stata, ".json": _json}[path.suffix.lower()](path)


def text_of_cell(cell: Any, missing: str = "") -> str:
    """A typed cell as a text that is read like one of CSV."""
    if cell is None or (isinstance(cell, float) and math.isnan(cell)) or str(cell) == "NaT":
        return missing
    if isinstance(cell, bool):
        return str(int(cell))
    if isinstance(cell, datetime.datetime):
        return cell.isoformat(" ") if cell.time() != datetime.time() or cell.tzinfo else cell.date().isoformat()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell)


def _parquet(path: Path) -> Rows:
    need("tables")
    import pyarrow as pa
    from pyarrow import parquet

    try:
        table = parquet.read_table(path)
    except (pa.ArrowException, OSError) as error:
        raise _wrong(path, f"not Parquet that can be read ({str(error)[:80]})", "write it again") from None
    names = [name for name in table.column_names if not name.startswith("__index_level_")]
    return _rows(names, [table[name].to_pylist() for name in names])


def _stata(path: Path) -> Rows:
    """A data set of Stata, its labelled values as their labels."""
    import pandas as pd

    try:
        frame = pd.read_stata(path)
    except ValueError as error:
        # Labels that stand for two values cannot be put in their place.
        if "labels" not in str(error):
            raise _wrong(path, f"not Stata that can be read ({str(error)[:80]})", "save it again, or as .csv") from None
        frame = pd.read_stata(path, convert_categoricals=False)
    # A damaged file ends in any error of the reader.
    except Exception as error:
        raise _wrong(path, f"not Stata that can be read ({str(error)[:80]})", "save it again, or as .csv") from None
    return _rows([str(name) for name in frame], [frame[name].astype(object).tolist() for name in frame])


def _json(path: Path) -> Rows:
    """A list of records, bare or as a service answers with it."""
    try:
        content = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        what = f"not JSON ({getattr(error, 'msg', 'no text')})"
        raise _wrong(path, what, "look for a bracket that is not closed") from None
    if isinstance(content, dict):
        content = next((content[name] for name in LISTS if isinstance(content.get(name), list)), content)
    records = content if isinstance(content, list) else []
    records = [
        one.get("properties") or one.get("attributes") or one if isinstance(one, dict) else None for one in records
    ]
    if not records or not all(isinstance(one, dict) for one in records):
        raise _wrong(path, "no list of records", "give a list of objects with the same keys, or a table as .csv")
    names = list(dict.fromkeys(name for one in records for name in one))
    return _rows(names, [[one.get(name) for one in records] for name in names])


def _rows(names: list[str], columns: list[list[Any]]) -> Rows:
    texts = [[text_of_cell(cell, MISSING) for cell in column] for column in columns]
    return [(1, names), *enumerate(map(list, zip(*texts, strict=True)), 2)]


def _wrong(path: Path, what: str, mend: str) -> ScenarioError:
    return ScenarioError([Problem(path.name, 0, "", what, mend)])
