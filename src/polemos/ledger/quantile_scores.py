"""Scores of the quantiles that owners entered into a ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from polemos.ledger.base_rate import topic_of
from polemos.ledger.columns import Table
from polemos.ledger.scores import AFTER, BEFORE


@dataclass(frozen=True, slots=True)
class Spread:
    """Mean scores of an owner's quantiles over resolved questions of a topic with one unit.

    `loss` is twice the quantile loss averaged over the levels, in the unit: near the continuous ranked probability
    score for many levels (Gneiting and Raftery 2007). It is infinite where a quantile is "never" and the quantity
    came; such questions are counted in `unbounded` and left out of the mean, None where no other is. `inside_50` and
    `inside_90` are the shares of quantities within the middle 50 and 90 %, None where the levels were not given.
    """

    basis: str
    topic: str
    owner: str
    unit: str
    questions: int
    unbounded: int
    loss: float | None
    inside_50: float | None
    inside_90: float | None


def spreads(table: Table) -> list[Spread]:
    """Scores of the last quantiles of each owner on each question whose quantity is known."""
    last: dict[tuple[int, int, bool], int] = {}
    for event in table.quantiles:
        index = int(table.question[event])
        resolution = table.resolutions.get(index)
        if resolution is None or resolution.quantity is None:
            continue
        cutoff = min(table.closes[index], resolution.settled)
        if not table.origin[event] < cutoff:
            continue
        last[index, int(table.owner[event]), bool(table.recorded[event].astype("datetime64[D]") < cutoff)] = event
    shares: dict[tuple[str, str, str, str], list[tuple[float, bool | None, bool | None]]] = {}
    for (index, owner, early), event in sorted(last.items()):
        if not early and (index, owner, True) in last:
            continue
        question, resolution = table.asked[index], table.resolutions[index]
        at = BEFORE if early else AFTER, topic_of(question), table.owners[owner], str(question.get("unit", ""))
        shares.setdefault(at, []).append(_quantile_score(*table.quantiles[event], resolution.quantity or 0.0))
    rows = []
    for at, shares_of in sorted(shares.items(), key=lambda item: (item[0][0] == AFTER, item[0])):
        losses = [row[0] for row in shares_of if np.isfinite(row[0])]
        mean = sum(losses) / len(losses) if losses else None
        rows.append(
            Spread(*at, len(shares_of), len(shares_of) - len(losses), mean, _share(shares_of, 1), _share(shares_of, 2))
        )
    return rows


def _quantile_score(
    levels: Sequence[float], values: Sequence[float], x: float
) -> tuple[float, bool | None, bool | None]:
    """Loss, and whether the middle 50 and 90 % hold the quantity."""
    q, a = np.asarray(values, float), np.asarray(levels, float)
    with np.errstate(invalid="ignore"):
        gap = np.where(q == x, 0.0, q - x)
    loss = 2 * np.mean(((gap >= 0) - a) * gap)
    inside = []
    for low, high in ((0.25, 0.75), (0.05, 0.95)):
        ends = q[np.isclose(a, low)], q[np.isclose(a, high)]
        inside.append(bool(ends[0][0] <= x <= ends[1][0]) if ends[0].size and ends[1].size else None)
    return float(loss), inside[0], inside[1]


def _share(rows: Sequence[tuple[float, bool | None, bool | None]], at: int) -> float | None:
    hits = [bool(row[at]) for row in rows if row[at] is not None]
    return sum(hits) / len(hits) if hits else None
