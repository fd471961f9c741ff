"""Joins lines that were wrapped to a width (e-mail, text made from a PDF) into paragraphs."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from polemos.article.residue import ENDED

WIDEST = 120
"""Characters of a line that somebody may have broken to a width."""

NARROWEST = 25

FULL = 0.75
"""Share of the width that a line fills where it does not end a paragraph."""

ITEM = re.compile(r"\s*(?:[-*•–]|\(?\d{1,2}[.)]|\(?[a-z]\))\s+\S")
GAP = re.compile(r"\S {3,}\S")
WORDS = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")

Lines = Sequence[tuple[int, str]]


def is_wrapped(lines: Iterable[str]) -> bool:
    """Whether a text was broken to a width: most lines that another follows are nearly as long as the longest."""
    followed = [line for line in _followed(lines) if not ITEM.match(line)]
    if len(followed) < 4:
        return False
    width = _width(followed)
    full = sum(len(line) >= FULL * width for line in followed)
    ended = sum(ENDED.search(line) is not None for line in followed)
    return NARROWEST <= width <= WIDEST and full >= 0.6 * len(followed) and ended <= 0.5 * len(followed)


def in_columns(lines: Iterable[str]) -> bool:
    """Whether a text seems to be set in columns: a third of its lines have a gap between words."""
    filled = [line for line in lines if line.strip()]
    gaps = sum(GAP.search(line.strip()) is not None for line in filled)
    return len(filled) >= 10 and gaps > len(filled) / 3


def joined(lines: Lines) -> Iterator[tuple[int, str]]:
    """Numbered lines of a wrapped text to paragraphs, each with the number of its first line.

    An empty line ends a paragraph, and so does a short line that ends a sentence; an indented line and an item of a
    list begin one. Numbers of pages and lines that stand on many pages go, and paragraphs that they parted are joined.
    """
    repeated = Counter(_furniture(line) for _, line in lines if line.strip())
    body = [
        (number, line)
        for number, line in lines
        if not line.strip() or not (re.fullmatch(r"\W*\d{1,4}\W*", line) or _is_head(line, repeated))
    ]
    width = _width(_followed(line for _, line in body))
    margin = min((_indent(line) for _, line in body if line.strip()), default=0)
    hyphens = _Hyphens("\n".join(line for _, line in body))
    start, text, last, empty = 0, "", "", False
    for number, line in [*body, (0, "")]:
        if not line.strip():
            empty = True
            continue
        short = len(last) < FULL * width and ENDED.search(last) is not None
        indented = _indent(line) >= margin + 2 and _indent(line) > _indent(last)
        # A page that ends inside a sentence parts no paragraph.
        parted = empty and not (len(last) >= FULL * width and not ENDED.search(last) and line.strip()[0].islower())
        if text and (parted or short or indented or ITEM.match(line)):
            yield start, text
            text = ""
        start = start if text else number
        text = hyphens.join(text, line.strip()) if text else line.strip()
        last, empty = line.rstrip(), False
    if text:
        yield start, text


class _Hyphens:
    """Tells a hyphen that broke a word from one that belongs to it, by the other words of the text."""

    def __init__(self, text: str) -> None:
        unbroken = re.sub(r"[^\W\d_]+[-‐]\s*\n\s*[^\W\d_]+", " ", text)
        self.words = frozenset(word.casefold() for word in WORDS.findall(unbroken))

    def join(self, before: str, after: str) -> str:
        """Two lines as one: `join("they with-", "drew")` is "they withdrew"."""
        broken = re.search(r"([^\W\d_]+)[-‐]$", before)
        follows = re.match(r"[^\W\d_]+", after)
        if broken is None or follows is None or not after[0].islower():
            return f"{before}{'' if before.endswith(('-', '—')) else ' '}{after}"
        one, two = broken[1].casefold(), follows[0].casefold()
        if one + two in self.words:
            whole = True
        else:
            whole = f"{one}-{two}" not in self.words and not (one in self.words and two in self.words)
        return (before[:-1] if whole else before) + after


def _followed(lines: Iterable[str]) -> list[str]:
    """Lines that another line follows at once."""
    every = [line.rstrip() for line in lines]
    return [line for line, after in itertools.pairwise(every) if line.strip() and after.strip()]


def _width(lines: Sequence[str]) -> int:
    """The width that lines were broken to: the length that one in twenty exceeds."""
    lengths = sorted(map(len, lines))
    return lengths[int(0.95 * (len(lengths) - 1))] if lengths else 0


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _furniture(line: str) -> str:
    return re.sub(r"\d+", "#", " ".join(line.split()))


def _is_head(line: str, repeated: Counter[str]) -> bool:
    """Whether a line is a running head or foot: short, no end of a sentence, and on three pages or more."""
    return len(line.split()) <= 12 and not ENDED.search(line.strip()) and repeated[_furniture(line)] >= 3
