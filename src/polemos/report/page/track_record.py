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
    dates = f"Asked on {origins} dates of this war" if origins else "Asked on dates of this war"
    who = "the forecast" if own else "no forecaster"
    if best.skill <= 0:
        return (
            f"{dates} who would hold every place {lead_words(lead)} on, {who} did "
            f"{'no ' if own else ''}better than the simple rule “{gloss(best.reference)}”."
        )
    reach = ""
    if best.low is not None and best.high is not None:
        reach = f" (90 % interval {100 * best.low:.0f} to {100 * best.high:.0f} %)"
    who = "the forecast" if own else f"the best forecaster ({gloss(best.forecaster)})"
    return (
        f"{dates} who would hold every place {lead_words(lead)} on, {who} "
        f"saved {100 * best.skill:.0f} %{reach} of the error of the simple rule “{gloss(best.reference)}”."
    )


def chart_forecasters(rows: Sequence[SkillAt]) -> list[str]:
    """The forecasters of the chart: the best by their mean over leads, best first; always the forecast and the
    simulated wars."""
    names = list(dict.fromkeys(row.forecaster for row in rows))
    mean = {name: sum(r.skill for r in rows if r.forecaster == name) / len(names) for name in names}
    order = sorted(names, key=lambda name: -mean[name])
    first = order[:MOST]
    return first + [name for name in order[MOST:] if name in ("forecast", "model")]
