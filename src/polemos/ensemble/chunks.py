"""A chunk of members as a pure function of a job and a range: on a thread, in a process, on a machine of a cluster."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from polemos.ensemble.draws import Draws
from polemos.ensemble.plan import Plan, PlanError, read_prior
from polemos.ensemble.summary import EXACT, Part, reduce
from polemos.model.trajectory import Trajectories
from polemos.record.world import World

if TYPE_CHECKING:
    from polemos.model.prepare import Ground

Verdicts = Mapping[str, NDArray[Any]]
Evaluate = Callable[[Trajectories], Verdicts]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Job:
    """Everything that the members of a run depend on, and what is asked of them.

    `world` is the whole war, `kernels` the hash of the kernels that must run. With `whole`, trajectories are handed
    back beside what they were reduced to.
    """

    plan: Plan
    world: World
    kernels: str
    draws: Draws | None = None
    evaluate: Evaluate | None = None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a chunk: its part of the summary, the verdicts by name, and its trajectories where asked for."""

    part: Part
    verdicts: Verdicts
    trajectories: Trajectories | None = None


def prepare(job: Job, cut: World, ground: Ground | None = None) -> Any:
    """The engine's setup of a job on its world cut at the origin. Raises `PlanError` for an unknown parameter.

    `ground`: what `engine.survey` gave for the same world, end, inputs and `learn`.
    """
    from polemos.model import engine, intervention

    plan = job.plan
    try:
        return engine.prepare(
            cut,
            plan.until,
            members=plan.members,
            seed=plan.seed,
            without=plan.without,
            added=plan.added,
            inputs=job.world if plan.inputs == "actual" else None,
            theory={name: read_prior(value) for name, value in json.loads(plan.priors).items()},
            learn=plan.learn,
            change=intervention.read(plan.changes),
            ground=ground,
            drawn=None if job.draws is None else job.draws.of_members(plan.seed, plan.members),
        )
    except KeyError as error:
        raise PlanError(error.args[0]) from None


def simulate(job: Job, setup: Any, first: int, last: int) -> Outcome:
    """Members first..last-1."""
    from polemos.model import engine

    return seen(job, engine.simulate(setup, first, last))


def seen(job: Job, new: Trajectories) -> Outcome:
    """What trajectories come to."""
    verdicts = job.evaluate(new) if job.evaluate else {}
    return Outcome(reduce(new, coded=job.plan.members > EXACT), verdicts, new if job.whole else None)


_last: tuple[tuple[str, str], Any] | None = None


def remote(job: Job, span: Span) -> Outcome:
    """`simulate` where nothing is set up yet: the last job's setup stands. Raises `PlanError` for other kernels."""
    from polemos.model import engine

    global _last
    kernels = engine.kernel_hash()
    if kernels != job.kernels:
        raise PlanError("a worker runs another version of polemos; install this one there and start it anew")
    key = (job.plan.digest(), kernels)
    # Another thread of this process may replace it meanwhile; what was read stays whole.
    known = _last
    if known is None or known[0] != key:
        known = _last = key, prepare(job, job.world.as_of(job.plan.origin))
    return simulate(job, known[1], *span)
