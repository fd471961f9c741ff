"""`polemos sensitivity`: which parameters an answer depends on."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from polemos.cli.failures import Mistake, reporting_mistakes
from polemos.cli.options import (
    Inputs,
    Json,
    Learn,
    Origin,
    Runs,
    Scenario,
    Seed,
    Theory,
    Threads,
    With,
    Without,
    bar,
    say_if_cold,
)
from polemos.cli.what_if import questions_of

if TYPE_CHECKING:
    from rich.console import Console

    from polemos.inference.sensitivity import Sensitivity
    from polemos.questions.questions import Question

EPILOG = "Example: polemos sensitivity caliphate --question is-land-2018-10-27 --chart sensitivity.html"

Asked = Annotated[str, typer.Option("--question", help="Id of the question.")]
Chart = Annotated[Path | None, typer.Option(help="File for a chart: .html, .svg or .png.")]


def sensitivity(
    scenario: Scenario,
    question: Asked,
    quantity: Annotated[bool, typer.Option("--quantity", help="Explain the number behind the answer.")] = False,
    trajectories: Annotated[int, typer.Option(min=2, help="Number of paths of the screening.")] = 20,
    leading: Annotated[int, typer.Option(min=1, help="Number of parameters that get a share of the variance.")] = 8,
    sample: Annotated[int, typer.Option(min=16, help="Sample size for the variance, a power of 2.")] = 256,
    origin: Origin = None,
    seed: Seed = 1,
    inputs: Inputs = "known",
    theory: Theory = "neutral",
    without: Without = None,
    added: With = None,
    learn: Learn = True,
    threads: Threads = None,
    runs: Runs = Path("runs"),
    chart: Chart = None,
    json: Json = False,
) -> None:
    """Which parameters an answer depends on: all are screened, then the variance is split among the leading ones."""
    import numpy as np

    from polemos.cli import printing
    from polemos.ensemble.config import RunConfig
    from polemos.ensemble.executor import Executor
    from polemos.inference import sensitivity as sensitivity_module
    from polemos.inference.parameter_design import experiment
    from polemos.questions.questions import span
    from polemos.war.war import load

    with reporting_mistakes():
        if sample & (sample - 1):
            raise Mistake(f"{sample} is no power of 2; give 128, 256, 512, ...")
        chartable(chart)
        war = load(scenario)
        question_asked = questions_of(war, None, [question], origin)[0]
        first = war.origin(question_asked.origin if origin is None else origin)
        end = max(np.datetime64(span(question_asked)[1], "D"), first + np.timedelta64(7, "D"))
        config = RunConfig(
            origin=first,
            until=end,
            members=1,
            seed=seed,
            inputs=inputs,
            theory=theory,
            processes=tuple(added or ()),
            without=tuple(without or ()),
            learn=learn,
        )
        plan = war.plan(config)
        say_if_cold(quiet=json)
        case = experiment(war, plan, question_asked, quantity=quantity)
        wars = trajectories * (len(case.factors) + 2) + sample * (min(leading, len(case.factors)) + 4)
        try:
            with bar(wars, quiet=json, unit="wars") as progress:
                result = sensitivity_module.sensitivity(
                    case,
                    trajectories=trajectories,
                    leading=leading,
                    sample=sample,
                    executor=Executor(threads),
                    store=runs,
                    progress=progress,
                )
        except sensitivity_module.Unanswerable as error:
            raise Mistake(f"{question}: {error}") from None
    if chart is not None:
        from polemos.report.charts import experiments, save

        with reporting_mistakes():
            title = f"{war.name}: {question_asked.title}"
            save.save(experiments.sensitivity(result, title), chart, title)
    if json:
        printing.as_json(
            {"question": question_asked.id, "title": question_asked.title, "plan": plan.as_json(), **asdict(result)}
        )
        return
    show_sensitivity(printing.console(), question_asked, result)


def show_sensitivity(out: Console, question: Question, result: Sensitivity) -> None:
    """The table: every parameter that does anything, by the size of its effect."""
    from polemos.cli.printing import number, table

    cells = []
    for row in result.rows:
        if row.mean_absolute == 0 and row.total is None:
            continue
        moved = "" if row.mean is None else f"{row.mean:+.3f} ± {row.error:.3f}"
        first, total = (
            "" if value is None else f"{value:.2f} ({low:.2f} to {high:.2f})"
            for value, low, high in (
                (row.first, row.first_low, row.first_high),
                (row.total, row.total_low, row.total_high),
            )
        )
        size = "" if row.mean_absolute is None else number(row.mean_absolute)
        cells.append((row.factor, row.process, row.prior, size, moved, first, total))
    heads = ("parameter", "process", "prior", "size", "mean effect", "variance alone", "with interactions")
    out.print(f"{question.title} ({question.id}): {result.answer:.3g} on average. {leading_words(result)}\n")
    spare, broad = ("mean effect",), ("process", "prior")
    right = ("size", "mean effect", "variance alone", "with interactions")
    out.print(table("What the answer depends on", heads, cells, right=right, spare=spare, broad=broad))
    still = sum(row.mean_absolute == 0 and row.total is None for row in result.rows)
    out.print(
        f"\nAn effect is the change of the answer as a parameter goes from the 5 to the 95 % point of its prior; size "
        f"is its mean absolute value (Morris). {still} other parameters moved nothing. Mean answer "
        f"{result.answer:.3g}, variance {result.variance:.3g}; shares of it with 90 % intervals "
        f"(Sobol). {result.wars:,} wars."
    )


MATTERS = 0.05
"""Share of the variance, with interactions, from which on an answer depends on a parameter."""


def leading_words(result: Sensitivity) -> str:
    """On which parameters the answer depends most, in a sentence; chance and the rest are none."""
    from polemos.inference.sensitivity import DRAWS, OTHERS

    named = [row for row in result.rows if row.factor not in (DRAWS, OTHERS) and (row.total or 0.0) >= MATTERS]
    if not named:
        return "It depends on no single parameter: chance from war to war makes the difference."
    named.sort(key=lambda row: -(row.total or 0.0))
    return f"It depends most on {', '.join(row.factor for row in named[:3])}."


def chartable(path: Path | None) -> None:
    """Refuse a file that no chart can be written to, before anything is simulated. Raises `Mistake`."""
    if path is None:
        return
    from polemos.report.charts.save import ENDINGS
    from polemos.scenario.optional_packages import need

    if path.suffix not in ENDINGS:
        raise Mistake(f"{path} is no chart; let its name end in {', '.join(ENDINGS)}")
    if not path.parent.is_dir():
        raise Mistake(f"there is no folder {path.parent}")
    need("charts")
