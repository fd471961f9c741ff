"""Files of a scenario's folder: nothing outside it is read, whatever its links say. Every reader goes through here.

A link is followed as long as it ends within the folder; the folder itself may be a link. The scenarios that ship are
trusted: some installers make every file of a package a link.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from polemos.scenario.errors import Problem
from polemos.scenario.tables import LARGEST, content

LIBRARY = Path(__file__).resolve().parent.parent / "library"


def outside(folder: Path, name: str) -> list[Problem]:
    """The problem of a file of a folder that does not lie within it; empty where it does, or where there is none."""
    if folder.parent == LIBRARY:
        return []
    real, root = Path(os.path.realpath(folder / name)), Path(os.path.realpath(folder))
    if root in real.parents:
        return []
    return [Problem(name, 0, "", "a link that leaves the folder", "put the file itself here")]


def is_there(folder: Path, name: str) -> bool:
    """Whether a folder has something of this name, be it a link to nothing."""
    return os.path.lexists(folder / name)


def read_inside(folder: Path, name: str, largest: int = LARGEST) -> tuple[str, str, list[Problem]]:
    """Text of a UTF-8 file of a scenario's folder, its SHA-256, and what is wrong with it as a file."""
    problems = outside(folder, name)
    if problems:
        return "", "", problems
    text, digest, problems = content(folder / name, largest)
    return text, digest, [replace(problem, file=name) for problem in problems]


def stems_inside(folder: Path, below: str, suffix: str) -> tuple[list[str], list[Problem]]:
    """Names without their suffix of the files in a folder of the scenario, and what is wrong with that folder."""
    if not is_there(folder, below):
        return [], []
    problems = outside(folder, below)
    if problems:
        return [], problems
    return sorted(path.stem for path in (folder / below).glob(f"*{suffix}")), []
