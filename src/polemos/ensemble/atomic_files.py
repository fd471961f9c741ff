"""Files that are there whole or not at all, whatever stops the process, and that tell when they were altered.

A file is written under another name beside its own, flushed to the disk, and renamed; a name that is left over says
whose it was. Digests are SHA-256.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from polemos.ensemble.plan_error import PlanError
from polemos.scenario.leftovers import beside, is_left_over

PARTIAL, FORGOTTEN = ".partial", 60.0
"""How zarr calls what it writes, and seconds after which nobody is at it any more."""


class DamagedError(PlanError):
    """A file of a run that is not as it was written."""

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(f"{path} {what}; the run is not read: bring the file back, or run the command with --fresh")
        self.path = path


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A name to write to; what is written there takes the place of `path` at the end, or is deleted on an error.

    What is no plain file (a device, a pipe) is written to as it is; a link to a file is replaced, not followed.
    """
    if path.exists() and not path.is_file():
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        yield path
        return
    part = beside(path)
    try:
        yield part
        sync(part)
        os.replace(part, path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename == str(part):
            raise OSError(error.errno, error.strerror, str(path)) from error
        raise
    sync(path.parent)


def put(path: Path, content: bytes) -> Path:
    """Write a file with its folders, all of it or nothing. Returns its path. Raises `OSError`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole(path) as part:
        part.write_bytes(content)
    return path


def first(path: Path, text: str) -> bool:
    """Write a text file unless another process was first; whether this one was."""
    part = beside(path)
    try:
        part.write_text(text)
        sync(part)
        try:
            os.link(part, path)
        except FileExistsError:
            return False
        except OSError:
            # A file system without links: the last one wins.
            os.replace(part, path)
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
    sync(path.parent)
    return True


def sync(path: Path) -> None:
    """Flush a file or the names in a folder to the disk."""
    if path.is_dir() and os.name == "nt":
        return
    number = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(number)
    except OSError:
        # Some network file systems cannot flush a folder.
        if not path.is_dir():
            raise
    finally:
        os.close(number)


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def sealed(content: dict[str, Any]) -> str:
    """JSON with its own digest in it, for `unsealed`."""
    return json.dumps(content | {"sha256": _digest_of(content)}, indent=1) + "\n"


def unsealed(path: Path, text: bytes) -> dict[str, Any]:
    """The content of a sealed file. Raises `DamagedError`."""
    try:
        content = dict(json.loads(text))
        if content.pop("sha256", None) == _digest_of(content):
            return content
    except (ValueError, TypeError, RecursionError):
        pass
    raise DamagedError(path, "was cut short or altered")


def _digest_of(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def sweep(folder: Path) -> None:
    """Delete what killed processes left half written, and nothing that another one may be at."""
    # A walk passes over a folder that another process deletes meanwhile.
    for base, folders, files in os.walk(folder):
        for path in (Path(base, name) for name in (*folders, *files)):
            with contextlib.suppress(OSError):
                if _forgotten(path):
                    shutil.rmtree(path) if path.is_dir() else path.unlink()


def _forgotten(path: Path) -> bool:
    if path.suffix == PARTIAL:
        return time.time() - path.stat().st_mtime > FORGOTTEN
    return is_left_over(path)
