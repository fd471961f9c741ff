"""Whether men are right, and whether a rise is seen coming: python tools/men_and_rise.py [--wars A,B] [--members M].

From origins spread over each war of the library (those of the flagship's rise besides), the model runs two years ahead.

1. Fighters. At every dated estimate after an origin, of an organisation of which there was one before: the continuous
   ranked probability score of the logarithm, by how far ahead it lies, of the simulated fighters with the error of an
   estimate (`ESTIMATE_ERROR`), of "the last estimate stays", and of the same with a normal error as wide as it was in
   the other wars; and how often the middle 90 % of the first and the last holds the estimate. Then by organisation what
   moves its men: flows in a year as shares of its mean strength, and where they leave it beside the estimates.
2. Attacks, where the scenario counts them at home by month: the same score of the logarithm of one and the attacks in
   the year after an origin, by country, and that of "the last half-year repeats itself". `--no-counts` leaves the level
   of attacks at the origin to the priors.
3. Rise. An organisation that holds at most two places rises if it holds five or more a year on. How often was it said
   with what probability, and how often did it come; a row is a range of probabilities.
4. The mean log score of all places between 2012-06 and 2014-06 in the flagship, of the model and of "no change".

Prints the tables of docs/mechanisms-on-the-map.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated

import numpy as np
import typer
from scipy.special import ndtri

from polemos.model import engine, initial_state
from polemos.model.past_pace import weeks_before
from polemos.model.process import Process
from polemos.model.processes.turnover import LAND
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
ESTIMATE_ERROR = 0.4
"""Error of an estimate, of the logarithm: two of one organisation that are near in time differ by two such errors."""
QUANTILES = ndtri((np.arange(9) + 0.5) / 9)
WEEKLY = ("recruits", "leavers")
FLOWS = (*WEEKLY, "killed", "captured", "went_over")


def still(holder):  # type: ignore[no-untyped-def]
    """A kernel that changes nothing."""


BOOKS = Process("books", "flows of men", still, (), (), keeps=FLOWS)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A dated estimate that lies `weeks` after an origin: scores of the logarithm, and whether the band holds it.

    `off` and `moved` are the logarithms of the last estimate and of the model's median less that of the estimate.
    `flows` are the men of `FLOWS` from the origin on as shares of the mean strength.
    """

    war: str
    organisation: str
    late: bool
    weeks: int
    model: float
    off: float
    moved: float
    within: bool
    flows: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Attacks:
    """Attacks of a year in a country: those counted, the model's median, and scores of the model and of the past."""

    theatre: str
    origin: np.datetime64
    late: bool
    counted: float
    median: float
    model: float
    repeated: float


@dataclass(frozen=True, slots=True)
class Rise:
    """The probability that an organisation with few places has many a year on, and whether it had."""

    war: str
    origin: np.datetime64
    organisation: str
    probability: float
    happened: bool


def simulated(world: World, origin: np.datetime64, members: int, counts: bool, without: Sequence[str]) -> Trajectories:
    """Wars of the default processes from an origin, with or without what was counted before it."""
    cut = world.as_of(origin)
    until = min(origin + 7 * AHEAD, world.until)
    theory = {} if counts else {"observation": 0.0}
    return engine.simulate(
        engine.prepare(cut, until, members=members, seed=1, added=(BOOKS,), theory=theory, without=without), 0, members
    )


def estimates(world: World, origin: np.datetime64, wars: Trajectories, late: bool) -> Iterator[Estimate]:
    """The dated estimates after an origin, of organisations of the map."""
    cut, table = world.as_of(origin), world.strengths
    if not initial_state.men_known(cut):
        return
    rows = np.flatnonzero((np.array(table.measure) == "fighters") & (table.organisation >= 0))
    # The model's fighters are those in the field.
    fighters = wars.strengths["fighters"].astype(float) / world.organisations.field_share
    first = int(np.searchsorted(wars.dates, origin))
    for row in rows[(table.date[rows] > origin) & (table.date[rows] <= wars.dates[-1])]:
        o = int(table.organisation[row])
        before = rows[(table.organisation[rows] == o) & (table.date[rows] <= origin)]
        if not before.size or table.best[row] < 1:
            continue
        best = np.log(table.best[row])
        last = np.log(max(table.best[before[np.argmax(table.date[before])]], 1.0))
        step = int(np.argmin(np.abs(wars.dates - table.date[row])))
        logarithm = np.log(np.maximum(fighters[:, step, o], 1.0))
        drawn = np.ravel(logarithm[:, np.newaxis] + ESTIMATE_ERROR * QUANTILES)
        low, high = np.quantile(drawn, [0.05, 0.95])
        mean = float(wars.strengths["fighters"][:, first : step + 1, o].mean())
        flows = {name: wars.strengths[name][:, first : step + 1, o].astype(float) for name in FLOWS}
        booked = [one[:, 1:].sum(1) if name in WEEKLY else one[:, -1] - one[:, 0] for name, one in flows.items()]
        yield Estimate(
            world.name,
            world.organisations.id[o],
            late,
            int((table.date[row] - origin).astype(int)) // 7,
            float(crps(drawn, best)),
            float(last - best),
            float(np.median(logarithm) - best),
            bool(low <= best <= high),
            tuple(float(one.mean()) / max(mean, 1.0) for one in booked),
        )


