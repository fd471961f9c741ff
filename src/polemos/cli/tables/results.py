"""Results in the terminal: forecasts, scores, skill, and what the model is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from polemos.cli.printing import number, percent, table
from polemos.questions.member_answers import STATUS
from polemos.report.page.story import story

if TYPE_CHECKING:
    from polemos.report.page.assess import Account
    from polemos.report.page.contents import ForecastRow, Stand, Who

OUTCOMES = {True: "yes", False: "no", None: "not known"}
QUESTION = 28
"""Fewest characters of a question's title."""


def show(out: Console, account: Account, page: Path, *, wide: bool = False, quiet: bool = False) -> None:
    """The headline, the forecasts, what limits them, the scores, what to do next and where the page is.

    With `wide`, the baselines too in a narrow terminal; with `quiet`, the headline and the page alone.
    """
    contents, run = account.contents, account.simulation.run
    head = story(contents)
    out.print(Text(head.headline, style="bold"))
    if quiet:
        out.print(f"Page: {page}", soft_wrap=True)
        return
    for sentence in head.standfirst:
        out.print(sentence)
    out.print(f"Record: {account.war.grade()}.")
    rows = [row for row in contents.forecasts if any(s.error is not None for s in row.stands)]
    if rows:
        order = ("forecast", "model", "author", "rival")
        first = {kind: who for who in reversed(contents.forecasters) if (kind := who.kind) in order}
        voices = [first[kind] for kind in order if kind in first]
        others = [who for who in contents.forecasters if who not in voices]
        names, spare = [who.name for who in voices], [who.name for who in others]
        columns = ("question", *names, "outcome", *spare, "id")
        cells = [
            (
                row.title,
                *forecast_cells(row, voices),
                OUTCOMES[row.outcome],
                *("-" if cell in STATUS else cell for cell in forecast_cells(row, others)),
                row.id,
            )
            for row in rows
        ]
        out.print()
        out.print(
            table(
                "Probability of yes",
                columns,
                cells,
                right=[*names, *spare],
                spare=["id"],
                broad=spare,
                least={"question": QUESTION},
                whole=wide,
            )
        )
    for limit in contents.limits:
        out.print(limit)
    if contents.scores:
        out.print()
        cells = [score_cells(row) for row in contents.scores]
        columns = ("questions of", "forecaster", "number", "mean Brier score", "90 % interval")
        out.print(table("Scores (0 is perfect, 0.25 a coin)", columns, cells, right=columns[2:4]))
    out.print()
    reopened = run.plan.members - run.simulated
    how = f"{run.simulated:,} members simulated" + (f", {reopened:,} found on disk" if reopened else "")
    kept = f" Kept in {run.folder}." if run.folder else ""
    out.print(f"{how}, in {run.seconds:.1f} s.{kept}")
    out.print(f"Next: {next_command(account)}")
    out.print(f"Page: {page}", soft_wrap=True)


def next_command(account: Account) -> str:
    """What somebody who has read the answer most likely wants next, as a command."""
    name = account.simulation.run.plan.scenario
    if not any(result["kind"] in ("board", "hindcast") for result in account.contents.results):
        return f"polemos hindcast {name} says how good such forecasts of this war have been."
    return f"polemos serve {name} changes something and shows what follows."


def forecast_cells(row: ForecastRow, forecasters: Sequence[Who]) -> tuple[object, ...]:
    """What each said to a question."""
    said = {stand.who: stand for stand in row.stands}
    return tuple(stand_cell(said.get(who.name)) for who in forecasters)


def stand_cell(stand: Stand | None) -> str:
    """A probability with its error, or why there is none."""
    if stand is None:
        return ""
    if stand.probability is None:
        return stand.status
    return percent(stand.probability, stand.error)


def score_cells(row: Any) -> tuple[object, ...]:
    """A score as cells."""
    interval = "" if row.low is None else f"{row.low:.3f} to {row.high:.3f}"
    return row.group, row.who, row.questions, number(row.brier), interval


def as_json(account: Account, page: Path) -> dict[str, Any]:
    """What `run` answers, for a program."""
    contents, run = account.contents, account.simulation.run
    return {
        "plan": run.plan.as_json(),
        "folder": None if run.folder is None else str(run.folder),
        "page": str(page),
        "simulated": run.simulated,
        "seconds": round(run.seconds, 2),
        "answers": account.simulation.rows(),
        "forecasts": [asdict(row) for row in contents.forecasts],
        "scores": [asdict(row) for row in contents.scores],
        "record": asdict(account.war.grade()),
        "headline": [story(contents).headline, *story(contents).standfirst],
    }


def show_stages(out: Console, rows: Sequence[dict[str, Any]]) -> None:
    """What is settled at the origin before the first week, in order, and which processes do it."""
    cells = [[place, row["stage"], row["settles"], ", ".join(row["processes"])] for place, row in enumerate(rows, 1)]
    out.print(table("At the origin, in order", ["", "stage", "what it settles", "processes"], cells))
    out.print()


def show_processes(out: Console, rows: Sequence[dict[str, Any]], *, whole: bool) -> None:
    """The order of a step; with `whole`, the parameters of each process too."""
    columns = ["", "process", "what it does", "reads", "writes"]
    total = sum(row.get("seconds", 0.0) for row in rows)
    cells = [
        [place, row["process"], row["title"], ", ".join(row["reads"]), ", ".join(row["writes"])]
        for place, row in enumerate(rows, 1)
    ]
    if total:
        columns.append("time")
        for cell, row in zip(cells, rows, strict=True):
            cell.append(percent(row["seconds"] / total))
    out.print(table("A week of the model, in order", columns, cells, right=["time"]))
    if total:
        out.print(f"\n{total:.2f} s for half a year of 50 members on one thread, compiling left out.")
    if not whole:
        out.print("\npolemos explain --process NAME shows the parameters of one, with their sources.")
        return
    for row in rows:
        heads = ("parameter", "prior", "unit", "meaning", "source", "evidence until")
        priors = [
            (p["name"], p["prior"], p["unit"], p["meaning"], source(p), p["basis_until"]) for p in row["parameters"]
        ]
        out.print()
        out.print(table("Parameters", heads, priors))
        show_citations(out, [row])
        if row["mechanisms"]:
            out.print(f"\nMechanisms of the argument: {', '.join(row['mechanisms'])}")


def source(parameter: dict[str, Any]) -> str:
    """What a prior rests on: the publication with the grade and what is taken from it, or the ground of a judgement."""
    if not parameter["citation"]:
        return str(parameter["source"])
    return f"{parameter['source']} [{parameter['grade']}]: {parameter['taken']}"


def show_citations(out: Console, rows: Sequence[dict[str, Any]]) -> None:
    """The publications that the parameters of processes rest on, in full, and the meaning of their grades."""
    from polemos.model.process import GRADES

    resting = [p for row in rows for p in row["parameters"] if p["citation"]]
    if not resting:
        return
    out.print()
    for key, citation in {p["source"]: p["citation"] for p in resting}.items():
        out.print(f"{key}: {citation}", markup=False, highlight=False)
    out.print("; ".join(f"[{g}] {GRADES[g]}" for g in GRADES if g in {p["grade"] for p in resting}), markup=False)
