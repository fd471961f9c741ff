"""Splits paragraphs into sentences: at a full stop, a space, and something that can begin a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator

_abbreviations = """
mr mrs ms dr prof st gen col lt maj capt sgt adm brig cmdr gov sen rep pres hon rev jr sr inc ltd co corp no
nos vs v al fig vol ed eds pp cf approx est dept jan feb mar apr jun jul aug sep sept oct nov dec e.g i.e ie
eg viz u.s u.k u.n e.u u.s.a d.c a.m p.m
"""
ABBREVIATIONS = frozenset(_abbreviations.split())
"""Words after which a full stop ends nothing; etc. is not among them, since it often does."""

STOP = re.compile(r"""[.!?…]+["'”’»)\]]*(?=\s+["'“‘«(\[]*[^\W_a-z]|\s*$)""")


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """First and one past the last character of each sentence of a paragraph; blanks between belong to none."""
    start = 0
    for stop in STOP.finditer(text):
        if text[stop.start()] == "." and stop.end() < len(text) and _abbreviated(text[start : stop.start()]):
            continue
        if text[start : stop.end()].strip():
            yield start + _blank(text, start), stop.end()
        start = stop.end()
    if text[start:].strip():
        yield start + _blank(text, start), len(text.rstrip())


def _abbreviated(before: str) -> bool:
    """Whether the word before a full stop is an abbreviation or an initial."""
    last = re.search(r"([^\W_]+(?:\.[^\W_]+)*)$", before)
    return last is not None and (last[1].lower() in ABBREVIATIONS or (len(last[1]) == 1 and last[1].isupper()))


def _blank(text: str, start: int) -> int:
    return len(text[start:]) - len(text[start:].lstrip())
