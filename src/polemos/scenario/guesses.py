"""What a scenario only guesses and what it has no data on, for every page and for `polemos check` and `run`.

A guess is a row whose source is `GUESSED`, or a road of a kind that begins with it. It starts a run and is never an
observation or an outcome.
"""

from __future__ import annotations

from collections.abc import Iterator

from polemos.scenario.load import Scenario
from polemos.scenario.vocabulary import GUESSED

DATA = {
    "strengths.csv": "strengths",
    "support.csv": "support from outside",
    "relations.csv": "relations",
    "roles.csv": "depots, cores and bases",
    "claims_leaders.csv": "claims and leaders",
    "borders.csv": "borders",
}
"""Tables that may be absent, and what is not known then."""
FEW = 3
"""Relations that are named one by one."""


def guesses(scenario: Scenario) -> tuple[str, ...]:
    """What is guessed, a phrase each: "who held 9 of 9 places (control.csv)"."""
    return tuple(_guesses(scenario))


def _guesses(scenario: Scenario) -> Iterator[str]:
    tables = scenario.tables
    control = tables["control.csv"].rows
    places = {row["place"] for row in control if row["source"] == GUESSED}
    if places:
        yield f"who held {len(places)} of {len(tables['places.csv'])} places (control.csv)"
    roads = tables["links.csv"].rows
    drawn = sum(row["kind"].startswith(GUESSED) for row in roads)
    if drawn:
        yield f"{drawn} of {len(roads)} roads (links.csv)"
    names = {organisation.id: organisation.name for organisation in scenario.settings.organisations}
    related = [row for row in tables["relations.csv"].rows if row["source"] == GUESSED]
    if len(related) > FEW:
        yield f"{len(related)} relations (relations.csv)"
    elif related:
        pairs = [f"{row['kind']} between {names[row['a']]} and {names[row['b']]}" for row in related]
        yield f"{', '.join(pairs)} (relations.csv)"
    for file in ("places.csv", *DATA):
        rows = sum(row.get("source") == GUESSED for row in tables[file].rows) if file != "relations.csv" else 0
        if rows:
            yield f"{rows} row{'s' if rows > 1 else ''} of {file}"


def silences(scenario: Scenario) -> tuple[str, ...]:
    """What there is no data on, a word or two each, in the order of `DATA`."""
    empty = [name for file, name in DATA.items() if not len(scenario.tables[file])]
    counted = {row["measure"] for row in scenario.tables["strengths.csv"].rows}
    if counted and "fighters" not in counted:
        empty.insert(0, "numbers of fighters (strengths.csv has other measures only)")
    if not any(row["people"] > 0 for row in scenario.tables["places.csv"].rows):
        empty.append("people of the places")
    return tuple(empty)
