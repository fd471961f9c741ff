"""The house: imports point down, importing costs nothing, and the code names no war."""

from __future__ import annotations

import ast
import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "polemos"
FLOORS = (
    "cli",
    "app",
    "watch",
    "report",
    "inference",
    "ledger",
    "board",
    "hindcasts",
    "export",
    "war",
    "counterfactual",
    "courses",
    "forecasters",
    "scores",
    "ensemble",
    "questions",
    "model",
    "importers",
    "article",
    "argument",
    "names",
    "elsewhere",
    "record",
    "readers",
    "scenario",
    "library",
)
HEAVY = ("numba", "xarray", "altair", "zarr", "pyarrow", "scipy", "sklearn", "pydantic", "ruamel", "typer", "rich")


def imported(tree: ast.AST) -> set[str]:
    """Names of the modules of polemos that a file imports, inside functions too; not for type checking alone."""
    skipped = {
        id(node)
        for branch in ast.walk(tree)
        if isinstance(branch, ast.If) and "TYPE_CHECKING" in ast.dump(branch.test)
        for node in ast.walk(branch)
    }
    names: set[str] = set()
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in names if name.startswith("polemos.")}


@pytest.mark.parametrize("floor", FLOORS)
def test_imports_point_down(floor):
    upward = []
    for path in sorted((SOURCE / floor).rglob("*.py")):
        for name in imported(ast.parse(path.read_text())):
            other = name.split(".")[1]
            if other in FLOORS and FLOORS.index(other) < FLOORS.index(floor):
                upward.append(f"{path.relative_to(ROOT)} imports {name}")
    assert not upward, "\n".join(upward)


def test_every_folder_has_its_floor():
    folders = {path.relative_to(SOURCE).parts[0] for path in SOURCE.glob("*/**/*.py")}
    assert folders <= set(FLOORS)


def test_import_brings_nothing_heavy():
    code = f"import sys, polemos; print(*sorted(set({HEAVY!r}) & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_help_is_quick():
    """In time of the processor: that of the clock tells how busy the machine is."""
    command = [sys.executable, "-m", "polemos", "--help"]
    times = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert "hindcast" in done.stdout
    assert min(times) < 1.5, times


def test_code_names_no_war():
    """Names of places and organisations of the scenarios that ship stand in no source file."""
    import csv

    words: set[str] = set()
    for table in SOURCE.glob("library/*/places.csv"):
        with table.open(encoding="utf-8-sig", newline="") as lines:
            for row in csv.DictReader(lines):
                words |= {row.get("name", ""), row.get("name_en", "")}
    for settings in SOURCE.glob("library/*/scenario.yaml"):
        from ruamel.yaml import YAML

        for identifier, organisation in YAML(typ="safe").load(settings)["organisations"].items():
            words |= {identifier, organisation["name"]}
    # Shorter ones are words of the language too ("is", "hit"), and so is an id of the flagship.
    words = {word for word in words if len(word) > 3} - {"local"}
    names = re.compile(rf"\b({'|'.join(map(re.escape, sorted(words)))})\b")
    found = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in SOURCE.rglob("*.py")
        for word in set(names.findall(path.read_text()))
    ]
    assert not found, "\n".join(sorted(found))
