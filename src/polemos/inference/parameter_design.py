"""Wars simulated at given points of the space of parameters, one question asked of each.

A point is a row of probabilities: every parameter stands at that quantile of its prior. The key of a war fixes all of
its draws, so two points with one key differ in their parameters alone.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from polemos.ensemble import atomic_files
from polemos.ensemble.executor import Executor, Interrupted, Progress
from polemos.model.process import Parameter, Prior
from polemos.questions.questions import FirstTime, Question
from polemos.record.world import Floats, day

if TYPE_CHECKING:
    from polemos.ensemble.plan import Plan
    from polemos.model.setup import Setup
    from polemos.war.war import War

CHUNK = 60


@dataclass(frozen=True, slots=True)
class Factor:
    """One number that is varied: a parameter of a process, of one organisation where each has its own."""

    name: str
    process: str
    parameter: Parameter
    prior: Prior
    organisation: int | None = None


@dataclass(frozen=True, slots=True)
class Experiment:
    """A plan prepared for points: its factors, and what is asked. `quantity`: the number behind the answer."""

    setup: Setup
    plan: Plan
    factors: tuple[Factor, ...]
    question: Question
    quantity: bool


def experiment(war: War, plan: Plan, question: Question, *, quantity: bool = False) -> Experiment:
    """The factors are the parameters with a spread; those of the front only where it is not learnt from the record."""
    from polemos.ensemble import chunks
    from polemos.ensemble.plan import read_prior
    from polemos.model import engine, processes

    priors = {name: read_prior(value) for name, value in plan.priors.items()}
    setup = chunks.prepare(plan, war.world)
    factors = []
    for owner, parameter in engine.parameters(processes.choose(war.world.processes, plan.processes)):
        prior = priors.get(parameter.name, parameter.prior)
        if not isinstance(prior, Prior) or prior.a == prior.b == prior.quantile(np.array(0.1)):
            continue
        if owner in plan.without or (owner == "memory" and setup.learnt):
            continue
        if parameter.per:
            ids = enumerate(war.world.organisations.id)
            factors += [Factor(f"{parameter.name}: {name}", owner, parameter, prior, o) for o, name in ids]
        else:
            factors.append(Factor(parameter.name, owner, parameter, prior))
    return Experiment(setup, plan, tuple(factors), question, quantity)


def values_at(case: Experiment, points: Floats) -> dict[str, Floats]:
    """Values of every parameter, by name, at points [n, factors] of probabilities within (0, 1)."""
    from polemos.model import initial_state

    setup = case.setup
    values = {
        name: np.ascontiguousarray(np.broadcast_to(value[:1], (len(points), *value.shape[1:])).copy())
        for name, value in setup.values.items()
    }
    for column, factor in enumerate(case.factors):
        drawn = factor.prior.quantile(points[:, column])
        if factor.organisation is None:
            values[factor.parameter.name][:] = drawn
        else:
            values[factor.parameter.name][:, factor.organisation] = drawn
    if not setup.learnt:
        arrays = dict(setup.setting)
        values["slopes"] = initial_state.slopes(setup.record.memory, values, setup.record.land, setup.pace, arrays)
    return values


def answers(
    case: Experiment,
    points: Floats,
    keys: Sequence[int] | Any,
    *,
    executor: Executor | None = None,
    store: Path | str | None = None,
    progress: Progress | None = None,
) -> Floats:
    """The answer [n] of the war at each point [n, factors] with the draws of member `keys` [n].

    1 or 0 for yes or no, or the quantity (a time that never comes counts as the last day of the run); NaN where the
    question is not asked. With `store`, chunks that are done are kept in a folder under it, and read from there again.
    Raises `Interrupted` on Ctrl-C, when those under way are kept.
    """
    from polemos.model import engine
    from polemos.model.rng import member_keys
    from polemos.questions.evaluate import evaluate

    numbers = np.asarray(keys, np.int64)
    everyone = member_keys(case.plan.seed, 0, int(numbers.max()) + 1)
    setup = replace(case.setup, members=len(points), values=values_at(case, points), keys=everyone[numbers], spent={})
    folder = None if store is None else Path(store) / f"points-{_digest(case, points, numbers)}"
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)

    def work(_: object, first: int) -> Floats:
        path = None if folder is None else folder / f"{first:07}.npy"
        # What a crash of the machine cut short is simulated anew.
        with contextlib.suppress(OSError, EOFError, ValueError):
            if path is not None:
                return np.asarray(np.load(path), np.float64)
        last = min(first + CHUNK, len(points))
        values = _number(case, evaluate(case.question, engine.simulate(setup, first, last)))
        if path is not None:
            with atomic_files.whole(path) as part, part.open("wb") as file:
                np.save(file, values)
        return values

    answers_by_digest: dict[int, Floats] = {}

    def collect(first: int, values: Floats) -> None:
        answers_by_digest[first] = values
        if progress:
            progress(min(len(answers_by_digest) * CHUNK, len(points)), len(points))

    try:
        (executor or Executor()).over(work, None, range(0, len(points), CHUNK), collect)
    except KeyboardInterrupt:
        chunks = len(list(folder.glob("???????.npy"))) if folder else 0
        raise Interrupted(min(chunks * CHUNK, len(points)), len(points), folder, "wars") from None
    return np.concatenate([answers_by_digest[first] for first in sorted(answers_by_digest)])


def _number(case: Experiment, verdicts: Any) -> Floats:
    if not case.quantity:
        return np.asarray(verdicts.yes, np.float64)
    value = np.array(verdicts.quantity, np.float64)
    if isinstance(case.question, FirstTime):
        horizon = float((case.plan.until - day(case.question.origin)).astype(int))
        value = np.where(np.isnan(verdicts.yes), np.nan, np.minimum(value, horizon))
    return value


def _digest(case: Experiment, points: Floats, keys: Any) -> str:
    from polemos.model.jit import kernel_hash

    state = hashlib.sha256(case.plan.digest().encode() + kernel_hash().encode())
    state.update(case.question.model_dump_json().encode() + str(case.quantity).encode())
    state.update(points.tobytes() + keys.tobytes())
    return state.hexdigest()[:12]
