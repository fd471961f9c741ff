"""Tables of the page as HTML: the forecasts, the scores, the coverage. All text is escaped here."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from math import isfinite, isnan

import numpy as np

from polemos.report.build import amount, long_date
from polemos.report.charts import quantity_name
from polemos.report.contents import Fact, ForecastRow, PageContents, Reading, ScoreRow, Stand, Who

COLOURS = {"author": "#0072b2", "rival": "#c2570c", "model": "#23211d", "baseline": "#9a948a"}
STRIP = 168
NARROW = "\u202f"
"""A narrow space that does not break."""


def number(value: float) -> str:
    """A share of one as a whole per cent, as far as the ends allow: `<1` and `>99` are kept apart from 0 and 100."""
    percent = 100 * value
    if 0 < percent < 1:
        return "<1"
    if 99 < percent < 100:
        return ">99"
    return f"{percent:.0f}"


def facts(rows: Iterable[Fact]) -> str:
    """A list of names and values."""
    items = "".join(f"<div><dt>{escape(row.name)}</dt><dd>{escape(row.value)}</dd></div>" for row in rows)
    return f"<dl>{items}</dl>"


def shown(value: float) -> str:
    """`number` as HTML."""
    return escape(number(value))


def strip(row: ForecastRow, kinds: dict[str, str]) -> str:
    """A line from 0 to 100 % with everybody's answers and the outcome, as inline SVG."""

    def at(value: float) -> float:
        return round(8 + (STRIP - 16) * value, 1)

    marks = [f'<line x1="8" x2="{STRIP - 8}" y1="20" y2="20" stroke="#d9d4c8"/>']
    marks += [f'<line x1="{at(v)}" x2="{at(v)}" y1="17" y2="23" stroke="#d9d4c8"/>' for v in (0, 0.5, 1)]
    if row.outcome is not None:
        x = at(float(row.outcome))
        marks.append(f'<circle cx="{x}" cy="20" r="6.5" fill="none" stroke="#23211d" stroke-width="1.4"/>')
    levels = {"author": 9, "rival": 31, "baseline": 20, "model": 20}
    for stand in sorted(row.stands, key=lambda one: kinds.get(one.who, "") == "model"):
        kind = kinds.get(stand.who, "baseline")
        if stand.probability is None:
            continue
        x, y, colour = at(stand.probability), levels[kind], COLOURS[kind]
        title = f"<title>{escape(stand.who)}: {shown(stand.probability)} %</title>"
        if stand.low is not None and stand.high is not None:
            width = max(at(stand.high) - at(stand.low), 1.5)
            marks.append(
                f'<rect x="{at(stand.low)}" y="{y - 2}" width="{width:.1f}" height="4" rx="2" '
                f'fill="{colour}" opacity=".3"/>'
            )
        if kind == "baseline":
            marks.append(f'<line x1="{x}" x2="{x}" y1="15" y2="25" stroke="{colour}" stroke-width="2">{title}</line>')
        elif kind == "model":
            spread = (STRIP - 16) * (stand.error or 0.0)
            marks.append(
                f'<g>{title}<line x1="{max(x - 2 * spread, 8):.1f}" x2="{min(x + 2 * spread, STRIP - 8):.1f}" y1="20" '
                f'y2="20" stroke="{colour}" stroke-width="2"/><circle cx="{x}" cy="20" r="4" fill="{colour}"/></g>'
            )
        else:
            marks.append(f'<circle cx="{x}" cy="{y}" r="3.6" fill="{colour}">{title}</circle>')
    return (
        f'<svg class="strip" viewBox="0 0 {STRIP} 40" width="{STRIP}" height="40" role="img" '
        f'aria-label="Answers on a line from 0 to 100 per cent">{"".join(marks)}</svg>'
    )


def _stand(stand: Stand | None, kind: str = "model") -> str:
    if stand is None or (stand.probability is None and stand.status == "answered"):
        return '<span class="none">–</span>'
    if stand.probability is None:
        # Why a baseline is silent would drown the table; it waits in the title.
        shown_as = escape(stand.status) if kind == "model" else "–"
        return f'<span class="none" title="{escape(stand.status)}">{shown_as}</span>'
    text = f"<b>{shown(stand.probability)}</b>"
    if stand.error is not None:
        text += f'<span class="pm"> ± {max(100 * stand.error, 0.1):.1f}</span>'
    if stand.low is not None and stand.high is not None:
        text += f'<span class="pm"> {shown(stand.low)}–{shown(stand.high)}</span>'
    if stand.brier is not None:
        text += f'<span class="brier">{stand.brier:.2f}</span>'
    return text


def forecast_table(contents: PageContents) -> str:
    """Every question with its claim, everybody's probability, the outcome and the scores; grouped."""
    who = contents.forecasters
    kinds = {one.name: one.kind for one in who}
    heads = "".join(f'<th scope="col" class="p {one.kind}">{escape(one.name)}</th>' for one in who)
    head = f'<tr><th scope="col">Claim</th><th scope="col">0 to 100 %</th>{heads}<th scope="col">Outcome</th></tr>'
    body: list[str] = []
    group = None
    for row in contents.forecasts:
        if row.group != group:
            group = row.group
            body.append(f'<tr class="group"><th colspan="{len(who) + 3}" scope="rowgroup">{escape(group)}</th></tr>')
        body.append(_forecast(row, who, kinds))
    return f'<table id="forecasts"><thead>{head}</thead><tbody>{"".join(body)}</tbody></table>'


