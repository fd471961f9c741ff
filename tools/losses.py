"""Where a forecast loses: the log score by what happened, a table in Markdown: python tools/losses.py SCENARIO [LEAD].

Origins and leads are those of the README of version 0.1; what is kept in hindcasts/ is read from there. A row is a
kind of outcome, as it stood on the day of the origin: who came to hold the place at the LEAD (3 months), and how near
that one was.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from tries import GRID

from polemos.forecasters.registry import REFERENCE, lineup
from polemos.hindcasts.hindcast import Hindcast, hindcast
from polemos.hindcasts.origins import rolling_origins
from polemos.model.inputs import roads, two_roads
from polemos.record.world import Floats, Ints, World
from polemos.scores.rules import log_score, mixture
from polemos.war.war import load

FORECAST = "forecast"
KINDS = (
    "stayed, next to a front",
    "stayed, behind",
    "taken from next door",
    "taken from two roads away",
    "taken from farther",
    "taken by who held nothing",
    "given up to nobody",
)


def kinds(world: World, held: Ints, came: Ints, near_front: Any) -> Ints:
    """The row of `KINDS` of every place [P], from its holders on the origin and at the lead."""
    graph = roads(world)
    second = two_roads(graph)
    found = np.where(near_front, 0, 1)
    for p in np.flatnonzero(held != came):
        o = came[p]
        if o == world.nobody:
            found[p] = 6
        elif not (held == o).any():
            found[p] = 5
        elif (held[graph.near[graph.start[p] : graph.start[p + 1]]] == o).any():
            found[p] = 2
        elif (held[second.near[second.start[p] : second.start[p + 1]]] == o).any():
            found[p] = 3
        else:
            found[p] = 4
    return found


def by_whom(p: Floats, held: Ints, came: Ints) -> Floats:
    """The part of the log score [P] of a forecast [P, K] that is not knowing who takes a place that is taken."""
    told, each = mixture(p), np.arange(held.size)
    return np.where(held == came, 0.0, np.log((1 - told[each, held]) / told[each, came]))


def losses(done: Hindcast, lead: int) -> tuple[Ints, Ints, dict[str, Floats]]:
    """Origin [n] and kind [n] of every forecast of a place at a lead, and what each forecaster loses by it [n].

    Under "whom", what the forecast loses by who took the place.
    """
    at = done.leads.index(lead)
    rows = np.flatnonzero(done.scored[:, at])
    found = [kinds(done.world, done.held[r].astype(int), done.happened[r, at].astype(int), done.front[r]) for r in rows]
    lost = {
        name: np.concatenate([log_score(mixture(by[r, at]), done.happened[r, at]) for r in rows])
        for name, by in zip(done.forecasters, done.probability, strict=True)
    }
    mixed = done.probability[done.forecasters.index(FORECAST)]
    lost["whom"] = np.concatenate([by_whom(mixed[r, at], done.held[r], done.happened[r, at]) for r in rows])
    return np.repeat(rows, done.held.shape[1]), np.concatenate(found), lost


def main(name: str, lead: int) -> None:
    """Print the table of a war."""
    war = load(name)
    first, last, leads = GRID[name]
    begin, end = (None if day is None else np.datetime64(day) for day in (first, last))
    origins = rolling_origins(war.world, "1mo", begin, end, leads)
    asked = lineup(("persistence", "contiguity", "front", "model", "forecast"), priors=war.theory("neutral").priors)
    origin, kind, lost = losses(hindcast(war.world, asked, origins, leads, store=Path("hindcasts")), lead)
    told, simple, stays = lost[FORECAST], lost[REFERENCE], lost["persistence"]
    print(f"| {name}, {lead} months: what happened | cases | told to it | share of its loss | ", end="")
    print("of that, by whom | of persistence's | saved of contiguity Markov's |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for row, label in enumerate((*KINDS, "all")):
        mine = np.full(kind.size, True) if row == len(KINDS) else kind == row
        if not mine.any():
            continue
        # The geometric mean is what the log score sees.
        cells = [
            f"{mine.sum():,}",
            f"{100 * np.exp(-told[mine].mean()):.2g} %",
            f"{100 * told[mine].sum() / told.sum():.0f} %",
            f"{100 * lost['whom'][mine].sum() / told.sum():.0f} %",
            f"{100 * stays[mine].sum() / stays.sum():.0f} %",
            f"{(simple[mine].sum() - told[mine].sum()) / simple.sum():+.1%}",
        ]
        print(f"| {label} | " + " | ".join(cells) + " |")
    by = np.array([told[origin == one].sum() for one in np.unique(origin)])
    worst = np.argsort(by)[::-1][: max(1, by.size // 10)]
    share = by[worst].sum() / by.sum()
    print(f"\nThe worst tenth of the origins carries {share:.0%} of the loss: ", end="")
    print(", ".join(str(origins[one]) for one in sorted(np.unique(origin)[worst])) + ".")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split(":")[0])
    parser.add_argument("scenario", choices=GRID)
    parser.add_argument("lead", nargs="?", default="3mo", help="one of the leads of the README")
    given = parser.parse_args()
    if given.lead not in GRID[given.scenario][2]:
        parser.error(f"{given.lead} is no lead of {given.scenario}; use one of {GRID[given.scenario][2]}")
    main(given.scenario, given.lead)
