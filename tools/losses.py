"""Where the forecast loses: the log score by what happened, a table in Markdown: python tools/losses.py BOARD [LEAD].

BOARD is what `polemos board --out BOARD` wrote; what it has computed is read, what is missing is computed. A row is a
kind of outcome, as it stood on the day of the origin: who came to hold the place at the LEAD (3mo), and how near that
one was. Shares of the loss are means over the wars of the board, each with one vote.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from polemos.board import protocol as protocols
from polemos.board.board import STORE, board_forecasters
from polemos.board.protocol import RULES
from polemos.hindcasts.hindcast import Hindcast, hindcast
from polemos.model.inputs import roads, two_roads
from polemos.record.from_scenario import load
from polemos.record.world import Floats, Ints, World
from polemos.scenario.load import library
from polemos.scores.rules import log_score, mixture

FORECAST, ASKED = "forecast", ("trees", "front", "model", "forecast")
KINDS = (
    "stayed, next to a front",
    "stayed, behind",
    "taken from next door",
    "taken from two roads away",
    "taken from farther",
    "taken by who held nothing",
    "given up to nobody",
)


@dataclass(frozen=True, slots=True, eq=False)
class Losses:
    """What the forecast of one war loses at a lead, by place that was scored [n]: its `kind` and `origin`.

    `own` is the log score, `whom` the part of it that is not knowing who takes the place, `simple` the log score of the
    best simple rule.
    """

    kind: Ints
    origin: Ints
    own: Floats
    whom: Floats
    simple: Floats


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


def losses(done: Hindcast, lead: str) -> Losses | None:
    """The losses of one war at a lead, None where nothing of it was scored."""
    at = done.leads.index(lead)
    cases = done.cases[:, at]
    rows = np.flatnonzero(cases.any(axis=1))
    if not rows.size:
        return None

    def score(name: str) -> Floats:
        by = done.probability[done.forecasters.index(name)]
        return np.concatenate([log_score(mixture(by[r, at]), done.happened[r, at])[cases[r]] for r in rows])

    own = done.probability[done.forecasters.index(FORECAST)]
    held, came = done.held.astype(int), done.happened[:, at].astype(int)
    return Losses(
        np.concatenate([kinds(done.world, held[r], came[r], done.front[r])[cases[r]] for r in rows]),
        np.repeat(rows, cases[rows].sum(axis=1)),
        score(FORECAST),
        np.concatenate([by_whom(own[r, at], held[r], came[r])[cases[r]] for r in rows]),
        min((score(name) for name in RULES), key=np.mean),
    )


def table(lead: str, wars: Mapping[str, Losses]) -> str:
    """The table in Markdown, and the origins that carry most of the loss."""
    lines = [
        f"| {lead}, {len(wars)} wars: what happened | cases | probability of it | share of the loss | of that, by whom "
        "| saved of the best simple rule's loss |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for row, label in enumerate((*KINDS, "all")):
        cells = []
        for one in wars.values():
            mine = np.full(one.kind.size, True) if row == len(KINDS) else one.kind == row
            own, whom, simple = (column[mine].sum() for column in (one.own, one.whom, one.simple))
            cells.append(
                (own / one.own.sum(), whom / one.own.sum(), (simple - own) / one.simple.sum(), mine.sum(), own)
            )
        share, whom, saved, count, loss = np.array(cells).T
        if count.sum():
            # The geometric mean is what the log score sees.
            told = np.exp(-loss.sum() / count.sum())
            chance = f"{100 * told:.{3 if told > 0.99 else 2}g} %"
            numbers = (f"{int(count.sum()):,}", chance, f"{share.mean():.0%}", f"{whom.mean():.0%}")
            lines.append(f"| {label} | " + " | ".join(numbers) + f" | {saved.mean():+.1%} |")
    return "\n".join(lines)


def worst(one: Losses) -> tuple[float, Ints]:
    """The share of the loss that the worst tenth of the origins carries, and which they are."""
    by = np.bincount(one.origin, one.own)
    tenth = max(1, np.unique(one.origin).size // 10)
    rows = np.sort(np.argsort(by)[::-1][:tenth]).astype(np.int32)
    return float(by[rows].sum() / by.sum()), rows


def main(folder: Path, lead: str, also: list[Path], members: int, seed: int) -> None:
    """Print the table of a board."""
    protocol = protocols.read(folder / protocols.FILE)
    worlds = {name: load(name) for name in library()} | {world.name: world for world in map(load, also)}
    wars: dict[str, Losses] = {}
    lines = []
    for name, plan in protocol.wars.items():
        if lead not in plan.leads or name not in worlds:
            continue
        others = [world for other, world in worlds.items() if other in library() and other != name]
        asked = board_forecasters(ASKED, others, members, seed, 1)
        done = hindcast(worlds[name], asked, plan.days, plan.leads, store=folder / STORE)
        one = losses(done, lead)
        if one is not None:
            wars[name] = one
            share, rows = worst(one)
            lines.append(f"* {name}: {share:.0%}, " + ", ".join(str(done.origins[row]) for row in rows))
    print(table(lead, wars))
    print("\nThe worst tenth of the origins, and its share of the loss:\n\n" + "\n".join(lines))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split(":")[0])
    parser.add_argument("board", type=Path, help="folder of a board")
    parser.add_argument("lead", nargs="?", default="3mo")
    parser.add_argument(
        "--also", type=Path, action="append", default=[], help="folder of another scenario of the board"
    )
    parser.add_argument("--members", type=int, default=200, help="simulated wars of the board")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if not any(options.lead in plan.leads for plan in protocols.read(options.board / protocols.FILE).wars.values()):
        parser.error(f"no war of the board has the lead {options.lead}")
    main(options.board, options.lead, options.also, options.members, options.seed)
