"""Finds the places and organisations of a scenario in a text, whatever their spelling.

Names are folded before they are compared: case, accents, hyphens and apostrophes go, the Arabic article in its forms
goes (also where it has grown into the name: Dar Essalam is Dar es-Salam), vowels that transcriptions confuse become
one. The longest name wins. Short ones and those that are also words must stand as names do: capitalised, and not first
in a sentence.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from polemos.names.find_names import SHORT, Entry, Kind, Name, find_names
from polemos.names.normalise import fold, key_of, tokens_of, unaccented
from polemos.scenario.aliases import read_aliases

if TYPE_CHECKING:
    from polemos.scenario.load import Scenario

COUNTRIES = Path(__file__).with_name("countries.csv")
"""Countries and large regions of the world; an adjective (who a thing is of) is marked with ~."""

KINDS_OF_PLACE = re.compile(
    r"\s+(airbase|air base|airport|airfield|oil fields?|gas fields?|gas plant|dam|(border )?crossing|camp|"
    r"district|refinery|pumping station)$",
    re.IGNORECASE,
)
ARTICLED = re.compile(r"(?:al|el|a[drstnz]|ash)[- ]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Entries by the folded name."""

    names: Mapping[str, tuple[Entry, ...]]
    small: frozenset[str] = frozenset()
    """First words of names that are written small."""

    def find(self, text: str) -> list[Name]:
        """Names in a text, in its order, none inside another."""
        return find_names(text, self.names, self.small)


def countries() -> dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Code to name, other names and adjectives, of the world's countries and large regions."""
    with COUNTRIES.open(encoding="utf-8", newline="") as lines:
        by_code = {}
        for row in csv.DictReader(lines):
            others = [part for part in row["others"].split("|") if part]
            plain = tuple(part for part in others if not part.startswith("~"))
            by_code[row["code"]] = (row["name"], plain, tuple(part[1:] for part in others if part.startswith("~")))
        return by_code


def gazetteer(scenario: Scenario | None = None) -> Gazetteer:
    """The names of a scenario's places and organisations, its further aliases, and the world's countries.

    Raises `ScenarioError` where the file of aliases names what the scenario has not.
    """
    names: dict[str, list[Entry]] = {}
    small: set[str] = set()

    def add(name: str, id: str, kind: Kind, *, exact: bool = False, article: bool = False, weight: float = 0.0) -> None:
        tokens = tokens_of(name.removeprefix("The "))
        key = key_of((token.text, token.article) for token in tokens)
        if not key:
            return
        spelt = "".join(token.text for token in tokens if not token.article)
        # Letters in capitals, and short codes with a figure, are names only as they stand.
        exact = exact or (spelt.isupper() and len(spelt) < 7) or (len(spelt) <= 3 and any(c.isdigit() for c in spelt))
        plain = frozenset(unaccented(token.text) for token in tokens)
        written_small = not exact and not tokens[0].upper and not tokens[0].article
        if written_small:
            small.add(tokens[0].text)
        entry = Entry(id, kind, spelt if exact else "", article, written_small, weight, plain)
        whole = fold("".join(token.text for token in tokens))
        inner = any(token.article for token in tokens[1:])
        for word in (key, whole) if inner else (key,):
            if entry not in names.get(word, ()):
                names.setdefault(word, []).append(entry)

    world = countries()
    for code, (name, others, adjectives) in world.items():
        kind: Kind = "country" if len(code) == 2 else "region"
        for word in (name, *others, *adjectives):
            add(word, code, kind, exact=" " not in word)
    if scenario is not None:
        for row in scenario.tables["places.csv"].rows:
            people = float(row["people"] or 0)
            for rank, name in enumerate((row["name"], *(row["aliases"] or "").split("|"))):
                for part, article in _variants(name, sited=KINDS_OF_PLACE.search(row["name"]) is not None):
                    add(part, row["id"], "place", article=article, weight=1 + people - rank * 1e-3)
        for organisation in scenario.settings.organisations:
            if re.fullmatch(r"[a-z]{2,6}", organisation.id):
                add(organisation.id.upper(), organisation.id, "organisation", exact=True, weight=1e9)
            for name in re.split(r",? later |,? then |,? and its |,? with its |,? formerly |/", organisation.name):
                add(name.strip(" ,"), organisation.id, "organisation", weight=1e9)
                governed = re.fullmatch(r"Government of (.+)", name.strip(" ,"))
                for country, (called, others, adjectives) in world.items():
                    if governed and governed[1] in (called, *others, country):
                        for of in adjectives:
                            for body in (
                                "government",
                                "army",
                                "military",
                                "armed forces",
                                "forces",
                                "troops",
                                "regime",
                            ):
                                add(f"{of} {body}", organisation.id, "organisation", weight=1e9)
        _further(scenario, add)
    return Gazetteer({key: tuple(entries) for key, entries in names.items()}, frozenset(small))


def _variants(name: str, *, sited: bool) -> list[tuple[str, bool]]:
    """Parts of a name by which it is also known, each with whether it must carry the article.

    `sited`: the place is an airbase, a field or the like, called after something that may be a person.
    """
    name = re.sub(r"\([^)]*\)?", " ", name).strip()
    parts = [part.strip() for part in re.split(r",| and (?=(?:al-)?[A-Z])", name) if part.strip()]
    kind = KINDS_OF_PLACE.search(name)
    if len(parts) > 1 and kind:
        parts = [parts[-1], *(part + kind[0] for part in parts[:-1])]
    variants = [(part, sited and ARTICLED.match(part) is not None) for part in parts]
    for part in parts:
        stem = KINDS_OF_PLACE.sub("", part)
        if stem != part:
            variants += [(part + "s", False), (part.removesuffix("s"), False)]
            articled = ARTICLED.match(stem) is not None
            if articled or len(stem.split()) > 1:
                variants.append((stem, articled))
        pieces = part.split("-")
        if len(pieces) == 2 and all(len(piece) > SHORT and piece[0].isupper() for piece in pieces):
            variants += [(piece, False) for piece in pieces]
    return variants


def _further(scenario: Scenario, add: Callable[..., None]) -> None:
    """The names of the scenario's own file of aliases, where it has one."""
    for alias in read_aliases(scenario):
        if alias.kind in ("place", "organisation", "region"):
            add(alias.alias, alias.of, alias.kind, weight=1e9 if alias.kind == "organisation" else 0.5)
