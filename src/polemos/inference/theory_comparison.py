"""Rival theories compared by what each expected of what happened: evidence by observable, which adds up, and verdicts.

The evidence of an observable is the log predictive density of all its figures together
(`polemos.inference.predictive_density`); over observables it is the sum, which takes them as independent given a
theory. The rule, the same for every pair, origin and observable: one theory is ahead where its evidence is higher by
`AHEAD` (odds of three to one) or more and the interval of the difference leaves out 0, with priors as written and at
half their widths. The interval holds 90 % over redrawn members: the error of the simulation. What the future would have
been is one draw, and no interval covers it. An overall verdict takes the sum over observables, once with the series of
fighters and once with that of members where both are there, and wants both. Everything else cannot be told apart.
Origins are not summed: what happened after the later one happened after the earlier one too.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from polemos.counterfactual import theory_ladder
from polemos.ensemble.plan import PlanError
from polemos.ensemble.theory import Theory
from polemos.inference import narrowed_priors, predictive_density
from polemos.inference.windows import focus_of

if TYPE_CHECKING:
    from polemos.ensemble.config import RunConfig
    from polemos.ensemble.executor import Executor, Progress
    from polemos.ensemble.posterior_draws import Draws
    from polemos.war.war import War

AHEAD = math.log(3)
WRITTEN, HALF = "as written", "half as wide"
LAND_ROWS = ("beta_t", "l_min")
"""Parameters that tie belief to land; all else in which theories differ is about organisation."""
SERIES = {"fighters": "members", "members": "fighters"}
NOT_APART = "cannot be told apart"
WATCH = "watch"
"""The process that keeps who arrives from abroad; it changes nothing."""


@dataclass(frozen=True, slots=True)
class Point:
    """A theory, or a mixture of two, at a width and an origin, with its score by observable."""

    theory: str
    width: str
    origin: np.datetime64
    scores: dict[str, predictive_density.Score]

    def total(self, without: Sequence[str] = ()) -> tuple[float, np.ndarray]:
        """Sum over observables but some, and the same of redrawn members."""
        scores = [one for name, one in self.scores.items() if name not in without]
        return sum(one.value for one in scores), np.sum([one.redrawn for one in scores], axis=0)


class Difference(NamedTuple):
    """A difference of evidence, and its interval of 90 % over redrawn members."""

    value: float
    low: float
    high: float

    @property
    def error(self) -> float:
        """Half the interval."""
        return (self.high - self.low) / 2


@dataclass(frozen=True, slots=True)
class Verdict:
    """First theory against second: difference of evidence with its interval of 90 %, by width; what is said of it."""

    origin: np.datetime64
    first: str
    second: str
    observable: str
    differences: dict[str, Difference]
    ahead: str


@dataclass(frozen=True, slots=True)
class RowEffect:
    """One difference between two theories alone: the neutral theory with either side of it, second less first."""

    origin: np.datetime64
    name: str
    before: str
    after: str
    by: dict[str, Difference]


@dataclass(frozen=True, slots=True)
class Comparison:
    """All points, verdicts on pairs, and rows alone."""

    points: tuple[Point, ...]
    verdicts: tuple[Verdict, ...]
    rows: tuple[RowEffect, ...]
    members: int


def compare(
    war: War,
    theories: Sequence[str],
    origins: Sequence[np.datetime64],
    config: RunConfig,
    *,
    rows: bool = True,
    draws: Sequence[Draws] = (),
    executor: Executor | None = None,
    store: Path | str | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Ask every theory at every origin, mixtures of the first two among them; see the rule of this file.

    Members and seed are those of `config`. `draws` are posteriors of what the theories share: of each theory, those
    parameters that it speaks of keep its priors. Runs are kept in `store` and reopened. Raises `PlanError`, and where
    nothing that is scored happened after an origin.
    """
    theories_by_name = {name: war.theory(name) for name in theories}
    named_theories: list[tuple[str, Theory]] = list(theories_by_name.items())
    differences: tuple[theory_ladder.Row, ...] = ()
    if len(theories) > 1:
        first, second = theories_by_name[theories[0]], theories_by_name[theories[1]]
        differences = theory_ladder.rows(first, second)
        land = [row for row in differences if set(row.parameters) & set(LAND_ROWS)]
        rest = [row for row in differences if row not in land]
        named_theories.append(
            (f"{theories[0]} on land, {theories[1]} on organisation", theory_ladder.mixed(first, second, rest))
        )
        named_theories.append(
            (f"{theories[1]} on land, {theories[0]} on organisation", theory_ladder.mixed(first, second, land))
        )
    end = war.settings.run_to
    figures_by_origin = {origin: predictive_density.figures(war, origin, end) for origin in origins}
    for origin, figures in figures_by_origin.items():
        if not figures:
            raise PlanError(f"nothing that is scored happened between {origin} and {end}; give an earlier origin")
    tasks = [
        (name, width, origin, theory if width == WRITTEN else narrowed_priors.half(theory))
        for origin in origins
        for name, theory in named_theories
        for width in (WRITTEN, HALF)
    ]
    total = len(tasks) + (2 * len(differences) * len(origins) if rows else 0)
    points: list[Point] = []

    def ask(theory: Theory, name: str, width: str, origin: np.datetime64) -> Point:
        values = _figures(
            war, theory, replace(config, origin=origin, until=end), figures_by_origin[origin], draws, executor, store
        )
        return Point(name, width, origin, predictive_density.scores(values, figures_by_origin[origin]))

    for name, width, origin, theory in tasks:
        points.append(ask(theory, name, width, origin))
        if progress:
            progress(len(points), total)
    effects: list[RowEffect] = []
    if rows and differences:
        base = theory_ladder.mixed(theories_by_name[theories[0]], theories_by_name[theories[1]], ())
        neutral = war.theory("neutral")
        for origin in origins:
            for row in differences:
                sides = [
                    ask(_one(neutral, base, theories_by_name[side], row), side, WRITTEN, origin)
                    for side in (theories[0], theories[1])
                ]
                by = {name: _less(sides[1], sides[0], name) for name in sides[0].scores}
                effects.append(RowEffect(origin, row.name, row.before, row.after, by))
                if progress:
                    progress(len(points) + 2 * len(effects), total)
    return Comparison(tuple(points), tuple(_verdicts(points, theories, origins)), tuple(effects), config.members)


