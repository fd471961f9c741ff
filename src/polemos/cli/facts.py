"""`polemos facts`: which of the facts of a war the model reproduces without being fitted to them."""

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
    from polemos.inference.facts.matrix import Matrix

EPILOG = "Examples: polemos facts caliphate    polemos facts caliphate --fact FACT --theory rival"


def facts(
    scenario: Scenario,
    fact: Annotated[list[str] | None, typer.Option(help="Id of a fact, or of one of its rows.")] = None,
    members: Members = 200,
    seed: Seed = 1,
    inputs: Inputs = "known",
    theory: Theory = "neutral",
    theories: Annotated[
        str | None, typer.Option(help="Theories with commas between, as author,rival,neutral: facts against theories.")
    ] = None,
    posterior: Annotated[
        list[Path] | None,
        typer.Option(help="Posterior instead of priors, from the last day of its data on; may be repeated."),
    ] = None,
    threads: Threads = None,
    runs: Runs = Path("runs"),
    json: Json = False,
) -> None:
    """Which facts of the war the model reproduces from its priors: the record, the model, and a verdict."""
    from polemos.cli import printing
    from polemos.ensemble.config import RunConfig
    from polemos.ensemble.executor import Executor
    from polemos.inference.facts import facts as facts_module
    from polemos.inference.facts.matrix import matrix_of
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
        theory_names = [theory] if theories is None else [name.strip() for name in theories.split(",") if name.strip()]
        if theories is not None and len(set(theory_names)) < 2:
            raise Mistake(f"--theories {theories}: name two or more, with commas, such as author,rival")
        configs = {name: RunConfig(members=members, seed=seed, theory=name, inputs=inputs) for name in theory_names}
        planned = {name: facts_module.plans(war, chosen_facts, config, draws) for name, config in configs.items()}
        say_if_cold(quiet=json)
        findings = {}
        for name, plans in planned.items():
            with bar(members * len(plans), quiet=json, unit="wars") as progress:
                findings[name] = facts_module.findings(
                    war, chosen_facts, plans, executor=Executor(threads), store=runs, progress=progress
                )
    if theories is None:
        if json:
            printing.as_json([asdict(one) for one in findings[theory]])
        else:
            show(printing.console(), findings[theory], theory, members)
        return
    matrix = matrix_of(findings)
    if json:
        printing.as_json(matrix_json(matrix, war.name, members))
    else:
        show_matrix(printing.console(), matrix, members)


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
            f"Facts that the model was not fitted to, theory {theory}",
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


def matrix_json(matrix: Matrix, scenario: str, members: int) -> dict[str, Any]:
    """Facts against theories as JSON values; `polemos run --show` puts them on a page."""
    from polemos.inference.facts.matrix import evidence_words

    one, two = matrix.theories[:2]
    return {
        "scenario": scenario,
        "members": members,
        "theories": list(matrix.theories),
        "facts": [
            {
                "id": row.fact.id,
                "title": row.fact.title,
                "withheld": row.fact.withheld,
                "seen": observed_range(row.fact.low, row.fact.best, row.fact.high),
                "theories": {
                    name: {"verdict": finding.verdict, "inside": finding.inside, "quantiles": list(finding.quantiles)}
                    for name, finding in row.findings.items()
                },
                "times": row.times,
                "evidence": evidence_words(row.times, one, two),
            }
            for row in matrix.rows
        ],
        "verdicts": matrix.verdicts,
        "times": matrix.times,
        "evidence": evidence_words(matrix.times, one, two),
    }


def show_matrix(out: Console, matrix: Matrix, members: int) -> None:
    """A row a fact, a column a theory, and for which of the first two each fact speaks."""
    from polemos.cli.printing import table
    from polemos.inference.facts.matrix import evidence_words

    one, two = matrix.theories[:2]
    cells = [
        (
            row.fact.id,
            row.fact.title + (" (H)" if row.fact.withheld else ""),
            *(verdict_cell(row.findings[name]) for name in matrix.theories),
            evidence_words(row.times, one, two),
        )
        for row in matrix.rows
    ]
    heads = ("", "fact", *matrix.theories, "speaks for")
    out.print(table("Facts against theories", heads, cells, least={"fact": 24}))
    for name, counts in matrix.verdicts.items():
        out.print(f"{name}: " + ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count) + ".")
    out.print(
        f"All facts together: {evidence_words(matrix.times, one, two)}, at the most, since facts of one war hang "
        f"together; {members} wars a run and theory. In brackets: wars within what was seen."
    )


def verdict_cell(finding: Finding) -> str:
    """A verdict with the share of the wars within what was seen."""
    return finding.verdict if finding.inside is None else f"{finding.verdict} ({100 * finding.inside:.0f} %)"


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
