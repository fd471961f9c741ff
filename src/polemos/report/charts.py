"""Charts as Altair objects: maps and curves, for notebooks and for the page."""

from __future__ import annotations

from math import asinh, atan, cos, degrees, radians, sinh, tan
from typing import TYPE_CHECKING, Any

import numpy as np

from polemos.report import basemap
from polemos.report.basemap import Box
from polemos.report.contents import STEPS, Band, PageContents, PlaceTable

if TYPE_CHECKING:
    import altair as alt

INK, MUTED, RULE = "#23211d", "#6f6a60", "#d9d4c8"
SEA, LAND, AWAY, BORDER, WATER = "#e6edf0", "#fbfaf6", "#f0ede6", "#c9c2b3", "#a9c4d2"
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif"
MAP_WIDTH = 560
"""Width in pixels at which circles and labels have their nominal size."""

QUANTITY_NAMES = {
    "people": "People held",
    "places": "Places held",
    "fighters": "Fighters in the open",
    "underground": "Members underground",
}


def quantity_name(contents: PageContents, quantity: str) -> str:
    """Name of a quantity in titles; attacks are counted over the step between two dates of the model."""
    if quantity == "attacks":
        ahead = contents.dates[contents.first :]
        days = int((ahead[1] - ahead[0]).astype(int)) if len(ahead) > 1 else 7
        return "Attacks in a week" if days == 7 else f"Attacks in {days} days"
    return QUANTITY_NAMES.get(quantity, quantity)


