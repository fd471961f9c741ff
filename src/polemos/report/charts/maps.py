"""Charts as Altair objects: maps and curves, for notebooks and for the page."""

from __future__ import annotations

from math import atan, degrees, radians, sinh
from typing import TYPE_CHECKING, Any

import numpy as np

from polemos.report import basemap
from polemos.report.basemap import Box
from polemos.report.html.basemap_svg import aspect, labels, map_box, mercator, radii, short
from polemos.report.page.build import long_date
from polemos.report.page.contents import STEPS, PageContents, PlaceTable
from polemos.report.page.palette import dressed

if TYPE_CHECKING:
    import altair as alt
INK, MUTED, RULE = "#23211d", "#6f6a60", "#d9d4c8"
SEA, LAND, AWAY, BORDER, WATER = "#e6edf0", "#fbfaf6", "#f0ede6", "#c9c2b3", "#a9c4d2"
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif"
MODES = ("record", "likely", "chance")
MAP_WIDTH = 820
"""Width of a map in pixels."""


def _projection(box: Box, width: int) -> dict[str, Any]:
    middle = degrees(atan(sinh((mercator(box.north) + mercator(box.south)) / 2)))
    return {
        "type": "mercator",
        "center": [round((box.west + box.east) / 2, 4), round(middle, 4)],
        "scale": width / radians(box.east - box.west),
        "translate": [width / 2, width * aspect(box) / 2],
    }


def base_layers(box: Box, places: PlaceTable) -> list[alt.Chart]:
    """Land, lakes and rivers of a box as layers; countries without a place of the scenario are greyer."""
    import altair as alt

    wide = box.wider(0.15)
    points = list(zip(places.lon.tolist(), places.lat.tolist(), strict=True))
    land: dict[bool, list[dict[str, Any]]] = {True: [], False: []}
    for country in basemap.land(wide):
        land[basemap.holds(country, points)].append(country)
    border = {"stroke": BORDER, "strokeWidth": 0.8}
    shapes: tuple[tuple[list[dict[str, Any]], dict[str, Any]], ...] = (
        (land[False], {"fill": AWAY, **border}),
        (land[True], {"fill": LAND, **border}),
        (basemap.lakes(wide), {"fill": WATER, "fillOpacity": 0.55, "stroke": None}),
        (basemap.rivers(wide), {"filled": False, "stroke": WATER, "strokeWidth": 1.1}),
    )
    return [
        alt.Chart(alt.InlineData(values=features)).mark_geoshape(clip=True, tooltip=None, **style)
        for features, style in shapes
        if features
    ]


SHAPES = {
    "triangle": "triangle-up",
    "down": "triangle-down",
    "plus": "cross",
    "star": "M0,-1.6L.43,-.5L1.5,-.48L.65,.2L.95,1.25L0,.64L-.95,1.25L-.65,.2L-1.5,-.48L-.43,-.5Z",
    "hexagon": "M-.55,-.95L.55,-.95L1.1,0L.55,.95L-.55,.95L-1.1,0Z",
    "cross": "M0,-.66L.66,-1.32L1.32,-.66L.66,0L1.32,.66L.66,1.32L0,.66"
    "L-.66,1.32L-1.32,.66L-.66,0L-1.32,-.66L-.66,-1.32Z",
    "bar": "M-1.5,-.6L1.5,-.6L1.5,.6L-1.5,.6Z",
}
"""Marks of the palette as Vega draws them; the others have the same name there."""


def place_rows(
    contents: PageContents, index: int, mode: str = "record", holder: int | None = None, width: int = MAP_WIDTH
) -> list[dict[str, Any]]:
    """Rows of the places at one date. Modes: `record`, `likely`, `chance` (of a holder; None: the focus)."""
    if mode not in MODES:
        raise ValueError(f"no mode {mode!r}; there are {', '.join(MODES)}")
    who, model = dressed(contents.holders), index - contents.first
    wanted = contents.focus if holder is None else holder
    named = labels(contents.places, map_box(contents.places), width, 40 if width >= 800 else 22)
    r = radii(contents.places) * (width / 640) ** 0.55
    rows = []
    for p, name in enumerate(contents.places.name):
        holder_observed = int(contents.record[index, p])
        shown, strength, chance = holder_observed, 1.0, ""
        if mode != "record" and model >= 0:
            row = contents.probability[model, p] / STEPS
            shown = wanted if mode == "chance" else int(contents.likely[model, p])
            strength = float(row[shown])
            best = np.argsort(-row, kind="stable")[:4]
            chance = ", ".join(f"{who[h]['name']} {100 * row[h]:.0f} %" for h in best if row[h] >= 0.005)
        elif mode == "chance":
            shown, strength = wanted, float(holder_observed == wanted)
        dress = who[shown] if shown >= 0 else {"fill": "transparent", "light": MUTED, "mark": "circle"}
        rows.append(
            {
                "place": name,
                "lon": round(float(contents.places.lon[p]), 3),
                "lat": round(float(contents.places.lat[p]), 3),
                "area": round(float(r[p] ** 2) * 3.14, 1),
                "side": named.get(p, ""),
                "short": short(name),
                "record": who[holder_observed]["name"] if holder_observed >= 0 else "not known",
                "model": chance or "not covered",
                "people": f"{contents.places.people[p]:,.0f}",
                "holder": who[shown]["name"] if shown >= 0 else "not known",
                "fill": dress["fill"],
                "line": dress["light"],
                "symbol": SHAPES.get(dress["mark"], dress["mark"]),
                "strength": round(strength, 3),
                "differs": mode == "likely" and model >= 0 and holder_observed >= 0 and shown != holder_observed,
            }
        )
    return sorted(rows, key=lambda row: -row["area"])


