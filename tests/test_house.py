"""The house: imports point down, importing costs nothing, and the code names no war."""

from __future__ import annotations

import ast
import re
import resource
import subprocess
import sys
from functools import cache
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
    assert min(times) < 0.8, times


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


@cache
def modules() -> dict[str, ast.Module]:
    """Syntax tree of every module by its name; a package's is that of its `__init__`."""
    paths = {".".join(path.relative_to(ROOT / "src").with_suffix("").parts): path for path in SOURCE.rglob("*.py")}
    return {name.removesuffix(".__init__"): ast.parse(path.read_text(encoding="utf-8")) for name, path in paths.items()}


def test_every_module_is_imported_by_another():
    """Those that are loaded by name are in a table: processes, the forecasters of the registry, what is public."""
    from polemos import _HOMES
    from polemos.forecasters.registry import BASELINES

    trees = modules()
    used = {name for tree in trees.values() for name in imported(tree)}
    used |= {name.rpartition(".")[0] for name in used}
    used |= {module for module, _ in _HOMES.values()}
    used |= {f"polemos.forecasters.{module}" for module, _ in BASELINES.values()}
    packages = {name for name in trees if any(other.startswith(f"{name}.") for other in trees)}
    processes = {name for name in trees if name.startswith("polemos.model.processes.")}
    # Published laws are there to be used alone, and verified so.
    laws = {name for name in trees if name.startswith("polemos.model.laws.")}
    assert set(trees) - used - packages - processes - laws == {"polemos.__main__"}


def test_functions_take_ten_parameters_at_most():
    """Kernels and commands take more: what they read or offer."""
    import typer.main

    from polemos.cli.commands import app

    def callbacks(command):
        yield from (command.callback,) if command.callback else ()
        for name in getattr(command, "commands", ()):
            yield from callbacks(command.get_command(None, name))

    commands = {(one.__module__, one.__name__) for one in callbacks(typer.main.get_command(app))}
    wide = []
    for module, tree in modules().items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.FunctionDef) or (module, node.name) in commands:
                continue
            if {ast.unparse(one) for one in node.decorator_list} & {"kernel", "helper"}:
                continue
            names = [one.arg for one in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
            if len(set(names) - {"self", "cls"}) > 10:
                wide.append(f"{module}.{node.name}")
    assert wide == []


def test_git_ignores_no_file_of_the_package():
    """A wheel leaves out what git ignores, so a rule that meets a folder of the package would take it out of it."""
    files = [str(path.relative_to(ROOT)) for path in SOURCE.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    asked = ["git", "check-ignore", "--no-index", "--stdin"]
    done = subprocess.run(asked, cwd=ROOT, input="\n".join(files), capture_output=True, text=True)
    if done.returncode == 128:
        pytest.skip("not a checkout of git")
    assert done.stdout.splitlines() == []
