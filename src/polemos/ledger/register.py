"""Registers forecasts so that each owner has one valid forecast on a question."""

from __future__ import annotations

import datetime
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from polemos.ledger.canonical import ENCODER, cut
from polemos.ledger.chain import Kept, adder, contents, parsed
from polemos.ledger.entries import Entry, key
from polemos.ledger.sqlite import Broken, writing

SAME = ("probability", "quantiles", "choices", "cdf", "origin", "source", "note")
"""What makes a forecast another one."""
TOLD = {
    "forecast": ("owner", "made", *SAME),
    "revision": ("owner", "made", *SAME),
    "resolution": ("owner", "outcome", "quantity", "choice", "settled", "source", "note"),
}
"""What makes an entry another one, beside its question."""

At = tuple[str, str]
"""An owner, and the key of a question."""


def register(path: Path | str, drafts: Sequence[Entry], *, now: datetime.datetime | None = None) -> list[Kept]:
    """Add entries; a forecast of a question on which its owner has one standing becomes a revision of that.

    What the ledger holds already is left out: a forecast that says the same as the standing one, or as any that was
    made at the same time, and a resolution that says the same as any. So registering twice adds nothing. All or none
    are added, and no other writer comes between. Raises `LedgerError`.
    """
    added = []
    with writing(path) as connection:
        standing, statements = _there(connection, {key(draft.question) for draft in drafts})
        add = adder(connection, now)
        for draft in drafts:
            at = draft.owner, key(draft.question)
            if draft.kind in TOLD and _told(draft) in statements:
                continue
            if draft.kind == "forecast" and at in standing:
                number, old = standing[at]
                if all(getattr(old, name) == getattr(draft, name) for name in SAME):
                    continue
                draft = draft.model_copy(update={"kind": "revision", "of": number})
            entry = add(draft)
            added.append(entry)
            if draft.kind in ("forecast", "revision"):
                standing[at] = entry.number, entry.entry
    return added


def _there(
    connection: sqlite3.Connection, question_keys: set[str]
) -> tuple[dict[At, tuple[int, Entry]], set[tuple[str, str]]]:
    """Of some questions, the forecasts that stand, and what every forecast and resolution says."""
    standing: dict[At, tuple[int, Entry]] = {}
    statements: set[tuple[str, str]] = set()
    forecasts: set[int] = set()
    keys: dict[str, str] = {}
    for number, content, _ in contents(connection):
        try:
            text, _ = cut(content)
        except ValueError as error:
            raise Broken(f"cannot be understood: {error}", number) from None
        which = keys.get(text) or keys.setdefault(text, key(text))
        if which not in question_keys:
            continue
        one = parsed(number, content)
        at = one.owner, which
        if one.kind in TOLD:
            statements.add(_told(one))
        if one.kind in ("forecast", "revision"):
            standing[at] = number, one
            forecasts.add(number)
        elif one.kind == "withdrawal" and one.of in forecasts:
            standing.pop(at, None)
    return standing, statements


def _told(one: Entry) -> tuple[str, str]:
    """What an entry says, by the key of its question."""
    return key(one.question), ENCODER.encode(one.model_dump(mode="json", include=set(TOLD[one.kind])))
