"""The log of an import: how many rows were read, what was dropped and why, and what a person has to decide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

Progress = Callable[[int], None]
"""Told the rows read so far."""

EVERY = 20_000
"""Rows between two tellings of progress."""

FILE = "doubtful.csv"
"""What a person has to decide, in the columns of aliases.csv: fill in `of` and move the line there."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A name that may mean something of the scenario: kind (place, organisation), the name, what it perhaps means."""

    kind: str
    name: str
    perhaps: str
    rows: int = 1


@dataclass(slots=True)
class Account:
    """The account of one import. `dropped` counts rows by reason; `doubts` are left to a person and not imported."""

    read: int = 0
    kept: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    """Rows that concern sides or places which nobody knows, by which of the two."""
    unknown_of: int = 0
    """Of how many rows; 0: of all that were read."""
    doubts: list[Doubt] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    credits: list[tuple[str, str]] = field(default_factory=list)
    """Source and licence, for the credits of the scenario."""

    def drop(self, why: str, rows: int = 1) -> None:
        """Count rows that are left out."""
        if rows:
            self.dropped[why] += rows

    def shares(self) -> list[tuple[str, int, float]]:
        """What nobody knows (sides, places), in how many rows, and in which share of them."""
        of = self.unknown_of or self.read
        return [(what, rows, rows / of) for what, rows in self.unknown.most_common() if rows and of]

    def doubtful(self) -> str:
        """The doubts as a table in the columns of aliases.csv."""
        rows = [("", doubt.kind, doubt.name, f"perhaps {doubt.perhaps}; {doubt.rows} rows") for doubt in self.doubts]
        return table(("of", "kind", "alias", "note"), rows)


def table(columns: tuple[str, ...], rows: Iterable[Sequence[object]]) -> str:
    """Rows as CSV text with a header."""
    import csv
    import io

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue()
