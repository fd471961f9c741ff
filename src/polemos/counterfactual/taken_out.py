"""What a mechanism changes: the same wars with and without the processes that model it, every draw shared.

A process that runs by itself is taken out; one that runs only where it is named is put in, and what it moves then has
its sign turned round, so that every figure is *without* less *with*. A figure is of the organisation in focus a year
after the origin: places, open fighters and members underground, and attacks in the year. What turnover makes good at
the origin would hide a process that brings men or takes them, so nothing is made good on either side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from polemos.record.world import Floats

if TYPE_CHECKING:
    from polemos.model.setup import Ground
    from polemos.war.war import War

WEEKS = 52
FIGURES = ("places", "fighters", "underground", "attacks")
MADE_GOOD = "made_good"
"""The parameter of turnover that hides who joins and leaves at the origin."""


@dataclass(frozen=True, slots=True)
class Moved:
    """Mean over members of what is taken out of a figure, and its standard error."""

    figure: str
    mean: float
    error: float

    @property
    def apart(self) -> bool:
        """Whether it is more than two errors from nothing."""
        return self.error > 0 and abs(self.mean) > 2 * self.error


class TakenOut:
    """Runs of a war with and without some processes, each made once."""

    def __init__(self, war: War, focus: int, members: int, seed: int = 1) -> None:
        from polemos.model import engine, processes

        self.world, self.members, self.seed = war.world, members, seed
        self.focus = focus
        self.cut = war.world.as_of(war.origin())
        self.until = min(war.origin() + np.timedelta64(7 * WEEKS, "D"), war.world.until)
        self.ground: Ground = engine.survey(self.cut, self.until)
        self.running = {process.name for process in processes.choose(war.world.processes)}
        self.runs: dict[tuple[str, ...], Floats] = {}

    def moved(self, names: Sequence[str]) -> tuple[Moved, ...]:
        """What the processes that carry a mechanism move together."""
        out = tuple(sorted(name for name in names if name in self.running))
        put_in = tuple(sorted(set(names) - set(out)))
        less = self._figures(out, ()) - self._figures((), put_in)
        errors = less.std(axis=0, ddof=1) / np.sqrt(self.members)
        return tuple(
            Moved(name, float(mean), float(error))
            for name, mean, error in zip(FIGURES, less.mean(axis=0), errors, strict=True)
        )

    def _figures(self, without: tuple[str, ...], added: tuple[str, ...]) -> Floats:
        """The figures of every member [m, 4]."""
        from polemos.model import engine

        key = ("", *without, "+", *added)
        if key not in self.runs:
            setup = engine.prepare(
                self.cut, self.until, members=self.members, seed=self.seed, without=without, added=added,
                ground=self.ground,
            )  # fmt: skip
            if MADE_GOOD in setup.values:
                setup = replace(setup, values={**setup.values, MADE_GOOD: np.zeros(self.members)})
            wars = engine.simulate(setup, 0, self.members)
            attacks = (
                np.zeros(self.members) if wars.attacks is None else wars.attacks[:, -WEEKS:, self.focus].sum((1, 2))
            )
            self.runs[key] = np.stack(
                [
                    (wars.control[:, -1] == self.focus).sum(axis=1),
                    wars.strengths["fighters"][:, -1, self.focus],
                    wars.strengths["underground"][:, -1, self.focus],
                    attacks,
                ],
                axis=1,
            ).astype(np.float64)
        return self.runs[key]
