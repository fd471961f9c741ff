"""What differs between two runs that share every draw: questions, and series of organisations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from polemos.counterfactual.paired_runs import Pair, gain, series
from polemos.questions.questions import Question
from polemos.record.world import Floats, day

if TYPE_CHECKING:
    from polemos.ensemble.plan import Plan
    from polemos.war.war import War

Z = 1.6448536
"""Normal quantile of a two-sided interval of 90 %."""

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
SERIES = ("places", "people", "fighters", "underground")


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


def effects_of(pair: Pair) -> tuple[Effect, ...]:
    """The effect on every question that has an answer in both runs."""
    effects = (effect(q, pair.before[q.id], pair.after[q.id], pair.factual) for q in pair.questions)
    return tuple(one for one in effects if one is not None)


def effect(question: Question, factual: Floats, counterfactual: Floats, plan: Plan) -> Effect | None:
    """The effect on a question, from the tables [m, 3] of both runs; None where no member was asked in both.

    The interval is that of Agresti and Min (2005, doi 10.1002/sim.1781): half a member is added to each cell of the
    paired table, so that an effect seen in no member is not called certain.
    """
    from polemos.questions.questions import FirstTime

    before, after = factual[:, 0], counterfactual[:, 0]
    present = ~np.isnan(before) & ~np.isnan(after)
    if not present.any():
        return None
    before, after = before[present], after[present]
    gained, lost, n = int(((after == 1) & (before == 0)).sum()), int(((after == 0) & (before == 1)).sum()), before.size
    low, high = paired_interval(gained, lost, n)
    shift = None
    if isinstance(question, FirstTime):
        horizon = float((plan.until - day(question.origin)).astype(int))
        shift = quantiles(np.minimum(counterfactual[present, 1], horizon) - np.minimum(factual[present, 1], horizon))
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


def quantiles(values: Floats) -> tuple[float, ...]:
    """The points `LEVELS` of values."""
    return tuple(float(q) for q in np.quantile(values, LEVELS))


def shifts(war: War, one: Mapping[str, Any], two: Mapping[str, Any], names: Iterable[str]) -> tuple[Shift, ...]:
    """The last day's series of those names, of every organisation that either run moves.

    A series that only one run has, since its process is off in the other, has nothing to be compared with.
    """
    shifts_by_size = []
    for name in names:
        if name not in one or name not in two:
            continue
        for o, organisation in enumerate(war.world.organisations.id):
            after, before = one[name][:, -1, o].astype(float), two[name][:, -1, o].astype(float)
            if not np.array_equal(after, before, equal_nan=True):
                medians = float(np.nanmedian(before)), float(np.nanmedian(after))
                shifts_by_size.append(
                    Shift(organisation, name, *medians, quantiles(after - before), gain(before, after))
                )
    return tuple(shifts_by_size)


def further(one: Mapping[str, Any], nobody: int) -> list[str]:
    """Names of the series that further processes keep by organisation."""
    return [name for name in series(one, nobody) if name not in (*SERIES, "attacks")]
