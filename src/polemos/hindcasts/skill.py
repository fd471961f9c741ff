"""Skill of forecasters: mean scores by lead and scope, against a reference, with intervals over blocks of origins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from polemos.forecasters.leads import lead_days
from polemos.hindcasts.place_scores import SCOPES, PlaceScore
from polemos.scores.bootstrap import Interval, block_bootstrap, skill_bootstrap


@dataclass(frozen=True, slots=True)
class Skill:
    """Mean scores of a forecaster over the origins, and how far it is ahead of a reference.

    `log_dated` is the better of the bounds of `log` over the days to which the record dates changes. `gain` is its log
    score less the reference's, origin by origin (negative: better); `skill` is the share of the reference's log score
    that it saves; both with a 90 % interval by the bootstrap over blocks of `block` origins, so `blocks` are what the
    interval rests on.
    """

    forecaster: str
    lead: str
    scope: str
    origins: int
    block: int
    blocks: int
    log: float
    log_second: float
    brier: float
    log_dated: float
    reference: str
    gain: Interval
    skill: Interval


def summarise(rows: Sequence[PlaceScore], reference: str) -> list[Skill]:
    """Scores averaged over origins, each origin alike. Raises `KeyError` where the reference has no rows."""
    by: dict[tuple[str, str, str], dict[np.datetime64, PlaceScore]] = {}
    for row in rows:
        by.setdefault((row.forecaster, row.lead, row.scope), {})[row.origin] = row
    if all(name != reference for name, _, _ in by):
        raise KeyError(f"no scores of {reference!r}")
    table = []
    for (name, lead, scope), mine in sorted(
        by.items(), key=lambda item: (SCOPES.index(item[0][2]), lead_days(item[0][1]))
    ):
        theirs = by[reference, lead, scope]
        shared = sorted(mine.keys() & theirs.keys())
        logs, second, briers, dated = (
            np.array([getattr(mine[origin], field) for origin in shared])
            for field in ("log", "log_second", "brier", "log_dated")
        )
        other = np.array([theirs[origin].log for origin in shared])
        block = block_of(shared, lead)
        table.append(
            Skill(
                name,
                lead,
                scope,
                len(shared),
                block,
                len(shared) // block,
                float(logs.mean()),
                float(second.mean()),
                float(briers.mean()),
                float(dated.mean()),
                reference,
                block_bootstrap(logs - other, block),
                skill_bootstrap(logs, other, block),
            )
        )
    return table


def block_of(origins: Sequence[np.datetime64], lead: str) -> int:
    """Consecutive origins whose futures overlap at a lead: the block of the bootstrap."""
    if len(origins) < 2:
        return 1
    gap = np.diff(np.asarray(origins, "datetime64[D]").astype(np.int64)).mean()
    # Months differ in length: a hair over a whole number of gaps is that number.
    return max(1, int(np.ceil(lead_days(lead) / float(gap) - 0.1)))
