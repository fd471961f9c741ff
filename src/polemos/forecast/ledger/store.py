"""The file of a ledger: one SQLite table to which lines are added, each chained to the one before by SHA-256.

`hash_n = SHA-256(hash_(n-1) + content_n)`, the first after the hash of `BEGINNING`. A second table of one row keeps
the number of entries, the last hash and the version of SQLite that wrote it; triggers keep it up to date, and
refuse every change and every removal. The journal is SQLite's rollback journal: a ledger at rest is one file, and
what a killed writer left half done is undone by whoever opens it next. What `append` gives back is on the disk.
"""

from __future__ import annotations

import datetime
import os
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from polemos.forecast.ledger.entry import LONGEST, Entry, LedgerError, canonical, entry, parse, stamp

APPLICATION = 0x504F4C4D
"""`POLM`: marks the SQLite file as a ledger."""

VERSION = 1
PAGE = 32_768
"""Bytes a page: the longest entry fits on one, so that no content lies outside the tree of its table."""

PATIENCE = 60.0
"""Seconds to wait for other writers."""

DAMAGE = (sqlite3.DatabaseError, UnicodeDecodeError)
"""What reading a damaged file raises: SQLite quotes in its messages what it could not read."""

BEGINNING = sha256(b"polemos ledger 1").digest()

SCHEMA = (
    """CREATE TABLE entry (
    content TEXT NOT NULL CHECK (typeof(content) = 'text'),
    hash BLOB NOT NULL CHECK (typeof(hash) = 'blob' AND length(hash) = 32)
)""",
    """CREATE TABLE head (
    entries INTEGER NOT NULL CHECK (typeof(entries) = 'integer'),
    hash BLOB NOT NULL CHECK (typeof(hash) = 'blob' AND length(hash) = 32),
    sqlite TEXT NOT NULL
)""",
    """CREATE TRIGGER entry_next BEFORE INSERT ON entry
WHEN NEW.rowid <> -1 AND NEW.rowid <> (SELECT entries + 1 FROM head)
BEGIN SELECT RAISE(ABORT, 'entries are added one after another'); END""",
    """CREATE TRIGGER entry_added AFTER INSERT ON entry
BEGIN UPDATE head SET entries = NEW.rowid, hash = NEW.hash, sqlite = sqlite_version(); END""",
    """CREATE TRIGGER entry_kept BEFORE UPDATE ON entry
BEGIN SELECT RAISE(ABORT, 'entries of a ledger do not change'); END""",
    """CREATE TRIGGER entry_stays BEFORE DELETE ON entry
BEGIN SELECT RAISE(ABORT, 'entries of a ledger are not removed'); END""",
    """CREATE TRIGGER head_first BEFORE INSERT ON head WHEN EXISTS (SELECT 1 FROM head)
BEGIN SELECT RAISE(ABORT, 'a ledger has one head'); END""",
    """CREATE TRIGGER head_follows BEFORE UPDATE ON head
WHEN NEW.entries <> OLD.entries + 1 OR NOT EXISTS (SELECT 1 FROM entry WHERE rowid = NEW.entries AND hash = NEW.hash)
BEGIN SELECT RAISE(ABORT, 'the head follows the entries'); END""",
    """CREATE TRIGGER head_stays BEFORE DELETE ON head
BEGIN SELECT RAISE(ABORT, 'the head of a ledger is not removed'); END""",
)


