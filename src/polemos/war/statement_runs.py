"""The runs that an argument takes: every statement asked at its own origin and to its own horizon.

Statements that share an origin and the processes that they need share a run, which goes as far as the last of them.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from polemos.ensemble.config import RunConfig
from polemos.forecasters.base import Forecaster
from polemos.questions.answer import Answer
from polemos.questions.member_answers import LACKING, STATUS
from polemos.questions.questions import (
    Battle,
    CountOf,
    Moved,
    PledgeCount,
    Question,
    Rising,
    StrengthOf,
    parts,
    span,
)
from polemos.questions.theatre_quantities import TheatreCount, TheatreRank
from polemos.record.world import day

if TYPE_CHECKING:
    from polemos.ensemble.executor import Executor
    from polemos.ensemble.plan import Plan
    from polemos.war.war import War

MEMBERS = 200
MODEL, STILL = "model", "persistence"
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
            np.datetime64(max(max(span(question)[1] for question in asked), origin)) + WEEK,
            processes,
            tuple(asked),
        )
        for (origin, processes), asked in sorted(groups.items(), key=lambda item: item[0])
    )


def of_holders(question: Question) -> bool:
    """Whether who holds what is all that a question looks at, so that a rule on holders has an answer."""
    men = (StrengthOf, Battle, Moved, Rising, TheatreCount, TheatreRank, PledgeCount)
    return not any(
        isinstance(part, men) or (isinstance(part, CountOf) and part.what == "attacks") for part in parts(question)
    )


def of_rules(war: War, asked: Sequence[Sitting], rules: Sequence[Forecaster]) -> dict[str, dict[str, Answer]]:
    """Answers of simple rules by question and rule. Those who know holders alone are asked of nothing else."""
    by_question: dict[str, dict[str, Answer]] = {}
    for sitting in asked:
        cut = war.world.as_of(sitting.origin)
        for rule in rules:
            mine = [one for one in sitting.questions if rule.name == STILL or of_holders(one)]
            last = max((day(span(one)[1]) for one in mine), default=sitting.origin) + WEEK
            for answer in rule.answer(cut, mine, max(last, sitting.origin + WEEK)) if mine else ():
                by_question.setdefault(answer.question, {})[rule.name] = answer
            for one in sitting.questions:
                by_question.setdefault(one.id, {}).setdefault(rule.name, Answer(one.id, None, 0.0, STATUS[LACKING]))
    return by_question


def plan_of(war: War, sitting: Sitting, *, members: int = MEMBERS, seed: int = 1, theory: str = "neutral") -> Plan:
    """The plan of a sitting. Raises `PlanError`."""
    already = (*war.world.processes, *war.theory(theory).processes)
    more = tuple(name for name in sitting.processes if name not in already)
    return war.plan(RunConfig(sitting.origin, sitting.until, members=members, seed=seed, theory=theory, processes=more))


def answers(
    war: War,
    asked: Sequence[Sitting],
    rules: Sequence[Forecaster] = (),
    *,
    members: int = MEMBERS,
    seed: int = 1,
    theory: str = "neutral",
    runs: Path | str | None = None,
    executor: Executor | None = None,
    tell: Tell | None = None,
) -> dict[str, ByForecaster]:
    """Answers by question and forecaster: the model's, and those of the `rules`, which are asked aside.

    Answers and summaries are kept in the folder `runs` and found there again. `tell` is called with each sitting before
    it begins. Raises `PlanError`.
    """
    from concurrent.futures import ThreadPoolExecutor

    from polemos.ensemble.store import FolderStore

    by_question: dict[str, ByForecaster] = {}
    with ThreadPoolExecutor(1) as aside:
        ruled = aside.submit(of_rules, war, asked, rules)
        for sitting in asked:
            if tell:
                tell(str(sitting))
            plan = plan_of(war, sitting, members=members, seed=seed, theory=theory)
            store = None if runs is None else FolderStore(runs, keeps="questions")
            simulation = war.simulate(plan, questions=sitting.questions, store=store, executor=executor)
            by_question |= {answer.question: {MODEL: answer} for answer in simulation.answers}
        said = ruled.result()
    return {name: {**given, **said.get(name, {})} for name, given in by_question.items()}
