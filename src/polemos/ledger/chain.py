"""A ledger: lines that are added one after another, each chained to the one before by SHA-256.

`hash_n = SHA-256(hash_(n-1) + content_n)`, the first after the hash of `BEGINNING`. What `append` gives back is on the
disk. How the file keeps them is in `polemos.ledger.sqlite`.
"""

from __future__ import annotations

import datetime
import os
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from polemos.ledger.canonical import canonical, parse
from polemos.ledger.entries import LONGEST, Entry, entry
from polemos.ledger.entry_fields import LedgerError, stamp
from polemos.ledger.sqlite import BEGINNING, DAMAGE, Broken, reading, shortened, writing


@dataclass(frozen=True, slots=True)
class Head:
    """The state of a ledger: how many entries, and the hash of the last, which stands for all of them."""

    entries: int
    hash: bytes

    def __str__(self) -> str:
        return f"polemos ledger {self.entries} {self.hash.hex()}"

    @classmethod
    def read(cls, text: str) -> Head:
        """From the line that `str` gave. Raises `LedgerError`."""
        words = text.split()
        try:
            if words[:2] != ["polemos", "ledger"] or len(words) != 4 or len(words[3]) != 64 or not words[2].isdecimal():
                raise ValueError
            return cls(int(words[2]), bytes.fromhex(words[3]))
        except ValueError:
            raise LedgerError(
                f"{text[:80]!r} is no head line; that reads `polemos ledger NUMBER HASH`, as `head` prints it"
            ) from None


@dataclass(frozen=True, slots=True)
class Kept:
    """An entry as it stands in a ledger, by its number from 1."""

    number: int
    hash: bytes
    entry: Entry


