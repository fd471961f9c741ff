"""Draws of parameters through windows: chunks of members on threads or on a cluster, kept as they finish.

    WINDOW/FIRST.npy.gz         summaries of the members from FIRST on, put in place whole

A chunk is a pure function of a job and a range of members, so the result is the same on any threads and any cluster.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from polemos.ensemble import column_file
from polemos.ensemble.executor import Executor, Interrupted, Progress
from polemos.ensemble.plan import PlanError
from polemos.ensemble.setup_cache import setup_of
from polemos.inference import window_summaries
from polemos.inference.windows import Window
from polemos.model.process import Parameter
from polemos.record.world import Floats, site

CHUNK = 128
Task = tuple[int, int, int]
"""A window by its number, and the first and last member."""


@dataclass(frozen=True)
class Job:
    """Windows, and by war the normal scores [N, k] of the parameters `names`; all others are drawn anew in each window.

    `chance` names the chance of the members; `kernels` is the hash of those that must run.
    """

    windows: tuple[Window, ...]
    names: tuple[str, ...]
    scores: Mapping[str, Floats]
    chance: str
    kernels: str

    @property
    def members(self) -> int:
        """Draws."""
        return int(next(iter(self.scores.values())).shape[0])

    @cached_property
    def digest(self) -> str:
        """SHA-256 of everything that the summaries depend on."""
        state = sha256(Path(window_summaries.__file__).read_bytes())
        state.update(repr((self.names, list(map(str, parameters(self.names))), self.chance, self.kernels)).encode())
        for window in self.windows:
            state.update(f"{window.name} {window.end} {window.world.as_of(window.end).digest()}".encode())
        for war, z in sorted(self.scores.items()):
            state.update(war.encode() + np.ascontiguousarray(z).tobytes())
        return state.hexdigest()


def parameters(names: Sequence[str]) -> tuple[Parameter, ...]:
    """The parameters of the usual processes by name. Raises `KeyError`."""
    from polemos.model import engine, processes

    by_name = {parameter.name: parameter for _, parameter in engine.parameters(processes.choose(()))}
    return tuple(by_name[name] for name in names)


def values(names: Sequence[str], z: Floats) -> dict[str, Floats]:
    """Values of parameters from their normal scores [N, k], by the model's own priors."""
    from scipy.special import ndtr

    u = np.clip(ndtr(z), 1e-9, 1 - 1e-9)
    return {one.name: one.prior.quantile(u[:, k]) for k, one in enumerate(parameters(names))}


def simulate(
    job: Job,
    *,
    executor: Executor | None = None,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> tuple[Floats, int]:
    """Summaries of every draw in every window [N, W, S], and how many member-weeks were simulated for it now.

    Chunks that are in `folder` are read. `progress` gets simulated windows done and in all. Raises `Interrupted` on
    Ctrl-C, once what is under way is kept; `PlanError` for a cluster that is lost.
    """
    members, total = job.members, job.members * len(job.windows)
    x = np.full((members, len(job.windows), len(window_summaries.NAMES)), np.nan)
    missing: list[Task] = []
    for column, window in enumerate(job.windows):
        for first in range(0, members, CHUNK):
            last = min(first + CHUNK, members)
            chunk = None if folder is None else _read(_file(folder, window, first), last - first)
            if chunk is None:
                missing.append((column, first, last))
            else:
                x[first:last, column] = chunk
    count = total - sum(last - first for _, first, last in missing)
    steps = 0

    def keep(task: Task, chunk: Floats) -> None:
        if folder is not None:
            _write(_file(folder, job.windows[task[0]], task[1]), chunk)

    def collect(task: Task, chunk: Floats) -> None:
        nonlocal count, steps
        keep(task, chunk)
        column, first, last = task
        x[first:last, column] = chunk
        count += last - first
        steps += (last - first) * (job.windows[column].dates.size - 1)
        if progress:
            progress(count, total)

    try:
        (executor or Executor()).over(
            summarised,
            job,
            missing,
            collect,
            rescue=keep,
            key=f"windows-{job.digest[:24]}",
            names=[f"{column}-{first}-{last}" for column, first, last in missing],
        )
    except KeyboardInterrupt:
        raise Interrupted(count, total, folder, "windows") from None
    return x, steps


def prepare(job: Job, column: int) -> Any:
    """The setup of a window, with the war's own values of the inferred parameters."""
    from polemos.model import engine

    window = job.windows[column]
    # Each window has its own chance; only the inferred parameters are the same in all of a war.
    chance = int(site(f"{job.chance} {window.start}") >> np.uint64(1))
    cut = window.world.as_of(window.start)
    return engine.prepare(
        cut,
        window.end,
        members=job.members,
        seed=chance,
        ground=engine.survey(cut, window.end, inputs=window.world.as_of(window.end), past_weeks=1),
        drawn=values(job.names, job.scores[window.world.name]),
    )


def summarised(job: Job, task: Task) -> Floats:
    """The summaries of a chunk of members in a window. Raises `PlanError` on a worker with other kernels."""
    from polemos.model import engine

    if engine.kernel_hash() != job.kernels:
        raise PlanError("a worker runs another version of polemos; install this one there and start it anew")
    column, first, last = task
    setup = setup_of((job.digest, column), lambda: prepare(job, column))
    return window_summaries.simulated(engine.simulate(setup, first, last), job.windows[column])


def _file(folder: Path, window: Window, first: int) -> Path:
    digest = window.world.as_of(window.end).digest()[:8]
    return folder / f"{window.name}-{digest}" / f"{first:06d}{column_file.SUFFIX}"


def _read(path: Path, rows: int) -> Floats | None:
    if not path.exists():
        return None
    columns = column_file.read(path)
    if list(columns) != list(window_summaries.NAMES) or len(columns[window_summaries.NAMES[0]]) != rows:
        return None
    return np.stack(list(columns.values()), axis=1)


def _write(path: Path, summaries: Floats) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    column_file.write(path, {name: summaries[:, k] for k, name in enumerate(window_summaries.NAMES)})
