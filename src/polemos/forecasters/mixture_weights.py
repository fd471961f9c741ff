"""The weights of the mixture by lead, learnt from the hindcasts of the wars of the library.

They stand in `mixture_weights.json`, which `python tools/mixture_weights.py BOARD` writes. For a war of the library the
weights are those that were learnt from the others; the strict variant takes those of the wars that had ended before
its first origin.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from polemos.record.world import Floats

FILE = Path(__file__).with_suffix(".json")
FORMAT = 2
MEMBERS = ("front", "model", "trees", "rules")
"""Members of the mixture, in the order of its weights."""


@dataclass(frozen=True, slots=True)
class LeadWeights:
    """Weights of the members at some leads: `days` [D] ascending, `table` [D][N], each row of which sums to 1."""

    days: tuple[int, ...]
    table: tuple[tuple[float, ...], ...]

    def at(self, days: float) -> Floats:
        """Weights [N] at a lead, straight between those of the table in the logarithm of days."""
        place = np.log(max(days, 1.0))
        return np.array([np.interp(place, np.log(self.days), column) for column in zip(*self.table, strict=True)])

    def only(self, members: Sequence[str]) -> LeadWeights:
        """The same with no weight for any but some members; rows no longer sum to 1."""
        is_member = [name in members for name in MEMBERS]
        return LeadWeights(
            self.days, tuple(tuple(w * k for w, k in zip(row, is_member, strict=True)) for row in self.table)
        )


@dataclass(frozen=True, slots=True)
class LibraryWeights:
    """`all_wars` are learnt from every war of the library, those `without` a war from the others."""

    all_wars: LeadWeights
    without: Mapping[str, LeadWeights]

    def of(self, war: str) -> LeadWeights:
        """The weights for a war: one of the library has no part in its own."""
        return self.without.get(war, self.all_wars)

    def only(self, members: Sequence[str]) -> LibraryWeights:
        """The same with no weight for any but some members."""
        without = {war: table.only(members) for war, table in self.without.items()}
        return LibraryWeights(self.all_wars.only(members), without)


def constant(weights: Mapping[str, float]) -> LibraryWeights:
    """The same weights for every war and lead, by member (0 where none is named), scaled to sum to 1."""
    row = np.array([weights.get(name, 0.0) for name in MEMBERS])
    return LibraryWeights(LeadWeights((30,), (tuple((row / row.sum()).tolist()),)), {})


def library_weights() -> LibraryWeights:
    """The weights that ship."""
    return _shipped()[0]


def ended_weights() -> LibraryWeights:
    """Weights learnt, for a war of the library, from those that had ended before its first origin."""
    return _shipped()[1]


@cache
def _shipped() -> tuple[LibraryWeights, LibraryWeights]:
    content = json.loads(FILE.read_text(encoding="utf-8"))
    if content["format"] != FORMAT or tuple(content["members"]) != MEMBERS:
        raise ValueError(f"{FILE} is of another version; write it anew with tools/mixture_weights.py")
    days = tuple(content["days"])

    def table(rows: list[list[float]]) -> LeadWeights:
        return LeadWeights(days, tuple(map(tuple, rows)))

    first, second = (
        LibraryWeights(table(content["all"]), {name: table(rows) for name, rows in content[key].items()})
        for key in ("without", "ended")
    )
    return first, second
