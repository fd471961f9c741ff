"""`polemos plot`: a chart of a kept run as a file."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from polemos.cli.failures import Mistake, reporting_mistakes
from polemos.cli.options import Json, working

EPILOG = (
    "Examples: polemos plot runs/caliphate-2017-10-27-1a2b3c4d map -o map.png --date 2018-06-01    "
    "polemos plot runs/caliphate-2017-10-27-1a2b3c4d control -o fighters.pdf --quantity fighters"
)


class Chart(StrEnum):
    """The charts there are."""

    map = "map"
    control = "control"
    forecasts = "forecasts"
    reliability = "reliability"


class Mode(StrEnum):
    """What a map shows."""

    record = "record"
    likely = "likely"
    chance = "chance"


def plot(
    run: Annotated[Path, typer.Argument(help="Folder of a kept run; polemos run names it.")],
    chart: Annotated[Chart, typer.Argument(help="What to draw.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="File to write: .png, .svg, .pdf or .html.")],
    scenario: Annotated[str | None, typer.Option(help="Folder of the scenario, where it has moved.")] = None,
    date: Annotated[str | None, typer.Option(help="Map: day, YYYY-MM-DD; default: that of the forecast.")] = None,
    mode: Annotated[Mode, typer.Option(help="Map: the record, the most likely holder, or a chance.")] = Mode.likely,
    organisation: Annotated[str | None, typer.Option(help="Map: whose chance; default: the focus.")] = None,
    quantity: Annotated[
        str, typer.Option(help="Control: people, places, fighters, underground or attacks.")
    ] = "people",
    width: Annotated[int, typer.Option(min=200, max=4000, help="Map: width in pixels.")] = 820,
    scale: Annotated[float, typer.Option(min=0.5, max=8, help="PNG: pixels a point.")] = 2.0,
    json: Json = False,
) -> None:
    """Draw a chart of a kept run into a file, without a browser."""
    from polemos.cli import printing
    from polemos.cli.options import parse_day

    with reporting_mistakes(), working("Drawing", quiet=json):
        import polemos
        from polemos.ensemble.run import reopen
        from polemos.ensemble.run_folder import manifest
        from polemos.questions.evaluate import reducer
        from polemos.report.charts.run_charts import charts_of
        from polemos.report.charts.save import ENDINGS, save
        from polemos.scenario.optional_packages import need

        if out.suffix.lower() not in ENDINGS:
            raise Mistake(f"{out} is no file that a chart is written to; give one that ends in {', '.join(ENDINGS)}")
        need("charts")
        about = manifest(run)
        if about is None:
            raise Mistake(f"{run} is not the folder of a run; `polemos run` names the folder it keeps one in")
        when = None if date is None else parse_day(date)
        war = polemos.load(scenario or str(about["plan"]["scenario"]))
        questions = war.questions_at(parse_day(about["plan"]["origin"]))
        stored_run = reopen(run, war.world, reducer(questions) if questions else None)
        charts = charts_of(polemos.Simulation(war, stored_run, questions))
        try:
            if chart is Chart.map:
                drawn = charts.map(when, mode.value, organisation, width)
            elif chart is Chart.control:
                drawn = charts.control(quantity)
            else:
                drawn = charts.forecasts() if chart is Chart.forecasts else charts.reliability()
            path = save(drawn, out, scale=scale)
        except (ValueError, KeyError) as error:
            raise Mistake(str(error.args[0])) from None
        except OSError as error:
            raise Mistake(f"{out} cannot be written: {error.strerror}") from None
    if json:
        printing.as_json({"chart": chart.value, "run": str(run), "file": str(path)})
    else:
        typer.echo(f"Chart: {path}")
