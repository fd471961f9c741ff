"""Self-exciting counts against their mean rate, background / (1 - n) (Hawkes 1971 [k])."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from reading import Reading

from polemos.model.laws.hawkes import hawkes_path, mean_rate
from polemos.model.rng import member_keys

BACKGROUND, MEMORY, WEEKS, WARS = 2.0, 4.0, 520, 60
SHARES = (0.0, 0.2, 0.37, 0.5, 0.7)
SOURCE = "Hawkes 1971 [k]"


@cache
def counts(branching: float) -> Any:
    """Events a week, [wars, weeks]."""
    made = np.zeros((WARS, WEEKS))
    for war, key in enumerate(member_keys(11, 0, WARS)):
        hawkes_path(BACKGROUND, branching, MEMORY, key, np.uint64(5), np.uint64(9), made[war])
    return made


def readings() -> list[Reading]:
    """Mean rate at each share of offspring; within four standard errors over the wars."""
    found = []
    for share in SHARES:
        means = counts(share).mean(1)
        error = float(means.std(ddof=1) / np.sqrt(WARS))
        found.append(
            Reading(
                f"events a week, {share:g} offspring",
                mean_rate(BACKGROUND, share),
                float(means.mean()),
                4 * error,
                SOURCE,
            )
        )
    return found


def chart() -> Any:
    """The line is the law, dots the mean of 60 wars of ten years."""
    import altair as alt

    law = [{"offspring": n / 100, "events a week": mean_rate(BACKGROUND, n / 100)} for n in range(0, 76)]
    seen = [{"offspring": share, "events a week": float(counts(share).mean())} for share in SHARES]
    line = alt.Chart(alt.Data(values=law)).mark_line().encode(x="offspring:Q", y="events a week:Q")
    dots = alt.Chart(alt.Data(values=seen)).mark_point(filled=True, size=60, color="black")
    return line + dots.encode(x="offspring:Q", y="events a week:Q")
