"""How good forecasts of this war have been: skill by lead with intervals, from a kept hindcast or from a board."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from polemos.forecasters.leads import lead_words, ordered
from polemos.report.page.glosses import gloss

MOST = 5
"""Forecasters that the chart shows; the table has all."""


@dataclass(frozen=True, slots=True)
class SkillAt:
    """Share of the error of a simple rule that a forecaster saves at a lead, with its 90 % interval where there is
    one; `reference` is the rule."""

    forecaster: str
    lead: str
    skill: float
    low: float | None
    high: float | None
    reference: str


def skill_rows(result: Mapping[str, Any], war: str = "") -> list[SkillAt]:
    """Skill over all places in the result of a hindcast, or of a war on a board; the rule itself has no row."""
    if result["kind"] == "board":
        rows = [row for row in result["rows"] if row["war"] == war and row["forecaster"] != row["best_rule"]]
        return [_row(row, row["skill"], str(row["best_rule"])) for row in rows]
    reference = str(result["reference"])
    logs = {(row["forecaster"], row["lead"]): float(row["log"]) for row in result["rows"] if row["scope"] == "all"}
    lead_rows = []
    for row in result["rows"]:
        base = logs.get((reference, row["lead"]))
        if row["scope"] == "all" and row["forecaster"] != reference and base:
            skill = row.get("skill") or {"mean": 1 - float(row["log"]) / base, "low": None, "high": None}
            lead_rows.append(_row(row, skill, reference))
    return lead_rows


def _row(row: Mapping[str, Any], skill: Mapping[str, Any], reference: str) -> SkillAt:
    low, high = (None if skill[end] is None else float(skill[end]) for end in ("low", "high"))
    return SkillAt(str(row["forecaster"]), str(row["lead"]), float(skill["mean"]), low, high, reference)


def best_at(rows: Sequence[SkillAt], lead: str) -> SkillAt | None:
    """The forecaster with the highest skill at a lead."""
    return max((row for row in rows if row.lead == lead), key=lambda row: row.skill, default=None)


def middle_lead(rows: Sequence[SkillAt]) -> str:
    """The lead in the middle of those there are; the later of two."""
    leads = ordered({row.lead for row in rows})
    return leads[len(leads) // 2]


def sentence(rows: Sequence[SkillAt], origins: int) -> str:
    """What the hindcast says, in one sentence; empty without rows."""
    if not rows:
        return ""
    lead = middle_lead(rows)
    # What is shown above is the forecast; a hindcast without it says who was best.
    own = next((row for row in rows if (row.forecaster, row.lead) == ("forecast", lead)), None)
    best = own or best_at(rows, lead)
    assert best is not None
    dates = f"On {origins} dates of this war" if origins else "On dates of this war"
    opening = f"{dates} it was asked who would hold every place {lead_words(lead)} later"
    rule = f"the simple rule “{gloss(best.reference)}”"
    if best.skill <= 0 and not own:
        return f"{opening}: no forecaster did better than {rule}."
    who = "the forecast" if own else f"the best forecaster ({gloss(best.forecaster)})"
    if best.low is None or best.high is None:
        return f"{opening}: {who} made {_less(best.skill)} error than {rule}."
    reach = f"90 % interval {_range(best.low, best.high)}"
    if best.low <= 0 <= best.high:
        return f"{opening}: {who} did neither clearly better nor clearly worse than {rule} ({reach} error)."
    return f"{opening}: {who} made {_less(best.skill)} error ({reach}) than {rule}."


def _range(low: float, high: float) -> str:
    """An interval of skills in words: `11 to 21 % less`, `4 % less to 19 % more`."""
    ends = [round(100 * low), round(100 * high)]
    if min(ends) > 0 or max(ends) < 0:
        small, large = sorted(map(abs, ends))
        return f"{small} to {large} % {'less' if min(ends) > 0 else 'more'}"
    return f"{_less(high)} to {_less(low)}"


def _less(skill: float) -> str:
    """A skill in words: `17 % less`, `4 % more`, `as much`."""
    value = round(100 * skill)
    return "as much" if value == 0 else f"{abs(value)} % {'less' if value > 0 else 'more'}"


def chart_forecasters(rows: Sequence[SkillAt]) -> list[str]:
    """The forecasters of the chart: the forecast, then the best by their mean over leads, best first; always the
    simulated wars."""
    names = list(dict.fromkeys(row.forecaster for row in rows))
    mean = {name: sum(r.skill for r in rows if r.forecaster == name) / len(names) for name in names}
    # The forecast, of which the page is, stands first; the others by their mean.
    order = sorted(names, key=lambda name: (name != "forecast", -mean[name]))
    first = order[:MOST]
    return first + [name for name in order[MOST:] if name in ("forecast", "model")]
