"""The reduced model in Starsim: a module with the states of every agent as arrays, a place an agent.

Its diseases and networks do not fit a war, so only its people, states, distributions and loop are used.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import starsim as ss
from reduced import ATTACK, DEGREE, GARRISON, GROWTH, LOSS, MOVE, begin, graph, serve


class War(ss.Module):
    """Men of every place, negative on side 0."""

    def __init__(self, places: int) -> None:
        super().__init__(name="war")
        self.near, self.start = graph(places), begin(places)
        self.define_states(ss.FloatArr("men", default=1.0))
        self.draw = ss.random()

    def init_post(self) -> None:
        """The start."""
        super().init_post()
        self.men[:] = self.start

    def step(self) -> None:
        """A week."""
        z = self.men.values
        sign = np.where(z > 0, 1.0, -1.0)
        allies = sign[:, np.newaxis] * z[self.near]
        same = allies > 0
        z = z + MOVE / DEGREE * (sign * np.where(same, allies, 0).sum(1) - z * same.sum(1))
        foes = -sign[:, np.newaxis] * z[self.near]
        other = foes > 0
        number = other.sum(1)
        force = np.where(other, foes, 0).sum(1) / np.maximum(number, 1)
        men, u, chance = sign * z, self.draw.rvs(z.size), ATTACK / DEGREE * number
        left = (men + GROWTH * (1 - men)) * np.where(u < chance, 1 - LOSS, 1.0)
        self.men[:] = np.where(u * (force + men) < chance * force, -sign * GARRISON * force, sign * left)


def build(places: int, weeks: int, members: int, seed: int) -> Any:
    """See `reduced`. Simulations are made before they are timed."""
    sims = []
    for member in range(members):
        sim = ss.Sim(
            n_agents=places,
            start=0,
            dur=weeks - 1,
            dt=1,
            modules=War(places),
            rand_seed=seed * members + member,
            verbose=0,
        )
        sim.init()
        sims.append(sim)

    def run() -> tuple[Any, Any]:
        for sim in sims:
            sim.run()
        ends = [next(one for one in sim.modules if isinstance(one, War)).men.values for sim in sims]
        return [float((z > 0).mean()) for z in ends], [float(np.abs(z).mean()) for z in ends]

    return run


if __name__ == "__main__":
    serve(build)
