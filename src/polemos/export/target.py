"""Where an export goes: whole or not at all, and never over something else."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class ExportError(ValueError):
    """An export that cannot be made or written; the text says why and what would mend it."""


@contextmanager
def written(out: Path) -> Iterator[Path]:
    """A path to write a file or a folder at, moved to `out` once all is written. Raises `ExportError`."""
    if out.exists() or out.is_symlink():
        raise ExportError(f"{out} is there already; name another with --out, or move it away")
    try:
        temporary = tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}-")
    except OSError as error:
        raise ExportError(f"{out} cannot be written ({error.strerror})") from None
    try:
        part = Path(temporary) / out.name
        yield part
        part.rename(out)
    except OSError as error:
        raise ExportError(f"{out} cannot be written ({error.strerror})") from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
