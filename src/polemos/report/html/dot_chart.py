"""The dot chart of the first screen: five to eight questions on a line from 0 to 100 %, one drawing for two widths.

A drawing is complete in itself, with its text and its key, so that it can be saved, printed and put on a card. All text
is escaped here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from polemos.report.html.basemap_svg import text_width
from polemos.report.page.contents import ForecastRow, Stand, Who
from polemos.report.page.headline_questions import heading, stands_of
from polemos.report.page.likelihood_words import per_cent

KINDS = ("author", "rival", "forecast", "model", "baseline")
"""Who may have a mark of their own, in the order of the key; of the baselines only the first is drawn."""

TOP, SIZE, LINE, UNDER = 62, 15.0, 19, 15
"""Height of key and axis, size of the titles, their line height, and that of the answers below them, in pixels."""


UNBROKEN = "\u00a0%"
"""A per cent sign that no line begins with."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a drawing puts things, in pixels: its width, the titles' width, and both ends of the line."""

    width: int
    titles: int
    left: int
    right: int
    beside: bool


WIDE = Layout(960, 380, 408, 936, True)
NARROW = Layout(360, 352, 12, 348, False)


def wrapped(text: str, width: float, size: float = SIZE, most: int = 2) -> list[str]:
    """A text in at most `most` lines of a width in pixels; what does not fit ends in an ellipsis."""
    scale = size / 11
    lines, line = [], ""
    # A number stays with its unit.
    for word in text.replace(" %", UNBROKEN).split(" "):
        longer = f"{line} {word}".strip()
        if line and text_width(longer) * scale > width:
            lines.append(line)
            line = word
        else:
            line = longer
    lines.append(line)
    lines_shown = lines[:most]
    for number, one in enumerate(lines_shown):
        cut = one
        while cut and text_width(cut) * scale > width:
            cut = cut[:-1]
        lines_shown[number] = one if cut == one else cut[:-1] + "…"
    if len(lines) > most and not lines_shown[-1].endswith("…"):
        lines_shown[-1] = lines_shown[-1].rstrip(" ,;:") + " …"
    return lines_shown


def answers_in_words(row: ForecastRow, kinds: Mapping[str, str], shown: Sequence[str] = KINDS) -> str:
    """What everybody said to a question and what happened, in a line."""
    stands = stands_of(row, kinds)
    names = {"model": "simulated wars"}
    parts = [
        f"{names.get(kind, kind)} {_number(stands[kind])}" for kind in shown if kind in stands and kind != "baseline"
    ]
    happened = {True: "happened", False: "did not happen", None: "outcome unknown"}[row.outcome]
    return f"{', '.join(parts)}: {happened}" if parts else happened.capitalize()


def _number(stand: Stand) -> str:
    if stand.low is not None and stand.high is not None and round(100 * stand.low) < round(100 * stand.high):
        return f"{100 * stand.low:.0f}-{100 * stand.high:.0f} %"
    return per_cent(float(stand.probability or 0))


def dot_chart(rows: Sequence[ForecastRow], forecasters: Sequence[Who], layout: Layout = WIDE) -> str:
    """The drawing as SVG; empty without rows."""
    if not rows:
        return ""
    marks, height = dot_marks(rows, forecasters, layout)
    label = escape(f"What was said and what happened, {len(rows)} questions from 0 to 100 %; the table below has all.")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="dots" viewBox="0 0 {layout.width} {height}" '
        f'width="{layout.width}" height="{height}" role="img" aria-label="{label}">{marks}</svg>'
    )


def dot_marks(rows: Sequence[ForecastRow], forecasters: Sequence[Who], layout: Layout) -> tuple[str, int]:
    """What the drawing is made of, and its height in pixels."""
    kinds = {who.name: who.kind for who in forecasters}
    kinds_shown = [kind for kind in KINDS if any(kind in stands_of(row, kinds) for row in rows)]
    key, top = _key(kinds_shown, any(row.outcome is not None for row in rows), layout)
    parts, y = [], float(top)
    for row in rows:
        lines = wrapped(heading(row), layout.titles)
        words = answers_in_words(row, kinds)
        under = wrapped(words, layout.titles, 12.0)
        tall = LINE * len(lines) + UNDER * len(under) + 2
        x = 0
        for number, line in enumerate(lines):
            parts.append(f'<text class="ask" x="{x}" y="{y + 15 + LINE * number:.0f}">{escape(line)}</text>')
        for number, line in enumerate(under):
            down = y + 13 + LINE * len(lines) + UNDER * number
            parts.append(f'<text class="say" x="{x}" y="{down:.0f}">{escape(line)}</text>')
        middle = y + tall / 2 if layout.beside else y + tall + 17
        parts.append(_marks(row, kinds, layout, middle))
        y += (tall if layout.beside else tall + 34) + 10
        parts.append(f'<line class="rule" x1="0" x2="{layout.width}" y1="{y - 5:.0f}" y2="{y - 5:.0f}"/>')
    height = round(y)
    axis = []
    for value in (0, 50, 100):
        at = layout.left + (layout.right - layout.left) * value / 100
        axis.append(f'<line class="grid" x1="{at:.1f}" x2="{at:.1f}" y1="{top - 6}" y2="{height - 5}"/>')
        # Beside a narrow line there is no room for half a number.
        edge = {0: (0, "start"), 100: (layout.width, "end")}.get(value) if not layout.beside else None
        x, anchor = edge or (round(at), "middle")
        axis.append(f'<text class="tick" x="{x}" y="{top - 12}" text-anchor="{anchor}">{value} %</text>')
    return "".join((key, *axis, *parts)), height


