"""`polemos import`: what people have, into a scenario; the account of what came, what was dropped and why."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from polemos.cli.failures import Mistake, told

if TYPE_CHECKING:
    from polemos.record.importers.account import Account, Progress
    from polemos.scenario.load import Scenario

app = typer.Typer(
    help="Bring data into a scenario. Nothing is downloaded; what is doubtful is listed, never taken.",
    no_args_is_help=True,
)

File = Annotated[Path, typer.Argument(help="The file, as you have it.")]
Into = Annotated[Path, typer.Option("--into", help="Folder of the scenario, made with polemos new.")]
Dates = Annotated[str, typer.Option(help="Order of days such as 10/06/2014: dmy or mdy.")]
Try = Annotated[bool, typer.Option("--try", help="Say what would come; write nothing.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program.")]

UCDP = (
    "Examples: polemos import ucdp GEDEvent_v25_1.csv.zip --into my-war    "
    "polemos import ucdp GEDEvent_v25_0_6.csv --into my-war --try"
)
ACLED = "Example: polemos import acled export.csv --into my-war"
SHOWN = 12


@app.command(epilog=UCDP)
def ucdp(file: File, into: Into, try_: Try = False, json: Json = False) -> None:
    """Events of UCDP GED, yearly or candidate, as events.csv: `polemos run FOLDER --events FOLDER/events.csv`."""
    from polemos.record.importers.events import import_ucdp

    _events(file, into, import_ucdp, try_=try_, json=json)


@app.command(epilog=ACLED)
def acled(file: File, into: Into, dates: Dates = "", try_: Try = False, json: Json = False) -> None:
    """Events of an ACLED export of your own, as events.csv. Its terms forbid to pass the data on."""
    from functools import partial

    from polemos.record.importers.events import import_acled

    with told():
        ordered(dates)
    _events(file, into, partial(import_acled, order=dates), try_=try_, json=json)


def _events(file: Path, into: Path, read: Any, *, try_: bool, json: bool) -> None:
    """Read events, and write them beside the scenario with their credit."""
    from polemos.argument.naming import sides
    from polemos.record.build import world
    from polemos.record.importers.events import FILE, as_csv

    with told():
        scenario = opened(into)
        with counting(f"Reading {file.name}", quiet=json) as progress:
            table, account = read(file, world(scenario), sides(scenario), progress)
        if not try_:
            deliver(scenario, account, {FILE: as_csv(table)})
    answer(account, into, [FILE], try_=try_, json=json)


def ordered(dates: str) -> None:
    """Check the order of days. Raises `Mistake`."""
    from polemos.record.importers.days import ORDERS

    if dates and dates not in ORDERS:
        raise Mistake(f"no order of days {dates!r}; write {' or '.join(ORDERS)}")


def opened(into: Path) -> Scenario:
    """The scenario that data go into: a folder of the user's, not one that ships. Raises `ScenarioError`, `Mistake`."""
    from polemos.scenario.load import LIBRARY, read

    if into.resolve().is_relative_to(LIBRARY.resolve()):
        raise Mistake(f"{into} ships with polemos and is left as it is; copy it, or begin one with polemos new")
    return read(into)


def deliver(scenario: Scenario, account: Account, files: dict[str, str | bytes]) -> None:
    """Write files, the credits and the doubts into the scenario, once the whole passes its checks."""
    from polemos.record.importers.account import FILE
    from polemos.scenario.attributes import SETTINGS
    from polemos.scenario.writing import credited, put

    text = (scenario.path / SETTINGS).read_text(encoding="utf-8-sig")
    files = files | {SETTINGS: credited(text, account.credits)}
    if account.doubts:
        files[FILE] = account.doubtful()
    put(scenario.path, files)


def answer(account: Account, into: Path, files: list[str], *, try_: bool, json: bool) -> None:
    """What came of an import, on the terminal or as JSON."""
    from polemos.record.importers.account import FILE

    wrote = [] if try_ else files
    if json:
        from polemos.cli import printing

        printing.as_json(summary(account) | {"written": [str(into / name) for name in wrote]})
        return
    say(account)
    if account.doubts and not try_:
        typer.echo(f"{into / FILE} lists them all: fill in `of`, move the lines to aliases.csv, import again.")
    typer.echo("Nothing written (--try)." if try_ else f"Written: {', '.join(str(into / name) for name in wrote)}")


@contextmanager
def counting(what: str, *, quiet: bool) -> Iterator[Progress | None]:
    """Say what is read and how many rows so far, on stderr; None where nobody looks."""
    import sys

    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console

    with Console(stderr=True).status(what) as status:
        yield lambda rows: status.update(f"{what}: {rows:,} rows")


def summary(account: Account) -> dict[str, Any]:
    """The account as JSON values."""
    return {
        "read": account.read,
        "kept": account.kept,
        "dropped": dict(account.dropped),
        "doubtful": [
            {"kind": doubt.kind, "name": doubt.name, "perhaps": doubt.perhaps, "rows": doubt.rows}
            for doubt in account.doubts
        ],
        "notes": account.notes,
        "credits": [{"source": source, "licence": licence} for source, licence in account.credits],
    }


def say(account: Account) -> None:
    """The account in the terminal."""
    from polemos.cli import printing

    typer.echo(f"{account.read:,} rows read, {account.kept:,} kept.")
    for why, count in account.dropped.most_common():
        typer.echo(f"  {count:,} dropped: {why}")
    if account.doubts:
        rows = [(doubt.kind, doubt.name, doubt.perhaps, doubt.rows) for doubt in account.doubts[:SHOWN]]
        heads = ("kind", "name", "perhaps", "rows")
        out = printing.console()
        out.print(
            printing.table("For a person to decide; nothing of it is taken as meant", heads, rows, right=("rows",))
        )
        if len(account.doubts) > SHOWN:
            typer.echo(f"and {len(account.doubts) - SHOWN} more")
    for note in account.notes:
        typer.echo(f"Note: {note}.")
    for source, licence in account.credits:
        typer.echo(f"Credit: {source} ({licence}).")
