"""Text of a cell to a value, by the type that the table of attributes gives it."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from polemos.scenario.attributes import Attribute
from polemos.scenario.errors import nearest, quoted
from polemos.scenario.vocabulary import OFF_MAP, PRECISION, SCALE, UNKNOWN

LONGEST = {"id": 64, "name": 200, "text": 5000}
ID = re.compile(r"[^\W_][\w.\-]*")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class BadCell(ValueError):
    """A cell that cannot be read: what is wrong, and what would mend it."""

    def __init__(self, what: str, mend: str) -> None:
        self.what, self.mend = what, mend
        super().__init__(f"{what}; {mend}")


@dataclass(frozen=True, slots=True)
class Known:
    """Ids that cells may refer to; None where the file that gives them could not be read, and any id is let pass."""

    places: frozenset[str] | None = None
    organisations: frozenset[str] | None = None


def plain(text: str, longest: int) -> str:
    """Text without control characters and not too long; HTML and the like is text, escaped where it is shown."""
    if CONTROL.search(text) or (longest < LONGEST["text"] and ("\n" in text or "\t" in text)):
        raise BadCell(f"control character in {quoted(text)}", "delete it")
    if len(text) > longest:
        raise BadCell(f"{len(text)} characters", f"shorten it to {longest}")
    return text


def identifier(text: str, what: str = "id") -> str:
    """An id: letters, digits, - _ and dots, starting with a letter or digit."""
    plain(text, LONGEST["id"])
    if not ID.fullmatch(text):
        raise BadCell(f"{what} {quoted(text)} is not a short name", "use letters, digits, - _ and dots")
    return text


def date(text: str) -> np.datetime64:
    """A date as YYYY-MM-DD."""
    try:
        if not DATE.fullmatch(text):
            raise ValueError
        return np.datetime64(datetime.date.fromisoformat(text), "D")
    except ValueError:
        raise BadCell(f"{quoted(text)} is not a date", "write it as YYYY-MM-DD, as in 2014-06-10") from None


def number(text: str, attribute: Attribute) -> float:
    """A finite number within the bounds of the attribute."""
    value = float(text) if NUMBER.fullmatch(text) else math.nan
    if not math.isfinite(value):
        raise BadCell(f"{quoted(text)} is not a finite number", "write digits with a decimal point, no separators")
    low, high = attribute.low, attribute.high
    if (low is not None and value < low) or (high is not None and value > high):
        bounds = [f"from {low:,.10g}"] * (low is not None) + [f"to {high:,.10g}"] * (high is not None)
        raise BadCell(f"{text} is out of range", "give a value " + " ".join(bounds))
    return value


def word(text: str, allowed: tuple[str, ...]) -> str:
    """One of a list of words."""
    if text not in allowed:
        raise BadCell(f"unknown word {quoted(text)}", nearest(text, allowed))
    return text


def reference(text: str, known_ids: frozenset[str] | None, what: str) -> str:
    """The id of something there is."""
    if known_ids is not None and text not in known_ids:
        raise BadCell(f"unknown {what} {quoted(text)}", nearest(text, known_ids))
    return text


def holder(text: str, ids: Known) -> str:
    """An organisation, or `UNKNOWN` where nobody looked."""
    return text if text == UNKNOWN else reference(text, ids.organisations, "organisation")


def flag(text: str) -> bool:
    """0 or 1."""
    if text.lower() not in ("0", "1", "false", "true"):
        raise BadCell(f"{quoted(text)} is neither 0 nor 1", "write 0 or 1")
    return text.lower() in ("1", "true")


def precision(text: str) -> int:
    """A word of `PRECISION`, or days to either side."""
    if text in PRECISION:
        return PRECISION[text]
    if text.isascii() and text.isdigit() and len(text) <= 3:
        return int(text)
    raise BadCell(f"unknown precision {quoted(text)}", f"{nearest(text, PRECISION)} or give a number of days up to 999")


def scale(text: str, attribute: Attribute) -> float:
    """A word of `SCALE`, or a number from 0 to 1."""
    if text in SCALE:
        return SCALE[text]
    value = float(text) if NUMBER.fullmatch(text) else math.nan
    if not 0 <= value <= 1:
        raise BadCell(f"unknown scale {quoted(text)}", f"use {', '.join(SCALE)} or a number from 0 to 1")
    return value


def node(text: str, ids: Known) -> str:
    """A place, or a base off the map."""
    if text.startswith(OFF_MAP):
        identifier(text.removeprefix(OFF_MAP), "base")
        return text
    return reference(text, ids.places, f"place (and no {OFF_MAP}base)")


def colour(text: str) -> str:
    """A colour as #rrggbb."""
    if not re.fullmatch(r"#[0-9A-Fa-f]{6}", text):
        raise BadCell(f"{quoted(text)} is not a colour", "write it as '#rrggbb' in quotes, as in '#0072B2'")
    return text.upper()


Reader = Callable[[str, Attribute, Known], Any]

READERS: dict[str, Reader] = {
    "id": lambda text, attribute, ids: identifier(text),
    "actor": lambda text, attribute, ids: identifier(text, "actor"),
    "name": lambda text, attribute, ids: plain(text, LONGEST["name"]),
    "text": lambda text, attribute, ids: plain(text, LONGEST["text"]),
    "date": lambda text, attribute, ids: date(text),
    "number": lambda text, attribute, ids: number(text, attribute),
    "word": lambda text, attribute, ids: word(text, attribute.allowed),
    "flag": lambda text, attribute, ids: flag(text),
    "precision": lambda text, attribute, ids: precision(text),
    "scale": lambda text, attribute, ids: scale(text, attribute),
    "colour": lambda text, attribute, ids: colour(text),
    "place": lambda text, attribute, ids: reference(text, ids.places, "place"),
    "place?": lambda text, attribute, ids: reference(text, ids.places, "place"),
    "organisation": lambda text, attribute, ids: reference(text, ids.organisations, "organisation"),
    "holder": lambda text, attribute, ids: holder(text, ids),
    "node": lambda text, attribute, ids: node(text, ids),
}

EMPTY: dict[str, Any] = {"date": np.datetime64("NaT", "D"), "number": math.nan}
"""What an empty cell without a default reads as; other types read as an empty text."""


def value(text: str, attribute: Attribute, ids: Known) -> Any:
    """The value of a cell; the default where it is empty. Raises `BadCell`."""
    text = text.strip()
    if not text and attribute.required and attribute.type != "holder":
        raise BadCell("empty", f"fill it in: {attribute.description}")
    text = text or attribute.default
    if not text:
        return EMPTY.get(attribute.type, "")
    return READERS[attribute.type](text, attribute, ids)
