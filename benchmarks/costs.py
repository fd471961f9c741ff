"""What simulating a war costs, measured in a process of its own; and how costs grow with places and members."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds and memory of one run.

    `ready`: importing and reading the scenario. `kernels`: loading (or compiling) them. `prepare`: the ground that all
    members stand on. `simulate`: all members, reduced and asked; `cpu`: the same in seconds of a core, which other work
    on the machine stretches less. `by_process` are seconds of the kernels, summed over threads. `peak` is the resident
    memory at its highest, bytes.
    """

    scenario: str
    places: int
    members: int
    weeks: int
    threads: int
    ready: float
    kernels: float
    prepare: float
    simulate: float
    cpu: float
    peak: int
    by_process: Mapping[str, float]


def measure(
    scenario: str, members: int, weeks: int | None = None, threads: int | None = None, cache: Path | None = None
) -> Cost:
    """Run so many members of a scenario from its origin, keeping nothing, in a fresh process.

    `cache` is a folder of kernels other than the usual one. Raises `RuntimeError` with what the process said.
    """
    words = [scenario, str(members), str(weeks or 0), str(threads or os.cpu_count() or 1)]
    environment = os.environ | ({} if cache is None else {"POLEMOS_CACHE": str(cache)})
    command = [sys.executable, __file__, *words]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        last = (done.stderr.strip() or "the process was killed").splitlines()[-1]
        raise RuntimeError(re.sub(r"^[\w.]+Error: ", "", last))
    return Cost(**json.loads(done.stdout.splitlines()[-1]))


def exponent(sizes: Sequence[float], seconds: Sequence[float]) -> float:
    """Slope of ln seconds over ln size: 1 where costs grow in proportion. NaN with fewer than two sizes."""
    if len(set(sizes)) < 2:
        return float("nan")
    return float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])


def _measured(scenario: str, members: int, weeks: int, threads: int) -> Cost:
    import resource

    began = time.perf_counter()
    from polemos.ensemble import chunks
    from polemos.ensemble.config import RunConfig
    from polemos.ensemble.executor import Executor
    from polemos.ensemble.run import CHUNK
    from polemos.ensemble.setup_cache import setup_of
    from polemos.ensemble.summary import Totals
    from polemos.model.jit import kernel_hash
    from polemos.questions.evaluate import reducer
    from polemos.war.war import load

    war = load(scenario)
    origin = war.origin()
    until = None if not weeks else origin + np.timedelta64(7 * weeks, "D")
    plan = war.plan(RunConfig(until=until, members=members))
    ready = time.perf_counter()
    job = chunks.Job(plan, war.world, kernel_hash(), evaluate=reducer(war.questions_at(origin)))
    setup = setup_of((plan.digest(), job.kernels), lambda: chunks.prepare(plan, war.world))
    prepared = time.perf_counter()
    chunks.simulate(job, (0, 1))
    warm = time.perf_counter()
    setup.spent.clear()
    used = time.process_time()
    totals, answers = Totals(members), []
    spans = [(first, min(first + CHUNK, members)) for first in range(0, members, CHUNK)]

    def collect(span: chunks.Span, outcome: chunks.Outcome) -> None:
        totals.add(span[0], outcome.part)
        answers.append(outcome.verdicts)

    Executor(threads).over(chunks.simulate, job, spans, collect)
    totals.summary()
    end = time.perf_counter()
    return Cost(
        scenario=war.name,
        places=len(war.world.places.id),
        members=members,
        weeks=setup.dates.size - 1,
        threads=threads,
        ready=ready - began,
        kernels=warm - prepared,
        prepare=prepared - ready,
        simulate=end - warm,
        cpu=time.process_time() - used,
        peak=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024),
        by_process=dict(setup.spent),
    )


if __name__ == "__main__":
    print(json.dumps(asdict(_measured(sys.argv[1], *(int(word) for word in sys.argv[2:])))))
