"""Writes the files of a new scenario, which passes the checks, runs, and explains the format in comments.

What is not known is guessed and says so: the links, the one holder of every place, the war between the first
organisation and the others. No number of men is invented; a run without one gives each place its usual garrison.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from polemos.scenario.attributes import TABLES, attributes
from polemos.scenario.vocabulary import GUESSED, UNKNOWN
from polemos.scenario.write import quote

QUESTIONS = """\
# What is asked of simulated wars and of the record. A date means the evening of that day; a window excludes its last
# day. `asked` is the strict wording for people, the other keys are the same question for the program. Other kinds:
# count, ratio, strength, battle, compare (`polemos check` says what each wants). A question is asked on the day
# origins.default of scenario.yaml, unless it names an `origin` of its own.
questions:
"""


@dataclass(frozen=True, slots=True)
class NewOrganisation:
    """An organisation of a new scenario; an empty colour is taken from the palette."""

    id: str
    name: str
    kind: str
    colour: str = ""


def csv_text(file: str, rows: Iterable[dict[str, Any]]) -> str:
    """Rows as a table of the scenario, with every column of the file."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(attributes(file)), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def scaffold(
    title: str,
    start: np.datetime64,
    end: np.datetime64,
    places: Sequence[dict[str, Any]],
    links: Sequence[dict[str, Any]],
    organisations: Sequence[NewOrganisation],
    countries: dict[str, str],
    credits: Sequence[tuple[str, str]],
) -> dict[str, str]:
    """Text of every file by its name. A place may name its `holder` on the first day; else the first organisation holds
    it, guessed."""
    first = organisations[0].id
    ids = {one.id for one in organisations}
    spells = [row for place in places for row in _spells(place, first, ids, start)]
    wars = [
        {"a": first, "b": other.id, "start": start, "kind": "war", "source": GUESSED} for other in organisations[1:]
    ]
    columns = {"places.csv": places, "links.csv": links, "control.csv": spells, "relations.csv": wars}
    drop = set(attributes("places.csv"))
    columns["places.csv"] = [{name: row[name] for name in row if name in drop} for row in places]
    files = {file: csv_text(file, columns.get(file, ())) for file in TABLES if file in columns or file in MORE}
    origin = start + (end - start) // 2
    files["scenario.yaml"] = settings_text(title, start, end, origin, organisations, countries, credits)
    files["questions.yaml"] = questions_text(end, places, organisations)
    files["aliases.csv"] = "of,kind,alias,note\n"
    files["README.md"] = readme(title, len(places), len(links))
    return files


def _spells(place: dict[str, Any], first: str, ids: set[str], start: np.datetime64) -> list[dict[str, Any]]:
    """Control of a place: guessed throughout, or where a holder is named seen on the first day and unknown after it."""
    row = {"place": place["id"], "start": start, "precision": "window"}
    if place.get("holder") not in ids:
        return [{**row, "holder": first, "source": GUESSED}]
    after = start + np.timedelta64(1, "D")
    first_spell = {**row, "holder": place["holder"], "end": after, "source": place.get("source", "")}
    return [
        first_spell,
        {**row, "holder": UNKNOWN, "start": after, "precision": "day", "note": "nobody has looked yet"},
    ]


MORE = ("strengths.csv", "support.csv", "roles.csv", "claims_leaders.csv", "borders.csv")


def settings_text(
    title: str,
    start: np.datetime64,
    end: np.datetime64,
    origin: np.datetime64,
    organisations: Sequence[NewOrganisation],
    countries: dict[str, str],
    credits: Sequence[tuple[str, str]],
) -> str:
    """scenario.yaml with a comment on every key."""
    about = attributes("scenario.yaml")
    lines = [
        f"# {about['title'].description}",
        f"title: {quote(title)}",
        f"# {about['summary'].description}",
        'summary: ""',
        f"# {about['start'].description} Then the day after its last.",
        f"start: {start}",
        f"end: {end}",
        f"# {about['origins'].description}",
        "origins:",
        f"  default: {origin}      # guessed: the middle of the record; choose a day on which much was open",
        f"run_to: {end - np.timedelta64(1, 'D')}",
        f"# {about['organisations'].description}",
        f"# kind is one of {', '.join(about['organisations.*.kind'].allowed)}.",
        "organisations:",
    ]
    for one in organisations:
        colour = f", colour: {quote(one.colour)}" if one.colour else ""
        lines.append(f"  {one.id}: {{name: {quote(one.name)}, kind: {one.kind}{colour}}}")
    focus = organisations[1:2] or organisations[:1]
    lines += [f"# {about['focus'].description}", f"focus: [{focus[0].id}]"]
    if countries:
        listed = ", ".join(f"{quote(code)}: {quote(name)}" for code, name in sorted(countries.items()))
        lines += [f"# {about['countries'].description}", f"countries: {{{listed}}}"]
    lines += [f"# {about['credits'].description} The importers add to them.", "credits:"]
    lines += [f"  - {{source: {quote(source)}, licence: {quote(licence)}}}" for source, licence in credits]
    if not credits:
        lines[-1] += " []"
    lines += ["notes: Begun with polemos new. Links, holders and relations are guessed until a person has looked.", ""]
    return "\n".join(lines)


