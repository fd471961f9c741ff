"""`polemos explain`: what the model does in a week, the source of each number, and what models a mechanism."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from polemos.cli.failures import Mistake, reporting_mistakes

if TYPE_CHECKING:
    from rich.console import Console

    from polemos.argument.claims import Argument, Claim
    from polemos.model.process import Process
    from polemos.war.war import War

EXPLAIN = "Examples: polemos explain    polemos explain caliphate switching    polemos explain caliphate MECHANISM"
FLAGSHIP = "caliphate"
TIMED_MEMBERS, TIMED_WEEKS = 50, 26


def explain(
    scenario: Annotated[str | None, typer.Argument(help="Scenario; without one, every process of the model.")] = None,
    what: Annotated[str | None, typer.Argument(help="A process, or a mechanism of the war's argument.")] = None,
    process: Annotated[str | None, typer.Option(help="One process, with its parameters and their sources.")] = None,
    time: Annotated[
        bool, typer.Option("--time", help="Run half a year of 50 simulated wars, and print how long each process took.")
    ] = False,
    coverage: Annotated[
        bool, typer.Option("--coverage", help="List every mechanism of the war's argument, and what models it.")
    ] = False,
    members: Annotated[
        int,
        typer.Option(help="With --coverage: what each mechanism moves when it is taken out of so many wars; 0: none."),
    ] = 0,
    json: Annotated[bool, typer.Option("--json", help="Print JSON for a program.")] = False,
) -> None:
    """Explain what the model does in a week, step by step, and where each number comes from."""
    from polemos.cli import printing
    from polemos.cli.tables import results
    from polemos.war.war import load

    with reporting_mistakes():
        war = load(scenario or FLAGSHIP)
        name = process or what
        out = printing.console()
        if coverage:
            rows = covered(war, members)
            printing.as_json(rows) if json else show_coverage(out, rows)
            return
        if name is not None and name in {claim.id for claim in mechanisms(war)}:
            row = mechanism(war, name)
            printing.as_json(row) if json else show_mechanism(out, row)
            return
        rows = processes(war.world.processes, war.argument) if scenario else processes()
        process_names = [row["process"] for row in rows]
        if name is not None and name not in process_names:
            from polemos.scenario.errors import nearest

            what = "process" if war.argument is None else "process or mechanism"
            names = [*process_names, *(claim.id for claim in mechanisms(war))]
            none = f"; {war.name} has no argument" if war.argument is None else ""
            raise Mistake(f"no {what} {name!r}; {nearest(name, names)}{none}")
        if time:
            spent = seconds(war, [row["process"] for row in rows if not row["on"]])
            for row in rows:
                row["seconds"] = spent.get(row["process"], 0.0)
    if name is not None:
        rows = [row for row in rows if row["process"] == name]
    if json:
        printing.as_json(rows)
        return
    if name is not None:
        for paragraph in printing.prose(rows[0]["equation"]):
            out.print(paragraph, soft_wrap=False)
    else:
        results.show_stages(out, stages([row["process"] for row in rows]))
    results.show_processes(out, rows, whole=name is not None)
    off = [row["process"] for row in rows if not row["on"]]
    if off:
        out.print(f"\nOff until named (--with NAME, a theory, or the scenario's processes): {', '.join(off)}")


def seconds(war: War, added: Sequence[str] = ()) -> dict[str, float]:
    """Seconds that each process takes in half a year of 50 members on one thread, compiling left out.

    Processes that another one replaces are timed in a run without it.
    """
    import numpy as np

    from polemos.model import engine
    from polemos.model import processes as process_registry

    origin = war.origin()
    cut = war.world.as_of(origin)
    end = origin + np.timedelta64(7 * TIMED_WEEKS, "D")
    spent: dict[str, float] = {}
    instead = [name for name in added if process_registry.load(name).replaces]
    for names in (instead, [name for name in added if name not in instead]):
        for _ in range(2):
            setup = engine.prepare(cut, end, members=TIMED_MEMBERS, seed=1, added=names)
            engine.simulate(setup, 0, TIMED_MEMBERS)
        spent |= setup.spent
    return spent


def stages(names: Sequence[str]) -> list[dict[str, Any]]:
    """Stages of the origin in their order, with those of some processes that open in each, as JSON values."""
    from polemos.model import processes as process_registry
    from polemos.model.process import STAGES

    chosen = [process_registry.load(name) for name in process_registry.names() if name in names]
    return [
        {"stage": stage, "settles": what, "processes": [process.name for process in chosen if process.at(stage)]}
        for stage, what in STAGES.items()
    ]


def processes(names: Sequence[str] = (), argument: Argument | None = None) -> list[dict[str, Any]]:
    """Processes in the order of a step, as JSON values. All there are, where none is named."""
    from polemos.model import processes as process_registry

    return [
        described(process_registry.load(name), argument)
        for name in process_registry.names()
        if not names or name in names
    ]


def described(process: Process, argument: Argument | None = None) -> dict[str, Any]:
    """A process as JSON values, with the mechanisms of an argument that name it as their carrier."""
    from polemos.report.page.citations import citation

    carried = argument.carried_by(process.name) if argument else ()
    doc = sys.modules[process.kernel.__module__].__doc__ or ""
    return {
        "process": process.name,
        "title": process.title,
        "on": process.on,
        "replaces": list(process.replaces),
        "mechanisms": [claim.id for claim in carried if claim.kind == "mechanism"],
        "equation": doc.strip(),
        "reads": [name for name in process.reads if name not in {one.name for one in process.parameters}],
        "writes": list(process.writes),
        "arrays": [
            {"name": a.name, "dimensions": list(a.dims), "unit": a.unit, "initial": a.initial} for a in process.arrays
        ],
        "parameters": [
            {
                "name": p.name,
                "prior": str(p.prior),
                "unit": p.unit,
                "per": p.per,
                "meaning": p.meaning,
                "source": p.source,
                "grade": p.grade,
                "taken": p.taken,
                "citation": citation(p.source),
                "basis_until": p.basis_until,
            }
            for p in process.parameters
        ],
    }


def mechanism(war: War, identifier: str) -> dict[str, Any]:
    """A mechanism of the war's argument: its sentence and paragraphs, what models it, and priors by theory."""
    from polemos.ensemble.theory import names
    from polemos.model import processes as process_registry

    claim = next(claim for claim in mechanisms(war) if claim.id == identifier)
    theories = {name: war.theory(name) for name in names(war.path)}
    rows = []
    for name in claim.carrier.processes:
        row = described(process_registry.load(name), war.argument)
        for parameter in row["parameters"]:
            chosen = {title: theory.priors.get(parameter["name"]) for title, theory in theories.items()}
            parameter["theories"] = {title: value for title, value in chosen.items() if value is not None}
        rows.append(row)
    return {
        "mechanism": identifier,
        "text": claim.text,
        "paragraphs": list(claim.paragraphs),
        "owner": claim.owner,
        "carried_by": claim.carrier.by,
        "reason": claim.carrier.reason,
        "processes": rows,
    }


