"""Converts values as pandas, R and Excel write them to those of a scenario; an ambiguous value is refused."""

from __future__ import annotations

import re

from polemos.scenario.attributes import Attribute
from polemos.scenario.errors import quoted
from polemos.scenario.parse_values import BadCell, Known, value

MISSING = frozenset(("na", "n/a", "nan", "null", "#n/a", "<na>", "nat", "-", "--", "."))
"""What programs and people write where there is no value, in small letters."""
YES, NO = frozenset(("1", "true", "yes", "y", "x", "t")), frozenset(("0", "false", "no", "n", "f"))
GROUPS = re.compile(r"[+-]?\d{1,3}(?:([.,' ])\d{3})(?:\1\d{3})*(?:[.,]\d+)?", re.ASCII)
THOUSANDS = {
    ",": re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+(?:,\d+)?", re.ASCII),
    ".": re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII),
}
"""Numbers in groups of thousands, by the sign before decimals."""
SPACES = str.maketrans("\u00a0\u202f\u2009’", "   '")


def is_missing(text: str) -> bool:
    """Whether a cell says that it has no value."""
    return text.lower() in MISSING


def as_number(text: str, about: Attribute, decimals: str = "") -> str:
    """A number with a decimal point and no separators: 12,5 and 12 000 and 1,234,567.8. Raises `BadCell`.

    `decimals` is the sign before decimals where the rest of the table shows it: then the other one groups thousands.
    """
    bare = text.translate(SPACES).strip()
    if decimals and THOUSANDS[decimals].fullmatch(bare):
        return bare.replace("." if decimals == "," else ",", "").replace(decimals, ".")
    readings = {"".join(bare.split()).replace("'", "").replace(",", ".")} if bare.count(",") < 2 else set()
    if groups := GROUPS.fullmatch(bare):
        whole, rest = bare, ""
        last = max(bare.rfind(","), bare.rfind("."))
        if last > 0 and bare[last] != groups[1]:
            whole, rest = bare[:last], "." + bare[last + 1 :]
        joined = whole.replace(groups[1], "") + rest
        # One point before three figures is a decimal point, as programs write it.
        readings |= {joined} if groups[1] != "." or whole.count(".") > 1 or rest else set()
    fits = [reading for reading in sorted(readings) if _fits(reading, about)]
    if len(fits) > 1:
        mend = "write decimals with a point, and no separators"
        raise BadCell(f"{quoted(text)} can be read in two ways", mend)
    return fits[0] if fits else text


def as_flag(text: str) -> str:
    """1 or 0 for what means yes or no; the text itself where it means neither."""
    low = text.lower().removesuffix(".0")
    return "1" if low in YES else "0" if low in NO else text


def as_value(text: str, about: Attribute, decimals: str = "") -> str:
    """A cell as a scenario writes it, empty where it has no value. Raises `BadCell` where it is none of its kind."""
    if is_missing(text):
        return ""
    if about.type == "number" and text:
        text = as_number(text, about, decimals)
    elif about.type == "flag":
        text = as_flag(text)
    elif about.type in ("precision", "scale", "word", "name"):
        text = re.sub(r"^(-?\d+)\.0+$", r"\1", text)
        text = text.lower() if about.type != "name" and text.lower() in (*about.allowed, "1", "0") else text
    if text:
        value(text, about, Known())
    return text


def _fits(text: str, about: Attribute) -> bool:
    try:
        value(text, about, Known())
    except BadCell:
        return False
    return True
