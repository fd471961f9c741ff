"""Paired experiments: a war simulated with and without a change, every draw shared, and what differs.

The same member of both ensembles is the same war but for the change, so differences are taken member by member. What
comes out is a property of the model, not a finding about the war.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import comb, sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from polemos.argument.claims import Experiment
from polemos.forecast.questions import Question, span
from polemos.forecast.theory import NEUTRAL
from polemos.record.world import Floats, day

if TYPE_CHECKING:
    from polemos.ensemble.plan import Plan
    from polemos.ensemble.run import Run
    from polemos.forecast.war import War
    from polemos.model.trajectory import Trajectories

Z = 1.6448536
"""Normal quantile of a two-sided interval of 90 %."""

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
SERIES = ("places", "people", "fighters", "underground")
MEMBERS = 200
THIN_YEARS = 2.0
"""Record before an origin under which the front is said to be learnt from little."""

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change does to a question: probabilities of yes among the members asked in both runs.

    `low` and `high` bound the difference, counterfactual less factual, at 90 %. `gained` members answer yes only with
    the change, `lost` only without it. Of a question about a time or a number, `shift` holds the 5, 25, 50, 75 and 95 %
    points of the difference of the quantity, a time that never comes counting as the last day of the run.
    """

    question: str
    title: str
    members: int
    factual: float
    counterfactual: float
    difference: float
    low: float
    high: float
    gained: int
    lost: int
    shift: tuple[float, ...] | None


@dataclass(frozen=True, slots=True)
class Shift:
    """Medians of a series of an organisation on the last day, and quantiles of the paired difference at `LEVELS`."""

    organisation: str
    series: str
    factual: float
    counterfactual: float
    difference: tuple[float, ...]


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


def what_if(
    war: War,
    experiment: Experiment,
    questions: Sequence[Question],
    *,
    claim: str = "",
    text: str = "",
    theory: str = NEUTRAL,
    origin: object = None,
    until: object = None,
    members: int = MEMBERS,
    seed: int = 1,
    threads: int | None = None,
    keep: Path | str | None = "runs",
    tell: Tell | None = None,
) -> WhatIf:
    """Run an experiment. `origin` and `until` take the place of its own; `tell` is told of each run before it begins.

    Raises `PlanError` for a change or a day that this war cannot have.
    """
    import time

    began = time.perf_counter()
    factual = war.plan(
        origin=experiment.origin if origin is None else origin,
        until=experiment.to if until is None else until,
        members=members,
        seed=seed,
        inputs=experiment.inputs,
        theory=theory,
        added=experiment.processes,
    )
    asked = [question for question in questions if _within(question, factual)]
    sets = _coalitions(war, factual, experiment) if experiment.players else {}
    changes = experiment.changes or tuple(c for one in experiment.players.values() for c in one)
    other = _planned(war, factual, changes)
    games: tuple[Shapley, ...] = ()
    if experiment.players:
        games = tuple(_games(war, sets, tuple(experiment.players), asked, threads, keep, tell))
    runs = []
    for name, plan in (("factual", factual), ("counterfactual", other)):
        if tell:
            tell(f"the {name} run")
        runs.append(_run(war, plan, asked, True, threads, keep))
    one, two = (_mixed(runs, experiment.probability, seed, members), runs[0].verdicts)
    effects = [effect(question, two[question.id], one[question.id], factual) for question in asked]
    parting = (one["control"] != two["control"]).any(axis=2)
    parts = parting.any(axis=1)
    weeks = parting.argmax(axis=1)[parts]
    dates = runs[0].summary.dates
    return WhatIf(
        claim=claim,
        text=text,
        experiment=experiment.text,
        note=experiment.note,
        scenario=war.name,
        origin=str(factual.origin),
        until=str(factual.until),
        members=members,
        seed=seed,
        inputs=factual.inputs,
        processes=experiment.processes,
        changes=changes,
        probability=experiment.probability,
        effects=tuple(found for found in effects if found is not None),
        silent=tuple(
            sorted({question.id for question in questions} - {found.question for found in effects if found is not None})
        ),
        shifts=tuple(_shifts(war, one, two)),
        parted=float(parts.mean()),
        first=str(dates[weeks.min()]) if weeks.size else None,
        median=str(dates[int(np.median(weeks))]) if weeks.size else None,
        deaths=_quantiles(one["deaths"] - two["deaths"]),
        extra=tuple(_extra(war, one, two)),
        games=games,
        thin=thin(war, factual.origin),
        seconds=time.perf_counter() - began,
    )


def _planned(war: War, base: Plan, changes: Sequence[str]) -> Plan:
    """A plan with changes, checked against the war."""
    from polemos.ensemble.plan import make_plan

    checked = make_plan(
        war.world,
        base.origin,
        base.until,
        members=base.members,
        seed=base.seed,
        inputs=base.inputs,
        changes=changes,
        added=base.added,
    )
    return replace(base, changes=checked.changes)


def _within(question: Question, plan: Plan) -> bool:
    """Whether a run can have something to say: the question does not look past its last day."""
    return bool(day(span(question)[1]) <= plan.until + np.timedelta64(6, "D"))


def _run(
    war: War, plan: Plan, questions: Sequence[Question], whole: bool, threads: int | None, keep: Path | str | None
) -> Run:
    from polemos.ensemble.run import run

    return run(plan, war.world, threads=threads, keep=keep, evaluate=_measures(questions, whole))


