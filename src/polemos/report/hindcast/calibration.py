"""Calibration of a hindcast: forecast changes against those that happened, PIT of totals, and scores of whole paths."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from polemos.forecasters.leads import lead_words
from polemos.report.hindcast.skill import SkillTable, colour_of

if TYPE_CHECKING:
    import altair as alt

CHANGE = (
    "Changes of hands: Brier score = reliability - resolution + uncertainty (isotonic), mean forecast / observed share"
)
PATHS = "Whole paths: ranked score of being changed lead by lead, energy score of places held; share of persistence's"
PIT = "PIT of places held, all leads: share of cases in each tenth (10 % calibrated)"


def change_rows(table: SkillTable) -> list[tuple[str, ...]]:
    """A row a forecaster: by lead, the Brier score of a change in its parts, times 1000."""
    rows: list[tuple[str, ...]] = []
    by = {(row.forecaster, row.lead): row for row in table.changes}
    for name in table.forecasters:
        cells = [name]
        for lead in table.leads:
            row = by.get((name, lead))
            if row is None:
                cells.append("-")
                continue
            parts = (row.isotonic.score, row.isotonic.reliability, row.isotonic.resolution, row.isotonic.uncertainty)
            score, reliability, resolution, uncertainty = (1000 * abs(part) for part in parts)  # no part is below 0
            split = f"{score:.1f} = {reliability:.1f} - {resolution:.1f} + {uncertainty:.1f}"
            cells.append(f"{split}, {100 * row.probability:.1f} / {100 * row.observed:.1f} %")
        rows.append(tuple(cells))
    return rows


def path_rows(table: SkillTable) -> list[tuple[str, ...]]:
    """A row a forecaster: ranked score of a change over the leads, and energy score of the path, by persistence's."""
    rows: list[tuple[str, ...]] = []
    for row in table.paths:
        energy = "-"
        if row.energy is not None and row.energy_persistence is not None:
            energy = f"{row.energy:.2f}"
            if row.energy_persistence:
                energy += f", {row.energy / row.energy_persistence:.2f}"
        ranked = f"{row.rps:.4f}"
        if row.rps_persistence:
            ranked += f", {row.rps / row.rps_persistence:.2f}"
        rows.append((row.forecaster, str(row.origins), ranked, energy))
    return rows


def pit_rows(table: SkillTable, measure: str = "places") -> list[tuple[str, ...]]:
    """A row a forecaster that simulates: the share of cases in each tenth, over all leads."""
    rows: list[tuple[str, ...]] = []
    for name in dict.fromkeys(row.forecaster for row in table.pits):
        mine = [row for row in table.pits if (row.forecaster, row.measure) == (name, measure)]
        cases = sum(row.cases for row in mine)
        shares = [sum(row.shares[bar] * row.cases for row in mine) / cases for bar in range(len(mine[0].shares))]
        rows.append((name, *(f"{100 * share:.0f} %" for share in shares)))
    return rows


def pit_heads(table: SkillTable) -> list[str]:
    """Heads of the tenths."""
    bars = len(table.pits[0].shares) if table.pits else 0
    return [f"{bar / bars:.1f}-{(bar + 1) / bars:.1f}" for bar in range(bars)]


def markdown(table: SkillTable) -> str:
    """The three tables for a page of Markdown."""
    lines: list[str] = []

    def put(title: str, heads: Sequence[str], rows: Sequence[tuple[str, ...]]) -> None:
        if rows:
            lines.extend(["", "| " + " | ".join([title, *heads]) + " |", "|---" + "|---:" * len(heads) + "|"])
            lines.extend("| " + " | ".join(cells) + " |" for cells in rows)

    put(f"{CHANGE} (times 1000)", [lead_words(lead) for lead in table.leads], change_rows(table))
    put(PATHS, ["origins", "ranked", "energy"], path_rows(table))
    put(PIT, pit_heads(table), pit_rows(table))
    return "\n".join(lines).strip() + "\n"


def chart(table: SkillTable) -> alt.VConcatChart:
    """Isotonic reliability of changes of hands by lead, and under it the PIT of places held by forecaster."""
    import altair as alt

    colour = colour_of(table.forecasters)
    panels = []
    for lead in table.leads:
        values = [
            {"forecaster": row.forecaster, "forecast": probability, "happened": outcome, "cases": cases}
            for row in table.changes
            if row.lead == lead
            for probability, outcome, cases in row.diagram
        ]
        x = alt.X("forecast:Q", title="probability of another holder", scale=alt.Scale(domain=[0, 1]))
        y = alt.Y("happened:Q", title="share that happened (isotonic)", scale=alt.Scale(domain=[0, 1]))
        even = alt.Chart(alt.InlineData(values=[{"forecast": 0, "happened": 0}, {"forecast": 1, "happened": 1}]))
        line = even.mark_line(color="#bbbbbb", strokeDash=[4, 3]).encode(x, y)
        tips = [
            "forecaster:N",
            alt.Tooltip("forecast:Q", format=".3f"),
            alt.Tooltip("happened:Q", format=".3f"),
            "cases:Q",
        ]
        mine = alt.Chart(alt.InlineData(values=values)).mark_line(point=alt.OverlayMarkDef(size=12), strokeWidth=1.2)
        panels.append(
            (line + mine.encode(x, y, colour, tooltip=tips)).properties(width=230, height=230, title=lead_words(lead))
        )
    bars = []
    for name in dict.fromkeys(row.forecaster for row in table.pits):
        values = [
            {"bar": bar / len(row.shares), "share": share, "lead": lead_words(row.lead)}
            for row in table.pits
            if (row.forecaster, row.measure) == (name, "places")
            for bar, share in enumerate(row.shares)
        ]
        drawn = alt.Chart(alt.InlineData(values=values)).mark_line(interpolate="step-after", strokeWidth=1.2)
        encoded = drawn.encode(
            alt.X("bar:Q", title="PIT of places held", scale=alt.Scale(domain=[0, 1])),
            alt.Y("share:Q", title="share of cases", axis=alt.Axis(format="%")),
            alt.Color("lead:N", title=None, sort=[lead_words(lead) for lead in table.leads]),
        )
        bars.append(encoded.properties(width=230, height=130, title=name))
    parts = [alt.hconcat(*row) for row in (panels, bars) if row]
    stack: alt.VConcatChart = alt.vconcat(*parts).resolve_scale(color="independent").configure_view(stroke=None)
    return stack
