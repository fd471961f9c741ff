"""`polemos ladder`: which difference of two theories moves an answer."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from polemos.cli.failures import Mistake, reporting_mistakes
from polemos.cli.options import Inputs, Json, Origin, Runs, Scenario, Seed, Threads, To, bar, parse_day, say_if_cold
from polemos.cli.sensitivity import Chart, chartable
from polemos.cli.what_if import questions_of

if TYPE_CHECKING:
    from rich.console import Console

    from polemos.counterfactual.theory_ladder import Ladder
    from polemos.questions.questions import Question

EPILOG = "Examples: polemos ladder caliphate    polemos ladder caliphate author rival --question is-attacks-500"
SHOWN = 9
"""Questions in a chart of a ladder where none are named: those that move most."""

Questions = Annotated[list[str] | None, typer.Option("--question", help="Id of a question; may be repeated.")]


def ladder(
    scenario: Scenario,
    first: Annotated[str, typer.Argument(help="Theory that the ladder starts from.")] = "author",
    second: Annotated[
        str, typer.Argument(help="Theory whose rows replace those of the first, one at a time.")
    ] = "rival",
    question: Questions = None,
    climb: Annotated[bool, typer.Option("--climb", help="Replaced rows stay: one step after the other.")] = False,
    members: Annotated[int, typer.Option(min=2, max=1_000_000, help="Simulated wars in each run.")] = 200,
    origin: Origin = None,
    to: To = None,
    seed: Seed = 1,
    inputs: Inputs = "known",
    threads: Threads = None,
    runs: Runs = Path("runs"),
    chart: Chart = None,
    json: Json = False,
) -> None:
    """How the probability of each question changes as the rows of one theory replace those of another, draws shared."""
    from polemos.cli import printing
    from polemos.counterfactual import theory_ladder
    from polemos.ensemble.config import RunConfig
    from polemos.ensemble.executor import Executor
    from polemos.war.war import load

    with reporting_mistakes():
        chartable(chart)
        war = load(scenario)
        when = war.origin(origin)
        until = war.settings.run_to if to is None else parse_day(to)
        questions = questions_of(war, None, question, when) if question else within(war.questions_at(when), until)
        differences = theory_ladder.rows(war.theory(first), war.theory(second))
        if not differences:
            raise Mistake(f"{first} and {second} differ in nothing")
        say_if_cold(quiet=json)
        with bar(members * (len(differences) + 2), quiet=json) as progress:
            result = theory_ladder.ladder(
                war,
                first,
                second,
                questions,
                RunConfig(origin=when, until=until, members=members, seed=seed, inputs=inputs),
                climbing=climb,
                executor=Executor(threads),
                store=runs,
                progress=progress,
            )
    names = question or moved(result)[:SHOWN]
    if chart is not None:
        from polemos.report.charts import experiments, save

        with reporting_mistakes():
            save.save(experiments.ladder(result, names), chart, f"{war.name}: ladder")
    if json:
        printing.as_json({"scenario": war.name, "origin": str(when), "until": str(until), **asdict(result)})
        return
    show_ladder(printing.console(), result, names)


def show_ladder(out: Console, result: Ladder, names: list[str]) -> None:
    """A block a question: both theories, and what each row does."""
    from polemos.cli.printing import table

    whole = {one.question: one for one in result.whole}
    for name in names:
        if name not in whole:
            continue
        one = whole[name]
        cells = []
        for step in result.steps:
            effect = next((e for e in step.effects if e.question == name), None)
            if effect is not None:
                cells.append((step.row.name, step.row.before, step.row.after, *points(effect)))
        cells.append(("all rows", "", "", *points(one)))
        sides = f"{result.first} {100 * one.factual:.0f} %, {result.second} {100 * one.counterfactual:.0f} %"
        title = f"{one.title} ({name}): {sides}"
        heads = ("row", result.first, result.second, "points", "90 %")
        out.print(table(title, heads, cells, right=("points",)))
        out.print()
    rest = [one for one in result.whole if one.question not in names]
    if rest:
        out.print(f"{len(rest)} other questions; --json has them all, --question NAME shows one.")
    if result.silent:
        out.print(f"No answer in these runs: {', '.join(result.silent)}.")
    how = "each row on top of those before" if result.climbing else "each row alone"
    out.print(f"{result.members} wars a run, the same draws in each; {how}.")


def points(effect: Any) -> tuple[str, str]:
    """A difference in points of probability, and its interval."""
    return f"{100 * effect.difference:+.1f}", f"{100 * effect.low:+.1f} to {100 * effect.high:+.1f}"


def moved(result: Ladder) -> list[str]:
    """Ids of the questions, those that any row moves most first."""
    most: dict[str, float] = {}
    for effects in (result.whole, *(step.effects for step in result.steps)):
        for one in effects:
            most[one.question] = max(most.get(one.question, 0.0), abs(one.difference))
    return sorted(most, key=lambda name: -most[name])


def within(questions: tuple[Question, ...], until: Any) -> tuple[Question, ...]:
    """Those that a run to a day can answer."""
    from polemos.counterfactual import paired_runs

    return tuple(question for question in questions if paired_runs.within(question, until))
