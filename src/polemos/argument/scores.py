"""Scores of people's own words: the codings of claims against their outcomes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from polemos.argument.claims import GROUPS, Argument, Claim, scored

READINGS = ("low", "mid", "high")


@dataclass(frozen=True, slots=True)
class GroupScore:
    """Scores of a group of claims: `n` of them, `yes` of which came true.

    `brier` and `log2` are means at the middle reading. `low` and `high` are the least and the largest Brier score
    with all claims read low, all at the middle, all high; `best` and `worst` let each claim take its own.
    """

    group: str
    claims: tuple[str, ...]
    n: int
    yes: int
    brier: float
    low: float
    high: float
    best: float
    worst: float
    log2: float


def score(group: str, claims: Sequence[Claim]) -> GroupScore:
    """Scores of the claims that are coded and resolved. Raises `ValueError` when none is."""
    pairs = [(c.coding, c.outcome.value) for c in scored(claims) if c.coding and c.outcome]
    if not pairs:
        raise ValueError(f"no claim of {group} has a coding and an outcome")
    rows = [[(getattr(coding, reading) - float(value or 0)) ** 2 for reading in READINGS] for coding, value in pairs]
    n = len(rows)
    brier = [sum(column) / n for column in zip(*rows, strict=True)]
    log2 = -sum(math.log2(coding.mid if value else 1 - coding.mid) for coding, value in pairs) / n
    return GroupScore(
        group,
        tuple(claim.id for claim in scored(claims)),
        n,
        sum(value or 0 for _, value in pairs),
        brier[1],
        min(brier),
        max(brier),
        sum(min(row) for row in rows) / n,
        sum(max(row) for row in rows) / n,
        log2,
    )


def group_scores(argument: Argument) -> tuple[GroupScore, ...]:
    """Scores of the forecasts of the argument by group, of all of them, and of the rival."""
    forecasts, rival = argument.select("forecast"), argument.select("rival")
    groups = [(group, [c for c in forecasts if c.group == group]) for group in GROUPS]
    found = [score(group, claims) for group, claims in groups if scored(claims)]
    for name, claims in (("all forecasts", forecasts), ("rival", rival)):
        if scored(claims):
            found.append(score(name, claims))
    return tuple(found)