def mechanisms(war: War) -> tuple[Claim, ...]:
    """The mechanisms of a war's argument; none where it has no argument."""
    return war.argument.select("mechanism") if war.argument else ()


def covered(war: War, members: int = 0) -> list[dict[str, Any]]:
    """What carries each mechanism of the war's argument, as JSON values, and what it moves. Raises `Mistake`.

    With `members`, so many wars are run with and without it; without, nothing is run.
    """
    from polemos.counterfactual.taken_out import TakenOut
    from polemos.inference.windows import focus_of

    if not mechanisms(war):
        raise Mistake(f"{war.name} has no argument with mechanisms; write one in argument.yaml")
    if members == 1 or members < 0:
        raise Mistake(f"--members {members}: an error takes two wars at least")
    ablation = TakenOut(war, focus_of(war), members) if members else None
    rows = []
    for claim in mechanisms(war):
        row: dict[str, Any] = {
            "mechanism": claim.id,
            "text": claim.text,
            "carried_by": claim.carrier.by,
            "processes": list(claim.carrier.processes),
            "reason": claim.carrier.reason,
        }
        if ablation is not None:
            moved = ablation.moved(claim.carrier.processes) if claim.carrier.processes else ()
            row["moves"] = {one.figure: [one.mean, one.error] for one in moved}
        rows.append(row)
    return rows


def show_mechanism(out: Console, row: dict[str, Any]) -> None:
    """The sentence, its processes, and their parameters."""
    from rich.text import Text

    from polemos.cli.printing import table
    from polemos.cli.tables import results

    where = f", paragraphs {', '.join(map(str, row['paragraphs']))}" if row["paragraphs"] else ""
    out.print(Text.assemble((row["mechanism"], "bold"), f" {row['text']}  ({row['owner'] or 'no argument'}{where})\n"))
    if not row["processes"]:
        out.print(f"No process carries it; {row['carried_by']}: {row['reason']}")
    elif row["reason"]:
        out.print(f"{row['reason']}\n")
    for process in row["processes"]:
        state = "" if process["on"] else ", off until named"
        out.print(Text.assemble((process["process"], "bold"), f": {process['title']}{state}"))
        heads = ("parameter", "prior", "by theory", "unit", "meaning", "source")
        cells = [
            (
                p["name"],
                p["prior"],
                "; ".join(f"{theory} {value}" for theory, value in p["theories"].items()),
                p["unit"],
                p["meaning"],
                results.source(p),
            )
            for p in process["parameters"]
        ]
        if cells:
            out.print(table("", heads, cells))
    results.show_citations(out, row["processes"])


def show_coverage(out: Console, rows: Sequence[dict[str, Any]]) -> None:
    """A line a mechanism; with what it moves, where that was run."""
    from polemos.cli.printing import table

    if "moves" in rows[0]:
        show_moves(out, rows)
        return
    cells = [
        (row["mechanism"], row["text"], ", ".join(row["processes"]) or row["carried_by"], row["reason"]) for row in rows
    ]
    out.print(table("Mechanisms", ("", "mechanism", "modelled by", "reason"), cells))


def show_moves(out: Console, rows: Sequence[dict[str, Any]]) -> None:
    """What each mechanism moves when it is taken out."""
    from polemos.cli.printing import table
    from polemos.counterfactual.taken_out import FIGURES

    cells = []
    for row in rows:
        carrier = ", ".join(row["processes"]) or f"not modelled ({row['carried_by']})"
        cells_moved = [
            f"{row['moves'][name][0]:+.1f} +- {row['moves'][name][1]:.1f}" if row["moves"] else "" for name in FIGURES
        ]
        apart = [
            name for name in FIGURES if row["moves"] and abs(row["moves"][name][0]) > 2 * row["moves"][name][1] > 0
        ]
        verdict = ", ".join(apart) or ("nothing that shows" if row["moves"] else "")
        cells.append((row["mechanism"], row["text"], carrier, *cells_moved, verdict))
    title = "What each mechanism moves when it is taken out: the organisation in focus, a year after the origin"
    out.print(table(title, ("", "mechanism", "modelled by", *FIGURES, "moves"), cells, right=FIGURES))
    out.print(
        "Mean of pairs that share their draws, and its standard error; what moves is more than two errors from 0."
    )
