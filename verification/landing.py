"""Iwo Jima 1945 under the square law with Engel's coefficients (Operations Research 1954 [k]).

0.0544 attackers lost per defender and day, 0.0106 defenders per attacker and day; 54,000 landed on the first day,
6,000 on the third, 13,000 on the sixth, evenly through each; 21,500 defenders. About 52,735 attackers were left at day
36 [k]; the source's own tables were not seen.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from reading import Reading

from polemos.model.laws.attrition import campaign

DEFENDERS, KILLS, LOSSES, LEFT, LANDED = 21_500.0, 0.0106, 0.0544, 52_735.0, 73_000.0
SOURCE = "Engel 1954 [k]"


def path() -> tuple[Any, Any]:
    """Attackers and defenders at days 0 to 36."""
    arriving = np.zeros(36)
    arriving[0], arriving[2], arriving[5] = 54_000, 6_000, 13_000
    return campaign(0.0, DEFENDERS, KILLS, LOSSES, arriving)


def readings() -> list[Reading]:
    """The end of the campaign."""
    attackers, defenders = path()
    return [
        Reading("attackers left at day 36", LEFT, float(attackers[-1]), 0.015 * LEFT, SOURCE),
        Reading(
            "attackers lost by day 36", LANDED - LEFT, LANDED - float(attackers[-1]), 0.04 * (LANDED - LEFT), SOURCE
        ),
        Reading("defenders left at day 36", 0.0, float(defenders[-1]), 0.02 * DEFENDERS, SOURCE),
    ]


def chart() -> Any:
    """Both sides by day, and the published end."""
    import altair as alt

    rows = [
        {"day": day, "men": float(men), "side": side}
        for side, series in zip(("attackers", "defenders"), path(), strict=True)
        for day, men in enumerate(series)
    ]
    lines = alt.Chart(alt.Data(values=rows)).mark_line().encode(x="day:Q", y="men:Q", color="side:N")
    dot = alt.Chart(alt.Data(values=[{"day": 36, "men": LEFT}])).mark_point(filled=True, size=60, color="black")
    return lines + dot.encode(x="day:Q", y="men:Q")
