"""Lengths of assaults on held towns, 2014-2019 (days, [k], to be re-checked), against full battles from the priors.

Median 49 days, mean of the logarithm 3.83, standard deviation 1.03 [c]. The list runs to 2019: it is read here and
used for nothing else (the fast mode's prior, LogNormal(40, 0.8), rests on older assaults). Full battles are drawn at
ratios 1.5 to 4 in places of 10,000 to 300,000, every cell alike; which towns were how large is not looked at.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from reading import Reading

from polemos.model import isolated_battles

DAYS = {
    "Kobane 2014": 134,
    "Tikrit 2015": 30,
    "Ramadi 2015": 49,
    "Fallujah 2016": 37,
    "Manbij 2016": 73,
    "Sirte 2016": 208,
    "Mosul 2016": 270,
    "al-Bab 2016": 76,
    "Raqqa 2017": 133,
    "Tabqa 2017": 49,
    "Tal Afar 2017": 12,
    "Hawija 2017": 17,
    "Mayadin 2017": 9,
    "Deir ez-Zor 2017": 59,
    "al-Qaim 2017": 9,
    "Abu Kamal 2017": 11,
    "Hajin 2018": 96,
    "Baghouz 2019": 43,
    "Marawi 2017": 154,
    "Palmyra 2016": 19,
    "Palmyra 2017": 49,
}
SOURCE = "21 assaults, public record [k], sums [c]"


def full() -> Any:
    """Days of full battles."""
    return isolated_battles.grid(1000, ratios=(1.5, 2.0, 3.0, 4.0)).days


def readings() -> list[Reading]:
    """The list's own sums, then the model against it."""
    seen, days = np.array(list(DAYS.values())), full()
    low, high = np.quantile(days, (0.05, 0.95))
    inside = float(((seen >= low) & (seen <= high)).mean())
    return [
        Reading("median of the list, days", 49.0, float(np.median(seen)), 0.0, SOURCE),
        Reading("mean logarithm of the list", 3.83, float(np.log(seen).mean()), 0.005, SOURCE),
        Reading("log-sd of the list", 1.03, float(np.log(seen).std(ddof=1)), 0.005, SOURCE),
        Reading(
            "log of median length, full battles", math.log(49), float(np.log(np.median(days))), math.log(2), SOURCE
        ),
        Reading("log-sd of length, full battles", 1.03, float(np.log(days).std()), 0.25, SOURCE),
        Reading("share of the list within the model's 90 %", 0.9, inside, 0.15, SOURCE),
    ]


def chart() -> Any:
    """Shares that were over by a day: the model's as an area, the list as steps."""
    import altair as alt

    seen, days = np.sort(list(DAYS.values())), np.sort(full())
    at = np.geomspace(1, 1000, 120)
    model = [{"days": d, "over": float((days <= d).mean())} for d in at]
    list_ = [{"days": int(d), "over": (i + 1) / seen.size} for i, d in enumerate(seen)]
    x = alt.X("days:Q", scale=alt.Scale(type="log"), title="days")
    y = alt.Y("over:Q", axis=alt.Axis(format="%"), title="assaults over by then")
    area = alt.Chart(alt.Data(values=model)).mark_area(opacity=0.3, color="grey").encode(x=x, y=y)
    return area + alt.Chart(alt.Data(values=list_)).mark_line(interpolate="step-after", color="black").encode(x=x, y=y)
