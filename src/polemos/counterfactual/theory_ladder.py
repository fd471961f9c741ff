"""The ladder between two theories: their differences are replaced one by one, and the answers are compared.

A row is a parameter whose prior differs, or a process that only one of the two switches on, with its own priors. Every
run shares its draws with the first theory's, so differences are taken war by war.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from polemos.counterfactual.effects import Effect, effect
from polemos.ensemble.theory import Theory
from polemos.questions.questions import Question

if TYPE_CHECKING:
    from polemos.ensemble.chunks import Verdicts
    from polemos.ensemble.config import RunConfig
    from polemos.ensemble.executor import Executor, Progress
    from polemos.ensemble.plan import Plan
    from polemos.war.war import War

OWN = "the model's own"


@dataclass(frozen=True, slots=True)
class Row:
    """One difference: `before` and `after` are priors as text, of the parameters named, or on and off."""

    name: str
    before: str
    after: str
    parameters: tuple[str, ...]
    process: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """What replacing a row does to every question, against the first theory or, on a climb, the step before."""

    row: Row
    effects: tuple[Effect, ...]


@dataclass(frozen=True, slots=True)
class Ladder:
    """The steps, and `whole`: the second theory against the first. `silent` questions have no answer in the model."""

    first: str
    second: str
    climbing: bool
    steps: tuple[Step, ...]
    whole: tuple[Effect, ...]
    silent: tuple[str, ...]
    members: int


def rows(first: Theory, second: Theory) -> tuple[Row, ...]:
    """Everything in which two theories differ, parameters in the order of the theories, processes first."""
    from polemos.model import processes

    owner = {
        p.name: name for name in (*processes.names(), *processes.installed()) for p in processes.load(name).parameters
    }
    on, other = _on(first), _on(second)
    ladder_rows: list[Row] = []
    taken_names: set[str] = set()
    names = list(dict.fromkeys([*first.priors, *second.priors]))
    differing = [name for name in names if first.priors.get(name) != second.priors.get(name)]
    for process in sorted(on ^ other):
        mine = tuple(name for name in differing if owner.get(name) == process)
        taken_names.update(mine)
        words = ("on", "off") if process in on else ("off", "on")
        ladder_rows.append(Row(process, *words, mine, process))
    rest = [name for name in differing if name not in taken_names]
    ladder_rows += [Row(name, _text(first.priors.get(name)), _text(second.priors.get(name)), (name,)) for name in rest]
    return tuple(ladder_rows)


def mixed(first: Theory, second: Theory, chosen: Sequence[Row]) -> Theory:
    """The first theory with some rows replaced by the second's."""
    priors = dict(first.priors)
    on, off = set(first.processes), set(first.without)
    for row in chosen:
        for name in row.parameters:
            priors.pop(name, None)
            if name in second.priors:
                priors[name] = second.priors[name]
        if row.process:
            on, off = (
                (mine - {row.process}) | ({row.process} & set(theirs))
                for mine, theirs in ((on, second.processes), (off, second.without))
            )
    return first.model_copy(update={"priors": priors, "processes": tuple(sorted(on)), "without": tuple(sorted(off))})


def planned(base: Plan, theory: Theory, name: str) -> Plan:
    """A plan under another theory; what the base switches besides its own theory is left out."""
    return replace(
        base,
        theory=name,
        priors=dict(sorted(theory.priors.items())),
        processes=tuple(sorted(theory.processes)),
        without=tuple(sorted(theory.without)),
    )


def ladder(
    war: War,
    first: str,
    second: str,
    questions: Sequence[Question],
    config: RunConfig,
    *,
    climbing: bool = False,
    executor: Executor | None = None,
    store: Path | str | None = None,
    progress: Progress | None = None,
) -> Ladder:
    """Run the first theory, the second, and the first with each row replaced alone.

    When `climbing`, rows are replaced one after the other and stay so; each step is then measured against the one
    before. Runs are kept and found again as those of `polemos run`. Raises `PlanError`, `ScenarioError`.
    """
    from polemos.ensemble.run import run
    from polemos.questions.evaluate import reducer

    a, b = war.theory(first), war.theory(second)
    base, members = war.plan(replace(config, theory=first)), config.members
    differences = rows(a, b)
    total = members * (len(differences) + 2)
    count = 0

    def answered(theory: Theory, name: str) -> Verdicts:
        nonlocal count
        before = count
        counter = None if progress is None else (lambda now, _: progress(before + now, total))
        plan = planned(base, theory, name)
        result = run(plan, war.world, executor=executor, store=store, evaluate=reducer(questions), progress=counter)
        count += members
        return result.verdicts

    start, end = answered(a, first), answered(b, second)
    steps: list[Step] = []
    replaced: list[Row] = []
    last = start
    for row in differences:
        replaced = [*replaced, row] if climbing else [row]
        now = answered(mixed(a, b, replaced), f"{first} with {second}'s {', '.join(one.name for one in replaced)}")
        steps.append(Step(row, _effects(questions, last, now, base)))
        if climbing:
            last = now
    whole = _effects(questions, start, end, base)
    silent = tuple(sorted({question.id for question in questions} - {one.question for one in whole}))
    return Ladder(first, second, climbing, tuple(steps), whole, silent, members)


def _effects(
    questions: Sequence[Question], before: Mapping[str, object], after: Mapping[str, object], plan: Plan
) -> tuple[Effect, ...]:
    effects = (effect(one, before[one.id], after[one.id], plan) for one in questions)  # type: ignore[arg-type]
    return tuple(one for one in effects if one is not None)


def _on(theory: Theory) -> set[str]:
    """Processes that run under a theory and are not a matter of the scenario."""
    from polemos.model import processes

    usual = {name for name in processes.names() if processes.load(name).on}
    return (usual | set(theory.processes)) - set(theory.without)


def _text(prior: float | str | None) -> str:
    return OWN if prior is None else str(prior)
