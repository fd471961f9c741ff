"""`polemos board`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from polemos.cli.failures import Mistake, reporting_mistakes
from polemos.cli.options import Cluster, Fresh, Json, Threads, bar, parse_leads, reachable

if TYPE_CHECKING:
    from polemos.record.world import World

EPILOG = (
    "Examples: polemos board    polemos board --wars mali,tigray --members 50    "
    "polemos board --cases cases.parquet    polemos board --enter mine.parquet"
)

SETTLED = "default: as the board in --out has it, else"

Entries = Annotated[
    list[Path] | None,
    typer.Option("--enter", help="Your own forecasts (.parquet, .csv) to score beside the others; may be repeated."),
]


def board(
    wars: Annotated[
        str | None,
        typer.Option(help="Scenarios that ship, with commas between; default: all, or those of the board in --out."),
    ] = None,
    also: Annotated[
        list[Path] | None,
        typer.Option(help="Folder of another scenario to score; no war learns from it; may be repeated."),
    ] = None,
    forecasters: Annotated[
        str | None,
        typer.Option(
            help="Short names of forecasters besides the simple rules, with commas between; `none` for the rules alone."
        ),
    ] = None,
    origins: Annotated[
        int | None,
        typer.Option(min=2, help="Most origins a war; default: 24, or those of the board in --out."),
    ] = None,
    leads: Annotated[
        str | None, typer.Option(help="Leads of every war; default: those for which each record is long enough.")
    ] = None,
    members: Annotated[int | None, typer.Option(min=2, help=f"Simulated wars; {SETTLED} 200.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, max=2**63 - 1, help=f"Seed; {SETTLED} 1.")] = None,
    cases: Annotated[
        Path | None, typer.Option(help="Write a file with the rows that an entry must have (.parquet, .csv), and stop.")
    ] = None,
    enter: Entries = None,
    threads: Threads = None,
    out: Annotated[Path, typer.Option(help="Folder of the board: its protocol, forecasts and tables.")] = Path("board"),
    cluster: Cluster = None,
    fresh: Fresh = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown.")] = False,
    json: Json = False,
) -> None:
    """Score every forecaster on every war by one protocol, and your own forecasts beside them."""
    from polemos.board import entries as board_entries
    from polemos.board import protocol
    from polemos.board.board import FORECASTERS, Entrants, settle, standing
    from polemos.board.board import board as make
    from polemos.cli import printing
    from polemos.ensemble.executor import Executor
    from polemos.report.hindcast import board as shown
    from polemos.scenario.errors import ScenarioError

    with reporting_mistakes():
        reachable(cluster)
        words = None if leads is None else parse_leads(leads)
        try:
            present = None if fresh else standing(out)
            shipped, worlds = worlds_of(wars, also or [], None if present is None else tuple(present.wars))
            wanted = protocol.propose(worlds, origins or protocol.MOST, words)
            if present is not None and origins is None and words is None:
                wanted = protocol.followed(wanted, present)
            agreed = settle(out, wanted, fresh=fresh)
        except (ScenarioError, Mistake):
            raise
        except ValueError as error:
            raise Mistake(str(error)) from None
        if cases is not None:
            frame = board_entries.case_frame(worlds, agreed)
            board_entries.write_frame(frame, cases)
            printing.say(f"{len(frame):,} rows are in {cases}: add a column probability, and enter the file.")
            return
        entries = {}
        for path in enter or []:
            if path.stem in entries:
                raise Mistake(f"two entries are called {path.stem!r}; give one of the files another name")
            entries[path.stem] = board_entries.read_entry(path, worlds, agreed)
        options: dict[str, Any] = {"members": members, "seed": seed, "names": None}
        if forecasters is not None:
            options["names"] = () if forecasters == "none" else tuple(forecasters.split(","))
        usual: dict[str, Any] = {"names": FORECASTERS, "members": 200, "seed": 1}
        standing_settings = {} if fresh else shown.settings(out)
        chosen = usual | standing_settings | {name: value for name, value in options.items() if value is not None}
        cores = threads or os.cpu_count() or 1

        def watch(war: str, total: int) -> Any:
            return bar(total, quiet=json or markdown, unit=f"origins of {war}")

        try:
            board_result = make(
                out,
                agreed,
                worlds,
                Entrants(**chosen, teachers=shipped, threads=1 if cores > 1 else cores),
                entries=entries,
                executor=Executor(cores, "processes", cluster),
                watch=watch,
                fresh=fresh,
            )
        except (KeyError, ValueError) as error:
            raise Mistake(str(error.args[0])) from None
        shown.write(board_result, out)
    if json:
        printing.as_json(shown.as_json(board_result))
    elif markdown:
        typer.echo(shown.markdown(board_result), nl=False)
    else:
        show(board_result, out)


def worlds_of(
    wars: str | None, also: list[Path], names: tuple[str, ...] | None
) -> tuple[tuple[str, ...], dict[str, World]]:
    """Names of the shipped wars of a board, and all its wars by name.

    Without `wars` those `names`, or all that ship. Raises `Mistake`, `ScenarioError`.
    """
    from polemos.record.from_scenario import load
    from polemos.scenario.errors import nearest
    from polemos.scenario.load import library

    if wars is None:
        shipped = tuple(name for name in library() if names is None or name in names)
    else:
        shipped = tuple(dict.fromkeys(name.strip() for name in wars.split(",") if name.strip()))
    for name in shipped:
        if name not in library():
            raise Mistake(f"no war {name!r} ships (a folder is named with --also); {nearest(name, library())}")
    worlds = {name: load(name) for name in shipped}
    for path in also:
        world = load(path)
        if world.name in worlds:
            raise Mistake(f"two wars are called {world.name!r}; give the folder {path} another name")
        worlds[world.name] = world
    if not worlds:
        raise Mistake("a board needs a war; name one with --wars or --also")
    return shipped, worlds


def show(board_result: Any, out: Path) -> None:
    """The board in the terminal: the mean over wars, and each war."""
    from polemos.cli import printing
    from polemos.report.hindcast import board as shown

    console, heads = printing.console(), shown.skill_heads(board_result)
    title = "Skill over the best simple rule, mean over wars"
    console.print(printing.table(title, ("", *heads), shown.mean_cells(board_result), right=heads))
    for war in board_result.protocol.wars:
        console.print()
        console.print(printing.table(f"Skill, {war}", ("", *heads), shown.war_cells(board_result, war), right=heads))
        console.print(shown.basis(board_result, war))
    console.print()
    console.print(shown.RULE.format(floor=board_result.protocol.floor))
    console.print(
        f"Every score is in {out / shown.MARKDOWN} and {out / shown.JSON}, the picture in {out / shown.CHART}.svg."
    )
    printing.not_installed("charts")
