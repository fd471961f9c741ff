"""The bytes of the file of a ledger that no entry covers.

SQLite's own check looks at its trees and not at the room between them, where a change does no harm but would go
unnoticed. In a ledger nothing is ever removed, so that room is known: it is zero. Only inner pages below the root,
which there are from some 200,000 entries on, keep leftovers of SQLite's own where they were split; these hold nothing
but numbers of pages, and what matters in them SQLite checks. The file format is that of
https://sqlite.org/fileformat2.html (1.3 header, 1.6 pages).
"""

from __future__ import annotations

import os
import struct
from typing import BinaryIO

from polemos.ledger.sqlite import APPLICATION, PAGE, SCHEMA, VERSION, Broken

LEAF, INNER = 0x0D, 0x05
HEADER = 100
ROOTS = 3
"""The schema, the entries and the head begin on pages 1 to 3."""

LOCKED = 0x40000000
"""Offset of the page that SQLite keeps free for locks."""

FIXED = (
    (0, b"SQLite format 3\0" + struct.pack(">HBBBBBB", PAGE, 1, 1, 0, 64, 32, 32)),
    (32, struct.pack(">IIIIIIIIIIi", 0, 0, len(SCHEMA), 4, 0, 0, 1, VERSION, 0, APPLICATION, 0)),
    (76, bytes(16)),
)
"""Bytes of the header that are the same in every ledger, by offset."""


def check(file: BinaryIO, sqlite: str) -> None:
    """Raise `Broken` at the first byte that polemos did not write. `sqlite` is the version that wrote last."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    page = file.read(PAGE)
    check_header(page, size, sqlite)
    number = 1
    while page:
        check_page(page, number)
        number += 1
        page = file.read(PAGE)


def check_header(page: bytes, size: int, sqlite: str) -> None:
    """The first 100 bytes of the file, and its length."""
    if len(page) < PAGE or size % PAGE:
        raise Broken(f"the file has {size:,} bytes, which is no whole number of pages")
    for offset, expected in FIXED:
        if page[offset : offset + len(expected)] != expected:
            raise touched(offset + next(i for i, byte in enumerate(expected) if page[offset + i] != byte))
    changes, pages = struct.unpack_from(">II", page, 24)
    page_count, version = struct.unpack_from(">II", page, 92)
    if changes != page_count:
        raise touched(24)
    if pages != size // PAGE:
        raise Broken(f"the file has {size // PAGE:,} pages and says {pages:,}")
    if version != version_number(sqlite):
        raise touched(96)


def version_number(text: str) -> int:
    """`3.40.1` as SQLite writes it in the header: 3040001."""
    try:
        major, minor, patch = (int(part) for part in text.split("."))
    except ValueError:
        raise Broken("the head of the ledger is not what was written") from None
    return major * 1_000_000 + minor * 1_000 + patch


def check_page(page: bytes, number: int) -> None:
    """A page is part of a tree of a table, and what it does not use is zero."""
    offset = (number - 1) * PAGE
    if offset == LOCKED:
        if page.count(0) != PAGE:
            raise touched(offset)
        return
    start = HEADER if number == 1 else 0
    if page[0] == INNER and number > ROOTS:
        return
    kind, free, cells, content, fragments = struct.unpack_from(">BHHHB", page, start)
    if kind not in (LEAF, INNER) or free or fragments:
        raise touched(offset + start)
    first, last = start + (8 if kind == LEAF else 12) + 2 * cells, content
    if first > last or last > PAGE or page.count(0, first, last) != last - first:
        raise touched(offset + first)


def touched(byte: int) -> Broken:
    """What is said of a byte."""
    return Broken(
        f"byte {byte:,} or near it was written by something else than polemos; no entry is touched by this. "
        "Export the ledger and import it into a new one"
    )
