"""Options that the commands of the ledger share, and how its mistakes are reported."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from polemos.cli.failures import Mistake, reporting_mistakes

Ledger = Annotated[
    Path | None,
    typer.Option("--ledger", envvar="POLEMOS_LEDGER", help="File of the ledger; default: in your data folder."),
]
Owner = Annotated[str, typer.Option(envvar="POLEMOS_OWNER", help="Owner: who makes this statement.")]
Citation = Annotated[str, typer.Option(help="Source in which one can read it.")]
Note = Annotated[str, typer.Option(help="A remark.")]
Number = Annotated[int, typer.Argument(min=1, help="Number of an entry.")]


def place(ledger: Path | None) -> Path:
    """The ledger that is meant."""
    from polemos.ledger.chain import default_path

    return default_path() if ledger is None else ledger


@contextmanager
def answered() -> Iterator[None]:
    """Mistakes about ledgers, reported in a line."""
    from polemos.ledger.entry_fields import LedgerError

    with reporting_mistakes():
        try:
            yield
        except LedgerError as error:
            raise Mistake(str(error)) from None