def attacks(world: World, origin: np.datetime64, wars: Trajectories, late: bool) -> Iterator[Attacks]:
    """Attacks at home in the twelve months after the one that an origin lies in, where they were counted."""
    theatres, month = world.theatres, (origin.astype("datetime64[M]") + 1).astype("datetime64[D]")
    year_on = (month.astype("datetime64[M]") + 12).astype("datetime64[D]")
    if theatres is None or wars.attacks is None or year_on > wars.dates[-1]:
        return
    ahead = (theatres.months >= month) & (theatres.months < year_on)
    known = (theatres.months.astype("datetime64[M]") + 1).astype("datetime64[D]") <= origin + np.timedelta64(1, "D")
    steps = (wars.dates > month) & (wars.dates <= year_on)
    for row in np.flatnonzero(theatres.home & (theatres.core >= 0)):
        drawn = wars.attacks[:, steps, theatres.core[row], wars.countries.index(theatres.country[row])].sum(axis=1)
        counted = float(theatres.attacks[row, ahead].sum())
        repeated = 2 * float(theatres.attacks[row, known][-6:].sum())
        score = float(crps(np.log1p(drawn.astype(float)), np.log1p(counted)))
        off = abs(float(np.log1p(repeated) - np.log1p(counted)))
        if np.isfinite(drawn).all():
            yield Attacks(theatres.id[row], origin, late, counted, float(np.median(drawn)), score, off)


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


def widened(every: list[Estimate], one: Estimate) -> tuple[float, bool]:
    """Score of the last estimate with the error that it has in the other wars, and whether its band of 90 % holds."""
    errors = [other.off for other in every if other.war != one.war]
    if not errors:
        return np.nan, False
    sd = float(np.sqrt(np.mean(np.square(errors))))
    drawn = one.off + sd * ndtri((np.arange(99) + 0.5) / 99)
    return float(crps(drawn, 0.0)), bool(abs(one.off) <= sd * ndtri(0.95))


def show_men(every: list[Estimate]) -> None:
    """Print the tables of fighters."""
    heads = ("estimates", "CRPS, model", "last estimate stays", "the same, widened", "in the band, model", "widened")
    print("| | " + " | ".join(heads) + " |\n|---|" + "---:|" * len(heads))
    groups = {name: [one for one in every if one.war == name] for name in dict.fromkeys(one.war for one in every)}
    for low, high in ((0, 26), (26, 52), (52, AHEAD + 1)):
        groups[f"{low} to {min(high, AHEAD)} weeks ahead"] = [one for one in every if low <= one.weeks < high]
    groups["first half of the origins"] = [one for one in every if not one.late]
    groups["second half"] = [one for one in every if one.late]
    for name, rows in {**groups, "all": every}.items():
        if rows:
            scores = [(one.model, abs(one.off), *widened(every, one), one.within) for one in rows]
            model, last, wide, wide_band, band = np.mean(np.array(scores, float), axis=0)
            print(f"| {name} | {len(rows)} | {model:.2f} | {last:.2f} | {wide:.2f} | {band:.0%} | {wide_band:.0%} |")
    show_flows(every)


