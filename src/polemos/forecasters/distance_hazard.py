"""Distance to the front: the nearer a foe by road, the sooner a place changes hands, most often to that foe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from polemos.forecasters.weekly_grid import answers, one_hot, origin_of, steps_to, stream, weeks_back
from polemos.model.past_pace import watched
from polemos.questions.answer import Answer
from polemos.record.world import Days, Floats, Holders, World

if TYPE_CHECKING:
    from polemos.questions.questions import Question

BANDS = (15.0, 30.0, 60.0, 120.0)
"""Upper ends in km of the bands of distance; the last band is farther than any of them, or out of reach."""
BLOCK = 12


def road_km(world: World) -> Floats:
    """Shortest way by road between any two places [P, P]; inf where there is none."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    size = len(world.places.id)
    links = world.links
    graph = csr_array((links.km, (links.a, links.b)), shape=(size, size))  # type: ignore[no-untyped-call]
    return np.asarray(dijkstra(graph, directed=False))


def nearest_foe(holder: Holders, order: NDArray[np.intp], nobody: int) -> NDArray[np.intp]:
    """The nearest place of another organisation, -1 where there is none: [m, P] from holders [m, P].

    `order` [P, P - 1] are the other places, the nearest first.
    """
    nearest = np.full(holder.shape, -1)
    member, place = (index.ravel() for index in np.indices(holder.shape))
    # Most find a foe among the nearest few; only the rest look on.
    for first in range(0, order.shape[1], BLOCK):
        rows = order[place, first : first + BLOCK]
        theirs = holder[member[:, np.newaxis], rows]
        foe = (theirs != holder[member, place][:, np.newaxis]) & (theirs != nobody)
        hit = foe.any(1)
        nearest[member[hit], place[hit]] = rows[hit, foe[hit].argmax(1)]
        member, place = member[~hit], place[~hit]
    return nearest


@dataclass(frozen=True, slots=True)
class Fitted:
    """Weekly chance of a change by band [B + 1], and by whose it then is: `nearest` the nearest foe's, else by
    `others` [K] as places in general go."""

    chance: Floats
    nearest: float
    others: Floats


@dataclass(frozen=True, slots=True)
class DistanceHazard:
    """A weekly hazard of changing hands by road distance to the nearest place of another organisation.

    A step function over `BANDS`, each rate smoothed by `prior` place-weeks at the rate of all; fitted on the last
    `weeks` and run forward, distances anew each week. The new holder is the nearest foe in a fitted share of changes.
    """

    weeks: int = 104
    prior: float = 104.0
    members: int = 400
    seed: int = 0
    name: str = "distance hazard"

    def fit(self, world: World, order: NDArray[np.intp], km: Floats) -> Fitted:
        """Rates from the weeks before the origin in which somebody looked."""
        dates = weeks_back(world, self.weeks)
        record, looked = world.holders(dates), watched(world, dates)
        before, after = record[:-1], record[1:]
        foe = nearest_foe(before, order, world.nobody)
        bands = band(foe, km)
        moved = (before != after) & looked
        spent = np.bincount(bands[looked], minlength=len(BANDS) + 1)
        captures = np.bincount(bands[moved], minlength=len(BANDS) + 1)
        general = (captures.sum() + 1) / (spent.sum() + self.prior)
        week = np.nonzero(moved)[0]
        nearest = (foe[moved] >= 0) & (before[week, foe[moved]] == after[moved])
        others = np.bincount(after[moved][~nearest], minlength=world.nobody + 1) + 1.0
        chance = (captures + self.prior * general) / (spent + self.prior)
        return Fitted(chance, float((nearest.sum() + 1) / (week.size + 2)), others / others.sum())

    def simulate(self, world: World, weeks: int, lead_weeks: Sequence[int] = ()) -> tuple[Holders, Floats]:
        """Control int8[member, week + 1, place], and the probability of holders at `lead_weeks` [lead, place, K],
        exact over the last step."""
        km = road_km(world)
        order = np.argsort(km, axis=1, kind="stable")
        order = order[order != np.arange(len(order))[:, np.newaxis]].reshape(len(order), -1)
        fitted = self.fit(world, order, km)
        random = stream(self.seed, self.name, world)
        holders = world.nobody + 1
        control = np.empty((self.members, weeks + 1, len(order)), np.int8)
        control[:, 0] = world.holders([origin_of(world)])[0]
        probability = {0: one_hot(control[0, 0], holders)}
        for week in range(1, weeks + 1):
            holder = control[:, week - 1]
            foe = nearest_foe(holder, order, world.nobody)
            chance = fitted.chance[band(foe, km)]
            if week in lead_weeks:
                stay = 1 - chance[..., np.newaxis]
                moved = successors(holder, foe, fitted)
                probability[week] = (stay * one_hot(holder, holders) + (1 - stay) * moved).mean(0)
            draw = random.random((2, *holder.shape), np.float32)
            member, place = np.nonzero(draw[0] < chance)
            upper = np.cumsum(successors(holder, foe, fitted, (member, place)), 1)
            control[:, week] = holder
            control[member, week, place] = (draw[1, member, place][:, np.newaxis] > upper[:, :-1]).sum(1)
        return control, np.array([probability[int(week)] for week in lead_weeks])

    def forecast(self, world: World, leads: Days) -> Floats:
        """See `Forecaster.forecast`."""
        steps = steps_to(world, leads)
        return self.simulate(world, int(steps.max(initial=0)), steps.tolist())[1]

    def answer(self, world: World, questions: Sequence[Question], until: np.datetime64) -> list[Answer]:
        """See `Forecaster.answer`."""
        return answers(world, self.simulate(world, int(steps_to(world, [until])[0]))[0], questions)


def band(foe: NDArray[np.intp], km: Floats) -> NDArray[np.intp]:
    """Band of the distance from each place to a foe [m, P]; the last where there is none."""
    away = np.where(foe >= 0, km[np.arange(foe.shape[1]), foe], np.inf)
    return np.searchsorted(BANDS, away)


def successors(
    holder: Holders, foe: NDArray[np.intp], fitted: Fitted, at: tuple[NDArray[np.intp], NDArray[np.intp]] | None = None
) -> Floats:
    """Probability of the next holder of places that change hands: [..., K]; `at` picks (member, place)."""
    member, place = tuple(np.indices(holder.shape)) if at is None else at
    own, near = holder[member, place], foe[member, place]
    holders = fitted.others.size
    p = fitted.others * (1 - one_hot(own, holders))
    p *= ((1 - fitted.nearest * (near >= 0)) / p.sum(-1))[..., np.newaxis]
    share = np.where(near >= 0, fitted.nearest, 0.0)[..., np.newaxis]
    return np.asarray(p + share * one_hot(holder[member, np.maximum(near, 0)], holders))
