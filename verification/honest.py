"""A forecaster who says what he believes, and is right to: what the scores make of him.

His probabilities come true as often as they say, his members are drawn like what is observed. The diagram must lie on
the diagonal, bands of 50 and 80 and 95 % hold so many of the outcomes, and recalibration has nothing to save.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from reading import Reading

from polemos.scores.calibration import curve
from polemos.scores.reliability import murphy, pit

FORECASTS, MEMBERS = 20_000, 199
SOURCE = "by definition [c]"


@cache
def told() -> tuple[Any, Any]:
    """Probabilities and outcomes."""
    rng = np.random.default_rng(3)
    p = rng.beta(0.8, 1.6, FORECASTS)
    return p, rng.random(FORECASTS) < p


@cache
def drawn() -> tuple[Any, Any]:
    """Members [cases, members] and what came [cases]."""
    rng = np.random.default_rng(4)
    centre, width = rng.normal(0, 2, (4000, 1)), rng.lognormal(0, 0.5, (4000, 1))
    return rng.normal(centre, width, (4000, MEMBERS)), rng.normal(centre, width)[:, 0]


def readings() -> list[Reading]:
    """Coverage within three standard errors; the diagram and the histogram flat."""
    members, came = drawn()
    found = []
    for level in (0.5, 0.8, 0.95):
        low, high = np.quantile(members, [(1 - level) / 2, (1 + level) / 2], axis=1)
        inside = float(((came >= low) & (came <= high)).mean())
        # Two of 199 members at the ends are quantiles of a sample, not of the law: they hold a little less.
        found.append(
            Reading(
                f"share inside a band of {100 * level:g} %",
                level,
                inside,
                3 * np.sqrt(level * (1 - level) / came.size) + 2 / MEMBERS,
                SOURCE,
            )
        )
    p, happened = told()
    gap = max(abs(one.probability - one.observed) for one in curve(p, happened))
    return [
        *found,
        Reading("largest gap of the calibration curve", 0.0, gap, 0.05, SOURCE),
        Reading(
            "Brier score that recalibration in bins would save", 0.0, murphy(p, happened).reliability, 0.001, SOURCE
        ),
        Reading(
            "largest departure of a tenth of the PIT histogram",
            0.1,
            float(pit(members, came)[np.abs(pit(members, came) - 0.1).argmax()]),
            0.02,
            SOURCE,
        ),
    ]


def chart() -> Any:
    """Dots on the diagonal."""
    import altair as alt

    rows = [{"said": one.probability, "came true": one.observed} for one in curve(*told())]
    line = alt.Chart(alt.Data(values=[{"said": x, "came true": x} for x in (0, 1)])).mark_line(color="grey")
    dots = alt.Chart(alt.Data(values=rows)).mark_point(filled=True, size=60, color="black")
    return line.encode(x="said:Q", y="came true:Q") + dots.encode(x="said:Q", y="came true:Q")
