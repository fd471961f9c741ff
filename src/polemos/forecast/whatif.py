"""Paired experiments: a war simulated with and without a change, every draw shared, and what differs.

The same member of both ensembles is the same war but for the change, so differences are taken member by member. What
comes out is a property of the model, not a finding about the war.
"""

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
from polemos.forecast.pairs import Pair, comes, gain, measures, mixed, planned, series, within
from polemos.forecast.questions import Question
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
    points of the difference of the quantity, a time that never comes counting as the last day of the run. `gain` says
    how many times as many members an unpaired comparison needs for the same error (None: no member differs).
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
    gain: float | None = None


@dataclass(frozen=True, slots=True)
class Shift:
    """Medians of a series of an organisation on the last day, and quantiles of the paired difference at `LEVELS`.

    `gain` as in `Effect`, of the mean.
    """

    organisation: str
    series: str
    factual: float
    counterfactual: float
    difference: tuple[float, ...]
    gain: float | None = None


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
    theory: str = NEUTRAL,
    origin: object = None,
    until: object = None,
    members: int = MEMBERS,
    seed: int = 1,
    threads: int | None = None,
    keep: Path | str | None = "runs",
    tell: Tell | None = None,
) -> tuple[Pair, tuple[Shapley, ...]]:
    """Both runs of an experiment, and its Shapley values where it names players.

    `origin` and `until` take the place of its own; `tell` is told of each run before it begins. Raises `PlanError`.
    """
    factual = war.plan(
        origin=experiment.origin if origin is None else origin,
        until=experiment.to if until is None else until,
        members=members,
        seed=seed,
        inputs=experiment.inputs,
        theory=theory,
        added=experiment.processes,
    )
    asked = tuple(question for question in questions if within(question, factual.until))
    sets = _coalitions(war, factual, experiment) if experiment.players else {}
    other = planned(war, factual, changes_of(experiment))
    games: tuple[Shapley, ...] = ()
    if experiment.players:
        games = tuple(_games(war, sets, tuple(experiment.players), asked, threads, keep, tell))
    runs = []
    for name, plan in (("factual", factual), ("counterfactual", other)):
        if tell:
            tell(f"the {name} run")
        runs.append(_run(war, plan, measures(asked), threads, keep))
    dates = runs[0].summary.dates
    before = runs[0].verdicts
    after = mixed(before, runs[1].verdicts, comes(experiment.probability, seed, members))
    return Pair(factual, other, asked, dates[dates >= factual.origin], before, after), games


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
    """What came of an experiment."""
    plan, one, two = pair.factual, pair.after, pair.before
    found = effects_of(pair)
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
        effects=found,
        silent=tuple(sorted({question.id for question in questions} - {one.question for one in found})),
        shifts=tuple(_shifts(war, one, two)),
        parted=float(parts.mean()),
        first=str(pair.dates[weeks.min()]) if weeks.size else None,
        median=str(pair.dates[int(np.median(weeks))]) if weeks.size else None,
        deaths=_quantiles(one["deaths"] - two["deaths"]),
        extra=tuple(_extra(war, one, two)),
        games=games,
        thin=thin(war, plan.origin),
        seconds=seconds,
    )


def effects_of(pair: Pair) -> tuple[Effect, ...]:
    """The effect on every question that has an answer in both runs."""
    found = (effect(q, pair.before[q.id], pair.after[q.id], pair.factual) for q in pair.questions)
    return tuple(one for one in found if one is not None)


def first_day(war: War, experiment: Experiment) -> Any:
    """The scenario's origin or, where a change comes before it, the day before the first change."""
    from polemos.argument.changes import read_change

    days = [change.date for change in map(read_change, experiment.changes) if change.date]
    usual = war.origin()
    first = min((np.datetime64(day) for day in days), default=usual)
    return usual if first >= usual else max(first - np.timedelta64(1, "D"), war.world.start)


def _run(
    war: War,
    plan: Plan,
    measure: Callable[[Trajectories], dict[str, NDArray[Any]]],
    threads: int | None,
    keep: Path | str | None,
) -> Run:
    from polemos.ensemble.run import run

    return run(plan, war.world, threads=threads, keep=keep, evaluate=measure)


def _ends(questions: Sequence[Question]) -> Callable[[Trajectories], dict[str, NDArray[Any]]]:
    """What a game asks of each chunk: the questions, and what is held at the end."""
    from polemos.ensemble.summary import held
    from polemos.forecast.evaluate import reducer

    ask = reducer(questions)

    def measure(chunk: Trajectories) -> dict[str, NDArray[Any]]:
        last, nobody = chunk.control[:, -1:], chunk.world.nobody
        places, people = np.ones(last.shape[2]), chunk.world.places.people
        ends = {"places": held(last, places, nobody)[:, 0], "people": held(last, people, nobody)[:, 0]}
        return {**ask(chunk), **ends}

    return measure


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
        gain(before, after),
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
            after, before = one[name][:, -1, o].astype(float), two[name][:, -1, o].astype(float)
            if not (after == before).all():
                medians = float(np.median(before)), float(np.median(after))
                worth = gain(before, after)
                found.append(Shift(organisation, name, *medians, _quantiles(after - before), worth))
    return found


def _extra(war: War, one: Mapping[str, Any], two: Mapping[str, Any]) -> list[Shift]:
    """What further processes keep by organisation, on the last day."""
    found = []
    for name in series(one, war.world.nobody):
        if name in (*SERIES, "attacks"):
            continue
        for o, organisation in enumerate(war.world.organisations.id):
            after, before = one[name][:, -1, o].astype(float), two[name][:, -1, o].astype(float)
            if not np.array_equal(after, before, equal_nan=True):
                medians = float(np.nanmedian(before)), float(np.nanmedian(after))
                worth = gain(before, after)
                found.append(Shift(organisation, name, *medians, _quantiles(after - before), worth))
    return found


def _coalitions(war: War, factual: Plan, experiment: Experiment) -> dict[frozenset[str], Plan]:
    """A plan for every set of players present: the changes of the absent are made."""
    players = tuple(experiment.players)
    plans = {}
    for size in range(len(players) + 1):
        for present in combinations(players, size):
            absent = [change for name in players if name not in present for change in experiment.players[name]]
            plans[frozenset(present)] = planned(war, factual, absent)
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
        tables[present] = _run(war, plan, _ends(questions), threads, keep).verdicts
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
        for held, unit in (("places", "places"), ("people", "people")):
            worth = {present: table[held][:, o].astype(float) for present, table in tables.items()}
            games.append(_game(name, f"{held} held on {until}", unit, players, worth))
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
