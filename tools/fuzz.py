"""Fuzz the readers with atheris: `python tools/fuzz.py --seconds 300 [TARGET...]`, one target after another.

A fault is written to `tests/fuzz_cases/TARGET/`, where a test keeps it. Needs `pip install atheris`.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path

HERE = Path(__file__).parent
CASES = HERE.parent / "tests" / "fuzz_cases"


def one(name: str, seconds: int, corpus: Path) -> None:
    """Fuzz one target in this process until the time is over or a fault is found."""
    import atheris

    sys.path.insert(0, str(HERE.parent / "tests"))
    with atheris.instrument_imports(include=["polemos"]):
        import fuzzing
    (corpus / "seed").write_bytes(fuzzing.SEEDS[name])
    folder = Path(tempfile.mkdtemp())

    def attacked(data: bytes) -> None:
        try:
            fuzzing.ends_in_a_report(name, data, folder)
        except BaseException:
            (CASES / name).mkdir(parents=True, exist_ok=True)
            (CASES / name / hashlib.sha256(data).hexdigest()[:12]).write_bytes(data)
            raise

    atheris.Setup([sys.argv[0], f"-max_total_time={seconds}", "-max_len=4096", "-timeout=20", str(corpus)], attacked)
    atheris.Fuzz()


def by_chance(names: list[str], mutants: int, seed: int, minutes: float) -> int:
    """Run each target on mutated inputs in this process; how many faults of different kinds were found."""
    import random

    import fuzzing

    faults, total, until = 0, 0, time.monotonic() + 60 * minutes
    for place, name in enumerate(names):
        began, kinds, done, folder = time.monotonic(), set(), 0, Path(tempfile.mkdtemp())
        share = (until - began) / (len(names) - place)
        chance = random.Random(f"{seed} {name}")
        while done < mutants and time.monotonic() - began < share:
            data = fuzzing.mutated(fuzzing.SEEDS[name], chance)
            done += 1
            try:
                fuzzing.ends_in_a_report(name, data, folder)
            except Exception as error:
                last = traceback.extract_tb(error.__traceback__)[-1]
                kind = (type(error).__name__, last.filename, last.lineno)
                if kind not in kinds:
                    kinds.add(kind)
                    (CASES / name).mkdir(parents=True, exist_ok=True)
                    (CASES / name / hashlib.sha256(data).hexdigest()[:12]).write_bytes(data)
                    print(f"  {name}: {kind[0]}: {str(error)[:200]} ({last.filename}:{last.lineno})", flush=True)
                folder = Path(tempfile.mkdtemp())
        faults, total = faults + len(kinds), total + done
        print(f"{name:24} {done:6} inputs {time.monotonic() - began:6.0f} s  {len(kinds)} kinds of fault", flush=True)
    print(f"{total:,} inputs, {faults} kinds of fault")
    return faults


def main() -> int:
    """Fuzz each target in a process of its own; how many runs each had, and whether a fault was found."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("targets", nargs="*", help="default: all")
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    parser.add_argument("--mutants", type=int, help="inputs a target, mutated by chance: needs no atheris")
    parser.add_argument("--minutes", type=float, default=20, help="with --mutants: for all targets together")
    parser.add_argument("--seed", type=int, default=1, help="with --mutants")
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.alone:
        one(given.targets[0], given.seconds, Path(tempfile.mkdtemp()))
        return 0
    sys.path.insert(0, str(HERE.parent / "tests"))
    import fuzzing

    if given.mutants:
        names = given.targets or list(fuzzing.TARGETS)
        return min(by_chance(names, given.mutants, given.seed, given.minutes), 1)
    faults = 0
    for name in given.targets or fuzzing.TARGETS:
        began = time.monotonic()
        command = [sys.executable, __file__, name, "--alone", "--seconds", str(given.seconds)]
        # Kernels run as plain Python: numba cannot compile what atheris has put its counters into.
        plain = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
        done = subprocess.run(command, capture_output=True, text=True, env=plain)
        said = done.stderr.strip().splitlines()
        runs = next((line for line in reversed(said) if line.startswith("Done ")), said[-1] if said else "")
        faults += done.returncode != 0
        state = "sound" if done.returncode == 0 else "FAULT, kept in tests/fuzz_cases"
        print(f"{name:20} {time.monotonic() - began:5.0f} s  {runs:40} {state}", flush=True)
    return min(faults, 1)


if __name__ == "__main__":
    sys.exit(main())
