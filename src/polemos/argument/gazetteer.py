"""Names in a text to the places and organisations of a scenario, whatever their spelling.

Names are folded before they are compared: case, accents, hyphens and apostrophes go, the Arabic article in its forms
goes (also where it has grown into the name: Dar Essalam is Dar es-Salam), vowels that transcriptions confuse become
one. The longest name wins. Short ones and those that are also words must stand as names do: capitalised, and not first
in a sentence.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from polemos.argument.article import FUNCTION_WORDS
from polemos.scenario.problems import Problem, ScenarioError
from polemos.scenario.tables import content, records

if TYPE_CHECKING:
    from polemos.scenario.load import Scenario

FILE = "aliases.csv"
"""Further names of a scenario: columns `of` (an id), `kind` (place, organisation or region), `alias` and `note`."""

COUNTRIES = Path(__file__).with_name("countries.csv")
"""Countries and large regions of the world; an adjective (who a thing is of) is marked with ~."""

Kind = Literal["place", "organisation", "region", "country"]

ARTICLES = frozenset(
    (
        "al",
        "el",
        "ad",
        "ed",
        "ar",
        "er",
        "as",
        "es",
        "at",
        "et",
        "an",
        "en",
        "az",
        "ez",
        "ash",
        "esh",
        "adh",
        "edh",
        "ul",
    )
)
SUN = "dnrstzl"
"""Letters that the article takes on."""

WORD = re.compile(r"(?:[^\W_]|[\u0300-\u036f])+(?:['’ʼʻʿ`´](?:[^\W_]|[\u0300-\u036f])+)*")
POSSESSIVE = re.compile(r"['’]s$")
JOINT = re.compile(r"\s?[-‐‑–]\s?|[ \u00a0]|['’]\s?|")
"""What may stand between the words of one name."""

CAPITAL = re.compile(r" [A-Z]")

STOP = re.compile(r"[.!?:;\n“\"]")

LONGEST = 8
"""Words of the longest name that is looked for."""

SHORT = 4
"""Letters of a name so short that it must be spelt as it is and not begin a sentence."""

KINDS_OF_PLACE = re.compile(
    r"\s+(airbase|air base|airport|airfield|oil fields?|gas fields?|gas plant|dam|(border )?crossing|camp|"
    r"district|refinery|pumping station)$",
    re.IGNORECASE,
)

_PERSONS = """
president general colonel major captain mr mrs ms dr sheikh imam king prince emir sultan caliph ayatollah minister
commander abu umm ibn bin bint leader senator professor marshal admiral lieutenant sergeant
"""
ARTICLED = re.compile(r"(?:al|el|a[drstnz]|ash)[- ]", re.IGNORECASE)

DIRECTIONS = frozenset(("north", "south", "east", "west", "central", "northern", "southern", "eastern", "western"))

_SHORT_WORDS = """
hit ana san sour mare bab dana harm mari hall mine fall bank bay ford hill lake park wood rose mark bill grace
may june run set cut put let get see say ask add act aid arm war man men day way new old own off out use end
far few low top big bad all any both each else even ever just last left less like long look lost made make
many mass more most much must near need next once only open over paid part past path plan poor port post pull
push real rest rich rise road role rule same save seen self sent ship show side sign size slow soft some soon
step stop such sure take talk team tell term test than that then they this time told took town true turn unit
upon used vast very vote wait walk wall want week well went were what when wide will wind with work year yet
zone air area army atom base battle best body book born burn call came camp car care case city clan club come
core cost crew dark data date dead deal dear deep door down draw drop due dust duty east edge face fact fail
fair farm fast fate fear fell felt file find fine fire firm five flat flee flow food foot for form four free
from fuel full fund gain game gate gave gift give goal gold gone good gulf half hand hard have head hear heat
held help here hero high hold hole home hope hour huge idea iron item join jump keep kept kill kind king knew
know land late lead left life lift line link list live load loan lock main male ali omar adam amin nasir salma
sara maria
"""
WORDS = frozenset(_SHORT_WORDS.split())
"""Short words and given names that also name towns: at the head of a sentence they are words."""

TITLES = frozenset(_PERSONS.split())
"""Words before the name of a person."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name found: characters of the text, and what it may be, the likeliest first."""

    start: int
    end: int
    kind: Kind
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """Something with a name.

    `exact`: how it must be spelt; `article`: it must carry the article; `small`: it may begin small; `weight` ranks.
    """

    id: str
    kind: Kind
    exact: str = ""
    article: bool = False
    small: bool = False
    weight: float = 0.0
    spellings: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Entries by the folded name."""

    names: Mapping[str, tuple[Entry, ...]]
    small: frozenset[str] = frozenset()
    """First words of names that are written small."""

    def find(self, text: str) -> list[Name]:
        """Names in a text, in its order, none inside another."""
        return find_names(text, self.names, self.small)


@cache
def fold(word: str) -> str:
    """A word as it is compared: `fold("Kūfah") == fold("kufa")`."""
    bare = unicodedata.normalize("NFKD", word).casefold()
    bare = "".join(letter for letter in bare if letter.isalnum())
    for old, new in (
        *(("aw", "u"), ("ou", "u"), ("oo", "u"), ("o", "u"), ("w", "u"), ("ee", "i"), ("ey", "ai"), ("ei", "ai")),
        *(("ay", "ai"), ("y", "i"), ("q", "k"), ("ck", "k"), ("e", "a"), ("dj", "j"), ("ph", "f")),
    ):
        bare = bare.replace(old, new)
    bare = re.sub(r"(.)\1+", r"\1", bare)
    return bare.removesuffix("h") if len(bare) > 3 and bare[-2] in "aiu" else bare


def _plain(word: str) -> str:
    """A word without case, accents and apostrophes."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", word).casefold() if letter.isalnum())


