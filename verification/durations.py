"""Lengths of assaults on held towns, 2014-2019 (days, [k], to be re-checked), against the model's usual length.

Median 49 days, mean of the logarithm 3.83, standard deviation 1.03 [c]. The list runs to 2019: it is read here and
used for nothing else (the usual length rests on assaults that had ended by March 2015). Residents are round numbers of
before the war [k]. The model's length is that of a war whose own record shows none: 40 days for a town of 55,000 at
even strength, by the square root of its size, at three to one, scattered as the prior of `sd_b` says.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from reading import Reading

from polemos.model.past_pace import usual_weeks
from polemos.model.processes.captures import PROCESS

ASSAULTS = {
    "Kobane 2014": (134, 45_000),
    "Tikrit 2015": (30, 160_000),
    "Ramadi 2015": (49, 270_000),
    "Fallujah 2016": (37, 275_000),
    "Manbij 2016": (73, 100_000),
    "Sirte 2016": (208, 120_000),
    "Mosul 2016": (270, 1_300_000),
    "al-Bab 2016": (76, 65_000),
    "Raqqa 2017": (133, 220_000),
    "Tabqa 2017": (49, 70_000),
    "Tal Afar 2017": (12, 200_000),
    "Hawija 2017": (17, 100_000),
    "Mayadin 2017": (9, 45_000),
    "Deir ez-Zor 2017": (59, 210_000),
    "al-Qaim 2017": (9, 75_000),
    "Abu Kamal 2017": (11, 45_000),
    "Hajin 2018": (96, 35_000),
    "Baghouz 2019": (43, 10_000),
    "Marawi 2017": (154, 200_000),
    "Palmyra 2016": (19, 50_000),
    "Palmyra 2017": (49, 50_000),
}
SOURCE = "21 assaults, public record [k], sums [c]"


def listed() -> tuple[Any, Any]:
    """Days of the list, and the model's median days for towns of that size."""
    days, people = np.array(list(ASSAULTS.values()), float).T
    return days, 7.0 * usual_weeks(people)


def scatter() -> float:
    """Middle of the prior of the scatter of a length's logarithm."""
    return float(next(one.prior for one in PROCESS.parameters if one.name == "sd_b").quantile(np.array(0.5)))


def readings() -> list[Reading]:
    """The list's own sums, then the model against it."""
    days, usual = listed()
    apart = np.log(days / usual)
    inside = float((np.abs(apart) <= 1.645 * scatter()).mean())
    return [
        Reading("median of the list, days", 49.0, float(np.median(days)), 0.0, SOURCE),
        Reading("mean logarithm of the list", 3.83, float(np.log(days).mean()), 0.005, SOURCE),
        Reading("log-sd of the list", 1.03, float(np.log(days).std(ddof=1)), 0.005, SOURCE),
        Reading("median of ln(days / model's median)", 0.0, float(np.median(apart)), math.log(2), SOURCE),
        Reading("log-sd about the model's median", float(apart.std(ddof=1)), scatter(), 0.25, SOURCE),
        Reading("share of the list within the model's 90 %", 0.9, inside, 0.15, SOURCE),
    ]


def chart() -> Any:
    """Days of the list against the model's median, with the model's 90 % in grey."""
    import altair as alt

    days, usual = listed()
    wide = math.exp(1.645 * scatter())
    band = [{"usual": float(u), "low": float(u / wide), "high": float(u * wide)} for u in np.geomspace(10, 150, 30)]
    dots = [{"usual": float(u), "days": float(d)} for u, d in zip(usual, days, strict=True)]
    log = alt.Scale(type="log")
    x = alt.X("usual:Q", scale=log, title="usual days for a town of that size")
    area = alt.Chart(alt.Data(values=band)).mark_area(opacity=0.3, color="grey")
    area = area.encode(x=x, y=alt.Y("low:Q", scale=log, title="days"), y2="high:Q")
    return area + alt.Chart(alt.Data(values=dots)).mark_point(filled=True, color="black").encode(x=x, y="days:Q")
