"""Log-linear extrapolation: what an organisation holds goes on growing, or shrinking, at the rate of the last year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from polemos.forecasters.distance_hazard import road_km
from polemos.forecasters.weekly_grid import answers, one_hot, origin_of, steps_to, stream, weeks_back
from polemos.model.past_pace import watched
from polemos.questions.answer import Answer
from polemos.record.world import Days, Floats, Holders, World

if TYPE_CHECKING:
    from polemos.questions.questions import Question

HALF = 0.5
"""Places added before the logarithm is taken."""
SCATTER = 1.0
"""Standard deviation of the logarithm of distance by which members differ in what falls first."""
REACH = 30.0
"""Km at which nearness to a place begins to matter for who takes it."""


@dataclass(frozen=True, slots=True)
class LogLinear:
    """Land of each holder along `ln(n + 1/2) = a + g t`, fitted by least squares on the last `weeks`, from where it
    stands; around the line a random walk with the scatter of the weekly steps.

    Land adds up to the map. A holder that shrinks loses the places nearest to the others first (by road, blurred), and
    they go to those that grow, by what these gain and how near they are. `prior` even members are added.
    """

    weeks: int = 39
    members: int = 400
    prior: float = 4.0
    seed: int = 0
    name: str = "log-linear"

    def rates(self, world: World) -> tuple[Floats, Floats]:
        """Growth a week of each holder's land [K], and the standard deviation of a weekly step around it [K].

        Of places and weeks that somebody looked at; nothing grows where these are fewer than three weeks.
        """
        holders = self._seen(world)
        land = np.log((holders[..., np.newaxis] == np.arange(world.nobody + 1)).sum(1) + HALF)
        if len(land) < 3:
            return np.zeros(land.shape[1]), np.zeros(land.shape[1])
        t = np.arange(len(land)) - (len(land) - 1) / 2
        growth = t @ land / (t @ t)
        return growth, np.sqrt(((np.diff(land, axis=0) - growth) ** 2).mean(0))

    def _seen(self, world: World) -> Holders:
        """Holders [week, place] of the run of weeks up to the last one looked at, and of places seen in all of them."""
        dates = weeks_back(world, self.weeks)
        holders, looked = world.holders(dates), watched(world, dates)
        if looked.all():
            return holders
        weeks = np.flatnonzero(looked.any(1))
        if not weeks.size:
            return holders[:0]
        last = int(weeks[-1])
        unseen = np.where(looked[: last + 1], -1, np.arange(last + 1)[:, np.newaxis]).max(0)
        inside = unseen < last
        # As many place-weeks as there can be: fewer places for more weeks, or the other way round.
        starts = np.unique(unseen[inside] + 1)
        first = max(starts, key=lambda start: (int((unseen < start).sum()) * (last + 1 - start), -start))
        return np.asarray(holders[first : last + 2][:, unseen < first])

    def simulate(self, world: World, weeks: int) -> Holders:
        """Control int8[member, week + 1, place] from the origin on."""
        random = stream(self.seed, self.name, world)
        growth, scatter = self.rates(world)
        now = world.holders([origin_of(world)])[0].astype(np.intp)
        size, holders = now.size, world.nobody + 1
        own = one_hot(now, holders)
        begin = own.sum(0)
        km = road_km(world)
        away = np.stack([km[:, now == o].min(1, initial=np.inf) for o in range(holders)], 1)
        front = np.where(own > 0, np.inf, away)[:, : world.nobody].min(1, initial=np.inf)
        blur = random.normal(0, SCATTER, (self.members, size))
        key = np.log(np.minimum(front, 1e4) + REACH) + blur
        # The share of the holder's places that go before this one.
        rank = np.empty((self.members, size))
        for o in range(holders):
            mine = np.flatnonzero(now == o)
            rank[:, mine] = (key[:, mine].argsort(1).argsort(1) + random.random((self.members, 1))) / max(mine.size, 1)
        near = -2 * np.log1p(np.minimum(away, 1e4) / REACH) + random.gumbel(size=(self.members, size, holders))
        control = np.empty((self.members, weeks + 1, size), np.int8)
        control[:, 0] = now
        walk = np.zeros((self.members, holders))
        for week in range(1, weeks + 1):
            walk += growth + scatter * random.normal(size=walk.shape)
            land = np.maximum((begin + HALF) * np.exp(np.clip(walk, -20, 20)) - HALF, 0)
            land *= size / np.maximum(land.sum(1, keepdims=True), 1e-9)
            gain = np.maximum(land - begin, 0)
            remaining = np.divide(np.maximum(begin - land, 0), begin, out=np.zeros_like(land), where=begin > 0)
            member, place = np.nonzero(rank < remaining[:, now])
            with np.errstate(divide="ignore"):
                taker = (np.log(gain)[member] + near[member, place]).argmax(1)
            control[:, week] = now
            control[member, week, place] = taker
        return control

    def forecast(self, world: World, leads: Days) -> Floats:
        """See `Forecaster.forecast`."""
        steps = steps_to(world, leads)
        control = self.simulate(world, int(steps.max(initial=0)))[:, steps]
        holders = world.nobody + 1
        count = np.stack([(control == holder).sum(0) for holder in range(holders)], -1)
        added = self.prior / holders
        return np.asarray((count + added) / (self.members + self.prior))

    def answer(self, world: World, questions: Sequence[Question], until: np.datetime64) -> list[Answer]:
        """See `Forecaster.answer`."""
        return answers(world, self.simulate(world, int(steps_to(world, [until])[0])), questions)
