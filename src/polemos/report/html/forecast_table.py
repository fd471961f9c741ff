"""The table of the forecasts as HTML: a row a statement, which opens, and the filters. All text is escaped here."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from polemos.report.html.svg_figures import number, strip
from polemos.report.html.tables import OUTCOMES
from polemos.report.page.contents import ForecastRow, PageContents, Stand, Who
from polemos.report.page.glosses import gloss, short_name


def _stand(stand: Stand | None, kind: str = "model") -> str:
    if stand is None or (stand.probability is None and stand.status == "answered"):
        return '<span class="none">–</span>'
    if stand.probability is None:
        # Why a baseline is silent would drown the table; it waits in the title.
        shown_as = escape(stand.status) if kind in ("forecast", "model") else "–"
        return f'<span class="none" title="{escape(stand.status)}">{shown_as}</span>'
    text = f"<b>{escape(number(stand.probability))}</b>"
    # All or none of the simulated wars: a standard error of nothing says nothing of how sure that is.
    if stand.error:
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
    names = [("Claim", "claim", ""), *(_column(one) for one in who), ("Outcome", "outcome", "")]
    heads = [
        f'<th scope="col" class="{css}"{title}><button type="button">{escape(name)}</button></th>'
        for name, css, title in names
    ]
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


def _column(who: Who) -> tuple[str, str, str]:
    """Head, class and title of the column of a forecaster."""
    name, words = short_name(who.name), gloss(who.name)
    return name, f"p {who.kind}", "" if words == name else f' title="{escape(words)}"'


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
    by_voice = {stand.who: stand for stand in row.stands}
    cells = ""
    for one in who:
        stand = by_voice.get(one.name)
        value = "" if stand is None or stand.probability is None else f"{stand.probability:.4g}"
        cells += (
            f'<td class="p {one.kind}" data-who="{escape(short_name(one.name))}" data-value="{value}">'
            f"{_stand(stand, one.kind)}</td>"
        )
    outcome = OUTCOMES[row.outcome]
    source = " · ".join(part for part in (row.owner, row.where) if part)
    note = f'<span class="note">{escape(row.note)}</span>' if row.note else ""
    owners = "|".join(dict.fromkeys(quote.owner for quote in row.claims))
    more = f"more-{row.id}"
    return (
        f'<tr class="row" data-group="{escape(row.group)}" data-owner="{escape(owners)}" data-outcome="{outcome}" '
        f'data-words="{escape(searched(row))}">'
        f'<td class="claim"><button type="button" aria-expanded="false" aria-controls="{escape(more)}">'
        f'{escape(row.title or row.text)}</button><span class="source">{escape(source)}</span>{note}</td>'
        f'<td class="line">{strip(row, kinds)}</td>{cells}'
        f'<td class="outcome {outcome}">{outcome}</td></tr>'
        f'<tr class="more" id="{escape(more)}" hidden><td colspan="{columns}">{_more(row)}</td></tr>'
    )


def searched(row: ForecastRow) -> str:
    """What a search looks through, in small letters: title, question, claims with their wording, and keywords."""
    texts = [part for quote in row.claims for part in (quote.id, quote.owner, quote.text, quote.words, quote.strict)]
    return " ".join(dict.fromkeys((row.title, row.text, row.strict, row.id, row.where, *texts, row.keywords))).lower()


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
        items.append(("Name of the question", row.id))
    if row.came:
        items.append(("What happened", row.came))
    items += [(short_name(stand.who), f"silent: {stand.status}") for stand in row.stands if stand.status != "answered"]
    rows = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(text)}</dd></div>" for name, text in items)
    spread = f'<div class="spread" data-spread="{escape(row.id)}"></div>' if row.spread else ""
    return f'<div class="opened"><dl>{rows}</dl>{spread}</div>'
