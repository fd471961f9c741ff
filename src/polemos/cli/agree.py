"""`polemos agree`: how far two codings of one war agree."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from polemos.cli import printing
from polemos.cli.failures import reporting_mistakes
from polemos.cli.options import Json, scenario_names

EPILOG = "Example: polemos agree spain docs/wars/second-coding/spain/control.csv"


def agree(
    first: Annotated[
        str, typer.Argument(help="A scenario: the first coding.", autocompletion=scenario_names, metavar="A")
    ],
    second: Annotated[
        str, typer.Argument(help="The second: another scenario, or a control.csv that has the same ids.", metavar="B")
    ],
    json: Json = False,
) -> None:
    """How far two codings of a war agree: place-days, kappa near fronts, dates within their precision."""
    from polemos.record.agreement import agreement, codings

    with reporting_mistakes():
        result = agreement(*codings(first, second))
    counts = {"matched": result.matched, "within": result.within}
    if json:
        printing.as_json(asdict(result) | counts)
        return
    both = f"{len(result.places)} places in both, {result.place_days:,} place-days"
    printing.say(f"{both}: the same holder on {printing.percent(result.same)}.")
    kappa = "-" if result.kappa is None else f"{result.kappa:.2f}"
    near = f"{result.front_days:,} place-days near a front: the same holder on {printing.percent(result.front_same)}"
    printing.say(f"{near}, Cohen's kappa {kappa}.")
    alone = [sum(not getattr(pair, side) for pair in result.pairs) for side in ("second", "first")]
    printing.say(
        f"{result.matched} changes of hands in both, {alone[0]} in the first alone, {alone[1]} in the second alone; "
        f"{result.within} of {result.matched} dates within their precision (a day at least)."
    )
    rows = [pair for pair in result.pairs if not pair.within]
    if rows:
        cells = [
            (pair.place, pair.change, pair.first or "-", pair.second or "-", "" if pair.apart is None else pair.apart)
            for pair in rows
        ]
        heads = ("place", "from whom to whom", "first", "second", "days apart")
        printing.console().print()
        printing.console().print(printing.table("To be looked at", heads, cells, right=("days apart",)))
