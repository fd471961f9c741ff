"""`polemos facts`: which of the facts of a war the model reproduces without being told."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from polemos.cli.failures import Mistake, reporting_mistakes
from polemos.cli.options import Inputs, Json, Members, Runs, Scenario, Seed, Theory, Threads, bar, say_if_cold

if TYPE_CHECKING:
    from rich.console import Console

    from polemos.inference.facts.facts import Finding

EPILOG = "Examples: polemos facts caliphate    polemos facts caliphate --fact FACT --theory rival"


def facts(
    scenario: Scenario,
    fact: Annotated[list[str] | None, typer.Option(help="Id of a fact, or of one of its rows.")] = None,
    members: Members = 200,
    seed: Seed = 1,
    inputs: Inputs = "known",
    theory: Theory = "neutral",
    posterior: Annotated[
        list[Path] | None, typer.Option(help="Posterior in the place of priors, from the day it rests on; repeatable.")
    ] = None,
    threads: Threads = None,
    runs: Runs = Path("runs"),
    json: Json = False,
) -> None:
    """Which facts of the war the model reproduces from its priors: what was seen, what it gives, and a verdict."""
    from polemos.cli import printing
    from polemos.ensemble.config import RunConfig
    from polemos.ensemble.executor import Executor
    from polemos.inference.facts import facts as facts_module
    from polemos.scenario.errors import nearest
    from polemos.scenario.fact_checks import FILE
    from polemos.war.war import load

    with reporting_mistakes():
        war = load(scenario)
        every = facts_module.facts(war)
        if not every:
            raise Mistake(f"{war.name} has no {FILE}; see docs/scenario-files.md")
        names = {one.fact for one in every} | {one.id for one in every}
        for name in fact or ():
            if name not in names:
                raise Mistake(f"no fact {name!r}; {nearest(name, names)}")
        chosen_facts = [one for one in every if not fact or one.fact in fact or one.id in fact]
        draws = [war.posterior(path) for path in posterior or ()]
        config = RunConfig(members=members, seed=seed, theory=theory, inputs=inputs)
        planned = facts_module.plans(war, chosen_facts, config, draws)
        say_if_cold(quiet=json)
        with bar(members * len(planned), quiet=json, unit="wars") as progress:
            findings = facts_module.findings(
                war, chosen_facts, planned, executor=Executor(threads), store=runs, progress=progress
            )
    if json:
        printing.as_json([asdict(one) for one in findings])
        return
    show(printing.console(), findings, theory, members)


def show(out: Console, findings: Sequence[Finding], theory: str, members: int) -> None:
    """A row a figure, then how many of each verdict, and the rule."""
    from polemos.cli.printing import table
    from polemos.inference.facts.facts import ABSENT, LEAST, VERDICTS

    cells = []
    for one in findings:
        fact, points = one.fact, one.quantiles
        title = fact.title + (" (H)" if fact.withheld else "")
        cells.append(
            (
                fact.id,
                title,
                observed_range(fact.low, fact.best, fact.high),
                "" if one.record is None else short(one.record),
                f"{short(points[2])} ({short(points[0])} to {short(points[-1])})" if points else "",
                f"{one.members}" if one.members < one.wars else "",
                "" if one.inside is None else f"{100 * one.inside:.0f} %",
                one.verdict,
            )
        )
    heads = ("", "fact", "seen", "our record", "the model: median (5 to 95 %)", "wars", "within", "verdict")
    out.print(
        table(
            f"Facts that the model was not told, theory {theory}",
            heads,
            cells,
            right=("wars", "within"),
            spare=("our record", "wars"),
        )
    )
    for one in findings:
        if one.verdict == ABSENT:
            out.print(f"{one.fact.id}, {ABSENT}: {one.fact.note or 'no series of a simulated war speaks of it'}.")
    counts = Counter(one.verdict for one in findings)
    out.print(
        "\n" + ", ".join(f"{counts[name]} {name}" for name in VERDICTS if counts[name]) + f"; {members} wars a run."
    )
    out.print(
        "typical: the median war lies within what was seen; possible: the central 90 % of the wars reach into it; "
        f"missed: they do not; too rare: it comes up in fewer than {LEAST} wars. (H): withheld, used "
        "for this comparison alone."
    )


def observed_range(low: float, best: float, high: float) -> str:
    """What was seen, with its bounds."""
    if math.isinf(low) and math.isinf(high):
        return "-"
    bounds = f"{short(low)} to {short(high)}"
    if math.isinf(high):
        bounds = f"at least {short(low)}"
    elif math.isinf(low):
        bounds = f"at most {short(high)}"
    return bounds if math.isnan(best) else f"{short(best)} ({bounds})"


def short(value: Any) -> str:
    """Three digits; `never` for what is infinite."""
    return "never" if math.isinf(value) else f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
