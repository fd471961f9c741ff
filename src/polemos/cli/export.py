"""`polemos export`: a kept run in the formats of other tools."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from polemos.cli.failures import Mistake, reporting_mistakes
from polemos.cli.options import parse_day, working

if TYPE_CHECKING:
    from polemos.war.simulation import Simulation

FORMS = ("csv", "parquet", "geojson", "netcdf", "flee", "picture")
FORMER = {"card": "picture"}
"""Older words for a format, which are still understood."""
EPILOG = (
    "Examples: polemos export runs/my-war-2012-06-01-0a1b2c3d --to csv    "
    "polemos export runs/my-war-2012-06-01-0a1b2c3d --to geojson --date 2012-12-01    "
    "polemos export runs/my-war-2012-06-01-0a1b2c3d --to flee --quantile 0.5 --camp harbour=20000"
)


def export(
    run: Annotated[Path, typer.Argument(help="Folder of a finished run, below runs/.")],
    to: Annotated[str, typer.Option(help="csv, parquet, geojson, netcdf, flee, or picture (an image to share).")],
    out: Annotated[Path | None, typer.Option(help="File or folder that is made; default: named after the run.")] = None,
    scenario: Annotated[str | None, typer.Option(help="Folder of the run's scenario, where it is elsewhere.")] = None,
    events: Annotated[
        Path | None, typer.Option(help="Events that the run was given with --events: they are part of its record.")
    ] = None,
    date: Annotated[list[str] | None, typer.Option(help="geojson: day of a map; default: the last. Repeat.")] = None,
    member: Annotated[int | None, typer.Option(min=0, help="flee: number of the simulated war; default: 0.")] = None,
    quantile: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="flee: conflict where more than 1 - q of the simulated wars have it."),
    ] = None,
    camp: Annotated[
        list[str] | None, typer.Option(help="flee: PLACE=CAPACITY, a place that takes refugees in. Repeat.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON for a program.")] = False,
) -> None:
    """Write a finished run for other programs: tables, a map for a GIS, netCDF, Flee, or a picture to share."""
    from polemos.cli import printing
    from polemos.export.target import ExportError, written
    from polemos.scenario.errors import nearest
    from polemos.scenario.optional_packages import need

    with reporting_mistakes():
        to = FORMER.get(to, to)
        if to not in FORMS:
            raise Mistake(f"no format {to!r}; {nearest(to, FORMS)}")
        odd = [
            name
            for name, value in (("--member", member), ("--quantile", quantile), ("--camp", camp))
            if value not in (None, [])
        ]
        if odd and to != "flee":
            raise Mistake(f"{odd[0]} goes with --to flee only")
        if date and to != "geojson":
            raise Mistake("--date goes with --to geojson only")
        if member is not None and quantile is not None:
            raise Mistake("give --member or --quantile, not both")
        if to == "parquet":
            need("tables")
        if to == "picture" and (out is None or out.suffix.lower() != ".svg"):
            need("charts")
        simulation = reopened(run, scenario, events)
        suffix = {"geojson": ".geojson", "netcdf": ".nc", "picture": ".png"}.get(to, f"-{to}")
        target = out or Path(run.resolve().name + suffix)
        try:
            with working(f"Writing {target}", quiet=json), written(target) as part:
                counts = write(simulation, to, part, date or (), member, quantile, camp or ())
        except ExportError as error:
            raise Mistake(str(error)) from None
    if json:
        printing.as_json({"written": str(target), "format": to, **counts})
        return
    printing.say(f"Written: {target} ({', '.join(f'{count:,} {what}' for what, count in counts.items())})")
    if counts.get("zones") == 0:
        printing.say(
            "Note: no place is in conflict on any day, so nobody flees; a higher --quantile, or a --member, has more."
        )
    for line in credits(simulation):
        printing.say(line)


def reopened(folder: Path, scenario: str | None, events: Path | None = None) -> Simulation:
    """A finished run and its war. Raises `Mistake`, `PlanError`, `ScenarioError`."""
    from polemos.ensemble import run_folder as disk
    from polemos.ensemble.run import reopen
    from polemos.questions.evaluate import reducer
    from polemos.scenario.load import library
    from polemos.war.simulation import Simulation
    from polemos.war.war import load

    about = disk.manifest(folder)
    if about is None:
        raise Mistake(f"{folder} is not the folder of a run; `polemos run` prints where it keeps them")
    name = str(about["plan"]["scenario"])
    path = scenario or name
    if scenario is None and name not in library() and not Path(name).is_dir():
        raise Mistake(f"the scenario {name} of the run is not here; say where it is with --scenario FOLDER")
    import numpy as np

    war = load(path).with_events(events)
    questions = war.questions_at(np.datetime64(about["plan"]["origin"], "D"))
    return Simulation(war, reopen(folder, war.world, reducer(questions) if questions else None), questions)


def write(
    simulation: Simulation,
    to: str,
    part: Path,
    dates: Any,
    member: int | None,
    quantile: float | None,
    camps: Any,
) -> dict[str, int]:
    """Write one format, and count what was written. Raises `ExportError`, `Mistake`."""
    run = simulation.run
    if to in ("csv", "parquet"):
        from polemos.export import tables

        tables_by_name = tables.tables(run, simulation.rows())
        tables.write(part, tables_by_name, to)
        return {f"rows of {name}": len(table) for name, table in tables_by_name.items()}
    if to == "picture":
        from polemos.report.html.card import HEIGHT, WIDTH, write_card
        from polemos.report.page.assess import account
        from polemos.war.assessment import assess

        write_card(account(assess(simulation.war, simulation)).contents, part)
        return {"pixels across": WIDTH, "pixels down": HEIGHT}
    if to == "geojson":
        import json

        from polemos.export.geojson import collection

        days = [parse_day(text) for text in dates] or [run.plan.until]
        for day in days:
            if not run.summary.dates[0] <= day <= run.plan.until:
                raise Mistake(f"{day} lies outside the run, {run.summary.dates[0]} to {run.plan.until}")
        features = collection(run, days)
        part.write_text(json.dumps(features, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")
        return {"features": len(features["features"])}
    if to == "netcdf":
        from polemos.export import netcdf

        netcdf.write(part, run)
        return {"members": run.plan.members, "dates": len(run.summary.dates), "places": len(run.world.places.id)}
    from polemos.export import flee

    chosen = 0 if member is None and quantile is None else member
    fought = flee.violence(run, member=chosen, quantile=quantile)
    what = f"member {chosen}" if quantile is None else f"quantile {quantile:g} of {run.plan.members} members"
    return flee.write(part, run, fought, capacities(camps), what)


def capacities(texts: Any) -> dict[str, int]:
    """PLACE=CAPACITY as typed. Raises `Mistake`."""
    by_place = {}
    for text in texts:
        place, _, size = text.partition("=")
        if not place or not size.isascii() or not size.isdigit():
            raise Mistake(f"--camp {text!r} is not PLACE=CAPACITY, as in harbour=20000")
        by_place[place] = int(size)
    return by_place


def credits(simulation: Simulation) -> list[str]:
    """Whom to name with what was written."""
    named = [f"{one.source} ({one.licence})" if one.licence else one.source for one in simulation.war.settings.credits]
    return [f"Credit with it: {one}." for one in named]
