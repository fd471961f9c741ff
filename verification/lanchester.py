"""Lanchester's laws, day by day against their closed forms (Lanchester 1916; Helmbold 1965 [k]).

The square law keeps a A^2 - b B^2, the linear law a A - b B, and the side that is larger by its law is left with
sqrt(that / a), or that / a. A battle is stepped a day at a time, as the model steps it.
"""

from __future__ import annotations

import math
from typing import Any

from reading import Reading

from polemos.model.laws.attrition import area_fire, helmbold

A, B, KILLS, LOSSES, DAYS = 1000.0, 600.0, 0.03, 0.04, 60
SOURCE = "closed form [c]"


def stepped(law: str) -> list[tuple[float, float]]:
    """What is left of either side at days 0 to 60, a day at a time. Square: coefficients a day; linear: a man a day."""
    left = [(A, B)]
    for _ in range(DAYS):
        a, b = left[-1]
        if law == "square":
            one, other = helmbold(a, b, KILLS, LOSSES, 1.0, 1.0)
        else:
            one, other = area_fire(a, b, KILLS / B, LOSSES / B, 1.0)
        left.append((float(one), float(other)))
    return left


def exact(law: str, day: int) -> tuple[float, float]:
    """The closed form of a day."""
    if law == "square":
        m, r = math.sqrt(KILLS * LOSSES) * day, math.sqrt(LOSSES / KILLS)
        a, b = A * math.cosh(m) - r * B * math.sinh(m), B * math.cosh(m) - A / r * math.sinh(m)
        return (a, b) if b > 0 else (math.sqrt((KILLS * A * A - LOSSES * B * B) / KILLS), 0.0)
    a, b = KILLS / B, LOSSES / B
    over = a * A - b * B
    ratio = B / A * math.exp(-over * day)
    left = over / (a - b * ratio)
    return left, left * ratio


def readings() -> list[Reading]:
    """The worst day of either law, in men, and who is left in the end."""
    found = []
    for law in ("square", "linear"):
        worst = max(
            abs(x - y) for day, pair in enumerate(stepped(law)) for x, y in zip(pair, exact(law, day), strict=True)
        )
        found.append(Reading(f"{law} law: most men that any of {DAYS} days is off", 0.0, worst, 1e-6, SOURCE))
    end = math.sqrt((KILLS * A * A - LOSSES * B * B) / KILLS)
    return [
        *found,
        Reading("square law: attackers left when the defenders are gone", end, stepped("square")[-1][0], 1e-6, SOURCE),
    ]


def chart() -> Any:
    """Lines are the closed forms, dots every fifth day of the model."""
    import altair as alt

    rows = [
        {"day": day, "men": men, "side": f"{side}, {law}"}
        for law in ("square", "linear")
        for day in range(0, DAYS + 1)
        for side, men in zip(("attackers", "defenders"), exact(law, day), strict=True)
    ]
    dots = [
        {"day": day, "men": men, "side": f"{side}, {law}"}
        for law in ("square", "linear")
        for day, pair in list(enumerate(stepped(law)))[::5]
        for side, men in zip(("attackers", "defenders"), pair, strict=True)
    ]
    lines = alt.Chart(alt.Data(values=rows)).mark_line().encode(x="day:Q", y="men:Q", color="side:N")
    return lines + alt.Chart(alt.Data(values=dots)).mark_point(filled=True).encode(x="day:Q", y="men:Q", color="side:N")
