"""`polemos card`: a model card of a run, for the people who must sign off its use."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from polemos.cli.failures import Mistake
from polemos.cli.ledger.options import answered
from polemos.cli.options import Json, Shown, read_shown

if TYPE_CHECKING:
    from polemos.report.card import Evidence
    from polemos.war.simulation import Simulation

EPILOG = (
    "Examples: polemos card runs/my-war-2012-06-01-0a1b2c3d    "
    "polemos card runs/my-war-2012-06-01-0a1b2c3d --show skill.json --ledger my-watch/ledger.sqlite"
)


def card(
    run: Annotated[Path, typer.Argument(help="Folder of a finished run, below runs/.")],
    show: Shown = None,
    ledger: Annotated[
        Path | None, typer.Option(help="Ledger whose skill by horizon the card shows, such as that of a watch.")
    ] = None,
    scenario: Annotated[str | None, typer.Option(help="Folder of the run's scenario, where it is elsewhere.")] = None,
    events: Annotated[Path | None, typer.Option(help="Events that the run was given with --events.")] = None,
    out: Annotated[Path | None, typer.Option(help="File that is written; default: named after the run.")] = None,
    json: Json = False,
) -> None:
    """Write a model card, a text in Markdown: purpose, data, grade of the record, skill, limits, ethics.

    A picture to share is another thing: `polemos export RUN --to picture`.
    """
    from polemos.cli import printing
    from polemos.cli.export import reopened
    from polemos.ensemble import atomic_files
    from polemos.report.card import card as written

    with answered():
        simulation = reopened(run, scenario, events)
        skill_evidence = evidence(simulation, read_shown(show), ledger)
        target = out or Path(f"{run.resolve().name}-card.md")
        if target.suffix.lower() not in (".md", ".markdown", ".txt"):
            raise Mistake(f"{target.name}: a card is Markdown; name a file that ends in .md")
        text = written(simulation, skill_evidence)
        with atomic_files.whole(target) as part:
            part.write_text(text, encoding="utf-8")
    measured = bool(skill_evidence.results or skill_evidence.ledger)
    if json:
        printing.as_json({"written": str(target), "grade": simulation.war.grade().grade, "skill_measured": measured})
        return
    printing.say(f"Written: {target}. Record: {simulation.war.grade()}.")
    if not measured:
        printing.say("The skill is not measured: give --show with the JSON of polemos hindcast, or --ledger.")


def evidence(simulation: Simulation, shown: list[Any], ledger: Path | None) -> Evidence:
    """What is known of the skill: hindcasts beside the run, results that are given, a ledger. Raises `LedgerError`."""
    from polemos.board.protocol import RULES
    from polemos.ledger.chain import head
    from polemos.ledger.columns import table
    from polemos.ledger.from_war import is_replay
    from polemos.ledger.horizon_scores import skill_by_horizon
    from polemos.report.card import Evidence
    from polemos.report.page.related_results import hindcasts

    listed_results = [one for one in shown if one["kind"] in ("hindcast", "board")]
    results = tuple(listed_results) or hindcasts(simulation)
    if ledger is None:
        return Evidence(results)
    entries = table(ledger)
    topics = {str(one.get("topic", "")) for one in entries.asked if one.get("scenario") == simulation.war.name}
    if not topics:
        raise Mistake(f"{ledger} has no question on {simulation.war.name}; give the ledger of a watch of this war")
    skill = skill_by_horizon(entries, RULES, topics=sorted(topics))
    return Evidence(results, tuple(skill), str(head(ledger)), is_replay(ledger))