def darker(colour: str) -> str:
    """A colour that a thin line can have on paper: a light one is mixed with ink. Other than #rrggbb is left alone."""
    if len(colour) != 7 or not colour.startswith("#"):
        return colour
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    light = (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255
    keep = 1.0 if light < 0.55 else 0.62
    return "#" + "".join(f"{round(keep * part):02x}" for part in (red, green, blue))


def _mercator(lat: float) -> float:
    return asinh(tan(radians(lat)))


def map_box(places: PlaceTable) -> Box:
    """The box of a map of some places, with a margin, neither too tall nor too flat."""
    box = Box(float(places.lon.min()), float(places.lat.min()), float(places.lon.max()), float(places.lat.max()))
    width, height = max(box.east - box.west, 0.5), max(box.north - box.south, 0.3)
    middle = radians((box.north + box.south) / 2)
    grow_x = max(0.0, height / cos(middle) / 0.95 - width) / 2
    grow_y = max(0.0, width * 0.5 * cos(middle) - height) / 2
    return Box(
        box.west - grow_x - 0.05 * width,
        box.south - grow_y - 0.06 * height,
        box.east + grow_x + 0.05 * width,
        box.north + grow_y + 0.06 * height,
    )


def aspect(box: Box) -> float:
    """Height over width of the map of a box."""
    return (_mercator(box.north) - _mercator(box.south)) / radians(box.east - box.west)


def _projection(box: Box) -> dict[str, Any]:
    middle = degrees(atan(sinh((_mercator(box.north) + _mercator(box.south)) / 2)))
    return {
        "type": "mercator",
        "center": [round((box.west + box.east) / 2, 4), round(middle, 4)],
        "scale": {"expr": f"width / {radians(box.east - box.west):.6f}"},
        "translate": {"expr": "[width / 2, height / 2]"},
    }


def areas(places: PlaceTable) -> list[float]:
    """Areas of the circles in square pixels at the nominal width: by people, with a floor."""
    top = max(float(places.people.max()), 1.0)
    return [round(18 + 440 * float(people / top) ** 0.62, 1) for people in places.people]


def short(name: str) -> str:
    """A name for a label, without what stands in brackets."""
    return name.split(" (")[0]


def labels(places: PlaceTable, box: Box, width: float, limit: int) -> dict[int, str]:
    """The largest places whose names fit without touching at a width in pixels, at most `limit`, and on which side."""
    scale = width / radians(box.east - box.west)
    taken: list[tuple[float, float, float, float]] = []
    chosen: dict[int, str] = {}
    for i in np.argsort(-places.people, kind="stable"):
        if places.people[i] <= 0 or len(chosen) == limit:
            break
        x = scale * radians(float(places.lon[i]) - box.west)
        y = scale * (_mercator(box.north) - _mercator(float(places.lat[i])))
        long = 12 + 6.4 * len(short(places.name[i]))
        side = "right" if x + long < width else "left"
        name = (x + 4, y - 8, x + long, y + 8) if side == "right" else (x - long, y - 8, x - 4, y + 8)
        apart = all(name[0] > b[2] or name[2] < b[0] or name[1] > b[3] or name[3] < b[1] for b in taken)
        if apart and name[0] > 0:
            taken.append(name)
            chosen[int(i)] = side
    return chosen


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


def place_rows(contents: PageContents, index: int, mode: str = "record") -> list[dict[str, Any]]:
    """Rows of the places at one date. Modes: `record`, `likely`, `focus` (probability of the focus)."""
    holders, model = contents.holders, index - contents.first
    rows = []
    box = map_box(contents.places)
    wide, narrow = labels(contents.places, box, MAP_WIDTH, 18), labels(contents.places, box, 350, 9)
    sizes = areas(contents.places)
    for p, name in enumerate(contents.places.name):
        seen = int(contents.record[index, p])
        shown, strength, chance = seen, 1.0, ""
        if mode != "record" and model >= 0:
            row = contents.probability[model, p] / STEPS
            shown = contents.focus if mode == "focus" else int(contents.likely[model, p])
            strength = float(row[shown])
            order = np.argsort(-row, kind="stable")
            chance = ", ".join(f"{holders[h].name} {100 * row[h]:.0f} %" for h in order[:4] if row[h] >= 0.005)
        elif mode == "focus":
            shown, strength = contents.focus, float(seen == contents.focus)
        rows.append(
            {
                "place": name,
                "lon": round(float(contents.places.lon[p]), 3),
                "lat": round(float(contents.places.lat[p]), 3),
                "area": sizes[p],
                "site": bool(contents.places.people[p] <= 0),
                "label": 1 if p in narrow else 2 if p in wide else 0,
                "left": wide.get(p, narrow.get(p)) == "left",
                "short": short(name),
                "record": holders[seen].name if seen >= 0 else "not known",
                "model": chance or "not covered",
                "people": f"{contents.places.people[p]:,.0f}",
                "colour": holders[shown].colour if shown >= 0 else "#ffffff",
                "strength": round(strength, 3),
                "differs": mode == "likely" and model >= 0 and seen >= 0 and shown != seen,
            }
        )
    return rows


def place_map(
    contents: PageContents, index: int | None = None, mode: str = "record", width: int | None = MAP_WIDTH
) -> alt.LayerChart:
    """The map of the places at one date (index of `contents.dates`; the origin if None).

    `width` in pixels; None takes the width and height of the element that the chart is put in.
    """
    index = contents.origin_index if index is None else index
    return _places_over_base(contents, place_rows(contents, index, mode), width=width)


def map_through_time(contents: PageContents, mode: str = "record", every: int = 4) -> alt.LayerChart:
    """The map with a slider over the dates, for notebooks; one date in `every` is kept."""
    import altair as alt

    kept = range(0, len(contents.dates), every)
    rows = [
        {**row, "frame": frame, "date": str(contents.dates[index])}
        for frame, index in enumerate(kept)
        for row in place_rows(contents, index, mode)
    ]
    slider = alt.binding_range(min=0, max=len(kept) - 1, step=1, name=f"One step is {every} dates ")
    week = alt.param(name="frame", value=contents.origin_index // every, bind=slider)
    return _places_over_base(contents, rows, "datum.frame == frame", MAP_WIDTH).add_params(week)


def _places_over_base(
    contents: PageContents, rows: list[dict[str, Any]], keep: str = "", width: int | None = None
) -> alt.LayerChart:
    import altair as alt

    box = map_box(contents.places)
    source = alt.Chart(alt.NamedData(name="places"))
    if keep:
        source = source.transform_filter(keep)
    scaled = source.transform_calculate(size=f"datum.area * pow(max(width, 260) / {MAP_WIDTH}, 1.5)")
    where: dict[str, Any] = {"longitude": "lon:Q", "latitude": "lat:Q"}
    dots = scaled.mark_point(filled=True, clip=True, strokeWidth=0.7).encode(
        **where,
        size=alt.Size("size:Q", scale=None, legend=None),
        shape=alt.Shape("symbol:N", scale=None, legend=None),
        fill=alt.Fill("colour:N", scale=None, legend=None),
        fillOpacity=alt.FillOpacity("strength:Q", scale=None, legend=None),
        stroke=alt.Stroke("line:N", scale=None, legend=None),
        strokeWidth=alt.StrokeWidth("heavy:Q", scale=None, legend=None),
        opacity=alt.value(1),
        tooltip=[
            alt.Tooltip("place:N", title="Place"),
            alt.Tooltip("people:N", title="People before the war"),
            alt.Tooltip("record:N", title="Record"),
            alt.Tooltip("model:N", title="Model"),
        ],
    )
    dots = dots.transform_calculate(
        symbol="datum.site ? 'square' : 'circle'",
        line=f"datum.differs ? '{INK}' : '#8d877b'",
        heavy="datum.differs ? 1.6 : 0.6",
    )
    # The names keep a halo of land so that they read over rivers and circles.
    text = scaled.transform_filter("datum.label == 1 || (datum.label == 2 && width > 450)")
    style: dict[str, Any] = {
        "align": {"expr": "datum.left ? 'right' : 'left'"},
        "dx": {"expr": "datum.left ? -8 : 8"},
        "fontSize": 11,
        "font": FONT,
        "clip": True,
        "tooltip": None,
    }
    halo = text.mark_text(stroke=LAND, strokeWidth=3, strokeOpacity=0.85, strokeJoin="round", **style)
    names = text.mark_text(color=INK, **style)
    layers = [
        *base_layers(box, contents.places),
        dots,
        *(mark.encode(**where, text="short:N") for mark in (halo, names)),
    ]
    size: Any = width or "container"
    tall: Any = round(width * aspect(box)) if width else "container"
    chart: Any = alt.layer(*layers).project(**_projection(box)).properties(width=size, height=tall)
    chart = chart.configure(view={"stroke": None, "fill": SEA}, font=FONT, padding=0, background=SEA)
    return _with_rows(chart, "places", rows)


def _with_rows(chart: Any, name: str, rows: list[dict[str, Any]]) -> alt.LayerChart:
    """The chart with its named rows set directly: layers would each copy and check them, at a fifth of a second."""
    chart.datasets = {name: rows}
    layered: alt.LayerChart = chart
    return layered


def _number(value: float) -> float | None:
    """Four significant digits, which keeps the page small; None for NaN."""
    return None if np.isnan(value) else float(f"{value:.4g}")


def curve_rows(contents: PageContents, band: Band) -> list[dict[str, Any]]:
    """Rows of a curve: date, quantiles where the model covers it, the record where known."""
    rows: list[dict[str, Any]] = []
    for i, date in enumerate(contents.dates):
        row: dict[str, Any] = {"date": str(date)}
        seen = _number(float(band.record[i]))
        if seen is not None:
            row["record"] = seen
        if i >= contents.first:
            values = band.quantiles[:, i - contents.first]
            row.update({f"q{k}": _number(float(value)) for k, value in enumerate(values)})
        if len(row) > 1:
            rows.append(row)
    return rows


def years(contents: PageContents, most: int) -> list[int]:
    """Years that begin within the dates, every one or every so many, so that there are at most `most`."""
    first, last = (int(date.astype("datetime64[Y]").astype(int)) + 1970 for date in contents.dates[[0, -1]])
    begun = list(range(first + int(contents.dates[0] > np.datetime64(f"{first}-01-01")), last + 1))
    step = max(1, -(-len(begun) // most))
    return begun[::step]


def curve(
    contents: PageContents, band: Band, *, top: float | None = None, width: int | None = 420, height: int = 130
) -> alt.LayerChart:
    """One quantity of one organisation: bands of 50 and 90 %, median, record.

    `top` fixes the upper end of the axis; `width` None takes the width of the element that the chart is put in.
    """
    import altair as alt

    colour = contents.holders[band.organisation].colour
    data = alt.Chart(alt.NamedData(name="curve"))
    model = data.transform_filter("isValid(datum.q2)")
    record = data.transform_filter("isValid(datum.record)")
    instant = alt.Chart(alt.InlineData(values=[{}]))
    marked = years(contents, 8 if height > 110 else 4)
    ticks = [alt.DateTime(year=year, utc=True) for year in marked]
    yearly: dict[str, Any] = {"format": "%Y", "values": ticks, "grid": False, "labelFlush": False}
    span: dict[str, Any] = {"domain": [str(contents.dates[0]), str(contents.dates[-1])], "type": "utc"}
    amounts = {"labelExpr": "datum.value ? format(datum.value, '~s') : '0'", "tickCount": 3, "labelPadding": 4}
    upright: dict[str, Any] = {"domain": [0, top]} if top else {}
    style: dict[str, Any] = {"title": None, "axis": amounts, "scale": {"zero": True, "nice": True, **upright}}
    x = alt.X("date:T", title=None, scale=alt.Scale(**span), axis=alt.Axis(**yearly))
    when = alt.X("when:T", title=None, scale=alt.Scale(**span), axis=alt.Axis(**yearly))

    def at(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", **style)

    seen = np.isfinite(band.record)
    start = int(contents.origin.astype("datetime64[ms]").astype(np.int64))
    layers = [
        instant.transform_calculate(when=f"{start}").mark_rule(color=MUTED, strokeDash=[2, 2]).encode(x=when),
        model.mark_area(color=colour, opacity=0.2).encode(x=x, y=at("q0"), y2="q4:Q"),
        model.mark_area(color=colour, opacity=0.34).encode(x=x, y=at("q1"), y2="q3:Q"),
        model.mark_line(color=darker(colour), strokeWidth=1.6, strokeDash=[5, 3]).encode(x=x, y=at("q2")),
    ]
    if (seen[1:] & seen[:-1]).sum() > 0.5 * seen.sum():
        line = record.mark_line(stroke=INK, strokeWidth=1.7, interpolate="step-after")
        layers.append(line.encode(x=x, y=at("record")))
    elif seen.any():
        layers.append(record.mark_point(color=INK, filled=True, size=26, opacity=1).encode(x=x, y=at("record")))
    layers.append(instant.transform_calculate(when="week").mark_rule(color=INK, opacity=0.4).encode(x=when))
    chart: Any = alt.layer(*layers).add_params(alt.param(name="week", value=start))
    chart = chart.properties(width=width or "container", height=height).configure(
        view={"stroke": None},
        axis={
            "labelFont": FONT,
            "labelColor": MUTED,
            "labelFontSize": 11,
            "domainColor": RULE,
            "tickColor": RULE,
            "gridColor": "#eeeae1",
        },
        font=FONT,
        background="transparent",
        padding=2,
    )
    return _with_rows(chart, "curve", curve_rows(contents, band))


def tops(contents: PageContents, quantity: str) -> float | None:
    """A common upper end of the axes of a quantity over all organisations."""
    values = [
        float(np.nanmax(part))
        for band in contents.bands
        if band.quantity == quantity
        for part in (band.quantiles, band.record)
        if np.isfinite(part).any()
    ]
    return max(values) if values and max(values) > 0 else None


def order(contents: PageContents) -> list[int]:
    """Organisations that ever hold or can hold anything, the focus first, then by the most they held."""
    most: dict[int, float] = {}
    for band in contents.bands:
        if band.quantity in ("people", "places"):
            parts = [part for part in (band.quantiles[4], band.record) if np.isfinite(part).any()]
            peak = max((float(np.nanmax(part)) for part in parts), default=0.0)
            if peak > 0:
                most[band.organisation] = max(most.get(band.organisation, 0.0), peak)
    return sorted(most, key=lambda number: (number != contents.focus, -most[number]))


def curves(contents: PageContents, quantity: str = "people") -> alt.VConcatChart:
    """Small multiples of a quantity for notebooks, one organisation a row, on one scale."""
    import altair as alt

    rows: list[Any] = []
    top = tops(contents, quantity)
    for number in order(contents):
        band = contents.band(number, quantity)
        if band is None:
            continue
        chart = curve(contents, band, top=top)
        values = chart.datasets["curve"]
        single = alt.layer(*chart.layer[:-1]).properties(width=520, height=90, title=contents.holders[number].name)
        single.data = alt.NamedData(name=f"curve{number}")
        for layer in single.layer:
            if getattr(layer.data, "name", "") == "curve":
                layer.data = alt.NamedData(name=f"curve{number}")
        rows.append((single, number, values))
    stacked: alt.VConcatChart = alt.vconcat(*(single for single, _, _ in rows))
    stacked.datasets = {f"curve{number}": values for _, number, values in rows}
    return stacked
