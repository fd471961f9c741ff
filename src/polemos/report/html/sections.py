"""Sections of the page that depend on the contents: curves, legend, reliability, theories. All text is escaped."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np

from polemos.report.html import tables
from polemos.report.html.embedded_data import BEFORE, curve_data, rounded
from polemos.report.html.keys import diagrams_key
from polemos.report.html.svg_figures import history_strip, reliability
from polemos.report.page import quantity_names
from polemos.report.page.contents import Band, PageContents
from polemos.report.page.glosses import short_name
from polemos.report.page.palette import GROUNDS, against

THEORY_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")


def curves(contents: PageContents, colours: list[dict[str, Any]]) -> tuple[str, dict[str, Any]]:
    """The figures of the curves, their tables, and their data by element id."""
    data: dict[str, Any] = {}
    focus = contents.focus
    others = [number for number in quantity_names.order(contents) if number != focus]
    quantities = list(dict.fromkeys(band.quantity for band in contents.bands))
    title = {quantity: escape(quantity_names.quantity_name(contents, quantity)) for quantity in quantities}
    unit = {
        name: f" <span>{quantity_names.UNITS[name]}</span>" if name in quantity_names.UNITS else ""
        for name in quantities
    }

    def figure(number: int, quantity: str, height: int, heading: str, strip: bool = False) -> str:
        band = contents.band(number, quantity)
        if band is None or (number != focus and quantity_names.is_empty(band)):
            return ""
        name = f"curve-{number}-{quantity}"
        data[name] = curve_data(contents, band, height, colours)
        box = f'<div id="{escape(name)}" style="min-height:{height}px"></div>'
        past = history_strip(contents, band, colours[number]) if strip else ""
        return f"<figure><figcaption>{heading}</figcaption>{box}{past}</figure>"

    def behind(pairs: list[tuple[str, Band | None]], caption: str) -> str:
        curves_there = [(name, band) for name, band in pairs if band is not None]
        return tables.folded("As a table", tables.curve_table(contents, curves_there, caption)) if curves_there else ""

    compared = [
        q
        for q in quantities
        if (band := contents.band(focus, q)) is not None and quantity_names.is_compared(band, contents)
    ]
    alone = [quantity for quantity in quantities if quantity not in compared]
    html = [f'<h3 data-mark="{focus}">{escape(contents.holders[focus].name)}</h3><div class="grid three">']
    html += [figure(focus, quantity, 190, title[quantity] + unit[quantity], strip=True) for quantity in compared]
    html.append("</div>")
    own: list[tuple[str, Band | None]] = [
        (quantity_names.quantity_name(contents, q), contents.band(focus, q)) for q in quantities
    ]
    html.append(behind(own, contents.holders[focus].name))
    if alone:
        figures = "".join(figure(focus, quantity, 190, title[quantity] + unit[quantity]) for quantity in alone)
        html.append(
            f'<details class="behind"{"" if compared else " open"}><summary>'
            f"{'Only in the model: nothing to compare with' if compared else 'By the simulated wars'}</summary>"
            f'<div class="grid three">{figures}</div></details>'
        )
    for quantity in (name for name in ("people", "places") if name in title and others):
        html.append(
            f'<details class="behind"{" open" if quantity == "people" else ""}>'
            f"<summary>The others: {title[quantity].lower()}</summary>"
            f'<p class="small">In {quantity_names.UNITS.get(quantity, "numbers")}; each on a scale of its own.</p>'
        )
        html.append('<div class="grid four">')
        html += [
            figure(n, quantity, 120, f'<span data-mark="{n}">{escape(contents.holders[n].name)}</span>') for n in others
        ]
        html.append("</div>")
        html.append(behind([(contents.holders[n].name, contents.band(n, quantity)) for n in others], title[quantity]))
        html.append("</details>")
    return "".join(html), data


def legend(contents: PageContents) -> str:
    """Marks and names of those who ever hold a place here."""
    used = {int(h) for h in np.unique(contents.record) if h >= 0} | {int(h) for h in np.unique(contents.likely)}
    first = [number for number in quantity_names.order(contents) if number in used]
    items = "".join(
        f'<li data-mark="{number}">{escape(contents.holders[number].name)}</li>'
        for number in (*first, *sorted(used - set(first)))
    )
    return f'<ul class="legend">{items}</ul>'


def diagrams(contents: PageContents) -> str:
    """The reliability diagrams with their tables; nothing where there is none."""
    figures = []
    for diagram in contents.diagrams:
        rows = [
            (
                short_name(who.name),
                f"{100 * b.low:.0f} to {100 * b.high:.0f}",
                f"{100 * b.probability:.0f}",
                f"{100 * b.observed:.0f}",
                str(b.forecasts),
            )
            for who, bins in diagram.curves
            for b in bins
        ]
        table = tables.plain(
            ("forecaster", "forecast between, %", "mean forecast, %", "happened, %", "forecasts"), rows, diagram.title
        )
        figures.append(
            f"<figure><figcaption>{escape(diagram.title)}</figcaption>{reliability(diagram)}"
            f'<p class="small">{escape(diagram.note)}</p>{tables.folded("As a table", table)}</figure>'
        )
    if not figures:
        return ""
    title = "<h3>When a forecaster says 70 %, does it happen 70 % of the time?</h3>"
    return f'{title}{diagrams_key(contents.diagrams)}<div class="grid three">{"".join(figures)}</div>'


def line_colours(number: int) -> list[dict[str, str]]:
    """Colours of some lines on light and on dark ground."""
    return [
        {name: against(THEORY_COLOURS[k % len(THEORY_COLOURS)], ground) for name, ground in GROUNDS.items()}
        for k in range(number)
    ]


def theories(contents: PageContents) -> tuple[str, dict[str, Any]]:
    """Rival theories side by side: what each leaves the focus, and their answers."""
    theories_block = contents.theories
    if theories_block is None:
        return "", {}
    band = contents.band(contents.focus, "people")
    data: dict[str, Any] = {}
    figure = ""
    shown = [(name, line) for name, line in zip(theories_block.names, theories_block.median, strict=True) if line]
    if band is not None and shown:
        colours = line_colours(len(shown))
        begin = max(contents.first - BEFORE, 0)
        data["curve-theories"] = {
            "from": begin,
            "bands": None,
            "record": rounded(band.record[begin:]) if np.isfinite(band.record[begin:]).any() else None,
            "dots": False,
            "height": 220,
            **colours[0],
            "lines": [
                {"name": name, "values": rounded(line), **colour}
                for (name, line), colour in zip(shown, colours, strict=True)
            ],
            "label": "Medians of the rival theories against what happened",
        }
        keys = "".join(
            f'<li><i class="swatch d{k % 3} pm-colour" style="--l:{colour["light"]};--d:{colour["dark"]}"></i>'
            f"{escape(name)}</li>"
            for k, ((name, _), colour) in enumerate(zip(shown, colours, strict=True))
        )
        figure = (
            f"<figure><figcaption>{escape(contents.holders[contents.focus].name)}: people held, median of each theory"
            f'</figcaption><div id="curve-theories"></div><ul class="legend">{keys}'
            '<li><i class="swatch record"></i>what happened</li></ul></figure>'
        )
    html = (
        '<section id="theories"><h2>Rival theories, side by side</h2><p class="lead">A theory is a set of priors and '
        "switches on the same processes. Each was run on the same map, from the same day, with the same chance events."
        "</p>"
        f"{figure}{tables.wide('Answers of rival theories', tables.theory_table(theories_block))}</section>"
    )
    return html, data


def borders(contents: PageContents) -> str:
    """That the borders on the map are not those of the war, where it is too long ago."""
    from polemos.report.basemap import BORDERS_SINCE

    year = str(contents.origin)[:4]
    return f" They are those of today, not those of {year}." if str(contents.origin) < BORDERS_SINCE else ""


def record(contents: PageContents) -> str:
    """The grade of the record, beside the map that shows it."""
    grade = next((fact.value for fact in contents.facts if fact.name == "Record"), "")
    sentence = f"The record is {grade.replace('draft', 'a draft', 1)}."
    return f'<p class="small">{escape(sentence)}</p>' if grade else ""
