"""Temporary names of files and folders that are being written, and the removal of those that killed processes left.

A name says which machine, process and thread is at it; it is left over once that process of this machine is gone.
"""

from __future__ import annotations

import contextlib
import os
import platform
import re
import shutil
import threading
from pathlib import Path

LEFT_OVER = re.compile(r"\..+~(?P<host>[^~]*)~(?P<process>\d{1,18})~\d+")


def beside(path: Path) -> Path:
    """The name under which this thread writes a file or a folder before it takes its place."""
    return path.with_name(f".{path.name}~{_host()}~{os.getpid()}~{threading.get_ident()}")


def is_left_over(path: Path) -> bool:
    """Whether a name is of `beside` and its process is no more; False where that cannot be known."""
    match = LEFT_OVER.fullmatch(path.name)
    if match is None or os.name == "nt" or match["host"] != _host():
        return False
    try:
        os.kill(int(match["process"]), 0)
    except (ProcessLookupError, OverflowError):
        return True
    except PermissionError:
        pass
    return False


def clear(folder: Path, name: str) -> None:
    """Delete from a folder, but not from those below it, what killed processes left of a file or folder of a name."""
    for path in folder.glob(f".{name}~*~*~*"):
        if is_left_over(path):
            with contextlib.suppress(OSError):
                shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def _host() -> str:
    return re.sub(r"[^\w.-]", "-", platform.node())
