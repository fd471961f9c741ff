"""Reads the holder of a place from a cell: an organisation, nobody, not observed, or contested."""

from __future__ import annotations

import re
from dataclasses import dataclass

from polemos.names.matcher import Matcher
from polemos.readers.foreign_values import is_missing
from polemos.scenario.vocabulary import UNKNOWN

NOBODY = frozenset(("", "nobody", "none", "no one", "noone", "vacuum", "no man's land", "nobody's", "unclaimed"))
SPLIT = frozenset(("contested", "disputed", "mixed", "split", "contested control", "mixed control"))
LOOKED = frozenset((UNKNOWN, "unclear", "not known", "no data", "not observed"))
MARKED = re.compile(r"(.+?)[\s,;:/-]*[(\[]?\b(?:contested|disputed)\b[)\]]?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Held:
    """Who holds a place: an id, empty for nobody, `UNKNOWN`, or None for whoever held it before."""

    holder: str | None
    contested: bool = False


def read_holder(text: str, match: Matcher, vacuum: str = "") -> Held | None:
    """What a text says; None where it is of somebody whom nobody knows, which is a doubt.

    The names of the scenario come first: an organisation may be called None.
    """
    if organisation := match.meant(text):
        return Held(organisation)
    low = " ".join(text.replace("’", "'").lower().split())
    if low in LOOKED or is_missing(low):
        return Held(UNKNOWN)
    if low in NOBODY or low == vacuum.lower():
        return Held("")
    if low in SPLIT:
        return Held(None, contested=True)
    if (marked := MARKED.fullmatch(text)) and (organisation := match.meant(marked[1].strip())):
        return Held(organisation, contested=True)
    return Held(organisation) if (organisation := match.organisation(text)) else None
