"""Tables of the page as HTML: scores, theories, curves, coverage. All text is escaped here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from math import isfinite, isnan

import numpy as np

from polemos.report.html.svg_figures import number
from polemos.report.page.build import amount
from polemos.report.page.contents import Band, Fact, PageContents, Reading, ScoreRow, Theories
from polemos.report.page.glosses import short_name
from polemos.report.page.quantity_names import quantity_name

NARROW = "\u202f"
"""A narrow space that does not break."""

OUTCOMES = {True: "yes", False: "no", None: "open"}


def facts(rows: Iterable[Fact]) -> str:
    """A list of names and values."""
    items = "".join(f"<div><dt>{escape(row.name)}</dt><dd>{escape(row.value)}</dd></div>" for row in rows)
    return f"<dl>{items}</dl>"


def folded(summary: str, table: str) -> str:
    """A table that opens on demand."""
    return f'<details class="behind"><summary>{escape(summary)}</summary>{wide(summary, table)}</details>'


def wide(name: str, table: str) -> str:
    """A table that may be wider or longer than its place, which keys can move."""
    return f'<div class="wide" tabindex="0" role="group" aria-label="{escape(name)}">{table}</div>'


def plain(heads: Sequence[str], rows: Iterable[Sequence[str]], caption: str = "") -> str:
    """A table of text; the first column heads its row."""
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in heads)
    body = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>' + "".join(f"<td>{escape(cell)}</td>" for cell in row[1:]) + "</tr>"
        for row in rows
    )
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f'<table class="plain">{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def score_table(contents: PageContents) -> str:
    """Mean Brier scores, a row a group and a column a forecaster, each with its range and number of questions."""
    who = [one for one in contents.forecasters if any(row.who == one.name for row in contents.scores)]
    heads = "".join(f'<th scope="col" class="{one.kind}">{escape(short_name(one.name))}</th>' for one in who)
    rows = []
    for group in dict.fromkeys(row.group for row in contents.scores):
        by_voice = {row.who: row for row in contents.scores if row.group == group}
        most = max(row.questions for row in by_voice.values())
        cells = "".join(f"<td>{_score(by_voice.get(one.name), one.kind, most)}</td>" for one in who)
        name, _, where = (group[:1].upper() + group[1:]).partition(": ")
        title = escape(name) + (f" <small>{escape(where)}</small>" if where else "")
        rows.append(f'<tr><th scope="row">{title}</th>{cells}</tr>')
    head = f'<tr><th scope="col">Questions of</th>{heads}</tr>'
    return f'<table id="scores"><thead>{head}</thead><tbody>{"".join(rows)}</tbody></table>'


def _score(row: ScoreRow | None, kind: str, most: int) -> str:
    if row is None:
        return '<span class="none">–</span>'
    width = 100 * min(max(row.brier, 0.0), 1.0)
    spread = ""
    if row.low is not None and row.high is not None and isfinite(row.low) and isfinite(row.high):
        spread = f' <span class="pm">{max(row.low, 0.0):.2f}–{min(row.high, 1.0):.2f}</span>'
    few = f'<span class="few">{row.questions}{"" if row.questions == most else f" of {most}"}</span>'
    bar = f'<span class="bar"><i class="{kind}" style="width:{width:.0f}%"></i></span>'
    return f'<b>{row.brier:.2f}</b>{spread}<span class="low">{bar}{few}</span>'


def theory_table(theories: Theories) -> str:
    """The answers of rival theories to the same questions, side by side, with what happened."""
    heads = [f'<th scope="col" class="p">{escape(name)}</th>' for name in theories.names]
    rows = []
    for text, outcome, answers in theories.rows:
        cells = "".join(
            f'<td class="p">{"–" if value is None else f"<b>{escape(number(value))}</b>"}</td>' for value in answers
        )
        mark = OUTCOMES[outcome]
        rows.append(f'<tr><th scope="row">{escape(text)}</th>{cells}<td class="outcome {mark}">{mark}</td></tr>')
    means = "".join(f'<td class="p"><b>{"–" if value is None else f"{value:.3f}"}</b></td>' for value in theories.brier)
    title = f"Mean Brier score of {theories.questions} resolved questions (0 is perfect)"
    foot = f'<tr><th scope="row">{title}</th>{means}<td></td></tr>'
    return (
        f'<table id="theories-table"><thead><tr><th scope="col">Probability in per cent that</th>{"".join(heads)}'
        f'<th scope="col">Outcome</th></tr></thead><tbody>{"".join(rows)}</tbody><tfoot>{foot}</tfoot></table>'
    )


def curve_table(contents: PageContents, bands: Sequence[tuple[str, Band]], caption: str) -> str:
    """The numbers behind curves at about a dozen dates each: the record, and the points of the model."""
    covered = len(contents.likely)
    picks = sorted({int(i) for i in np.linspace(0, covered - 1, min(covered, 9))})
    rows = [
        (
            name,
            short_date(contents.dates[contents.first + i]),
            *(_amount(value) for value in (band.record[contents.first + i], *band.quantiles[:, i])),
        )
        for name, band in bands
        for i in picks
    ]
    return plain(("curve", "date", "what happened", "5 %", "25 %", "median", "75 %", "95 %"), rows, caption)


def _amount(value: float) -> str:
    return "–" if isnan(value) else amount(float(value))


def reading_table(contents: PageContents) -> str:
    """The model's spread for the focus at a few dates, with the record and where it lay."""
    heads = "".join(f'<th scope="col" class="v">{head}</th>' for head in ("5 %", "median", "95 %", "what happened"))
    body: list[str] = []
    for quantity in dict.fromkeys(row.quantity for row in contents.readings):
        title = f"{contents.holders[contents.focus].name}: {quantity_name(contents, quantity).lower()}"
        body.append(f'<tr class="focus"><th colspan="6" scope="rowgroup">{escape(title)}</th></tr>')
        body += [_reading(row) for row in contents.readings if row.quantity == quantity]
    return (
        f'<table id="readings"><thead><tr><th scope="col">Date</th>{heads}'
        '<th scope="col">inside the band?</th></tr></thead>'
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
    values = (_amount(value) for value in (p5, median, p95, row.record))
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
        '<table id="coverage"><thead><tr><th scope="col">Inside the band of</th><th scope="col">quantity</th>'
        '<th scope="col" class="v">50 %</th><th scope="col" class="v">90 %</th>'
        f'<th scope="col" class="n">dates</th></tr></thead><tbody>{body}</tbody></table>'
    )


def short_date(date: np.datetime64) -> str:
    """A day in short: `3 Jun 2018`."""
    when = date.astype("datetime64[D]").item()
    return f"{when.day} {when:%b %Y}"
