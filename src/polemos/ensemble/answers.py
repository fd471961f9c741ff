"""What a run said, on disk without its wars: parts while it goes on, one file once it is finished.

parts/0000100.npz    of each chunk while the run goes on (`keep questions`): its part of the summary, its verdicts
answers.npz          of the finished run: the summary, the verdicts, and the digest of what was asked
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from polemos.ensemble.chunks import Outcome, Verdicts
from polemos.ensemble.summary import Part, Summary

FILE, PARTS = "answers.npz", "parts"


def save_part(folder: Path, first: int, found: Outcome) -> None:
    """Write what came of the chunk that begins with a member, and mark it as there."""
    (folder / PARTS).mkdir(exist_ok=True)
    part = found.part
    arrays = {"dates": part.dates, "counts": part.counts.astype(np.min_scalar_type(int(part.counts.max())))}
    _write(_part(folder, first), arrays | _under("series", part.series) | _under("verdicts", found.verdicts))
    (folder / "done" / f"{first:07d}").touch()


def load_part(folder: Path, first: int) -> Outcome:
    """What came of a chunk."""
    with np.load(_part(folder, first)) as kept:
        part = Part(kept["dates"], kept["counts"].astype(np.int32), _of("series", kept))
        return Outcome(part, _of("verdicts", kept))


def save(folder: Path, summary: Summary, verdicts: Verdicts, asked: str) -> None:
    """Write what a finished run said, and clear its parts away."""
    arrays: dict[str, NDArray[Any]] = {"dates": summary.dates, "counts": summary.counts, "asked": np.array(asked)}
    arrays["members"] = np.array(summary.members)
    _write(folder / FILE, arrays | _under("quantiles", summary.quantiles) | _under("verdicts", verdicts))
    shutil.rmtree(folder / PARTS, ignore_errors=True)


def load(folder: Path, asked: str) -> tuple[Summary, Verdicts] | None:
    """What a finished run said; None where it is not there, or something else was asked."""
    try:
        with np.load(folder / FILE) as kept:
            if str(kept["asked"]) != asked:
                return None
            summary = Summary(kept["dates"], int(kept["members"]), kept["counts"], _of("quantiles", kept))
            return summary, _of("verdicts", kept)
    except (FileNotFoundError, BadZipFile, KeyError, ValueError):
        return None


def _part(folder: Path, first: int) -> Path:
    return folder / PARTS / f"{first:07d}.npz"


def _under(group: str, arrays: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    return {f"{group}/{name}": values for name, values in arrays.items()}


def _of(group: str, kept: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    return {name.partition("/")[2]: kept[name] for name in kept if name.startswith(f"{group}/")}


def _write(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    part = path.with_name(f".{path.name}-{os.getpid()}")
    with part.open("wb") as out:
        np.savez_compressed(out, allow_pickle=False, **arrays)
    os.replace(part, path)
