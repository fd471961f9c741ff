"""Tables that fit the terminal: columns are left out or split before a word would be broken.

A sheet knows its width only when it is printed. It first leaves out the columns that a narrow terminal can do without,
and says so; what is still too wide goes on in a further table below, where it is numbers, or is printed as a block a
row, where it is text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, JustifyMethod, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

GAP = 2
WIDE = 120
"""Columns from which spare columns are shown without being asked for."""
WORD, NARROW = 32, 12
"""Characters of the longest word that is never broken, and of the narrowest column of text."""

Cells = tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """A table: `right` names columns that are flush right, `spare` those that are left out, the last first, if need be.

    `broad` names columns that are shown from `WIDE` characters on alone, `least` the fewest characters of columns that
    need more than their longest word. `whole` says that no column is left out; None: the command has no --wide for it.
    """

    title: str
    columns: Cells
    rows: tuple[Cells, ...]
    right: frozenset[str] = frozenset()
    spare: Cells = ()
    broad: Cells = ()
    least: tuple[tuple[str, int], ...] = ()
    whole: bool | None = None

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        room = options.max_width
        shown = self.shown(room)
        left_out = [name for c, name in enumerate(self.columns) if c not in shown]
        if self.title:
            yield Text(self.title, style="bold")
        for group in self.groups(shown, room):
            if sum(self.narrowest(c) for c in group) + GAP * (len(group) - 1) > room and len(group) > 1:
                yield from self.blocks(group)
            else:
                yield self.drawn(group, room)
        if left_out:
            how = "A wider window shows" if self.whole is None else "--wide shows"
            yield Text(f"Left out for width: {', '.join(left_out)}. {how} them.", style="dim")

    def shown(self, room: int) -> list[int]:
        """The columns that are shown at a width."""
        columns = list(range(len(self.columns)))
        if self.whole:
            return columns
        away = set(self.broad) if room < WIDE else set()
        for name in ("", *reversed(self.spare), *reversed(self.broad)):
            away |= {name} - {""}
            columns = [c for c in range(len(self.columns)) if self.columns[c] not in away]
            if sum(map(self.narrowest, columns)) + GAP * (len(columns) - 1) <= room:
                break
        return columns

    def groups(self, shown: Sequence[int], room: int) -> list[list[int]]:
        """The columns by the tables that they are printed in: numbers that are too many go on in a further table."""
        head, numbers = shown[0], list(shown[1:])
        if not all(self.columns[c] in self.right for c in numbers):
            return [list(shown)]
        column_groups, used = [[head]], self.narrowest(head)
        for c in numbers:
            if len(column_groups[-1]) > 1 and used + GAP + self.narrowest(c) > room:
                column_groups.append([head])
                used = self.narrowest(head)
            column_groups[-1].append(c)
            used += GAP + self.narrowest(c)
        return column_groups

    def narrowest(self, c: int) -> int:
        """Characters below which a column cannot be read: its numbers or its longest word."""
        name = self.columns[c]
        widest = max([cell_len(row[c]) for row in self.rows], default=0)
        head = max([cell_len(word) for word in name.split()], default=0)
        if name in self.right:
            return max(widest, head)
        words = [cell_len(word) for row in self.rows for word in row[c].split()]
        word = min(max(words, default=0), WORD)
        return min(max(widest, cell_len(name)), max(word, head, dict(self.least).get(name, NARROW)))

    def drawn(self, columns: Sequence[int], room: int) -> Table:
        """A table of some columns; what room is left goes to the columns that lack most."""
        widths = {c: self.narrowest(c) for c in columns}
        wanted = {c: max([cell_len(self.columns[c]), *(cell_len(row[c]) for row in self.rows)]) for c in columns}
        for _ in range(room - sum(widths.values()) - GAP * (len(columns) - 1)):
            c = max(columns, key=lambda c: wanted[c] / max(widths[c], 1))
            if wanted[c] <= widths[c]:
                break
            widths[c] += 1
        grid = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="dim")
        for c in columns:
            flush: JustifyMethod = "right" if self.columns[c] in self.right else "left"
            grid.add_column(Text(self.columns[c]), justify=flush, overflow="fold", width=min(widths[c], room))
        for row in self.rows:
            grid.add_row(*(Text(row[c]) for c in columns))
        return grid

    def blocks(self, columns: Sequence[int]) -> Iterable[Text | Padding]:
        """Every row as a block: its first cells as a line, the others below it by name."""
        for row in self.rows:
            yield Text(row[columns[0]] or row[columns[1]], style="bold")
            for c in columns[1:]:
                if row[c] and (row[columns[0]] or c != columns[1]):
                    name = f"{self.columns[c]}: " if self.columns[c] else ""
                    yield Padding(Text(name + row[c]), (0, 0, 0, 2), expand=False)
