"""Imports plain tables (spells of control, roads, forces, support, relations, ...) into a scenario.

Columns go by the names in use; places and organisations by id, name or alias; days as people write them. The kind of a
support in words of its own is nobody's guess here: the user says what it means in a table of wordings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from polemos.importers.add_rows import Line, Table, added
from polemos.importers.control_table import spells_of
from polemos.importers.holders import read_holder
from polemos.importers.observations import are_observations, is_wide, long, observations_of
from polemos.importers.patrons import Patrons
from polemos.importers.snapshots import FILE as CONTROL
from polemos.importers.snapshots import maps_of, merged
from polemos.importers.table_names import LEFT_OUT, NAMES
from polemos.names.matcher import Matcher
from polemos.readers.foreign_values import as_value, is_missing
from polemos.readers.import_log import Account
from polemos.readers.parse_dates import DateReader
from polemos.readers.read_sheet import read_sheet
from polemos.readers.read_table import Rows, columns, plain, read_rows, rows_of
from polemos.scenario.aliases import read_aliases, support_of, whole
from polemos.scenario.attributes import Attribute, attributes
from polemos.scenario.errors import Problem, ScenarioError
from polemos.scenario.load import Scenario
from polemos.scenario.parse_values import BadCell
from polemos.scenario.scaffold import csv_text
from polemos.scenario.vocabulary import OFF_MAP, SUPPORT_KINDS, UNKNOWN

WORDS = {
    "weapons": ("weapon", "arms", "arsenal", "ammunition", "tank"),
    "money": ("financ", "money", "fund", "credit", "ransom", "oil"),
    "troops": ("troop", "fighter", "soldier", "cadre", "militia", "adviser", "katiba", "auxiliar"),
    "airpower": ("air strike", "airstrike", "airpower", "air power", "bombing"),
}
"""What a wording may mean: shown to a person, never taken."""
DITTO = ("same", "as above", "ditto", "ibid.", "ibid", '"')

Wordings = Mapping[str, list[tuple[str, str]]]
"""Kinds and scales that a wording of support stands for, by the whole wording."""


@dataclass(slots=True)
class Import:
    """One import: what is known, what is given by the user, and the account."""

    scenario: Scenario
    match: Matcher
    account: Account
    dates: DateReader = field(default_factory=DateReader)
    inclusive: bool = False
    source: str = ""
    wordings: Wordings = field(default_factory=dict)
    patrons: Patrons = field(default_factory=Patrons)
    encoding: str = ""
    reserved: Counter[str] = field(default_factory=Counter)
    """Holders in words that are no names, by how they are read."""
    observed_until: np.datetime64 | None = None
    """The day after the last on which somebody looked, where a table says it."""


def read_wordings(path: Path) -> dict[str, list[tuple[str, str]]]:
    """A table of wording, kind and scale, several rows a wording where it means several. Raises `ScenarioError`."""
    wordings: dict[str, list[tuple[str, str]]] = {}
    for line, row in read_rows(path, {name: (name,) for name in ("wording", "kind", "scale")}, ("wording", "kind")):
        try:
            meant = support_of(":".join(part for part in (row["kind"], row.get("scale", "")) if part))
        except BadCell as bad:
            field = "kind" if row["kind"] not in SUPPORT_KINDS else "scale"
            raise ScenarioError([Problem(path.name, line, field, bad.what, bad.mend)]) from None
        wordings.setdefault(whole(row["wording"]), []).append(meant)
    return wordings


def settled_wordings(scenario: Scenario) -> dict[str, list[tuple[str, str]]]:
    """What the scenario's aliases.csv says that words of support mean. Raises `ScenarioError`."""
    meant: dict[str, list[tuple[str, str]]] = {}
    for alias in read_aliases(scenario):
        if alias.kind == "support":
            meant.setdefault(whole(alias.alias), []).append(support_of(alias.of))
    return meant


