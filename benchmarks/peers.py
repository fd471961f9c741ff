"""The reduced model (docs/reduced-model.md) by several tools, in turns, each on one and the same core.

Every program of this folder runs as a process of its own, keeps running, and is asked in turns, so that what else the
machine does meets all alike. A ratio is the median of the ratios in each round.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

PLACES, WEEKS, ROUNDS = 250, 150, 5
OURS = "polemos"
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMBA_NUM_THREADS": "1",
    "POLARS_MAX_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    "JAX_PLATFORMS": "cpu",
}


@dataclass(frozen=True, slots=True)
class Program:
    """A program of the reduced model: its file, the modules it needs, and how many members keep it busy for a while."""

    name: str
    file: str
    needs: tuple[str, ...]
    members: int


PROGRAMS = (
    Program(OURS, "run_numba.py", ("polemos",), 4096),
    Program("C, -O3 -march=native", "run_c.py", ("numpy",), 4096),
    Program("NumPy, members innermost", "run_numpy.py", ("numpy", "scipy"), 512),
    Program("JAX, compiled scan", "run_jax.py", ("jax",), 512),
    Program("Mesa", "run_mesa.py", ("mesa",), 2),
    Program("mesa-frames", "run_mesa_frames.py", ("mesa_frames",), 2),
    Program("Starsim", "run_starsim.py", ("starsim",), 4),
)


@dataclass(frozen=True, slots=True)
class Peer:
    """What a program came to. Rates are places a second [rounds], NaN where it does not run and `why` says so.

    `share` and `men` are means over all members with their standard errors; `apart` is how many standard errors the
    farther of the two lies from ours.
    """

    name: str
    version: str
    why: str = ""
    rates: tuple[float, ...] = ()
    ratio: float = float("nan")
    share: tuple[float, float] = (float("nan"), float("nan"))
    men: tuple[float, float] = (float("nan"), float("nan"))
    apart: float = float("nan")

    @property
    def rate(self) -> float:
        """The median rate."""
        return float(np.median(self.rates)) if self.rates else float("nan")


def measure(
    folder: Path,
    pythons: Sequence[str] = (),
    *,
    rounds: int = ROUNDS,
    places: int = PLACES,
    weeks: int = WEEKS,
    programs: Sequence[Program] = PROGRAMS,
    progress: Callable[[int, int], None] | None = None,
) -> list[Peer]:
    """Run what can be run, by this interpreter or the first of `pythons` that has what a program needs.

    Raises `FileNotFoundError` where the folder has no programs.
    """
    if not (folder / "reduced.py").exists():
        raise FileNotFoundError(f"{folder} holds no programs of the reduced model; they come with the repository")
    found: dict[str, tuple[subprocess.Popen[str], str] | str] = {}
    for program in programs:
        found[program.name] = _started(program, folder, (sys.executable, *pythons), places, weeks)
    told: dict[str, list[dict[str, Any]]] = {program.name: [] for program in programs}
    try:
        # The first round, in which programs compile, is not timed.
        for turn in range(rounds + 1):
            for at, program in enumerate(programs):
                running = found[program.name]
                if isinstance(running, tuple):
                    answer = _ask(running[0])
                    if isinstance(answer, str):
                        found[program.name] = answer
                    else:
                        told[program.name].append(answer)
                if progress:
                    progress(turn * len(programs) + at + 1, (rounds + 1) * len(programs))
    finally:
        for running in found.values():
            if isinstance(running, tuple):
                running[0].kill()
                running[0].communicate()
    return [_peer(program, found[program.name], told, places * weeks) for program in programs]


def _started(
    program: Program, folder: Path, pythons: Sequence[str], places: int, weeks: int
) -> tuple[subprocess.Popen[str], str] | str:
    code = "import importlib, importlib.metadata as m, sys\nfor n in sys.argv[1:]: importlib.import_module(n)\n"
    code += "print(m.version(sys.argv[1].replace('_', '-')))"
    for python in pythons:
        try:
            asked = subprocess.run([python, "-c", code, *program.needs], capture_output=True, text=True, check=False)
        except OSError as error:
            return str(error)
        if asked.returncode == 0:
            command = [python, str(folder / program.file), str(places), str(weeks), str(program.members)]
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                env=os.environ | ONE_THREAD,
                preexec_fn=_on_one_core if hasattr(os, "sched_setaffinity") else None,
            )
            return process, asked.stdout.split()[-1]
    return f"needs {' and '.join(program.needs)}: see docs/reduced-model.md, then name its --python"


def _on_one_core() -> None:
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def _ask(process: subprocess.Popen[str]) -> dict[str, Any] | str:
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write("\n")
        process.stdin.flush()
    except BrokenPipeError:
        pass
    for line in process.stdout:
        if line.startswith("{"):
            answer: dict[str, Any] = json.loads(line)
            return answer
    errors = process.communicate()[1].strip().splitlines()
    return f"ended: {errors[-1] if errors else 'without a word'}"


def _peer(program: Program, running: object, told: dict[str, list[dict[str, Any]]], steps: int) -> Peer:
    if not isinstance(running, tuple):
        return Peer(program.name, "", why=str(running))
    mine, ours = told[program.name], told.get(OURS, [])
    rates = tuple(steps * program.members / answer["seconds"] for answer in mine[1:])
    means = {what: _mean(mine, what) for what in ("share", "men")}
    ratio = apart = float("nan")
    if ours:
        theirs = [steps * len(answer["share"]) / answer["seconds"] for answer in ours[1:]]
        ratio = float(np.median([a / b for a, b in zip(theirs, rates, strict=True)]))
        gaps = []
        for what, (mean, error) in means.items():
            other, its = _mean(ours, what)
            gaps.append(abs(mean - other) / max(float(np.hypot(error, its)), 1e-12))
        apart = max(gaps)
    return Peer(program.name, running[1], "", rates, ratio, means["share"], means["men"], apart)


def _mean(answers: Sequence[dict[str, Any]], what: str) -> tuple[float, float]:
    values = np.concatenate([answer[what] for answer in answers])
    return float(values.mean()), float(values.std(ddof=1) / np.sqrt(values.size)) if values.size > 1 else float("nan")
