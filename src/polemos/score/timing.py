"""Scores of when: the first change of hands among ordered leads, and the time to it where the record ends first."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from polemos.record.world import Floats
from polemos.score.proper import crps, rps


def first_change(control: ArrayLike) -> Floats:
    """Steps until a place first has another holder than at the beginning, `inf` where it never has.

    `control` [..., T, P] are holders step by step, members or the record; the result is [..., P].
    """
    held = np.asarray(control)
    moved = held != held[..., :1, :]
    return np.where(moved.any(-2), moved.argmax(-2), np.inf)


def categories(times: ArrayLike, edges: ArrayLike) -> NDArray[np.int64]:
    """Ordered category of each time: 0 up to the first edge (inclusive), then up to the second; the last is later."""
    return np.asarray(np.searchsorted(np.asarray(edges, float), np.asarray(times, float), side="left"), np.int64)


def rps_of_times(times: ArrayLike, observed: ArrayLike, edges: ArrayLike) -> Floats:
    """Ranked probability score over ordered leads of times [..., m] of members against those observed [...].

    The categories are those of `categories`; the probability of one is its share of members. Epstein (1969), J. Appl.
    Meteorol. 8. It is 0 for a sure hit and grows by 1 for each lead by which a sure forecast is off.
    """
    size = np.asarray(edges).size + 1
    told = categories(times, edges)[..., np.newaxis] == np.arange(size)
    return rps(told.mean(-2), categories(observed, edges))


def rps_of_leads(changed: ArrayLike, happened: ArrayLike) -> Floats:
    """The same score from probabilities `changed` [..., L] of a first change by each of ordered leads.

    `happened` [..., L] says whether it had come by then. Of a place that changes hands and back, a forecast of holders
    lead by lead tells only whether it is changed *on* the lead: the sum is then one of Brier scores, proper still.
    """
    told, came = np.asarray(changed, float), np.asarray(happened, float)
    return np.asarray(((told - came) ** 2).sum(-1))


def crps_censored(members: ArrayLike, observed: ArrayLike, horizon: ArrayLike, *, fair: bool = False) -> Floats:
    """CRPS of times [..., m] against one observed [...], of which nothing is known beyond `horizon` [...].

    `integral from 0 to the horizon of (F(t) - [observed <= t])^2`: the threshold-weighted score, equal to the CRPS of
    the times cut at the horizon. A time that has not come by then is `inf` (or any later one). Proper whatever lies
    behind the horizon. Gneiting and Ranjan (2011), J. Bus. Econ. Stat. 29; Allen, Ginsbourger and Ziegel (2023).
    """
    cut = np.asarray(horizon, float)
    return crps(np.minimum(members, cut[..., np.newaxis]), np.minimum(observed, cut), fair=fair)