def _measures(questions: Sequence[Question], whole: bool) -> Callable[[Trajectories], dict[str, NDArray[Any]]]:
    """What is asked of each chunk: the questions, what is held at the end and, of whole runs, the rest."""
    from polemos.ensemble.summary import held
    from polemos.forecast.evaluate import reducer

    ask = reducer(questions)

    def measure(chunk: Trajectories) -> dict[str, NDArray[Any]]:
        found: dict[str, NDArray[Any]] = dict(ask(chunk))
        last, nobody = chunk.control[:, -1:], chunk.world.nobody
        found["places"] = held(last, np.ones(last.shape[2]), nobody)[:, 0]
        found["people"] = held(last, chunk.world.places.people, nobody)[:, 0]
        if not whole:
            return found
        found["control"] = chunk.control
        for name, values in chunk.strengths.items():
            found[name] = values[:, -1]
        found["deaths"] = np.zeros(chunk.members)
        if chunk.battles is not None:
            np.add.at(found["deaths"], chunk.battles.member, chunk.battles.deaths)
        return found

    return measure


def _mixed(runs: Sequence[Run], probability: float, seed: int, members: int) -> dict[str, NDArray[Any]]:
    """The counterfactual members, in a share of them; in the others the change does not come about."""
    factual, other = runs[0].verdicts, runs[1].verdicts
    if probability >= 1:
        return dict(other)
    comes = np.random.default_rng(seed).random(members) < probability
    return {
        name: np.where(comes.reshape(-1, *(1,) * (other[name].ndim - 1)), other[name], factual[name]) for name in other
    }


def effect(question: Question, factual: Floats, counterfactual: Floats, plan: Plan) -> Effect | None:
    """The effect on a question, from the tables [m, 3] of both runs; None where no member was asked in both.

    The interval is that of Agresti and Min (2005, doi 10.1002/sim.1781): half a member is added to each cell of the
    paired table, so that an effect seen in no member is not called certain.
    """
    from polemos.forecast.questions import FirstTime

    before, after = factual[:, 0], counterfactual[:, 0]
    known = ~np.isnan(before) & ~np.isnan(after)
    if not known.any():
        return None
    before, after = before[known], after[known]
    gained, lost, n = int(((after == 1) & (before == 0)).sum()), int(((after == 0) & (before == 1)).sum()), before.size
    low, high = paired_interval(gained, lost, n)
    shift = None
    if isinstance(question, FirstTime):
        horizon = float((plan.until - day(question.origin)).astype(int))
        shift = _quantiles(np.minimum(counterfactual[known, 1], horizon) - np.minimum(factual[known, 1], horizon))
    return Effect(
        question.id,
        question.title,
        n,
        float(before.mean()),
        float(after.mean()),
        (gained - lost) / n,
        low,
        high,
        gained,
        lost,
        shift,
    )


def paired_interval(gained: int, lost: int, members: int) -> tuple[float, float]:
    """90 % interval of the difference of two paired proportions, Agresti and Min (2005)."""
    b, c, n = gained + 0.5, lost + 0.5, members + 2.0
    difference = (b - c) / n
    width = Z * sqrt(max((b + c) - (b - c) ** 2 / n, 0.0)) / n
    return max(-1.0, difference - width), min(1.0, difference + width)


def _quantiles(values: Floats) -> tuple[float, ...]:
    return tuple(float(q) for q in np.quantile(values, LEVELS))


def _shifts(war: War, one: Mapping[str, Any], two: Mapping[str, Any]) -> list[Shift]:
    """The last day's series of every organisation that either run moves."""
    found = []
    for name in SERIES:
        if name not in one:
            continue
        for o, organisation in enumerate(war.world.organisations.id):
            after, before = one[name][:, o].astype(float), two[name][:, o].astype(float)
            if not (after == before).all():
                medians = float(np.median(before)), float(np.median(after))
                found.append(Shift(organisation, name, *medians, _quantiles(after - before)))
    return found


def _extra(war: War, one: Mapping[str, Any], two: Mapping[str, Any]) -> list[Shift]:
    """What further processes keep by organisation, on the last day."""
    known = {*SERIES, "control", "deaths"}
    found = []
    for name in one:
        values = one[name]
        if name in known or values.ndim != 2 or values.shape[1] != war.world.nobody:
            continue
        for o, organisation in enumerate(war.world.organisations.id):
            after, before = values[:, o].astype(float), two[name][:, o].astype(float)
            if not np.array_equal(after, before, equal_nan=True):
                medians = float(np.nanmedian(before)), float(np.nanmedian(after))
                found.append(Shift(organisation, name, *medians, _quantiles(after - before)))
    return found


def _coalitions(war: War, factual: Plan, experiment: Experiment) -> dict[frozenset[str], Plan]:
    """A plan for every set of players present: the changes of the absent are made."""
    players = tuple(experiment.players)
    plans = {}
    for size in range(len(players) + 1):
        for present in combinations(players, size):
            absent = [change for name in players if name not in present for change in experiment.players[name]]
            plans[frozenset(present)] = _planned(war, factual, absent)
    return plans


def _games(
    war: War,
    plans: Mapping[frozenset[str], Plan],
    players: tuple[str, ...],
    questions: Sequence[Question],
    threads: int | None,
    keep: Path | str | None,
    tell: Tell | None,
) -> list[Shapley]:
    """Shapley values of every question (probability and, of a first time, days) and of what the focus holds."""
    from polemos.forecast.questions import FirstTime

    tables: dict[frozenset[str], Mapping[str, Any]] = {}
    for number, (present, plan) in enumerate(plans.items(), 1):
        if tell:
            tell(f"set {number} of {len(plans)}: {', '.join(sorted(present)) or 'none of them'}")
        tables[present] = _run(war, plan, questions, False, threads, keep).verdicts
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
        for series, unit in (("places", "places"), ("people", "people")):
            worth = {present: table[series][:, o].astype(float) for present, table in tables.items()}
            games.append(_game(name, f"{series} held on {until}", unit, players, worth))
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
