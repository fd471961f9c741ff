"""Looks up a whole name from another table among the places and organisations of a scenario."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING

from polemos.names.gazetteer import gazetteer
from polemos.names.normalise import ARTICLES, WORD, fold
from polemos.scenario.aliases import read_aliases, whole

if TYPE_CHECKING:
    from polemos.scenario.load import Scenario


def key(name: str) -> str:
    """A name as it is compared: without case, accents, articles, and the vowels that transcriptions confuse."""
    words = WORD.findall(name)
    return "".join(fold(word) for word in words if word.casefold() not in ARTICLES) or "".join(map(fold, words))


def sides(scenario: Scenario) -> Callable[[str], set[str]]:
    """What gives the ids of the organisations that a side's name means: by name, and by the scenario's aliases.csv.

    An id, a name or an alias matches whole, whatever signs are in it; only then are other spellings looked for.
    """
    names = gazetteer(scenario)
    exact: dict[str, set[str]] = defaultdict(set)
    settled: dict[str, set[str]] = defaultdict(set)
    for one in scenario.settings.organisations:
        exact[whole(one.id)].add(one.id)
        exact[whole(one.name)].add(one.id)
    for alias in read_aliases(scenario):
        if alias.kind == "organisation":
            settled[whole(alias.alias)].add(alias.of)

    def who(side: str) -> set[str]:
        ids = settled.get(whole(side)) or exact.get(whole(side))
        if ids:
            return set(ids)
        plain = side.strip().removeprefix("The ")
        # A name counts only if it is all of the side's, and no short one may begin a sentence.
        all_of_it = (name for name in names.find(f"of {plain}") if name.end - name.start == len(plain))
        return {name.ids[0] for name in all_of_it if name.kind == "organisation"}

    return who
