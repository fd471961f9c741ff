"""`polemos check`: errors of a scenario, the grade of its record and, with --second-look, what is doubtful in it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from polemos.cli import printing
from polemos.cli.failures import WRONG, reporting_mistakes
from polemos.cli.options import Json, scenario_names

if TYPE_CHECKING:
    from polemos.record.second_look import Doubt
    from polemos.war.war import War


def check(
    path: Annotated[str, typer.Argument(help="Folder of a scenario, or an argument.", autocompletion=scenario_names)],
    second_look: Annotated[
        bool, typer.Option("--second-look", help="Also list what looks wrong in the record.")
    ] = False,
    json: Json = False,
) -> None:
    """List every error of a scenario, with file, line and mend, and grade its record."""
    from polemos.report.page.provenance import absences, observation
    from polemos.scenario.attributes import SETTINGS
    from polemos.war.check import check as problems_of
    from polemos.war.war import load

    with reporting_mistakes():
        problem_list = problems_of(path)
    errors = [problem for problem in problem_list if problem.level == "error"]
    # A path that ends in .yaml is an argument, unless it is the settings of a scenario.
    whole = not path.endswith(".yaml") or Path(path).name == SETTINGS
    war = load(path) if whole and not errors else None
    doubts = doubts_of(war) if war is not None and second_look else []
    if json:
        fields = ("file", "line", "field", "level", "what", "mend")
        problems = [{name: getattr(problem, name) for name in fields} for problem in problem_list]
        looked = as_json(war, doubts) if war is not None and second_look else None
        printing.as_json(problems if looked is None else {"problems": problems} | looked)
    else:
        from polemos.scenario.errors import report

        if problem_list:
            typer.echo(report(problem_list), err=bool(errors))
        if not errors:
            typer.echo(f"{path}: no errors" + (f", {len(problem_list)} warnings." if problem_list else "."))
        if war is not None:
            for sentence in (f"Record: {war.grade()}.", *absences(war), *observation(war)):
                printing.say(sentence)
            if second_look:
                show_doubts(doubts)
            if not errors:
                printing.say(f"Next: polemos run {path}")
    if errors:
        raise typer.Exit(WRONG)


def doubts_of(war: War) -> list[Doubt]:
    """Every doubt about the record, the base map looked at too."""
    from polemos.report.basemap import water_km

    return war.second_look(water_km=water_km)


def as_json(war: War, doubts: list[Doubt]) -> dict[str, Any]:
    """The grade and the doubts, for a program."""
    return {"record": asdict(war.grade()), "doubts": [asdict(doubt) for doubt in doubts]}


def show_doubts(doubts: list[Doubt]) -> None:
    """Doubts by check, then how many there are, explained and open."""
    from polemos.record.second_look import CHECKS

    out = printing.console()
    for check, title in CHECKS.items():
        rows = [doubt for doubt in doubts if doubt.check == check]
        if rows:
            heads = ("place", "day", "what is doubtful", "why it stands")
            cells = [(doubt.place, doubt.date, doubt.what, doubt.reason or "open") for doubt in rows]
            out.print(printing.table(f"{title[0].upper()}{title[1:]}", heads, cells))
            out.print()
    explained = sum(bool(doubt.reason) for doubt in doubts)
    typer.echo(f"{len(doubts)} doubts, {explained} explained in a note after `second look:`.")
