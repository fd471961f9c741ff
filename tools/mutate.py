"""Mutation testing of the model and the scores: `python tools/mutate.py --mutants 400 --seed 1`.

A seeded sample of small faults (a comparison turned, a sign, a constant, a condition, a `continue` left out) is put
into `model/`, `forecasters/`, `scores/` and `importers/`, one at a time, in a copy of the package; the tests that run
the line must notice. Kernels run as plain Python, so that a fault in one costs no compiling. Coverage says which tests
run a line; those that take longer than the limit as plain Python are left out, which can only lower the share. On a
machine that does other work meanwhile, `--slack 4` makes every limit four times as long. The quickest run first, up to
a budget of seconds, and the first that fails ends it; a fault with which they take far longer counts as timed out.
What runs a line, and what became of each fault, is kept in a folder under `build/mutation/` named by the digest of the
code and its tests, so that a stopped run goes on where it was. Prints the share that was noticed or timed out, with its
95 % interval (Wilson 1927), and all others.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import importlib
import json
import math
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import accumulate, repeat
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NoReturn
from xml.etree import ElementTree

ROOT = Path(__file__).parents[1]
SOURCES = ("model", "forecasters", "scores", "importers")
LIMIT, FILE_LIMIT, BUDGET, PATIENCE = 12, 240, 40.0, 20
"""Seconds that a test may take as plain Python, those of a file, all of a fault together, and what a fault may add."""
TRIES = 2
"""Times that a file is tried: where the clock stops a test, coverage now and then waits for its own lock for ever."""
LEFT_OUT = ("cluster", "flagship", "safety")
"""Test files that are not even tried: most tests of the latter two take longer than the limit, and the workers of the
first never come to an end under coverage."""
FOREIGN = ("pytest", "hypothesis", "numba", "scipy.stats", "scipy.optimize", "zarr", "xarray", "pyarrow", "pydantic",
    "ruamel.yaml", "typer", "rich", "sklearn", "scoringrules")  # fmt: skip
"""Imported once: every fault is tried in a copy of this process."""

TURNED = {
    ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
SIGNS = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}
CALLS = {"min": "max", "max": "min", "exp": "log", "any": "all", "all": "any"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A fault: the `turn`-th of those at a node of a file, by the node's place in the walk of its tree.

    `inside`: in a function, not in what runs when the file is imported.
    """

    path: Path
    line: int
    what: str
    node: int
    turn: int
    inside: bool

    def text(self, root: Path) -> str:
        """The whole file with the fault in."""
        tree = ast.parse((root / self.path).read_text(encoding="utf-8"))
        target = next(found for at, found in enumerate(ast.walk(tree)) if at == self.node)
        list(changes(target))[self.turn][1](target)
        return ast.unparse(ast.fix_missing_locations(tree))


@dataclass(frozen=True, slots=True)
class Counting:
    """Tests that run a line (`path:line`) or anything of a file (`path`), quickest first, and their seconds."""

    running: dict[str, list[str]]
    seconds: dict[str, float]
    budget: float

    def of(self, mutant: Mutant) -> list[str]:
        """Tests of a fault, as many as a budget of seconds has; of its file, where the line runs on import."""
        place = f"{mutant.path}:{mutant.line}" if mutant.inside else str(mutant.path)
        names = self.running.get(place, [])
        spent = list(accumulate(self.seconds[name] for name in names))
        return [name for name, until in zip(names, spent, strict=True) if until <= self.budget]


