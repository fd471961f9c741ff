"""The runs that an argument needs: every statement is asked at its own origin and to its own horizon.

Statements that share an origin and the processes that they need share a run, which goes as far as the last of them. The
forecast pools the wars of such a run with as many of the front hazard from the same day, by the weights that the two
have in the mixture; what only the model simulates it answers alone.
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from polemos.ensemble.config import RunConfig
from polemos.forecasters.base import Forecaster
from polemos.questions.answer import Answer
from polemos.questions.member_answers import LACKING, STATUS
from polemos.questions.questions import Battle, Moved, Question, Rising, parts, span
from polemos.questions.terms import CountOf, PledgeCount, StrengthOf
from polemos.questions.theatre_quantities import TheatreCount, TheatreRank
from polemos.record.world import day

if TYPE_CHECKING:
    from polemos.ensemble.executor import Executor
    from polemos.ensemble.plan import Plan
    from polemos.forecasters.pooled_wars import PooledWars
    from polemos.war.simulation import Simulation
    from polemos.war.war import War

MEMBERS = 200
AT_ONCE = 2
"""Runs beside each other at most: as many as the setups that are kept (`polemos.ensemble.setup_cache`)."""
FORECAST, MODEL, STILL = "forecast", "model", "persistence"
WEEK = np.timedelta64(7, "D")
Tell = Callable[[str], None]
ByForecaster = Mapping[str, Answer]


@dataclass(frozen=True, slots=True)
class Sitting:
    """Questions that one run answers: those of an origin that need the same further processes."""

    origin: np.datetime64
    until: np.datetime64
    processes: tuple[str, ...]
    questions: tuple[Question, ...]

    def __str__(self) -> str:
        more = f" with {', '.join(self.processes)}" if self.processes else ""
        many = "question" if len(self.questions) == 1 else "questions"
        return f"{len(self.questions)} {many} asked on {self.origin}, to {self.until}{more}"


def of_argument(war: War) -> tuple[Question, ...]:
    """The question closest to each coded claim of either side, in the order of the file, each once."""
    by_id = {question.id: question for question in war.questions}
    claims = () if war.argument is None else war.argument.claims
    closest = (claim.questions[0] for claim in claims if claim.coding and claim.questions)
    return tuple(by_id[name] for name in dict.fromkeys(closest))


def sittings(questions: Sequence[Question]) -> tuple[Sitting, ...]:
    """The runs that answer the questions, by origin; each ends with the last day that one of its questions needs."""
    groups: dict[tuple[datetime.date, tuple[str, ...]], list[Question]] = {}
    for question in questions:
        groups.setdefault((question.origin, tuple(sorted(question.processes))), []).append(question)
    return tuple(
        Sitting(
            np.datetime64(origin),
            # A week more, so that the last step covers the last day.
            np.datetime64(max(max(span(question)[1] for question in at_origin), origin)) + WEEK,
            processes,
            tuple(at_origin),
        )
        for (origin, processes), at_origin in sorted(groups.items(), key=lambda item: item[0])
    )


def of_holders(question: Question) -> bool:
    """Whether who holds what is all that a question looks at, so that a rule on holders has an answer."""
    men = (StrengthOf, Battle, Moved, Rising, TheatreCount, TheatreRank, PledgeCount)
    return not any(
        isinstance(part, men) or (isinstance(part, CountOf) and part.what == "attacks") for part in parts(question)
    )


def of_rules(war: War, sittings_: Sequence[Sitting], rules: Sequence[Forecaster]) -> dict[str, dict[str, Answer]]:
    """Answers of simple rules by question and rule. Those who know holders alone are asked of nothing else."""
    by_question: dict[str, dict[str, Answer]] = {}
    for sitting in sittings_:
        cut = war.world.as_of(sitting.origin)
        for rule in rules:
            mine = [one for one in sitting.questions if rule.name == STILL or of_holders(one)]
            last = max((day(span(one)[1]) for one in mine), default=sitting.origin) + WEEK
            for answer in rule.answer(cut, mine, max(last, sitting.origin + WEEK)) if mine else ():
                by_question.setdefault(answer.question, {})[rule.name] = answer
            for one in sitting.questions:
                by_question.setdefault(one.id, {}).setdefault(rule.name, Answer(one.id, None, 0.0, STATUS[LACKING]))
    return by_question


def front_wars(war: War, sitting: Sitting, *, members: int = MEMBERS, seed: int = 1) -> PooledWars | None:
    """The front hazard's wars from the day of a sitting to its end, with the model's share; None where nothing that is
    asked there is of holders."""
    from polemos.forecasters.front_hazard import FrontHazard
    from polemos.forecasters.mixture_weights import MEMBERS as NAMES
    from polemos.forecasters.mixture_weights import library_weights
    from polemos.forecasters.pooled_wars import PooledWars
    from polemos.war.forecast import dates_of, leads_until

    if not any(of_holders(question) for question in sitting.questions):
        return None
    world = war.world.as_of(sitting.origin)
    dates = dates_of(sitting.origin, leads_until(sitting.origin, sitting.until))
    control, _ = FrontHazard(members, seed, threads=1).trajectories(world, dates, sitting.until)
    table = library_weights().of(world.name)
    by_lead = np.array([table.at(float(days)) for days in (dates - sitting.origin).astype(int)])
    front, model = by_lead[:, NAMES.index("front")], by_lead[:, NAMES.index("model")]
    return PooledWars(world, control, None, float(np.mean(model / (front + model))))


def of_forecast(simulation: Simulation, front: PooledWars | None) -> tuple[Answer, ...]:
    """The forecast's answers to the questions of a run, from its wars and the front hazard's."""
    from polemos.forecasters.pooled_wars import ModelWars

    if front is None:
        return simulation.answers
    wars = replace(front, model=ModelWars(simulation.summary, simulation.run.verdicts))
    own = {answer.question: answer for answer in simulation.answers}
    return tuple(
        wars.answer(question) if of_holders(question) else own[question.id] for question in simulation.questions
    )


def plan_of(war: War, sitting: Sitting, *, members: int = MEMBERS, seed: int = 1, theory: str = "neutral") -> Plan:
    """The plan of a sitting. Raises `PlanError`."""
    already = (*war.world.processes, *war.theory(theory).processes)
    more = tuple(name for name in sitting.processes if name not in already)
    return war.plan(RunConfig(sitting.origin, sitting.until, members=members, seed=seed, theory=theory, processes=more))


def answers(
    war: War,
    sittings_: Sequence[Sitting],
    rules: Sequence[Forecaster] = (),
    *,
    members: int = MEMBERS,
    seed: int = 1,
    theory: str = "neutral",
    fronts: bool = True,
    runs: Path | str | None = None,
    executor: Executor | None = None,
    tell: Tell | None = None,
) -> dict[str, ByForecaster]:
    """Answers by question and forecaster: the forecast's, the model's, and those of the `rules`, asked aside.

    Without `fronts` there is no forecast. Answers and summaries are kept in the folder `runs` and found there again.
    `tell` is called with each sitting before it begins. Raises `PlanError`, and `Interrupted` on Ctrl-C.
    """
    from concurrent.futures import ThreadPoolExecutor

    from polemos.ensemble.executor import Executor, Interrupted
    from polemos.ensemble.store import FolderStore

    executor = executor or Executor()
    at_once = min(executor.workers or os.cpu_count() or 1, AT_ONCE)
    if executor.cluster is None and executor.kind == "threads" and at_once > 1:
        # A run of so few members keeps one thread busy: several run beside each other.
        executor = replace(executor, workers=max(1, (executor.workers or os.cpu_count() or 1) // at_once))
    else:
        at_once = 1

    def simulate(sitting: Sitting) -> Simulation:
        if tell:
            tell(str(sitting))
        plan = plan_of(war, sitting, members=members, seed=seed, theory=theory)
        store = None if runs is None else FolderStore(runs, keeps="questions")
        return war.simulate(plan, questions=sitting.questions, store=store, executor=executor)

    by_question: dict[str, ByForecaster] = {}
    with ThreadPoolExecutor(1) as aside, ThreadPoolExecutor(at_once) as side_by_side:
        ruled = aside.submit(of_rules, war, sittings_, rules)
        simulations = [side_by_side.submit(simulate, one) for one in sittings_]
        beside = [
            aside.submit(front_wars, war, one, members=members, seed=seed) if fronts else None for one in sittings_
        ]
        try:
            for run, front in zip(simulations, beside, strict=True):
                simulation = run.result()
                by_question |= {answer.question: {MODEL: answer} for answer in simulation.answers}
                for answer in of_forecast(simulation, front.result()) if front is not None else ():
                    by_question[answer.question] = {FORECAST: answer, **by_question[answer.question]}
        except BaseException as error:
            for pool in (aside, side_by_side):
                pool.shutdown(cancel_futures=True)
            if not isinstance(error, KeyboardInterrupt):
                raise
            whole = sum(not one.cancelled() and one.exception() is None for one in simulations)
            raise Interrupted(whole, len(simulations), None if runs is None else Path(runs), "runs") from None
        rule_answers = ruled.result()
    return {name: {**answers_given, **rule_answers.get(name, {})} for name, answers_given in by_question.items()}
