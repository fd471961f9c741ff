"""Entries by file: the cases that must be forecast, and the forecasts of somebody else, checked.

A case is a war, an origin, a lead and a place; a row of a file is a case and an organisation (or `nobody`), with the
probability that it holds the place on the day of the lead.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from polemos.board.protocol import Protocol, WarCases
from polemos.ensemble import atomic_files
from polemos.hindcasts.hindcast import observable
from polemos.record.world import Flags, Floats, Ints, World
from polemos.scenario.errors import Problem, ScenarioError, nearest, quoted
from polemos.scenario.optional_packages import need

if TYPE_CHECKING:
    import pandas as pd

KEYS = ("war", "origin", "lead", "place", "organisation")
COLUMNS = (*KEYS, "probability")
NOBODY = "nobody"
TOLERANCE = 1e-6
"""How far the probabilities of a case may be from a sum of 1."""


def holders_of(world: World) -> tuple[str, ...]:
    """Who can hold a place, in the order of the last axis."""
    return (*world.organisations.id, NOBODY)


def cases_of(world: World, plan: WarCases) -> Flags:
    """Which places are scored, by origin and lead: [R, L, P]."""
    return observable(world, plan.days, plan.leads)[1]


def case_frame(worlds: Mapping[str, World], protocol: Protocol) -> pd.DataFrame:
    """Every row that an entry must have: war, origin, lead, date, place, organisation; and `holds` at the origin.

    `holds` is True for the organisation that holds the place on the evening of the origin (the last known one).
    """
    import pandas as pd

    frames = []
    for name, plan in protocol.wars.items():
        world = worlds[name]
        dates, cases = observable(world, plan.days, plan.leads)
        frame = _frame(name, world, plan, cases)
        origin, lead, place, holder = _rows_of(cases, world.nobody + 1)
        frame.insert(3, "date", dates[origin, lead].astype("datetime64[s]"))
        frame["holds"] = world.holders(plan.days)[origin, place] == holder
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def _rows_of(cases: Flags, holders: int) -> tuple[Any, ...]:
    return np.nonzero(np.broadcast_to(cases[..., np.newaxis], (*cases.shape, holders)))


def _frame(name: str, world: World, plan: WarCases, cases: Flags) -> pd.DataFrame:
    import pandas as pd

    origin, lead, place, holder = _rows_of(cases, world.nobody + 1)
    words = {"origin": plan.origins, "lead": plan.leads, "place": world.places.id, "organisation": holders_of(world)}
    columns = {
        column: np.array(words[column], object)[at]
        for column, at in zip(words, (origin, lead, place, holder), strict=True)
    }
    return pd.DataFrame({"war": np.full(origin.size, name, object), **columns})


def write_frame(frame: pd.DataFrame, path: Path) -> None:
    """Write a table whole or not at all, as CSV where the name ends so, else as Parquet.

    Raises `MissingPackageError`, of Parquet.
    """
    if path.suffix.lower() != ".csv":
        need("tables")
    with atomic_files.whole(path) as part:
        if path.suffix.lower() == ".csv":
            frame.to_csv(part, index=False)
        else:
            frame.to_parquet(part, index=False, engine="pyarrow")


def read_entry(path: Path, worlds: Mapping[str, World], protocol: Protocol) -> dict[str, Floats]:
    """Probabilities [R, L, P, K] by war from a file of Parquet or CSV.

    What is no case is NaN where nothing is scored at that lead, and even elsewhere. Raises `ScenarioError` with every
    error: missing columns, unknown words, numbers that are no probabilities, rows given twice, cases that are missing
    and sums that are not 1.
    """
    frame = _read(path)
    absent = [column for column in COLUMNS if column not in frame.columns]
    if absent:
        raise ScenarioError(
            Problem(path.name, 1, column, "this column is missing", f"an entry has {', '.join(COLUMNS)}")
            for column in absent
        )
    problems: list[Problem] = []
    wars = tuple(protocol.wars)
    war = _codes(path, frame["war"], wars, "war", problems)
    entry = {}
    for at, name in enumerate(wars):
        rows = np.flatnonzero(war == at)
        entry[name] = _war(path, frame, rows, name, worlds[name], protocol.wars[name], problems)
    if problems:
        raise ScenarioError(problems)
    return entry


def _read(path: Path) -> pd.DataFrame:
    import pandas as pd

    try:
        if path.suffix.lower() == ".csv":
            return pd.read_csv(path, dtype=str, keep_default_na=False)
        need("tables")
        return pd.read_parquet(path)
    except FileNotFoundError:
        problem = Problem(
            path.name, 0, "", "there is no such file", f"name the file of an entry; nothing lies at {path}"
        )
    except (ValueError, OSError) as error:
        what = str(error).splitlines()[0] if str(error) else type(error).__name__
        problem = Problem(path.name, 0, "", f"cannot be read as a table ({what})", "write Parquet, or CSV named .csv")
    raise ScenarioError([problem])


def _numbers(column: pd.Series) -> Floats:
    """A column as numbers, NaN where it is none; of text every digit counts."""

    def number(value: Any) -> float:
        try:
            return float(value)
        except (TypeError, ValueError):
            return np.nan

    if column.dtype.kind in "fiu":
        return np.array(column, np.float64)
    return np.array([number(value) for value in column], np.float64)


def _codes(
    path: Path, column: pd.Series, words: tuple[str, ...], field: str, problems: list[Problem], first: Any = None
) -> Ints:
    """Index of each word of a column in `words`, -1 and a problem where it is none of them."""
    import pandas as pd

    texts = column.astype(str)
    if field == "origin":
        texts = texts.str.slice(0, 10)
    codes = np.asarray(pd.Index(list(words)).get_indexer(texts), np.int32)
    lines = np.arange(codes.size) if first is None else first
    wrong = np.flatnonzero(codes < 0)
    _, once = np.unique(texts.to_numpy()[wrong].astype(str), return_index=True)
    for row in wrong[np.sort(once)]:
        value = texts.iloc[row]
        mend = (
            nearest(value, words) if field not in ("origin",) else f"use those of the cases, {words[0]} to {words[-1]}"
        )
        problems.append(
            Problem(path.name, int(lines[row]) + 2, field, f"{quoted(value)} is no {field} of the board", mend)
        )
    return codes


def _war(
    path: Path,
    frame: pd.DataFrame,
    rows: Any,
    name: str,
    world: World,
    plan: WarCases,
    problems: list[Problem],
) -> Floats:
    cases = cases_of(world, plan)
    shape = (*cases.shape, world.nobody + 1)
    probability = np.full(shape, np.nan)
    mine = frame.iloc[rows]
    words = (plan.origins, plan.leads, world.places.id, holders_of(world))
    codes = [_codes(path, mine[key], words[at], key, problems, rows) for at, key in enumerate(KEYS[1:])]
    numbers = _numbers(mine["probability"])
    numbers[~((numbers >= 0) & (numbers <= 1))] = np.nan
    for row in np.flatnonzero(np.isnan(numbers)):
        typed = quoted(str(mine["probability"].iloc[row]))
        what = f"{typed} is no probability"
        problems.append(Problem(path.name, int(rows[row]) + 2, "probability", what, "write a number from 0 to 1"))
    sound = np.all([code >= 0 for code in codes], axis=0)
    index = np.ravel_multi_index([code[sound] for code in codes], shape)
    count = np.bincount(index, minlength=probability.size).reshape(shape)
    probability.ravel()[index] = numbers[sound]

    def case(at: Any) -> str:
        return ", ".join((name, *(word[i] for word, i in zip(words, at, strict=False))))

    wanted = np.broadcast_to(cases[..., np.newaxis], shape)
    for flags, what, mend in (
        (count > 1, "is given {n} times", "give each row once"),
        (wanted & (count == 0), "is missing", "polemos board --cases FILE writes every row that an entry must have"),
        (~wanted & (count > 0), "is no case: nobody saw who held it", "leave the row out"),
    ):
        rows_off = np.argwhere(flags)
        if len(rows_off):
            more = f" ({len(rows_off):,} such rows of {name})" if len(rows_off) > 1 else ""
            text = what.format(n=count[tuple(rows_off[0])])
            problems.append(Problem(path.name, 0, name, f"the row {case(rows_off[0])} {text}{more}", mend))
    sums = probability.sum(-1)
    off = cases & (count == 1).all(-1) & (np.abs(sums - 1) > TOLERANCE)
    rows_off = np.argwhere(off)
    if len(rows_off):
        more = f" ({len(rows_off):,} such cases of {name})" if len(rows_off) > 1 else ""
        text = f"the probabilities of {case(rows_off[0])} sum to {sums[tuple(rows_off[0])]:.6f}, not to 1{more}"
        problems.append(Problem(path.name, 0, "probability", text, "share 1 out among the organisations and nobody"))
    even = np.where(cases.any(2), 1 / shape[-1], np.nan)[..., np.newaxis, np.newaxis]
    return np.where(cases[..., np.newaxis], probability, even)
