"""Hindcasts as tables, as a chart and as Markdown: how good each forecaster is at each lead, and its bands."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from polemos.ensemble import atomic_files
from polemos.forecasters.leads import DAYS, lead_days, lead_words
from polemos.hindcasts.band_scores import BandScore, band_scores
from polemos.hindcasts.diagnostics import Change, Paths, Pit, changes, paths, pits
from polemos.hindcasts.hindcast import Hindcast
from polemos.hindcasts.skill import Skill, summarise
from polemos.scenario.optional_packages import missing
from polemos.scores.bootstrap import Interval
from polemos.scores.rules import HEADLINE, SECOND

if TYPE_CHECKING:
    import altair as alt

SCOPES = {"all": "all places", "front": "places next to a front"}
COLOURS = ("#000000", "#999999", "#0072B2", "#009E73", "#E69F00", "#56B4E9", "#D55E00", "#CC79A7", "#882255")
RULE = (
    f"Scores are of (1 - e) p + e / K with e = {HEADLINE} and, beside it, {SECOND}; 0 is perfect. Skill is the share "
    "of the log score of {reference} that is saved; 90 % intervals by redrawing blocks of origins."
)


@dataclass(frozen=True, slots=True)
class SkillTable:
    """Skill of all forecasters over the origins of a hindcast, the bands of those that simulate, and calibration."""

    scenario: str
    origins: tuple[str, ...]
    leads: tuple[str, ...]
    members: int
    inputs: str
    reference: str
    rows: tuple[Skill, ...]
    bands: tuple[BandScore, ...]
    changes: tuple[Change, ...] = ()
    paths: tuple[Paths, ...] = ()
    pits: tuple[Pit, ...] = ()
    record: str = ""

    @property
    def forecasters(self) -> list[str]:
        """Their names, in order."""
        return list(dict.fromkeys(row.forecaster for row in self.rows))

    def row(self, forecaster: str, lead: str, scope: str) -> Skill | None:
        """The row of a forecaster, a lead and a scope."""
        return next((r for r in self.rows if (r.forecaster, r.lead, r.scope) == (forecaster, lead, scope)), None)

    def band(self, forecaster: str, measure: str, lead: str | None) -> BandScore | None:
        """The bands of a forecaster at a lead, or at all leads (None)."""
        return next((b for b in self.bands if (b.forecaster, b.measure, b.lead) == (forecaster, measure, lead)), None)


def skill_table(
    hindcast: Hindcast, scenario: str, members: int, reference: str, inputs: str = "known", record: str = ""
) -> SkillTable:
    """The table of a hindcast against one of its forecasters. Raises `KeyError` where that was not asked.

    `record` is the grade of the record that it is scored on, in words.
    """
    rows = summarise(hindcast.scores(), reference)
    order = {name: place for place, name in enumerate(hindcast.forecasters)}
    rows.sort(key=lambda row: order[row.forecaster])
    return SkillTable(
        scenario,
        tuple(str(origin) for origin in hindcast.origins),
        hindcast.leads,
        members,
        inputs,
        reference,
        tuple(rows),
        tuple(band_scores(hindcast)),
        tuple(changes(hindcast)),
        tuple(paths(hindcast)),
        tuple(pits(hindcast)),
        record,
    )


def as_json(table: SkillTable) -> dict[str, Any]:
    """A table of skill as JSON values."""
    return asdict(table)


def percent(share: Interval) -> str:
    """A skill with its interval, in per cent."""
    if share.low is None or share.high is None:
        return f"{100 * share.mean:+.0f} %"
    return f"{100 * share.mean:+.0f} % ({100 * share.low:.0f} to {100 * share.high:.0f})"


def log_cell(row: Skill | None) -> str:
    """A log score, and the skill against the reference."""
    if row is None:
        return "-"
    return f"{row.log:.3f}" if row.forecaster == row.reference else f"{row.log:.3f} {percent(row.skill)}"


def band_cell(band: BandScore | None) -> str:
    """How often the band of 80 % contained the outcome, and the CRPS in units of persistence's (-: that had none)."""
    if band is None:
        return "-"
    return f"{100 * band.covered:.0f} %, {'-' if math.isnan(band.ratio) else f'{band.ratio:.2f}'}"


def basis(table: SkillTable) -> str:
    """What the numbers rest on: origins, and blocks of them by lead."""
    span = f"{table.origins[0]} to {table.origins[-1]}" if table.origins else ""
    parts = []
    for lead in table.leads:
        row = table.row(table.reference, lead, "all")
        if row is not None:
            parts.append(f"{lead_words(lead)}: {row.origins} origins, {row.blocks} blocks of {row.block}")
    origins = f"{len(table.origins)} origins, {span}; {table.members} members; inputs {table.inputs}."
    record = f" Record: {table.record}." if table.record else ""
    return f"{origins} {'; '.join(parts)}.{record}"


