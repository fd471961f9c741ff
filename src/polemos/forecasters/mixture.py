"""The forecast: a geometric mixture of what the front hazard, the model, the trees and the simple rules say.

    ln p = sum_i w_i(lead) ln((1 - e) p_i + e / K) + a constant,    e = .0001

The weights are those of the library by lead (`polemos.forecasters.mixture_weights`); a member that failed over the past
year loses weight, what is left is scaled to sum to 1, and where the mixture itself is off, so are its odds of a change
(`polemos.forecasters.self_check`). A geometric mixture is as
sure as its members where they agree (Genest and Zidek 1986), where a linear one is less sure than it should be
(Ranjan and Gneiting 2010). The simple rules are one member, their geometric mean: it loses less than the one that was
best so far. An organisation that holds nothing gets the linear mean: of whether it comes the members know so little
that the surest of them would decide.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING

import numpy as np

from polemos.forecasters.base import Forecaster
from polemos.forecasters.mixture_weights import MEMBERS, LibraryWeights, library_weights
from polemos.forecasters.self_check import PastForecast, Track, fallen_due, shifted
from polemos.forecasters.simulated_forecast import Foretold, Past, foretell, pooled_totals
from polemos.forecasters.weekly_grid import origin_of
from polemos.questions.answer import Answer
from polemos.record.world import Days, Floats, Holders, World

if TYPE_CHECKING:
    from polemos.questions.questions import Question

FLOOR = 0.0001
"""Share of the even forecast that is mixed into each member."""
SIMULATORS = ("front", "model")
"""Members whose simulated wars answer what is asked of trajectories."""
CHECKED_BACK = (17, 35, 52)
"""Weeks before the origin at which the members are asked for the self-check."""
FEWEST_WEEKS = 26
"""Weeks of the record before an origin at which they are."""
CHECK_MEMBERS = 60
"""Simulated wars of such a forecast."""


@dataclass(frozen=True, slots=True, eq=False)
class Mixed:
    """A mixture from one origin, with what it is made of.

    `dates` [L]; `probability` [L, P, K]; `members` names N forecasters, `said` [N, L, P, K] is what they say, `weights`
    [L, N] their weights after the self-check and `library` [L, N] those before. `checks` [L] are their tracks and
    `level` [L] that of the mixture, None where nothing fell due in the past year.
    """

    dates: Days
    probability: Floats
    members: tuple[str, ...]
    said: Floats
    weights: Floats
    library: Floats
    checks: tuple[tuple[Track, ...] | None, ...]
    level: tuple[Track | None, ...]

    def share(self, member: str) -> float:
        """Mean over leads of a simulator's weight among the simulators, 0 where none of them has any."""
        rows = [self.members.index(name) for name in SIMULATORS if name in self.members]
        if member not in self.members or not self.weights[:, rows].sum():
            return 0.0
        own = self.weights[:, self.members.index(member)]
        return float(np.mean(own / self.weights[:, rows].sum(axis=1)))


def geometric(forecasts: Floats, weights: Floats, floor: float = FLOOR) -> Floats:
    """The geometric mixture of forecasts [N, ..., K] with weights [N]: [..., K], summing to 1 over the last axis."""
    with np.errstate(divide="ignore"):
        logs = np.log((1 - floor) * np.asarray(forecasts, float) + floor / forecasts.shape[-1])
    mean = np.tensordot(weights[weights > 0], logs[weights > 0], 1)
    mixed = np.exp(mean - mean.max(axis=-1, keepdims=True))
    return np.asarray(mixed / mixed.sum(axis=-1, keepdims=True))