def mutants(root: Path, path: Path) -> Iterator[Mutant]:
    """Every fault that we know to put into a file."""
    tree = ast.parse((root / path).read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    bodies = {line for node in functions for line in range(node.body[0].lineno, (node.end_lineno or 0) + 1)}
    for at, node in enumerate(ast.walk(tree)):
        for turn, (what, _) in enumerate(changes(node)):
            line = getattr(node, "lineno", 0)
            yield Mutant(path, line, what, at, turn, line in bodies)


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
        number: Any = node.value
        value = number + 1 if number in (0, 1) else number * 2
        yield f"{number} to {value}", lambda target: setattr(target, "value", value)
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


def digest() -> str:
    """Of the package and its tests."""
    whole = hashlib.sha256()
    for path in sorted([*(ROOT / "src" / "polemos").rglob("*.py"), *(ROOT / "tests").glob("*.py")]):
        whole.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return whole.hexdigest()[:16]


def running(folder: Path, kept: Path, chosen: list[str], at_once: int, slack: float) -> Counting:
    """Run the tests once as plain Python, under coverage: what runs each line, and how long each test takes.

    Tests that fail as plain Python, or take longer than the limit, are left out; so is a file that comes to no end.
    """
    with ThreadPoolExecutor(at_once) as pool:
        there = [one for one in pool.map(lambda file: remembered(folder, kept, file, slack), chosen) if one is not None]
    lines: dict[str, set[str]] = {}
    seconds = {name: value for times, _ in there for name, value in times.items()}
    for _, places in there:
        for place, names in places.items():
            lines.setdefault(place, set()).update(names)
    print(f"{len(seconds)} tests run as plain Python in {sum(seconds.values()):.0f} s", flush=True)
    return Counting(
        {place: sorted(names, key=lambda name: seconds[name]) for place, names in lines.items()},
        seconds,
        BUDGET * slack,
    )


def remembered(
    folder: Path, kept: Path, file: str, slack: float
) -> tuple[dict[str, float], dict[str, set[str]]] | None:
    """What `run_once` gives, from the folder that an earlier run has left where it is there."""
    path = kept / f"{Path(file).stem}.json"
    if not path.exists():
        once = run_once(folder, file, slack)
        text = None if once is None else [once[0], {place: sorted(names) for place, names in once[1].items()}]
        put(path, json.dumps(text))
    content = json.loads(path.read_text())
    return None if content is None else (content[0], {place: set(names) for place, names in content[1].items()})


def put(path: Path, text: str) -> None:
    """Write a file whole."""
    part = path.with_suffix(f".{os.getpid()}.{threading.get_ident()}")
    part.write_text(text)
    part.replace(path)


def run_once(folder: Path, file: str, slack: float) -> tuple[dict[str, float], dict[str, set[str]]] | None:
    """Seconds of each test of a file that passes, and which of them run each line and each file."""
    root, name = folder / "copy", Path(file).stem
    data, report = folder / f"{name}.coverage", folder / f"{name}.xml"
    command = [sys.executable, "-m", "pytest", "-q", "--tb=no", "-p", "no:cacheprovider", f"--timeout={LIMIT * slack}"]
    command += [*(f"--cov=polemos.{part}" for part in SOURCES), "--cov-context=test", "--cov-report="]
    command += [f"--junitxml={report}", file]
    environment = {**plain(root), "COVERAGE_FILE": str(data)}
    for _ in range(TRIES):
        try:
            done = subprocess.run(command, cwd=root, env=environment, capture_output=True, timeout=FILE_LIMIT * slack)
        except subprocess.TimeoutExpired:
            continue
        if done.returncode > 1:
            break
        return read(passed(report), data, root)
    print(f"{file} has no quick tests, or came to no end: it is left out", flush=True)
    return None


def read(seconds: dict[str, float], data: Path, root: Path) -> tuple[dict[str, float], dict[str, set[str]]]:
    """What `run_once` gives, from the data of coverage."""
    from coverage import CoverageData

    places: dict[str, set[str]] = {}
    seen = CoverageData(str(data))
    seen.read()
    for measured in seen.measured_files():
        path = str(Path(measured).relative_to(root))
        for line, contexts in seen.contexts_by_lineno(measured).items():
            names = {context.split("|")[0] for context in contexts} & seconds.keys()
            places.setdefault(f"{path}:{line}", set()).update(names)
            places.setdefault(path, set()).update(names)
    return seconds, places


def plain(copy_of: Path) -> dict[str, str]:
    """An environment in which kernels are plain Python and the copy is the package."""
    mine = {"NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(copy_of / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    return {**os.environ, **mine, "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}


def judged(path: Path, mutant: Mutant, names: list[str], seconds: float, folder: Path, slack: float) -> str:
    """What `outcome` gives, written to a file, and read from there where it stands."""
    if not path.exists():
        put(path, outcome(mutant, names, seconds, folder, slack))
    return path.read_text()


def outcome(mutant: Mutant, names: list[str], seconds: float, folder: Path, slack: float) -> str:
    """What the tests make of a fault: noticed, timed out, survived, or no test runs it."""
    if not names:
        return "no test runs it"
    root = folder / f"copy{os.getpid()}"
    if not root.exists():
        shutil.copytree(folder / "copy", root)
    whole = (root / mutant.path).read_text(encoding="utf-8")
    (root / mutant.path).write_text(mutant.text(root), encoding="utf-8")
    number = os.fork()
    if not number:
        tried(root, names)
    until = time.monotonic() + slack * PATIENCE + 2 * seconds
    try:
        while time.monotonic() < until:
            ended, status = os.waitpid(number, os.WNOHANG)
            if ended:
                return "noticed" if status else "survived"
            time.sleep(0.02)
        os.killpg(number, signal.SIGKILL)
        os.waitpid(number, 0)
        return "timed out"
    finally:
        (root / mutant.path).write_text(whole, encoding="utf-8")


def sound(root: Path, names: list[str]) -> set[str]:
    """Those tests that pass without any fault, run as they are run with one: what fails so would notice anything."""
    report = root.parent / f"sound{os.getpid()}.xml"
    number = os.fork()
    if not number:
        tried(root, [*names, f"--junitxml={report}", "--maxfail=1000"])
    os.waitpid(number, 0)
    return set(passed(report))


def passed(report: Path) -> dict[str, float]:
    """Seconds of each test that passed, by its name."""
    cases = ElementTree.parse(report).getroot().iter("testcase")
    return {
        f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name')}": float(case.get("time", "0"))
        for case in cases
        if not len(case)
    }


def tried(root: Path, names: list[str]) -> NoReturn:
    """Run tests in this process, a copy of one that has imported all but the package; its end is what they say."""
    code = 1
    try:
        os.setpgid(0, 0)
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        os.chdir(root)
        os.environ.update(plain(root))
        sys.path.insert(0, str(root / "src"))
        import pytest

        code = int(pytest.main(["-q", "-x", "--tb=no", "-p", "no:cacheprovider", *names]))
    finally:
        os._exit(code)


def wilson(hits: int, n: int) -> tuple[float, float]:
    """95 % interval of a share."""
    z, p = 1.96, hits / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return middle - half, middle + half


def copy_to(folder: Path) -> Path:
    """A copy of what the tests need."""
    for part in ("src", "tests", "verification", "docs", "tools"):
        shutil.copytree(ROOT / part, folder / "copy" / part, ignore=shutil.ignore_patterns("__pycache__"))
    for part in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / part, folder / "copy" / part)
    return folder / "copy"


