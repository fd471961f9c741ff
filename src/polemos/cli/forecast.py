"""`polemos forecast`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from polemos.cli.failures import Mistake, reporting_mistakes
from polemos.cli.options import Events, Json, Scenario, Seed, Threads, Wide, parse_leads, say_if_cold, working

if TYPE_CHECKING:
    from polemos.war.forecast import Forecast

FORMS = ("csv", "geojson")
EPILOG = (
    "Examples: polemos forecast sri_lanka --date 2008-01-01    "
    "polemos forecast my-war/ --date 2024-03-01 --leads 1mo,3mo --to geojson    "
    "polemos forecast caliphate --date 2015-06-01 --json"
)


def forecast(
    scenario: Scenario,
    date: Annotated[
        str | None,
        typer.Option(help="Forecast date, YYYY-MM-DD or a label of the scenario; default: the scenario's."),
    ] = None,
    leads: Annotated[str, typer.Option(help="How far ahead, with commas between.")] = "1mo,3mo,6mo,12mo",
    members: Annotated[int, typer.Option(min=20, max=100_000, help="Simulated wars of the front hazard.")] = 400,
    seed: Seed = 1,
    threads: Threads = None,
    events: Events = None,
    top: Annotated[int, typer.Option(min=1, max=100, help="Places named at each lead.")] = 10,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="File of the map: .svg, .png, .pdf or .html; default: named after the war."),
    ] = None,
    to: Annotated[
        str | None, typer.Option(help="csv or geojson: write every place and lead for other programs.")
    ] = None,
    wide: Wide = False,
    json: Json = False,
) -> None:
    """Forecast who will hold each place after a day, with reasons, bands, and a check on the past year."""
    from polemos.cli import printing
    from polemos.cli.tables.forecast import show
    from polemos.report.charts.save import ENDINGS
    from polemos.scenario.optional_packages import missing, need
    from polemos.war.ongoing import notice

    with reporting_mistakes():
        words = parse_leads(leads)
        if to is not None and to not in FORMS:
            from polemos.scenario.errors import nearest

            raise Mistake(f"no format {to!r}; {nearest(to, FORMS)}")
        if out is not None and out.suffix.lower() not in ENDINGS:
            raise Mistake(f"{out} is no file that a map is written to; give one that ends in {', '.join(ENDINGS)}")
        if out is not None:
            need("charts")
        say_if_cold(quiet=json)
        with working("Forecasting", quiet=json):
            forecast_result = make(scenario, date, words, members, seed, threads, events)
            drawn = None if missing("charts") else draw(forecast_result, out)
            written = None if to is None else write(forecast_result, to)
    if json:
        files = {"map": None if drawn is None else str(drawn), "table": None if written is None else str(written)}
        printing.as_json({**forecast_result.as_json(top), **files})
        return
    show(printing.console(), forecast_result, top, wide=wide)
    warning = notice(forecast_result.origin)
    if warning:
        printing.say(f"\n{warning}")
    if drawn is not None:
        printing.say(f"\nMap of {forecast_result.mixed.dates[-1]}: {drawn}")
    printing.not_installed("charts")
    if written is not None:
        printing.say(f"Every place and lead: {written}")


def make(
    scenario: str,
    date: str | None,
    leads: tuple[str, ...],
    members: int,
    seed: int,
    threads: int | None,
    events: Path | None,
) -> Forecast:
    """The forecast. Raises `Mistake`, `PlanError`, `ScenarioError`."""
    from polemos.war.war import load

    war = load(scenario).with_events(events)
    try:
        return war.forecast(date, leads=leads, members=members, seed=seed, threads=threads)
    except ValueError as error:
        raise Mistake(str(error)) from None


def draw(forecast_result: Forecast, out: Path | None) -> Path:
    """Write the map of the last lead."""
    from polemos.report.charts.save import save
    from polemos.report.page.assess import forecast_map

    return save(forecast_map(forecast_result), out or Path(f"{forecast_result.war.name}-{forecast_result.origin}.svg"))


def write(forecast_result: Forecast, to: str) -> Path:
    """Write every place and lead, whole or not at all."""
    import json

    from polemos.cli import printing
    from polemos.export import geojson

    path = Path(f"{forecast_result.war.name}-{forecast_result.origin}.{to}")
    if to == "csv":
        printing.write(path, forecast_result.table.to_csv(index=False, lineterminator="\n"))
    else:
        printing.write(
            path, json.dumps(geojson.of_rows(forecast_result.rows()), ensure_ascii=False, allow_nan=False) + "\n"
        )
    return path
