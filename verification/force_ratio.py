"""Attackers' success by force ratio: 752 battles of 1904-1991 (the Dupuy Institute) against the model's battles.

The bands are the published table [v]; case numbers by band were not seen, so bands count alike here. The logistic fit
to the 631 cases of the table, 0.005 (0.11) + 0.78 (0.14) ln ratio, is [c]. Attackers choose their battles, so the
slope is likely biased low. In the model a battle's ratio counts strength, not men alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from reading import Reading

from polemos.model import isolated_battles

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
SOURCE = "Dupuy Institute, 752 cases [v], fit [c]"


def middles() -> Any:
    """Geometric middle of every band."""
    return np.array([np.sqrt(low * high) for low, high, _ in BANDS])


def full() -> Any:
    """Share won by the attacker in 2,000 full battles at the middle of every band, parameters from their priors."""
    fought = isolated_battles.grid(2000, ratios=tuple(middles()), people=(55_000.0,))
    return fought, np.array([fought.won[fought.ratio == ratio].mean() for ratio in middles()])


def readings() -> list[Reading]:
    """Bands and the fit."""
    published = np.array([share for *_, share in BANDS])
    dupuy = isolated_battles.Fast(0.005, 0.78, 0.11, 0.14, 0.0, 0.0, 0.0)
    fought, shares = full()
    fast = isolated_battles.fit(fought)
    apart = np.abs(shares - published)
    return [
        Reading(
            "mean gap of the fitted curve to the bands",
            0.0,
            np.abs(dupuy.win(middles()) - published).mean(),
            0.08,
            SOURCE,
        ),
        Reading("mean gap of full battles to the bands", 0.0, apart.mean(), 0.09, SOURCE),
        Reading("widest gap of full battles to a band", 0.0, apart.max(), 0.18, SOURCE),
        Reading("slope of full battles per ln ratio", 0.78, fast.slope, 2 * 0.14, SOURCE),
        Reading("logit of full battles at 1 to 1", 0.005, fast.intercept, 2 * 0.11, SOURCE),
    ]


def chart() -> Any:
    """Bands as dots, the curve and the full mode as lines."""
    import altair as alt

    ratio = np.geomspace(0.5, 12, 60)
    fast = isolated_battles.fit(full()[0])
    dupuy = isolated_battles.Fast(0.005, 0.78, 0, 0, 0, 0, 0)
    rows = [{"ratio": r, "won": w, "line": "published fit"} for r, w in zip(ratio, dupuy.win(ratio), strict=True)]
    rows += [{"ratio": r, "won": w, "line": "full battles"} for r, w in zip(ratio, fast.win(ratio), strict=True)]
    dots = [{"ratio": r, "won": b[2]} for r, b in zip(middles(), BANDS, strict=True)]
    x = alt.X("ratio:Q", scale=alt.Scale(type="log"), title="force ratio, attacker to defender")
    y = alt.Y("won:Q", axis=alt.Axis(format="%"), title="attacker wins")
    lines = alt.Chart(alt.Data(values=rows)).mark_line().encode(x=x, y=y, color="line:N")
    return lines + alt.Chart(alt.Data(values=dots)).mark_point(filled=True, size=60, color="black").encode(x=x, y=y)
