"""A run as tables, CSV or Parquet: who holds what with which probability, series, and the events of every member."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from polemos.ensemble.run import Run
from polemos.ensemble.summary import QUANTILES
from polemos.model.state import CHANNELS
from polemos.scenario.optional_packages import need

if TYPE_CHECKING:
    import pandas as pd


def tables(run: Run, forecasts: Sequence[Mapping[str, Any]] = ()) -> dict[str, pd.DataFrame]:
    """Tables by name: control, series, captures, battles, and the given answers as forecasts.

    `control` has a row where a holder has a probability above 0; `series` the 5, 25, 50, 75 and 95 % points;
    `captures` and `battles` a row an event of a member.
    """
    import pandas as pd

    parts_by_name = {"control": _control(run), "series": _series(run)}
    for name in ("captures", "battles"):
        parts = [_events(run, name, chunk, at) for chunk, at in _chunks(run)]
        rows = [part for part in parts if part is not None]
        if rows:
            parts_by_name[name] = pd.concat(rows, ignore_index=True)
    if forecasts:
        names = ("question", "title", "probability", "error", "status", "outcome", "brier")
        parts_by_name["forecasts"] = pd.DataFrame({name: [row[name] for row in forecasts] for name in names})
    return parts_by_name


def write(folder: Path, tables_by_name: Mapping[str, pd.DataFrame], form: str) -> None:
    """Each table as a file of a new folder. Raises `MissingPackageError`, of Parquet."""
    if form != "csv":
        need("tables")
    folder.mkdir()
    for name, table in tables_by_name.items():
        if form == "csv":
            table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
        else:
            table.to_parquet(folder / f"{name}.parquet", index=False, engine="pyarrow", compression="zstd")


def _holders(run: Run) -> list[str]:
    return [*run.world.organisations.id, "nobody"]


def _named(names: Sequence[str], rows: Any) -> Any:
    """Text by position."""
    return np.array(names, object)[np.asarray(rows, np.int64)]


def _control(run: Run) -> pd.DataFrame:
    import pandas as pd

    summary = run.summary
    probability = summary.probability
    at = np.nonzero(summary.counts)
    return pd.DataFrame(
        {
            "date": summary.dates[at[0]].astype("datetime64[D]"),
            "place": _named(run.world.places.id, at[1]),
            "holder": _named(_holders(run), at[2]),
            "probability": probability[at],
        }
    )


def _series(run: Run) -> pd.DataFrame:
    import pandas as pd

    dates, organisations = run.summary.dates.astype("datetime64[D]"), run.world.organisations.id
    steps, many = len(dates), len(organisations)
    columns: dict[str, list[Any]] = {name: [] for name in ("date", "organisation", "series", *_points())}
    for name, values in run.summary.quantiles.items():
        columns["date"].append(np.repeat(dates, many))
        columns["organisation"].append(np.tile(np.array(organisations, object), steps))
        columns["series"].append(np.full(steps * many, name, object))
        for point, value in zip(_points(), values, strict=True):
            columns[point].append(value.reshape(-1))
    # A series that is not known before the origin is empty there.
    return pd.DataFrame({name: np.concatenate(parts) for name, parts in columns.items()})


def _points() -> list[str]:
    return [f"q{round(100 * point):02d}" for point in QUANTILES]


def _chunks(run: Run) -> list[tuple[Any, int]]:
    return [(chunk, row * run.chunk) for row, chunk in enumerate(run.chunks())]


def _events(run: Run, name: str, chunk: Any, first: int) -> pd.DataFrame | None:
    """Events of a chunk with names in place of numbers; members count over the whole run."""
    import pandas as pd

    table = getattr(chunk, name)
    if table is None:
        return None
    names: dict[str, Sequence[str]] = {"place": run.world.places.id, "channel": CHANNELS}
    for side in ("attacker", "defender", "before", "after"):
        names[side] = _holders(run)
    columns = {field.name: getattr(table, field.name) for field in fields(table)}
    columns["member"] = columns["member"] + np.int32(first)
    return pd.DataFrame({key: _named(names[key], rows) if key in names else rows for key, rows in columns.items()})
