"""Learn the weights of the mixture from the hindcasts of a board: `python tools/mixture_weights.py BOARD`.

Reads what the board has computed (what is missing it computes), and writes the weights by lead beside the code: those
of all wars, and for each war of the library those that were learnt from the others. At a lead they minimise

    mean over wars of (log score of the mixture / log score of the best simple rule) + RIDGE |w - CENTRE|^2

with w >= 0 that sum to 1; each war has one vote, and the leads beside one count by NEIGHBOURS.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray

from polemos.board import protocol as protocols
from polemos.board.board import STORE
from polemos.forecasters.leads import LADDER, lead_days
from polemos.forecasters.mixture import FLOOR, geometric
from polemos.forecasters.mixture_weights import FILE, FORMAT, MEMBERS
from polemos.forecasters.registry import RULES, lineup
from polemos.hindcasts.hindcast import Hindcast, hindcast
from polemos.record.from_scenario import load
from polemos.record.world import Floats, World
from polemos.scenario.load import library
from polemos.scores.rules import HEADLINE

CENTRE = {
    "1w": (0.90, 0.03, 0.05, 0.02),
    "2w": (0.79, 0.05, 0.09, 0.07),
    "1mo": (0.60, 0.15, 0.10, 0.15),
    "3mo": (0.60, 0.15, 0.10, 0.15),
    "6mo": (0.60, 0.15, 0.10, 0.15),
    "12mo": (0.60, 0.15, 0.10, 0.15),
}
"""Where the ridge pulls the weights to, in the order of `MEMBERS`: judged on the wars of the board. From a month on it
is level on the first half of their origins with the centre before (.50, .10, .20, .20 from three months on), and better
on the second, which was seen too; up to two weeks both halves prefer it to that before (.80, .65 for the front hazard).
Weights that leave it freely lose on the second half of the wars that had no part in them."""
RIDGE = 1.0
NEIGHBOURS = 0.5
LEAST = 0.02
"""A weight below it is none: the member need not be asked."""
MOST_CASES = 40_000
"""Cases of a war and lead that are looked at; of more, so many are drawn."""


@dataclass(frozen=True, slots=True, eq=False)
class Cases:
    """Forecasts of one war at one lead: `logs` [N, n, K] of the members, with the floor; who held the place [n]; the
    weight of each case [n], summing to 1; and the log score of the best simple rule."""

    logs: Floats
    happened: NDArray[np.intp]
    weight: Floats
    reference: float


def loss(weights: Floats, cases: Cases) -> tuple[float, Floats]:
    """Log score of the mixture, and its slope by the weights [N]."""
    u = np.tensordot(weights, cases.logs, 1)
    u -= u.max(axis=-1, keepdims=True)
    p = np.exp(u)
    p /= p.sum(axis=-1, keepdims=True)
    at = cases.happened[:, np.newaxis]
    score = -np.log(np.take_along_axis(p, at, axis=1)[:, 0])
    seen = np.take_along_axis(cases.logs, at[np.newaxis], axis=2)[..., 0]
    slope = ((p * cases.logs).sum(axis=-1) - seen) @ cases.weight
    return float(score @ cases.weight), slope


def fit(votes: Sequence[tuple[Cases, float]], centre: Sequence[float], ridge: float = RIDGE) -> Floats:
    """Weights [N] from the cases of wars, each with its vote, pulled to a centre."""
    from scipy.optimize import minimize

    aim, total = np.array(centre), sum(vote for _, vote in votes)

    def target(weights: Floats) -> tuple[float, Floats]:
        value, slope = ridge * float(((weights - aim) ** 2).sum()), 2 * ridge * (weights - aim)
        for cases, vote in votes:
            score, by_weight = loss(weights, cases)
            value += vote / total * score / cases.reference
            slope = slope + vote / total * by_weight / cases.reference
        return value, slope

    sums = {"type": "eq", "fun": lambda w: w.sum() - 1, "jac": lambda w: np.ones(w.size)}
    bounds = [(0, None)] * aim.size
    done = minimize(target, aim, jac=True, bounds=bounds, constraints=[sums], method="SLSQP", options={"ftol": 1e-8})
    kept = np.where(done.x < LEAST, 0.0, done.x)
    return np.asarray(kept / kept.sum())


def cases_of(done: Hindcast, lead: str, groups: Mapping[str, Sequence[str]], rules: Sequence[str]) -> Cases | None:
    """The cases of a war at a lead; None where there are none, or nothing ever changed hands."""
    at = done.leads.index(lead)
    there = done.cases[:, at]
    origins = there.any(axis=1)
    if not origins.any():
        return None
    rows = {name: done.probability[done.forecasters.index(name), :, at] for name in done.forecasters}
    happened = done.happened[:, at].astype(np.intp)
    weight = np.where(there, 1 / np.maximum(there.sum(axis=1, keepdims=True), 1), 0.0) / origins.sum()
    holders = done.probability.shape[-1]

    def mean_score(p: Floats) -> float:
        hit = np.take_along_axis(p, happened[..., np.newaxis], axis=-1)[..., 0]
        mixed = (1 - HEADLINE) * hit + HEADLINE / holders
        return float(-(np.log(np.where(there, mixed, 1.0)) * weight).sum())

    reference = min(mean_score(rows[name]) for name in rules)
    if reference <= 0:
        return None
    said = []
    for name in MEMBERS:
        own = np.stack([rows[one][there] for one in groups[name]])
        said.append(own[0] if len(own) == 1 else geometric(own, np.full(len(own), 1 / len(own))))
    logs = np.log((1 - FLOOR) * np.stack(said) + FLOOR / holders)
    came, weight = happened[there], weight[there]
    if came.size > MOST_CASES:
        drawn = np.random.default_rng(0).choice(came.size, MOST_CASES, replace=False)
        logs, came, weight = logs[:, drawn], came[drawn], weight[drawn] * came.size / MOST_CASES
    return Cases(logs, came, weight, reference)


def same_war(one: World, other: World) -> bool:
    """Whether two records are of one war: they overlap, and half of the smaller one's organisations are in both."""
    shared = set(one.organisations.id) & set(other.organisations.id)
    fewest = min(len(one.organisations.id), len(other.organisations.id))
    return bool(one.start < other.until and other.start < one.until) and 2 * len(shared) >= fewest