class Broken(LedgerError):
    """The ledger is not what was written. `number` is the first bad entry, None where no entry is."""

    def __init__(self, what: str, number: int | None = None) -> None:
        super().__init__(what if number is None else f"entry {number} {what}")
        self.number = number


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
    given = os.environ if environment is None else environment
    home = Path.home()
    if platform == "win32":
        base = Path(given.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif platform == "darwin":
        base = home / "Library" / "Application Support"
    else:
        base = Path(given.get("XDG_DATA_HOME") or home / ".local" / "share")
    return base / "polemos" / "ledger.sqlite"


def chain(previous: bytes, content: str) -> bytes:
    """Hash of an entry."""
    return sha256(previous + content.encode()).digest()


def append(path: Path | str, entries: Iterable[Entry], *, now: datetime.datetime | None = None) -> list[Kept]:
    """Add entries, all or none; a ledger that is not there is begun. They are on the disk when this returns.

    `recorded` is set here, and `made` where it is empty. Raises `LedgerError`, and then nothing was added.
    """
    drafts = list(entries)
    with adding(path, now=now) as add:
        return [add(draft) for draft in drafts]


@contextmanager
def adding(path: Path | str, *, now: datetime.datetime | None = None) -> Iterator[Callable[[Entry], Kept]]:
    """What adds entries one by one; all of them are on the disk once the block is left, or none. See `append`."""
    with writing(path) as connection:
        head = head_of(connection)
        time = now or datetime.datetime.now(datetime.UTC)

        def add(draft: Entry) -> Kept:
            nonlocal head
            new = dated(draft, time)
            if new.of is not None:
                _check(new, kept_entry(connection, new.of))
            head = insert(connection, head, canonical(new))
            return Kept(head.entries, head.hash, new)

        yield add


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
    told = head_of(connection)
    previous, count = BEGINNING, 0
    rows = connection.execute("SELECT rowid, content, hash FROM entry ORDER BY rowid")
    try:
        for number, content, given in rows:
            count += 1
            if number != count:
                raise Broken("is missing", count)
            if type(content) is not str or type(given) is not bytes:
                raise Broken("is not what was written", count)
            previous = sha256(previous + content.encode()).digest()
            if previous != given:
                raise Broken("is not what was written, or does not follow the one before", count)
            yield number, content, given
    except DAMAGE as error:
        raise Broken(f"cannot be read: {_short(error)}", count + 1) from None
    if count < told.entries:
        raise Broken(f"is missing, and all after it: the ledger once had {told.entries:,}", count + 1)
    if count > told.entries or previous != told.hash:
        raise Broken(f"of {count:,} was not added by polemos: the head of the ledger stands elsewhere", count)


def read(path: Path | str) -> list[Kept]:
    """All entries, checked against the chain. Raises `LedgerError`, `Broken` where it is not what was written."""
    with reading(path) as connection:
        return [Kept(number, hash, parsed(number, content)) for number, content, hash in contents(connection)]


def entry_at(path: Path | str, number: int) -> Entry:
    """An entry by its number; the chain is not checked. Raises `LedgerError`."""
    with reading(path) as connection:
        found = kept_entry(connection, number)
        if found is None:
            raise LedgerError(f"there is no entry {number}; the last is {head_of(connection).entries}")
        return found


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


def check_path(file: Path, *, create: bool = False) -> None:
    """Raise `LedgerError` where a path is no file, or none is there and none is to be made."""
    if file.is_dir():
        raise LedgerError(f"{file} is a folder; give the file of a ledger")
    if file.exists() and not file.is_file():
        raise LedgerError(f"{file} is no file on a disk")
    if not create and not file.exists():
        raise LedgerError(f"there is no ledger at {file}; polemos ledger add begins one")


def connect(path: Path | str, *, create: bool = False) -> sqlite3.Connection:
    """A connection with the settings that every use needs. Raises `LedgerError`."""
    file = Path(path)
    check_path(file, create=create)
    if create:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LedgerError(f"{file.parent} cannot be made: {error.strerror}") from None
    mode = "rwc" if create else "rw"
    connection = sqlite3.connect(
        f"{file.absolute().as_uri()}?mode={mode}", uri=True, timeout=PATIENCE, isolation_level=None
    )
    try:
        for pragma in (
            f"page_size = {PAGE}",
            "synchronous = EXTRA",
            "secure_delete = ON",
            "trusted_schema = OFF",
            "cell_size_check = ON",
            "recursive_triggers = ON",
        ):
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def writing(path: Path | str) -> Iterator[sqlite3.Connection]:
    """A connection that alone adds to a ledger; all is on the disk once the block is left. Raises `LedgerError`."""
    with _told(path), closing(connect(path, create=True)) as connection, _transaction(connection):
        begin(connection)
        yield connection


@contextmanager
def reading(path: Path | str) -> Iterator[sqlite3.Connection]:
    """A connection that sees one state of a ledger. Raises `LedgerError`."""
    with _told(path), closing(connect(path)) as connection:
        connection.execute("BEGIN")
        check_file(connection)
        yield connection


def begin(connection: sqlite3.Connection) -> None:
    """Make an empty file a ledger, and see that any other is one. Raises `LedgerError`."""
    empty = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
    if empty and connection.execute("PRAGMA application_id").fetchone()[0] == 0:
        make(connection)
    check_file(connection)


def make(connection: sqlite3.Connection) -> None:
    """The tables of a new ledger."""
    for statement in SCHEMA:
        connection.execute(statement)
    connection.execute("INSERT INTO head VALUES (0, ?, sqlite_version())", (BEGINNING,))
    connection.execute(f"PRAGMA application_id = {APPLICATION}")
    connection.execute(f"PRAGMA user_version = {VERSION}")


def check_file(connection: sqlite3.Connection) -> None:
    """Raise `LedgerError` where a file is no ledger that this polemos reads, `Broken` where its tables are others."""
    mark, version = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version"))
    if mark != APPLICATION:
        raise LedgerError("is an SQLite file but no ledger of polemos")
    if version > VERSION:
        raise LedgerError(f"is a ledger of version {version}; this polemos reads version {VERSION}, use a newer one")
    if schema(connection) != _schema():
        raise Broken("the tables of the ledger are not those that polemos makes")


def schema(connection: sqlite3.Connection) -> list[Any]:
    """What the tables and triggers are."""
    return connection.execute("SELECT rowid, type, name, tbl_name, rootpage, sql FROM sqlite_master").fetchall()


def _schema() -> list[Any]:
    if not _SCHEMA:
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as fresh:
            make(fresh)
            _SCHEMA.extend(schema(fresh))
    return _SCHEMA


_SCHEMA: list[Any] = []


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            # Where even that fails the journal stays, and whoever opens the ledger next undoes what it holds.
            with suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
        raise


@contextmanager
def _told(path: Path | str) -> Iterator[None]:
    """Every mistake with the path of the ledger, in a line."""
    try:
        yield
    except Broken:
        raise
    except LedgerError as error:
        told = str(error)
        raise LedgerError(f"{path} {told}" if told.startswith("is ") else told) from None
    except sqlite3.OperationalError as error:
        told = _short(error)
        if "locked" in told:
            raise LedgerError(f"{path} is busy: another program has held it for {PATIENCE:.0f} s") from None
        if any(word in told for word in ("full", "I/O", "readonly", "unable to open")):
            raise LedgerError(f"{path} could not be written ({told}); nothing of this was added") from None
        raise LedgerError(f"{path} cannot be read: {told}") from None
    except DAMAGE as error:
        raise LedgerError(f"{path} is no ledger, or a damaged one: {_short(error)}") from None


def _short(error: BaseException) -> str:
    return str(error).splitlines()[0][:200] if str(error) else type(error).__name__
