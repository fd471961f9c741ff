"""Tables of the page as HTML: forecasts, scores, theories, curves, coverage. All text is escaped here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from math import isfinite, isnan

import numpy as np

from polemos.report.build import amount
from polemos.report.contents import Band, Fact, ForecastRow, PageContents, Reading, ScoreRow, Stand, Theories, Who
from polemos.report.figures import number, strip
from polemos.report.names import quantity_name

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


def _stand(stand: Stand | None, kind: str = "model") -> str:
    if stand is None or (stand.probability is None and stand.status == "answered"):
        return '<span class="none">–</span>'
    if stand.probability is None:
        # Why a baseline is silent would drown the table; it waits in the title.
        shown_as = escape(stand.status) if kind == "model" else "–"
        return f'<span class="none" title="{escape(stand.status)}">{shown_as}</span>'
    text = f"<b>{escape(number(stand.probability))}</b>"
    if stand.error is not None:
        text += f'<span class="pm"> ± {max(100 * stand.error, 0.1):.1f}</span>'
    if stand.low is not None and stand.high is not None:
        text += f'<span class="pm"> {escape(number(stand.low))}–{escape(number(stand.high))}</span>'
    if stand.brier is not None:
        text += f'<span class="brier">{stand.brier:.2f}</span>'
    return text


def forecast_table(contents: PageContents) -> str:
    """Every question with its claim, everybody's probability, the outcome and the scores; grouped, rows open."""
    who = contents.forecasters
    kinds = {one.name: one.kind for one in who}
    names = [("Claim", "claim"), *((one.name, f"p {one.kind}") for one in who), ("Outcome", "outcome")]
    heads = [f'<th scope="col" class="{css}"><button type="button">{escape(name)}</button></th>' for name, css in names]
    heads.insert(1, '<th scope="col" class="line">0 to 100 %</th>')
    body: list[str] = []
    group = None
    for row in contents.forecasts:
        if row.group != group:
            group = row.group
            body.append(
                f'<tr class="group" data-group="{escape(group)}"><th colspan="{len(heads)}" scope="rowgroup">'
                f"{escape(group[:1].upper() + group[1:])}</th></tr>"
            )
        body.append(_forecast(row, who, kinds, len(heads)))
    return (
        f'<table id="forecasts"><caption class="unseen">Forecasts, probabilities in per cent</caption>'
        f"<thead><tr>{''.join(heads)}</tr></thead><tbody>{''.join(body)}</tbody></table>"
    )


def forecast_controls(contents: PageContents) -> str:
    """Filters of the forecasts: words, owner, group, outcome."""
    owners = dict.fromkeys(quote.owner for row in contents.forecasts for quote in row.claims)
    groups = dict.fromkeys(row.group for row in contents.forecasts)

    def choice(name: str, title: str, values: Iterable[str]) -> str:
        options = "".join(f'<option value="{escape(value)}">{escape(value)}</option>' for value in values)
        return f'<label>{title} <select name="{name}"><option value="">all</option>{options}</select></label>'

    return (
        '<div class="filters" id="filters"><label>Search <input type="search" name="text"></label>'
        f"{choice('owner', 'Owner', owners)}{choice('group', 'Group', groups)}"
        f'{choice("outcome", "Outcome", ("yes", "no", "open"))}<output aria-live="polite"></output></div>'
    )


def _forecast(row: ForecastRow, who: tuple[Who, ...], kinds: dict[str, str], columns: int) -> str:
    said = {stand.who: stand for stand in row.stands}
    cells = ""
    for one in who:
        stand = said.get(one.name)
        value = "" if stand is None or stand.probability is None else f"{stand.probability:.4g}"
        cells += (
            f'<td class="p {one.kind}" data-who="{escape(one.name)}" data-value="{value}">'
            f"{_stand(stand, one.kind)}</td>"
        )
    outcome = OUTCOMES[row.outcome]
    source = " · ".join(part for part in (row.id, row.owner, row.where) if part)
    note = f'<span class="note">{escape(row.note)}</span>' if row.note else ""
    owners = "|".join(dict.fromkeys(quote.owner for quote in row.claims))
    more = f"more-{row.id}"
    return (
        f'<tr class="row" data-group="{escape(row.group)}" data-owner="{escape(owners)}" data-outcome="{outcome}">'
        f'<td class="claim"><button type="button" aria-expanded="false" aria-controls="{escape(more)}">'
        f'{escape(row.text)}</button><span class="source">{escape(source)}</span>{note}</td>'
        f'<td class="line">{strip(row, kinds)}</td>{cells}'
        f'<td class="outcome {outcome}">{outcome}</td></tr>'
        f'<tr class="more" id="{escape(more)}" hidden><td colspan="{columns}">{_more(row)}</td></tr>'
    )


def _more(row: ForecastRow) -> str:
    """What a row of the forecasts opens to."""
    items: list[tuple[str, str]] = []
    for quote in row.claims:
        where = f", paragraph {', '.join(str(n) for n in quote.paragraphs)}" if quote.paragraphs else ""
        words = f" Words of confidence: {quote.words}." if quote.words else ""
        items.append(
            (f"{quote.id}, {quote.owner}{where}", f"{quote.text[:1].upper()}{quote.text[1:].rstrip('.')}.{words}")
        )
        if quote.strict:
            items.append((f"Strict reading of {quote.id}", quote.strict))
    if row.strict:
        items.append(("Asked of every simulated war", row.strict))
    if row.came:
        items.append(("What came", row.came))
    items += [(stand.who, f"silent: {stand.status}") for stand in row.stands if stand.status != "answered"]
    rows = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(text)}</dd></div>" for name, text in items)
    spread = f'<div class="spread" data-spread="{escape(row.id)}"></div>' if row.spread else ""
    return f'<div class="opened"><dl>{rows}</dl>{spread}</div>'


def score_table(contents: PageContents) -> str:
    """Mean Brier scores, a row a group and a column a forecaster, each with its range and number of questions."""
    who = [one for one in contents.forecasters if any(row.who == one.name for row in contents.scores)]
    heads = "".join(f'<th scope="col" class="{one.kind}">{escape(one.name)}</th>' for one in who)
    rows = []
    for group in dict.fromkeys(row.group for row in contents.scores):
        found = {row.who: row for row in contents.scores if row.group == group}
        most = max(row.questions for row in found.values())
        cells = "".join(f"<td>{_score(found.get(one.name), one.kind, most)}</td>" for one in who)
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
    """The answers of rival theories to the same questions, side by side, with what came."""
    heads = [f'<th scope="col" class="p">{escape(name)}</th>' for name in theories.names]
    rows = []
    for text, outcome, said in theories.rows:
        cells = "".join(
            f'<td class="p">{"–" if value is None else f"<b>{escape(number(value))}</b>"}</td>' for value in said
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
    return plain(("curve", "date", "record", "5 %", "25 %", "median", "75 %", "95 %"), rows, caption)


def _amount(value: float) -> str:
    return "–" if isnan(value) else amount(float(value))


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