def pairs(world: World) -> Iterator[tuple[float, float, float, float]]:
    """Consecutive estimates: months between them, changes of the logarithms of fighters and land, and the trend before.

    The trend is that of the two estimates before, over the same months; NaN for the first pair.
    """
    table, people = world.strengths, np.maximum(world.places.people.astype(float), 1000.0)
    for o in range(world.nobody):
        rows = np.flatnonzero((np.array(table.measure) == "fighters") & (table.organisation == o) & (table.best > 0))
        rows, trend = rows[np.argsort(table.date[rows])], np.nan
        for a, b in pairwise(rows):
            days = np.clip(table.date[[a, b]], world.start, world.until)
            land = ((world.holders(days) == o) @ people) + LAND
            months = float((table.date[b] - table.date[a]).astype(int)) / 30.4
            men = float(np.log(table.best[b] / table.best[a]))
            yield months, men, float(np.log(land[1] / land[0])), trend * months
            trend = men / months


def show_pairs(every: list[tuple[float, float, float, float]]) -> None:
    """Print what foretells the next estimate, and how far apart two are that are near in time."""
    months, men, land, trend = np.array(every).T
    known = np.isfinite(trend)
    by_land, by_trend = (men @ land) / (land @ land), (men[known] @ trend[known]) / (trend[known] @ trend[known])
    near = (men - by_land * land)[months < 2]
    text = f"{men.size} pairs of estimates: {by_land:.2f} of the change of land, {by_trend:.2f} of the trend before"
    print(f"\n{text}; less land, those under two months apart differ by {np.sqrt(np.mean(near**2)):.2f}")


def show_flows(every: list[Estimate]) -> None:
    """Print what moves the men of each organisation, and where that leaves it beside its estimates."""
    print("\n| | | model less estimate | last less estimate | " + " | ".join(FLOWS) + " |")
    print("|---|---|" + "---:|" * (2 + len(FLOWS)))
    for war, organisation in sorted({(one.war, one.organisation) for one in every}):
        rows = [one for one in every if (one.war, one.organisation) == (war, organisation)]
        years = max(sum(one.weeks for one in rows) / YEAR, 1.0 / YEAR)
        flows = [f"{sum(one.flows[k] for one in rows) / years:.2f}" for k in range(len(FLOWS))]
        moved, off = (np.mean([getattr(one, key) for one in rows]) for key in ("moved", "off"))
        print(f"| {war} | {organisation} | {moved:+.2f} | {off:+.2f} | " + " | ".join(flows) + " |")


def show_attacks(every: list[Attacks]) -> None:
    """Print the table of attacks."""
    print("\n| from | | counted | median | CRPS, model | last half-year repeats |\n|---|---|---:|---:|---:|---:|")
    for one in every:
        scores = f"{one.model:.2f} | {one.repeated:.2f}"
        print(f"| {one.origin} | {one.theatre} | {one.counted:.0f} | {one.median:.0f} | {scores} |")
    for word, late in (("first half of the origins", False), ("second half", True)):
        rows = [(one.model, one.repeated) for one in every if one.late == late]
        if rows:
            model, repeated = np.mean(rows, axis=0)
            print(f"| {word} | | | | {model:.2f} | {repeated:.2f} |")


def show_rises(found: list[Rise]) -> None:
    """Print the table of rises."""
    print("\n| probability | times | mean probability | happened |\n|---|---:|---:|---:|")
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
    without: Annotated[str, typer.Option(help="Processes to leave out, with commas between.")] = "",
    counts: Annotated[bool, typer.Option(help="Whether counts of events before an origin set the attacks.")] = True,
) -> None:
    """Print the tables."""
    left_out = without.split(",") if without else ()
    men: list[Estimate] = []
    at_home: list[Attacks] = []
    two: list[tuple[float, float, float, float]] = []
    rise: list[Rise] = []
    lines = []
    for name in wars.split(",") if wars else library():
        world = load(name)
        two += pairs(world)
        named = [np.datetime64(day) for day in RISE[1]] if name == RISE[0] else []
        days = sorted({*origins_of(world, origins), *named})
        for origin in days:
            run, late = simulated(world, origin, members, counts, left_out), bool(origin >= days[len(days) // 2])
            men += estimates(world, origin, run, late)
            at_home += attacks(world, origin, run, late)
            rise += rises(world, origin, run)
            if origin in named:
                cells = [f"{model:.2f} / {still:.2f}" for model, still in log_scores(world, origin, run).values()]
                lines.append(f"| {origin} | " + " | ".join(cells) + " |")
    show_men(men)
    show_pairs(two)
    show_attacks(at_home)
    show_rises(rise)
    print("\n| from | " + " | ".join(LEADS) + " |\n|---|" + "---:|" * len(LEADS))
    print("\n".join(lines))


if __name__ == "__main__":
    typer.run(main)