def place_map(
    contents: PageContents,
    index: int | None = None,
    mode: str = "record",
    holder: int | None = None,
    width: int = MAP_WIDTH,
) -> alt.VConcatChart:
    """The map of the places at one date (index of `contents.dates`; the origin if None), `width` pixels wide.

    Raises `ValueError` for an unknown mode.
    """
    import altair as alt

    index = contents.origin_index if index is None else index
    box, rows = map_box(contents.places), place_rows(contents, index, mode, holder, width)
    source = alt.Chart(alt.NamedData(name="places"))
    where: dict[str, Any] = {"longitude": "lon:Q", "latitude": "lat:Q"}
    plain: dict[str, Any] = {"scale": None, "legend": None}
    marks = source.mark_point(filled=True, clip=True).encode(
        **where,
        size=alt.Size("area:Q", **plain),
        shape=alt.Shape("symbol:N", **plain),
        fill=alt.Fill("fill:N", **plain),
        fillOpacity=alt.FillOpacity("strength:Q", **plain),
        stroke=alt.Stroke("edge:N", **plain),
        strokeWidth=alt.StrokeWidth("heavy:Q", **plain),
        opacity=alt.value(1),
        tooltip=[
            alt.Tooltip("place:N", title="Place"),
            alt.Tooltip("people:N", title="People before the war"),
            alt.Tooltip("record:N", title="Record"),
            alt.Tooltip("model:N", title="Model"),
        ],
    )
    marks = marks.transform_calculate(edge=f"datum.differs ? '{INK}' : datum.line", heavy="datum.differs ? 1.8 : 0.8")
    layers = [*base_layers(box, contents.places), marks, *_names(source, where)]
    size: dict[str, Any] = {"width": width, "height": round(width * aspect(box))}
    title = f"{long_date(contents.dates[index])}: {_title(contents, mode, holder)}"
    chart: Any = (
        alt.layer(*layers).project(**_projection(box, width)).properties(**size, view=alt.ViewBackground(fill=SEA))
    )
    key = _key(rows)
    chart = alt.vconcat(chart, key, spacing=8) if mode != "chance" and rows else alt.vconcat(chart)
    chart = chart.properties(title=alt.Title(title, anchor="start", color=INK, fontSize=14))
    chart = chart.configure(view={"stroke": None}, font=FONT, padding=6, background="#fdfcf9")
    maps: alt.VConcatChart = with_rows(chart, "places", rows)
    return maps


def _title(contents: PageContents, mode: str, holder: int | None) -> str:
    name = contents.holders[contents.focus if holder is None else holder].name
    return {"record": "record", "likely": "most likely holder", "chance": f"chance of {name}"}[mode]


def _names(source: Any, where: dict[str, Any]) -> list[Any]:
    """Names of places, each side apart, with a halo of land so that they read over rivers and marks."""
    layers = []
    for side, style in {
        "right": {"align": "left", "dx": 9},
        "left": {"align": "right", "dx": -9},
        "above": {"align": "center", "dy": -14},
        "below": {"align": "center", "dy": 15},
    }.items():
        text = source.transform_filter(f"datum.side == '{side}'")
        common: dict[str, Any] = {"fontSize": 11, "font": FONT, "clip": True, "tooltip": None, **style}
        halo = {"stroke": LAND, "strokeWidth": 3, "strokeOpacity": 0.85, "strokeJoin": "round"}
        layers += [text.mark_text(**mark, **common).encode(**where, text="short:N") for mark in (halo, {"color": INK})]
    return layers


def _key(rows: list[dict[str, Any]]) -> alt.Chart:
    """Marks and names of the holders that are on the map, in columns under it."""
    import altair as alt

    by_holder = {row["holder"]: row for row in rows}
    values = [
        {"x": 190 * (k % 4), "y": 18 * (k // 4), **{name: row[name] for name in ("holder", "fill", "line", "symbol")}}
        for k, row in enumerate(by_holder.values())
    ]
    base = alt.Chart(alt.InlineData(values=values)).encode(
        x=alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-8, 760], nice=False)),
        y=alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[18 * ((len(values) - 1) // 4) + 9, -9], nice=False)),
    )
    plain: dict[str, Any] = {"scale": None, "legend": None}
    marks = base.mark_point(filled=True, size=70, strokeWidth=1, opacity=1).encode(
        fill=alt.Fill("fill:N", **plain), stroke=alt.Stroke("line:N", **plain), shape=alt.Shape("symbol:N", **plain)
    )
    text = base.mark_text(align="left", dx=10, fontSize=12, color=INK, limit=175).encode(text="holder:N")
    layers: Any = alt.layer(marks, text).properties(width=768, height=18 * ((len(values) - 1) // 4 + 1))
    key: alt.Chart = layers
    return key


def with_rows(chart: Any, name: str, rows: list[dict[str, Any]]) -> Any:
    """The chart with its named rows set directly: layers would each copy and check them, at a fifth of a second."""
    chart.datasets = {name: rows}
    return chart


def styled(chart: Any) -> Any:
    """The chart in the fonts and colours of the page."""
    axis = {"labelFont": FONT, "labelColor": MUTED, "labelFontSize": 11, "domainColor": RULE, "tickColor": RULE}
    return chart.configure(
        view={"stroke": None}, axis={**axis, "gridColor": "#eeeae1"}, font=FONT, background="#fdfcf9", padding=8
    )
