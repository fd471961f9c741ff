"""The legend of Wikipedia's detailed-map modules: what the picture of a mark says, and of whom.

    Location dot red.svg, Red pog.svg              red controls
    80x80-red-black-anim.gif, Map-ctl2-red+lime    contested, or held by several together
    Map-circle-black.svg, Map-arcNE-black.svg      black stands around it, or on that side
    3x3dot-black.svg, 4x4dot-black.svg             black is present in the country around
    Fighter-jet-red-icon.svg, Gota03.svg, ...      a site of its own: air base, oil field, dam, crossing, port, hill

Source: the legends under the maps of the wars in Syria, Iraq, Yemen and Ukraine, and Module:Syrian Civil War map
symbols, 2013 to 2024. What a legend does not have is counted by name and never guessed.
"""

from __future__ import annotations

import re
from typing import Literal

Role = Literal["control", "ring", "rural", "site", ""]

LEGEND: tuple[tuple[Role, re.Pattern[str]], ...] = (
    ("ring", re.compile(r"map[- ]?(circle|arc)")),
    ("rural", re.compile(r"\d+x\d+ ?dot")),
    ("control", re.compile(r"location ?dot|\bpog\b|\d+x\d+-.*anim|map-ctl\d?|^(red|green|blue|black|yellow) ?dot")),
    (
        "site",
        re.compile(
            r"fighter|helicopter|\bplane|airport|air ?base|airfield|\babm\b|anchor|\bport\b|naval|\bdam\b|gota|oil|gas"
            r"|refinery|nuclear|power ?plant|\bicon\b|mine\b|crossing|border|mountain|\bpeak\b|\bhill\b|bridge|prison"
        ),
    ),
)
"""Roles of pictures, the first that fits."""

SHADES = re.compile(r"\b(dark|light|pale|bright)[ -]?(?=[a-z])")
OWN_NAMES = re.compile(
    r"\b(air ?(base|port|field|strip)|heliport|base|dam|oil|gas|field|refinery|crossing|border|port|mine|plant|station"
    r"|barracks|camp|prison|bridge|junction|silo|factory|hill|mount|pass)s?\b",
    re.IGNORECASE,
)
"""Words in the name of a site that is no settlement."""
SETTLEMENTS = frozenset(("", "capital", "city", "town", "village", "settlement", "suburb", "district", "neighbourhood"))


def stem_of(mark: str) -> str:
    """The name of a picture without prefix and suffix, in small letters; a shade is one word with its colour."""
    stem = re.sub(r"^\s*(file|image):", "", mark.strip().lower().replace("_", " "))
    stem = re.sub(r"\.(svg|png|gif|jpe?g)$", "", stem)
    return SHADES.sub(r"\1", " ".join(stem.split()))


def role_of(mark: str) -> Role:
    """What a picture says; empty where the legend does not have it."""
    stem = stem_of(mark)
    return next((role for role, pattern in LEGEND if pattern.search(stem)), "")


def colours_of(mark: str, colours: dict[str, str]) -> tuple[str, ...]:
    """Organisations of the colours in a picture's name, in its order; `colours` by words such as `red`, `dark red`."""
    by_colour = {SHADES.sub(r"\1", word.strip().lower()): meaning for word, meaning in colours.items()}
    words = re.split(r"[^a-z]+", stem_of(mark))
    return tuple(dict.fromkeys(by_colour[word] for word in words if word in by_colour))


def is_site(name: str, kind: str) -> bool:
    """Whether a place of the scenario is a site of its own and no settlement, by its kind or by its name."""
    return kind.strip().lower() not in SETTLEMENTS or OWN_NAMES.search(name) is not None
