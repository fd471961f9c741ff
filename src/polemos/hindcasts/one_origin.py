"""One origin of a hindcast answered: the pure function that threads, processes and clusters run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from polemos.ensemble.plan import PlanError
from polemos.forecasters.base import Forecaster
from polemos.forecasters.simulated_forecast import Foretold, foretell
from polemos.hindcasts import cache
from polemos.hindcasts.source import without_file
from polemos.record.world import Days, World


@dataclass(frozen=True, slots=True)
class Task:
    """Whom to ask at an origin, by their keys, and for which dates. `at` is the number of the origin."""

    at: int
    origin: np.datetime64
    dates: Days
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker needs to answer at any origin: the whole record, the forecasters by key, the kernels' digest."""

    world: World
    forecasters: Mapping[str, Forecaster]
    kernels: str


def answer(job: Job, task: Task) -> dict[str, Foretold]:
    """What the forecasters of a task say at its origin."""
    world = job.world.as_of(task.origin)
    return {key: foretell(job.forecasters[key], world, task.dates) for key in task.keys}


def answer_elsewhere(job: Job, task: Task) -> dict[str, Foretold]:
    """The same on a worker of a cluster. Raises `PlanError` where its code is another."""
    from polemos.model.jit import kernel_hash

    # The code of a class without a file came with the job.
    imported = [key for key in task.keys if not without_file(type(job.forecasters[key]))]
    if job.kernels != kernel_hash() or any(cache.key_of(job.forecasters[key]) != key for key in imported):
        raise PlanError("a worker runs another version of polemos; install this one there and start it anew")
    return answer(job, task)
