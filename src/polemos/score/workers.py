"""Origins of a hindcast answered at once: by processes of this machine or by workers of a cluster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import numpy as np

from polemos.forecast.forecaster import Forecaster
from polemos.forecast.foretold import Foretold, foretell
from polemos.record.world import Days, World
from polemos.score import kept
from polemos.score.source import without_file


@dataclass(frozen=True, slots=True)
class Task:
    """Whom to ask at an origin, by their keys, and for which dates."""

    origin: np.datetime64
    dates: Days
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Job:
    """What a process needs to answer at any origin. `kernels` is their digest where workers elsewhere answer."""

    world: World
    forecasters: Mapping[str, Forecaster]
    folder: Path | None
    kernels: str = ""

    def answer(self, task: Task) -> dict[str, Foretold]:
        """Ask the forecasters of a task, and keep what they say."""
        known = self.world.as_of(task.origin)
        said = {key: foretell(self.forecasters[key], known, task.dates) for key in task.keys}
        if self.folder is not None:
            kept.write(self.folder, task.origin, said)
        return said


def answered(
    job: Job, tasks: Sequence[tuple[int, Task]], processes: int, cluster: str | None
) -> Iterator[tuple[int, dict[str, Foretold]]]:
    """The answers to tasks as they come, by the number of their origin."""
    if cluster is not None and tasks:
        from polemos.ensemble.cluster import over
        from polemos.model.jit import kernel_hash

        # What workers say is kept here: they need not see this folder.
        there = replace(job, folder=None, kernels=kernel_hash())
        asked = sha256(repr((job.world.digest(), sorted(job.forecasters))).encode())
        names = [
            f"{task.origin}-{len(task.dates)}-{sha256(repr(task.keys).encode()).hexdigest()[:8]}" for _, task in tasks
        ]
        for (at, task), said in over(_remote, there, tasks, cluster, f"hindcast-{asked.hexdigest()[:16]}", names):
            if job.folder is not None:
                kept.write(job.folder, task.origin, said)
            yield at, said
        return
    if min(processes, len(tasks)) <= 1:
        for at, task in tasks:
            yield at, job.answer(task)
        return
    from concurrent.futures import ProcessPoolExecutor, as_completed
    from multiprocessing import get_context

    import cloudpickle

    # A process forked beside running threads may hang, so each starts anew; cloudpickle sends it the code of classes
    # that stand in no file.
    context, sent = get_context("spawn"), cloudpickle.dumps(job)  # type: ignore[no-untyped-call]
    with ProcessPoolExecutor(min(processes, len(tasks)), context, _begin_worker, (sent,)) as pool:
        with _main_that_workers_can_read():
            futures = {pool.submit(_work, task): at for at, task in tasks}
        try:
            for future in as_completed(futures):
                yield futures.pop(future), future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


@contextmanager
def _main_that_workers_can_read() -> Iterator[None]:
    """A new process runs the file of the main module first: hide one that is not there, as of a heredoc (`<stdin>`)."""
    import sys

    main = sys.modules["__main__"]
    file = getattr(main, "__file__", None)
    if file is None or Path(file).is_file():
        yield
        return
    del main.__file__
    try:
        yield
    finally:
        main.__file__ = file


_job: Job | None = None


def _begin_worker(sent: bytes) -> None:
    """Ctrl-C reaches every process of a terminal: the first one alone answers it."""
    import pickle
    import signal

    global _job
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # The bytes come from the process that began this one.
    _job = pickle.loads(sent)  # noqa: S301


def _remote(job: Job, task: tuple[int, Task]) -> dict[str, Foretold]:
    """A task on a worker, which must forecast by the same code. Raises `PlanError`."""
    from polemos.ensemble.plan import PlanError
    from polemos.model.jit import kernel_hash

    # The code of a class without a file came with the job.
    imported = [key for key in task[1].keys if not without_file(type(job.forecasters[key]))]
    if job.kernels != kernel_hash() or any(kept.key_of(job.forecasters[key]) != key for key in imported):
        raise PlanError("a worker runs another version of polemos; install this one there and start it anew")
    return job.answer(task[1])


def _work(task: Task) -> dict[str, Foretold]:
    assert _job is not None
    return _job.answer(task)
