"""A chunk of members as a pure function of a job and a range: on a thread, in a process, on a machine of a cluster."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from polemos.ensemble.plan import Plan, PlanError, read_prior
from polemos.ensemble.setup_cache import setup_of
from polemos.ensemble.summary import EXACT, Part, reduce
from polemos.model.trajectory import Trajectories
from polemos.record.world import World

if TYPE_CHECKING:
    from polemos.model.setup import Ground, Setup

Verdicts = Mapping[str, NDArray[Any]]
Evaluate = Callable[[Trajectories], Verdicts]
Span = tuple[int, int]
"""First member of a chunk, and the one after its last."""


@dataclass(frozen=True, slots=True)
class Job:
    """Everything that the members of a run depend on, and what is asked of them.

    `world` is the whole war, `kernels` the hash of the kernels that must run. With `whole`, trajectories are handed
    back beside what they were reduced to.
    """

    plan: Plan
    world: World
    kernels: str
    evaluate: Evaluate | None = None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a chunk: its part of the summary, the verdicts by name, and its trajectories where asked for."""

    part: Part
    verdicts: Verdicts
    trajectories: Trajectories | None = None


def prepare(plan: Plan, world: World, ground: Ground | None = None) -> Setup:
    """The engine's setup of a plan on a whole world. Raises `PlanError` for an unknown parameter.

    `ground`: what `engine.survey` gave for the same world, end, inputs and `learn`.
    """
    from polemos.model import engine, interventions

    if plan.draws and plan.drawn is None:
        raise PlanError("the plan names draws of a posterior that are not at hand")
    cut, inputs = world.as_of(plan.origin), world if plan.inputs == "actual" else None
    try:
        setup: Setup = engine.prepare(
            cut,
            plan.until,
            members=plan.members,
            seed=plan.seed,
            without=plan.without,
            added=plan.processes,
            theory={name: read_prior(value) for name, value in plan.priors.items()},
            change=interventions.read(plan.changes),
            ground=ground or engine.survey(cut, plan.until, inputs=inputs, learn=plan.learn),
            drawn=None if plan.drawn is None else plan.drawn.of_members(plan.seed, plan.members),
        )
    except KeyError as error:
        raise PlanError(error.args[0]) from None
    return setup


def simulate(job: Job, span: Span) -> Outcome:
    """The members of a span. Raises `PlanError` on a worker with other kernels, or for one that cannot be compiled."""
    from polemos.ensemble import drawn_inputs
    from polemos.model import engine
    from polemos.model.jit import KernelError

    if engine.kernel_hash() != job.kernels:
        raise PlanError("a worker runs another version of polemos; install this one there and start it anew")
    setup = setup_of((job.plan.digest(), job.kernels), lambda: prepare(job.plan, job.world))
    try:
        if job.plan.inputs == "drawn":
            return reduced(job, drawn_inputs.simulate(job.plan, setup, *span))
        return reduced(job, engine.simulate(setup, *span))
    except KernelError as error:
        raise PlanError(str(error)) from None


def reduced(job: Job, trajectories: Trajectories) -> Outcome:
    """Trajectories, reduced to what a job asks of them."""
    verdicts = job.evaluate(trajectories) if job.evaluate else {}
    part = reduce(trajectories, coded=job.plan.members > EXACT)
    return Outcome(part, verdicts, trajectories if job.whole else None)
