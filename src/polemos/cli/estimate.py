"""`polemos estimate`: who held what, from events alone, where there is no map."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from polemos.cli.failures import Mistake, reporting_mistakes
from polemos.cli.options import Scenario, working

EPILOG = (
    "Examples: polemos estimate my-war/ --events my-war/events.csv --write    "
    "polemos estimate caliphate --events GEDEvent.csv --score"
)


def estimate(
    scenario: Scenario,
    events: Annotated[Path, typer.Option(help="Events: UCDP GED, or events.csv of polemos import.")],
    write: Annotated[bool, typer.Option("--write", help="Write the spells into control.csv.")] = False,
    score: Annotated[
        bool, typer.Option("--score", help="Score it against the record, beside two simple rules.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON for a program.")] = False,
) -> None:
    """Estimate who held which place, and how surely, from events and the holders of the first day.

    A hidden Markov model in the manner of Anders 2020. It needs no map, and is no substitute for one.
    """
    from polemos.cli import import_steps, printing
    from polemos.importers.snapshots import FILE, replaced
    from polemos.readers.import_log import Account
    from polemos.record import estimate_control as estimating
    from polemos.scenario.load import find
    from polemos.war.war import load

    with reporting_mistakes():
        if write:
            target = import_steps.opened(find(scenario))
        world = load(scenario).with_events(events).world
        with working("Estimating", quiet=json):
            try:
                result = estimating.estimate(world)
            except ValueError as error:
                raise Mistake(str(error)) from None
        rows = estimating.spells(world, result)
        scored = estimating.score(world, result) if score else []
        account = Account(read=len(world.events.id) if world.events else 0, kept=len(rows))
        if write:
            text = replaced(target, rows, account)
            import_steps.deliver(target, account, {FILE: text})
    if json:
        content = {"places": int(result.seen.sum()), "spells": len(rows)}
        content |= {"changes_told": len(result.changes), "changes_left_open": result.left_open}
        printing.as_json(content | {"score": [asdict(row) for row in scored], "written": write})
        return
    months, places = len(result.months), int(result.seen.sum())
    printing.say(f"{account.read:,} events; {places} places with events, {months} months.")
    if result.changes or result.left_open:
        printing.say(
            f"Places that events say were taken: {len(result.changes)}; by whom is left open: {result.left_open}."
        )
    printing.say(f"{len(rows)} spells; {sum(bool(row['contested']) for row in rows)} of them uncertain (contested).")
    if score and not scored:
        printing.say("Nobody observed who held these places: there is nothing to score the estimate on.")
    if scored:
        heads = ("rule", "right", "Brier", "right where the holder has changed")
        cells = [
            (row.name, printing.percent(row.right), f"{row.brier:.3f}", printing.percent(row.right_changed))
            for row in scored
        ]
        one = scored[0]
        title = f"Against the record: {one.cells:,} place-months, {one.changed:,} no longer with the first holder"
        printing.console().print(printing.table(title, heads, cells, right=heads[1:]))
    if write:
        for note in account.notes:
            printing.say(f"Note: {note}.")
        printing.say(f"Written: {target.path / FILE}")
