"""Where a score comes from: calibration of changes of hands, of totals, and of when; and the score of whole paths."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from polemos.forecasters.simulated_forecast import MEASURES, totals_of
from polemos.hindcasts.hindcast import Hindcast
from polemos.record.world import Flags, Floats
from polemos.scores.paths import energy
from polemos.scores.reliability import Decomposition, corp, corp_decomposition, murphy, pit
from polemos.scores.timing import rps_of_leads

BINS = 10
"""Bars of a PIT histogram."""
MEMBERS = 200
"""Members that an energy score is taken from, evenly among all: its cost grows with their square."""
STEPS = 60
"""Most steps of a reliability diagram that are kept."""


@dataclass(frozen=True, slots=True)
class Change:
    """Whether a place has another holder at a lead than at the origin, over all places and origins.

    `probability` and `observed` are means. `isotonic` splits the Brier score of yes or no by isotonic recalibration,
    `binned` over bins (Murphy). `diagram` is the isotonic reliability diagram: rows of probability, what it was worth,
    cases.
    """

    forecaster: str
    lead: str
    cases: int
    probability: float
    observed: float
    isotonic: Decomposition
    binned: Decomposition
    diagram: tuple[tuple[float, float, float], ...]


@dataclass(frozen=True, slots=True)
class Paths:
    """Scores over all leads at once, of origins from which every lead is within what was observed.

    `rps` is the mean ranked probability score of a change over the ordered leads, a place; `rps_persistence` that of
    no change. Of forecasters that simulate, `energy` is the mean energy score of places held by every organisation at
    every lead, in places, `energy_persistence` that of no change; else None.
    """

    forecaster: str
    origins: int
    rps: float
    rps_persistence: float
    energy: float | None
    energy_persistence: float | None


@dataclass(frozen=True, slots=True)
class Pit:
    """PIT histogram of totals over organisations that hold a place at the origin, and origins: shares, `BINS` bars."""

    forecaster: str
    measure: str
    lead: str
    cases: int
    shares: tuple[float, ...]


def changes(hindcast: Hindcast) -> list[Change]:
    """A row a forecaster and lead."""
    table = []
    begun = hindcast.world.observed(hindcast.origins)
    for name in hindcast.forecasters:
        for at, lead in enumerate(hindcast.leads):
            # A change is one between two days on which somebody looked.
            is_asked = hindcast.cases[:, at] & begun
            if not is_asked.any():
                continue
            p, outcomes = (one[is_asked] for one in change(hindcast, name, lead))
            diagram = corp(p, outcomes)
            # A step of equal worth needs its two ends and no more.
            steps = np.r_[True, np.diff(diagram.observed) > 0]
            group = np.cumsum(steps) - 1
            weight = np.bincount(group, diagram.forecasts)
            forecasts = np.bincount(group, diagram.forecasts * diagram.probability) / weight
            rows = np.column_stack([forecasts, diagram.observed[steps], weight])
            picks = np.unique(np.linspace(0, len(rows) - 1, min(STEPS, len(rows))).astype(int))
            table.append(
                Change(
                    name,
                    lead,
                    p.size,
                    float(p.mean()),
                    float(outcomes.mean()),
                    corp_decomposition(p, outcomes),
                    murphy(p, outcomes),
                    tuple((float(a), float(b), float(c)) for a, b, c in rows[picks]),
                )
            )
    return table


def paths(hindcast: Hindcast) -> list[Paths]:
    """A row a forecaster; none where no origin has all leads."""
    whole = hindcast.whole.all(1) & hindcast.world.observed(hindcast.origins).all(1)
    if not whole.any():
        return []
    outcomes = np.stack([(hindcast.happened[:, at] != hindcast.held)[whole] for at in range(len(hindcast.leads))], -1)
    still = float(rps_of_leads(np.zeros(outcomes.shape), outcomes).mean())
    # [2, R, L, O]: places alone are scored, people would drown them.
    totals = np.stack(totals_of(hindcast.happened[whole], hindcast.world)[0].astype(float))
    now = totals_of(hindcast.held[whole][:, np.newaxis], hindcast.world)[0].astype(float)
    stale = float(np.linalg.norm((totals - now).reshape(len(totals), -1), axis=1).mean())
    table = []
    for name in hindcast.forecasters:
        probabilities = np.stack([change(hindcast, name, lead)[0][whole] for lead in hindcast.leads], -1)
        score = float(rps_of_leads(probabilities, outcomes).mean())
        spread = None
        if name in hindcast.totals:
            members = hindcast.totals[name][whole, 0].astype(float)
            chosen = np.unique(np.linspace(0, members.shape[1] - 1, min(MEMBERS, members.shape[1])).astype(int))
            flat = members[:, chosen].reshape(len(members), chosen.size, -1)
            spread = float(energy(flat, totals.reshape(len(totals), -1)).mean())
        table.append(Paths(name, int(whole.sum()), score, still, spread, None if spread is None else stale))
    return table


def pits(hindcast: Hindcast) -> list[Pit]:
    """A row a forecaster that simulates, measure and lead."""
    now = np.moveaxis(totals_of(hindcast.held[np.newaxis], hindcast.world)[:, 0], 1, 0)
    totals_recorded = np.moveaxis(totals_of(hindcast.happened, hindcast.world), 1, 0)
    table = []
    for name, totals in hindcast.totals.items():
        for row, measure in enumerate(MEASURES):
            for at, lead in enumerate(hindcast.leads):
                is_asked = hindcast.whole[:, at]
                playing = now[is_asked, 0] > 0
                if not playing.any():
                    continue
                members: Floats = np.moveaxis(totals[is_asked, row, :, at], 1, -1).astype(float)
                shares = pit(members[playing], totals_recorded[is_asked, row, at][playing], BINS)
                table.append(Pit(name, measure, lead, int(playing.sum()), tuple(shares.tolist())))
    return table


def change(hindcast: Hindcast, forecaster: str, lead: str) -> tuple[Floats, Flags]:
    """Probability that a place has another holder at a lead than at the origin, and whether it had: [R, P] both."""
    f, at = hindcast.forecasters.index(forecaster), hindcast.leads.index(lead)
    holders = hindcast.held[..., np.newaxis].astype(np.intp)
    stay = np.take_along_axis(hindcast.probability[f, :, at], holders, axis=-1)[..., 0]
    return 1 - stay, hindcast.happened[:, at] != hindcast.held
