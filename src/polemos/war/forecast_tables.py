"""The tables of a forecast: the places likeliest to change hands, totals with bands, the members of its mixture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from polemos.forecasters.reasons import reasons

if TYPE_CHECKING:
    from polemos.war.forecast import Forecast

BAND = (0.1, 0.5, 0.9)


def likeliest_of(forecast: Forecast, top: int) -> list[dict[str, Any]]:
    """See `Forecast.likeliest`."""
    change, holders = forecast.change(), forecast.world.holders([forecast.origin])[0]
    cases = []
    for row, lead in enumerate(forecast.leads):
        for p in np.argsort(-change[row], kind="stable")[:top]:
            others = forecast.probability[row, p].copy()
            others[holders[p]] = -1
            to = int(others.argmax())
            cases.append((row, lead, int(p), to))
    takers = list(dict.fromkeys((p, to) for _, _, p, to in cases if to < forecast.world.nobody))
    why = dict(zip(takers, reasons(forecast.front, forecast.world, takers), strict=True))
    return [
        {
            "lead": lead,
            "date": str(forecast.mixed.dates[row]),
            "place": forecast.world.places.id[p],
            "name": forecast.world.places.name[p],
            "from": forecast.holders[holders[p]],
            "to": forecast.holders[to],
            "change": round(float(change[row, p]), 4),
            "probability": round(float(forecast.probability[row, p, to]), 4),
            "why": [{"words": one.words, "times": round(one.times, 2)} for one in why.get((p, to), ())],
        }
        for row, lead, p, to in cases
    ]


def totals_of(forecast: Forecast) -> list[dict[str, Any]]:
    """See `Forecast.totals`."""
    holders, people = forecast.world.holders([forecast.origin])[0], forecast.world.places.people
    bands = {
        what: forecast.wars.quantiles(forecast.mixed.dates, BAND, what == "people") for what in ("places", "people")
    }
    return [
        {
            "organisation": name,
            "lead": lead,
            "date": str(forecast.mixed.dates[row]),
            "places_now": int((holders == o).sum()),
            "people_now": float(people[holders == o].sum()),
            "expected": round(float(forecast.probability[row, :, o].sum()), 2),
            **{
                f"{what}_{end}": round(float(bands[what][level, row, o]), 1)
                for what in bands
                for level, end in enumerate(("low", "median", "high"))
            },
        }
        for row, lead in enumerate(forecast.leads)
        for o, name in enumerate(forecast.world.organisations.id)
    ]


def members_of(forecast: Forecast) -> list[dict[str, Any]]:
    """See `Forecast.members`."""
    table = []
    for row, lead in enumerate(forecast.leads):
        check = forecast.mixed.checks[row]
        for column, name in enumerate(forecast.mixed.members):
            own = None if check is None else check[column]
            table.append(
                {
                    "lead": lead,
                    "member": name,
                    "library": round(float(forecast.mixed.library[row, column]), 3),
                    "weight": round(float(forecast.mixed.weights[row, column]), 3),
                    "expected": None if own is None else round(own.expected, 2),
                    "happened": None if own is None else round(own.happened, 2),
                    "forecasts": 0 if own is None else own.forecasts,
                    "checked_days": None if own is None else own.days,
                }
            )
    return table
