"""The wars of an ensemble on disk, chunk by chunk; each chunk has a mark with the digests of its files.

    trajectories.zarr    control int8 [member, date, place], series float32 [member, date, organisation], attacks, key
    battles/, captures/, moves/, risings/  columns (`column_file.py`), one file a chunk; `member` counts over the whole
                         ensemble; runs of version 0.1 have Parquet instead, which the extra `tables` reads
    done/                one file for each chunk that is there in full: digests by path

The mark is made last, so whatever is cut short is done again; two processes that write one chunk write the same bytes.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polemos.ensemble import atomic_files, column_file
from polemos.ensemble.atomic_files import DamagedError
from polemos.ensemble.plan import Plan
from polemos.model.trajectory import Battles, Captures, Moves, Risings, Trajectories
from polemos.record.world import World
from polemos.scenario.leftovers import beside
from polemos.scenario.optional_packages import need

EVENTS: tuple[tuple[str, type[Any]], ...] = (
    ("battles", Battles),
    ("captures", Captures),
    ("moves", Moves),
    ("risings", Risings),
)
STORE, DONE = "trajectories.zarr", "done"
SUFFIXES = (column_file.SUFFIX, ".parquet")
"""Of the files of events: what is written, and what version 0.1 wrote."""


def is_complete(folder: Path, first: int) -> bool:
    """Whether the chunk that begins with a member is there in full."""
    return (folder / DONE / f"{first:07d}").exists()


def mark(folder: Path, first: int, files: Iterator[Path] | None = None) -> None:
    """Say that the chunk that begins with a member is there, and what its files are like."""
    digests = {path.relative_to(folder).as_posix(): atomic_files.digest(path) for path in files or ()}
    with atomic_files.whole(folder / DONE / f"{first:07d}") as part:
        part.write_text(atomic_files.sealed({"files": digests}))


def check(folder: Path, first: int) -> None:
    """Raise `DamagedError` where a file of a chunk is not as it was written."""
    path = folder / DONE / f"{first:07d}"
    for name, digest in atomic_files.unsealed(path, path.read_bytes())["files"].items():
        try:
            same = atomic_files.digest(folder / name) == digest
        except FileNotFoundError:
            raise DamagedError(folder / name, "is missing") from None
        if not same:
            raise DamagedError(folder / name, "was cut short or altered")


def check_all(folder: Path) -> None:
    """`check` of every chunk."""
    for path in sorted((folder / DONE).glob("[0-9]*")):
        check(folder, int(path.name))


def save(folder: Path, plan: Plan, chunk: int, first: int, trajectories: Trajectories) -> None:
    """Write the members from `first` on, and mark them as there. Nothing is done where another process did it."""
    if is_complete(folder, first):
        return
    group = _group(folder, plan, chunk, trajectories)
    rows = slice(first, first + trajectories.members)
    group["control"][rows] = trajectories.control
    for name, values in trajectories.strengths.items():
        group[name][rows] = values
    if trajectories.attacks is not None:
        group["attacks"][rows] = trajectories.attacks
    if trajectories.keys is not None:
        group["key"][rows] = trajectories.keys
    for name, _ in EVENTS:
        table = getattr(trajectories, name)
        if table is not None:
            _write_events(folder / name / f"{first:07d}{column_file.SUFFIX}", table, first)
    for path in _pieces(folder, first, chunk):
        atomic_files.sync(path)
    mark(folder, first, _files(folder, first, chunk))


def load(folder: Path, world: World, origin: np.datetime64, first: int, last: int) -> Trajectories:
    """The members first..last-1 as they were simulated. Raises `DamagedError`."""
    import zarr

    check(folder, first)
    group: Any = zarr.open_group(folder / STORE, mode="r")
    about = dict(group.attrs)
    rows = slice(first, last)
    events = {name: _read_events(folder / name, kind, first) for name, kind in EVENTS}
    return Trajectories(
        world=world,
        origin=origin,
        dates=np.asarray(group["date"][:]).astype("datetime64[D]"),
        control=np.asarray(group["control"][rows]),
        strengths={name: np.asarray(group[name][rows]) for name in about["series"]},
        attacks=np.asarray(group["attacks"][rows]) if "attacks" in group else None,
        countries=tuple(about["countries"]),
        kinds=tuple(about.get("kinds", ())),
        keys=np.asarray(group["key"][rows]) if "key" in group else None,
        **events,
    )


def control(folder: Path) -> NDArray[np.int8]:
    """Holders of all members: int8[member, date, place]. Raises `DamagedError`."""
    import zarr

    check_all(folder)
    group: Any = zarr.open_group(folder / STORE, mode="r")
    return np.asarray(group["control"][:])


def _files(folder: Path, first: int, chunk: int) -> Iterator[Path]:
    """The files of a chunk, and those that say what the arrays are."""
    store = folder / STORE
    events = (folder / name / f"{first:07d}{suffix}" for name, _ in EVENTS for suffix in SUFFIXES)
    yield from (path for path in events if path.exists())
    yield from sorted([*store.glob("zarr.json"), *store.glob("*/zarr.json"), *store.glob("date/c/*")])
    yield from _pieces(folder, first, chunk)


def _pieces(folder: Path, first: int, chunk: int) -> Iterator[Path]:
    """The files of a chunk in the arrays; one of zeros alone has none."""
    for inside in sorted((folder / STORE).glob(f"*/c/{first // chunk}")):
        if inside.is_dir():
            files_inside = (path for path in inside.rglob("*") if path.is_file())
            yield from sorted(path for path in files_inside if path.suffix != atomic_files.PARTIAL)


def _group(folder: Path, plan: Plan, chunk: int, trajectories: Trajectories) -> Any:
    """The arrays of all members, made with the first chunk."""
    import zarr

    path = folder / STORE
    try:
        return zarr.open_group(path, mode="r+")
    except FileNotFoundError:
        pass
    part = beside(path)
    group: Any = zarr.open_group(part, mode="w")
    group.attrs.update(
        {
            "place": list(trajectories.world.places.id),
            "organisation": list(trajectories.world.organisations.id),
            "holder": [*trajectories.world.organisations.id, "nobody"],
            "countries": list(trajectories.countries),
            "kinds": list(trajectories.kinds),
            "series": list(trajectories.strengths),
        }
    )
    dates = group.create_array("date", shape=trajectories.dates.shape, dtype="int32", dimension_names=["date"])
    dates[:] = trajectories.dates.astype("datetime64[D]").astype(np.int32)
    dates.attrs["units"] = "days since 1970-01-01"
    _array(group, "control", trajectories.control, plan.members, chunk, ["member", "date", "place"])
    for name, values in trajectories.strengths.items():
        _array(group, name, values, plan.members, chunk, ["member", "date", "organisation"])
    if trajectories.attacks is not None:
        _array(
            group, "attacks", trajectories.attacks, plan.members, chunk, ["member", "date", "organisation", "country"]
        )
    if trajectories.keys is not None:
        _array(group, "key", trajectories.keys, plan.members, chunk, ["member"])
    for written in sorted(part.rglob("*"), reverse=True):
        atomic_files.sync(written)
    try:
        part.rename(path)
    except OSError:
        # Another process on the same plan was first; what both write is the same.
        shutil.rmtree(part)
    atomic_files.sync(folder)
    return zarr.open_group(path, mode="r+")


def _array(group: Any, name: str, like: NDArray[Any], members: int, chunk: int, dims: list[str]) -> None:
    shape, pieces = (members, *like.shape[1:]), (chunk, *like.shape[1:])
    group.create_array(name, shape=shape, chunks=pieces, dtype=like.dtype, dimension_names=dims)


def _write_events(path: Path, table: Any, first: int) -> None:
    columns = {field.name: getattr(table, field.name) for field in fields(table)}
    columns["member"] = columns["member"] + np.int32(first)
    column_file.write(path, columns)


def _read_events(folder: Path, kind: type[Any], first: int) -> Any:
    path, older = (folder / f"{first:07d}{suffix}" for suffix in SUFFIXES)
    if path.exists():
        written = column_file.read(path)
        columns = {field.name: written[field.name] for field in fields(kind)}
    elif older.exists():
        need("tables")
        from pyarrow import parquet

        table = parquet.read_table(older)
        columns = {field.name: _column(table.column(field.name)) for field in fields(kind)}
    else:
        return None
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