def import_tables(paths: Mapping[str, Path], job: Import) -> dict[str, Table]:
    """The scenario's tables by name, out of tables by the file that each is for. Raises `ScenarioError`."""
    problems: list[Problem] = []
    tables: dict[str, Table] = {}
    # Patrons are named before strengths are read, which may be theirs.
    for file in sorted(paths, key=lambda name: name != "support.csv"):
        try:
            needed = [name for name, row in attributes(file).items() if row.required]
            needed = [name for name in needed if name not in LEFT_OUT.get(file, ())]
            stem = file.removesuffix(".csv")
            if file == CONTROL:
                rows, wide = _rows_of_control(paths[file], tuple(needed), job)
            else:
                rows, wide = read_rows(paths[file], NAMES[file], tuple(needed), job.encoding, stem), False
            lines, lost = _made(file, rows, job, problems)
            looked = file == CONTROL and not problems and (wide or are_observations(rows, lines))
            if looked:
                tables[file] = _observed([one for one in lines if one.row["place"] not in lost], rows, job)
                continue
            if file == CONTROL and not problems:
                rows_of_places = len(lines)
                lines = spells_of(lines, lost, job.scenario, job.account, problems)
                if rows_of_places and not lines and not lost:
                    what = f"no row of its {rows_of_places:,} lies within the record ({_span(job.scenario)})"
                    problems.append(Problem(paths[file].name, 0, "", what, "look at the dates, and at scenario.yaml"))
            if not problems:
                tables[file] = added(job.scenario, file, lines, job.account)
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems)
    job.match.report_doubts(job.account)
    job.patrons.tell(job.account)
    job.dates.tell(job.account)
    if job.reserved:
        read = ", ".join(f"{count:,} as {what}" for what, count in job.reserved.most_common())
        job.account.notes.append(f"holders in words that are no names are read so: {read}")
    return tables


def _span(scenario: Scenario) -> str:
    return f"{scenario.settings.start} to {scenario.settings.end - np.timedelta64(1, 'D')}"


def _rows_of_control(path: Path, needed: tuple[str, ...], job: Import) -> tuple[Rows, bool]:
    """Rows of a table of control, a row for each place and day where it has a column for each day, and whether so."""
    order, names = job.dates.order, NAMES[CONTROL]

    def header(cells: list[str]) -> bool:
        return set(needed) <= columns([plain(cell) for cell in cells], names).keys() or is_wide(cells, order)

    sheet = read_sheet(path, job.encoding, "control", header)
    wide = is_wide(sheet.rows[0][1], order)
    return rows_of(long(sheet, order) if wide else sheet, names, needed), wide


def _observed(lines: list[Line], rows: Rows, job: Import) -> Table:
    """Rows that say who held a place on a day as the table of control, like maps of these days."""
    account = job.account
    shown = observations_of(lines, job.source)
    record = merged(job.scenario, maps_of(shown), account)
    days = len({one.date for one in shown})
    what = f"{rows.file} says who held what on {days} days, and is read like maps of them: a change lies between two"
    account.notes += [what, *record.reach(job.scenario.settings)]
    if not record.rows:
        return added(job.scenario, CONTROL, [], account)
    job.observed_until = record.observed_until
    return Table(csv_text(CONTROL, map(dict, record.rows)), {})


def _made(file: str, rows: Rows, job: Import, problems: list[Problem]) -> tuple[list[Line], set[str]]:
    """The rows of the scenario that a table becomes, and the places of which a row is left to a person."""
    job.dates.learn(
        row.get(column, "") for _, row in rows for column, about in attributes(file).items() if about.type == "date"
    )
    account = job.account
    account.notes += rows.notes
    if rows.unused:
        account.notes.append(f"columns of {rows.file} that nothing reads: {', '.join(rows.unused[:12])}")
    lines: list[Line] = []
    lost: set[str] = set()
    before = ""
    by_month = plain(rows.titles.get("start", "")) == "year"
    for line, row in rows:
        account.read += 1
        if by_month and row.get("month", "").isdigit():
            row["start"] = f"{row['start']}-{int(row['month']):02}"
        if row.get("source", "").lower() in DITTO:
            row["source"] = before
        before = row.get("source", "")
        new_rows = list(_rows(file, row, job, rows, line, problems))
        if not new_rows:
            lost.add(row.get("place", ""))
        lines += [Line(rows.file, line, one) for one in new_rows]
        account.kept += bool(new_rows)
    # To ask for a place once more is no second row with a doubt.
    doubts = job.match.doubts.copy()
    places_lost = {job.match.place([name]) for name in lost if name} if file == CONTROL and not problems else set()
    job.match.doubts = doubts
    return lines, places_lost


