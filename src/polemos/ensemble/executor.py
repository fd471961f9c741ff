"""Where tasks are worked on: threads or processes of this machine, or a cluster. A result never depends on it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Literal, TypeVar

J = TypeVar("J")
T = TypeVar("T")
R = TypeVar("R")

Progress = Callable[[int, int], None]
"""Called with how many members (or origins, or windows) are done, and of how many."""


class Interrupted(KeyboardInterrupt):
    """Stopped by the user. `done` of `total` `unit` are in `folder` (None: nothing is kept)."""

    def __init__(self, count: int, total: int, folder: Path | None, unit: str = "members") -> None:
        super().__init__(f"stopped after {count} of {total} {unit}")
        self.done, self.total, self.folder, self.unit = count, total, folder, unit


@dataclass(frozen=True, slots=True)
class Executor:
    """Workers for tasks that are pure functions of a job and a task.

    `workers` is their number, None for one a core. `kind` is `threads` (kernels hold no interpreter lock, so threads
    share their work) or `processes` (for what holds it). `cluster`, where it is given, takes the place of both:
    `local:N` for N processes, or the address of a dask scheduler.
    """

    workers: int | None = None
    kind: Literal["threads", "processes"] = "threads"
    cluster: str | None = None

    def over(
        self,
        work: Callable[[J, T], R],
        job: J,
        tasks: Sequence[T],
        collect: Callable[[T, R], None],
        *,
        rescue: Callable[[T, R], None] | None = None,
        key: str = "",
        names: Sequence[str] = (),
    ) -> None:
        """Work on the tasks, and collect each result on the calling thread as it comes.

        On Ctrl-C, tasks under way on this machine are finished and handed to `rescue`. `key` names the job and `names`
        the tasks for a cluster, on which one key is one result; processes and clusters need a `work` that stands in a
        module. Raises what the work raises, and `ClusterError`.
        """
        if not tasks:
            return
        if self.cluster is not None:
            from polemos.ensemble import cluster

            for task, result in cluster.over(work, job, tasks, self.cluster, key, names):
                collect(task, result)
            return
        workers = min(self.workers or os.cpu_count() or 1, len(tasks))
        if self.kind == "threads":
            _on_threads(work, job, tasks, workers, collect, rescue)
        elif workers == 1:
            for task in tasks:
                collect(task, work(job, task))
        else:
            _on_processes(work, job, tasks, workers, collect, rescue)


def _on_threads(
    work: Callable[[J, T], R],
    job: J,
    tasks: Sequence[T],
    workers: int,
    collect: Callable[[T, R], None],
    rescue: Callable[[T, R], None] | None,
) -> None:
    """Few tasks wait at a time, so that results never pile up."""
    waiting = iter(enumerate(tasks))
    with ThreadPoolExecutor(workers) as pool:
        running: dict[Future[R], tuple[int, T]] = {}

        def submit(number: int) -> None:
            for at, task in islice(waiting, number):
                running[pool.submit(work, job, task)] = (at, task)

        def order(future: Future[R]) -> int:
            return running[future][0]

        try:
            submit(2 * workers)
            while running:
                for future in sorted(wait(running, return_when=FIRST_COMPLETED).done, key=order):
                    submit(1)
                    collect(running[future][1], future.result())
                    del running[future]
        except BaseException as error:
            pending = {future: task for future, (_, task) in running.items() if not future.cancel()}
            if isinstance(error, KeyboardInterrupt) and rescue is not None:
                for future, task in pending.items():
                    if future.exception() is None:
                        rescue(task, future.result())
            raise


_assignment: tuple[Callable[[Any, Any], Any], Any] | None = None
"""The work and the job of a process that serves `_on_processes`; None in every other process."""


def _on_processes(
    work: Callable[[J, T], R],
    job: J,
    tasks: Sequence[T],
    workers: int,
    collect: Callable[[T, R], None],
    rescue: Callable[[T, R], None] | None,
) -> None:
    from concurrent.futures import ProcessPoolExecutor, as_completed
    from multiprocessing import get_context

    import cloudpickle

    # A process forked beside running threads may hang, so each starts anew; cloudpickle sends it the code of classes
    # that stand in no file.
    context, assignment = get_context("spawn"), cloudpickle.dumps((work, job))  # type: ignore[no-untyped-call]
    with ProcessPoolExecutor(workers, context, _assign, (assignment,)) as pool:
        with _main_that_workers_can_read():
            futures = {pool.submit(_carry_out, task): task for task in tasks}
        try:
            for future in as_completed(futures):
                collect(futures.pop(future), future.result())
        except BaseException as error:
            pool.shutdown(wait=False, cancel_futures=True)
            if isinstance(error, KeyboardInterrupt) and rescue is not None:
                for future, task in futures.items():
                    if not future.cancelled() and future.exception() is None:
                        rescue(task, future.result())
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


def _assign(assignment: bytes) -> None:
    """Ctrl-C reaches every process of a terminal: the first one alone answers it."""
    import pickle
    import signal

    global _assignment
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # The bytes come from the process that began this one.
    _assignment = pickle.loads(assignment)  # noqa: S301


def _carry_out(task: Any) -> Any:
    assert _assignment is not None
    work, job = _assignment
    return work(job, task)