def _forecast(row: ForecastRow, who: tuple[Who, ...], kinds: dict[str, str]) -> str:
    said = {stand.who: stand for stand in row.stands}
    cells = "".join(
        f'<td class="p {one.kind}" data-who="{escape(one.name)}">{_stand(said.get(one.name), one.kind)}</td>'
        for one in who
    )
    outcome, mark = {True: ("yes", "yes"), False: ("no", "no"), None: ("open", "open")}[row.outcome]
    source = " · ".join(part for part in (row.id, row.owner, row.where) if part)
    note = f'<span class="note">{escape(row.note)}</span>' if row.note else ""
    return (
        f'<tr><td class="claim">{escape(row.text)}<span class="source">{escape(source)}</span>{note}</td>'
        f'<td class="line">{strip(row, kinds)}</td>{cells}<td class="outcome {mark}">{outcome}</td></tr>'
    )


def score_table(contents: PageContents) -> str:
    """Mean Brier scores by group and forecaster, as bars."""
    kinds = {one.name: one.kind for one in contents.forecasters}
    panels = []
    for group in dict.fromkeys(row.group for row in contents.scores):
        rows = [row for row in contents.scores if row.group == group]
        panels.append(
            f"<figure><figcaption>{escape(group)}</figcaption><table><thead><tr><th></th><th></th>"
            f'<th scope="col" class="v">Brier</th><th scope="col" class="n">of</th></tr></thead>'
            f"{''.join(_score(row, kinds.get(row.who, 'baseline')) for row in rows)}</table></figure>"
        )
    return "".join(panels)


def _score(row: ScoreRow, kind: str) -> str:
    width = 100 * min(max(row.brier, 0.0), 1.0)
    whisker = ""
    if row.low is not None and row.high is not None and isfinite(row.low) and isfinite(row.high):
        low, high = 100 * max(row.low, 0.0), 100 * min(row.high, 1.0)
        whisker = f'<i style="left:{low:.1f}%;width:{max(high - low, 0):.1f}%"></i>'
    return (
        f'<tr><th scope="row">{escape(row.who)}</th><td class="bar"><span style="width:{width:.1f}%;'
        f'background:{COLOURS[kind]}"></span>{whisker}</td><td class="v">{row.brier:.3f}</td>'
        f'<td class="n">{row.questions}</td></tr>'
    )


def reading_table(contents: PageContents) -> str:
    """The model's spread for the focus at a few dates, with the record and where it lay."""
    heads = "".join(f'<th scope="col" class="v">{head}</th>' for head in ("5 %", "median", "95 %", "record"))
    body: list[str] = []
    for quantity in dict.fromkeys(row.quantity for row in contents.readings):
        title = f"{contents.holders[contents.focus].name}: {quantity_name(contents, quantity).lower()}"
        body.append(f'<tr class="focus"><th colspan="6" scope="rowgroup">{escape(title)}</th></tr>')
        body += [_reading(row) for row in contents.readings if row.quantity == quantity]
    return (
        f'<table id="readings"><thead><tr><th scope="col">Date</th>{heads}<th scope="col">which lay</th></tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table>"
    )


def _reading(row: Reading) -> str:
    p5, p25, median, p75, p95 = row.points
    if isnan(row.record):
        where = "–"
    elif p25 <= row.record <= p75:
        where = "in 50 %"
    elif p5 <= row.record <= p95:
        where = "in 90 %"
    else:
        where = "above" if row.record > p95 else "below"
    values = ("–" if isnan(value) else amount(value) for value in (p5, median, p95, row.record))
    cells = "".join(f'<td class="v">{value.replace(" million", NARROW + "m")}</td>' for value in values)
    outside = ' class="out"' if where in ("above", "below") else ""
    return f'<tr><th scope="row">{short_date(row.date)}</th>{cells}<td{outside}>{where}</td></tr>'


def coverage_table(contents: PageContents) -> str:
    """How often the record lay inside the bands of the model, the focus first."""
    rows = sorted(contents.coverage, key=lambda row: (row.organisation != contents.focus, row.organisation))
    body = "".join(
        f"<tr{' class=focus' if row.organisation == contents.focus else ''}>"
        f'<th scope="row">{escape(contents.holders[row.organisation].name)}</th>'
        f"<td>{escape(quantity_name(contents, row.quantity).split()[0].lower())}</td>"
        f'<td class="v">{100 * row.inside50:.0f} %</td><td class="v">{100 * row.inside90:.0f} %</td>'
        f'<td class="n">{row.dates}</td></tr>'
        for row in rows
    )
    return (
        '<table id="coverage"><thead><tr><th scope="col">Inside the band of</th><th scope="col"></th>'
        '<th scope="col" class="v">50 %</th><th scope="col" class="v">90 %</th>'
        f'<th scope="col" class="n">dates</th></tr></thead><tbody>{body}</tbody></table>'
    )


def short_date(date: np.datetime64) -> str:
    """A day in short: `3 Jun 2018`."""
    when = date.astype("datetime64[D]").item()
    return f"{when.day} {when:%b %Y}"


def origin_text(contents: PageContents) -> str:
    """The origin in words."""
    return long_date(contents.origin)
