"""Forecasts written down so that each owner has one standing on a question."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path

from polemos.forecast.ledger.entry import Entry, key
from polemos.forecast.ledger.store import Kept, adding, entry_at
from polemos.forecast.ledger.table import table

SAME = ("probability", "quantiles", "origin", "source", "note")
"""What makes a forecast another one."""


def register(path: Path | str, drafts: Sequence[Entry], *, now: datetime.datetime | None = None) -> list[Kept]:
    """Add entries; a forecast of a question on which its owner has one standing becomes a revision of that.

    A forecast that says the same as the standing one is left out, so that registering twice adds nothing.
    All or none are added. Raises `LedgerError`.
    """
    standing: dict[tuple[str, str], tuple[int, Entry]] = {}
    if Path(path).is_file() and Path(path).stat().st_size:
        there = table(path)
        for draft in drafts:
            number = there.last(draft.owner, key(draft.question))
            if number is not None:
                standing[draft.owner, key(draft.question)] = number, entry_at(path, number)
    added = []
    with adding(path, now=now) as add:
        for draft in drafts:
            at = draft.owner, key(draft.question)
            if draft.kind == "forecast" and at in standing:
                number, old = standing[at]
                if all(getattr(old, name) == getattr(draft, name) for name in SAME):
                    continue
                draft = draft.model_copy(update={"kind": "revision", "of": number})
            kept = add(draft)
            added.append(kept)
            if draft.kind in ("forecast", "revision"):
                standing[at] = kept.number, kept.entry
    return added
