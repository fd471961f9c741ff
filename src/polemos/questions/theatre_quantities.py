"""Quantities of theatres off the map, as a question writes them: counts by calendar year, and ranks."""

from __future__ import annotations

from typing import Literal

from polemos.argument.claims import Names, Numbers, Strict


class Theatres(Strict):
    """Theatres off the map that meet every condition given; none given means all. `but_not` takes others away."""

    networks: Names | None = None
    organisations: Names | None = None
    countries: Names | None = None
    regions: Names | None = None
    but_not: Theatres | None = None


class TheatreCount(Strict):
    """Attacks, deaths or civilians killed in theatres in calendar `years`, of which one takes what `take` says.

    `across`: the sum of the theatres, the least or most of the countries that `of` names, or the number of `active`
    countries, those with an attack. With `share_of`, the share of those theatres, with `less` what the others have
    fewer; both year by year.
    """

    kind: Literal["theatres"] = "theatres"
    what: Literal["attacks", "deaths", "civilians"] = "attacks"
    of: Theatres
    years: Numbers
    take: Literal["sum", "mean", "most", "least"] = "sum"
    across: Literal["sum", "least", "most", "active"] = "sum"
    share_of: Theatres | None = None
    less: Theatres | None = None


class TheatreRank(Strict):
    """In how many of the `years` a region or a country is among the `top` by what its theatres have."""

    kind: Literal["theatre_rank"] = "theatre_rank"
    what: Literal["attacks", "deaths", "civilians"] = "deaths"
    by: Literal["region", "country"]
    name: str
    among: Theatres = Theatres()
    years: Numbers
    top: int = 1
