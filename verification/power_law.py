"""Sizes of events drawn from a power law, and the exponent got back from them (Clauset et al. 2009 [k])."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from reading import Reading

from polemos.model.laws.power_law import fit_power_law, power_law

MOST, EVENTS = 10_000, 4000
EXPONENTS = (1.6, 2.0, 2.48, 3.0)
SOURCE = "drawn with it [c]"


@cache
def fitted(alpha: float) -> tuple[float, float]:
    """Exponent and standard error of a fit to 4,000 sizes."""
    u = np.random.default_rng(int(alpha * 100)).random(EVENTS)
    found = fit_power_law([power_law(one, alpha, MOST) for one in u], MOST)
    return found.alpha, found.error


def readings() -> list[Reading]:
    """The exponent within three standard errors."""
    return [
        Reading(f"exponent {alpha:g} of {EVENTS:,} sizes", alpha, fitted(alpha)[0], 3 * fitted(alpha)[1], SOURCE)
        for alpha in EXPONENTS
    ]


def chart() -> Any:
    """The line is equality, bars are two standard errors."""
    import altair as alt

    rows = [
        {
            "drawn": a,
            "fitted": fitted(a)[0],
            "low": fitted(a)[0] - 2 * fitted(a)[1],
            "high": fitted(a)[0] + 2 * fitted(a)[1],
        }
        for a in EXPONENTS
    ]
    ends = alt.Chart(alt.Data(values=[{"drawn": x, "fitted": x} for x in (1.5, 3.1)])).mark_line(color="grey")
    base = alt.Chart(alt.Data(values=rows))
    bars = base.mark_rule().encode(x="drawn:Q", y="low:Q", y2="high:Q")
    scale = alt.Scale(zero=False)
    return (
        ends.encode(x=alt.X("drawn:Q", scale=scale), y=alt.Y("fitted:Q", scale=scale))
        + bars
        + base.mark_point(filled=True, color="black").encode(x="drawn:Q", y="fitted:Q")
    )
