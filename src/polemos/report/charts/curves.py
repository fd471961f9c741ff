"""Curves of a quantity over time as Altair charts, for notebooks and `polemos plot`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from polemos.report.charts.maps import FONT, INK, MUTED, styled, with_rows
from polemos.report.page.contents import Band, PageContents
from polemos.report.page.palette import GROUNDS, line_on
from polemos.report.page.quantity_names import is_empty, is_line, order, quantity_name

if TYPE_CHECKING:
    import altair as alt


def _number(value: float) -> float | None:
    """Four significant digits, which keeps the page small; None for NaN."""
    return None if np.isnan(value) else float(f"{value:.4g}")


def curve_rows(contents: PageContents, band: Band) -> list[dict[str, Any]]:
    """Rows of a curve: date, quantiles where the model covers it, the record where known."""
    rows: list[dict[str, Any]] = []
    for i, date in enumerate(contents.dates):
        row: dict[str, Any] = {"date": str(date)}
        value_observed = _number(float(band.record[i]))
        if value_observed is not None:
            row["record"] = value_observed
        if i >= contents.first:
            values = band.quantiles[:, i - contents.first]
            row.update({f"q{k}": _number(float(value)) for k, value in enumerate(values)})
        if len(row) > 1:
            rows.append(row)
    return rows


def years(contents: PageContents, most: int) -> list[int]:
    """Years that begin within the dates, every one or every so many, so that there are at most `most`."""
    first, last = (int(date.astype("datetime64[Y]").astype(int)) + 1970 for date in contents.dates[[0, -1]])
    begun = list(range(first + int(contents.dates[0] > np.datetime64(f"{first}-01-01")), last + 1))
    step = max(1, -(-len(begun) // most))
    return begun[::step]


def curve(contents: PageContents, band: Band, *, width: int = 420, height: int = 130) -> alt.LayerChart:
    """One quantity of one organisation: bands of 50 and 90 %, median, record."""
    import altair as alt

    colour = line_on(contents.holders[band.organisation].colour, GROUNDS["light"])
    data = alt.Chart(alt.NamedData(name="curve"))
    model = data.transform_filter("isValid(datum.q2)")
    record = data.transform_filter("isValid(datum.record)")
    instant = alt.Chart(alt.InlineData(values=[{}]))
    marked = years(contents, 8 if height > 110 else 4)
    ticks = [alt.DateTime(year=year, utc=True) for year in marked]
    yearly: dict[str, Any] = {"format": "%Y", "values": ticks, "grid": False, "labelFlush": False}
    span: dict[str, Any] = {"domain": [str(contents.dates[0]), str(contents.dates[-1])], "type": "utc"}
    amounts = {"labelExpr": "datum.value ? format(datum.value, '~s') : '0'", "tickCount": 3, "labelPadding": 4}
    style: dict[str, Any] = {"title": None, "axis": amounts, "scale": {"zero": True, "nice": True}}
    x = alt.X("date:T", title=None, scale=alt.Scale(**span), axis=alt.Axis(**yearly))
    when = alt.X("when:T", title=None, scale=alt.Scale(**span), axis=alt.Axis(**yearly))

    def at(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", **style)

    is_observed = np.isfinite(band.record).any()
    start = int(contents.origin.astype("datetime64[ms]").astype(np.int64))
    layers = [
        instant.transform_calculate(when=f"{start}").mark_rule(color=MUTED, strokeDash=[2, 2]).encode(x=when),
        model.mark_area(color=colour, opacity=0.2).encode(x=x, y=at("q0"), y2="q4:Q"),
        model.mark_area(color=colour, opacity=0.34).encode(x=x, y=at("q1"), y2="q3:Q"),
        model.mark_line(color=colour, strokeWidth=1.6, strokeDash=[5, 3]).encode(x=x, y=at("q2")),
    ]
    if is_line(band.record):
        line = record.mark_line(stroke=INK, strokeWidth=1.7, interpolate="step-after")
        layers.append(line.encode(x=x, y=at("record")))
    elif is_observed:
        layers.append(record.mark_point(color=INK, filled=True, size=26, opacity=1).encode(x=x, y=at("record")))
    layers.append(instant.transform_calculate(when="week").mark_rule(color=INK, opacity=0.4).encode(x=when))
    chart: Any = alt.layer(*layers).add_params(alt.param(name="week", value=start))
    chart = styled(chart.properties(width=width, height=height))
    chart_with_rows: alt.LayerChart = with_rows(chart, "curve", curve_rows(contents, band))
    return chart_with_rows


def curves(contents: PageContents, quantity: str = "people") -> alt.ConcatChart:
    """Small multiples of a quantity, an organisation each on a scale of its own."""
    import altair as alt

    singles: list[Any] = []
    datasets: dict[str, Any] = {}
    for number in order(contents):
        band = contents.band(number, quantity)
        if band is None or is_empty(band):
            continue
        chart = curve(contents, band)
        name = f"curve{number}"
        datasets[name] = chart.datasets["curve"]
        title = alt.Title(contents.holders[number].name, anchor="start", color=INK, font=FONT)
        single = alt.layer(*chart.layer[:-1]).properties(width=330, height=120, title=title)
        for layer in (single, *single.layer):
            if layer is single or getattr(layer.data, "name", "") == "curve":
                layer.data = alt.NamedData(name=name)
        singles.append(single)
    text = f"{quantity_name(contents, quantity)}: bands of 50 and 90 %, median (dashed), record (ink)"
    title = alt.Title(text, anchor="start", color=INK, font=FONT, offset=12)
    stacked: alt.ConcatChart = styled(alt.concat(*singles, columns=2).properties(title=title))
    stacked.datasets = datasets
    return stacked
