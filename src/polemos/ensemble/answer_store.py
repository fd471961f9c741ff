"""The answers of a run on disk, without its simulated wars: parts while it is going on, one file at the end.

parts/0000100.npz    of each chunk while the run goes on (`keep questions`): its part of the summary, its verdicts
answers.npz          of the finished run: the summary, the verdicts, and the digest of what was asked

The last 64 bytes of a file, the comment of the zip archive that it is, are the SHA-256 of all before them.
"""

from __future__ import annotations

import hashlib
import io
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polemos.ensemble import atomic_files, trajectory_store
from polemos.ensemble.atomic_files import DamagedError
from polemos.ensemble.chunks import Outcome, Verdicts
from polemos.ensemble.summary import Part, Summary

FILE, PARTS, WIDTH = "answers.npz", "parts", 64
CLEARED = 10
"""Processes on one plan, each of which clears the parts away once."""


def save_part(folder: Path, first: int, outcome: Outcome) -> None:
    """Write the result of the chunk that begins with a member, and mark it as there."""
    part = outcome.part
    arrays = {"dates": part.dates, "counts": part.counts.astype(np.min_scalar_type(int(part.counts.max())))}
    arrays |= _under("series", part.series) | _under("verdicts", outcome.verdicts)
    for tries_left in reversed(range(CLEARED)):
        (folder / PARTS).mkdir(exist_ok=True)
        try:
            write_sealed(_part(folder, first), arrays)
            break
        except FileNotFoundError:
            # Another process finished the same plan, and cleared the parts away, since the line above.
            if not tries_left:
                raise
    trajectory_store.mark(folder, first)


def load_part(folder: Path, first: int) -> Outcome:
    """The result of a chunk. Raises `DamagedError`."""
    with read_sealed(_part(folder, first)) as arrays:
        part = Part(arrays["dates"], arrays["counts"].astype(np.int32), _of("series", arrays))
        return Outcome(part, _of("verdicts", arrays))


def save(folder: Path, summary: Summary, verdicts: Verdicts, question_digest: str) -> None:
    """Write what a finished run said."""
    arrays: dict[str, NDArray[Any]] = {
        "dates": summary.dates,
        "counts": summary.counts,
        "asked": np.array(question_digest),
    }
    arrays["members"] = np.array(summary.members)
    write_sealed(folder / FILE, arrays | _under("quantiles", summary.quantiles) | _under("verdicts", verdicts))


def clear_parts(folder: Path) -> None:
    """Delete what a finished run needs no more."""
    shutil.rmtree(folder / PARTS, ignore_errors=True)


def load(folder: Path, question_digest: str, *, whole: bool) -> tuple[Summary, Verdicts] | None:
    """What a finished run said; None where something else was asked, or its wars are there to say it.

    Raises `DamagedError`, for what is altered in its wars, too.
    """
    if whole:
        trajectory_store.check_all(folder)
        if not (folder / FILE).exists():
            return None
    with read_sealed(folder / FILE) as arrays:
        if str(arrays["asked"]) != question_digest:
            return None
        summary = Summary(arrays["dates"], int(arrays["members"]), arrays["counts"], _of("quantiles", arrays))
        return summary, _of("verdicts", arrays)


def _part(folder: Path, first: int) -> Path:
    return folder / PARTS / f"{first:07d}.npz"


def _under(group: str, arrays: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    return {f"{group}/{name}": values for name, values in arrays.items()}


def _of(group: str, arrays: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    return {name.partition("/")[2]: arrays[name] for name in arrays if name.startswith(f"{group}/")}


def write_sealed(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write arrays by name, all of them or nothing, with their digest."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.comment = b" " * WIDTH
    content = buffer.getvalue()[:-WIDTH]
    with atomic_files.whole(path) as part:
        part.write_bytes(content + hashlib.sha256(content).hexdigest().encode())


def read_sealed(path: Path) -> Any:
    """The arrays of a file, by name. Raises `DamagedError`."""
    try:
        whole = path.read_bytes()
    except FileNotFoundError:
        raise DamagedError(path, "is missing") from None
    if hashlib.sha256(whole[:-WIDTH]).hexdigest().encode() != whole[-WIDTH:]:
        raise DamagedError(path, "was cut short or altered")
    return np.load(io.BytesIO(whole), allow_pickle=False)
