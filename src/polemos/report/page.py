"""Writes the page of a run: one HTML file that opens offline and from which no request leaves."""

from __future__ import annotations

import json
import os
import tempfile
import zlib
from base64 import b64encode
from functools import lru_cache
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polemos.report import argument, charts, tables
from polemos.report.contents import STEPS, PageContents

POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)

FIXED = ("place", "short", "left", "lon", "lat", "area", "site", "label", "people")
"""What of a place does not change from date to date."""

NEUTRALITY = (
    "Every claim on this page has an owner and a place in a text; the author and the rival are scored by the same rule "
    "and shown alike. Events are facts of a record with its sources. No part of the model stands for anybody's motive, "
    "and no blame is modelled: governments and insurgents obey the same "
    "equations. The model works on towns and weeks of the past; it is an instrument for understanding, teaching and "
    "accountability, not for operations."
)


def _own(name: str) -> str:
    return (files("polemos.report") / name).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def vega_script() -> str:
    """Vega with its interpreter and Vega-Embed, as one script without outside references."""
    import vl_convert

    bundle: str = vl_convert.javascript_bundle()  # type: ignore[call-arg]
    return bundle


def script(code: str) -> str:
    """An inline script; nothing inside it can end it early."""
    return "<script>" + code.replace("</script", "<\\/script").replace("<!--", "<\\!--") + "</script>"


def embedded(name: str, value: Any) -> str:
    """A value as JSON in an inert script element."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return f'<script type="application/json" id="{name}">' + text.replace("<", "\\u003c") + "</script>"


def packed(values: NDArray[Any]) -> str:
    """Bytes [T, ...] as differences from date to date (modulo 256), deflated, in base 64."""
    steps = values.astype(np.uint8)
    moves = np.concatenate([steps[:1], steps[1:] - steps[:-1]])
    return b64encode(zlib.compress(moves.tobytes(), 9)).decode()


def specification(chart: Any) -> dict[str, Any]:
    """An Altair chart compiled to Vega here, so that the browser need not."""
    import altair as alt

    with alt.data_transformers.disable_max_rows():
        found: dict[str, Any] = chart.to_dict(format="vega")
    return found


def _map_data(contents: PageContents) -> dict[str, Any]:
    at_origin = charts.place_rows(contents, contents.origin_index)
    return {
        "dates": [str(date) for date in contents.dates],
        "first": contents.first,
        "origin": contents.origin_index,
        "steps": STEPS,
        "focus": contents.focus,
        "holders": [[holder.name, holder.colour] for holder in contents.holders],
        "places": [{key: row[key] for key in FIXED} for row in at_origin],
        "record": packed(contents.record),
        "likely": packed(contents.likely),
        "probability": packed(contents.probability),
    }


def _curve_sections(contents: PageContents) -> tuple[str, dict[str, Any]]:
    """The figures of the curves and their specifications by element id."""
    specs: dict[str, Any] = {}
    html: list[str] = []
    focus, others = contents.focus, [number for number in charts.order(contents) if number != contents.focus]
    quantities = list(dict.fromkeys(band.quantity for band in contents.bands))

    def figure(number: int, quantity: str, height: int, top: float | None, title: str) -> str:
        band = contents.band(number, quantity)
        if band is None:
            return ""
        name = f"curve-{number}-{quantity}"
        specs[name] = specification(charts.curve(contents, band, top=top, width=None, height=height))
        colour = contents.holders[number].colour
        return (
            f'<figure><figcaption><i style="background:{escape(colour)}"></i>{title}</figcaption>'
            f'<div class="chart" id="{escape(name)}" style="height:{height + 26}px"></div></figure>'
        )

    names = {quantity: escape(charts.quantity_name(contents, quantity)) for quantity in quantities}
    html.append(f"<h3>{escape(contents.holders[focus].name)}</h3>")
    html.append('<div class="grid two">')
    html += [figure(focus, quantity, 170, None, names[quantity]) for quantity in quantities]
    html.append("</div>")
    for quantity in (name for name in ("people", "places") if name in names):
        html.append(f'<h3>The others: {names[quantity].lower()}</h3><p class="small">All on one scale.</p>')
        html.append('<div class="grid four">')
        top = charts.tops(contents, quantity)
        html += [figure(number, quantity, 96, top, escape(contents.holders[number].name)) for number in others]
        html.append("</div>")
    return "".join(html), specs


def _legend(contents: PageContents) -> str:
    used = {int(h) for h in np.unique(contents.record) if h >= 0} | {int(h) for h in np.unique(contents.likely)}
    first = [number for number in charts.order(contents) if number in used]
    items = "".join(
        f'<li><i style="background:{escape(contents.holders[number].colour)}"></i>'
        f"{escape(contents.holders[number].name)}</li>"
        for number in (*first, *sorted(used - set(first)))
    )
    return f'<ul class="legend">{items}</ul>'


def html(contents: PageContents) -> str:
    """The page as text."""
    from altair.utils import schemapi

    # Checking our own charts against the schema takes longer than drawing them; the tests do it.
    with schemapi.debug_mode(False):
        figures, specs = _curve_sections(contents)
        map_spec = specification(charts.place_map(contents, width=None))
    box = charts.map_box(contents.places)
    focus = escape(contents.holders[contents.focus].name)
    parts = {
        "policy": POLICY,
        "title": escape(contents.title),
        "subtitle": escape(contents.subtitle),
        "origin": tables.origin_text(contents),
        "headline": "".join(f"<p>{escape(sentence)}</p>" for sentence in contents.headline),
        "facts": tables.facts(contents.facts),
        "command": f"<pre>{escape(contents.command)}</pre>" if contents.command else "",
        "legend": _legend(contents),
        "ratio": f"{1 / charts.aspect(box):.4f}",
        "last": str(len(contents.dates) - 1),
        "start": str(contents.origin_index),
        "focus": focus,
        "mark": f"{100 * contents.origin_index / max(len(contents.dates) - 1, 1):.2f}",
        "curves": figures,
        "scores": tables.score_table(contents),
        "forecasts": tables.forecast_table(contents),
        "readings": tables.reading_table(contents),
        "coverage": tables.coverage_table(contents),
        "argument": "" if contents.argument is None else argument.section(contents.argument, folded=True),
        "limits": "".join(f"<li>{escape(limit)}</li>" for limit in contents.limits),
        "neutrality": escape(NEUTRALITY),
        "credits": tables.facts(contents.credits),
        "data": embedded("map-data", _map_data(contents))
        + embedded("map-spec", map_spec)
        + embedded("curve-specs", specs),
        "style": f"<style>{_own('page.css')}</style>",
        "scripts": script(vega_script()) + script(_own("page.js")),
    }
    return _filled(_own("page.html"), parts)


def _filled(template: str, parts: dict[str, str]) -> str:
    """Put each part at its mark `{{name}}`, once through, so that no text of a part is read as a mark."""
    pieces = template.split("{{")
    filled = [pieces[0]]
    for piece in pieces[1:]:
        name, rest = piece.split("}}", 1)
        filled += [parts[name], rest]
    return "".join(filled)


def write(contents: PageContents, path: str | Path) -> Path:
    """Write the page, whole or not at all. Returns the path."""
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    text = html(contents)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).chmod(0o644)
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return target
