"""Which process carries which mechanism of an argument, and which test holds it to that: read off the code itself.

A process says which mechanisms it carries. A test concerns a process where it calls its kernel, by `call("name", ...)`,
or switches it, by `added=` or `without=`.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from polemos.model import processes


@dataclass(frozen=True, slots=True)
class Row:
    """A mechanism with the processes that carry it, and `file::test` of every test that names one of them."""

    mechanism: str
    processes: tuple[str, ...]
    tests: tuple[str, ...]


def carriers(mechanism: str) -> tuple[str, ...]:
    """Names of the processes that carry a mechanism, in the order of a step."""
    return tuple(name for name in processes.names() if mechanism in processes.load(name).mechanisms)


def named_in(folder: Path) -> dict[str, tuple[str, ...]]:
    """Tests by the process that they name, from every `test_*.py` of a folder."""
    known = set(processes.names())
    found: dict[str, list[str]] = {}
    for path in sorted(folder.glob("test_*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                for name in sorted(known & _named(node)):
                    found.setdefault(name, []).append(f"{path.name}::{node.name}")
    return {name: tuple(tests) for name, tests in found.items()}


def _named(test: ast.FunctionDef) -> set[str]:
    """Words that a test gives to `call`, `added` or `without`."""
    given: list[ast.AST] = []
    for node in ast.walk(test):
        if isinstance(node, ast.Call):
            given += [word.value for word in node.keywords if word.arg in ("added", "without")]
            if isinstance(node.func, ast.Name) and node.func.id == "call":
                given += node.args[:1]
    constants = [one.value for node in given for one in ast.walk(node) if isinstance(one, ast.Constant)]
    return {word for word in constants if isinstance(word, str)}


def coverage(mechanisms: Sequence[str], folder: Path | None = None) -> tuple[Row, ...]:
    """A row for each mechanism; without a folder of tests, none are named."""
    tests = named_in(folder) if folder is not None else {}
    rows = []
    for mechanism in mechanisms:
        names = carriers(mechanism)
        rows.append(Row(mechanism, names, tuple(test for name in names for test in tests.get(name, ()))))
    return tuple(rows)
