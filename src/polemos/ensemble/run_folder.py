"""An ensemble on disk: one folder a plan, written chunk by chunk.

manifest.json    plan, versions, when it was finished (null until then), and a digest of all that
the wars         see `polemos.ensemble.trajectory_store`; a chunk counts once its mark in `done/` stands
answers.npz      what a finished run said (see `polemos.ensemble.answer_store`); with `keep questions`, all there is
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from polemos.ensemble import atomic_files
from polemos.ensemble.plan import Plan, PlanError
from polemos.ensemble.trajectory_store import DONE, EVENTS
from polemos.scenario.leftovers import beside

FORMAT = 2
FILE = "manifest.json"
LONGEST_CHUNK = 1000


def folder_of(root: Path, plan: Plan, kernels: str) -> Path:
    """Folder of a plan run with given kernels: `<scenario>-<origin>-<first eight digits of the digest>`."""
    digest = hashlib.sha256((plan.digest() + kernels).encode()).hexdigest()
    name = "".join(c if c.isalnum() or c in "-_" else "-" for c in plan.scenario)
    return root / f"{name}-{plan.origin}-{digest[:8]}"


def versions(kernels: str) -> dict[str, str]:
    """Versions of everything that a result may depend on."""
    import platform
    from importlib.metadata import version

    packages = {name: version(name) for name in ("polemos", "numpy", "numba")}
    return packages | {"python": platform.python_version(), "machine": platform.machine(), "kernels": kernels}


def begin(
    folder: Path, plan: Plan, kernels: str, chunk: int, keeps: str = "all", questions_digest: str | None = None
) -> dict[str, Any]:
    """The manifest of a folder, which is made when it is not there.

    One that is there keeps the size of its chunks, and what it keeps. Raises `PlanError` for a folder that holds
    something else, or less than is to be kept.
    """
    manifest_fields = manifest(folder)
    if manifest_fields is not None:
        manifest_fields = {"keeps": "all", **manifest_fields}
        if manifest_fields.get("plan") != plan.as_json() or manifest_fields["versions"]["kernels"] != kernels:
            raise PlanError(f"{folder} holds a run of another plan; move it away, or run with --fresh")
        if manifest_fields["keeps"] == "questions" and keeps == "all":
            raise PlanError(f"{folder} keeps the answers of this run alone; run with --keep questions, or --fresh")
        if manifest_fields["keeps"] == "questions" and manifest_fields["asked"] != questions_digest:
            raise PlanError(f"{folder} keeps the answers to other questions alone; run with --fresh")
        return manifest_fields
    if keeps == "questions" and questions_digest is None:
        raise PlanError("what is asked has no digest to find it by; keep all of the run, or nothing")
    fresh = {
        "format": FORMAT,
        "plan": plan.as_json(),
        "digest": plan.digest(),
        "versions": versions(kernels),
        "chunk": min(chunk, plan.members, LONGEST_CHUNK),
        "keeps": keeps,
        "asked": questions_digest,
        "started": _now(),
        "finished": None,
        "seconds": None,
    }
    for part in (DONE, *(name for name, _ in EVENTS)):
        (folder / part).mkdir(parents=True, exist_ok=True)
    if atomic_files.first(folder / FILE, atomic_files.sealed(fresh)):
        return fresh
    # Another process began the same plan at the same time; its manifest stands.
    return begin(folder, plan, kernels, chunk, keeps, questions_digest)


def manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest of a folder, None when it has none. Raises `DamagedError` for one that is not as it was written."""
    path = folder / FILE
    try:
        text = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    format_ = FORMAT
    with contextlib.suppress(ValueError, AttributeError, RecursionError):
        format_ = json.loads(text).get("format")
    if format_ != FORMAT:
        raise PlanError(f"{path} was written by another version of polemos; run the command anew with --fresh")
    return atomic_files.unsealed(path, text)


def readable(folder: Path) -> dict[str, Any] | None:
    """The manifest of a folder, None for one that is damaged too: for those who look through many."""
    with contextlib.suppress(PlanError, OSError):
        return manifest(folder)
    return None


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Turn what the system says against writing a run into a `PlanError`; what is whole on disk stays."""
    try:
        yield
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else str(error)
        raise PlanError(
            f"{folder} cannot be written: {why}. What is kept of the run is whole: "
            f"mend that, and the same command goes on from there"
        ) from None


def finish(folder: Path, content: dict[str, Any], seconds: float) -> dict[str, Any]:
    """Write into the manifest that every chunk is there, and clear what killed processes left behind."""
    content = content | {"finished": _now(), "seconds": round(seconds, 3)}
    with atomic_files.whole(folder / FILE) as part:
        part.write_text(atomic_files.sealed(content))
    atomic_files.sweep(folder)
    return content


def clear(folder: Path) -> None:
    """Delete the run in a folder, as one step. Raises `ValueError` for a folder that holds no run."""
    if not folder.exists():
        return
    if not (folder / FILE).exists() and any(folder.iterdir()) and not (folder / DONE).is_dir():
        raise ValueError(f"{folder} is not the folder of a run; it is left as it is")
    away = beside(folder)
    folder.rename(away)
    (away / FILE).unlink(missing_ok=True)
    shutil.rmtree(away)
    atomic_files.sync(folder.parent)


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
