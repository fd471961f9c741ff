"""Facts that a model should reproduce without being fitted to them: record, simulated wars, and a verdict.

A scenario lists them in facts.csv. Nothing is fitted to them; those marked `withheld` are used nowhere else either.
The rule, the same for every fact, a yes counting as 1 and a no as 0:

    typical     the median war lies within what was seen, low to high
    possible    it does not, but the central 90 % of the wars reach into it
    missed      they do not
    too rare    the fact comes up in fewer than 20 wars (no such battle, never so little land)
    not in the model    nothing in a simulated war speaks of it
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from polemos.ensemble.posterior_draws import Draws, latest
from polemos.inference.facts.kinds import KINDS
from polemos.model.trajectory import Trajectories, record_trajectory
from polemos.questions.evaluate import evaluate
from polemos.questions.member_answers import Lacking
from polemos.questions.questions import Question
from polemos.record.world import Floats
from polemos.scenario.fact_checks import FILE, parts

if TYPE_CHECKING:
    from polemos.ensemble.config import RunConfig
    from polemos.ensemble.executor import Executor, Progress
    from polemos.ensemble.plan import Plan
    from polemos.war.war import War

TYPICAL, POSSIBLE, MISSED, RARE, ABSENT = "typical", "possible", "missed", "too rare", "not in the model"
VERDICTS = (TYPICAL, POSSIBLE, MISSED, RARE, ABSENT)
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
LEAST = 20
"""Wars in which a fact must come up for a verdict."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A row of facts.csv, by its columns. An absent bound is infinite; `level`, `weeks` and `best` may be NaN."""

    id: str
    fact: str
    title: str
    kind: str
    origin: np.datetime64
    until: np.datetime64
    organisation: str
    places: tuple[str, ...]
    country: str
    series: str
    start: np.datetime64
    end: np.datetime64
    level: float
    weeks: float
    question: str
    low: float
    best: float
    high: float
    unit: str
    withheld: bool
    processes: tuple[str, ...]
    source: str
    note: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A fact and what the model makes of it.

    `quantiles` are those at `LEVELS` over the `members` wars in which it comes up, `inside` the share of them within
    low to high, `record` the same statistic of the scenario's own record where it can be taken.
    """

    fact: Fact
    verdict: str
    members: int
    wars: int
    quantiles: tuple[float, ...]
    inside: float | None
    record: float | None


def facts(war: War) -> tuple[Fact, ...]:
    """The facts of a scenario in the order of its file; none without one. Raises `ScenarioError`."""
    from polemos.scenario.load import read

    fact_list = []
    for row in read(war.path).tables[FILE].rows:
        values: dict[str, Any] = dict(row)
        values["places"], values["processes"] = (parts(row[name]) for name in ("places", "processes"))
        values["low"] = -np.inf if np.isnan(row["low"]) else row["low"]
        values["high"] = np.inf if np.isnan(row["high"]) else row["high"]
        fact_list.append(Fact(**values))
    return tuple(fact_list)


def plans(
    war: War,
    chosen_facts: Sequence[Fact],
    config: RunConfig,
    draws: Sequence[Draws] = (),
) -> dict[np.datetime64, Plan]:
    """One run for each origin of the facts, to the last day that any of them needs, all processes on that any needs.

    Other settings are those of `config`. Of `draws`, posteriors of several days, each origin takes the last that it
    may see.
    """
    added = sorted({name for fact in chosen_facts for name in fact.processes})
    scorable = [fact for fact in chosen_facts if fact.kind != "none"]
    return {
        origin: war.plan(
            replace(
                config,
                origin=origin,
                until=max(fact.until for fact in scorable if fact.origin == origin),
                processes=tuple(added),
                posterior=latest(draws, origin),
            )
        )
        for origin in sorted({fact.origin for fact in scorable})
    }


def findings(
    war: War,
    chosen_facts: Sequence[Fact],
    planned: Mapping[np.datetime64, Plan],
    *,
    executor: Executor | None = None,
    store: Path | str | None = None,
    progress: Progress | None = None,
) -> tuple[Finding, ...]:
    """Run the plans (kept and found again as those of `polemos run`), and judge every fact."""
    from polemos.ensemble.run import run

    values: dict[str, Floats | None] = {fact.id: None for fact in chosen_facts}
    questions = {question.id: question for question in war.questions}
    total, count = sum(plan.members for plan in planned.values()), 0
    for origin, plan in planned.items():
        mine = [fact for fact in chosen_facts if fact.kind != "none" and fact.origin == origin]
        before = count
        counter = None if progress is None else (lambda now, _: progress(before + now, total))  # noqa: B023
        result = run(
            plan,
            war.world,
            executor=executor,
            store=store,
            evaluate=measures(mine, questions),
            progress=counter,
        )
        count += plan.members
        values |= {fact.id: result.verdicts.get(fact.id) for fact in mine}
    return tuple(judged(fact, values[fact.id], recorded(war, fact, questions)) for fact in chosen_facts)


def measures(
    chosen_facts: Sequence[Fact], questions: Mapping[str, Question]
) -> Callable[[Trajectories], dict[str, Floats]]:
    """What is asked of each chunk: a number a war by the id of the fact, NaN throughout where nothing speaks of it."""

    def measure(chunk: Trajectories) -> dict[str, Floats]:
        values = {}
        for fact in chosen_facts:
            try:
                values[fact.id] = value(chunk, fact, questions)
            except Lacking:
                values[fact.id] = np.full(chunk.members, -np.inf)
        return values

    return measure


def value(chunk: Trajectories, fact: Fact, questions: Mapping[str, Question]) -> Floats:
    """The statistic of a fact [m]. Raises `Lacking`."""
    if fact.kind == "question":
        return np.asarray(evaluate(questions[fact.question], chunk).quantity, np.float64)
    return np.asarray(KINDS[fact.kind](chunk, fact), np.float64)


def recorded(war: War, fact: Fact, questions: Mapping[str, Question]) -> float | None:
    """The statistic of the record itself, week by week as in the model; None where it has none or has gaps."""
    if fact.kind == "none":
        return None
    whole = record_trajectory(war.world, fact.origin, war.world.until)
    if fact.kind != "question":
        if whole.observed is not None:
            return None
        whole = replace(whole, dates=whole.dates[::7], control=whole.control[:, ::7])
    try:
        value_recorded = float(value(whole, fact, questions)[0])
    except Lacking:
        return None
    return None if np.isnan(value_recorded) else value_recorded


def judged(fact: Fact, values: Floats | None, record: float | None = None) -> Finding:
    """A fact judged by the rule of this file."""
    if values is None or (values.size and (values == -np.inf).all()):
        return Finding(fact, ABSENT, 0, 0, (), None, record)
    finite = values[~np.isnan(values) & (values != -np.inf)]
    if finite.size < LEAST:
        return Finding(fact, RARE, int(finite.size), int(values.size), (), None, record)
    points = tuple(float(q) for q in np.quantile(finite, LEVELS, method="inverted_cdf"))
    inside = float(((finite >= fact.low) & (finite <= fact.high)).mean())
    if fact.low <= points[2] <= fact.high:
        verdict = TYPICAL
    else:
        verdict = POSSIBLE if points[0] <= fact.high and points[-1] >= fact.low else MISSED
    return Finding(fact, verdict, int(finite.size), int(values.size), points, inside, record)