def _one(neutral: Theory, base: Theory, side: Theory, row: theory_ladder.Row) -> Theory:
    """The neutral theory with everything running that either side runs, and one row as a side has it."""
    priors = dict(neutral.priors)
    priors |= {name: side.priors[name] for name in row.parameters if name in side.priors}
    on = set(neutral.processes) | set(base.processes)
    if row.process:
        on = on | {row.process} if row.process in side.processes else on - {row.process}
    return neutral.model_copy(update={"priors": priors, "processes": tuple(sorted(on))})


def _figures(
    war: War,
    theory: Theory,
    config: RunConfig,
    figures: Sequence[predictive_density.Figure],
    draws: Sequence[Draws],
    executor: Executor | None,
    store: Path | str | None,
) -> np.ndarray:
    from polemos.ensemble.plan import make_plan
    from polemos.ensemble.posterior_draws import latest
    from polemos.ensemble.run import run

    posterior = latest(draws, config.origin)
    plan = make_plan(
        war.world,
        replace(
            config,
            theory=theory.name,
            priors=theory.priors,
            without=tuple(theory.without),
            processes=tuple(dict.fromkeys((*theory.processes, WATCH))),
            posterior=None if posterior is None else posterior.without(theory.priors),
        ),
    )
    figures_asked = predictive_density.measure(figures, focus_of(war))
    return np.asarray(run(plan, war.world, executor=executor, store=store, evaluate=figures_asked).verdicts["figures"])


def _less(first: Point, second: Point, observable: str | None, without: Sequence[str] = ()) -> Difference:
    """Difference of evidence in an observable, or in all but some."""
    if observable is None:
        (a, again), (b, other) = first.total(without), second.total(without)
    else:
        one, two = first.scores[observable], second.scores[observable]
        a, again, b, other = one.value, one.redrawn, two.value, two.redrawn
    # The same members are redrawn on both sides, and members share their draws: the error is that of the pairs.
    low, high = np.quantile(again - other, [0.05, 0.95])
    return Difference(a - b, float(low), float(high))


def _verdicts(points: Sequence[Point], theories: Sequence[str], origins: Sequence[np.datetime64]) -> list[Verdict]:
    by = {(point.theory, point.width, point.origin): point for point in points}
    verdicts = []
    for origin in origins:
        for i, first in enumerate(theories):
            for second in theories[i + 1 :]:
                sides = {width: (by[first, width, origin], by[second, width, origin]) for width in (WRITTEN, HALF)}
                observables = sides[WRITTEN][0].scores
                for name in observables:
                    less = {width: _less(*pair, name) for width, pair in sides.items()}
                    verdicts.append(Verdict(origin, first, second, name, less, _ahead(first, second, less)))
                overall = []
                for series, other in SERIES.items():
                    if series in observables:
                        less = {width: _less(*pair, None, (other,)) for width, pair in sides.items()}
                        overall.append(_ahead(first, second, less))
                        verdicts.append(Verdict(origin, first, second, f"all, by {series}", less, overall[-1]))
                agreed = overall[0] if len(overall) == len(SERIES) and len(set(overall)) == 1 else NOT_APART
                verdicts.append(Verdict(origin, first, second, "verdict", {}, agreed))
    return verdicts


def _ahead(first: str, second: str, differences: Mapping[str, Difference]) -> str:
    """Who is ahead at both widths."""
    if all(one.value >= AHEAD and one.low > 0 for one in differences.values()):
        return first
    if all(one.value <= -AHEAD and one.high < 0 for one in differences.values()):
        return second
    return NOT_APART
