"""Aliases: aliases.csv, in which a person writes down what the names of other tables mean in this war.

Columns `of` (an id of the scenario), `kind`, `alias` (the name as the other table writes it, whole) and `note`. An
import lists what it cannot settle in the same columns, so that its lines can be filled in and moved here.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from dataclasses import dataclass

from polemos.scenario.attributes import attributes
from polemos.scenario.errors import Problem, ScenarioError, quoted
from polemos.scenario.inside_folder import is_there, read_inside
from polemos.scenario.load import Scenario
from polemos.scenario.parse_values import BadCell, identifier, scale
from polemos.scenario.vocabulary import SCALE, SUPPORT_KINDS

FILE = "aliases.csv"
KINDS = ("place", "organisation", "region", "patron", "support")
"""What an alias may be of: `patron` is somebody outside the map, `support` a kind of support, or KIND:SCALE."""
SIGNS = str.maketrans({**dict.fromkeys("‘’ʼ`´", "'"), **dict.fromkeys("“”„«»", '"'), **dict.fromkeys("‐‑‒–—−", "-")})


@dataclass(frozen=True, slots=True)
class Alias:
    """A further name: the id that it is of, the kind of thing, and the name."""

    of: str
    kind: str
    alias: str


def whole(name: str) -> str:
    """A name compared as a whole: every sign counts, but not case, spaces, a leading `The`, or the style of a sign."""
    text = " ".join(unicodedata.normalize("NFKC", name).translate(SIGNS).casefold().split())
    return text.removeprefix("the ") or text


def read_aliases(scenario: Scenario) -> tuple[Alias, ...]:
    """The aliases of a scenario, none without the file; lines whose `of` is still empty are left out.

    Raises `ScenarioError` where a line names what the scenario has not.
    """
    if not is_there(scenario.path, FILE):
        return ()
    text, _, problems = read_inside(scenario.path, FILE)
    if problems:
        raise ScenarioError(problems)
    # A spreadsheet of half the world saves semicolons.
    head = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count), strict=True)
    heads: list[str] = []
    aliases: list[Alias] = []
    line = 1
    try:
        for row in reader:
            at, line = line, reader.line_num + 1
            if not heads:
                heads = [cell.strip() for cell in row]
                lacking = [name for name in ("of", "kind", "alias") if name not in heads]
                if lacking:
                    mend = "write its first line: of,kind,alias,note"
                    raise ScenarioError([Problem(FILE, at, lacking[0], "missing column", mend)])
                continue
            cells = dict(zip(heads, row, strict=False))
            alias = Alias(*(cells.get(name, "").strip() for name in ("of", "kind", "alias")))
            if any(cell.strip() for cell in row) and (alias.of or alias.kind not in KINDS):
                problem = _problem(alias, at, scenario)
                if problem is None:
                    aliases.append(alias)
                else:
                    problems.append(problem)
    except csv.Error as error:
        mend = "look for a quotation mark that is not closed"
        problems.append(Problem(FILE, line, "", f"not CSV ({error})", mend))
    if problems:
        raise ScenarioError(problems)
    return tuple(aliases)


def patrons(scenario: Scenario) -> frozenset[str]:
    """Ids of those who give support in a scenario and are none of its organisations."""
    table = scenario.tables.get("support.csv")
    ours = {one.id for one in scenario.settings.organisations}
    return frozenset(row["patron"] for row in table.rows if row["patron"] not in ours) if table else frozenset()


def support_of(text: str) -> tuple[str, str]:
    """Kind and scale of a support written as KIND or KIND:SCALE. Raises `BadCell`."""
    kind, _, size = text.partition(":")
    if kind not in SUPPORT_KINDS:
        raise BadCell(f"unknown kind {quoted(kind)}", f"use one of {', '.join(SUPPORT_KINDS)}")
    about = attributes("support.csv")["scale"]
    size = size or about.default
    scale(size, about)
    return kind, size


def _problem(alias: Alias, line: int, scenario: Scenario) -> Problem | None:
    """What is wrong with an alias, if anything."""
    if alias.kind not in KINDS or not alias.alias:
        what = "empty" if alias.kind in KINDS else f"kind {quoted(alias.kind)}"
        field = "alias" if alias.kind in KINDS else "kind"
        mend = "write the name" if alias.kind in KINDS else f"write {', '.join(KINDS[:-1])} or {KINDS[-1]}"
        return Problem(FILE, line, field, what, mend)
    ids = {
        "place": {row["id"] for row in scenario.tables["places.csv"].rows},
        "organisation": {one.id for one in scenario.settings.organisations},
    }
    if alias.kind in ids and alias.of not in ids[alias.kind]:
        what = f"no {alias.kind} {quoted(alias.of)}"
        return Problem(FILE, line, "of", what, "use an id of the scenario")
    try:
        if alias.kind == "patron":
            identifier(alias.of, "patron")
        elif alias.kind == "support":
            support_of(alias.of)
    except BadCell as bad:
        sizes = f", or KIND:SCALE with {', '.join(SCALE)}" if alias.kind == "support" else ""
        return Problem(FILE, line, "of", bad.what, bad.mend + sizes)
    return None