def concerned() -> list[str]:
    """The test files that name what is put to the test, less those left out."""
    files = [
        file for file in sorted((ROOT / "tests").glob("test_*.py")) if file.stem.removeprefix("test_") not in LEFT_OUT
    ]
    named = [f"polemos.{part}" for part in SOURCES]
    return [f"tests/{file.name}" for file in files if any(name in file.read_text(encoding="utf-8") for name in named)]


def main() -> None:
    """Draw the sample, run it, print what was found."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--mutants", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--at-once", type=int, default=1)
    parser.add_argument("--slack", type=float, default=1.0)
    parser.add_argument("--kept", type=Path, default=ROOT / "build" / "mutation" / digest())
    parser.add_argument("--tests", nargs="*", default=concerned())
    given = parser.parse_args()
    seen: Counter[str] = Counter()
    given.kept.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        root = copy_to(Path(folder))
        tests = running(Path(folder), given.kept, given.tests, given.at_once, given.slack)
        files = [path for part in SOURCES for path in sorted((root / "src/polemos" / part).rglob("*.py"))]
        every = [mutant for path in files for mutant in mutants(root, path.relative_to(root))]
        sample = random.Random(given.seed).sample(every, min(given.mutants, len(every)))

        names = [tests.of(mutant) for mutant in sample]
        every_name = sorted({test for few in names for test in few})
        os.environ.update(plain(root))
        for module in FOREIGN:
            importlib.import_module(module)
        path = given.kept / f"sound-{given.seed}-{len(sample)}.json"
        if not path.exists():
            put(path, json.dumps(sorted(sound(root, every_name))))
        kept = set(json.loads(path.read_text()))
        print(f"of {len(every_name)} tests that run a line of the sample, {len(kept)} pass without a fault", flush=True)
        names = [[test for test in few if test in kept] for few in names]
        seconds = [sum(tests.seconds[test] for test in few) for few in names]
        paths = [given.kept / f"fault-{given.seed}-{len(sample)}-{place}" for place in range(len(sample))]
        with ProcessPoolExecutor(given.at_once, get_context("fork")) as pool:
            found = pool.map(judged, paths, sample, names, seconds, repeat(Path(folder)), repeat(given.slack))
            for mutant, how in zip(sample, found, strict=True):
                seen[how] += 1
                if how != "noticed":
                    print(f"{how}: {mutant.path}:{mutant.line}: {mutant.what[:120]}", flush=True)
                if seen.total() % 20 == 0:
                    print(f"{seen.total()} of {len(sample)} of {len(every):,}: {dict(seen)}", flush=True)
    killed = seen["noticed"] + seen["timed out"]
    low, high = wilson(killed, len(sample))
    print(f"{killed} of {len(sample)} killed: {killed / len(sample):.1%}, interval {low:.1%} to {high:.1%}", dict(seen))


if __name__ == "__main__":
    main()
