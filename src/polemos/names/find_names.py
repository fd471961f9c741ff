"""Names found in a text: the longest run of words that one may be, and no person who is called after a place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from polemos.names.function_words import FUNCTION_WORDS
from polemos.names.normalise import Token, fold, key_of, tokens_of, unaccented

Kind = Literal["place", "organisation", "region", "country"]

LONGEST = 8
"""Words of the longest name that is looked for."""

SHORT = 4
"""Letters of a name so short that it must be spelt as it is and not begin a sentence."""

_PERSONS = """
president general colonel major captain mr mrs ms dr sheikh imam king prince emir sultan caliph ayatollah minister
commander abu umm ibn bin bint leader senator professor marshal admiral lieutenant sergeant
"""

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


def find_names(text: str, names: Mapping[str, tuple[Entry, ...]], small: frozenset[str] = frozenset()) -> list[Name]:
    """Names in a text; see the module. Persons named after places (with a title, or a kunya) are left out."""
    tokens = tokens_of(text)
    common = {token.text for token in tokens if not token.upper}
    shouted = sum(t.text.isupper() for t in tokens) > 0.6 * max(len(tokens), 1)
    heads = {key[:letters] for key in names for letters in (1, 2, 3)}
    matches: list[Name] = []
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
            matches.append(Name(tokens[at].start, tokens[end - 1].end, ranked[0].kind, ids))
        at = end
    return matches


def _leads(after: Token | None, text: str) -> bool:
    """Whether a capitalised word follows, as in San Nicolas, so that a short name is only a part of one."""
    return after is not None and after.upper and text[after.start - 1] == " "


def _persons(tokens: list[Token]) -> set[str]:
    """Folded words that follow a title, up to three."""
    persons = set()
    for at, token in enumerate(tokens):
        if token.text.casefold() in TITLES:
            for after in tokens[at + 1 : at + 5]:
                if not after.joint or not (after.upper or after.article):
                    break
                persons.add(fold(after.text))
    return persons


def _match(
    words: list[Token], names: Mapping[str, tuple[Entry, ...]], common: set[str], shouted: bool, small: frozenset[str]
) -> list[Entry]:
    """Entries that a run of words may name."""
    if words[-1].article:
        return []
    bare = [word for word in words if not word.article]
    directed = bare[0].text in DIRECTIONS and len(bare) > 1 and bare[1].upper
    if not bare[0].upper and not directed and bare[0].text not in small:
        return []
    key = key_of((word.text, word.article) for word in words)
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
            if len(low) <= SHORT and unaccented(low) not in entry.spellings:
                continue
        fits.append(entry)
    return fits
