"""Scores of forecasts of who holds each place, over all places and over those next to a front."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from polemos.record.world import Flags, Floats, Holders, World
from polemos.scores.date_tolerance import likeliest
from polemos.scores.rules import HEADLINE, SECOND, brier, log_score, mixture

SCOPES = ("all", "front")


@dataclass(frozen=True, slots=True)
class PlaceScore:
    """Mean scores of one forecaster over `places` places at one lead from one origin.

    `log` in nats and `brier` (0 to 2) are of the forecast with the headline mixture, `log_second` of that with the
    second; see `polemos.scores.rules`. `log_dated` is the better of the bounds of `log` over the days to which the
    record dates changes (see `polemos.scores.date_tolerance`). `scope` is all or front.
    """

    forecaster: str
    origin: np.datetime64
    lead: str
    scope: str
    places: int
    log: float
    log_second: float
    brier: float
    log_dated: float


def front(world: World, holders: Holders) -> Flags:
    """Places one link away from a place that somebody else holds: bool[place]. Nobody is somebody else too."""
    a, b = world.links.a, world.links.b
    apart = holders[a] != holders[b]
    flags = np.zeros(holders.size, bool)
    flags[a[apart]] = flags[b[apart]] = True
    return flags


def place_scores(
    forecaster: str,
    origin: np.datetime64,
    leads: Sequence[str],
    probability: Floats,
    happened: Holders,
    near_front: Flags,
    looked: Flags | None = None,
    possible: Flags | None = None,
) -> list[PlaceScore]:
    """Scores of a forecast [lead, place, K] against the holders [lead, place], a row a lead and scope.

    Only places that somebody `looked` at [lead, place] are scored (by default all). `possible` are the holders that the
    precision of the dates leaves [lead, place, K]; by default those that the record names alone. A scope without places
    has no row. Raises `ValueError` where the probabilities of a place do not sum to 1.
    """
    check(forecaster, origin, probability)
    logs, seconds = (log_score(mixture(probability, e), happened) for e in (HEADLINE, SECOND))
    dated = logs if possible is None else -np.log(likeliest(mixture(probability), possible))
    briers = brier(mixture(probability), happened)
    scopes = {"all": np.ones(near_front.size, bool), "front": near_front}
    observed = np.ones(happened.shape, bool) if looked is None else looked
    return [
        PlaceScore(
            forecaster,
            origin,
            lead,
            scope,
            int(mask.sum()),
            float(logs[row, mask].mean()),
            float(seconds[row, mask].mean()),
            float(briers[row, mask].mean()),
            float(dated[row, mask].mean()),
        )
        for row, lead in enumerate(leads)
        for scope, mask in ((scope, chosen & observed[row]) for scope, chosen in scopes.items())
        if mask.any()
    ]


def check(forecaster: str, origin: np.datetime64, probability: Floats) -> None:
    """Raises `ValueError` where a forecast is no probability."""
    total = probability.sum(-1)
    if not (np.abs(total - 1) < 1e-6).all() or probability.min() < 0:
        worst = total.flat[np.abs(total - 1).argmax()]
        raise ValueError(f"{forecaster} at {origin}: probabilities sum to {worst:.6f}, lowest {probability.min():.2g}")
