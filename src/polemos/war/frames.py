"""A war from pandas data frames, by the columns and the checks of the files of a scenario."""

from __future__ import annotations

import atexit
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from polemos.importers.places import NAMES as PLACES
from polemos.importers.table_names import NAMES
from polemos.readers.read_table import columns as positions
from polemos.readers.read_table import plain
from polemos.scenario.attributes import SETTINGS, attributes
from polemos.scenario.errors import Problem, ScenarioError
from polemos.scenario.scaffold import NewOrganisation, csv_text, settings_text

if TYPE_CHECKING:
    import pandas as pd

    from polemos.record.world import World
    from polemos.war.war import War

LINE = re.compile(r"on line (\d+)")
"""How a problem of a file names another line of it."""


def parameters_frame(world: World) -> pd.DataFrame:
    """A row a parameter of the processes that run in a world."""
    import pandas as pd

    from polemos.model import parameters, processes

    rows = [
        {
            "name": one.name,
            "process": process,
            "prior": str(one.prior),
            "unit": one.unit,
            "meaning": one.meaning,
            "source": one.source,
            "basis_until": one.basis_until,
        }
        for process, one in parameters.parameters(processes.choose(world.processes))
    ]
    return pd.DataFrame(rows)


def war_from_frames(
    tables: Mapping[str, pd.DataFrame | None],
    organisations: Mapping[str, str] | pd.DataFrame,
    start: object,
    end: object,
    name: str,
) -> War:
    """The war of some tables (by file name without its ending); see `War.from_frames`."""
    from polemos.record.world import day
    from polemos.war.war import load

    _check_types(tables, organisations)
    sides = _organisations(organisations)
    first, last = day(start), day(end)
    if last <= first:
        what = f"{last} is not after the start, {first}"
        raise ScenarioError([Problem("end", 0, "", what, "give the day after the last of the record")])
    folder = Path(tempfile.mkdtemp(prefix="polemos-"))
    try:
        settings = settings_text(name, first, last, first + (last - first) // 2, sides, {}, ())
        scenario = folder / name
        scenario.mkdir()
        (scenario / "scenario.yaml").write_text(settings, encoding="utf-8")
        titles: dict[str, dict[str, str]] = {}
        for table, frame in tables.items():
            if frame is not None:
                (scenario / f"{table}.csv").write_text(_text(table, frame, titles), encoding="utf-8")
        try:
            war = load(scenario)
        except ScenarioError as error:
            raise ScenarioError(_of_frames(problem, titles) for problem in error.problems) from None
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    # The war reads its folder again when it is asked for a theory.
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return replace(war, name=name)


def _check_types(tables: Mapping[str, Any], organisations: Any) -> None:
    """Raise `ScenarioError` for what is no data frame."""
    import pandas as pd

    wrong = [
        Problem(table, 0, "", f"a {type(frame).__name__}, not a pandas data frame", "give pd.DataFrame(...)")
        for table, frame in tables.items()
        if frame is not None and not isinstance(frame, pd.DataFrame)
    ]
    if not isinstance(organisations, Mapping | pd.DataFrame):
        mend = "give kinds by id, as in {'x': 'government', 'y': 'insurgent'}, or a data frame with id, name, kind"
        wrong.append(Problem("organisations", 0, "", f"a {type(organisations).__name__}", mend))
    if wrong:
        raise ScenarioError(wrong)


def _organisations(kinds: Mapping[str, str] | pd.DataFrame) -> list[NewOrganisation]:
    """Organisations from kinds by id, or from a frame with columns id and, where it has them, name, kind, colour."""
    if isinstance(kinds, Mapping):
        return [NewOrganisation(str(one), str(one), str(kind)) for one, kind in kinds.items()]
    rows = kinds.reset_index().rename(columns={"index": "id"}) if "id" not in kinds else kinds
    if "id" not in rows:
        raise ScenarioError([Problem("organisations", 0, "id", "no such column", "name the ids of organisations")])
    return [
        NewOrganisation(
            str(row["id"]), str(row.get("name", row["id"])), str(row.get("kind", "other")), str(row.get("colour", ""))
        )
        for _, row in rows.iterrows()
    ]


def _text(table: str, frame: pd.DataFrame, titles: dict[str, dict[str, str]]) -> str:
    """A frame as the text of a table of the scenario; `titles` is given its own names of the columns.

    Raises `ScenarioError` for columns that a scenario does not have.
    """
    import pandas as pd

    columns = attributes(f"{table}.csv")
    names = PLACES if table == "places" else NAMES[f"{table}.csv"]
    heads = [plain(str(column)) for column in frame.columns]
    ours = {place: name for name, place in positions(heads, names).items() if name in columns and name not in heads}
    ours |= {place: head for place, head in enumerate(heads) if head in columns}
    titles[table] = {name: str(frame.columns[place]) for place, name in ours.items()}
    renamed = frame.set_axis([ours.get(place, str(name)) for place, name in enumerate(frame.columns)], axis="columns")
    if table == "places" and "id" not in renamed.columns and renamed.index.name == "id":
        renamed = renamed.reset_index()
    unknown = [str(column) for column in renamed.columns if column not in columns]
    if unknown:
        mend = f"use {', '.join(columns)}"
        raise ScenarioError([Problem(table, 0, column, "no such column", mend) for column in unknown])

    def cell(value: Any) -> str:
        if value is None or value is pd.NaT or (isinstance(value, float) and value != value):
            return ""
        if isinstance(value, pd.Timestamp):
            return str(value.date())
        return str(int(value)) if isinstance(value, bool) else str(value)

    rows = [{str(k): cell(v) for k, v in row.items()} for row in renamed.to_dict("records")]
    return csv_text(f"{table}.csv", rows)


def _of_frames(problem: Problem, titles: Mapping[str, Mapping[str, str]]) -> Problem:
    """A problem of a file as one of the frame behind it: rows count from 0, as `iloc` does."""
    what, mend = (
        LINE.sub(lambda line: f"in row {int(line[1]) - 2}", text).replace(".csv", "")
        for text in (problem.what, problem.mend)
    )
    problem = replace(problem, what=what, mend=mend)
    if problem.file == SETTINGS:
        # The settings are made of the arguments.
        top, _, rest = problem.field.partition(".")
        return replace(problem, file=top, line=0, field=rest)
    table = problem.file.removesuffix(".csv")
    where = f"{table} row {problem.line - 2}" if problem.line > 1 else table
    field = titles.get(table, {}).get(problem.field, problem.field)
    return replace(problem, file=where, line=0, field=field)