def _rows(
    file: str, row: dict[str, str], job: Import, rows: Rows, line: int, problems: list[Problem]
) -> Iterator[dict[str, Any]]:
    """The rows of the scenario that a row becomes: none where a name is doubtful."""
    cells: dict[str, Any] = {}
    doubtful: dict[str, str] = {}
    wrong = len(problems)
    for column, about in attributes(file).items():
        text = row.get(column, "")
        try:
            if about.type == "date":
                cells |= _date(column, text, job)
            elif about.type in ("place", "place?", "node"):
                cells[column] = "" if is_missing(text) else text
                if cells[column] and not text.startswith(OFF_MAP):
                    cells[column] = job.match.place([text])
                    if not cells[column]:
                        doubtful["places"] = "a doubtful place, see below"
            elif about.type == "holder":
                if not _holder(text, cells, job):
                    doubtful["sides"] = "an organisation that the scenario does not know, see below"
            elif about.type == "organisation" and text:
                cells[column] = job.match.organisation(text)
                if not cells[column]:
                    doubtful["sides"] = "an organisation that the scenario does not know, see below"
            elif about.type == "actor" or (file == "support.csv" and column == "kind"):
                cells[column] = text
            else:
                cells[column] = _plain(column, text, about, cells, rows.decimals)
        except BadCell as bad:
            problems.append(Problem(rows.file, line, rows.titles.get(column, column), bad.what, bad.mend))
    if doubtful:
        # All of a row's doubts are listed at once, so that they are settled at once.
        job.account.unknown.update(doubtful.keys())
        job.account.drop(next(iter(doubtful.values())))
        return
    if len(problems) > wrong:
        return
    if {"start", "end"} <= cells.keys() and cells["end"] <= cells["start"]:
        what = f"{cells['end']} does not come after the start, {cells['start']}"
        problems.append(Problem(rows.file, line, rows.titles["end"], what, "mend the dates"))
    cells["source"] = cells.get("source") or job.source
    if file == "links.csv":
        cells.pop("source")
    if file == "strengths.csv":
        yield from _strength(cells, job)
    elif file == "support.csv":
        yield from _support(cells, job)
    else:
        yield cells


def _date(column: str, text: str, job: Import) -> dict[str, Any]:
    """The cell of a date, and with a start its precision where it is no day. Raises `BadCell`."""
    if not text or is_missing(text):
        return {}
    date = job.dates.read(text)
    whole_day = date.precision == "day"
    day = date.day + np.timedelta64(int(job.inclusive and column == "end" and whole_day), "D")
    return {column: day} if whole_day or column != "start" else {column: day, "precision": date.precision}


def _holder(text: str, cells: dict[str, Any], job: Import) -> bool:
    """Put the holder that a cell names into a row, with whether it is contested; False where nobody knows it."""
    reading = read_holder(text, job.match, job.scenario.settings.vacuum)
    if reading is None:
        return False
    cells["holder"] = reading.holder
    cells["contested"] = "1" if reading.contested else ""
    if reading.holder is None:
        job.reserved["contested, and its holder as before"] += 1
    elif text and reading.holder in ("", UNKNOWN):
        job.reserved["unknown" if reading.holder else "nobody"] += 1
    return True


def _plain(column: str, text: str, about: Attribute, cells: dict[str, Any], decimals: str) -> str:
    """A cell that names nothing; what a date or a holder has already said of it stays where the cell is empty."""
    before = str(cells.get(column, ""))
    return before if before == "1" else as_value(text, about, decimals) or before


def _strength(row: dict[str, Any], job: Import) -> Iterator[dict[str, Any]]:
    row["actor"] = job.patrons.id_of(row["actor"]) or job.match.organisation(row["actor"])
    if not row["actor"]:
        job.account.drop("an organisation that the scenario does not know, see below")
        job.account.unknown["sides"] += 1
        return
    row["measure"] = row["measure"] or "fighters"
    row["low"], row["high"] = row["low"] or row["best"], row["high"] or row["best"]
    yield row


def _support(row: dict[str, Any], job: Import) -> Iterator[dict[str, Any]]:
    """A row for each kind that the wording stands for."""
    wording, patron = row["kind"], row["patron"]
    row["patron"] = job.patrons.of(patron, job.match)
    if wording in SUPPORT_KINDS:
        yield row
        return
    row["note"] = row["note"] or f"{patron}: {wording}"
    if whole(wording) not in job.wordings:
        likely = [kind for kind, words in WORDS.items() if any(word in wording.lower() for word in words)]
        job.match.doubts["support", wording, f"{' and '.join(likely) or 'other'}"] += 1
        job.account.drop("support in words of its own, see below")
        return
    for kind, level in job.wordings[whole(wording)]:
        yield {**row, "kind": kind, "scale": level}
