"""The front hazard: a hazard of capture learnt from the record before the origin, and simulated forward.

What it sees is in `polemos.model.front.features`, how it is fitted in `polemos.model.front.fit`, how it runs in
`polemos.model.front.simulate`. It knows no place and no organisation by name, and nothing after the origin; support is
carried forward as it stood there.

Honesty: the form, the features with their ridge centres and bounds, the strength of the ridge and the cap on
feedback were chosen on a prototype by somebody who was looking at scores on one war from its fourth year on. Part of
its lead on that war is what such choices can buy; the coefficients themselves are fitted before each origin.
Heat, the half-life, the caps and the echo were chosen while looking at nine wars; docs/hindcast.md has the tries.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from polemos.forecasters.model_forecaster import ANYBODY, PRESENT
from polemos.forecasters.weekly_grid import answers, one_hot, origin_of, steps_to
from polemos.model.front.pair_scatter import SPREAD_OF_PAIRS
from polemos.questions.answer import Answer
from polemos.record.world import Days, Floats, Holders, World, site

if TYPE_CHECKING:
    from polemos.forecasters.simulated_forecast import Foretold
    from polemos.model.front.fit import Replay
    from polemos.questions.questions import Question

FORM_UNTIL = "2024-12-31"
"""Last date of what those who chose the form and the constants of the front hazard had seen."""
CHUNK = 50
"""Members a task."""


@dataclass(frozen=True, slots=True)
class FrontHazard:
    """Forecasts by the front hazard; see `Forecaster`. The same settings give the same forecast, bit for bit.

    `prior` are coefficients fitted on other wars, in the order of `features.FEATURES`: where the ridge pulls to
    instead of `model.front.fit.CENTRE`. `scatter` is the standard deviation of a normal draw per member, ordered pair
    and half-year, added to the logarithm of the rate: it widens the bands of totals. `without` names
    features that are left out of the fit and of the rate. `wars` are other wars, whole: what of their records lies
    before the origin shares its coefficients with this war's (`polemos.model.front.optimise`). With `switching`, the
    front between two organisations is frozen or open, as the record has it (`polemos.model.front.regimes`).
    """

    members: int = 800
    seed: int = 1
    name: str = "front hazard"
    prior: tuple[float, ...] | None = None
    scatter: float = SPREAD_OF_PAIRS
    without: tuple[str, ...] = ()
    threads: int | None = None
    wars: tuple[World, ...] = ()
    switching: bool = True

    def coefficients(self, world: World) -> dict[str, float]:
        """The fit by the name of the feature, from the record up to the origin."""
        from polemos.model.front.fit import CENTRE, replay

        return dict(zip(CENTRE, self._learn(replay(world), origin_of(world)).tolist(), strict=True))

    def _learn(self, past: Replay, origin: np.datetime64) -> Floats:
        from polemos.model.front.fit import CENTRE, learn

        others = self._others(origin)
        if not self.without:
            return learn(past, self.prior, others)
        off = [list(CENTRE).index(name) for name in self.without]

        def blind(one: Replay) -> Replay:
            x = one.x.copy()
            x[:, off] = 0
            return replace(one, x=x, digest="")

        # What is never seen stays where the ridge pulls it to.
        prior = np.array([centre for centre, _, _ in CENTRE.values()] if self.prior is None else self.prior)
        prior[off] = 0
        return learn(blind(past), tuple(prior.tolist()), [blind(one) for one in others])

    def _others(self, origin: np.datetime64) -> list[Replay]:
        """The records of the other wars up to the origin, those that are long enough by then."""
        from polemos.model.front.fit import replay
        from polemos.model.front.optimise import LEAST_WEEKS

        ends = [(war, min(origin, war.until)) for war in self.wars]
        return [replay(war.as_of(end)) for war, end in ends if end - war.start >= np.timedelta64(7 * LEAST_WEEKS, "D")]

    def simulate(self, world: World, weeks: int, lead_weeks: Sequence[int] = ()) -> tuple[Holders, Floats]:
        """Control int8[member, week + 1, place] from the origin on, and at `lead_weeks` the probability of every
        holder [lead, place, O + 1], exact over the last step. Raises `ValueError` when the world is not cut."""
        from polemos.model.front import regimes
        from polemos.model.front.fit import replay
        from polemos.model.front.pair_scatter import pair_scatter, pair_sites
        from polemos.model.front.simulate import PROCESS, run
        from polemos.model.rng import member_keys

        origin = origin_of(world)
        past = replay(world)
        b = self._learn(past, origin)
        size, nobody = len(world.places.id), world.nobody
        pace = regimes.steady(nobody)
        if self.switching:
            pace = regimes.learn(past.held, nobody, past.rates(b), past.signs)
        sites = np.array([site(p) for p in world.places.id], np.uint64)
        rows = np.unique(np.asarray(lead_weeks, np.int64))
        which = np.full(weeks + 1, -1, np.int32)
        which[rows] = np.arange(rows.size)
        control = np.empty((self.members, weeks + 1, size), np.int8)
        pairs = pair_sites(world)

        def part(first: int) -> Floats:
            last = min(first + CHUNK, self.members)
            keys = member_keys(self.seed, first, last)
            scatter = pair_scatter(keys, pairs, weeks, self.scatter)
            sums = np.zeros((rows.size, size, nobody + 1))
            run(
                keys, PROCESS, past.memory, past.land, sites, past.air, past.patron, b, scatter, pace,
                past.entry, pairs, which, control[first:last], sums,
            )  # fmt: skip
            return sums

        with ThreadPoolExecutor(self.threads or os.cpu_count() or 1) as pool:
            parts = list(pool.map(part, range(0, self.members, CHUNK)))
        probability = np.sum(parts, axis=0) / self.members
        return control, probability[np.searchsorted(rows, np.asarray(lead_weeks, np.int64))]

    def foretell(self, world: World, leads: Days) -> Foretold:
        """See `Simulator.foretell`; `PRESENT` and `ANYBODY` members are added as to the model's probabilities."""
        return self.trajectories(world, leads)[1]

    def trajectories(self, world: World, leads: Days, until: np.datetime64 | None = None) -> tuple[Holders, Foretold]:
        """The simulated wars, as `simulate` gives them up to `until` (by default the last lead), and their forecast."""
        from polemos.forecasters.simulated_forecast import Foretold, totals_of

        steps = steps_to(world, leads)
        last = 0 if until is None else int(steps_to(world, [until])[0])
        control, probability = self.simulate(world, max(last, int(steps.max(initial=0))), steps.tolist())
        holders = world.nobody + 1
        present = one_hot(world.holders([origin_of(world)])[0], holders)
        added = PRESENT * present + ANYBODY / holders
        smoothed = np.asarray((probability * self.members + added) / (self.members + PRESENT + ANYBODY))
        return control, Foretold(smoothed, totals_of(control[:, steps], world))

    def forecast(self, world: World, leads: Days) -> Floats:
        """See `Forecaster.forecast`."""
        return self.foretell(world, leads).probability

    def answer(self, world: World, questions: Sequence[Question], until: np.datetime64) -> list[Answer]:
        """See `Forecaster.answer`."""
        control, _ = self.simulate(world, int(steps_to(world, [until])[0]))
        return answers(world, control, questions)
