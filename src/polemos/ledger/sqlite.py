"""The file of a ledger: its two tables in SQLite, its connections, and the error for a file that is no ledger.

One table holds the entries. A second one of one row keeps the number of entries, the last hash and the version of
SQLite that wrote it; triggers keep it up to date, and refuse every change and every removal. The journal is SQLite's
rollback journal: a ledger at rest is one file, and what a killed writer left half done is undone by whoever opens it
next.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

from polemos.ledger.entry_fields import LedgerError

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
    if mark == 0 and not schema(connection):
        raise LedgerError("is empty: what began it was stopped before it wrote anything; polemos ledger add begins it")
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
        message = str(error)
        raise LedgerError(f"{path} {message}" if message.startswith("is ") else message) from None
    except sqlite3.OperationalError as error:
        message = shortened(error)
        if "locked" in message:
            raise LedgerError(f"{path} is busy: another program has held it for {PATIENCE:.0f} s") from None
        if any(word in message for word in ("full", "I/O", "readonly", "unable to open")):
            raise LedgerError(f"{path} could not be written ({message}); nothing of this was added") from None
        raise LedgerError(f"{path} cannot be read: {message}") from None
    except DAMAGE as error:
        raise LedgerError(f"{path} is no ledger, or a damaged one: {shortened(error)}") from None


def shortened(error: BaseException) -> str:
    return str(error).splitlines()[0][:200] if str(error) else type(error).__name__