def weights_by_lead(
    cases: Mapping[str, Mapping[str, Cases]], votes_of: Mapping[str, float], without: Collection[str] = ()
) -> list[Floats]:
    """Weights at each lead of `LADDER` from cases by record and lead, each record with its vote, some left out.

    A lead that no record bears gets those of the nearest one that some do; without any record all are the centre.
    """
    there = {name: by_lead for name, by_lead in cases.items() if name not in without}
    found: dict[int, Floats] = {}
    for row, lead in enumerate(LADDER):
        votes = []
        for other, part in ((row, 1.0), (row - 1, NEIGHBOURS), (row + 1, NEIGHBOURS)):
            word = LADDER[other] if 0 <= other < len(LADDER) else ""
            votes += [(by_lead[word], part * votes_of[name]) for name, by_lead in there.items() if word in by_lead]
        if any(lead in by_lead for by_lead in there.values()):
            found[row] = fit(votes, CENTRE[lead])
    if not found:
        return [np.array(CENTRE[lead]) for lead in LADDER]
    return [found[min(found, key=lambda known: abs(known - row))] for row in range(len(LADDER))]


def read_board(folder: Path, worlds: Mapping[str, World], members: int, seed: int) -> dict[str, dict[str, Cases]]:
    """The cases of every war of a board, by war and lead."""
    protocol = protocols.read(folder / protocols.FILE)
    short = ("front", "model", "trees", *protocols.SIMPLE)
    asked = lineup(short, members=members, seed=seed, threads=1)
    by_short = {one: lineup((one,))[0].name for one in short}
    groups = {name: [by_short[name]] for name in ("front", "model", "trees")}
    groups["rules"] = [by_short[one] for one in RULES]
    found: dict[str, dict[str, Cases]] = {}
    for name, plan in protocol.wars.items():
        done = hindcast(worlds[name], asked, plan.days, plan.leads, store=folder / STORE)
        by_lead = {
            lead: cases_of(done, lead, groups, [by_short[one] for one in protocols.SIMPLE]) for lead in done.leads
        }
        found[name] = {lead: one for lead, one in by_lead.items() if one is not None}
    return found


def content(
    cases: Mapping[str, Mapping[str, Cases]],
    digests: Mapping[str, str],
    kin: Mapping[str, Collection[str]],
    later: Mapping[str, Collection[str]],
) -> dict[str, Any]:
    """The file of weights, as JSON values; `digests` are of the records that they were learnt from, `kin` the records
    of one war: they share a vote, and are left out together. `later` are those that had not ended by the first origin
    of a war, itself among them: the strict variant leaves them out."""
    votes = {name: 1 / len(kin[name]) for name in cases}

    def rounded(table: Sequence[Floats]) -> list[list[float]]:
        rows = [np.round(row, 3) for row in table]
        return [(row / row.sum()).round(6).tolist() for row in rows]

    return {
        "format": FORMAT,
        "made": {"command": "python tools/mixture_weights.py", "centre": CENTRE, "ridge": RIDGE, "wars": dict(digests)},
        "members": list(MEMBERS),
        "days": [round(lead_days(lead)) for lead in LADDER],
        "all": rounded(weights_by_lead(cases, votes)),
        "without": {name: rounded(weights_by_lead(cases, votes, kin[name])) for name in cases},
        "ended": {name: rounded(weights_by_lead(cases, votes, later[name])) for name in cases},
    }


def main(
    board: Annotated[Path, typer.Argument(help="Folder of a board.")],
    also: Annotated[list[Path] | None, typer.Option(help="Folder of another scenario of the board.")] = None,
    members: Annotated[int, typer.Option(help="Simulated wars of the board.")] = 200,
    seed: int = 1,
    out: Annotated[Path, typer.Option(help="File to write.")] = FILE,
) -> None:
    """Learn the weights and write them."""
    protocol = protocols.read(board / protocols.FILE)
    worlds = {name: load(name) for name in library()}
    worlds |= {world.name: world for world in map(load, also or [])}
    missing = [name for name in protocol.wars if name not in worlds]
    if missing:
        raise typer.BadParameter(f"name the folder of {', '.join(missing)} with --also")
    cases = read_board(board, worlds, members, seed)
    kin = {name: [one for one in cases if same_war(worlds[name], worlds[one])] for name in cases}
    first = {name: np.datetime64(plan.origins[0]) for name, plan in protocol.wars.items()}
    later = {name: {*kin[name], *(one for one in cases if worlds[one].until > first[name])} for name in cases}
    made = content(cases, {name: one.digest for name, one in protocol.wars.items()}, kin, later)
    out.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    for days, row in zip(made["days"], made["all"], strict=True):
        typer.echo(f"{days:>4} days  " + "  ".join(f"{n} {w:.2f}" for n, w in zip(MEMBERS, row, strict=True)))


if __name__ == "__main__":
    typer.run(main)
