"""Shapley values of the changes of an experiment: the share of each in the difference that all make together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb, sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from polemos.argument.claims import Experiment
from polemos.counterfactual.effects import Z
from polemos.counterfactual.paired_runs import planned
from polemos.questions.questions import Question
from polemos.record.world import Floats, day

if TYPE_CHECKING:
    from polemos.ensemble.executor import Executor
    from polemos.ensemble.plan import Plan
    from polemos.model.trajectory import Trajectories
    from polemos.war.war import War

Tell = Callable[[str], None]
"""What is told of each run before it begins."""


@dataclass(frozen=True, slots=True)
class Share:
    """The part of one player in what all do together (Shapley 1953): mean over members, 90 % interval."""

    player: str
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Shapley:
    """A game: the value of every set of players present, and the share of each in the difference all make.

    `measure` says what is counted, in `unit`, of a `subject`: a question, or an organisation.
    """

    subject: str
    measure: str
    unit: str
    values: Mapping[tuple[str, ...], float]
    shares: tuple[Share, ...]


def _ends(questions: Sequence[Question]) -> Callable[[Trajectories], dict[str, NDArray[Any]]]:
    """What a game asks of each chunk: the questions, and what is held at the end."""
    from polemos.ensemble.summary import held_weights
    from polemos.questions.evaluate import reducer

    ask = reducer(questions)

    def measure(chunk: Trajectories) -> dict[str, NDArray[Any]]:
        last, nobody = chunk.control[:, -1:], chunk.world.nobody
        places, people = np.ones(last.shape[2]), chunk.world.places.people
        ends = {"places": held_weights(last, places, nobody)[:, 0], "people": held_weights(last, people, nobody)[:, 0]}
        return {**ask(chunk), **ends}

    return measure


def coalitions(war: War, factual: Plan, experiment: Experiment) -> dict[frozenset[str], Plan]:
    """A plan for every set of players present: the changes of the absent are made."""
    players = tuple(experiment.players)
    plans = {}
    for size in range(len(players) + 1):
        for present in combinations(players, size):
            absent = [change for name in players if name not in present for change in experiment.players[name]]
            plans[frozenset(present)] = planned(war, factual, absent)
    return plans


def play(
    war: War,
    plans: Mapping[frozenset[str], Plan],
    players: tuple[str, ...],
    questions: Sequence[Question],
    executor: Executor | None,
    store: Path | str | None,
    tell: Tell | None,
) -> list[Shapley]:
    """Shapley values of every question (probability and, of a first time, days) and of what the focus holds."""
    from polemos.ensemble.run import run
    from polemos.questions.questions import FirstTime

    tables: dict[frozenset[str], Mapping[str, Any]] = {}
    for number, (present, plan) in enumerate(plans.items(), 1):
        if tell:
            tell(f"set {number} of {len(plans)}: {', '.join(sorted(present)) or 'none of them'}")
        tables[present] = run(plan, war.world, executor=executor, store=store, evaluate=_ends(questions)).verdicts
    games = []
    for question in questions:
        yes = {present: table[question.id][:, 0] for present, table in tables.items()}
        if any(np.isnan(values).any() for values in yes.values()):
            continue
        games.append(_game(question.id, "probability of yes", "", players, yes))
        if isinstance(question, FirstTime):
            horizon = float((next(iter(plans.values())).until - day(question.origin)).astype(int))
            days = {present: np.minimum(table[question.id][:, 1], horizon) for present, table in tables.items()}
            games.append(_game(question.id, "days until it comes, at most to the last day", "days", players, days))
    until = next(iter(plans.values())).until
    for name in war.settings.focus:
        o = war.world.organisation(name)
        for measure, unit in (("places", "places"), ("people", "people")):
            worth = {present: table[measure][:, o].astype(float) for present, table in tables.items()}
            games.append(_game(name, f"{measure} held on {until}", unit, players, worth))
    return games


def _game(
    subject: str, measure: str, unit: str, players: tuple[str, ...], worth: Mapping[frozenset[str], Floats]
) -> Shapley:
    shares = []
    for player, values in shapley(players, worth).items():
        width = Z * float(values.std(ddof=1)) / sqrt(values.size) if values.size > 1 else 0.0
        shares.append(Share(player, float(values.mean()), float(values.mean()) - width, float(values.mean()) + width))
    means = {tuple(name for name in players if name in present): float(v.mean()) for present, v in worth.items()}
    return Shapley(subject, measure, unit, means, tuple(shares))


def shapley(players: Sequence[str], worth: Mapping[frozenset[str], Floats]) -> dict[str, Floats]:
    """Each player's Shapley value [m], from the worth [m] of every set of players.

    `phi_i = sum over S without i of |S|! (n - |S| - 1)! / n! (v(S + i) - v(S))` (Shapley 1953). They sum to the worth
    of all less that of none. Raises `KeyError` where a set is missing.
    """
    n = len(players)
    values = {}
    for player in players:
        others = [name for name in players if name != player]
        total = np.zeros_like(worth[frozenset(players)], dtype=float)
        for size in range(n):
            weight = 1.0 / (n * comb(n - 1, size))
            for chosen in combinations(others, size):
                total += weight * (worth[frozenset((*chosen, player))] - worth[frozenset(chosen)])
        values[player] = total
    return values
