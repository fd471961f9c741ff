"""Mistakes of the user and interrupts: one clear answer and an exit code, no traceback."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

import typer

WRONG, STOPPED = 2, 130


class Mistake(ValueError):
    """Something a user typed that cannot be meant."""


@contextmanager
def reporting_mistakes() -> Iterator[None]:
    """Turn what a user can mend into a message on stderr: exit code 2, and 130 after Ctrl-C."""
    from polemos.ensemble.plan_error import PlanError
    from polemos.scenario.errors import ScenarioError
    from polemos.scenario.optional_packages import MissingPackageError

    try:
        yield
    except ScenarioError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(WRONG) from None
    except (Mistake, PlanError, MissingPackageError) as error:
        typer.echo(f"polemos: {error}", err=True)
        raise typer.Exit(WRONG) from None
    except OSError as error:
        if error.errno == errno.EPIPE:  # A closed pipe is Click's to answer.
            raise
        typer.echo(cannot_write(error), err=True)
        raise typer.Exit(WRONG) from None
    except KeyboardInterrupt as error:
        typer.echo(stopped(error), err=True)
        raise typer.Exit(STOPPED) from None


def cannot_write(error: OSError) -> str:
    """What a system refused, as one line with what to do."""
    where = f"{error.filename}: " if error.filename is not None else "writing failed: "
    return f"polemos: {where}{error.strerror or error}; mend that, or name another place"


def stopped(error: BaseException) -> str:
    """What was kept when the user stopped a run."""
    from polemos.ensemble.executor import Interrupted

    if not isinstance(error, Interrupted) or error.folder is None:
        return "polemos: stopped; nothing was kept."
    amount = f"{error.done} of {error.total} {error.unit}"
    return f"polemos: stopped; {amount} are kept in {error.folder}. The same command goes on from there."
