"""What the record before the origin teaches of the front: a hazard of capture, fitted by penalised likelihood.

What it sees is in `polemos.model.front.features`; the front hazard runs it forward by itself
(`polemos.model.front.simulate`), and the model takes the same coefficients. It knows no place
and no organisation by name.

Honesty: the form, the features with their ridge centres and bounds, the strength of the ridge and the cap on
feedback were chosen on a prototype by somebody who was looking at scores on one war from its fourth year on. Part of
its lead on that war is what such choices can buy; the coefficients themselves are fitted before each origin.
Heat, the half-life, the cap on feedback, on bursts, and the echo of what is simulated (`front.memory`) were chosen
by somebody who saw the scores of both halves of the origins of nine wars; docs/hindcast.md has the table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polemos.model.front.entries import entry_rates
from polemos.model.front.features import FEATURES, design, support
from polemos.model.front.memory import Land, Memory, begin, land
from polemos.model.front.optimise import fit, fit_together
from polemos.model.last_results import LastResults
from polemos.model.past_pace import watched, weeks_before
from polemos.record.world import Flags, Floats, Holders, World

CENTRE = {
    "next_door": (-6.0, -20.0, 2.0),
    "two_roads": (-7.2, -20.0, 2.0),
    "farther": (-8.8, -20.0, 2.0),
    "share": (0.8, 0.0, 2.0),
    "local": (0.3, 0.0, 1.5),
    "core_distance": (-0.3, -1.5, 0.0),
    "return": (0.3, 0.0, 1.0),
    "heat_4": (0.5, -0.5, 2.0),
    "heat_52": (0.0, -0.5, 1.0),
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
BASIS_UNTIL = "2019-12-31"
"""Last date of what those who chose form, centres and cap had seen."""
RIDGE, RIDGE_LEVEL = 40.0, 4.0
"""1 / variance of the pull: sd .16, and .5 for the three levels."""
LEVELS = ("next_door", "two_roads", "farther")
FEEDBACK = ("gain_4", "gain_26", "loss_4", "loss_26", "pair")
CAP = 0.3
"""Most that the exponents of feedback may sum to: near 1 each capture brings about another, and the year explodes."""
HALF_LIFE = 26.0
"""Weeks after which a week of the record counts for half in the fit."""
OLDEST = 10
"""Half-lives after which it counts for nothing."""


@dataclass(frozen=True, slots=True)
class Replay:
    """The record up to the origin as rows: x [n, F], whether each came [n], what that counts for in a fit, `signs` [n]
    (`features.sign`), and the memory on the origin.

    The rows of week w are `weeks[w]` to `weeks[w + 1]`; `held` [T, P] are the holders on the weeks. `looked` [n] says
    which rows are of a place that somebody looked at in both weeks; None: all. The others teach nothing. `entry` are
    the weekly rates at which an organisation that holds nothing takes a place (`polemos.model.front.entries`).
    """

    land: Land
    memory: Memory
    x: NDArray[np.float32]
    came: NDArray[np.float32]
    signs: NDArray[np.float32]
    air: Floats
    patron: Floats
    weeks: NDArray[np.int64]
    held: Holders
    entry: Floats
    looked: Flags | None = None
    digest: str = ""

    def weights(self) -> NDArray[np.float32]:
        """What each row counts for in a fit [n]: half as much every `HALF_LIFE` weeks back, 0 where nobody looked."""
        age = np.arange(self.weeks.size - 2, -1, -1)
        fading = np.where(age < OLDEST * HALF_LIFE, 0.5 ** (age / HALF_LIFE), 0.0)
        weight = np.repeat(fading, np.diff(self.weeks)).astype(np.float32)
        return weight if self.looked is None else np.where(self.looked, weight, np.float32(0))

    def taught(self) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        """What a fit learns from: x [n, F], what happened [n] as `signs`, and weights [n]."""
        return self.x, self.signs, self.weights()

    def rates(self, b: Floats) -> Floats:
        """Captures that coefficients [F] expect of every row [n]: none where nobody looked."""
        expected = np.exp(self.x.astype(np.float64) @ b)
        return np.asarray(expected if self.looked is None else np.where(self.looked, expected, 0.0))


_replays: LastResults[Replay] = LastResults(2)
_fits: LastResults[Floats] = LastResults(32)
"""At an origin several forecasters ask for the same record, and the model and the front hazard for the same fit."""


def replay(world: World) -> Replay:
    """Go through the weeks of the record, laid back from the origin. What it gives is shared: copy before changing."""
    digest = world.digest()
    return _replays.of(digest, lambda: _replay(world, digest))


def _replay(world: World, digest: str) -> Replay:
    dates = weeks_before(world, 10_000)
    holders, looked = world.holders(dates), watched(world, dates)
    ground = land(world)
    memory = begin(holders[0], ground, world.nobody)
    air, patron = support(world, dates)
    owners = [np.unique(now[now < world.nobody]).size for now in holders[:-1]]
    sizes = [
        holders.shape[1] * o - int((now < world.nobody).sum()) for o, now in zip(owners, holders[:-1], strict=True)
    ]
    weeks = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)])
    rows = int(weeks[-1])
    size = len(FEATURES)
    x = np.empty((rows, size), np.float32)
    outcomes, signs = np.empty(rows, np.float32), np.empty(rows, np.float32)
    pairs = np.zeros((world.nobody, world.nobody + 1, size))
    design(holders, looked, ground, memory, air, patron, x, outcomes, signs, pairs)
    rows_looked = None
    if not looked.all():
        others = np.array(owners)[:, np.newaxis] - (holders[:-1] < world.nobody)
        rows_looked = np.repeat(looked.ravel(), others.ravel())
    entry = entry_rates(holders, looked, world.nobody)
    return Replay(ground, memory, x, outcomes, signs, air[-1], patron[-1], weeks, holders, entry, rows_looked, digest)


def learn(past: Replay, prior: tuple[float, ...] | None = None, others: Sequence[Replay] = ()) -> Floats:
    """Coefficients [F] from a replayed record; feedback above `CAP` is scaled down to it and the rest fitted again.

    `prior` are coefficients from other wars, where the ridge pulls to instead of `CENTRE`. With `others`, records of
    other wars up to the same day, coefficients are shared with them (`polemos.model.front.optimise`).
    """
    if past.digest and prior is None and not others:
        return _fits.of(past.digest, lambda: _learn(past, None, ())).copy()
    return _learn(past, prior, others)


def _learn(past: Replay, prior: tuple[float, ...] | None, others: Sequence[Replay]) -> Floats:
    judged, lower, upper = np.array(list(CENTRE.values())).T
    centre = judged if prior is None else np.array(prior, float)
    names = list(CENTRE)
    ridge = np.array([RIDGE_LEVEL if name in LEVELS else RIDGE for name in names])

    def solve(low: Floats, high: Floats, first: Floats | None = None) -> Floats:
        if not others:
            return fit(*past.taught(), centre, low, high, ridge, first)
        records = [one.taught() for one in (past, *others)]
        least, most = np.vstack([low, *[lower] * len(others)]), np.vstack([high, *[upper] * len(others)])
        return np.asarray(fit_together(records, centre, least, most, ridge)[0])

    b = solve(lower, upper)
    rows = [names.index(name) for name in FEEDBACK]
    total = b[rows].sum()
    if total > CAP:
        low, high = lower.copy(), upper.copy()
        low[rows] = high[rows] = b[rows] * CAP / total
        b = solve(low, high, b)
    return b
