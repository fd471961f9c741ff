"""A forecast in the terminal: the places likeliest to change hands, totals with bands, and what it is made of."""

from __future__ import annotations

from collections.abc import Set
from itertools import groupby
from typing import TYPE_CHECKING, Any

from rich.console import Console

from polemos.cli.printing import people, percent, table
from polemos.forecasters.leads import lead_words

if TYPE_CHECKING:
    from polemos.war.forecast import Forecast

ABOUT = (
    "A reason is a term of the front hazard beside its mean at places with another organisation next door; x2 doubles "
    "the weekly rate."
)


def show(out: Console, forecast: Forecast, top: int, *, wide: bool = False) -> None:
    """The forecast, table by table."""
    out.print(f"{forecast.world.title}: forecast of {forecast.origin}.")
    shown: set[tuple[str, str]] = set()
    for lead, group in groupby(forecast.likeliest(top), key=lambda row: row["lead"]):
        rows = list(group)
        out.print()
        title = f"Likeliest to change hands within {lead_words(lead)}, by {rows[0]['date']}"
        cells = [(row["name"], row["from"], row["to"], percent(row["probability"]), why(row, shown)) for row in rows]
        shown |= {(row["place"], row["to"]) for row in rows}
        columns = ("place", "from", "to", "chance", "why")
        out.print(table(title, columns, cells, right=["chance"], least={"why": 24, "place": 12}, whole=wide))
    out.print(ABOUT)
    out.print()
    show_totals(out, forecast, wide=wide)
    out.print()
    show_members(out, forecast, wide=wide)


def why(row: dict[str, Any], shown: Set[tuple[str, str]] = frozenset()) -> str:
    """The reasons of a place in a cell; they are the same at every lead, so those `shown` already are not repeated."""
    if (row["place"], row["to"]) in shown:
        return "as above"
    return "; ".join(f"{one['words']} (x{one['times']:.1f})" for one in row["why"]) or "no single term stands out"


def show_totals(out: Console, forecast: Forecast, *, wide: bool) -> None:
    """Places and people held by each organisation that holds any, or may: now, and the band of 80 % at each lead."""
    rows = forecast.totals()
    cells = []
    for name, group in groupby(sorted(rows, key=lambda row: row["organisation"]), key=lambda row: row["organisation"]):
        own = list(group)
        if not own[0]["places_now"] and not any(row["places_high"] for row in own):
            continue
        for what, shown in (("places", lambda x: f"{x:.0f}"), ("people", people)):
            spans = [f"{shown(r[f'{what}_low'])} to {shown(r[f'{what}_high'])}" for r in own]
            cells.append((name if what == "places" else "", what, shown(own[0][f"{what}_now"]), *spans))
    columns = ("organisation", "", "now", *forecast.leads)
    out.print(
        table("Held: now, and the band of 80 % of the simulated wars", columns, cells, right=columns[2:], whole=wide)
    )


def show_members(out: Console, forecast: Forecast, *, wide: bool) -> None:
    """The weights, and how many changes of hands each member expected in the past year, beside those that happened."""
    rows = forecast.members()
    cells = []
    for name in forecast.mixed.members:
        own = [row for row in rows if row["member"] == name]
        cells.append((name, *(cell for row in own for cell in (f"{row['weight']:.2f}", told_of(row)))))
    cells.append(("forecast", *(cell for row in forecast.level() for cell in ("", told_of(row)))))
    columns = ("member", *(head for lead in forecast.leads for head in (f"{lead} weight", f"{lead} check")))
    out.print(
        table("Weights, and changes expected / come in the past year", columns, cells, right=columns[1:], whole=wide)
    )
    failed = forecast.failed()
    if failed:
        out.print(f"Failed the check, and lost weight: {', '.join(failed)}.")
    elif not any(row["forecasts"] for row in rows):
        out.print("No check: the record before the origin is too short.")
    else:
        out.print("Every member passed the check on the past year.")


def told_of(row: dict[str, Any]) -> str:
    """Changes expected and come, as a cell."""
    return "-" if row["expected"] is None else f"{row['expected']:.1f} / {row['happened']:.1f}"
