"""Reads a file of unknown encoding: silently where only one encoding fits, else with a note of what was guessed.

UTF-8, UTF-16 and UTF-32 tell themselves. Of the tables of 256 signs, Cyrillic and western European ones look different:
Cyrillic letters come in words of one case, western ones alone among plain letters. Others must be named.
"""

from __future__ import annotations

import codecs
import re

from polemos.scenario.errors import Problem, ScenarioError, quoted

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CYRILLIC = re.compile(rb"[\xc0-\xdf\xa8\xaa\xaf\xb2]?[\xe0-\xff\xb3\xb8\xba\xbf\xb4]+|[\xc0-\xdf\xa8\xaa\xaf\xb2\xa5]+")
"""A word of Windows-1251: small letters after at most one capital, or capitals."""
WORD = re.compile(rb"[\x80-\xff]+")
SURE = 0.9
"""Share of the words that must look so (convention [?])."""
MEND = "save it as UTF-8, or name its encoding, as in --encoding cp1250"


def decode(data: bytes, file: str, encoding: str = "") -> tuple[str, str]:
    """Text of some bytes, and a note where the encoding was guessed. Raises `ScenarioError`."""
    if encoding:
        return _as(data, encoding, file), ""
    for mark, name in MARKS:
        if data.startswith(mark):
            return _as(data, name, file), ""
    head = data[:4096]
    if b"\0" in head:
        halves = [head[first::2].count(0) / max(len(head) // 2, 1) for first in (0, 1)]
        if max(halves) > 0.3 and min(halves) < 0.1:
            return _as(data, "utf-16-be" if halves[0] > halves[1] else "utf-16-le", file), ""
        raise _wrong(file, 0, "not a text", "give a table as text, .xlsx or .parquet")
    try:
        return data.decode("utf-8"), ""
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        guess = _eight_bits(data)
        if not guess:
            raise _wrong(file, line, f"not UTF-8 (byte {data[error.start]:#04x}), and no telling what", MEND) from None
        name, script = guess
        example = data.splitlines()[line - 1].decode(name, "replace").strip()
        note = f"{file} is not UTF-8; it is read as {script} ({name}), such as {quoted(example, 40)}"
        return _as(data, name, file), f"{note}; if names look wrong, name another with --encoding"


def _eight_bits(data: bytes) -> tuple[str, str] | None:
    """The table of 256 signs that a text looks like."""
    words = WORD.findall(data)
    # Control bytes, and a table none of whose words is plain, are no text of one's own.
    if len(re.findall(rb"[\x00-\x08\x0e-\x1f]", data)):
        return None
    long = [word for word in words if len(word) > 2]
    if len(long) > 0.3 * len(words):
        fits = sum(CYRILLIC.fullmatch(word) is not None for word in long)
        return ("cp1251", "Cyrillic") if fits >= SURE * len(long) else None
    if any(byte in b"\x81\x8d\x8f\x90\x9d" for word in words for byte in word):
        return "latin-1", "western European"
    return "cp1252", "western European"


def _as(data: bytes, encoding: str, file: str) -> str:
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except LookupError:
        raise _wrong(file, 0, f"no encoding {quoted(encoding)}", "use utf-8, utf-16, cp1252, cp1251, ...") from None
    except (UnicodeError, ValueError):
        raise _wrong(file, 0, f"not {encoding}", MEND) from None


def _wrong(file: str, line: int, what: str, mend: str) -> ScenarioError:
    return ScenarioError([Problem(file, line, "", what, mend)])
