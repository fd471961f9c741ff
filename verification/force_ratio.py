"""Attackers' success by force ratio: 752 battles of 1904-1991 (the Dupuy Institute) against the model's curve.

The bands are the published table [v]; case numbers by band were not seen, so bands count alike here. The logistic fit
to the 631 cases of the table, 0.005 (0.11) + 0.78 (0.14) ln ratio, is [c]. Attackers choose their battles, so the
slope is likely biased low: the prior of the process `captures`, by which assaults fail, is centred at 1. In the model
a ratio counts strength, not men alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from reading import Reading

from polemos.model.laws.force_ratio import win
from polemos.model.processes.captures import PROCESS

BANDS = (
    (0.5, 1.0, 0.42),
    (1.0, 1.5, 0.55),
    (1.5, 2.0, 0.59),
    (2.0, 2.5, 0.71),
    (2.5, 3.0, 0.83),
    (3.0, 3.5, 0.69),
    (4.0, 6.0, 0.65),
    (6.0, 8.0, 0.88),
    (8.0, 12.0, 1.00),
)
FIT = (0.005, 0.78)
SOURCE = "Dupuy Institute, 752 cases [v], fit [c]"


def middles() -> Any:
    """Geometric middle of every band."""
    return np.array([np.sqrt(low * high) for low, high, _ in BANDS])


def curve(ratio: Any, intercept: float, slope: float) -> Any:
    """Chance of victory at each ratio."""
    return np.array([win(float(one), intercept, slope) for one in ratio])


def centre() -> tuple[float, float]:
    """Intercept and slope in the middle of the model's priors."""
    prior = {parameter.name: parameter.prior for parameter in PROCESS.parameters}
    middle = np.array(0.5)
    return float(prior["intercept"].quantile(middle)), float(prior["slope"].quantile(middle))


def readings() -> list[Reading]:
    """Bands against the fit, and against the middle of the priors."""
    published = np.array([share for *_, share in BANDS])
    fitted, model = curve(middles(), *FIT), curve(middles(), *centre())
    return [
        Reading("mean gap of the fitted curve to the bands", 0.0, np.abs(fitted - published).mean(), 0.08, SOURCE),
        Reading("mean gap of the model to the bands", 0.0, np.abs(model - published).mean(), 0.09, SOURCE),
        Reading(
            "widest gap to a band, of the fit and of the model",
            np.abs(fitted - published).max(),
            np.abs(model - published).max(),
            0.05,
            SOURCE,
        ),
        Reading("slope of the model per ln ratio", FIT[1], centre()[1], 2 * 0.14, SOURCE),
        Reading("logit of the model at 1 to 1", FIT[0], centre()[0], 2 * 0.11, SOURCE),
    ]


def chart() -> Any:
    """Bands as dots, the two curves as lines."""
    import altair as alt

    ratio = np.geomspace(0.5, 12, 60)
    rows = [
        {"ratio": float(r), "won": float(w), "line": name}
        for name, given in (("published fit", FIT), ("model", centre()))
        for r, w in zip(ratio, curve(ratio, *given), strict=True)
    ]
    dots = [{"ratio": float(r), "won": b[2]} for r, b in zip(middles(), BANDS, strict=True)]
    x = alt.X("ratio:Q", scale=alt.Scale(type="log"), title="force ratio, attacker to defender")
    y = alt.Y("won:Q", axis=alt.Axis(format="%"), title="attacker wins")
    lines = alt.Chart(alt.Data(values=rows)).mark_line().encode(x=x, y=y, color="line:N")
    return lines + alt.Chart(alt.Data(values=dots)).mark_point(filled=True, size=60, color="black").encode(x=x, y=y)
