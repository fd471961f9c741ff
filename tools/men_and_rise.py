"""Whether men are right, and whether a rise is seen coming: python tools/men_and_rise.py [--wars A,B] [--members M].

From origins spread over each war of the library (those of the flagship's rise besides), the model runs two years ahead.

1. Fighters. At every dated estimate after an origin, of an organisation of which there was one before: the continuous
   ranked probability score of the logarithm of the simulated fighters, and that of "the last estimate stays", by how
   far ahead the estimate lies; and how often the middle 90 % of the simulated wars holds it.
2. Rise. An organisation that holds at most two places rises if it holds five or more a year on. How often was it said
   with what probability, and how often did it come; a row is a range of probabilities.
3. The mean log score of all places between 2012-06 and 2014-06 in the flagship, of the model and of "no change".

Prints the tables of docs/mechanisms-on-the-map.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated

import numpy as np
import typer

from polemos.model import engine, initial_state
from polemos.model.past_pace import weeks_before
from polemos.model.trajectory import Trajectories
from polemos.record.from_scenario import load
from polemos.record.world import World
from polemos.scenario.load import library
from polemos.scores.rules import crps

AHEAD, YEAR = 104, 52
FEW, MANY = 2, 5
RANGES = (0.0, 0.01, 0.05, 0.2, 0.5, 1.0)
LEADS = {"3 months": 13, "6 months": 26, "12 months": 52, "24 months": 104}
RISE = ("caliphate", ("2012-06-05", "2012-12-04", "2013-06-04", "2013-12-03", "2014-06-03"))
STAY, ANYBODY = 0.98, 0.02


@dataclass(frozen=True, slots=True)
class Estimate:
    """A dated estimate that lies `weeks` after an origin: scores of the logarithm, and whether the band holds it."""

    war: str
    weeks: int
    model: float
    last: float
    within: bool


@dataclass(frozen=True, slots=True)
class Rise:
    """The probability that an organisation with few places has many a year on, and whether it had."""

    war: str
    origin: np.datetime64
    organisation: str
    probability: float
    happened: bool


def simulated(world: World, origin: np.datetime64, members: int) -> Trajectories:
    """Wars of the default processes from an origin."""
    cut = world.as_of(origin)
    until = min(origin + 7 * AHEAD, world.until)
    return engine.simulate(engine.prepare(cut, until, members=members, seed=1), 0, members)


def estimates(world: World, origin: np.datetime64, wars: Trajectories) -> Iterator[Estimate]:
    """The dated estimates after an origin."""
    cut, table = world.as_of(origin), world.strengths
    if not initial_state.men_known(cut):
        return
    rows = np.flatnonzero(np.array(table.measure) == "fighters")
    fighters = wars.strengths["fighters"].astype(float)
    for row in rows[(table.date[rows] > origin) & (table.date[rows] <= wars.dates[-1])]:
        o = int(table.organisation[row])
        before = rows[(table.organisation[rows] == o) & (table.date[rows] <= origin)]
        if not before.size or table.best[row] < 1:
            continue
        best = np.log(table.best[row])
        last = np.log(max(table.best[before[np.argmax(table.date[before])]], 1.0))
        step = int(np.argmin(np.abs(wars.dates - table.date[row])))
        # The model's fighters are those in the field.
        drawn = np.log(np.maximum(fighters[:, step, o] / world.organisations.field_share[o], 1.0))
        low, high = np.quantile(drawn, [0.05, 0.95])
        weeks = int((table.date[row] - origin).astype(int)) // 7
        yield Estimate(world.name, weeks, float(crps(drawn, best)), abs(last - best), bool(low <= best <= high))


def rises(world: World, origin: np.datetime64, wars: Trajectories) -> Iterator[Rise]:
    """The organisations with few places at an origin, where the record reaches a year on."""
    then = origin + 7 * YEAR
    if then > wars.dates[-1]:
        return
    now, later = world.holders([origin])[0], world.holders([then])[0]
    at = int(np.searchsorted(wars.dates, then))
    for o, name in enumerate(world.organisations.id):
        if np.count_nonzero(now == o) <= FEW:
            count = (wars.control[:, at] == o).sum(axis=1)
            happened = np.count_nonzero(later == o) >= MANY
            yield Rise(world.name, origin, name, float((count >= MANY).mean()), bool(happened))


def log_scores(world: World, origin: np.datetime64, wars: Trajectories) -> dict[str, tuple[float, float]]:
    """Mean log score of all places by lead: of the model, and of no change."""
    now, nobody, scores = world.holders([origin])[0], world.nobody, {}
    for word, weeks in LEADS.items():
        day = origin + 7 * weeks
        if day > wars.dates[-1]:
            continue
        came, seen = world.holders([day])[0], world.observed([day])[0] & world.known_by(origin)
        step, members = int(np.searchsorted(wars.dates, day)), wars.control.shape[0]
        share = np.stack([(wars.control[:, step] == o).sum(0) for o in range(nobody + 1)], axis=1).astype(float)
        share += 0.4 * np.eye(nobody + 1)[now] + 0.1 / (nobody + 1)
        model = share / (members + 0.5)
        still = STAY * np.eye(nobody + 1)[now] + ANYBODY / (nobody + 1)
        of_model, of_still = (float(-np.log(p[seen, came[seen]]).mean()) for p in (model, still))
        scores[word] = of_model, of_still
    return scores


def origins_of(world: World, wanted: int) -> list[np.datetime64]:
    """Days spread over a record, the first after a third of it or two and a half years."""
    dates = weeks_before(world, 10_000)
    first = min(130, dates.size // 3)
    return list(dates[np.unique(np.linspace(first, dates.size - 27, wanted).astype(int))])


def show_men(found: list[Estimate]) -> None:
    """Print the table of fighters."""
    print("| | estimates | CRPS, model | CRPS, last estimate stays | in the band of 90 % |\n|---|---:|---:|---:|---:|")
    groups = {name: [one for one in found if one.war == name] for name in dict.fromkeys(one.war for one in found)}
    for low, high in ((0, 26), (26, 52), (52, AHEAD + 1)):
        groups[f"{low} to {min(high, AHEAD)} weeks ahead"] = [one for one in found if low <= one.weeks < high]
    for name, rows in {**groups, "all": found}.items():
        if rows:
            model, last, within = (np.mean([getattr(one, key) for one in rows]) for key in ("model", "last", "within"))
            print(f"| {name} | {len(rows)} | {model:.2f} | {last:.2f} | {within:.0%} |")


def show_rises(found: list[Rise]) -> None:
    """Print the table of rises."""
    print("\n| said | times | mean probability | came |\n|---|---:|---:|---:|")
    for low, high in pairwise(RANGES):
        rows = [one for one in found if low <= one.probability < high or one.probability == high == 1.0]
        if rows:
            mean, came = np.mean([one.probability for one in rows]), sum(one.happened for one in rows)
            print(f"| {low:.0%} to {high:.0%} | {len(rows)} | {mean:.1%} | {came} |")
    for one in found:
        if one.happened or one.probability >= 0.2:
            word = "came" if one.happened else "did not come"
            print(f"{one.war}, {one.organisation}, from {one.origin}: {one.probability:.0%}, {word}")


def main(
    wars: Annotated[str, typer.Option(help="Wars of the library with commas between; by default all.")] = "",
    origins: Annotated[int, typer.Option(help="Origins of each war.")] = 6,
    members: Annotated[int, typer.Option(help="Simulated wars an origin.")] = 100,
) -> None:
    """Print the tables."""
    men: list[Estimate] = []
    rise: list[Rise] = []
    lines = []
    for name in wars.split(",") if wars else library():
        world = load(name)
        named = [np.datetime64(day) for day in RISE[1]] if name == RISE[0] else []
        for origin in sorted({*origins_of(world, origins), *named}):
            run = simulated(world, origin, members)
            men += estimates(world, origin, run)
            rise += rises(world, origin, run)
            if origin in named:
                cells = [f"{model:.2f} / {still:.2f}" for model, still in log_scores(world, origin, run).values()]
                lines.append(f"| {origin} | " + " | ".join(cells) + " |")
    show_men(men)
    show_rises(rise)
    print("\n| from | " + " | ".join(LEADS) + " |\n|---|" + "---:|" * len(LEADS))
    print("\n".join(lines))


if __name__ == "__main__":
    typer.run(main)