def mixture_of(forecasts: Floats, weights: Floats, holders: Holders) -> Floats:
    """The mixture of forecasts [N, P, K] with weights [N]: linear for an organisation that is none of the `holders`
    [P], geometric for the rest, who share what is left."""
    shares = geometric(forecasts, weights)
    landless = np.setdiff1d(np.arange(forecasts.shape[-1] - 1), holders)
    if landless.size:
        shares[:, landless] = 0.0
        come = np.tensordot(weights, forecasts[..., landless], 1)
        shares *= (1 - come.sum(axis=-1, keepdims=True)) / shares.sum(axis=-1, keepdims=True)
        shares[:, landless] = come
    return shares


def mix(
    world: World,
    dates: Days,
    members: Sequence[str],
    forecasts: Floats,
    library: Floats,
    past: Sequence[PastForecast] = (),
) -> Mixed:
    """Mix what members say [N, L, P, K], with the weights of the library [L, N] and their forecasts of the past."""
    days = (np.asarray(dates, "datetime64[D]") - origin_of(world)).astype(int)
    holders = world.holders([origin_of(world)])[0]
    weights = np.array(library, float)
    checks: list[tuple[Track, ...] | None] = []
    level: list[Track | None] = []
    probability = []
    for row, lead in enumerate(days):
        due = fallen_due(world, past, int(lead))
        checks.append(None if due is None else due.tracks())
        weights[row] *= [track.share_kept for track in checks[-1] or ()] or 1.0
        weights[row] /= weights[row].sum()
        now = mixture_of(forecasts[:, row], weights[row], holders)
        if due is None:
            level.append(None)
        else:
            then = zip(due.said, due.before, strict=True)
            level.append(due.track_of([mixture_of(one, weights[row], before) for one, before in then]))
        probability.append(now if level[-1] is None else shifted(now, holders, level[-1].beyond))
    return Mixed(dates, np.stack(probability), tuple(members), forecasts, weights, library, tuple(checks), tuple(level))