@dataclass(slots=True)
class _Token:
    text: str
    start: int
    end: int
    article: bool
    upper: bool
    first: bool
    joint: bool
    """Whether the one before belongs to the same run."""


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    ended = True
    for match in WORD.finditer(text):
        word = match[0]
        if len(word) > 2 and word[-2] in "'’":
            word = POSSESSIVE.sub("", word)
        before = text[found[-1].end : match.start()] if found else ""
        joint = before == " " or (bool(found) and JOINT.fullmatch(before) is not None)
        if not joint and found and STOP.search(before):
            ended = True
        upper = word[0].isupper() or word[0].isdigit()
        # "as" and "at" are the article only where a hyphen says so.
        article = False
        if len(word) < 4 and (low := word.casefold()) in ARTICLES:
            after = text[match.start() + len(word) : match.start() + len(word) + 1]
            inner = low not in ("as", "at", "an", "en", "er") and joint and found[-1].upper
            article = (
                after in ("-", "‐", "‑")
                or (low in ("al", "el") and upper)
                or (inner and CAPITAL.match(text, match.end()) is not None)
            )
        found.append(_Token(word, match.start(), match.start() + len(word), article, upper, ended, joint))
        ended = False
    return found


def _key(words: Iterable[tuple[str, bool]]) -> str:
    """Words of a name, each with whether it is an article, to the one key."""
    parts: list[str] = []
    for word, article in words:
        if article:
            continue
        low = word.casefold()
        # The article grown into the second word of a name.
        if parts and len(low) > 3 and low[0] in "ae" and low[1] == low[2] and low[1] in SUN:
            low = low[2:]
        parts.append(fold(low))
    return "".join(parts)


def find_names(text: str, names: Mapping[str, tuple[Entry, ...]], small: frozenset[str] = frozenset()) -> list[Name]:
    """Names in a text; see the module. Persons named after places (with a title, or a kunya) are left out."""
    tokens = _tokens(text)
    common = {token.text for token in tokens if not token.upper}
    shouted = sum(t.text.isupper() for t in tokens) > 0.6 * max(len(tokens), 1)
    heads = {key[:letters] for key in names for letters in (1, 2, 3)}
    found: list[Name] = []
    persons = _persons(tokens)
    at = 0
    while at < len(tokens):
        best: tuple[int, list[Entry]] | None = None
        if tokens[at].upper or tokens[at].article or tokens[at].text in DIRECTIONS or tokens[at].text in small:
            stop = at + 1
            while stop < len(tokens) and stop - at < LONGEST and tokens[stop].joint:
                stop += 1
            # Most capitals begin no name at all.
            head = next((fold(token.text)[:3] for token in tokens[at:stop] if not token.article), "")
            for end in range(stop, at, -1) if head in heads else ():
                entries = _match(tokens[at:end], names, common, shouted, small)
                if entries:
                    best = (end, entries)
                    break
        if best is None:
            at += 1
            continue
        end, entries = best
        words = [token for token in tokens[at:end] if not token.article]
        before = tokens[at - 1] if at and tokens[at].joint else None
        after = tokens[end] if end < len(tokens) and tokens[end].joint else None
        named = (
            before is not None and before.upper and not before.first and before.text.casefold() not in FUNCTION_WORDS
        )
        single = entries[0].kind == "place" and len(words) == 1
        person = single and fold(words[0].text) in persons
        part = single and len(words[0].text) <= SHORT and not shouted and (named or _leads(after, text))
        if not person and not part:
            ranked = sorted(entries, key=lambda entry: -entry.weight)
            ids = tuple(dict.fromkeys(entry.id for entry in ranked if entry.kind == ranked[0].kind))
            found.append(Name(tokens[at].start, tokens[end - 1].end, ranked[0].kind, ids))
        at = end
    return found


def _leads(after: _Token | None, text: str) -> bool:
    """Whether a capitalised word follows, as in San Nicolas, so that a short name is only a part of one."""
    return after is not None and after.upper and text[after.start - 1] == " "


def _persons(tokens: list[_Token]) -> set[str]:
    """Folded words that follow a title, up to three."""
    found = set()
    for at, token in enumerate(tokens):
        if token.text.casefold() in TITLES:
            for after in tokens[at + 1 : at + 5]:
                if not after.joint or not (after.upper or after.article):
                    break
                found.add(fold(after.text))
    return found