def default_path(environment: Mapping[str, str] | None = None, platform: str = sys.platform) -> Path:
    """The ledger in the user's data folder."""
    variables = os.environ if environment is None else environment
    home = Path.home()
    if platform == "win32":
        base = Path(variables.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif platform == "darwin":
        base = home / "Library" / "Application Support"
    else:
        base = Path(variables.get("XDG_DATA_HOME") or home / ".local" / "share")
    return base / "polemos" / "ledger.sqlite"


def chain(previous: bytes, content: str) -> bytes:
    """Hash of an entry."""
    return sha256(previous + content.encode()).digest()


def append(path: Path | str, entries: Iterable[Entry], *, now: datetime.datetime | None = None) -> list[Kept]:
    """Add entries, all or none; a ledger that is not there is begun. They are on the disk when this returns.

    `recorded` is set here, and `made` where it is empty. Raises `LedgerError`, and then nothing was added.
    """
    drafts = list(entries)
    with writing(path) as connection:
        add = adder(connection, now)
        return [add(draft) for draft in drafts]


def adder(connection: sqlite3.Connection, now: datetime.datetime | None = None) -> Callable[[Entry], Kept]:
    """What adds entries one by one within a transaction of `writing`; all are on the disk at its end, or none."""
    head = head_of(connection)
    time = now or datetime.datetime.now(datetime.UTC)

    def add(draft: Entry) -> Kept:
        nonlocal head
        new = dated(draft, time)
        if new.of is not None:
            _check(new, kept_entry(connection, new.of))
        head = insert(connection, head, canonical(new))
        return Kept(head.entries, head.hash, new)

    return add


def dated(draft: Entry, time: datetime.datetime) -> Entry:
    """A draft with its time. Raises `LedgerError` where it says that it is of later than now."""
    recorded = stamp(time)
    new = draft.model_copy(update={"recorded": recorded, "made": draft.made or recorded})
    # West of the date line it is tomorrow already.
    latest = (time.astimezone(datetime.UTC) + datetime.timedelta(1)).date().isoformat()
    for field in ("made", "origin", "settled"):
        value = getattr(new, field)
        if value is not None and str(value)[:10] > latest:
            raise LedgerError(f"{field}: {value} lies in the future; it is {recorded}")
    return new


def insert(connection: sqlite3.Connection, head: Head, content: str) -> Head:
    """Add one content after a head; within a transaction. Raises `LedgerError`."""
    size = len(content.encode())
    if size > LONGEST:
        raise LedgerError(f"an entry of {size:,} bytes is too long; {LONGEST:,} are the most, so shorten the texts")
    new = Head(head.entries + 1, chain(head.hash, content))
    connection.execute("INSERT INTO entry (rowid, content, hash) VALUES (?, ?, ?)", (new.entries, content, new.hash))
    return new


def _check(new: Entry, old: Entry | None) -> None:
    """Raise `LedgerError` where what is revised, disputed or withdrawn cannot be."""
    what = {"revision": "revised", "dispute": "disputed", "withdrawal": "withdrawn"}[new.kind]
    if old is None:
        raise LedgerError(f"there is no entry {new.of} that could be {what}")
    right = {"revision": ("forecast", "revision"), "dispute": ("resolution",)}
    if new.kind == "withdrawal":
        wrong = old.kind == "withdrawal"
    else:
        wrong = old.kind not in right[new.kind]
    if wrong:
        raise LedgerError(f"entry {new.of} is a {old.kind}, which cannot be {what}")
    if new.question != old.question:
        raise LedgerError(f"entry {new.of} is about another question")
    if new.kind != "dispute" and new.owner != old.owner:
        raise LedgerError(f"entry {new.of} is of {old.owner} and cannot be {what} by {new.owner}; add your own")


def kept_entry(connection: sqlite3.Connection, number: int) -> Entry | None:
    """An entry by number, None where there is none; the chain is not checked."""
    row = connection.execute("SELECT content FROM entry WHERE rowid = ?", (number,)).fetchone()
    return None if row is None else entry(parse(row[0]))


def contents(connection: sqlite3.Connection) -> Iterator[tuple[int, str, bytes]]:
    """Number, content and hash of every entry, in order, each checked against the chain.

    Raises `Broken` at the first that is not what was written, and after the last where some are missing.
    """
    ledger_head = head_of(connection)
    previous, count = BEGINNING, 0
    rows = connection.execute("SELECT rowid, content, hash FROM entry ORDER BY rowid")
    try:
        for number, content, stored_hash in rows:
            count += 1
            if number != count:
                raise Broken("is missing", count)
            if type(content) is not str or type(stored_hash) is not bytes:
                raise Broken("is not what was written", count)
            previous = sha256(previous + content.encode()).digest()
            if previous != stored_hash:
                raise Broken("is not what was written, or does not follow the one before", count)
            yield number, content, stored_hash
    except DAMAGE as error:
        raise Broken(f"cannot be read: {shortened(error)}", count + 1) from None
    if count < ledger_head.entries:
        raise Broken(f"is missing, and all after it: the ledger once had {ledger_head.entries:,}", count + 1)
    if count > ledger_head.entries or previous != ledger_head.hash:
        raise Broken(f"of {count:,} was not added by polemos: the head of the ledger stands elsewhere", count)


def read(path: Path | str) -> list[Kept]:
    """All entries, checked against the chain. Raises `LedgerError`, `Broken` where it is not what was written."""
    with reading(path) as connection:
        return [Kept(number, hash, parsed(number, content)) for number, content, hash in contents(connection)]


def entry_at(path: Path | str, number: int) -> Entry:
    """An entry by its number; the chain is not checked. Raises `LedgerError`."""
    with reading(path) as connection:
        line = kept_entry(connection, number)
        if line is None:
            raise LedgerError(f"there is no entry {number}; the last is {head_of(connection).entries}")
        return line


def parsed(number: int, content: str) -> Entry:
    """The entry of a content. Raises `Broken`."""
    try:
        return entry(parse(content))
    except ValueError as error:
        raise Broken(f"cannot be understood: {error}", number) from None


def head(path: Path | str) -> Head:
    """The head as the ledger tells it. Raises `LedgerError`."""
    with reading(path) as connection:
        return head_of(connection)


def head_of(connection: sqlite3.Connection) -> Head:
    """The head as the ledger tells it. Raises `Broken`."""
    rows = connection.execute("SELECT rowid, entries, hash FROM head").fetchall()
    if len(rows) != 1 or rows[0][0] != 1 or type(rows[0][1]) is not int or type(rows[0][2]) is not bytes:
        raise Broken("the head of the ledger is not what was written")
    return Head(rows[0][1], rows[0][2])
