"""The record as of a run: the scenario of the user with every file of its sources, built anew and kept by its digest.

A map that was revised is so simply another file: the record is built from what the files say now, and the records of
earlier runs stay as they were. The user's own scenario is never written to.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from polemos.ensemble import atomic_files
from polemos.scenario.errors import Problem, ScenarioError
from polemos.scenario.inside_folder import outside
from polemos.scenario.leftovers import beside, clear
from polemos.scenario.load import find
from polemos.watch.lock import WatchError
from polemos.watch.settings import FILE, Source, WatchFolder

RECORDS = "records"
MANIFEST = "manifest.json"

BringIn = Callable[[str, Sequence[Path], Path, Sequence[str]], None]
"""Runs a command of `polemos import`: its name, files, the folder that they go into, options. Raises its refusals."""


@dataclass(frozen=True, slots=True)
class Record:
    """A record that was built: its folder, its digest, and the SHA-256 of every file that it is made of, by path."""

    path: Path
    digest: str
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class News:
    """What is new in the files of a record since an earlier one: paths that are new, changed, and gone."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]

    def __str__(self) -> str:
        parts = [
            f"{len(files)} {what} ({', '.join(map(_spelt, files[-3:]))}{', ...' if len(files) > 3 else ''})"
            for what, files in (("new", self.added), ("changed since", self.changed), ("gone", self.gone))
            if files
        ]
        return ", ".join(parts) or "nothing new"


def _spelt(name: str) -> str:
    """A name of a manifest for a reader: what is no file is an entry of watch.yaml."""
    number = name.removeprefix("source ")
    return f"source {int(number) + 1} of {FILE}" if number.isdigit() else name


def files_of(watch: WatchFolder, source: Source) -> list[Path]:
    """The files of a source, in the order of their paths. Raises `ScenarioError` where a pattern matches none."""
    files: dict[Path, None] = {}
    for pattern in source.files:
        base = watch.path
        if Path(pattern).is_absolute():
            base = Path(Path(pattern).anchor)
            pattern = str(Path(pattern).relative_to(base))
        matches = sorted(one for one in base.glob(pattern) if one.is_file())
        if not matches and not any(mark in pattern for mark in "*?["):
            problem = Problem(
                FILE, 0, "sources", f"there is no file {pattern}", "name a file, or a pattern such as maps/*"
            )
            raise ScenarioError([problem])
        files |= dict.fromkeys(matches)
    return list(files)


def manifest(watch: WatchFolder) -> dict[str, str]:
    """SHA-256 by path of the scenario's files, of every file of its sources, and of how these are brought in."""
    base = find(watch.scenario)
    sums = {f"scenario/{path.name}": atomic_files.digest(path) for path in _tables(base)}
    for number, source in enumerate(watch.watch.sources):
        how = json.dumps([number, source.command, *source.options])
        sums[f"source {number}"] = hashlib.sha256(how.encode()).hexdigest()
        for path in files_of(watch, source):
            sums[_shown(watch, path)] = atomic_files.digest(path)
    return sums


def _tables(base: Path) -> list[Path]:
    problems = [one for path in sorted(base.iterdir()) if path.is_symlink() for one in outside(base, path.name)]
    if problems:
        raise ScenarioError(problems)
    return sorted(path for path in base.iterdir() if path.is_file() and path.suffix in (".csv", ".yaml"))


def _shown(watch: WatchFolder, path: Path) -> str:
    return str(path.relative_to(watch.path)) if path.is_relative_to(watch.path) else str(path)


def news(before: Mapping[str, str], after: Mapping[str, str]) -> News:
    """What differs between the files of two records."""
    shared = before.keys() & after.keys()
    return News(
        tuple(sorted(after.keys() - before.keys())),
        tuple(sorted(name for name in shared if before[name] != after[name])),
        tuple(sorted(before.keys() - after.keys())),
    )


def build(watch: WatchFolder, bring_in: BringIn) -> Record:
    """The record that the files make now, from `records/` where it was built before. Raises `ScenarioError`.

    It is built under another name and takes its place when it is whole and passes every check.
    """
    from polemos.war.war import load

    files = manifest(watch)
    digest = hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()
    base = find(watch.scenario)
    name = base.resolve().name
    target = watch.path / RECORDS / digest[:16]
    if not target.is_dir():
        target.parent.mkdir(exist_ok=True)
        clear(target.parent, target.name)
        workplace = beside(target)
        shutil.rmtree(workplace, ignore_errors=True)
        try:
            inside = workplace / name
            inside.mkdir(parents=True)
            for path in _tables(base):
                shutil.copyfile(path, inside / path.name)
            for source in watch.watch.sources:
                paths = files_of(watch, source)
                if paths:
                    bring_in(source.command, paths, inside, source.options)
            load(inside)
            if manifest(watch) != files:
                raise WatchError("a file changed while it was read; run it again once nobody writes there")
            (workplace / MANIFEST).write_text(atomic_files.sealed({"files": files}), encoding="utf-8")
            workplace.rename(target)
        finally:
            shutil.rmtree(workplace, ignore_errors=True)
    return Record(target / name, digest, files)


def record_at(watch: WatchFolder, digest: str) -> Record:
    """A record that was built before, by its digest. Raises `WatchError` where it is gone or was altered."""
    folder = watch.path / RECORDS / digest[:16]
    path = folder / MANIFEST
    try:
        files = atomic_files.unsealed(path, path.read_bytes())["files"]
        (inside,) = (one for one in folder.iterdir() if one.is_dir())
    except (OSError, ValueError, KeyError):
        raise WatchError(f"the record {folder} is gone or was altered; bring it back from a copy") from None
    return Record(inside, digest, files)