@dataclass(frozen=True, slots=True)
class Mixture:
    """The mixture called *forecast*; see `Forecaster`. Members without a weight are not asked.

    `rules` are the simple rules that stand as one member, `weights` those of the library.
    """

    front: Forecaster
    model: Forecaster
    trees: Forecaster
    rules: tuple[Forecaster, ...]
    weights: LibraryWeights = field(default_factory=library_weights)
    name: str = "forecast"

    @property
    def groups(self) -> Mapping[str, tuple[Forecaster, ...]]:
        """The forecasters of each member that has a weight."""
        tables = [self.weights.all_wars, *self.weights.without.values()]
        own = {"front": (self.front,), "model": (self.model,), "trees": (self.trees,), "rules": self.rules}
        return {
            name: own[name]
            for column, name in enumerate(MEMBERS)
            if any(row[column] > 0 for table in tables for row in table.table)
        }

    def asks(self, member: str) -> bool:
        """Whether a member has a weight somewhere."""
        return member in self.groups

    @property
    def parts(self) -> tuple[Forecaster, ...]:
        """The forecasters that must be asked, in the order of `combine`."""
        return tuple(one for group in self.groups.values() for one in group)

    @property
    def simulators(self) -> Mixture:
        """The same of the simulators alone, whose weights stand to each other as in the whole."""
        return replace(self, weights=self.weights.only(SIMULATORS))

    def mixed(self, world: World, dates: Days, forecasts: Sequence[Foretold], past: Sequence[Past] = ()) -> Mixed:
        """The mixture of what the parts say, checked against what they said in the `past`."""
        names = tuple(self.groups)
        days = (np.asarray(dates, "datetime64[D]") - origin_of(world)).astype(int)
        table = self.weights.of(world.name)
        library = np.array([table.at(float(lead)) for lead in days])[:, [MEMBERS.index(name) for name in names]]
        before = [PastForecast(one.origin, one.dates, self._grouped(one.said)) for one in past]
        return mix(world, dates, names, self._grouped(forecasts), library, before)

    def combine(self, world: World, dates: Days, forecasts: Sequence[Foretold], past: Sequence[Past] = ()) -> Foretold:
        """What the mixture says from what its parts say; see `Composite`."""
        mixed = self.mixed(world, dates, forecasts, past)
        by_part = dict(zip((id(part) for part in self.parts), forecasts, strict=True))
        totals = {
            name: own.totals
            for name in SIMULATORS
            if name in mixed.members and (own := by_part[id(self.groups[name][0])]).totals is not None
        }
        return Foretold(mixed.probability, pooled_totals(totals, {name: mixed.share(name) for name in totals}))

    def _grouped(self, forecasts: Sequence[Foretold]) -> Floats:
        """What each member says [N, L, P, K] from what the parts say."""
        rest, rows = list(forecasts), []
        for group in self.groups.values():
            own, rest = np.stack([one.probability for one in rest[: len(group)]]), rest[len(group) :]
            rows.append(own[0] if len(own) == 1 else geometric(own, np.full(len(own), 1 / len(own))))
        return np.stack(rows)

    def look_back(self, world: World, dates: Days, parts: Sequence[Forecaster] | None = None) -> list[Past]:
        """What the parts (by default all) said at some origins of the past year, with few members, for the leads of
        `dates` that fell due since; nothing where the record is too short."""
        parts = self.parts if parts is None else parts
        origin = origin_of(world)
        days = np.unique((np.asarray(dates, "datetime64[D]") - origin).astype(int))
        looks = []
        for weeks in CHECKED_BACK:
            then = origin - np.timedelta64(7 * weeks, "D")
            if then - world.start < np.timedelta64(7 * FEWEST_WEEKS, "D"):
                break
            due = then + days[days <= 7 * weeks + 3].astype("timedelta64[D]")
            due = np.minimum(due, origin)
            if due.size:
                cut = world.as_of(then)
                looks.append(Past(then, due, tuple(foretell(cheap(part), cut, due) for part in parts)))
        return looks

    def foretell(self, world: World, leads: Days) -> Foretold:
        """See `Simulator.foretell`."""
        forecasts = [foretell(part, world, leads) for part in self.parts]
        return self.combine(world, leads, forecasts, self.look_back(world, leads))

    def forecast(self, world: World, leads: Days) -> Floats:
        """See `Forecaster.forecast`."""
        return self.foretell(world, leads).probability

    def answer(self, world: World, questions: Sequence[Question], until: np.datetime64) -> list[Answer]:
        """See `Forecaster.answer`: the linear pool of the simulators, by their weights a year ahead.

        What only one of them has an answer to is answered by that one.
        """
        table = self.weights.of(world.name).at(365.0)
        names = [name for name in SIMULATORS if name in self.groups]
        by_member = [self.groups[name][0].answer(world, questions, until) for name in names]
        weights = [float(table[MEMBERS.index(name)]) for name in names]
        return [pooled_answer(answers, weights) for answers in zip(*by_member, strict=True)]


def cheap(forecaster: Forecaster) -> Forecaster:
    """The same with few simulated wars, if it simulates."""
    many = getattr(forecaster, "members", 0)
    if many <= CHECK_MEMBERS or "members" not in {one.name for one in fields(forecaster)}:  # type: ignore[arg-type]
        return forecaster
    return replace(forecaster, members=CHECK_MEMBERS)  # type: ignore[type-var]


def pooled_answer(answers: Sequence[Answer], weights: Sequence[float]) -> Answer:
    """The weighted mean of the answers that carry a probability; the first answer as it stands where none does.

    Quantiles are not pooled.
    """
    parts = [(one, weight) for one, weight in zip(answers, weights, strict=True) if one.probability is not None]
    total = sum(weight for _, weight in parts)
    if not total:
        return replace(answers[0], quantiles=None)
    mean = sum(weight * (one.probability or 0.0) for one, weight in parts) / total
    error = float(np.sqrt(sum((weight * one.error) ** 2 for one, weight in parts))) / total
    return Answer(answers[0].question, mean, error, "answered")