def _match(
    words: list[_Token], names: Mapping[str, tuple[Entry, ...]], common: set[str], shouted: bool, small: frozenset[str]
) -> list[Entry]:
    """Entries that a run of words may name."""
    if words[-1].article:
        return []
    bare = [word for word in words if not word.article]
    directed = bare[0].text in DIRECTIONS and len(bare) > 1 and bare[1].upper
    if not bare[0].upper and not directed and bare[0].text not in small:
        return []
    key = _key((word.text, word.article) for word in words)
    entries = names.get(key, ())
    if not entries:
        return []
    with_article = words[0].article
    spelt = "".join(word.text for word in bare)
    fits = []
    for entry in entries:
        if entry.exact:
            # An acronym, or a name with capitals of its own.
            if spelt == entry.exact and not (shouted and spelt.casefold() in FUNCTION_WORDS):
                fits.append(entry)
            continue
        if (entry.article and not with_article) or (not bare[0].upper and not directed and not entry.small):
            continue
        if len(bare) == 1 and entry.kind in ("place", "region"):
            low = bare[0].text.casefold()
            if low in FUNCTION_WORDS or low in common:
                continue
            if low in WORDS and not with_article and (bare[0].first or shouted):
                continue
            if len(low) <= SHORT and _plain(low) not in entry.spellings:
                continue
        fits.append(entry)
    return fits


def countries() -> dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Code to name, other names and adjectives, of the world's countries and large regions."""
    with COUNTRIES.open(encoding="utf-8", newline="") as lines:
        found = {}
        for row in csv.DictReader(lines):
            others = [part for part in row["others"].split("|") if part]
            plain = tuple(part for part in others if not part.startswith("~"))
            found[row["code"]] = (row["name"], plain, tuple(part[1:] for part in others if part.startswith("~")))
        return found


def gazetteer(scenario: Scenario | None = None) -> Gazetteer:
    """The names of a scenario's places and organisations, its further aliases, and the world's countries.

    Raises `ScenarioError` where the file of aliases names what the scenario has not.
    """
    names: dict[str, list[Entry]] = {}
    small: set[str] = set()

    def add(name: str, id: str, kind: Kind, *, exact: bool = False, article: bool = False, weight: float = 0.0) -> None:
        tokens = _tokens(name.removeprefix("The "))
        key = _key((token.text, token.article) for token in tokens)
        if not key:
            return
        spelt = "".join(token.text for token in tokens if not token.article)
        # Letters in capitals, and short codes with a figure, are names only as they stand.
        exact = exact or (spelt.isupper() and len(spelt) < 7) or (len(spelt) <= 3 and any(c.isdigit() for c in spelt))
        plain = frozenset(_plain(token.text) for token in tokens)
        written_small = not exact and not tokens[0].upper and not tokens[0].article
        if written_small:
            small.add(tokens[0].text)
        entry = Entry(id, kind, spelt if exact else "", article, written_small, weight, plain)
        whole = fold("".join(token.text for token in tokens))
        inner = any(token.article for token in tokens[1:])
        for found in (key, whole) if inner else (key,):
            if entry not in names.get(found, ()):
                names.setdefault(found, []).append(entry)

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
    found = [(part, sited and ARTICLED.match(part) is not None) for part in parts]
    for part in parts:
        stem = KINDS_OF_PLACE.sub("", part)
        if stem != part:
            found += [(part + "s", False), (part.removesuffix("s"), False)]
            articled = ARTICLED.match(stem) is not None
            if articled or len(stem.split()) > 1:
                found.append((stem, articled))
        pieces = part.split("-")
        if len(pieces) == 2 and all(len(piece) > SHORT and piece[0].isupper() for piece in pieces):
            found += [(piece, False) for piece in pieces]
    return found


def _further(scenario: Scenario, add: Callable[..., None]) -> None:
    """The scenario's own file of aliases, where it has one."""
    path = scenario.path / FILE
    if not path.exists():
        return
    known: dict[str, set[str]] = {
        "place": {row["id"] for row in scenario.tables["places.csv"].rows},
        "organisation": {organisation.id for organisation in scenario.settings.organisations},
    }
    text, _, problems = content(path)
    cells, wrong = records(text, FILE)
    problems += wrong
    heads = [head.strip() for head in cells[0][1]] if cells else []
    for line, row in cells[1:]:
        read = dict(zip(heads, row, strict=False))
        kind, of, alias = (read.get(name, "").strip() for name in ("kind", "of", "alias"))
        if kind not in ("place", "organisation", "region") or not alias:
            problems.append(Problem(FILE, line, "kind", f"kind {kind[:40]!r}", "write place, organisation or region"))
        elif kind in known and of not in known[kind]:
            problems.append(Problem(FILE, line, "of", f"no {kind} {of[:64]!r}", "use an id of the scenario"))
        else:
            add(alias, of, kind, weight=1e9 if kind == "organisation" else 0.5)
    if problems:
        raise ScenarioError(problems)
