"""Mistakes of the user and interrupts: one clear answer and an exit code, no traceback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer

WRONG, STOPPED = 2, 130


class Mistake(ValueError):
    """Something a user typed that cannot be meant."""


@contextmanager
def told() -> Iterator[None]:
    """Turn what a user can mend into a message on stderr: exit code 2, and 130 after Ctrl-C."""
    from polemos.ensemble.plan import PlanError
    from polemos.scenario.problems import ScenarioError

    try:
        yield
    except ScenarioError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(WRONG) from None
    except (Mistake, PlanError) as error:
        typer.echo(f"polemos: {error}", err=True)
        raise typer.Exit(WRONG) from None
    except OSError as error:
        if error.filename is None:  # A closed pipe is Click's to answer.
            raise
        typer.echo(f"polemos: {error.filename}: {error.strerror}; mend that, or name another place", err=True)
        raise typer.Exit(WRONG) from None
    except KeyboardInterrupt as error:
        typer.echo(stopped(error), err=True)
        raise typer.Exit(STOPPED) from None


def stopped(error: BaseException) -> str:
    """What was kept when the user stopped a run."""
    kept, members, folder = (getattr(error, name, None) for name in ("kept", "members", "folder"))
    if folder is None:
        return "polemos: stopped; nothing was kept."
    unit = getattr(error, "unit", "members")
    return f"polemos: stopped; {kept} of {members} {unit} are kept in {folder}. The same command goes on from there."
