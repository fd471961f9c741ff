"""Mutation testing of the model and the scores: `python tools/mutate.py --mutants 400 --seed 1 --jobs 2`.

A seeded sample of small faults (a comparison turned, a sign, a constant, a condition, a statement left out) is put into
`model/` and `score/`, one at a time, in a copy of the package; the tests that run the line must notice. Kernels run as
plain Python, so that a fault in one costs no compiling. First the tests are run once under coverage, to know which of
them run a line; those that take longer than the limit as plain Python are left out, which can only lower the rate.
Prints the share that was noticed, with its 95 % interval (Wilson 1927), and the survivors.
"""

from __future__ import annotations

import argparse
import ast
import math
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SOURCES = ("model", "score")
LIMIT = 10
"""Seconds that a test may take as plain Python."""
MOST_TESTS = 25

TURNED = {
    ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
SIGNS = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}
CALLS = {"min": "max", "max": "min", "exp": "log", "any": "all", "all": "any"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A fault: the `turn`-th of those at a node of a file, by the node's place in the walk of its tree."""

    path: Path
    line: int
    what: str
    node: int
    turn: int

    def text(self, root: Path) -> str:
        """The whole file with the fault in."""
        tree = ast.parse((root / self.path).read_text(encoding="utf-8"))
        target = next(found for at, found in enumerate(ast.walk(tree)) if at == self.node)
        list(changes(target))[self.turn][1](target)
        return ast.unparse(ast.fix_missing_locations(tree))


def mutants(root: Path, path: Path) -> Iterator[Mutant]:
    """Every fault that we know to put into a file."""
    for at, node in enumerate(ast.walk(ast.parse((root / path).read_text(encoding="utf-8")))):
        for turn, (what, _) in enumerate(changes(node)):
            yield Mutant(path, getattr(node, "lineno", 0), what, at, turn)


def changes(node: ast.AST) -> Iterator[tuple[str, Callable[[Any], object]]]:
    """Name and deed of each fault at a node."""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in TURNED:
        other = TURNED[type(node.ops[0])]
        yield f"{ast.unparse(node)}: turned", lambda target: target.ops.__setitem__(0, other())
    elif isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in SIGNS:
        sign = SIGNS[type(node.op)]
        yield f"{ast.unparse(node)}: sign", lambda target: setattr(target, "op", sign())
    elif isinstance(node, ast.BoolOp):
        joined = ast.Or if isinstance(node.op, ast.And) else ast.And
        yield f"{ast.unparse(node)}: and/or", lambda target: setattr(target, "op", joined())
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
        value = node.value + 1 if node.value in (0, 1) else node.value * 2
        yield f"{node.value} to {value}", lambda target: setattr(target, "value", value)
    elif isinstance(node, ast.If | ast.While | ast.IfExp):
        yield (
            f"if {ast.unparse(node.test)}: not",
            lambda target: setattr(target, "test", ast.UnaryOp(ast.Not(), target.test)),
        )
    elif isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in CALLS:
        name = "id" if isinstance(node.func, ast.Name) else "attr"
        swap = CALLS[getattr(node.func, name)]
        yield f"{ast.unparse(node)}: {swap}", lambda target: setattr(target.func, name, swap)
    elif isinstance(node, ast.Continue):
        yield "continue left out", lambda target: setattr(target, "__class__", ast.Pass)


def covering(folder: Path, tests: list[str]) -> dict[tuple[str, int], list[str]]:
    """Tests that run a line as plain Python, quickest file first, by file and line."""
    from coverage import CoverageData

    data = folder / "coverage"
    command = [sys.executable, "-m", "pytest", "-q", "--cov=polemos.model", "--cov=polemos.score", "--cov-context=test"]
    command += ["--cov-report=", f"--timeout={LIMIT}", "-p", "no:cacheprovider", *tests]
    env = {**plain(folder / "copy"), "COVERAGE_FILE": str(data)}
    subprocess.run(command, cwd=folder / "copy", env=env, capture_output=True)
    found: dict[tuple[str, int], list[str]] = {}
    read = CoverageData(str(data))
    read.read()
    for file in read.measured_files():
        for line, contexts in read.contexts_by_lineno(file).items():
            names = sorted({name.split("|")[0] for name in contexts if name})
            if names:
                found[str(Path(file).relative_to(folder / "copy")), line] = names
    return found


def plain(copy_of: Path) -> dict[str, str]:
    """An environment in which kernels are plain Python and the copy is the package."""
    return {**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(copy_of / "src"), "PYTHONDONTWRITEBYTECODE": "1"}


def noticed(mutant: Mutant, names: list[str], folder: Path) -> bool:
    """Whether a test fails, or never ends, with the fault in."""
    with tempfile.TemporaryDirectory(dir=folder) as other:
        here = Path(other) / "copy"
        shutil.copytree(folder / "copy", here, symlinks=True)
        (here / mutant.path).write_text(mutant.text(here), encoding="utf-8")
        chosen = names[:: max(len(names) // MOST_TESTS, 1)][:MOST_TESTS]
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", f"--timeout={3 * LIMIT}"]
        command += chosen
        return subprocess.run(command, cwd=here, env=plain(here), capture_output=True).returncode != 0


def wilson(hits: int, n: int) -> tuple[float, float]:
    """95 % interval of a share."""
    z, p = 1.96, hits / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return middle - half, middle + half


def main() -> None:
    """Draw the sample, run it, print what was found."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--mutants", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--tests", nargs="*", default=["tests"])
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in ("src", "tests", "verification", "docs", "tools"):
            shutil.copytree(ROOT / part, folder / "copy" / part, ignore=shutil.ignore_patterns("__pycache__"))
        for part in ("pyproject.toml", "README.md"):
            shutil.copy(ROOT / part, folder / "copy" / part)
        lines = covering(folder, given.tests)
        root = folder / "copy"
        files = [path for part in SOURCES for path in sorted((root / "src/polemos" / part).rglob("*.py"))]
        every = [mutant for path in files for mutant in mutants(root, path.relative_to(root))]
        sample = random.Random(given.seed).sample(every, min(given.mutants, len(every)))

        def run(mutant: Mutant) -> tuple[Mutant, str]:
            names = lines.get((str(mutant.path), mutant.line), [])
            if not names:
                return mutant, "no test runs it"
            return mutant, "" if noticed(mutant, names, folder) else "survived"

        survivors = 0
        with ThreadPoolExecutor(given.jobs) as pool:
            for done, (mutant, how) in enumerate(pool.map(run, sample), 1):
                survivors += bool(how)
                if how:
                    print(f"{how}: {mutant.path}:{mutant.line}: {mutant.what[:120]}", flush=True)
                if done % 20 == 0:
                    print(f"{done} of {len(sample)} of {len(every):,}: {done - survivors} noticed", flush=True)
    low, high = wilson(len(sample) - survivors, len(sample))
    print(f"{len(sample) - survivors} of {len(sample)} noticed, {low:.0%} to {high:.0%}")


if __name__ == "__main__":
    main()
