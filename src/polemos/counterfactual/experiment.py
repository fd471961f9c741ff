"""Paired experiments: a war simulated with and without a change, every draw shared, and what differs.

The same member of both ensembles is the same war but for the change, so differences are taken member by member. What
comes out is a property of the model, not a finding about the war.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from polemos.argument.claims import Experiment
from polemos.counterfactual.effects import SERIES, Effect, Shift, effects_of, further, quantiles, shifts
from polemos.counterfactual.paired_runs import Pair, comes, measures, mixed, planned, within
from polemos.counterfactual.shapley import Shapley, Tell, coalitions, play
from polemos.ensemble.config import RunConfig
from polemos.questions.questions import Question

if TYPE_CHECKING:
    from polemos.ensemble.executor import Executor
    from polemos.ensemble.plan import Plan
    from polemos.war.war import War

MEMBERS = 200
THIN_YEARS = 2.0
"""Record before an origin under which the front is said to be learnt from little."""


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A paired experiment and its outcome.

    `parted` is the share of members in which anybody holds another place at some time, `first` the first week of that
    in any member and `median` its median over those; None where no member ever parts. `silent` names questions that
    neither run can answer.
    """

    claim: str
    text: str
    experiment: str
    note: str
    scenario: str
    origin: str
    until: str
    members: int
    seed: int
    inputs: str
    processes: tuple[str, ...]
    changes: tuple[str, ...]
    probability: float
    effects: tuple[Effect, ...]
    silent: tuple[str, ...]
    shifts: tuple[Shift, ...]
    parted: float
    first: str | None
    median: str | None
    deaths: tuple[float, ...]
    extra: tuple[Shift, ...]
    games: tuple[Shapley, ...]
    thin: str
    seconds: float

    @property
    def sentence(self) -> str:
        """What such numbers are."""
        return (
            "This is a property of the model, not a finding about the war: two sets of simulated wars share every draw "
            "and differ in the change alone."
        )


def of_changes(
    war: War, written: Sequence[str], inputs: str, config: RunConfig, questions: Sequence[Question] | None = None
) -> WhatIf:
    """The what-if of changes as they are written; from the day before the first where the settings name no origin.

    Raises `PlanError` for what is no change of this war.
    """
    from polemos.argument.changes import read_change
    from polemos.ensemble.plan import PlanError

    try:
        changes = tuple(str(read_change(one)) for one in written)
    except ValueError as error:
        raise PlanError(str(error)) from None
    experiment = Experiment.model_validate({"text": ", ".join(changes), "changes": changes, "inputs": inputs})
    first = war.origin(first_day(war, experiment) if config.origin is None else config.origin)
    question_list = war.questions_at(first) if questions is None else tuple(questions)
    return what_if(war, experiment, question_list, config=replace(config, origin=first))


def what_if(war: War, experiment: Experiment, questions: Sequence[Question], **how: Any) -> WhatIf:
    """Run an experiment; `how`: see `pair_of`, and `claim` and `text` for what it stands for.

    Raises `PlanError` for a change or a day that this war cannot have.
    """
    import time

    began = time.perf_counter()
    claim, text = how.pop("claim", ""), how.pop("text", "")
    pair, games = pair_of(war, experiment, questions, **how)
    return account(war, experiment, questions, pair, games, claim, text, time.perf_counter() - began)


