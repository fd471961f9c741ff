"""Tasks on a cluster of dask (extra `cluster`): a scheduler elsewhere, or processes of this machine.

Tasks are pure functions of a job and a task, so a worker that dies costs what it was at, and nothing of what it had
handed back. Few tasks wait at a time, so that neither the scheduler nor a worker piles up results.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, TypeVar

from polemos.ensemble.plan import PlanError

J = TypeVar("J")
T = TypeVar("T")
R = TypeVar("R")

AHEAD = 2
"""Tasks a thread of the cluster has waiting."""
PATIENCE = 20.0
"""Seconds: how long a scheduler and its first worker may take to answer."""


class ClusterError(PlanError):
    """A cluster that does not answer, or that was lost."""


def check(cluster: str) -> None:
    """Raise `ClusterError` for what is neither `local:N` nor the address of a scheduler, or where dask is missing."""
    from importlib.util import find_spec

    if not re.fullmatch(r"local:[1-9]\d*|(tcp|tls|ws|wss|ucx)://\S+", cluster):
        raise ClusterError(f"{cluster!r} is no cluster; write local:2, or a scheduler such as tcp://10.0.0.1:8786")
    if find_spec("distributed") is None:
        raise ClusterError("a cluster needs dask; install it with: pip install 'polemos[cluster]'")


@contextmanager
def connected(cluster: str) -> Iterator[Any]:
    """A client of a cluster. Raises `ClusterError` where none answers."""
    check(cluster)
    import logging

    dask = _dask()
    # What the library logs of a lost connection is told once, by the error.
    for name in ("distributed.client", "distributed.batched", "distributed.comm", "distributed.nanny"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    local = None
    if cluster.startswith("local:"):
        local = dask.LocalCluster(int(cluster[6:]), threads_per_worker=1, dashboard_address=None)
    try:
        client = dask.Client(local or cluster, timeout=PATIENCE, set_as_default=False)
    except (OSError, TimeoutError) as error:
        raise ClusterError(f"no scheduler answers at {cluster} ({error}); start one with: dask scheduler") from None
    try:
        yield client
    finally:
        client.close(timeout=2)
        if local is not None:
            local.close(timeout=5)


def over(
    work: Callable[[J, T], R], job: J, tasks: Sequence[T], cluster: str, key: str, names: Sequence[str]
) -> Iterator[tuple[T, R]]:
    """`work(job, task)` of every task as each is done.

    `key` names the job, `names` the tasks; one key is one result. Raises `ClusterError` where the cluster is lost or no
    worker comes; what the work raises is raised here.
    """
    from concurrent.futures import CancelledError

    dask = _dask()
    with connected(cluster) as client:
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError:
            raise ClusterError(f"no worker came to {cluster}; start one with: dask worker {cluster}") from None
        # A task that holds the job, and not data that is lost with the worker that has them.
        root = client.submit(_same, job, key=f"polemos-{key}")
        waiting = iter(zip(tasks, names, strict=True))
        running: dict[Any, T] = {}
        completed: Any = dask.as_completed([], loop=client.loop)

        def submit(number: int) -> None:
            for task, name in islice(waiting, number):
                future = client.submit(work, root, task, key=f"polemos-{key}-{name}", pure=False)
                running[future] = task
                completed.add(future)

        submit(AHEAD * max(sum(client.ncores().values()), 1))
        try:
            for future in completed:
                task = running.pop(future)
                result = future.result()
                future.release()
                submit(1)
                yield task, result
        except (dask.client.FutureCancelledError, CancelledError, OSError) as error:
            raise ClusterError(f"the cluster {cluster} was lost ({error})") from None
        except dask.KilledWorker as error:
            raise ClusterError(f"workers of {cluster} die on one task again and again ({error})") from None
        except ModuleNotFoundError as error:
            raise ClusterError(f"workers of {cluster} lack a module ({error}); install polemos there") from None
        if running:
            raise ClusterError(f"the cluster {cluster} was lost")


def _dask() -> Any:
    import importlib

    return importlib.import_module("distributed")


def _same(job: J) -> J:
    return job
