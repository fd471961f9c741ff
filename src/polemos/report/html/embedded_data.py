"""The data of the page: what its scripts draw from, packed small, inert, and safe to embed."""

from __future__ import annotations

import json
import zlib
from base64 import b64encode
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polemos.report.html.basemap_svg import ground
from polemos.report.page import quantity_names
from polemos.report.page.contents import STEPS, Band, PageContents
from polemos.report.page.notable_places import changing_places
from polemos.report.page.palette import dressed

BEFORE = 26
"""Dates before the forecast that a curve shows."""


def script(code: str) -> str:
    """An inline script; nothing inside it can end it early."""
    return "<script>" + code.replace("</script", "<\\/script").replace("<!--", "<\\!--") + "</script>"


def embedded(name: str, value: Any) -> str:
    """A value as JSON in an inert script element."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return f'<script type="application/json" id="{name}">' + text.replace("<", "\\u003c") + "</script>"


def filled(template: str, parts: dict[str, str]) -> str:
    """Put each part at its mark `{{name}}`, once through, so that no text of a part is read as a mark."""
    pieces = template.split("{{")
    pieces_out = [pieces[0]]
    for piece in pieces[1:]:
        name, rest = piece.split("}}", 1)
        pieces_out += [parts[name], rest]
    return "".join(pieces_out)


def packed(values: NDArray[Any], level: int = 6) -> str:
    """Bytes [T, ...] as differences from date to date (modulo 256), deflated, in base 64; `level` 1 is the quickest."""
    steps = values.astype(np.uint8)
    moves = np.concatenate([steps[:1], steps[1:] - steps[:-1]])
    return b64encode(zlib.compress(moves.tobytes(), level)).decode()


def rounded(values: Any) -> list[float | None]:
    """Four significant digits, which keeps the page small; None for what is not known."""
    return [float(f"{value:.4g}") if np.isfinite(value) else None for value in np.asarray(values).tolist()]


def page_data(contents: PageContents) -> dict[str, Any]:
    """Everything that the scripts need.

    `probability` holds one text a holder, so that the page unpacks one organisation at a time.
    """
    changing = changing_places(contents)
    under = ground(contents.places, first=(*contents.named, *changing), frame=changing)
    places = contents.places
    spells: list[list[Any]] = [[] for _ in places.id]
    for spell in contents.spells:
        end = "" if np.isnat(spell.end) else str(spell.end)
        # The scripts read bytes, in which -1 is 255.
        spells[spell.place].append([str(spell.start), spell.holder % 256, end])
    return {
        "dates": [str(date) for date in contents.dates],
        "first": contents.first,
        "origin": contents.origin_index,
        "steps": STEPS,
        "focus": contents.focus,
        "holders": dressed(contents.holders),
        "ground": {name: under[name] for name in ("ratio", "paths", "labels", "cells", "frame", "km")},
        "places": {
            **{name: under[name] for name in ("x", "y", "r")},
            "name": places.name,
            "country": places.country,
            "people": [int(people) for people in places.people],
        },
        "spells": spells,
        "record": packed(contents.record),
        "likely": packed(contents.likely),
        "probability": [packed(contents.probability[:, :, h]) for h in range(len(contents.holders))],
        "members": [] if contents.members is None else [packed(member) for member in contents.members],
        "spreads": {row.id: asdict(row.spread) for row in contents.forecasts if row.spread},
        "curves": {},
    }


def curve_data(contents: PageContents, band: Band, height: int, colours: list[dict[str, Any]]) -> dict[str, Any]:
    """A curve as `assets/curve.js` takes it, without the dates: the window of the forecast and a little before it.

    On an axis of its own: years of history on one scale with what is expected leave a smear.
    """
    begin = max(contents.first - BEFORE, 0)
    name = quantity_names.quantity_name(contents, band.quantity)
    who = colours[band.organisation]
    record = band.record[begin:]
    line = quantity_names.is_line(band.record)
    return {
        "from": begin,
        "bands": [rounded(row) for row in band.quantiles],
        "record": rounded(record) if np.isfinite(record).any() else None,
        "dots": not line,
        "height": height,
        "light": who["light"],
        "dark": who["dark"],
        "label": f"{name}, {who['name']}: what happened and the simulated wars. The numbers are in the table below.",
    }
