"""The simplest forecasters of control: nothing changes, and everywhere changes alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from polemos.forecasters.weekly_grid import answers, one_hot, origin_of, steps_to, stream, weeks_back
from polemos.model.past_pace import watched
from polemos.questions.answer import Answer
from polemos.record.world import Days, Flags, Floats, Holders, World

if TYPE_CHECKING:
    from polemos.questions.questions import Question


@dataclass(frozen=True, slots=True)
class Persistence:
    """Everybody keeps what they hold, at every lead, with probability `stay`; the rest is even over the others.

    Nothing is fitted. `stay` falls short of 1 so that a change costs a bounded score. Asked a question, it says
    `stay` to what would hold if nothing changed.
    """

    stay: float = 0.98
    name: str = "persistence"

    def forecast(self, world: World, leads: Days) -> Floats:
        """See `Forecaster.forecast`."""
        holders = world.nobody + 1
        now = one_hot(world.holders([origin_of(world)])[0], holders)
        p = now * self.stay + (1 - now) * (1 - self.stay) / (holders - 1)
        return np.repeat(p[np.newaxis], steps_to(world, leads).size, axis=0)

    def answer(self, world: World, questions: Sequence[Question], until: np.datetime64) -> list[Answer]:
        """See `Forecaster.answer`."""
        now = world.holders([origin_of(world)])
        weeks = int(steps_to(world, [until])[0]) + 1
        return answers(world, np.repeat(now, weeks, axis=0)[np.newaxis], questions, stay=self.stay)


@dataclass(frozen=True, slots=True)
class PooledMarkov:
    """Weekly change of hands at a rate for each ordered pair of holders (nobody is one), the same at every place.

    `P(d to o) = (n_do + c q_o) / (N_d + c)`: n_do changes in N_d place-weeks of the last `weeks` before the
    origin, smoothed by c = `prior` place-weeks (what one place tells in two years) at the rate q_o at which
    places in general go to o (`q_o = (sum_d n_do + 1 / K) / sum_d N_d`: one change shared out among the K
    holders, so that nothing is impossible).
    """

    weeks: int = 104
    prior: float = 104.0
    members: int = 400
    seed: int = 0
    name: str = "pooled Markov"

    def rates(self, world: World) -> Floats:
        """Probability that a place held by d is held by o a week later: [d, o]."""
        dates = weeks_back(world, self.weeks)
        return pooled_rates(world.holders(dates), world.nobody + 1, self.prior, watched(world, dates))

    def forecast(self, world: World, leads: Days) -> Floats:
        """See `Forecaster.forecast`; in closed form."""
        weekly = self.rates(world)
        now = world.holders([origin_of(world)])[0]
        return np.stack([np.linalg.matrix_power(weekly, int(step))[now] for step in steps_to(world, leads)])

    def simulate(self, world: World, weeks: int) -> Holders:
        """Members of the holder of every place, from the origin on: int8[member, week + 1, place]."""
        random = stream(self.seed, self.name, world)
        upper = np.cumsum(self.rates(world), axis=1)
        control = np.empty((self.members, weeks + 1, len(world.places.id)), np.int8)
        control[:, 0] = world.holders([origin_of(world)])[0]
        for week in range(weeks):
            draw = random.random((self.members, control.shape[2]), np.float32)
            now, then = control[:, week], control[:, week + 1]
            then[:] = 0
            for column in upper.T[:-1]:
                then += draw > column[now]
        return control

    def answer(self, world: World, questions: Sequence[Question], until: np.datetime64) -> list[Answer]:
        """See `Forecaster.answer`."""
        return answers(world, self.simulate(world, int(steps_to(world, [until])[0])), questions)


def pooled_rates(control: Holders, holders: int, prior: float, looked: Flags | None = None) -> Floats:
    """Smoothed weekly rates [d, o] from the holders [week, place] of consecutive weeks; see `PooledMarkov`.

    Counted are the weeks of places that somebody `looked` at [week - 1, place], by default all.
    """
    counts: NDArray[np.float64] = np.zeros((holders, holders))
    looked = np.ones(control[1:].shape, bool) if looked is None else looked
    np.add.at(counts, (control[:-1][looked], control[1:][looked]), 1)
    spent = counts.sum(1)
    np.fill_diagonal(counts, 0)
    # Of a record that nobody saw for as long as the prior counts, one change in that time.
    towards = (counts.sum(0) + 1 / holders) / max(spent.sum(), prior, 1.0)
    rates: Floats = (counts + prior * towards) / (spent + prior)[:, np.newaxis]
    np.fill_diagonal(rates, 0)
    np.fill_diagonal(rates, 1 - rates.sum(1))
    return rates
