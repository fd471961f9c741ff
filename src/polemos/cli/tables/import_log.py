"""The account of an import in the terminal: what was read, what was dropped and why, what a person has to decide."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from polemos.readers.import_log import Account, Progress

SHOWN = 12


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
        "unknown": {what: {"rows": rows, "share": share} for what, rows, share in account.shares()},
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

    printing.say(f"{account.read:,} rows read, {account.kept:,} kept.")
    for why, count in account.dropped.most_common():
        printing.say(f"  {count:,} dropped: {why}")
    for what, count, share in account.shares():
        of = account.unknown_of or account.read
        printing.say(f"{share:.0%} of the rows ({count:,} of {of:,}) concern {what} that the scenario does not know.")
    if account.doubts:
        rows = [(doubt.kind, doubt.name, doubt.perhaps, doubt.rows) for doubt in account.doubts[:SHOWN]]
        heads = ("kind", "name", "perhaps", "rows")
        out = printing.console()
        out.print(
            printing.table("A person must decide; none of these is imported as guessed", heads, rows, right=("rows",))
        )
        if len(account.doubts) > SHOWN:
            printing.say(f"and {len(account.doubts) - SHOWN} more")
    for note in account.notes:
        printing.say(f"Note: {note}.")
    for source, licence in account.credits:
        printing.say(f"Credit: {source} ({licence}).")
