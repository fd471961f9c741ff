"""The front hazard: a hazard of capture learnt from the record before the origin, and simulated forward.

What it sees is in `polemos.model.features`, how it runs in `polemos.model.hazard`. It knows no place and no
organisation by name, and nothing after the origin; support is carried forward as it stood there.

Honesty: the form, the features with their ridge centres and bounds, the strength of the ridge and the cap on
feedback were chosen on a prototype by somebody who was looking at scores on one war from its fourth year on. Part of
its lead on that war is what such choices can buy; the coefficients themselves are fitted before each origin.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from polemos.forecast.forecaster import Answer
from polemos.forecast.model import ANYBODY, PRESENT
from polemos.forecast.weekly import answers, one_hot, origin_of, steps_to, weeks_back
from polemos.record.world import Days, Floats, Holders, World, site

if TYPE_CHECKING:
    from polemos.forecast.questions import Question
    from polemos.model.features import Land, Memory

CENTRE = {
    "next_door": (-6.0, -20.0, 2.0),
    "two_roads": (-7.2, -20.0, 2.0),
    "farther": (-8.8, -20.0, 2.0),
    "share": (0.8, 0.0, 2.0),
    "local": (0.3, 0.0, 1.5),
    "core_distance": (-0.3, -1.5, 0.0),
    "return": (0.3, 0.0, 1.0),
    "people": (0.0, -0.2, 0.1),
    "gain_4": (0.15, 0.0, 0.4),
    "gain_26": (0.10, 0.0, 0.3),
    "loss_4": (0.10, 0.0, 0.4),
    "loss_26": (0.05, 0.0, 0.3),
    "pair": (0.3, 0.0, 0.6),
    "stretch_own": (0.0, -0.5, 1.0),
    "stretch_foe": (0.0, -1.0, 0.5),
    "air": (0.4, 0.0, 1.0),
    "patron": (-1.0, -3.0, 0.0),
}
"""Where the ridge pulls each coefficient to, and its least and greatest value; judged, see above."""
RIDGE, RIDGE_LEVEL = 40.0, 4.0
"""1 / variance of the pull: sd .16, and .5 for the three levels."""
LEVELS = ("next_door", "two_roads", "farther")
FEEDBACK = ("gain_4", "gain_26", "loss_4", "loss_26", "pair")
CAP = 0.4
"""Most that the exponents of feedback may sum to: near 1 each capture brings about another, and the year explodes."""
CHUNK = 50
"""Members a task."""


@dataclass(frozen=True, slots=True)
class Replay:
    """The record up to the origin as rows: x [n, F], whether each came [n], and the memory on the origin."""

    land: Land
    memory: Memory
    x: NDArray[np.float32]
    came: NDArray[np.float32]
    air: Floats
    patron: Floats


def replay(world: World) -> Replay:
    """Go through the weeks of the record, laid back from the origin."""
    from polemos.model import features

    dates = weeks_back(world, 10_000)
    held = world.holders(dates)
    ground = features.land(world)
    memory = features.begin(held[0], ground, world.nobody)
    air, patron = features.support(world, dates)
    owners = [np.unique(now[now < world.nobody]).size for now in held[:-1]]
    rows = sum(held.shape[1] * o for o in owners) - int((held[:-1] < world.nobody).sum())
    size = len(features.FEATURES)
    x, came = np.empty((rows, size), np.float32), np.empty(rows, np.float32)
    pairs = np.zeros((world.nobody, world.nobody + 1, size))
    features.design(held, ground, memory, air, patron, x, came, pairs)
    return Replay(ground, memory, x, came, air[-1], patron[-1])


def fit(
    x: NDArray[np.float32],
    came: NDArray[np.float32],
    centre: Floats,
    lower: Floats,
    upper: Floats,
    ridge: Floats,
    begin: Floats | None = None,
) -> Floats:
    """Coefficients [F] of most penalised Poisson likelihood within bounds, by Newton steps, each a boxed quadratic.

    `x` [n, F], `came` [n] 0 or 1; the penalty is `ridge (b - centre)^2 / 2`. Begins at `begin`, or at the centre.
    """
    from polemos.model.hazard import likelihood

    b = np.clip(centre if begin is None else begin, lower, upper)
    slope, curve = np.zeros(b.size), np.zeros((b.size, b.size))
    for _ in range(50):
        likelihood(x, came, b, slope, curve)
        step = boxed(curve + np.diag(ridge), slope - ridge * (b - centre), lower - b, upper - b)
        # A long step leaves the region where the quadratic holds.
        b += step / max(1.0, np.abs(step).max() / 2)
        if np.abs(step).max() < 1e-4:
            break
    return b


def boxed(curve: Floats, slope: Floats, lower: Floats, upper: Floats) -> Floats:
    """The s in a box that minimises `s curve s / 2 - slope s`, by coordinate descent."""
    s = np.clip(np.zeros(slope.size), lower, upper)
    for _ in range(500):
        moved = 0.0
        for f in range(s.size):
            best = min(max(s[f] + (slope[f] - curve[f] @ s) / curve[f, f], lower[f]), upper[f])
            moved = max(moved, abs(best - s[f]))
            s[f] = best
        if moved < 1e-9:
            break
    return s


@dataclass(frozen=True, slots=True)
class FrontHazard:
    """Forecasts by the front hazard; see `Forecaster`. The same settings give the same forecast, bit for bit.

    `prior` are coefficients fitted on other wars, in the order of `features.FEATURES`: where the ridge pulls to
    instead of `CENTRE`. `scatter` is the standard deviation of a normal draw per member and ordered pair, added to
    the logarithm of the rate: bands of totals want about .35, places none.
    """

    members: int = 800
    seed: int = 1
    name: str = "front hazard"
    prior: tuple[float, ...] | None = None
    scatter: float = 0.0
    threads: int | None = None

    def coefficients(self, world: World) -> dict[str, float]:
        """The fit by the name of the feature, from the record up to the origin."""
        return dict(zip(CENTRE, self._fit(replay(world)).tolist(), strict=True))

    def _fit(self, past: Replay) -> Floats:
        judged, lower, upper = np.array(list(CENTRE.values())).T
        centre = judged if self.prior is None else np.array(self.prior, float)
        names = list(CENTRE)
        ridge = np.array([RIDGE_LEVEL if name in LEVELS else RIDGE for name in names])
        b = fit(past.x, past.came, centre, lower, upper, ridge)
        rows = [names.index(name) for name in FEEDBACK]
        total = b[rows].sum()
        if total > CAP:
            held = b[rows] * CAP / total
            lower[rows] = upper[rows] = held
            b = fit(past.x, past.came, centre, lower, upper, ridge, b)
        return b

    def simulate(self, world: World, weeks: int, told: Sequence[int] = ()) -> tuple[Holders, Floats]:
        """Control int8[member, week + 1, place] from the origin on, and at the weeks `told` the probability of every
        holder [told, place, O + 1], exact over the last step. Raises `ValueError` when the world is not cut."""
        from polemos.model.chance import draws, member_keys
        from polemos.model.hazard import PROCESS, run

        past = replay(world)
        b = self._fit(past)
        size, nobody = len(world.places.id), world.nobody
        sites = np.array([site(p) for p in world.places.id], np.uint64)
        rows = np.unique(np.asarray(told, np.int64))
        which = np.full(weeks + 1, -1, np.int32)
        which[rows] = np.arange(rows.size)
        control = np.empty((self.members, weeks + 1, size), np.int8)
        pairs = _pair_sites(world)

        def part(first: int) -> Floats:
            last = min(first + CHUNK, self.members)
            keys = member_keys(self.seed, first, last)
            scatter = np.zeros((last - first, nobody, nobody + 1))
            if self.scatter:
                from scipy.special import ndtri

                scatter += self.scatter * ndtri(draws(keys, PROCESS, pairs.ravel())).reshape(scatter.shape)
            sums = np.zeros((rows.size, size, nobody + 1))
            run(
                keys, PROCESS, past.memory, past.land, sites, past.air, past.patron, b, scatter, which,
                control[first:last], sums,
            )  # fmt: skip
            return sums

        with ThreadPoolExecutor(self.threads or os.cpu_count() or 1) as pool:
            parts = list(pool.map(part, range(0, self.members, CHUNK)))
        probability = np.sum(parts, axis=0) / self.members
        return control, probability[np.searchsorted(rows, np.asarray(told, np.int64))]

    def forecast(self, world: World, leads: Days) -> Floats:
        """See `Forecaster.forecast`; `PRESENT` and `ANYBODY` members are added as to the model's."""
        steps = steps_to(world, leads)
        _, probability = self.simulate(world, int(steps.max(initial=0)), steps.tolist())
        holders = world.nobody + 1
        present = one_hot(world.holders([origin_of(world)])[0], holders)
        added = PRESENT * present + ANYBODY / holders
        return np.asarray((probability * self.members + added) / (self.members + PRESENT + ANYBODY))

    def answer(self, world: World, questions: Sequence[Question], until: np.datetime64) -> list[Answer]:
        """See `Forecaster.answer`."""
        control, _ = self.simulate(world, int(steps_to(world, [until])[0]))
        return answers(world, control, questions)


def _pair_sites(world: World) -> NDArray[np.uint64]:
    """Addresses of ordered pairs [O, O + 1] of organisations, the last column nobody."""
    names = [*world.organisations.id, "nobody"]
    return np.array([[site(f"{o}/{d}") for d in names] for o in world.organisations.id], np.uint64)
