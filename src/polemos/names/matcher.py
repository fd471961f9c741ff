"""Matches names of other tables with the places of a scenario, by spelling and distance; never a doubtful one."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray

from polemos.names.wildcards import meanings_of
from polemos.readers.import_log import Account, Doubt
from polemos.record.events import Who
from polemos.record.from_scenario import great_circle
from polemos.scenario.aliases import read_aliases, whole
from polemos.scenario.load import Scenario

FAR_KM = 30.0
"""The same name further away than this is doubtful (convention [?])."""
BESIDE_KM = 1.0
"""Another name this near is doubtful: perhaps the place, perhaps a village beside it (convention [?])."""
ALIKE = 0.8
"""Ratio of `difflib` from which two folded names are alike enough to be shown to a person (convention [?])."""

BRACKETS = re.compile(r"\([^)]*\)")
Key = Callable[[str], str]


@dataclass(slots=True)
class Matcher:
    """The names of a scenario. Places by what aliases.csv says, by their whole names, then by folded ones.

    `key` folds the name of a place, `who` gives the organisations that a name means. Doubts are counted.
    """

    ids: tuple[str, ...]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    settled: dict[str, list[int]]
    exact: dict[str, list[int]]
    names: dict[str, list[int]]
    kinds: tuple[str, ...]
    titles: tuple[str, ...]
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
        rows = self._rows(names, keys)
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
        at = f"{names[0]} @ {lat:.2f}, {lon:.2f}"
        ids = self.settled.get(whole(at), [])
        if len(ids) == 1:
            return self.ids[ids[0]]
        km = great_circle(np.full(len(self.ids), lat), np.full(len(self.ids), lon), self.lat, self.lon)
        near = sorted((row for row in rows if km[row] <= FAR_KM), key=lambda row: km[row])
        if near:
            return self.ids[near[0]]
        around = np.flatnonzero(km <= FAR_KM).tolist()
        alike = [row for row, ratio in self._alike(keys, around) if ratio >= ALIKE or km[row] <= BESIDE_KM]
        shown = [f"{self.ids[row]} ({km[row]:.0f} km)" for row in [*rows, *alike][:3]]
        if shown:
            # A place of this name may lie elsewhere too: where it is far, an alias is of the name at that point.
            self._doubt("place", at if rows else names[0], shown)
        return ""

    def nearest_of(self, names: Sequence[str], lat: float, lon: float, wanted: Callable[[str, str], bool]) -> str:
        """Id of the nearest place of some names whose name and kind are wanted, within `FAR_KM`; no doubts are kept."""
        rows = self._rows(names, [self.key(name) for name in names])
        rows = [row for row in rows if wanted(self.titles[row], self.kinds[row])]
        km = great_circle(np.full(len(rows), lat), np.full(len(rows), lon), self.lat[rows], self.lon[rows])
        return self.ids[rows[int(km.argmin())]] if rows and km.min() <= FAR_KM else ""

    def _rows(self, names: Sequence[str], keys: Sequence[str]) -> list[int]:
        """Places of any of some names: those that a person has settled, else those so written, else those spelt so."""
        for rows_by_word, words in ((self.settled, names), (self.exact, names), (self.names, keys)):
            folded = map(whole, words) if rows_by_word is not self.names else words
            rows = list(dict.fromkeys(row for word in folded for row in rows_by_word.get(word, ())))
            if rows:
                return rows
        return []

    def at(self, name: str, lat: float, lon: float) -> str:
        """`place` of one name at a point."""
        return self.place((name,), lat, lon)

    def organisation(self, name: str) -> str:
        """Id of the organisation of a name; empty where there is none, which is a doubt."""
        meant = self.meant(name)
        if not meant:
            self._doubt("organisation", name, meanings_of(name, self.given) or sorted(self.who(name)))
        return meant

    def meant(self, name: str) -> str:
        """Id of the one organisation that a name means; empty where there is none or there are more, and no doubt."""
        meanings = meanings_of(name, self.given)
        if not meanings and name in self.organisations:
            return name
        ids = meanings or sorted(self.who(name))
        return ids[0] if len(ids) == 1 else ""

    def report_doubts(self, account: Account) -> None:
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
        for row in best:
            # A name with a word in brackets, such as (island), is perhaps the place of the name without it.
            if "(" in self.titles[row] and self.key(BRACKETS.sub("", self.titles[row])) in keys:
                best[row] = 1.0
        return sorted(best.items(), key=lambda item: -item[1])

    def _doubt(self, kind: str, name: str, perhaps: Sequence[str]) -> None:
        self.doubts[kind, name, " or ".join(perhaps) or "nothing of these"] += 1


def matcher(scenario: Scenario, key: Key, who: Who, meanings: dict[str, str] | None = None) -> Matcher:
    """The names of a scenario. `meanings` are words of the other table that the user has given the meaning of."""
    rows = scenario.tables["places.csv"].rows
    settled, exact, names = (defaultdict[str, list[int]](list) for _ in range(3))
    row_of = {place["id"]: row for row, place in enumerate(rows)}
    written = [
        (row, name, exact) for row, place in enumerate(rows) for name in (place["name"], *place["aliases"].split("|"))
    ]
    written += [(row_of[alias.of], alias.alias, settled) for alias in read_aliases(scenario) if alias.kind == "place"]
    for row, name, is_settled in written:
        for table, folded in ((is_settled, whole(name)), (names, key(name))):
            if folded and row not in table[folded]:
                table[folded].append(row)
    return Matcher(
        ids=tuple(place["id"] for place in rows),
        lat=np.array([place["lat"] for place in rows], float),
        lon=np.array([place["lon"] for place in rows], float),
        settled=dict(settled),
        exact=dict(exact),
        names=dict(names),
        kinds=tuple(place["kind"] for place in rows),
        titles=tuple(place["name"] for place in rows),
        organisations=frozenset(one.id for one in scenario.settings.organisations),
        key=key,
        who=who,
        given=meanings or {},
    )
