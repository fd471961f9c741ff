"""Small figures of the page as inline SVG, which follow the colours of the page. All text is escaped here."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from math import sqrt
from typing import Any

import numpy as np

from polemos.report.html.dot_chart import mark
from polemos.report.page.contents import Band, Diagram, ForecastRow, PageContents

STRIP = 168
MANY = 60
"""Forecasts from which on the points of a reliability diagram are joined."""


def number(value: float) -> str:
    """A share of one as a whole per cent, as far as the ends allow: `<1` and `>99` are kept apart from 0 and 100."""
    percent = 100 * value
    if 0 < percent < 1:
        return "<1"
    if 99 < percent < 100:
        return ">99"
    return f"{percent:.0f}"


def strip(row: ForecastRow, kinds: dict[str, str]) -> str:
    """A line from 0 to 100 % with everybody's answers and the outcome."""

    def at(value: float) -> float:
        return round(8 + (STRIP - 16) * value, 1)

    marks = [f'<line class="axis" x1="8" x2="{STRIP - 8}" y1="20" y2="20"/>']
    marks += [f'<line class="axis" x1="{at(v)}" x2="{at(v)}" y1="17" y2="23"/>' for v in (0, 0.5, 1)]
    if row.outcome is not None:
        marks.append(f'<circle class="came" cx="{at(float(row.outcome))}" cy="20" r="6.5"/>')
    levels = {"author": 9, "rival": 31, "baseline": 20, "forecast": 20, "model": 20}
    texts = []
    for stand in sorted(row.stands, key=lambda one: ("model", "forecast").count(kinds.get(one.who, ""))):
        kind = kinds.get(stand.who, "baseline")
        if stand.probability is None:
            continue
        texts.append(f"{stand.who} {number(stand.probability)} %")
        x, y = at(stand.probability), levels[kind]
        if stand.low is not None and stand.high is not None:
            width = max(at(stand.high) - at(stand.low), 1.5)
            marks.append(
                f'<rect class="{kind}" x="{at(stand.low)}" y="{y - 2}" width="{width:.1f}" height="4" '
                'rx="2" opacity=".4"/>'
            )
        if kind == "baseline":
            marks.append(f'<line class="baseline" x1="{x}" x2="{x}" y1="15" y2="25"/>')
        elif kind in ("forecast", "model"):
            spread = (STRIP - 16) * (stand.error or 0.0)
            left, right = max(x - 2 * spread, 8), min(x + 2 * spread, STRIP - 8)
            marks.append(f'<line class="{kind}" x1="{left:.1f}" x2="{right:.1f}" y1="20" y2="20"/>')
            marks.append(mark(kind, x, 20))
        elif kind == "rival":
            marks.append(f'<path class="rival" d="M{x} {y - 4.6}l4.6 4.6l-4.6 4.6l-4.6 -4.6Z"/>')
        else:
            marks.append(f'<circle class="author" cx="{x}" cy="{y}" r="3.6"/>')
    outcome_words = {True: "; it came true", False: "; it did not come true", None: ""}[row.outcome]
    label = escape(f"{', '.join(texts) or 'nobody answers'}{outcome_words}")
    return (
        f'<svg class="strip" viewBox="0 0 {STRIP} 40" width="{STRIP}" height="40" role="img" aria-label="{label}">'
        f"{''.join(marks)}</svg>"
    )


