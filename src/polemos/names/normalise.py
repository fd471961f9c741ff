"""Normalises words so that names compare: folded to one key whatever the spelling, the article kept apart."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from polemos.readers.latin import STROKED

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

MARKS = "\u0300-\u036f\u0900-\u109f\u1780-\u17ff"
"""Accents, which are no letters to a regular expression, and the blocks of scripts whose vowels are such signs."""
WORD = re.compile(rf"(?:[^\W_]|[{MARKS}])+(?:['’ʼʻʿ`´](?:[^\W_]|[{MARKS}])+)*")
STROKES = str.maketrans(STROKED)
POSSESSIVE = re.compile(r"['’]s$")
JOINT = re.compile(r"\s?[-‐‑–]\s?|[ \u00a0]|['’]\s?|")
"""What may stand between the words of one name."""

CAPITAL = re.compile(r" [A-Z]")

STOP = re.compile(r"[.!?:;\n“\"]")


@cache
def fold(word: str) -> str:
    """A word as it is compared: `fold("Kūfah") == fold("kufa")`."""
    bare = unicodedata.normalize("NFKD", word).casefold().translate(STROKES)
    bare = "".join(letter for letter in bare if letter.isalnum() or "\u0900" <= letter <= "\u17ff")
    for old, new in (
        *(("aw", "u"), ("ou", "u"), ("oo", "u"), ("o", "u"), ("w", "u"), ("ee", "i"), ("ey", "ai"), ("ei", "ai")),
        *(("ay", "ai"), ("y", "i"), ("q", "k"), ("ck", "k"), ("e", "a"), ("dj", "j"), ("ph", "f")),
    ):
        bare = bare.replace(old, new)
    bare = re.sub(r"(\D)\1+", r"\1", bare)
    return bare.removesuffix("h") if len(bare) > 3 and bare[-2] in "aiu" else bare


def unaccented(word: str) -> str:
    """A word without case, accents and apostrophes."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", word).casefold() if letter.isalnum())


@dataclass(slots=True)
class Token:
    text: str
    start: int
    end: int
    article: bool
    upper: bool
    first: bool
    joint: bool
    """Whether the one before belongs to the same run."""


def tokens_of(text: str) -> list[Token]:
    tokens: list[Token] = []
    ended = True
    for match in WORD.finditer(text):
        word = match[0]
        if len(word) > 2 and word[-2] in "'’":
            word = POSSESSIVE.sub("", word)
        before = text[tokens[-1].end : match.start()] if tokens else ""
        joint = before == " " or (bool(tokens) and JOINT.fullmatch(before) is not None)
        if not joint and tokens and STOP.search(before):
            ended = True
        upper = word[0].isupper() or word[0].isdigit()
        # "as" and "at" are the article only where a hyphen says so.
        article = False
        if len(word) < 4 and (low := word.casefold()) in ARTICLES:
            after = text[match.start() + len(word) : match.start() + len(word) + 1]
            inner = low not in ("as", "at", "an", "en", "er") and joint and tokens[-1].upper
            article = (
                after in ("-", "‐", "‑")
                or (low in ("al", "el") and upper)
                or (inner and CAPITAL.match(text, match.end()) is not None)
            )
        tokens.append(Token(word, match.start(), match.start() + len(word), article, upper, ended, joint))
        ended = False
    return tokens


def key_of(words: Iterable[tuple[str, bool]]) -> str:
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
