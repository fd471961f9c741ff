"""Columns of numbers as one file: a NumPy array of records, packed by gzip. The same columns give the same bytes."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polemos.ensemble import atomic_files

SUFFIX = ".npy.gz"
LEVEL = 1
"""Of gzip: a higher one takes several times as long and saves a tenth."""


def write(path: Path, columns: Mapping[str, NDArray[Any]]) -> None:
    """Write columns of one length, whole or not at all."""
    length = len(next(iter(columns.values())))
    rows = np.empty(length, [(name, values.dtype) for name, values in columns.items()])
    for name, values in columns.items():
        rows[name] = values
    packed = io.BytesIO()
    np.save(packed, rows, allow_pickle=False)
    atomic_files.put(path, gzip.compress(packed.getvalue(), LEVEL, mtime=0))


def read(path: Path) -> dict[str, NDArray[Any]]:
    """The columns of a file. Raises `DamagedError`."""
    try:
        rows = np.load(io.BytesIO(gzip.decompress(path.read_bytes())), allow_pickle=False)
        return {name: np.ascontiguousarray(rows[name]) for name in rows.dtype.names}
    # What is no gzip, or no array of records, ends in any of these.
    except (OSError, EOFError, ValueError, TypeError, zlib.error) as error:
        if isinstance(error, FileNotFoundError):
            raise
        raise atomic_files.DamagedError(path, "was cut short or altered") from None