def reliability(diagram: Diagram, size: int = 300) -> str:
    """Share that came true by forecast probability; marks grow with the number of forecasts, lines join many."""
    left, low = 50, size - 34

    def x(value: float) -> float:
        return left + (size - left - 12) * value

    def y(value: float) -> float:
        return low - (low - 10) * value

    parts = [f'<line class="honest" x1="{x(0)}" y1="{y(0)}" x2="{x(1)}" y2="{y(1)}"/>']
    for tick in (0, 0.25, 0.5, 0.75, 1):
        parts.append(f'<line class="grid" x1="{x(0)}" x2="{x(1)}" y1="{y(tick):.1f}" y2="{y(tick):.1f}"/>')
        parts.append(f'<text x="{left - 6}" y="{y(tick) + 4:.1f}" text-anchor="end">{100 * tick:.0f}</text>')
        parts.append(f'<text x="{x(tick):.1f}" y="{low + 16}" text-anchor="middle">{100 * tick:.0f}</text>')
    parts.append(f'<text x="{(x(0) + x(1)) / 2:.0f}" y="{size - 3}" text-anchor="middle">forecast, %</text>')
    most = max((b.forecasts for _, bins in diagram.curves for b in bins), default=1)
    for who, bins in diagram.curves:
        points = [(x(b.probability), y(b.observed), 3 + 7 * sqrt(b.forecasts / most)) for b in bins]
        # Bins of a handful of forecasts jump; a line through them would draw the eye to noise.
        if sum(b.forecasts for b in bins) >= MANY:
            line = "L".join(f"{px:.1f} {py:.1f}" for px, py, _ in points)
            parts.append(f'<path class="{who.kind} thin" d="M{line}"/>')
        parts += [_point(who.kind, *point) for point in points]
    description = "; ".join(
        f"{who.name}: "
        + ", ".join(
            f"forecast {100 * b.probability:.0f}, happened {100 * b.observed:.0f} ({b.forecasts})" for b in bins
        )
        for who, bins in diagram.curves
    )
    label = escape(
        f"{diagram.title}. Forecast and share that came true, %, with the number of forecasts. {description}"
    )
    return (
        f'<svg class="reliability" viewBox="0 0 {size} {size}" width="{size}" height="{size}" role="img" '
        f'aria-label="{label}"><text text-anchor="middle" transform="translate(11 {(low + 10) // 2}) rotate(-90)">'
        "happened, %</text>"
        f"{''.join(parts)}</svg>"
    )


def _point(kind: str, x: float, y: float, r: float) -> str:
    if kind == "rival":
        d = 1.2 * r
        return (
            f'<path class="rival soft" d="M{x:.1f} {y - d:.1f}l{d:.1f} {d:.1f}l{-d:.1f} {d:.1f}l{-d:.1f} {-d:.1f}Z"/>'
        )
    if kind == "model":
        left, top, side = x - 0.9 * r, y - 0.9 * r, 1.8 * r
        return f'<rect class="model soft" x="{left:.1f}" y="{top:.1f}" width="{side:.1f}" height="{side:.1f}"/>'
    if kind == "forecast":
        d = 1.3 * r
        return f'<path class="forecast soft" d="M{x:.1f} {y - d:.1f}l{d:.1f} {1.75 * d:.1f}h{-2 * d:.1f}Z"/>'
    return f'<circle class="{kind} soft" cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}"/>'


def history_strip(contents: PageContents, band: Band, colour: Mapping[str, Any], tall: int = 34) -> str:
    """What is known of a quantity over all dates shown, small, with the window of the forecast marked; empty where
    there is no history to show."""
    is_observed = np.isfinite(band.record)
    if contents.first == 0 or is_observed[: contents.first].sum() < 2:
        return ""
    top = float(np.nanmax(band.record)) or 1.0
    days = (contents.dates - contents.dates[0]).astype(float)
    across = 1000 * days / max(days[-1], 1.0)
    down = tall - 2 - (tall - 6) * band.record / top
    points = [f"{across[t]:.0f} {down[t]:.1f}" for t in np.flatnonzero(is_observed).tolist()]
    begin = round(across[contents.first])
    first, last = (str(date)[:4] for date in contents.dates[[0, -1]])
    style = f"--l:{colour['light']};--d:{colour['dark']}"
    label = escape(f"The whole record since {first}; the shaded part is the window of the forecast.")
    return (
        f'<svg class="history pm-colour" style="{style}" viewBox="0 0 1000 {tall}" preserveAspectRatio="none" '
        f'role="img" aria-label="{label}"><rect x="{begin}" width="{1000 - begin}" '
        f'height="{tall}"/><path d="M{"L".join(points)}"/></svg><p class="small ends"><span>{first}</span>'
        f"<span>history, and the window of the forecast</span><span>{last}</span></p>"
    )
