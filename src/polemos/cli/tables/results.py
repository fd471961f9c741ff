"""Results in the terminal: forecasts, scores, skill, and what the model is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from polemos.cli.printing import number, percent, table
from polemos.questions.member_answers import STATUS
from polemos.report.page.story import story

if TYPE_CHECKING:
    from polemos.ensemble.run import Run
    from polemos.report.page.assess import Account
    from polemos.report.page.contents import ForecastRow, Stand, Who

OUTCOMES = {True: "yes", False: "no", None: "not known"}
QUESTION = 28
"""Fewest characters of a question's title."""


@dataclass(frozen=True, slots=True)
class Terminal:
    """What the terminal says of a run: the headline, the forecasts as cells, what limits them, the scores, what to do
    next. `voices` are the columns of those who forecast, `others` those that a narrow terminal leaves out."""

    headline: str
    standfirst: Sequence[str]
    record: str
    voices: Sequence[str]
    others: Sequence[str]
    rows: Sequence[Sequence[str]]
    limits: Sequence[str]
    scores: Sequence[Sequence[str]]
    next: str


@dataclass(frozen=True, slots=True)
class RunNote:
    """How a run went: its plan as JSON values, its folder, the members simulated now, and the seconds it took."""

    plan: Mapping[str, Any]
    folder: Path | None
    simulated: int
    seconds: float


def note_of(run: Run) -> RunNote:
    """How a run went."""
    return RunNote(run.plan.as_json(), run.folder, run.simulated, run.seconds)


def terminal_of(account: Account) -> Terminal:
    """What the terminal says of an account."""
    contents = account.contents
    head = story(contents)
    rows = [row for row in contents.forecasts if any(s.error is not None for s in row.stands)]
    order = ("forecast", "model", "author", "rival")
    first = {kind: who for who in reversed(contents.forecasters) if (kind := who.kind) in order}
    voices = [first[kind] for kind in order if kind in first]
    others = [who for who in contents.forecasters if who not in voices]
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
    return Terminal(
        head.headline,
        head.standfirst,
        f"Record: {account.assessment.war.grade()}.",
        [who.name for who in voices],
        [who.name for who in others],
        cells,
        contents.limits,
        [score_cells(row) for row in contents.scores],
        next_command(account),
    )


def show(
    out: Console, terminal: Terminal, run: RunNote, page: Path, *, wide: bool = False, quiet: bool = False
) -> None:
    """The headline, the forecasts, what limits them, the scores, what to do next and where the page is.

    With `wide`, the baselines too in a narrow terminal; with `quiet`, the headline and the page alone.
    """
    out.print(Text(terminal.headline, style="bold"))
    if quiet:
        out.print(f"Page: {page}", soft_wrap=True)
        return
    for sentence in (*terminal.standfirst, terminal.record):
        out.print(sentence)
    if terminal.rows:
        out.print()
        out.print(
            table(
                "Probability of yes",
                ("question", *terminal.voices, "outcome", *terminal.others, "id"),
                terminal.rows,
                right=[*terminal.voices, *terminal.others],
                spare=["id"],
                broad=terminal.others,
                least={"question": QUESTION},
                whole=wide,
            )
        )
    for limit in terminal.limits:
        out.print(limit)
    if terminal.scores:
        out.print()
        columns = ("questions of", "forecaster", "number", "mean Brier score", "90 % interval")
        out.print(table("Scores (0 is perfect, 0.25 a coin)", columns, terminal.scores, right=columns[2:4]))
    out.print()
    reopened = run.plan["members"] - run.simulated
    how = f"{run.simulated:,} wars simulated" + (f", {reopened:,} found on disk" if reopened else "")
    place = f" Kept in {run.folder}." if run.folder else ""
    out.print(f"{how}, in {run.seconds:.1f} s.{place}")
    out.print(f"Next: {terminal.next}")
    out.print(f"Page: {page}", soft_wrap=True)


def next_command(account: Account) -> str:
    """What somebody who has read the answer most likely wants next, as a command."""
    name = account.simulation.run.plan.scenario
    if not any(result["kind"] in ("board", "hindcast") for result in account.contents.results):
        return f"polemos hindcast {name} says how good such forecasts of this war have been."
    return f"polemos serve {name} changes something and shows what follows."


def forecast_cells(row: ForecastRow, forecasters: Sequence[Who]) -> tuple[str, ...]:
    """What each said to a question."""
    by_voice = {stand.who: stand for stand in row.stands}
    return tuple(stand_cell(by_voice.get(who.name)) for who in forecasters)


def stand_cell(stand: Stand | None) -> str:
    """A probability with its error, or why there is none."""
    if stand is None:
        return ""
    if stand.probability is None:
        return stand.status
    return percent(stand.probability, stand.error)


def score_cells(row: Any) -> tuple[str, ...]:
    """A score as cells."""
    interval = "" if row.low is None else f"{row.low:.3f} to {row.high:.3f}"
    return row.group, row.who, str(row.questions), number(row.brier), interval


def of_run(run: RunNote, page: Path) -> dict[str, Any]:
    """What `run` says of the run itself, for a program."""
    return {
        "plan": run.plan,
        "folder": None if run.folder is None else str(run.folder),
        "page": str(page),
        "simulated": run.simulated,
        "seconds": round(run.seconds, 2),
    }


def as_json(account: Account, page: Path) -> dict[str, Any]:
    """What `run` answers, for a program."""
    contents = account.contents
    return of_run(note_of(account.simulation.run), page) | {
        "answers": account.simulation.rows(account.assessment.comparison.outcomes),
        "forecasts": [asdict(row) for row in contents.forecasts],
        "scores": [asdict(row) for row in contents.scores],
        "record": asdict(account.assessment.war.grade()),
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
    spare = () if whole else ("reads", "writes")
    out.print(table("A week of the model, in order", columns, cells, right=["time"], broad=spare))
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
