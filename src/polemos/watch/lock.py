"""One run at a time: a lock that the system releases when its process ends, however it ends.

The lock is SQLite's, on an empty file: the same on every system, gone with a killed process, with nothing to remove by
hand.
"""

from __future__ import annotations

import datetime
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

FILE = "watch.lock"
HOLDER = "watch.running"
"""Says who holds the lock, for the message; the lock itself does not depend on it."""


class WatchError(ValueError):
    """What was asked of a watch cannot be done; the message is one line for the user."""


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold a folder's lock. Raises `WatchError` where another process holds it."""
    path = folder / FILE
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA journal_mode = MEMORY")
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise WatchError(f"{path} cannot be used: {error}") from None
            raise WatchError(f"another run is under way in {folder}{_holder(folder)}; wait for it") from None
        except sqlite3.DatabaseError:
            raise WatchError(f"{path} is no lock of polemos; move it away") from None
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        try:
            # On a full disk the message is shorter, and the run says what is wrong.
            with suppress(OSError):
                (folder / HOLDER).write_text(f"process {os.getpid()}, since {now}")
            yield
        finally:
            with suppress(OSError):
                (folder / HOLDER).unlink(missing_ok=True)
            connection.execute("ROLLBACK")


def _holder(folder: Path) -> str:
    with suppress(OSError):
        return f" ({(folder / HOLDER).read_text()[:80]})"
    return ""
