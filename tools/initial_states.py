"""What each part of the initial state is good for: held-out scores of the model without it, a table in Markdown.

python tools/initial_states.py SCENARIO [--events FILE] [--every 4] [--members 400] [--leads 1mo,3mo] [--keep FOLDER]

Members share their draws, so that differences are not drowned in sampling. Above 0: the part helps.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from polemos.forecasters.leads import ordered
from polemos.forecasters.model_forecaster import ModelForecaster
from polemos.hindcasts.band_scores import band_scores
from polemos.hindcasts.hindcast import hindcast
from polemos.hindcasts.origins import rolling_origins
from polemos.hindcasts.skill import summarise
from polemos.model import engine
from polemos.record.events import involving
from polemos.scores.rules import crps
from polemos.war.war import War, load

PARTS = {
    "each estimate errs alone": {"source_share": 0.0},
    "strengths at their best estimate": {"strength_spread": 0.0},
}
UNSEEN = {"events not used": {"observation": 0.0}}


def main() -> None:
    """Score the parts of what the command line asks for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("scenario")
    parser.add_argument("--events", type=Path)
    parser.add_argument("--every", type=int, default=4, help="months")
    parser.add_argument("--members", type=int, default=400)
    parser.add_argument("--leads", default="1mo,3mo,6mo,12mo")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    leads = ordered(given.leads.split(","))
    war = load(given.scenario).with_events(given.events)
    asked = [ModelForecaster(given.members, given.seed, threads=1)]
    for name, priors in (PARTS | (UNSEEN if given.events else {})).items():
        asked.append(ModelForecaster(given.members, given.seed, name=name, priors=priors, threads=1))
    origins = rolling_origins(war.world, f"{given.every}mo", leads=leads)
    done = hindcast(war.world, asked, origins, leads, store=given.keep)
    rows, bands = summarise(done.scores(), "model"), band_scores(done)
    print(f"{given.scenario}: {len(origins)} origins, {origins[0]} to {origins[-1]}, {given.members} members\n")
    for scope in ("all", "front"):
        print(f"| log score, {scope} places | " + " | ".join(leads) + " |")
        print("|---|" + "---|" * len(leads))
        for one in asked:
            by = {row.lead: row for row in rows if row.scope == scope and row.forecaster == one.name}
            print(f"| {one.name} | " + " | ".join(cell(by[lead], one.name) for lead in leads) + " |")
        print()
    heads = [*leads, "all"]
    print("| CRPS in persistence's, cover of 80 % bands, places | " + " | ".join(heads) + " |")
    print("|---|" + "---|" * len(heads))
    for one in asked:
        mine = {band.lead: band for band in bands if band.forecaster == one.name and band.measure == "places"}
        cells = [f"{mine[lead].ratio:.3f}, {mine[lead].even:.2f}" for lead in (*leads, None)]
        print(f"| {one.name} | " + " | ".join(cells) + " |")
    if given.events:
        attacks(war, asked, origins, given.members)


def cell(row: Any, name: str) -> str:
    """The score, or its change with an interval."""
    if name == "model":
        return f"{row.log:.4f}"
    low, high = row.gain.low, row.gain.high
    return f"{row.gain.mean:+.4f}" + ("" if low is None else f" ({low:+.4f} to {high:+.4f})")


def attacks(war: War, asked: list[ModelForecaster], origins: np.ndarray, members: int) -> None:
    """CRPS of the number of events that involve each organisation in the quarter after an origin, as ln(1 + n)."""
    world = war.world
    table: dict[str, list[float]] = {}
    for one in (asked[0], asked[-1]):
        for origin in origins:
            if origin + 91 > world.until:
                continue
            cut, later = world.as_of(origin), world.as_of(origin + 91)
            assert cut.events is not None
            assert later.events is not None
            came = involving(later.events, world.nobody, origin)
            named = involving(cut.events, world.nobody, world.start - 3660) > 0
            counts: list[np.ndarray] = []
            setup = engine.prepare(
                cut, origin + 91, members=members, seed=one.seed, theory={n: float(v) for n, v in one.priors.items()}
            )
            for first in range(0, members, 100):
                chunk = engine.simulate(setup, first, min(first + 100, members))
                assert chunk.attacks is not None
                counts.append(chunk.attacks[:, setup.past.size + 1 :].sum(axis=(1, 3)))
            told = np.concatenate(counts).T
            score = crps(np.log1p(told[named]), np.log1p(came[named]))
            table.setdefault(one.name, []).extend(np.ravel(score).tolist())
    print("\n| | CRPS of ln(1 + events in the next quarter) by organisation | cases |\n|---|---|---|")
    for name, scores in table.items():
        print(f"| {name} | {np.mean(scores):.3f} | {len(scores)} |")


if __name__ == "__main__":
    main()
