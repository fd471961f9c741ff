"""Names of other tables to the places of a scenario: by spelling and by distance; what is doubtful is never taken."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray

from polemos.record.build import great_circle
from polemos.record.events import Who
from polemos.record.importers.account import Account, Doubt
from polemos.scenario.load import Scenario

FAR_KM = 30.0
"""The same name further away than this is doubtful (convention [?])."""
BESIDE_KM = 1.0
"""Another name this near is doubtful: perhaps the place, perhaps a village beside it (convention [?])."""
ALIKE = 0.8
"""Ratio of `difflib` from which two folded names are alike enough to be shown to a person (convention [?])."""

Key = Callable[[str], str]


@dataclass(slots=True)
class Matcher:
    """The names of a scenario: places by folded name and alias, organisations by id, name and alias.

    `key` folds the name of a place, `who` gives the organisations that a name means. Doubts are counted.
    """

    ids: tuple[str, ...]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    names: dict[str, list[int]]
    organisations: frozenset[str]
    key: Key
    who: Who
    given: dict[str, str] = field(default_factory=dict)
    doubts: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    likenesses: dict[tuple[str, ...], list[tuple[int, float]]] = field(default_factory=dict)

    def place(self, names: Sequence[str], lat: float = np.nan, lon: float = np.nan) -> str:
        """Id of the place of any of some names, at a point if given; empty where there is none or it is doubtful."""
        if names[0] in self.ids:
            return names[0]
        keys = [self.key(name) for name in names]
        rows = list(dict.fromkeys(row for key in keys for row in self.names.get(key, ())))
        if np.isnan(lat):
            if len(rows) == 1:
                return self.ids[rows[0]]
            alike = rows
            if not rows:
                # A table names the same stranger in many rows, and to compare it with every name is slow.
                if tuple(keys) not in self.likenesses:
                    self.likenesses[tuple(keys)] = self._alike(keys, range(len(self.ids)))
                alike = [row for row, ratio in self.likenesses[tuple(keys)] if ratio >= ALIKE]
            self._doubt("place", names[0], [self.ids[row] for row in alike[:3]])
            return ""
        km = great_circle(np.full(len(self.ids), lat), np.full(len(self.ids), lon), self.lat, self.lon)
        near = sorted((row for row in rows if km[row] <= FAR_KM), key=lambda row: km[row])
        if near:
            return self.ids[near[0]]
        around = np.flatnonzero(km <= FAR_KM).tolist()
        alike = [row for row, ratio in self._alike(keys, around) if ratio >= ALIKE or km[row] <= BESIDE_KM]
        shown = [f"{self.ids[row]} ({km[row]:.0f} km)" for row in [*rows, *alike][:3]]
        if shown:
            self._doubt("place", names[0], shown)
        return ""

    def organisation(self, name: str) -> str:
        """Id of the organisation of a name; empty where there is none, which is a doubt."""
        if name in self.given:
            return self.given[name]
        if name in self.organisations:
            return name
        found = sorted(self.who(name))
        if len(found) == 1:
            return found[0]
        self._doubt("organisation", name, found)
        return ""

    def told(self, account: Account) -> None:
        """Give the doubts to an account, the most frequent first."""
        account.doubts += [Doubt(*what, rows) for what, rows in self.doubts.most_common()]

    def _alike(self, keys: Sequence[str], rows: Collection[int]) -> list[tuple[int, float]]:
        """Places with how alike the best of their names is to the best of some keys, the most alike first."""
        best: dict[int, float] = dict.fromkeys(rows, 0.0)
        for name, at in self.names.items():
            for row in at:
                if row in best:
                    ratio = max(SequenceMatcher(None, name, key).ratio() for key in keys)
                    best[row] = max(best[row], ratio)
        return sorted(best.items(), key=lambda item: -item[1])

    def _doubt(self, kind: str, name: str, perhaps: Sequence[str]) -> None:
        self.doubts[kind, name, " or ".join(perhaps) or "nothing of these"] += 1


def matcher(scenario: Scenario, key: Key, who: Who, given: dict[str, str] | None = None) -> Matcher:
    """The names of a scenario. `given` are words of the other table that the user has given the meaning of."""
    rows = scenario.tables["places.csv"].rows
    names: dict[str, list[int]] = defaultdict(list)
    further = _aliases(scenario)
    for row, place in enumerate(rows):
        for name in (place["name"], *place["aliases"].split("|"), *further.get(place["id"], ())):
            folded = key(name)
            if folded and row not in names[folded]:
                names[folded].append(row)
    return Matcher(
        ids=tuple(place["id"] for place in rows),
        lat=np.array([place["lat"] for place in rows], float),
        lon=np.array([place["lon"] for place in rows], float),
        names=dict(names),
        organisations=frozenset(one.id for one in scenario.settings.organisations),
        key=key,
        who=who,
        given=given or {},
    )


def _aliases(scenario: Scenario) -> dict[str, list[str]]:
    """Further names of places, out of the scenario's aliases.csv: the file in which a person settles doubts."""
    import csv
    import io

    path = scenario.path / "aliases.csv"
    found: dict[str, list[str]] = defaultdict(list)
    if path.is_file():
        for row in csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))):
            if row.get("kind") == "place" and row.get("of") and row.get("alias"):
                found[row["of"].strip()].append(row["alias"].strip())
    return found
