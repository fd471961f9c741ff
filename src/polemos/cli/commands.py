"""The commands of `polemos`."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache
from typing import Annotated, Any

import typer
import typer.main
from typer.core import TyperCommand, TyperGroup

from polemos.cli import (
    agree,
    argument,
    board,
    calibrate,
    card,
    check,
    compare,
    estimate,
    explain,
    export,
    facts,
    forecast,
    hindcast,
    ladder,
    list_,
    new,
    plot,
    read,
    run,
    sensitivity,
    serve,
    show,
    what_if,
)
from polemos.cli.import_ import app as import_app
from polemos.cli.import_flee import FLEE, flee
from polemos.cli.ledger.commands import app as ledger_app
from polemos.cli.watch import app as watch_app


class Commands(TyperGroup):
    """The commands by name. The help needs a line of each; parameters are read for the one that is called."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = {name: line(name) for name in TABLE}
        self.in_help = False

    def get_command(self, ctx: Any, name: str) -> Any:
        """A command that can be called, or what the help says of it while that is printed; None for an unknown one."""
        if name not in TABLE:
            return None
        return self.commands[name] if self.in_help else whole(name)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print the help, in which no command is called."""
        self.in_help = True
        try:
            super().format_help(ctx, formatter)
        finally:
            self.in_help = False


app = typer.Typer(
    cls=Commands,
    help="Turn an argument about a war into a model that can be run, and score it against what happened.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Begin with: polemos demo",
)


def show_version(wanted: bool) -> None:
    """Print the version and end."""
    if wanted:
        from polemos import __version__

        typer.echo(f"polemos {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", callback=show_version, is_eager=True)
    ] = False,
) -> None:
    """Turn an argument about a war into a model that can be run, and score it against what happened."""


COMMANDS: dict[str, tuple[tuple[str, Callable[..., None] | typer.Typer, str], ...]] = {
    "Begin here": (
        ("demo", run.demo, "Example: polemos demo --no-open"),
        ("list", list_.list_scenarios, "Example: polemos list --json"),
        ("show", show.show, show.SHOW),
        ("argument", argument.argument, argument.ARGUMENT),
        ("warmup", run.warmup, "Example: polemos warmup"),
    ),
    "Run a war, and look at it": (
        ("run", run.run, run.RUN),
        ("forecast", forecast.forecast, forecast.EPILOG),
        ("plot", plot.plot, plot.EPILOG),
        ("export", export.export, export.EPILOG),
        ("what-if", what_if.what_if, what_if.WHAT_IF),
        ("serve", serve.serve, serve.SERVE),
        ("explain", explain.explain, explain.EXPLAIN),
    ),
    "How good it is": (
        ("score", hindcast.score, hindcast.SCORE),
        ("hindcast", hindcast.hindcast, hindcast.HINDCAST),
        ("board", board.board, board.EPILOG),
        ("ablate", hindcast.ablate, hindcast.ABLATE),
        ("card", card.card, card.EPILOG),
        ("ledger", ledger_app, ""),
        ("watch", watch_app, ""),
    ),
    "Rival theories, and what the record says": (
        ("compare", compare.compare, compare.EPILOG),
        ("ladder", ladder.ladder, ladder.EPILOG),
        ("facts", facts.facts, facts.EPILOG),
        ("sensitivity", sensitivity.sensitivity, sensitivity.EPILOG),
        ("calibrate", calibrate.calibrate, calibrate.CALIBRATE),
    ),
    "A war and an argument of your own": (
        ("new", new.new, new.EPILOG),
        ("agree", agree.agree, agree.EPILOG),
        ("estimate", estimate.estimate, estimate.EPILOG),
        ("read", read.read, read.EPILOG),
        ("check", check.check, "Example: polemos check my-war/"),
        ("import", import_app, ""),
    ),
}
"""Name, function and examples of each command, or the group of commands below a name, in the order of the help."""

TABLE = {name: (panel, what, examples) for panel, rows in COMMANDS.items() for name, what, examples in rows}

import_app.command("flee", epilog=FLEE)(flee)


def line(name: str) -> TyperCommand:
    """A command as the help of all commands shows it: its panel and its first line, without its parameters."""
    panel, what, _ = TABLE[name]
    text = what.info.help if isinstance(what, typer.Typer) else inspect.getdoc(what)
    return TyperCommand(name, help=str(text), rich_help_panel=panel)


@cache
def whole(name: str) -> Any:
    """A command, or the group of commands below a name, as it is called."""
    _, what, examples = TABLE[name]
    above = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    if isinstance(what, typer.Typer):
        above.add_typer(what, name=name)
        return typer.main.get_group(above).commands[name]
    above.command(name, epilog=examples)(what)
    return typer.main.get_command(above)
