"""Bands of totals: places and people held by each organisation, simulated against the record.

How often a band of 80 % contains the outcome, and the CRPS beside that of persistence, for whom nothing changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from polemos.forecasters.simulated_forecast import MEASURES, totals_of
from polemos.hindcasts.hindcast import Hindcast
from polemos.record.world import Flags, Floats
from polemos.scores.rules import crps

LOW, HIGH = 0.1, 0.9


@dataclass(frozen=True, slots=True)
class BandScore:
    """Bands of one forecaster at one lead (None: all leads).

    `covered` is the share of `cases` (an origin and an organisation that holds a place there) in which the total lies
    in the closed band from the 10 to the 90 % point of the members; a total takes few values, so that even of perfect
    bands it holds more than 80 %. `even` shares ties out: the part of the members equal to the outcome that lies within
    the band (the randomised PIT in expectation), 80 % of perfect bands. `crps` is a mean over origins and all
    organisations, in places or people, `persistence` what persistence gets, `ratio` the first by the second. `fair` is
    the CRPS in the fair form, which no number of members flatters (NaN of a single member).
    """

    forecaster: str
    measure: str
    lead: str | None
    cases: int
    covered: float
    even: float
    crps: float
    persistence: float
    ratio: float
    fair: float


def band_scores(hindcast: Hindcast) -> list[BandScore]:
    """A row a forecaster that simulates, measure and lead; of all leads together last."""
    now = np.moveaxis(totals_of(hindcast.held[np.newaxis], hindcast.world)[:, 0], 1, 0)
    totals_recorded = np.moveaxis(totals_of(hindcast.happened, hindcast.world), 1, 0)
    playing = now[:, 0] > 0
    table = []
    for name, totals in hindcast.totals.items():
        for row, measure in enumerate(MEASURES):
            parts = []
            for lead in range(len(hindcast.leads)):
                at = hindcast.whole[:, lead]
                if not at.any():
                    continue
                members = np.moveaxis(totals[at, row, :, lead], 1, -1).astype(float)
                outcome = totals_recorded[at, row, lead]
                missed = crps(members, outcome)
                fair = crps(members, outcome, fair=True) if members.shape[-1] > 1 else np.full(outcome.shape, np.nan)
                stale = np.abs(now[at, row] - outcome)
                inside, even = coverage(members[playing[at]], outcome[playing[at]])
                parts.append((hindcast.leads[lead], inside, even, missed, stale, fair))
            table += [_row(name, measure, lead, *arrays) for lead, *arrays in parts]
            if parts:
                joined = [np.concatenate([np.ravel(part[k]) for part in parts]) for k in range(1, 6)]
                table.append(_row(name, measure, None, *joined))
    return table


def coverage(members: Floats, outcomes: Floats) -> tuple[Flags, Floats]:
    """Whether the closed band of members [..., m] contains the outcome [...], and the same with ties shared out."""
    low, high = np.quantile(members, (LOW, HIGH), axis=-1)
    below = (members < outcomes[..., np.newaxis]).mean(-1)
    upto = (members <= outcomes[..., np.newaxis]).mean(-1)
    width = upto - below
    overlap = np.clip(np.minimum(upto, HIGH) - np.maximum(below, LOW), 0, None)
    pointwise = (below > LOW) & (below < HIGH)
    even = np.where(width > 0, overlap / np.where(width > 0, width, 1), pointwise)
    return (low <= outcomes) & (outcomes <= high), even


def _row(
    name: str, measure: str, lead: str | None, inside: Any, even: Any, missed: Any, stale: Any, fair: Any
) -> BandScore:
    mine, theirs = float(np.mean(missed)), float(np.mean(stale))
    ratio = mine / theirs if theirs else float("nan")
    return BandScore(
        name,
        measure,
        lead,
        int(np.size(inside)),
        float(np.mean(inside)),
        float(np.mean(even)),
        mine,
        theirs,
        ratio,
        float(np.mean(fair)),
    )
