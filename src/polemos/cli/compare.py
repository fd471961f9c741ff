"""`polemos compare`: rival theories by what each expected of what happened."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from polemos.cli.failures import Mistake, reporting_mistakes
from polemos.cli.options import Json, Runs, Scenario, Seed, Threads, bar, parse_day, say_if_cold

if TYPE_CHECKING:
    from rich.console import Console

    from polemos.inference.theory_comparison import Comparison, Difference

EPILOG = "Example: polemos compare caliphate --theories author,rival,neutral --origins 2015-01-01,2016-01-01,2017-10-27"


def compare(
    scenario: Scenario,
    theories: Annotated[str, typer.Option(help="Theories with commas between; the first two are also mixed.")] = (
        "author,rival,neutral"
    ),
    origins: Annotated[str | None, typer.Option(help="Days with commas between; default: the scenario's own.")] = None,
    members: Annotated[int, typer.Option(min=50, help="Simulated wars for each theory, width and origin.")] = 400,
    rows: Annotated[
        bool, typer.Option("--rows/--no-rows", help="Also try each difference between the first two alone.")
    ] = True,
    posterior: Annotated[
        list[Path] | None,
        typer.Option(help="Posterior of the parameters that the theories share, instead of priors; may be repeated."),
    ] = None,
    seed: Seed = 1,
    threads: Threads = None,
    runs: Runs = Path("runs"),
    json: Json = False,
) -> None:
    """Which theory forecast the war better: evidence that adds up after each origin, or that the data cannot tell."""
    from polemos.cli import printing
    from polemos.ensemble.config import RunConfig
    from polemos.ensemble.executor import Executor
    from polemos.inference import theory_comparison
    from polemos.war.war import load

    with reporting_mistakes():
        war = load(scenario)
        names = [name.strip() for name in theories.split(",") if name.strip()]
        if len(set(names)) < 2:
            raise Mistake(f"--theories {theories}: name two or more, with commas, such as author,rival")
        days = [war.origin()] if origins is None else [parse_day(part.strip()) for part in origins.split(",")]
        for day in days:
            if not war.world.start <= day < war.world.until:
                raise Mistake(f"{day} lies outside the record, {war.world.start} to {war.world.until}")
        draws = [war.posterior(path) for path in posterior or ()]
        say_if_cold(quiet=json)
        with bar(1, quiet=json, unit="runs") as progress:
            comparison = theory_comparison.compare(
                war,
                names,
                days,
                RunConfig(members=members, seed=seed),
                rows=rows,
                draws=draws,
                executor=Executor(threads),
                store=runs,
                progress=progress,
            )
    if json:
        printing.as_json(as_json(comparison))
        return
    show(printing.console(), comparison)


def as_json(comparison: Comparison) -> dict[str, Any]:
    """A comparison as JSON values."""
    return {
        "members": comparison.members,
        "points": [
            {
                "theory": point.theory,
                "width": point.width,
                "origin": str(point.origin),
                "scores": {name: one.value for name, one in point.scores.items()},
                "figures": {name: one.figures for name, one in point.scores.items()},
            }
            for point in comparison.points
        ],
        "verdicts": [
            {
                "origin": str(one.origin),
                "first": one.first,
                "second": one.second,
                "observable": one.observable,
                "differences": {width: list(pair) for width, pair in one.differences.items()},
                "ahead": one.ahead,
            }
            for one in comparison.verdicts
        ],
        "rows": [
            {
                "origin": str(row.origin),
                "row": row.name,
                "before": row.before,
                "after": row.after,
                "second_less_first": {name: [one.value, one.error] for name, one in row.by.items()},
            }
            for row in comparison.rows
        ],
    }


def show(out: Console, comparison: Comparison) -> None:
    """The answer, scores, verdicts and rows, origin by origin."""
    from polemos.cli.printing import table
    from polemos.inference.theory_comparison import AHEAD, HALF, WRITTEN

    for origin in dict.fromkeys(point.origin for point in comparison.points):
        points = [point for point in comparison.points if point.origin == origin]
        verdicts = [one for one in comparison.verdicts if one.origin == origin]
        for one in verdicts:
            if not one.differences:
                out.print(f"{one.first} against {one.second}, by what happened after {origin}: {one.ahead}.")
        names = list(points[0].scores)
        heads = [f"{name} ({points[0].scores[name].figures})" for name in names]
        cells = [[p.theory, p.width, *(signless(f"{p.scores[name].value:.1f}") for name in names)] for p in points]
        title = "\nEvidence: log density of what happened, higher is better; in brackets how many figures"
        out.print(table(title, ("theory", "priors", *heads), cells, right=heads))
        for first, second in dict.fromkeys((one.first, one.second) for one in verdicts):
            rows_of_pair = [
                [one.observable, *(_interval(one.differences[width]) for width in (WRITTEN, HALF)), one.ahead]
                for one in verdicts
                if (one.first, one.second) == (first, second) and one.differences
            ]
            title = f"\n{first} less {second}: evidence, 90 % interval"
            out.print(table(title, ("by", WRITTEN, HALF, "ahead"), rows_of_pair, right=(WRITTEN, HALF)))
        rows = [row for row in comparison.rows if row.origin == origin]
        if rows:
            cells = [
                [f"{row.name}: {row.before} to {row.after}", *(_interval(row.by[n]) for n in names)] for row in rows
            ]
            title = "\nEach difference alone, all else neutral: evidence with the second value less with the first"
            out.print(table(title, ("parameter or process", *names), cells, right=names))
        out.print("")
    out.print(
        f"Evidence of several kinds adds up. A theory is ahead where its evidence is higher by {AHEAD:.1f} (odds of "
        "three to one) or more and the interval, over redrawn simulated wars, leaves out 0: with priors as written "
        f"and half as wide, and whether men are counted as fighters or as members. {comparison.members} simulated wars "
        "each."
    )


def signless(text: str) -> str:
    """A number without the sign of a zero."""
    return text.lstrip("+-") if not text.strip("+-0.") else text


def _interval(one: Difference) -> str:
    middle, low, high = (signless(f"{value:+.1f}") for value in (one.value, one.low, one.high))
    return f"{middle} ({low} to {high})"
