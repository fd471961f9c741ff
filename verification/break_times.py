"""Days until a side breaks, against the law of the hazard: P(later than t) = exp(-(h_a + h_d) t), h_d of it won."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
from reading import Reading

from polemos.model.laws.breaking import after_day
from polemos.model.rng import member_keys, stream
from polemos.model.state import ATTACKER_WON

BATTLES, ATTACK, DEFENCE = 4000, 0.02, 0.05
SOURCE = "law of a constant hazard [c]"


@cache
def fought() -> tuple[Any, Any]:
    """Days and whether the attacker won, of battles whose sides keep their men."""
    days, won = np.zeros(BATTLES, int), np.zeros(BATTLES, bool)
    for battle, key in enumerate(member_keys(7, 0, BATTLES)):
        draw, outcome, day = np.uint64(stream(key, np.uint64(1), 0)), 0, 0
        while outcome == 0:
            outcome = after_day(1.0, 1.0, ATTACK, DEFENCE, 1.0, draw, np.uint64(3), day)
            day += 1
        days[battle], won[battle] = day, outcome == ATTACKER_WON
    return days, won


def readings() -> list[Reading]:
    """Mean length, share that lasts beyond 30 days, and share won; within three standard errors."""
    days, won = fought()
    both = ATTACK + DEFENCE
    mean, late, wins = 1 / (1 - math.exp(-both)), math.exp(-both * 30), DEFENCE / both
    share = lambda p: 3 * math.sqrt(p * (1 - p) / BATTLES)  # noqa: E731
    return [
        Reading("mean days until a side breaks", mean, float(days.mean()), 3 * mean / math.sqrt(BATTLES), SOURCE),
        Reading("share that lasts longer than 30 days", late, float((days > 30).mean()), share(late), SOURCE),
        Reading("share that the attacker wins", wins, float(won.mean()), share(wins), SOURCE),
    ]


def chart() -> Any:
    """The line is the law, dots are the share of battles still on."""
    import altair as alt

    days, _ = fought()
    at = range(0, 71, 2)
    law = [{"days": day, "still on": math.exp(-(ATTACK + DEFENCE) * day)} for day in at]
    seen = [{"days": day, "still on": float((days > day).mean())} for day in at]
    line = alt.Chart(alt.Data(values=law)).mark_line().encode(x="days:Q", y="still on:Q")
    return line + alt.Chart(alt.Data(values=seen)).mark_point(filled=True, color="black").encode(
        x="days:Q", y="still on:Q"
    )
