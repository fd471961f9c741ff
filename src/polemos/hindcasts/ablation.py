"""What each process of the model and each feature of the front is good for: the held-out score without it.

A process is switched off in the model; a feature is left out of the fit and of the rate of the front hazard. Members
share their random numbers, so a difference is not drowned in the noise of sampling.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from polemos.forecasters.base import Forecaster
from polemos.forecasters.front_hazard import FrontHazard
from polemos.forecasters.model_forecaster import ModelForecaster
from polemos.hindcasts.hindcast import Hindcast
from polemos.hindcasts.skill import summarise
from polemos.record.world import World
from polemos.scores.bootstrap import Interval

NEEDED = ("next_door", "two_roads", "farther", "memory")
"""Levels of the rate and bookkeeping: there is no war without them, so they are not switched off."""


@dataclass(frozen=True, slots=True)
class Worth:
    """How the log score changes when a part of a forecaster is switched off: above 0, the part helps.

    `change` is a mean over origins with a 90 % interval over blocks of them.
    """

    forecaster: str
    part: str
    lead: str
    scope: str
    origins: int
    log: float
    change: Interval


def forecasters(world: World, members: int, seed: int = 1, threads: int | None = None) -> tuple[Forecaster, ...]:
    """The model and the front hazard, whole and without each of their parts."""
    from polemos.model import processes
    from polemos.model.front.fit import CENTRE

    model = ModelForecaster(members, seed, threads=threads)
    front = FrontHazard(members, seed, threads=threads)
    on = [process.name for process in processes.choose(world.processes) if process.name not in NEEDED]
    features = [name for name in CENTRE if name not in NEEDED]
    return (
        model,
        *(replace(model, name=name_without(model, name), without=(name,)) for name in on),
        front,
        *(replace(front, name=name_without(front, name), without=(name,)) for name in features),
    )


def name_without(whole: Forecaster, part: str) -> str:
    """Name of a forecaster without a part."""
    return f"{whole.name} without {part}"


def worth(hindcast: Hindcast) -> list[Worth]:
    """A row a part, lead and scope of a hindcast of `forecasters`."""
    rows: Sequence[Worth] = []
    scores = hindcast.scores()
    for whole in ("model", "front hazard"):
        if whole not in hindcast.forecasters:
            continue
        mine = [row for row in scores if row.forecaster == whole or row.forecaster.startswith(f"{whole} without ")]
        rows = [
            *rows,
            *(
                Worth(whole, row.forecaster.split(" without ")[1], row.lead, row.scope, row.origins, row.log, row.gain)
                for row in summarise(mine, whole)
                if row.forecaster != whole
            ),
        ]
    return list(rows)
