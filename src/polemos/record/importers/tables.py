"""Plain tables as people keep them (spells of control, roads, forces, support, relations, ...) into a scenario's.

Columns go by the names in use; places and organisations by id, name or alias; days as people write them. The kind of a
support in words of its own is nobody's guess here: the user says what it means in a table of wordings.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from polemos.record.importers.account import Account
from polemos.record.importers.days import read_day
from polemos.record.importers.names import Matcher
from polemos.record.importers.patrons import Patrons
from polemos.record.importers.reading import Names, Rows, read_rows
from polemos.record.importers.snapshots import replaced
from polemos.scenario.aliases import read_aliases, support_of, whole
from polemos.scenario.attributes import OFF_MAP, PRECISION, SUPPORT_KINDS, attributes
from polemos.scenario.cells import BadCell
from polemos.scenario.load import Scenario
from polemos.scenario.problems import Problem, ScenarioError
from polemos.scenario.scaffold import csv_text

ACTOR = ("organisation", "organization", "actor", "group", "party", "faction")
STARTS = ("start", "start_date", "date_start", "from", "begin", "since", "valid_from", "date")
ENDS = ("end", "end_date", "date_end", "to", "until", "valid_to")
REST: Names = {"source": ("source", "sources", "reference"), "note": ("note", "notes", "comment", "remarks")}
SPELL: Names = {"start": STARTS, "end": ENDS}
NAMES: Mapping[str, Names] = {
    "control.csv": {
        "place": ("place", "place_id", "town", "city", "settlement", "location", "name", "id"),
        "holder": ("holder", "controller", "control", "held_by", "controlled_by", *ACTOR, "side"),
        **SPELL,
        "contested": ("contested", "disputed"),
        "precision": ("precision", "start_precision", "date_precision"),
        **REST,
    },
    "links.csv": {
        "a": ("a", "from", "place_a", "name1", "origin", "start"),
        "b": ("b", "to", "place_b", "name2", "destination", "end"),
        "kind": ("kind", "type", "road", "class"),
        "km": ("km", "distance", "length", "length_km", "distance_km"),
    },
    "strengths.csv": {
        "actor": ("actor", *ACTOR),
        "measure": ("measure", "what", "series"),
        "date": ("date", "day", "as_of"),
        "low": ("low", "min", "lower"),
        "best": ("best", "estimate", "value", "fighters", "mid", "central"),
        "high": ("high", "max", "upper"),
        "unit": ("unit", "units"),
        "source": REST["source"],
        "note": (*REST["note"], "quality"),
    },
    "support.csv": {
        "patron": ("patron", "supporter", "sponsor", "donor"),
        "client": ("client", "recipient", "receiver", *ACTOR),
        **SPELL,
        "kind": ("kind", "type", "support"),
        "scale": ("scale", "level", "size"),
        **REST,
    },
    "relations.csv": {"a": ("a", "side_a"), "b": ("b", "side_b"), **SPELL, "kind": ("kind", "relation"), **REST},
    "roles.csv": {
        "node": ("node", "place", "place_id", "town"),
        "organisation": ACTOR,
        "role": ("role", "kind"),
        **SPELL,
        "link_to": ("link_to", "to_place"),
        "hours": ("hours", "travel_hours"),
        "source": REST["source"],
    },
    "claims_leaders.csv": {
        "organisation": ACTOR,
        "item": ("item",),
        **SPELL,
        "value": ("value",),
        "source": REST["source"],
    },
    "borders.csv": {"organisation": ACTOR, **SPELL, "openness": ("openness", "open"), "source": REST["source"]},
}
STEMS = {"actors": "strengths", "forces": "strengths", "spells": "control", "roads": "links"}
"""What such files are called where not as ours."""
LEFT_OUT = {"strengths.csv": {"low", "high", "measure"}, "control.csv": {"start"}}
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
    order: str = ""
    inclusive: bool = False
    source: str = ""
    wordings: Wordings = field(default_factory=dict)
    patrons: Patrons = field(default_factory=Patrons)


def file_of(path: Path, kind: str = "") -> str:
    """The table of a scenario that a file is for: as given, or by its name. Raises `ScenarioError`."""
    name = f"{kind or STEMS.get(path.stem, path.stem)}.csv"
    if name not in NAMES:
        kinds = ", ".join(sorted(one.removesuffix(".csv") for one in NAMES))
        raise ScenarioError(
            [Problem(path.name, 0, "", "no table of a scenario is called so", f"say --as one of {kinds}")]
        )
    return name


def read_wordings(path: Path) -> dict[str, list[tuple[str, str]]]:
    """A table of wording, kind and scale, several rows a wording where it means several. Raises `ScenarioError`."""
    found: dict[str, list[tuple[str, str]]] = {}
    for line, row in read_rows(path, {name: (name,) for name in ("wording", "kind", "scale")}, ("wording", "kind")):
        try:
            meant = support_of(":".join(part for part in (row["kind"], row.get("scale", "")) if part))
        except BadCell as bad:
            field = "kind" if row["kind"] not in SUPPORT_KINDS else "scale"
            raise ScenarioError([Problem(path.name, line, field, bad.what, bad.mend)]) from None
        found.setdefault(whole(row["wording"]), []).append(meant)
    return found


def settled_wordings(scenario: Scenario) -> dict[str, list[tuple[str, str]]]:
    """What the scenario's aliases.csv says that words of support mean. Raises `ScenarioError`."""
    meant: dict[str, list[tuple[str, str]]] = {}
    for alias in read_aliases(scenario):
        if alias.kind == "support":
            meant.setdefault(whole(alias.alias), []).append(support_of(alias.of))
    return meant