def questions_text(
    end: np.datetime64,
    places: Sequence[dict[str, Any]],
    organisations: Sequence[NewOrganisation],
) -> str:
    """questions.yaml: three to start from."""
    last = end - np.timedelta64(1, "D")
    largest = max(places, key=lambda place: float(place.get("people") or 0))
    first, other = organisations[0], (organisations[1:2] or organisations[:1])[0]
    name, ours, theirs = largest["name"], first.name, other.name
    if largest.get("kind") == "cell":
        # The id of a cell tells a reader nothing.
        name = f"the most populous cell ({name.removeprefix(largest['id']).strip() or largest['id']})"
    at_the_end, lead, title = f"date: {last}", f"by: {first.id}", f"{name[:1].upper()}{name[1:]} held by {ours}"
    questions = _question(
        *("largest-held", "held", title, f"On {last}, does {ours} hold {name}?"),
        *(lead, f"places: {{ids: {quote(largest['id'])}}}", at_the_end),
    )
    any_place = _question(
        *("any-place", "first_time", f"A place held by {theirs}"),
        f"Does {theirs} hold a place on any day from the day of the forecast to {last}?",
        *(f"when: {{by: {other.id}}}", f"no_later_than: {last}"),
    )
    share = _question(
        *("nine-tenths", "share", f"Nine tenths held by {ours}"),
        *(f"On {last}, does {ours} hold at least nine tenths of the places?", lead, at_the_end, "at_least: 0.9"),
    )
    return QUESTIONS + questions + any_place + share


def _question(identifier: str, kind: str, title: str, question_text: str, *rest: str) -> str:
    lines = (
        f"  - id: {identifier}",
        f"kind: {kind}",
        f"title: {quote(title)}",
        f"asked: {quote(question_text)}",
        *rest,
    )
    return "\n    ".join(lines) + "\n"


def readme(title: str, places: int, links: int) -> str:
    """README.md: what to do next, and what each file holds."""
    rows = {
        "scenario.yaml": "title, dates, organisations, credits: begin here",
        "places.csv": f"{places} places; delete what does not matter, add sites (dams, airbases, crossings)",
        "links.csv": f"{links} roads; a kind that begins with guessed_ was drawn from the map: mend kind and km",
        "control.csv": "who held what: one row a spell, `end` exclusive and empty while it lasts, no gaps",
        "relations.csv": "who may fight whom: war, truce, neglect, allied; guessed war with the first organisation",
        "strengths.csv": "dated estimates of `fighters`, low, best, high",
        "support.csv": "who backs whom: weapons, money, airpower, troops, other",
        "roles.csv": "depots and cores of an organisation, and bases off the map",
        "claims_leaders.csv": "claims to statehood, leaders, shares of locals and of foreigners",
        "borders.csv": "how freely volunteers from abroad can reach an organisation",
        "aliases.csv": "other names of places and organisations: how imported names are matched",
        "questions.yaml": "what is asked",
        "schema/": "for editors: what the YAML files may hold; `polemos check` does not need it",
    }
    listed = "\n".join(f"| {file} | {what} |" for file, what in rows.items())
    return f"""\
# {title}

Begun with `polemos new`; everything guessed says `{GUESSED}` in its source. Empty tables have their header only.

| file | what it holds |
|---|---|
{listed}

`polemos check` reports every error with its line; `polemos import` brings in data; `polemos run` simulates.
"""
