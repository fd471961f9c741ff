"""An ensemble on disk: one folder a plan, written chunk by chunk.

    manifest.json        plan, versions, and when it was finished (null until then)
    trajectories.zarr    control int8 [member, date, place], series float32 [member, date, organisation], attacks
    battles/, captures/  Parquet, one file a chunk; `member` counts over the whole ensemble
    done/                one empty file for each chunk that is there in full
    answers.npz          what a finished run said (see `polemos.ensemble.answers`); with `keep questions`, all there is

A chunk counts once its mark in `done/` stands, and the mark is made last; so whatever is cut short is done again.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polemos.ensemble.plan import Plan, PlanError
from polemos.model.trajectory import Battles, Captures, Trajectories
from polemos.record.world import World

FORMAT = 1
EVENTS: tuple[tuple[str, type[Any]], ...] = (("battles", Battles), ("captures", Captures))
LONGEST_CHUNK = 1000


def folder_of(root: Path, plan: Plan, kernels: str) -> Path:
    """Folder of a plan run with given kernels: `<scenario>-<origin>-<first eight digits of the digest>`."""
    import hashlib

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
    folder: Path, plan: Plan, kernels: str, chunk: int, keeps: str = "all", asked: str | None = None
) -> dict[str, Any]:
    """The manifest of a folder, which is made when it is not there.

    One that is there keeps the size of its chunks, and what it keeps. Raises `PlanError` for a folder that holds
    something else, or less than is to be kept.
    """
    found = manifest(folder)
    if found is not None:
        found = {"keeps": "all", **found}
        if found.get("plan") != plan.as_json() or found["versions"]["kernels"] != kernels:
            raise PlanError(f"{folder} holds a run of another plan; move it away, or run with --fresh")
        if found["keeps"] == "questions" and keeps == "all":
            raise PlanError(f"{folder} keeps the answers of this run alone; run with --keep questions, or --fresh")
        if found["keeps"] == "questions" and found["asked"] != asked:
            raise PlanError(f"{folder} keeps the answers to other questions alone; run with --fresh")
        return found
    if keeps == "questions" and asked is None:
        raise PlanError("what is asked has no digest to find it by; keep all of the run, or nothing")
    fresh = {
        "format": FORMAT,
        "plan": plan.as_json(),
        "digest": plan.digest(),
        "versions": versions(kernels),
        "chunk": min(chunk, plan.members, LONGEST_CHUNK),
        "keeps": keeps,
        "asked": asked,
        "started": _now(),
        "finished": None,
        "seconds": None,
    }
    for part in ("done", *(name for name, _ in EVENTS)):
        (folder / part).mkdir(parents=True, exist_ok=True)
    write_manifest(folder, fresh)
    return fresh


def manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest of a folder, None when it has none that can be read."""
    try:
        content = json.loads((folder / "manifest.json").read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    return content if isinstance(content, dict) and content.get("format") == FORMAT else None


def write_manifest(folder: Path, content: dict[str, Any]) -> None:
    """Write the manifest, all of it or nothing."""
    part = folder / f".manifest-{os.getpid()}"
    part.write_text(json.dumps(content, indent=2) + "\n")
    os.replace(part, folder / "manifest.json")


def finish(folder: Path, content: dict[str, Any], seconds: float) -> dict[str, Any]:
    """Write into the manifest that every chunk is there, and clear what killed processes left behind."""
    for left in folder.glob(".trajectories-*.zarr"):
        shutil.rmtree(left, ignore_errors=True)
    content = content | {"finished": _now(), "seconds": round(seconds, 3)}
    write_manifest(folder, content)
    return content


def clear(folder: Path) -> None:
    """Delete the run in a folder, the manifest first. Raises `ValueError` for a folder that holds no run."""
    if not folder.exists():
        return
    if manifest(folder) is None and any(folder.iterdir()) and not (folder / "done").is_dir():
        raise ValueError(f"{folder} is not the folder of a run; it is left as it is")
    (folder / "manifest.json").unlink(missing_ok=True)
    shutil.rmtree(folder)


def there(folder: Path, first: int) -> bool:
    """Whether the chunk that begins with a member is there in full."""
    return (folder / "done" / f"{first:07d}").exists()


def save(folder: Path, plan: Plan, chunk: int, first: int, found: Trajectories) -> None:
    """Write the members from `first` on, and mark them as there."""
    group = _group(folder, plan, chunk, found)
    rows = slice(first, first + found.members)
    group["control"][rows] = found.control
    for name, values in found.strengths.items():
        group[name][rows] = values
    if found.attacks is not None:
        group["attacks"][rows] = found.attacks
    for name, _ in EVENTS:
        table = getattr(found, name)
        if table is not None:
            _write_events(folder / name / f"{first:07d}.parquet", table, first)
    (folder / "done" / f"{first:07d}").touch()


def load(folder: Path, world: World, origin: np.datetime64, first: int, last: int) -> Trajectories:
    """The members first..last-1 as they were simulated."""
    import zarr

    group: Any = zarr.open_group(folder / "trajectories.zarr", mode="r")
    about = dict(group.attrs)
    rows = slice(first, last)
    events = {name: _read_events(folder / name / f"{first:07d}.parquet", kind, first) for name, kind in EVENTS}
    return Trajectories(
        world=world,
        origin=origin,
        dates=np.asarray(group["date"][:]).astype("datetime64[D]"),
        control=np.asarray(group["control"][rows]),
        strengths={name: np.asarray(group[name][rows]) for name in about["series"]},
        attacks=np.asarray(group["attacks"][rows]) if "attacks" in group else None,
        countries=tuple(about["countries"]),
        battles=events["battles"],
        captures=events["captures"],
    )


def control(folder: Path) -> NDArray[np.int8]:
    """Holders of all members: int8[member, date, place]."""
    import zarr

    group: Any = zarr.open_group(folder / "trajectories.zarr", mode="r")
    return np.asarray(group["control"][:])


def _group(folder: Path, plan: Plan, chunk: int, found: Trajectories) -> Any:
    """The arrays of all members, made with the first chunk."""
    import zarr

    path = folder / "trajectories.zarr"
    try:
        return zarr.open_group(path, mode="r+")
    except FileNotFoundError:
        pass
    part = folder / f".trajectories-{os.getpid()}.zarr"
    group: Any = zarr.open_group(part, mode="w")
    group.attrs.update(
        {
            "place": list(found.world.places.id),
            "organisation": list(found.world.organisations.id),
            "holder": [*found.world.organisations.id, "nobody"],
            "countries": list(found.countries),
            "series": list(found.strengths),
        }
    )
    dates = group.create_array("date", shape=found.dates.shape, dtype="int32", dimension_names=["date"])
    dates[:] = found.dates.astype("datetime64[D]").astype(np.int32)
    dates.attrs["units"] = "days since 1970-01-01"
    _array(group, "control", found.control, plan.members, chunk, ["member", "date", "place"])
    for name, values in found.strengths.items():
        _array(group, name, values, plan.members, chunk, ["member", "date", "organisation"])
    if found.attacks is not None:
        _array(group, "attacks", found.attacks, plan.members, chunk, ["member", "date", "organisation", "country"])
    try:
        part.rename(path)
    except OSError:
        # Another process on the same plan was first; what both write is the same.
        shutil.rmtree(part)
    return zarr.open_group(path, mode="r+")


def _array(group: Any, name: str, like: NDArray[Any], members: int, chunk: int, dims: list[str]) -> None:
    shape, pieces = (members, *like.shape[1:]), (chunk, *like.shape[1:])
    group.create_array(name, shape=shape, chunks=pieces, dtype=like.dtype, dimension_names=dims)


def _write_events(path: Path, table: Any, first: int) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    columns = {field.name: getattr(table, field.name) for field in fields(table)}
    columns["member"] = columns["member"] + np.int32(first)
    part = path.with_suffix(".part")
    parquet.write_table(pa.table(columns), part, compression="zstd")
    os.replace(part, path)


def _read_events(path: Path, kind: type[Any], first: int) -> Any:
    from pyarrow import parquet

    if not path.exists():
        return None
    table = parquet.read_table(path)
    columns = {field.name: _column(table.column(field.name)) for field in fields(kind)}
    columns["member"] = columns["member"] - np.int32(first)
    return kind(**columns)


def _column(column: Any) -> NDArray[Any]:
    import pyarrow as pa

    if not pa.types.is_date32(column.type):
        return np.asarray(column.to_numpy())
    missing = np.asarray(column.is_null().to_numpy())
    days = np.asarray(column.cast(pa.int32()).fill_null(0).to_numpy()).astype("datetime64[D]")
    days[missing] = np.datetime64("NaT")
    return days


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