def _key(kinds: Sequence[str], outcomes: bool, layout: Layout) -> tuple[str, int]:
    """The key above the axis, and where the first row begins."""
    names = {
        "author": "author (our reading of the words)",
        "rival": "rival",
        "forecast": "forecast",
        "model": "simulated wars",
        "baseline": "simple rule",
    }
    items = [(kind, names[kind]) for kind in kinds] + ([("came", "what happened")] if outcomes else [])
    parts, x, y = [], 10.0, 12.0
    for kind, name in items:
        wide = 22 + text_width(name) * 13 / 11
        if x + wide > layout.width:
            x, y = 10.0, y + 20
        parts.append(mark(kind, x, y - 4))
        parts.append(f'<text class="key" x="{x + 14:.0f}" y="{y:.0f}">{escape(name)}</text>')
        x += wide + 12
    return "".join(parts), round(y + TOP - 12)


def _marks(row: ForecastRow, kinds: Mapping[str, str], layout: Layout, y: float) -> str:
    """The marks of a question at a height; persons above and below the line where they would hide a number."""

    def at(value: float) -> float:
        return layout.left + (layout.right - layout.left) * value

    parts = [f'<line class="axis" x1="{at(0)}" x2="{at(1)}" y1="{y:.1f}" y2="{y:.1f}"/>']
    if row.outcome is not None:
        parts.append(mark("came", at(float(row.outcome)), y))
    stands = stands_of(row, kinds)
    levels = {"baseline": 0.0, "author": -9.0, "rival": 9.0, "forecast": 0.0, "model": 0.0}
    for kind in ("baseline", "author", "rival", "model", "forecast"):
        stand = stands.get(kind)
        if stand is None:
            continue
        x, level = at(float(stand.probability or 0)), y + levels[kind]
        if stand.low is not None and stand.high is not None:
            wide = max(at(stand.high) - at(stand.low), 2.0)
            parts.append(
                f'<rect class="{kind} reach" x="{at(stand.low):.1f}" y="{level - 3:.1f}" width="{wide:.1f}" '
                'height="6" rx="3"/>'
            )
        if stand.error:
            half = 2 * stand.error * (layout.right - layout.left)
            low, high = max(x - half, at(0)), min(x + half, at(1))
            parts.append(
                f'<line class="{kind} reach" x1="{low:.1f}" x2="{high:.1f}" y1="{level:.1f}" y2="{level:.1f}"/>'
            )
        parts.append(mark(kind, x, level))
    return "".join(parts)


def mark(kind: str, x: float, y: float) -> str:
    """The mark of a kind: each has a shape of its own, so that nobody needs the colour."""
    if kind == "came":
        return f'<circle class="came" cx="{x:.1f}" cy="{y:.1f}" r="8"/>'
    if kind == "author":
        return f'<circle class="author" cx="{x:.1f}" cy="{y:.1f}" r="4.4"/>'
    if kind == "rival":
        return f'<path class="rival" d="M{x:.1f} {y - 5.4:.1f}l5.4 5.4l-5.4 5.4l-5.4 -5.4Z"/>'
    if kind == "forecast":
        return f'<path class="forecast" d="M{x:.1f} {y - 6:.1f}l5.6 10h-11.2Z"/>'
    if kind == "model":
        return f'<rect class="model hollow" x="{x - 4.5:.1f}" y="{y - 4.5:.1f}" width="9" height="9"/>'
    return f'<line class="baseline" x1="{x:.1f}" x2="{x:.1f}" y1="{y - 7:.1f}" y2="{y + 7:.1f}"/>'


def _cells(row: ForecastRow, kinds: Mapping[str, str], shown: Sequence[str]) -> tuple[str, ...]:
    stands = stands_of(row, kinds)
    happened = {True: "yes", False: "no", None: "not known"}[row.outcome]
    return (heading(row), *(_number(stands[kind]) if kind in stands else "" for kind in shown), happened)


def dot_table(rows: Sequence[ForecastRow], forecasters: Sequence[Who]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The same as heads and rows of a table."""
    kinds = {who.name: who.kind for who in forecasters}
    shown = [kind for kind in KINDS if any(kind in stands_of(row, kinds) for row in rows)]
    return ("question", *shown, "what happened"), [_cells(row, kinds, shown) for row in rows]
