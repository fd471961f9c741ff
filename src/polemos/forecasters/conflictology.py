"""Conflictology: the coming months are a stretch of the recent ones, drawn at random."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from polemos.forecasters.weekly_grid import answers, one_hot, origin_of, steps_to, stream, weeks_back
from polemos.model.inputs import roads
from polemos.model.past_pace import watched
from polemos.questions.answer import Answer
from polemos.record.world import Days, Floats, Holders, World

if TYPE_CHECKING:
    from polemos.questions.questions import Question

LONGEST = 52
"""Weeks of a stretch at most; a longer path is several put end to end."""


@dataclass(frozen=True, slots=True)
class Conflictology:
    """Recent history, resampled. Nothing is fitted but what happened in the last `weeks`.

    A member draws a stretch as long as the horizon; each place then goes through what a donor went through in it:
    itself or a neighbour, if held at its beginning by who holds the place now, else any place so held, else nothing
    changes. No donor is a place that nobody looked at in a part of the stretch. After Hegre, Vesco and Colaresi's
    conflictology benchmark (VIEWS prediction challenge 2023/24), there of fatalities. A share
    `even` is spread over all holders, as much as persistence leaves to a change.
    """

    weeks: int = 104
    members: int = 800
    even: float = 0.02
    seed: int = 0
    name: str = "conflictology"

    def simulate(self, world: World, weeks: int) -> Holders:
        """Control int8[member, week + 1, place] from the origin on."""
        random = stream(self.seed, f"{self.name}/{weeks}", world)
        dates = weeks_back(world, self.weeks)
        past = world.holders(dates)
        gaps = np.concatenate([np.zeros((1, past.shape[1]), np.int64), (~watched(world, dates)).cumsum(0)])
        size = past.shape[1]
        graph = roads(world)
        most = int(np.diff(graph.start).max(initial=0)) + 1
        around = np.repeat(np.arange(size)[:, np.newaxis], most, 1)
        ruled_out = np.zeros((size, most), bool)
        ruled_out[:, 0] = True
        for place in range(size):
            near = graph.near[graph.start[place] : graph.start[place + 1]]
            around[place, 1 : near.size + 1] = near
            ruled_out[place, 1 : near.size + 1] = True
        control = np.empty((self.members, weeks + 1, size), np.int8)
        control[:, 0] = past[-1]
        stretch = min(weeks, LONGEST, max((len(past) - 1) // 2, 1))
        for first in range(0, weeks, stretch or 1):
            length = min(stretch, weeks - first)
            for member in range(self.members):
                now = control[member, first]
                if len(past) <= length:
                    control[member, first + 1 : first + length + 1] = now
                    continue
                start = int(random.integers(len(past) - length))
                then, whole = past[start], gaps[start + length] == gaps[start]
                fits = ruled_out & (then[around] == now[:, np.newaxis]) & whole[around]
                donor = around[np.arange(size), (random.random(fits.shape) * fits).argmax(1)]
                for place in np.flatnonzero(~fits.any(1)).tolist():
                    same = np.flatnonzero((then == now[place]) & whole)
                    donor[place] = random.choice(same) if same.size else -1
                path = past[start + 1 : start + length + 1][:, donor]
                control[member, first + 1 : first + length + 1] = np.where(donor >= 0, path, now)
        return control

    def forecast(self, world: World, leads: Days) -> Floats:
        """See `Forecaster.forecast`; each lead is resampled for itself."""
        holders = world.nobody + 1
        by_week = []
        for step in steps_to(world, leads):
            if step == 0:
                by_week.append(one_hot(world.holders([origin_of(world)])[0], holders))
                continue
            last = self.simulate(world, int(step))[:, -1]
            count = np.stack([(last == holder).sum(0) for holder in range(holders)], -1)
            by_week.append((1 - self.even) * count / self.members + self.even / holders)
        return np.stack(by_week)

    def answer(self, world: World, questions: Sequence[Question], until: np.datetime64) -> list[Answer]:
        """See `Forecaster.answer`."""
        return answers(world, self.simulate(world, int(steps_to(world, [until])[0])), questions)
