"""Places of a run on some days as GeoJSON (RFC 7946): who holds each most likely, and how likely everybody does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from polemos.ensemble.run import Run


def collection(run: Run, dates: Sequence[np.datetime64]) -> dict[str, Any]:
    """A FeatureCollection with a point for each place and day, and a line for each link (without a day)."""
    places, links = run.world.places, run.world.links
    holders = [*run.world.organisations.id, "nobody"]
    probability = run.summary.probability
    features = []
    for date in dates:
        step = run.summary.step(date)
        for row, identifier in enumerate(places.id):
            shares = probability[step, row]
            likely = int(np.argmax(shares))
            properties = {
                "id": identifier,
                "name": places.name[row],
                "date": str(run.summary.dates[step]),
                "people": float(places.people[row]),
                "holder": holders[likely],
                "probability": round(float(shares[likely]), 4),
                **{f"p_{name}": round(float(shares[o]), 4) for o, name in enumerate(holders)},
            }
            features.append(_feature("Point", _point(places, row), properties))
    for a, b, kind, km in zip(links.a.tolist(), links.b.tolist(), links.kind, links.km.tolist(), strict=True):
        ends = {"a": places.id[a], "b": places.id[b], "kind": kind, "km": round(km, 1)}
        features.append(_feature("LineString", [_point(places, a), _point(places, b)], ends))
    return {"type": "FeatureCollection", "features": features}


def of_rows(rows: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """A FeatureCollection with a point for each row, at its `lat` and `lon`; the other columns are its properties."""
    features = []
    for row in rows:
        point = [round(float(row["lon"]), 6), round(float(row["lat"]), 6)]
        features.append(_feature("Point", point, {name: row[name] for name in row if name not in ("lat", "lon")}))
    return {"type": "FeatureCollection", "features": features}


def _point(places: Any, row: int) -> list[float]:
    return [round(float(places.lon[row]), 6), round(float(places.lat[row]), 6)]


def _feature(kind: str, coordinates: Any, properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": {"type": kind, "coordinates": coordinates}, "properties": properties}