def pair_of(
    war: War,
    experiment: Experiment,
    questions: Sequence[Question],
    *,
    config: RunConfig | None = None,
    executor: Executor | None = None,
    store: Path | str | None = None,
    tell: Tell | None = None,
) -> tuple[Pair, tuple[Shapley, ...]]:
    """Both runs of an experiment, and its Shapley values where it names players.

    `origin`, `until`, `members`, `seed` and `theory` are those of `config`, the days those of the experiment where
    `config` names none; inputs and processes are the experiment's. `tell` is called with the name of each run before it
    begins. Raises `PlanError`.
    """
    from polemos.ensemble.run import run

    config = config or RunConfig(members=MEMBERS)
    factual = plan_without(war, experiment, config)
    inside = tuple(question for question in questions if within(question, factual.until))
    sets = coalitions(war, factual, experiment) if experiment.players else {}
    other = planned(war, factual, changes_of(experiment))
    games: tuple[Shapley, ...] = ()
    if experiment.players:
        games = tuple(play(war, sets, tuple(experiment.players), inside, executor, store, tell))
    runs = []
    for name, plan in (("factual", factual), ("counterfactual", other)):
        if tell:
            tell(f"the {name} run")
        runs.append(run(plan, war.world, executor=executor, store=store, evaluate=measures(inside)))
    dates = runs[0].summary.dates
    before = runs[0].verdicts
    after = mixed(before, runs[1].verdicts, comes(experiment.probability, config.seed, config.members))
    return Pair(factual, other, inside, dates[dates >= factual.origin], before, after), games


def plan_without(war: War, experiment: Experiment, config: RunConfig) -> Plan:
    """The plan of the run without the change, for `pair_of`. Raises `PlanError`."""
    return war.plan(
        replace(
            config,
            origin=experiment.origin if config.origin is None else config.origin,
            until=experiment.to if config.until is None else config.until,
            inputs=experiment.inputs,
            processes=(*config.processes, *experiment.processes),
        )
    )


def changes_of(experiment: Experiment) -> tuple[str, ...]:
    """The changes of an experiment; with players, those of all of them."""
    return experiment.changes or tuple(change for one in experiment.players.values() for change in one)


def account(
    war: War,
    experiment: Experiment,
    questions: Sequence[Question],
    pair: Pair,
    games: tuple[Shapley, ...] = (),
    claim: str = "",
    text: str = "",
    seconds: float = 0.0,
) -> WhatIf:
    """The result of an experiment."""
    plan, one, two = pair.factual, pair.after, pair.before
    effects = effects_of(pair)
    weeks = pair.parting
    parts = weeks < pair.dates.size
    weeks = weeks[parts]
    return WhatIf(
        claim=claim,
        text=text,
        experiment=experiment.text,
        note=experiment.note,
        scenario=war.name,
        origin=str(plan.origin),
        until=str(plan.until),
        members=plan.members,
        seed=plan.seed,
        inputs=plan.inputs,
        processes=experiment.processes,
        changes=changes_of(experiment),
        probability=experiment.probability,
        effects=effects,
        silent=tuple(sorted({question.id for question in questions} - {one.question for one in effects})),
        shifts=shifts(war, one, two, [name for name in SERIES if name in one]),
        parted=float(parts.mean()),
        first=str(pair.dates[weeks.min()]) if weeks.size else None,
        median=str(pair.dates[int(np.median(weeks))]) if weeks.size else None,
        deaths=quantiles(one["deaths"] - two["deaths"]),
        extra=shifts(war, one, two, further(one, war.world.nobody)),
        games=games,
        thin=thin(war, plan.origin),
        seconds=seconds,
    )


def first_day(war: War, experiment: Experiment) -> Any:
    """The scenario's origin or, where a change comes before it, the day before the first change."""
    from polemos.argument.changes import read_change

    days = [change.date for change in map(read_change, experiment.changes) if change.date]
    usual = war.origin()
    first = min((np.datetime64(day) for day in days), default=usual)
    return usual if first >= usual else max(first - np.timedelta64(1, "D"), war.world.start)


def thin(war: War, origin: np.datetime64) -> str:
    """A warning where little record stands before an origin, else empty."""
    years = float((origin - war.world.start) / np.timedelta64(1, "D")) / 365.25
    if years >= THIN_YEARS:
        return ""
    began = war.world.spells.start
    changes = int(((began > war.world.start) & (began <= origin)).sum())
    return (
        f"Only {12 * years:.0f} months of record with {changes} changes of hands stand before {origin}: the front is "
        "learnt from little, and its priors weigh the more."
    )
