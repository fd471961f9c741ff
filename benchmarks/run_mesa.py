"""The reduced model in Mesa: an agent a place that knows its neighbours, three phases a week by `agents.do`."""

from __future__ import annotations

from typing import Any

import mesa
from reduced import ATTACK, DEGREE, GARRISON, GROWTH, LOSS, MOVE, begin, graph, serve


class Place(mesa.Agent):
    """A place with a side and men."""

    def __init__(self, model: mesa.Model, side: bool, men: float) -> None:
        super().__init__(model)
        self.side, self.men = side, men
        self.near: list[Place] = []
        self.next_side, self.next_men = side, men

    def move(self) -> None:
        """Men go to and come from neighbours of the same side."""
        allies = [place.men for place in self.near if place.side == self.side]
        self.next_men = self.men + MOVE / DEGREE * (sum(allies) - self.men * len(allies))

    def arrive(self) -> None:
        """Stand as moved."""
        self.men = self.next_men

    def fight(self) -> None:
        """Be attacked, perhaps taken."""
        foes = [place.men for place in self.near if place.side != self.side]
        force = sum(foes) / len(foes) if foes else 0.0
        u, chance = self.random.random(), ATTACK / DEGREE * len(foes)
        self.next_side = self.side
        if u * (force + self.men) < chance * force:
            self.next_side, self.next_men = not self.side, GARRISON * force
        else:
            left = self.men + GROWTH * (1 - self.men)
            self.next_men = left * (1 - LOSS) if u < chance else left

    def settle(self) -> None:
        """Stand as fought."""
        self.side, self.men = self.next_side, self.next_men


class War(mesa.Model):
    """The war."""

    def __init__(self, places: int, seed: int) -> None:
        super().__init__(seed=seed)
        made = [Place(self, bool(z > 0), abs(float(z))) for z in begin(places)]
        for place, row in zip(made, graph(places).tolist(), strict=True):
            place.near = [made[q] for q in row]

    def step(self) -> None:
        """A week."""
        self.agents.do("move")
        self.agents.do("arrive")
        self.agents.do("fight")
        self.agents.do("settle")


def build(places: int, weeks: int, members: int, seed: int) -> Any:
    """See `reduced`. Models are made before they are timed."""
    wars = [War(places, seed * members + member) for member in range(members)]

    def run() -> tuple[Any, Any]:
        for war in wars:
            for _ in range(weeks):
                war.step()
        share = [sum(place.side for place in war.agents) / places for war in wars]
        return share, [sum(place.men for place in war.agents) / places for war in wars]

    return run


if __name__ == "__main__":
    serve(build)