def import_tables(paths: Mapping[str, Path], job: Import) -> dict[str, str]:
    """Text of the scenario's files by name, out of tables by the file that each is for. Raises `ScenarioError`."""
    problems: list[Problem] = []
    made: dict[str, str] = {}
    # Patrons are named before strengths are read, which may be theirs.
    for file in sorted(paths, key=lambda name: name != "support.csv"):
        try:
            needed = [name for name, row in attributes(file).items() if row.required]
            names = NAMES[file]
            rows = read_rows(paths[file], names, tuple(n for n in needed if n not in LEFT_OUT.get(file, ())))
            made[file] = _made(file, rows, job, problems)
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems)
    job.match.told(job.account)
    job.patrons.tell(job.account)
    return made


def _made(file: str, rows: Rows, job: Import, problems: list[Problem]) -> str:
    account = job.account
    if rows.unused:
        account.notes.append(f"columns of {rows.file} that nothing reads: {', '.join(rows.unused[:12])}")
    read: list[dict[str, Any]] = []
    lost: set[str] = set()
    before = ""
    for line, row in rows:
        account.read += 1
        if row.get("source", "").lower() in DITTO:
            row["source"] = before
        before = row.get("source", "")
        found = list(_rows(file, row, job, rows.file, line, problems))
        if not found:
            lost.add(row.get("place", ""))
        read += found
        account.kept += bool(found)
    if problems:
        return ""
    if file != "control.csv":
        return csv_text(file, read)
    return _control(read, lost, job)


def _rows(
    file: str, row: dict[str, str], job: Import, name: str, line: int, problems: list[Problem]
) -> Iterator[dict[str, Any]]:
    """The rows of the scenario that a row becomes: none where a name is doubtful."""
    made: dict[str, Any] = {}
    doubtful: dict[str, str] = {}
    for column, about in attributes(file).items():
        text = row.get(column, "")
        if about.type == "date":
            if not text:
                continue
            try:
                day = read_day(text, job.order)
                made[column] = day + np.timedelta64(int(job.inclusive and column == "end"), "D")
            except BadCell as bad:
                problems.append(Problem(name, line, column, bad.what, bad.mend))
        elif about.type in ("place", "place?", "node") and text and not text.startswith(OFF_MAP):
            made[column] = job.match.place([text])
            if not made[column]:
                doubtful["places"] = "a doubtful place, see below"
        elif about.type in ("organisation", "holder") and text:
            made[column] = job.match.organisation(text)
            if not made[column]:
                doubtful["sides"] = "an organisation that nobody knows, see below"
        elif about.type == "number":
            made[column] = text.replace(" ", "")
        else:
            made[column] = text
    if doubtful:
        # All of a row's doubts are listed at once, so that they are settled at once.
        job.account.unknown.update(doubtful.keys())
        job.account.drop(next(iter(doubtful.values())))
        return
    if {"start", "end"} <= made.keys() and made["end"] <= made["start"]:
        what = f"{made['end']} does not come after the start, {made['start']}"
        problems.append(Problem(name, line, "end", what, "mend the dates"))
    made["source"] = made.get("source") or job.source
    if file == "links.csv":
        made.pop("source")
    if file == "strengths.csv":
        yield from _strength(made, job)
    elif file == "support.csv":
        yield from _support(made, job)
    else:
        yield made


def _strength(row: dict[str, Any], job: Import) -> Iterator[dict[str, Any]]:
    row["actor"] = job.patrons.known(row["actor"]) or job.match.organisation(row["actor"])
    if not row["actor"]:
        job.account.drop("an organisation that nobody knows, see below")
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


def _control(rows: list[dict[str, Any]], lost: set[str], job: Import) -> str:
    """Spells cut to the record; those of a place with a doubtful row are left as they were."""
    settings, account = job.scenario.settings, job.account
    gone = {job.match.place([name]) for name in lost if name}
    by_place: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        row["precision"] = row["precision"] if row["precision"] in PRECISION or row["precision"].isdigit() else "day"
        if "start" not in row:
            # Held since before the record.
            row |= {"start": settings.start, "precision": "window"}
        if row["place"] in gone:
            account.drop("of a place with a doubtful row: it keeps the spells that it had")
        else:
            by_place.setdefault(row["place"], []).append(row)
    kept = []
    for spells in by_place.values():
        spells.sort(key=lambda row: row["start"])
        for row, after in zip(spells, [*spells[1:], None], strict=True):
            if "end" not in row and after is not None:
                row["end"] = after["start"]
            end = row.get("end")
            if row["start"] >= settings.end or (end is not None and end <= settings.start):
                account.drop(f"outside the record ({settings.start} to {settings.end})")
                continue
            if row["start"] < settings.start:
                row |= {"start": settings.start, "precision": "window"}
            if end is not None and end > settings.end:
                row.pop("end")
            kept.append(row)
    return _in_order(replaced(job.scenario, kept, account), job.scenario)


def _in_order(text: str, scenario: Scenario) -> str:
    """The table with its places in the order of the map."""
    rank = {place["id"]: row for row, place in enumerate(scenario.tables["places.csv"].rows)}
    rows = sorted(csv.DictReader(io.StringIO(text)), key=lambda row: (rank.get(row["place"], 0), row["start"]))
    return csv_text("control.csv", rows)
