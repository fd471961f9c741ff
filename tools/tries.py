"""What was tried on the front hazard, and what it is worth: python tools/tries.py SCENARIO [MONTHS] (docs/hindcast.md).

A row a try: the log score at each lead, all places, and its change against the front hazard as it comes, with 90 %
over blocks of origins. Origins are those of the README of version 0.1, every so many MONTHS (2).
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from polemos.forecasters.front_hazard import FrontHazard
from polemos.hindcasts.hindcast import hindcast
from polemos.hindcasts.origins import rolling_origins
from polemos.hindcasts.skill import block_of
from polemos.model.front import fit
from polemos.record.from_scenario import load
from polemos.scores.bootstrap import block_bootstrap

GRID = {
    "caliphate": ("2014-07-01", "2019-03-01", ("1mo", "3mo", "6mo", "12mo")),
    "sri_lanka": ("2006-10-01", None, ("1mo", "3mo", "6mo")),
    "mali": ("2012-02-01", None, ("1mo", "3mo")),
}
MEMBERS = 400
AS_IT_COMES = {"CAP": fit.CAP, "HALF_LIFE": fit.HALF_LIFE, "RIDGE": fit.RIDGE}


def tries(name: str) -> dict[str, tuple[dict[str, Any], Callable[[FrontHazard], Any]]]:
    """Settings of the fit, and what is made of the forecaster, by what is tried."""
    others = tuple(load(other) for other in GRID if other != name)

    def same(one: FrontHazard) -> FrontHazard:
        return one

    return {
        "as it comes": ({}, same),
        "no switching": ({}, lambda one: replace(one, switching=False)),
        "half-life 13": ({"HALF_LIFE": 13.0}, same),
        "half-life 104": ({"HALF_LIFE": 104.0}, same),
        "cap 0.6": ({"CAP": 0.6}, same),
        "ridge 10": ({"RIDGE": 10.0}, same),
        "ridge 160": ({"RIDGE": 160.0}, same),
        "with the other wars": ({}, lambda one: replace(one, wars=others)),
        "no noise by pair": ({}, lambda one: replace(one, scatter=0.0)),
    }


def scores(name: str, months: int) -> Any:
    """Log score [origin, lead] of every try by its name, with the origins and the leads."""
    world = load(name)
    first, last, leads = GRID[name]
    begin, end = (None if day is None else np.datetime64(day) for day in (first, last))
    origins = rolling_origins(world, f"{months}mo", begin, end, leads)
    found = {}
    for label, (settings, made) in tries(name).items():
        for key, value in (AS_IT_COMES | settings).items():
            setattr(fit, key, value)
        done = hindcast(world, (made(FrontHazard(MEMBERS)),), origins, leads)
        rows = {(row.origin, row.lead): row.log for row in done.scores() if row.scope == "all"}
        found[label] = np.array([[rows.get((origin, lead), np.nan) for lead in leads] for origin in done.origins])
    return found, origins, leads


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenario")
    parser.add_argument("months", nargs="?", type=int, default=2)
    given = parser.parse_args()
    scenario = given.scenario
    found, origins, leads = scores(scenario, given.months)
    print(f"| {scenario}, {len(origins)} origins | " + " | ".join(lead for lead in leads) + " |")
    print("|---" + "|---:" * len(leads) + "|")
    usual = found["as it comes"]
    for label, mine in found.items():
        cells = []
        for at, lead in enumerate(leads):
            there = ~np.isnan(mine[:, at])
            change = block_bootstrap((mine - usual)[there, at], block_of(list(origins[there]), lead))
            cell = f"{mine[there, at].mean():.4f}"
            if mine is not usual:
                cell += f", {change.mean:+.4f}"
                cell += "" if change.low is None else f" ({change.low:+.4f} to {change.high:+.4f})"
            cells.append(cell)
        print(f"| {label} | " + " | ".join(cells) + " |")
