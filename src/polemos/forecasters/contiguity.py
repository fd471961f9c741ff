"""Contiguity Markov: change comes from next door. A hazard fitted on the record before the origin, run forward.

Each week a place p held by d goes to o with the odds `exp(b . x[p, o])` against staying (a multinomial logit over
holders, staying the reference). What x sees is the map and the last weeks, never which organisation o is, so the
same coefficients serve any war. It is a baseline, not a model: no men, no supply, no relations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from polemos.forecasters.weekly_grid import answers, contested, one_hot, steps_to, stream, weeks_back
from polemos.model.past_pace import watched
from polemos.questions.answer import Answer
from polemos.record.world import Days, Flags, Floats, Holders, World

if TYPE_CHECKING:
    from polemos.questions.questions import Question

Singles = NDArray[np.float32]

FEATURES = (
    "next_door",  # 1 if o holds a neighbour of p
    "farther",  # 1 if o holds places, but none next door
    "absent",  # 1 if o holds no place at all
    "nobody",  # 1 if o is nobody: p is abandoned
    "share",  # share of p's neighbours that o holds
    "local",  # share of p's neighbours that o holds and took lately
    "gain",  # share of o's places that it took lately
    "loss",  # what d lost lately, as a share of that and of what it holds
    "fresh",  # whether p itself changed hands lately
    "contested",  # 1 if p is split, besieged or under battle
)
CENTRE = np.array([-6.0, -9.0, -11.0, -11.0, 0, 0, 0, 0, 0, 0])
"""Where the ridge pulls to: with nothing seen, a place next door to a foe changes hands every 400 weeks."""
RIDGE = np.array([0.1, 0.1, 0.1, 0.1, 10, 10, 10, 10, 10, 10])
"""Strength of the pull, as 1 / variance. A weaker one fits the next week better and the next year worse: a burst
in the window then feeds itself."""
MEMORY = 8.0
"""Weeks over which `lately` fades, by a factor e."""


class Front:
    """What a baseline sees of the map in some weeks' time, for members [m] at once; the newest week is on top.

    The record is one member. Fitting and simulating use this one class, so both see the same x.
    """

    def __init__(self, near: Any, control: Holders, contested: Flags, holders: int) -> None:
        """`near` [P, P] sparse, rows summing to 1; `control` [P, m]; `contested` [P, m]; K holders, nobody last."""
        self.near, self.holders = near, holders
        self.held = control
        self.contested = contested
        self.fresh: Singles = np.zeros(control.shape, np.float32)
        self.won: Singles = np.zeros((holders, control.shape[1]), np.float32)
        self.lost: Singles = np.zeros((holders, control.shape[1]), np.float32)

    def advance(self, control: Holders, contested: Flags, looked: Flags | None = None) -> None:
        """Lay the next week on top. A holder that shows where nobody had `looked` [P] has taken nothing that week."""
        keep = np.float32(np.exp(-1 / MEMORY))
        moved = control != self.held
        if looked is not None:
            moved &= looked[:, np.newaxis]
        place, member = np.nonzero(moved)
        self.won *= keep
        self.lost *= keep
        np.add.at(self.won, (control[place, member], member), 1)
        np.add.at(self.lost, (self.held[place, member], member), 1)
        self.fresh = np.where(moved, np.float32(1), self.fresh * keep)
        self.held, self.contested = control, contested

    def repeated(self, members: int) -> Front:
        """Every member the same as the one there is."""
        control, contested = np.repeat(self.held, members, 1), np.repeat(self.contested, members, 1)
        copy = Front(self.near, control, contested, self.holders)
        copy.fresh, copy.won, copy.lost = (np.repeat(x, members, 1) for x in (self.fresh, self.won, self.lost))
        return copy

    def features(self) -> tuple[NDArray[Any], ...]:
        """x by feature, each broadcasting to [K, P, m], in the order of `FEATURES`."""
        owned = self._owned()
        share, local = self._next_door(owned)
        count = owned.sum(1, dtype=np.float32)
        someone = (np.arange(self.holders) < self.holders - 1)[:, np.newaxis, np.newaxis]
        has = someone & (count > 0)[:, np.newaxis]
        adjacent = someone & (share > 0)
        return (
            adjacent,
            has & ~adjacent,
            someone & (count == 0)[:, np.newaxis],
            ~someone,
            share,
            local,
            np.minimum(self.won / np.maximum(count, 1), 1)[:, np.newaxis] * someone,
            np.take_along_axis(self.lost / (self.lost + np.maximum(count, 1)), self.held, 0)[np.newaxis],
            self.fresh[np.newaxis],
            self.contested[np.newaxis],
        )

    def _owned(self) -> Flags:
        """Who holds what: [K, P, m]."""
        return np.asarray(self.held == np.arange(self.holders, dtype=np.int8)[:, np.newaxis, np.newaxis])

    def _next_door(self, owned: Flags) -> tuple[Singles, Singles]:
        """The features `share` and `local` [K, P, m]; 0 for who holds nothing in any member."""
        share: Singles = np.zeros(owned.shape, np.float32)
        local: Singles = np.zeros(owned.shape, np.float32)
        for o in np.flatnonzero(owned.any(axis=(1, 2))):
            share[o] = self.near @ owned[o].astype(np.float32)
            local[o] = self.near @ (owned[o] * self.fresh)
        return share, local

    def odds(self, b: Floats) -> Singles:
        """Odds of each holder next week against staying, [K, P, m]: 1 for the present one.

        They are exp(b . x) with x of `features`, of whose first four just one is 1.
        """
        slopes = b.astype(np.float32)
        owned = self._owned()
        share, local = self._next_door(owned)
        count = owned.sum(1, dtype=np.float32)
        u: Singles = np.where(share > 0, slopes[0], np.where(count > 0, slopes[1], slopes[2])[:, np.newaxis])
        u[-1] = slopes[3]
        room: Singles = np.empty_like(u)
        for slope, x in zip(slopes[4:6], (share, local), strict=True):
            u += np.multiply(x, slope, out=room)
        gain = np.minimum(self.won / np.maximum(count, 1), 1)[:, np.newaxis]
        gain[-1] = 0
        u += slopes[6] * gain
        u += slopes[7] * np.take_along_axis(self.lost / (self.lost + np.maximum(count, 1)), self.held, 0)
        u += slopes[8] * self.fresh
        u += slopes[9] * self.contested
        w = np.exp(u, out=u)
        np.put_along_axis(w, self.held[np.newaxis].astype(np.int64), np.float32(1), 0)
        return w


def neighbours(world: World) -> Any:
    """Sparse float32 [P, P]: 1 / (number of links of p) where p and q are linked."""
    from scipy.sparse import csr_array

    a, b = world.links.a, world.links.b
    size = len(world.places.id)
    degree = np.maximum(np.bincount(np.concatenate([a, b]), minlength=size), 1)
    rows, columns = np.concatenate([a, b]), np.concatenate([b, a])
    return csr_array(  # type: ignore[no-untyped-call]
        ((1 / degree[rows]).astype(np.float32), (rows, columns)), shape=(size, size)
    )


def fit(x: Floats, outcome: NDArray[np.integer], *, ridge: Floats = RIDGE, centre: Floats = CENTRE) -> Floats:
    """Coefficients [F] of a multinomial logit with a ridge, by Newton's method.

    `x` [n, K, F] is 0 where the class is to stay; `outcome` [n] is the class that happened.
    """
    n, classes, size = x.shape
    flat = x.reshape(n * classes, size)
    outcome_sums = x[np.arange(n), outcome].sum(0)
    b = centre.astype(float).copy()
    for _ in range(100):
        u = (flat @ b).reshape(n, classes)
        p = np.exp(u - u.max(1, keepdims=True))
        p /= p.sum(1, keepdims=True)
        mean = np.einsum("nk,nkf->nf", p, x)
        slope = outcome_sums - mean.sum(0) - ridge * (b - centre)
        curve = flat.T @ (flat * p.reshape(-1, 1)) - mean.T @ mean + np.diag(ridge)
        step = np.linalg.solve(curve, slope)
        b += step / max(1.0, np.abs(step).max() / 2)
        if np.abs(step).max() < 1e-8:
            break
    return b


@dataclass(frozen=True, slots=True)
class ContiguityMarkov:
    """The hazard above, fitted on the last `weeks` before the origin and run forward with `members` members."""

    weeks: int = 104
    members: int = 400
    seed: int = 0
    name: str = "contiguity Markov"

    def replay(self, world: World) -> tuple[Front, Floats, NDArray[np.integer]]:
        """The front on the origin, and the design: x [n, K, F] and outcome [n], a row a place and week looked at.

        The weeks before the window only warm up what is `lately`.
        """
        dates = weeks_back(world, self.weeks + 26)
        control, fought, looked = world.holders(dates), contested(world, dates), watched(world, dates)
        holders = world.nobody + 1
        front = Front(neighbours(world), control[0][:, np.newaxis], fought[0][:, np.newaxis], holders)
        rows, outcome = [], []
        for week in range(1, dates.size):
            if week >= dates.size - self.weeks:
                x = np.empty((len(FEATURES), holders, control.shape[1]), np.float32)
                for feature, values in zip(x, front.features(), strict=True):
                    feature[:] = values[..., 0]
                x[:, control[week - 1], np.arange(control.shape[1])] = 0
                part = slice(None) if looked[week - 1].all() else looked[week - 1]
                rows.append(x.transpose(2, 1, 0)[part])
                outcome.append(control[week][part])
            front.advance(control[week][:, np.newaxis], fought[week][:, np.newaxis], looked[week - 1])
        if not rows:
            return front, np.zeros((0, holders, len(FEATURES))), np.zeros(0, np.int8)
        return front, np.concatenate(rows).astype(float), np.concatenate(outcome)

    def simulate(self, world: World, weeks: int, *, chances: bool = True) -> tuple[Holders, Floats]:
        """Members and odds run forward from the origin.

        Control int8[week + 1, place, member], and probability [week + 1, place, K]: of each holder at each week,
        given where the members stood a week before (exact over the last step, so less noisy than counts). Without
        `chances` it is that of the origin alone, [1, place, K].
        """
        front, x, outcome = self.replay(world)
        b = fit(x, outcome)
        front = front.repeated(self.members)
        random = stream(self.seed, self.name, world)
        control = np.empty((weeks + 1, *front.held.shape), np.int8)
        control[0] = front.held
        probability = np.empty((weeks + 1 if chances else 1, front.held.shape[0], front.holders))
        probability[0] = one_hot(front.held[:, 0], front.holders)
        for week in range(1, weeks + 1):
            odds = front.odds(b)
            total = odds.sum(0)
            if chances:
                probability[week] = (odds / total).mean(-1).T
            level = random.random(total.shape, np.float32) * total
            # Staying (odds 1) lies first on the line, the others after it in order.
            place, member = np.nonzero(level > 1)
            others = odds[:, place, member]
            others[front.held[place, member], np.arange(place.size)] = 0
            upper = np.cumsum(others, 0)
            chosen = (level[place, member] - 1 > upper[:-1]).sum(0)
            holder_now, fought = front.held.copy(), front.contested.copy()
            holder_now[place, member] = chosen
            fought[place, member] = False
            front.advance(holder_now, fought)
            control[week] = holder_now
        return control, probability

    def forecast(self, world: World, leads: Days) -> Floats:
        """See `Forecaster.forecast`."""
        steps = steps_to(world, leads)
        return self.simulate(world, int(steps.max(initial=0)))[1][steps]

    def answer(self, world: World, questions: Sequence[Question], until: np.datetime64) -> list[Answer]:
        """See `Forecaster.answer`."""
        control, _ = self.simulate(world, int(steps_to(world, [until])[0]), chances=False)
        return answers(world, control.transpose(2, 0, 1), questions)
