"""The reduced model in mesa-frames: all places in one Polars frame, neighbours gathered as columns."""

from __future__ import annotations

from typing import Any

import polars as pl
from mesa_frames import AgentSetPolars, ModelDF
from reduced import ATTACK, DEGREE, GARRISON, GROWTH, LOSS, MOVE, begin, graph, serve

z, n, s, force, u = (pl.col(name) for name in ("z", "n", "s", "force", "u"))
NEAR = [pl.col(f"z{k}") for k in range(DEGREE)]


class Places(AgentSetPolars):
    """Places with men, negative on side 0."""

    def __init__(self, model: ModelDF, places: int) -> None:
        super().__init__(model)
        self.near = [pl.Series(row) for row in graph(places).T]
        self += pl.DataFrame({"unique_id": range(places), "z": begin(places).astype(float)})

    def around(self, men: pl.Series) -> pl.DataFrame:
        """A row a place: its men, and those of each neighbour."""
        return pl.DataFrame({"z": men} | {f"z{k}": men.gather(row) for k, row in enumerate(self.near)})

    def step(self) -> None:
        """A week."""
        moved = self.around(self["z"]).select(
            s=z.sign(),
            n=z.sign() * pl.sum_horizontal(x.sign() for x in NEAR),
            z=z
            + MOVE
            / DEGREE
            / 2
            * (
                pl.sum_horizontal(NEAR)
                + z.sign() * pl.sum_horizontal(x.abs() for x in NEAR)
                - z * (DEGREE + z.sign() * pl.sum_horizontal(x.sign() for x in NEAR))
            ),
        )
        others = self.around(moved["z"]).select(
            plain=pl.sum_horizontal(NEAR), size=pl.sum_horizontal(x.abs() for x in NEAR)
        )
        number = (DEGREE - n) / 2
        fought = moved.hstack(others).with_columns(
            u=pl.Series(self.random.random(len(moved))),
            chance=ATTACK / DEGREE * number,
            men=z.abs(),
            force=(pl.col("size") - s * pl.col("plain")) / 2 / pl.max_horizontal(number, 1),
        )
        chance, men = pl.col("chance"), pl.col("men")
        left = (men + GROWTH * (1 - men)) * pl.when(u < chance).then(1 - LOSS).otherwise(1.0)
        taken = u * (force + men) < chance * force
        self["z"] = fought.select(pl.when(taken).then(-s * GARRISON * force).otherwise(s * left).alias("z"))["z"]


class War(ModelDF):
    """The war."""

    def __init__(self, places: int, seed: int) -> None:
        super().__init__(seed=seed)
        self.agents += Places(self, places)


def build(places: int, weeks: int, members: int, seed: int) -> Any:
    """See `reduced`. Models are made before they are timed."""
    wars = [War(places, seed * members + member) for member in range(members)]

    def run() -> tuple[Any, Any]:
        for war in wars:
            for _ in range(weeks):
                war.agents.do("step")
        ends = [next(iter(war.agents["z"].values())) for war in wars]
        return [float((end > 0).mean()) for end in ends], [float(end.abs().mean()) for end in ends]

    return run


if __name__ == "__main__":
    serve(build)
