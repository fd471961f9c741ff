"""Mistakes of the user and interrupts: one clear answer and an exit code, no traceback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer

WRONG, STOPPED = 2, 130


@contextmanager
def told() -> Iterator[None]:
    """Turn what a user can mend into a message on stderr: exit code 2, and 130 after Ctrl-C."""
    from polemos.scenario.problems import ScenarioError

    try:
        yield
    except ScenarioError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(WRONG) from None
    except KeyboardInterrupt as error:
        typer.echo(stopped(error), err=True)
        raise typer.Exit(STOPPED) from None


@contextmanager
def wrong_option() -> Iterator[None]:
    """The same around code in which a `ValueError` or `KeyError` can only mean a senseless option."""
    try:
        yield
    except (ValueError, KeyError) as error:
        typer.echo(f"polemos: {error.args[0] if error.args else error}", err=True)
        raise typer.Exit(WRONG) from None


def stopped(error: BaseException) -> str:
    """What was kept when the user stopped a run."""
    kept, members, folder = (getattr(error, name, None) for name in ("kept", "members", "folder"))
    if folder is None:
        return "polemos: stopped; nothing was kept."
    return f"polemos: stopped; {kept} of {members} members are kept in {folder}. The same command goes on from there."
