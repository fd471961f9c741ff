"""`polemos import flee`: the routes of a folder of the Flee displacement model, into a scenario with its places."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from polemos.cli.failures import Mistake, reporting_mistakes
from polemos.cli.import_ import Encoding, Into, Json, Licence, Source, Try
from polemos.cli.import_steps import answer, credit, deliver, prepared

if TYPE_CHECKING:
    from collections.abc import Callable

    from polemos.scenario.load import Scenario

FLEE = (
    "Examples: polemos new my-war --places flee-folder/    polemos import flee flee-folder/ --into my-war    "
    "polemos import flee flee-folder/ --into my-war --try"
)


def flee(
    folder: Annotated[Path, typer.Argument(help="Folder with locations.csv and routes.csv, or the one above it.")],
    into: Into,
    encoding: Encoding = "",
    source: Source = "",
    licence: Licence = "",
    try_: Try = False,
    json: Json = False,
) -> None:
    """Routes of a folder of Flee, as roads with their length; guessed roads between its places make way.

    Its places are checked against the scenario's (polemos new NAME --places FOLDER begins one of them). Camps, days of
    conflict, closures and forced redirections have no meaning for control: they are counted by name.
    """
    from polemos.cli.tables.import_log import say
    from polemos.importers.add_rows import added, at_home
    from polemos.importers.flee import ROUTES, roads
    from polemos.scenario.errors import ScenarioError

    file = "links.csv"
    with reporting_mistakes():
        if not folder.is_dir():
            raise Mistake(f"{folder} is no folder; give the one with locations.csv and {ROUTES}")
        scenario, match, account = prepared(into, None)
        lines = roads(folder, account, lambda one: match.place([one.name], one.lat, one.lon), kinds(scenario), encoding)
        match.report_doubts(account)
        account.credits.append(credit(source, licence, [folder]))
        report = added(scenario, file, lines, account)
        if not lines:
            say(account)
            raise Mistake(
                f"{folder} has no route between two places of {into}; polemos new begins a scenario with them"
            )
        if not try_:
            try:
                deliver(scenario, account, {file: report.text})
            except ScenarioError as error:
                raise ScenarioError(at_home(error.problems, {file: report})) from None
    answer(account, into, [file], try_=try_, json=json)


def kinds(scenario: Scenario) -> Callable[[str, str], str]:
    """The kind of the road that a scenario has between two places, of whichever is no guess."""
    from polemos.scenario.vocabulary import GUESSED

    rows = scenario.tables["links.csv"].rows
    kinds_by_pair = {frozenset((row["a"], row["b"])): str(row["kind"]) for row in rows}
    kinds_known = {pair: kind for pair, kind in kinds_by_pair.items() if not kind.startswith(f"{GUESSED}_")}
    return lambda a, b: kinds_known.get(frozenset((a, b)), "")
