"""The forecasts and their reliability as Altair charts, for notebooks and `polemos plot`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from polemos.report.charts.maps import FONT, INK, MUTED, RULE
from polemos.report.html.tables import OUTCOMES
from polemos.report.page.contents import PageContents

if TYPE_CHECKING:
    import altair as alt

KINDS = {"author": "#005f95", "rival": "#a8480a", "forecast": "#2b7a3f", "model": INK, "baseline": "#9a948a"}
SHAPES = {"author": "circle", "rival": "diamond", "forecast": "triangle-up", "model": "square", "baseline": "stroke"}


def forecast_rows(contents: PageContents) -> list[dict[str, Any]]:
    """A row an answer: question, who, kind, probability and its interval in per cent, and the outcome."""
    kinds = {who.name: who.kind for who in contents.forecasters}
    return [
        {
            "question": row.text,
            "group": row.group,
            "who": stand.who,
            "kind": kinds.get(stand.who, "baseline"),
            "probability": 100 * stand.probability,
            "low": None if stand.low is None else 100 * stand.low,
            "high": None if stand.high is None else 100 * stand.high,
            "outcome": OUTCOMES[row.outcome],
            "happened": None if row.outcome is None else 100 * int(row.outcome),
        }
        for row in contents.forecasts
        for stand in row.stands
        if stand.probability is not None
    ]


def forecasts(contents: PageContents) -> alt.LayerChart:
    """Every answer on a line from 0 to 100 %, a row a question, with the outcome as a ring."""
    import altair as alt

    rows = forecast_rows(contents)
    kinds = [kind for kind in KINDS if any(row["kind"] == kind for row in rows)]
    outcomes = list(
        {row["question"]: {"question": row["question"], "happened": row["happened"]} for row in rows}.values()
    )
    y = alt.Y(
        "question:N",
        title=None,
        sort=list(dict.fromkeys(row["question"] for row in rows)),
        axis=alt.Axis(labelLimit=520, labelColor=INK, ticks=False, domain=False, grid=True, gridColor=RULE),
    )
    axis = alt.Axis(grid=False, values=list(range(0, 101, 25)))
    x = alt.X("probability:Q", title="probability, %", scale=alt.Scale(domain=[-4, 104], nice=False), axis=axis)
    base = alt.Chart(alt.InlineData(values=rows)).encode(y=y)
    colour = alt.Color("kind:N", title=None, scale=alt.Scale(domain=kinds, range=[KINDS[kind] for kind in kinds]))
    shape = alt.Shape("kind:N", title=None, scale=alt.Scale(domain=kinds, range=[SHAPES[kind] for kind in kinds]))
    spread = base.mark_rule(strokeWidth=4, opacity=0.35).encode(x="low:Q", x2="high:Q", color=colour)
    ring = alt.Chart(alt.InlineData(values=outcomes)).mark_point(size=150, color=INK, filled=False, strokeWidth=1.4)
    tips = ["question:N", "who:N", "probability:Q", "outcome:N"]
    points = base.mark_point(size=55, opacity=1).encode(x=x, color=colour, fill=colour, shape=shape, tooltip=tips)
    chart: Any = alt.layer(spread, ring.encode(x="happened:Q", y=y), points).properties(width=380, height={"step": 22})
    layers: alt.LayerChart = _dressed(chart.properties(title="Forecasts, and what happened (ring)"))
    return layers


def reliability(contents: PageContents) -> alt.HConcatChart:
    """Share that came true by forecast probability, a panel a kind of forecast. Raises `ValueError` on none."""
    import altair as alt

    if not contents.diagrams:
        raise ValueError("nothing of this run is resolved yet, so there is no reliability to show")
    panels = []
    line = [{"forecast": 0, "happened": 0}, {"forecast": 100, "happened": 100}]
    for diagram in contents.diagrams:
        rows = [
            {"kind": who.kind, "forecast": 100 * b.probability, "happened": 100 * b.observed, "forecasts": b.forecasts}
            for who, bins in diagram.curves
            for b in bins
        ]
        kinds = [kind for kind in KINDS if any(row["kind"] == kind for row in rows)]
        axis: dict[str, Any] = {"scale": alt.Scale(domain=[0, 100]), "axis": alt.Axis(values=[0, 25, 50, 75, 100])}
        x, y = alt.X("forecast:Q", title="forecast, %", **axis), alt.Y("happened:Q", title="happened, %", **axis)
        honest = alt.Chart(alt.InlineData(values=line)).mark_line(color=MUTED, strokeDash=[4, 4]).encode(x=x, y=y)
        points = (
            alt.Chart(alt.InlineData(values=rows))
            .mark_point(filled=True, opacity=0.85)
            .encode(
                x=x,
                y=y,
                color=alt.Color("kind:N", scale=alt.Scale(domain=kinds, range=[KINDS[k] for k in kinds]), title=None),
                shape=alt.Shape("kind:N", scale=alt.Scale(domain=kinds, range=[SHAPES[k] for k in kinds]), title=None),
                size=alt.Size("forecasts:Q", scale=alt.Scale(type="sqrt", range=[30, 400]), legend=None),
                tooltip=["kind:N", "forecast:Q", "happened:Q", "forecasts:Q"],
            )
        )
        panels.append(alt.layer(honest, points).properties(width=230, height=230, title=diagram.title))
    apart: Any = {"color": "independent", "shape": "independent", "size": "independent"}
    panels_: alt.HConcatChart = _dressed(alt.hconcat(*panels).resolve_scale(**apart))
    return panels_


def _dressed(chart: Any) -> Any:
    axis = {"labelFont": FONT, "titleFont": FONT, "labelColor": MUTED, "titleColor": MUTED, "domainColor": RULE}
    title = {"anchor": "start", "color": INK, "font": FONT}
    return chart.configure(
        view={"stroke": None},
        axis=axis,
        title=title,
        font=FONT,
        background="#fdfcf9",
        padding=8,
        legend={"labelLimit": 300},
    )