def markdown(table: SkillTable) -> str:
    """The table for a page of Markdown: log score, Brier score and skill by lead, then the bands."""
    lines = []

    def put(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        lines.extend(["", "| " + " | ".join(heads) + " |", "|---" + "|---:" * (len(heads) - 1) + "|"])
        lines.extend("| " + " | ".join(cells) + " |" for cells in rows)

    for scope, title in SCOPES.items():
        rows = []
        for name in table.forecasters:
            cells = [name]
            for lead in table.leads:
                row = table.row(name, lead, scope)
                brier = "" if row is None else f" / {row.brier:.3f}"
                cells.append(
                    log_cell(row).replace(" ", f"{brier}, ", 1) if " " in log_cell(row) else log_cell(row) + brier
                )
            rows.append(cells)
        put([f"{title}: log score / Brier, skill", *(lead_words(lead) for lead in table.leads)], rows)
    simulated = list(dict.fromkeys(band.forecaster for band in table.bands))
    leads = (*table.leads, None)
    put(
        ["80 % bands: contained the outcome, CRPS / persistence's", *(lead_words(lead) for lead in leads)],
        [
            [f"{name}: {measure}", *(band_cell(table.band(name, measure, lead)) for lead in leads)]
            for measure in dict.fromkeys(band.measure for band in table.bands)
            for name in simulated
        ],
    )
    return "\n".join([*lines, "", basis(table), RULE.format(reference=table.reference)]).strip() + "\n"


def colour_of(names: Sequence[str]) -> alt.Color:
    """One colour a forecaster, in their order."""
    import altair as alt

    return alt.Color(
        "forecaster:N",
        sort=list(names),
        title=None,
        scale=alt.Scale(domain=list(names), range=[COLOURS[at % len(COLOURS)] for at in range(len(names))]),
        legend=alt.Legend(orient="right", labelLimit=260),
    )


def chart(table: SkillTable) -> alt.HConcatChart:
    """Log score by lead, a line a forecaster; all places on the left, those next to a front on the right."""
    import altair as alt

    names = table.forecasters
    colour = colour_of(names)
    panels = []
    for scope, title in SCOPES.items():
        values = [
            {
                "forecaster": row.forecaster,
                "lead": lead_days(row.lead) / DAYS["mo"],
                "log": row.log,
                "skill": percent(row.skill),
            }
            for row in table.rows
            if row.scope == scope
        ]
        x = alt.X(
            "lead:Q",
            title="months ahead",
            axis=alt.Axis(values=[lead_days(lead) / DAYS["mo"] for lead in table.leads], format=".2~g", grid=False),
        )
        y = alt.Y("log:Q", title="log score (nats, lower is better)" if scope == "all" else None)
        tips = ["forecaster:N", alt.Tooltip("lead:Q", format=".2~f"), alt.Tooltip("log:Q", format=".3f"), "skill:N"]
        lines = alt.Chart(alt.InlineData(values=values)).mark_line(point=True, strokeWidth=1.8)
        panels.append(lines.encode(x, y, colour, tooltip=tips).properties(width=300, height=260, title=title))
    side_by_side: alt.HConcatChart = alt.hconcat(*panels).configure_view(stroke=None)
    return side_by_side


def write(hindcast: Hindcast, table: SkillTable, folder: Path) -> list[Path]:
    """Write the results into the folder of a hindcast: every probability, the scores, and two charts three ways.

    Every probability needs the extra `tables`, the charts need `charts`; what is not installed is left out.
    """
    import json

    from polemos.ensemble.atomic_files import put
    from polemos.report.charts import save
    from polemos.report.hindcast import calibration

    written = [put(folder / "skill.json", json.dumps(as_json(table), indent=1).encode())]
    if not missing("tables"):
        from pyarrow import parquet

        written.append(folder / "table.parquet")
        with atomic_files.whole(written[-1]) as part:
            parquet.write_table(hindcast.table(), part, compression="zstd")
    if missing("charts"):
        return written
    for name, drawn in (("chart", chart(table)), ("calibration", calibration.chart(table))):
        for ending in (".png", ".svg", ".html"):
            written.append(folder / f"{name}{ending}")
            save.save(drawn, written[-1], f"{table.scenario}: hindcast")
    return written
