"""The places likeliest to change hands soon: from whom, to whom, how likely, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from polemos.record.world import Days, Floats, Holders
from polemos.report.page.contents import PageContents

MONTHS = (1, 3, 6)
"""How far ahead the list looks."""

MOST = 12
"""Places a list has."""

LEAST = 0.005
"""A change that is less likely than that, at every day of the list, is not listed."""


@dataclass(frozen=True, slots=True)
class LikelyChange:
    """A place that may soon have another holder.

    `holder` has it now; `to` is the likeliest other holder at the day the list is sorted by. `probability` is that of
    any other holder, `changed` whether it really had one (None: not observed), both at each day of the list. `reasons`
    say why, the strongest first.
    """

    place: int
    holder: int
    to: int
    probability: tuple[float, ...]
    changed: tuple[bool | None, ...]
    reasons: tuple[str, ...] = ()


def days_ahead(origin: np.datetime64, last: np.datetime64) -> Days:
    """The days 1, 3 and 6 months from an origin that lie before a last day."""
    days = origin + np.array([round(months * 365.25 / 12) for months in MONTHS], "timedelta64[D]")
    return np.asarray(days[days <= last], "datetime64[D]")


def likely_changes(
    probability: Floats,
    holders: Holders,
    later: Holders,
    reasons: Mapping[int, Sequence[str]] | None = None,
    most: int = MOST,
) -> tuple[LikelyChange, ...]:
    """The places likeliest to have another holder at the middle of some days, likeliest first.

    `probability` [D, P, H] is that of every holder on each day, `holders` [P] who holds each place now and `later` [D,
    P] who really held it then (-1: not known; a place whose holder is not known now is not listed). `reasons` are those
    of places by their number.
    """
    if not len(probability):
        return ()
    here, is_observed = np.arange(len(holders)), holders >= 0
    stays = probability[:, here, np.where(is_observed, holders, 0)]
    moved = np.where(is_observed, 1 - stays, -1.0)
    middle = (len(probability) - 1) // 2 + (len(probability) == 2)
    others = np.array(probability[middle], float)
    others[here[is_observed], holders[is_observed]] = -1
    changes: list[LikelyChange] = []
    for place in np.lexsort((here, -moved.max(0), -moved[middle])).tolist():
        if len(changes) == most or moved[:, place].max() < LEAST:
            break
        changes.append(
            LikelyChange(
                place,
                int(holders[place]),
                int(others[place].argmax()),
                tuple(float(value) for value in moved[:, place]),
                tuple(None if holder < 0 else bool(holder != holders[place]) for holder in later[:, place]),
                tuple((reasons or {}).get(place, ())),
            )
        )
    return tuple(changes)


def changes_of(contents: PageContents) -> tuple[LikelyChange, ...]:
    """The likely changes of a page, by its own probabilities."""
    ahead = contents.dates[contents.first :]
    days = days_ahead(contents.origin, ahead[-1]) if len(ahead) else ahead
    steps = [int(np.argmin(np.abs(ahead - day))) for day in days]
    chance = contents.probability[steps].astype(float)
    total = chance.sum(2, keepdims=True)
    record = contents.record[contents.first :]
    return likely_changes(
        np.divide(chance, total, out=np.zeros_like(chance), where=total > 0),
        contents.record[contents.origin_index],
        record[steps],
        contents.reasons,
    )
