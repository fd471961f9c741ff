"""What mechanisms are worth on the learnt front: `python tools/mechanisms.py [--wars A,B] [--origins N] [--members M]`.

1. Accounts of belief, men, freed besiegers, support, land lost and supply are replayed along each record with the
   record's own captures, from many origins: what is known at an origin, and what its captures make of it from there on.
2. Exponents are fitted over all wars: the captures of a pair of sides in a week are Poisson with the rate of the front
   as it was learnt at the origin, times a level of its own for each origin and stretch of leads (so that a war that
   slows or quickens as a whole teaches nothing), times exp(sum g_k (z_k - z_k at the origin)). A ridge pulls them to 0
   from both sides; its strength is that which predicts wars left out best. Intervals hold 90 % over redrawn wars and,
   within each, blocks of origins (one step of Newton from the estimate).
3. Each war is simulated by `captures` with the exponents of the others, all and with each mechanism left out, and with
   none, which is the front hazard; the log scores of all places are compared, member by member with the same draws.

Prints the tables of docs/mechanisms-on-the-map.md; with `--write` it writes the exponents beside the code. The accounts
are light: one number for an organisation's men, and the middles of the model's priors. The model's own accounts, which
step 3 runs, count every garrison.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, cast

import numpy as np
import typer
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from polemos.model import engine, initial_state, inputs
from polemos.model.front import fit, regimes
from polemos.model.front.factors import EXPONENTS, FADE_WEEKS, FILE, MOST_CHANGE, MOST_EXPONENT
from polemos.model.past_pace import watched, weeks_before
from polemos.model.processes.credibility import SITE_PEOPLE, weight
from polemos.record.from_scenario import load
from polemos.record.world import Days, Floats, Holders, World
from polemos.scenario.load import library

MOST_LEAD, BLOCKS, REDRAWN = 104, 4, 2000
STRETCHES = (0, 13, 26, 52, MOST_LEAD + 1)
LEVEL_VARIANCE = 0.64
RIDGES = (10.0, 30.0, 100.0, 300.0)
LEADS = {"1mo": 4, "3mo": 13, "6mo": 26, "12mo": 52, "24mo": 104}
GROUPS = ("belief", "men", "freed", "lost", "supply")
"""Mechanisms that are left out one by one; support is carried forward in a forecast, so that it moves nothing there."""
L0, BETA_T, BETA_V, BALANCE_WEEKS = 1.5, 2.0, 1.5, 13.0
LEAK, TO_RUN_OUT, TO_RECOVER = 0.25, 10.0, 6.0
GARRISON, GARRISON_BY_PEOPLE, IN_GARRISON = 100.0, 4.0, 0.75
LOST_OF_BEATEN, LOST_OF_WINNER = 0.65, 0.1
LOCAL, FOREIGN, NU, LEAVING, ETA = 0.03, 450.0, 1.75, 0.0032, 2.0
FLOOR, PRESENT, ANYBODY = 0.001, 0.4, 0.1


@dataclass
class Rows:
    """Captures `came` of a pair of sides in a week, those `expected` by the front, z less that at the origin [n, K].

    `origin` is the week of the origin, `group` that and the stretch of leads; `counts` is what a row counts for.
    """

    war: str
    origin: NDArray[np.int64]
    group: NDArray[np.int64]
    came: Floats
    expected: Floats
    z: Floats
    counts: float


def supplied(world: World, dates: Days, held: Holders) -> Floats:
    """Supply of every place on the dates [T, P]: full where its holder's land joins it to a depot, else running out."""
    a, b = world.links.a, world.links.b
    now = np.ones(held.shape[1])
    course = np.ones(held.shape)
    for t, here in enumerate(held):
        if t == 0 or (dates[t] - dates[0]).astype(int) % 28 == 0:
            depots = np.isfinite(inputs.depot_hours(world, dates[t]))
        same = here[a] == here[b]
        roads = csr_array((np.ones(same.sum()), (a[same], b[same])), shape=(here.size, here.size))
        _, part = connected_components(roads, directed=False)
        at_depot = (here < world.nobody) & depots[np.arange(here.size), np.minimum(here, world.nobody - 1)]
        linked = np.isin(part, part[at_depot])
        if t:
            up, down = (1 - now) * -np.expm1(-1 / TO_RECOVER), (LEAK - now) * -np.expm1(-1 / TO_RUN_OUT)
            now = np.where(here != held[t - 1], 1.0, now + np.where(linked, up, down))
        course[t] = now
    return course


class Accounts:
    """The accounts of a war along its record; [T, O] but for supply [T, P]."""

    def __init__(self, world: World, dates: Days, held: Holders) -> None:
        self.world, self.dates, self.held = world, dates, held
        nobody, weeks = world.nobody, dates.size
        people = world.places.people.astype(float)
        self.demand = GARRISON + GARRISON_BY_PEOPLE * people / 1000
        self.mine = held[:, :, np.newaxis] == np.arange(nobody)
        self.places = self.mine.sum(1)
        self.people = np.einsum("tpo,p->to", self.mine, people)
        land = np.einsum("tpo,p->to", self.mine, np.maximum(people, SITE_PEOPLE))
        peak = np.maximum.accumulate(land, 0)
        self.lost = np.where(peak > 0, 1 - land / np.maximum(peak, 1), 0.0)
        self.claim = np.stack([inputs.attribute(world, day, "claim") for day in dates])
        self.openness = np.stack([inputs.openness(world, day) for day in dates])
        self.arms = inputs.support_levels(world, dates, inputs.ARMS)
        self.supply = supplied(world, dates, held)
        worth = np.array([weight(p) for p in people])
        self.captures: list[list[tuple[int, int, int]]] = [[] for _ in range(weeks)]
        gained, balance, freed = (
            np.zeros((weeks, nobody + 1)),
            np.zeros((weeks, nobody + 1)),
            np.zeros((weeks, nobody + 1)),
        )
        for t, p in zip(*np.nonzero((held[1:] != held[:-1]) & watched(world, dates)), strict=True):
            d, o = int(held[t, p]), int(held[t + 1, p])
            self.captures[t + 1].append((int(p), d, o))
            gained[t + 1, o] += worth[p]
            balance[t + 1, o] += worth[p] / BALANCE_WEEKS
            balance[t + 1, d] -= worth[p] / BALANCE_WEEKS
        for t in range(1, weeks):
            balance[t] += balance[t - 1] * (1 - 1 / BALANCE_WEEKS)
            freed[t] = gained[t] + freed[t - 1] * np.exp(-1 / FADE_WEEKS)
        self.freed = np.log1p(freed[:, :nobody])
        self.belief = 1 / (1 + np.exp(-L0 + 2 * BETA_T * self.claim * self.lost - BETA_V * balance[:, :nobody]))

    def men(self, s: int, weeks: int) -> Floats | None:
        """Logarithm of fighters a place [weeks + 1, O] from an origin, whose later estimates nobody knows; or none."""
        cut = self.world.as_of(self.dates[s])
        if not initial_state.men_known(cut):
            return None
        men = np.maximum(initial_state.strengths(cut, np.ones(1, np.uint64), spread=0.0)[0], 1.0)
        course = np.empty((weeks + 1, men.size))
        for t in range(s, s + weeks + 1):
            if t > s:
                belief = self.belief[t - 1]
                men = men + LOCAL * self.people[t - 1] / 1000 * belief
                men += FOREIGN * self.openness[s] * belief**NU * self.claim[s]
                men *= np.exp(-LEAVING * np.exp(ETA * (1 - belief)))
                for p, d, o in self.captures[t]:
                    if d < men.size:
                        wanted = max(float(self.mine[t - 1, :, d] @ self.demand), 1.0)
                        garrison = self.demand[p] * min(1.0, IN_GARRISON * men[d] / wanted)
                        men[d] -= min(LOST_OF_BEATEN * garrison, 0.9 * men[d])
                        if o < men.size:
                            men[o] -= LOST_OF_WINNER * min(garrison, 0.4 * men[o])
                men = np.maximum(men, 1.0)
            course[t - s] = np.log(men / (self.places[t] + 1))
        return course


def sides(held: Holders, nobody: int) -> tuple[NDArray[np.int64], ...]:
    """Taker, holder and place of every row of a design."""
    takers, holders, places = [], [], []
    for here in held[:-1]:
        there = np.unique(here[here < nobody])
        place = np.repeat(np.arange(here.size), there.size)
        taker = np.tile(there, here.size)
        other = taker != here[place]
        takers.append(taker[other])
        holders.append(here[place[other]])
        places.append(place[other])
    return tuple(np.concatenate(part).astype(np.int64) for part in (takers, holders, places))


def rows_of(name: str, wanted: int) -> Rows:
    """The rows of a war from about so many origins after its warm-up."""
    world = load(name)
    nobody = world.nobody
    dates = weeks_before(world, 10_000)
    past = fit.replay(world)
    accounts = Accounts(world, dates, past.held)
    taker, holder, place = sides(past.held, nobody)
    last = dates.size - 5
    first = min(130, dates.size // 3)
    step = max(1, (last - first) // wanted)
    parts = []
    for s in range(first, last, step):
        cut = past.weeks[s]
        before = replace(
            past, x=past.x[:cut], came=past.came[:cut], signs=past.signs[:cut], weeks=past.weeks[: s + 1],
            held=past.held[: s + 1], looked=None if past.looked is None else past.looked[:cut],
        )  # fmt: skip
        b = fit.learn(before)
        tempo = regimes.learn(before.held, nobody, before.rates(b), before.signs)
        parts.append(
            origin_rows(s, min(MOST_LEAD, dates.size - 1 - s), past, b, tempo, accounts, (taker, holder, place))
        )
    origin, lead, came, expected, z = (np.concatenate(column) for column in zip(*parts, strict=True))
    stretch = np.searchsorted(STRETCHES, lead, side="right")
    _, group = np.unique(origin * 10 + stretch, return_inverse=True)
    # A capture is seen from many origins; together they count for one.
    return Rows(name, origin, group, came, expected, z, step / min(MOST_LEAD, last - first))


def origin_rows(
    s: int, weeks: int, past: fit.Replay, b: Floats, tempo: regimes.Tempo, accounts: Accounts,
    columns: Sequence[NDArray[np.int64]],
) -> tuple[Floats, ...]:  # fmt: skip
    """Origin, lead, captures, expected and z of the pairs of sides, by the change of supply in eighths."""
    nobody = accounts.world.nobody
    part = slice(past.weeks[s], past.weeks[s + weeks])
    o, d, p = (column[part] for column in columns)
    lead = np.repeat(np.arange(weeks), np.diff(past.weeks[s : s + weeks + 1]))
    rate = np.minimum(np.exp(past.x[part].astype(float) @ b), np.exp(1.5))
    if past.looked is not None:
        rate = np.where(past.looked[part], rate, 0.0)
    pace, opened = np.ones((weeks, nobody + 1, nobody + 1)), tempo.opened
    for week in range(weeks):
        pace[week, :nobody, :nobody] = np.exp(tempo.factors[0]) * (1 - opened) + np.exp(tempo.factors[1]) * opened
        opened = opened * (1 - tempo.chances[1]) + (1 - opened) * tempo.chances[0]
    rate = rate * pace[lead, o, d]
    held, supply = accounts.held, accounts.supply
    same = held[s + lead, p] == held[s, p]
    change = np.where(d < nobody, supply[s + lead, p] - np.where(same, supply[s, p], 1.0), 0.0)
    eighth = np.clip(np.rint(8 * change), -8, 8).astype(int) + 8
    key = ((lead * (nobody + 1) + o) * (nobody + 1) + d) * 17 + eighth
    expected = np.bincount(key, rate)
    came = np.bincount(key, past.signs[part], expected.size)
    kept = np.flatnonzero((expected > 1e-3) | (came > 0))
    left, eighth = np.divmod(kept, 17)
    left, d = np.divmod(left, nobody + 1)
    lead, o = np.divmod(left, nobody + 1)
    men = accounts.men(s, weeks)
    men = np.zeros((weeks + 1, nobody)) if men is None else men
    z: dict[str, Floats] = {}
    for name, series, at in (
        *((name, getattr(accounts, name), s) for name in ("belief", "freed", "arms", "lost")),
        ("men", men, 0),
    ):
        padded = np.concatenate([series, np.zeros((series.shape[0], 1))], axis=1)
        for side, who in (("own", o), ("foe", d)):
            z[f"{name}_{side}"] = np.clip(padded[at + lead, who] - padded[at, who], -MOST_CHANGE, MOST_CHANGE)
    z["supply_foe"] = (eighth - 8) / 8
    factors = np.stack([z[name] for name in EXPONENTS], axis=1)
    return cast(tuple[Floats, ...], (np.full(kept.size, s), lead, came[kept], expected[kept], factors))


def levelled(rows: Rows, rate: Floats) -> Floats:
    """Rates with a level for each group, drawn to 1."""
    came, due = np.bincount(rows.group, rows.came), np.bincount(rows.group, rate)
    return rate * ((came + 1 / LEVEL_VARIANCE) / (due + 1 / LEVEL_VARIANCE))[rows.group]


def rates(rows: Rows, g: Floats) -> Floats:
    """Rates with exponents, at their levels."""
    return levelled(rows, rows.expected * np.exp(np.clip(rows.z @ g, -MOST_EXPONENT, MOST_EXPONENT)))


def parts_of(rows: Rows, g: Floats, chosen: NDArray[np.bool_] | None = None) -> tuple[Floats, Floats]:
    """Slope [K] and curvature [K, K] of the likelihood, levels profiled out."""
    some = slice(None) if chosen is None else chosen
    rate, z, group = rates(rows, g)[some], rows.z[some], rows.group[some]
    slope = z.T @ (rows.came[some] - rate)
    total = np.bincount(group, rate, rows.group.max() + 1)
    mean = np.stack([np.bincount(group, rate * column, total.size) for column in z.T], axis=1)
    curve = (z * rate[:, np.newaxis]).T @ z - (mean / np.maximum(total, 1e-9)[:, np.newaxis]).T @ mean
    return rows.counts * slope, rows.counts * curve


def estimate(wars: Sequence[Rows], ridge: float) -> Floats:
    """Exponents [K] of most penalised likelihood."""
    g = np.zeros(len(EXPONENTS))
    for _ in range(12):
        slope, curve = -ridge * g, ridge * np.eye(g.size)
        for rows in wars:
            mine = parts_of(rows, g)
            slope, curve = slope + mine[0], curve + mine[1]
        move = np.linalg.solve(curve, slope)
        g = g + move / max(1.0, 2 * np.abs(move).max())
    return g


def gain(rows: Rows, g: Floats) -> float:
    """Log likelihood a capture over that of exponents of 0."""
    now, before = rates(rows, g), rates(rows, 0 * g)
    return float((rows.came * np.log(now / before) - (now - before)).sum() / rows.came.sum())


def redrawn(wars: Sequence[Rows], g: Floats, ridge: float) -> Floats:
    """Exponents [n, K] of redrawn wars and blocks of their origins."""
    rng = np.random.default_rng(1)
    blocks = [
        [parts_of(rows, g, np.isin(rows.origin, part)) for part in np.array_split(np.unique(rows.origin), BLOCKS)]
        for rows in wars
    ]
    found = []
    for _ in range(REDRAWN):
        slope, curve = -ridge * g, ridge * np.eye(g.size)
        for war in rng.integers(0, len(wars), len(wars)):
            for block in rng.integers(0, BLOCKS, BLOCKS):
                slope, curve = slope + blocks[war][block][0], curve + blocks[war][block][1]
        found.append(g + np.linalg.solve(curve, slope))
    return np.array(found)


def scores(name: str, g: Floats, origins: int, members: int) -> dict[tuple[str, str, int], float]:
    """Log score of all places by variant, lead and origin of a war that was left out of `g`."""
    world = load(name)
    dates = weeks_before(world, 10_000)
    first = min(130, dates.size // 3)
    variants = {"none": 0 * g, "all": g}
    for group in GROUPS:
        variants[f"without {group}"] = np.where([one.startswith(group) for one in EXPONENTS], 0.0, g)
    found = {}
    for s in np.unique(np.linspace(first, dates.size - 6, origins).astype(int)):
        leads = {word: s + weeks for word, weeks in LEADS.items() if s + weeks < dates.size}
        cut = world.as_of(dates[s])
        ground = engine.survey(cut, dates[max(leads.values())])
        now = world.holders(dates[[s]])[0]
        for variant, values in variants.items():
            theory = dict(zip(EXPONENTS, values.tolist(), strict=True))
            setup = engine.prepare(
                cut, ground.dates[-1], members=members, seed=1, added=("captures",), theory=theory, ground=ground
            )
            control = engine.simulate(setup, 0, members).control[:, -setup.dates.size :]
            for word, at in leads.items():
                share = np.stack([(control[:, at - s] == o).mean(0) for o in range(world.nobody + 1)], axis=1) * members
                share += PRESENT * np.eye(world.nobody + 1)[now] + ANYBODY / (world.nobody + 1)
                told = (1 - FLOOR) * share / share.sum(1, keepdims=True) + FLOOR / (world.nobody + 1)
                seen = world.observed(dates[[at]])[0] & world.known_by(dates[s])
                happened = world.holders(dates[[at]])[0]
                found[variant, word, int(s)] = float(-np.log(told[seen, happened[seen]]).mean())
    return found


def change(by_war: dict[str, dict[tuple[str, str, int], float]], variant: str, word: str) -> str:
    """Mean over wars of the change of the log score in per cent of that of the front alone, with its interval."""
    rng, wars = np.random.default_rng(1), []
    for found in by_war.values():
        origins = sorted(s for one, lead, s in found if one == "none" and lead == word)
        if origins:
            wars.append(np.array([[found[variant, word, s], found["none", word, s]] for s in origins]))
    if not wars:
        return "-"

    def mean(some: Sequence[Floats]) -> float:
        return float(np.mean([100 * (one[:, 0].sum() / one[:, 1].sum() - 1) for one in some]))

    again = []
    for _ in range(REDRAWN):
        picked = [wars[i] for i in rng.integers(0, len(wars), len(wars))]
        pairs = [(rng.integers(0, len(one), -(-len(one) // 2))[:, np.newaxis] + [0, 1]) % len(one) for one in picked]
        again.append(mean([one[rows.ravel()] for one, rows in zip(picked, pairs, strict=True)]))
    low, high = np.quantile(again, [0.05, 0.95])
    return f"{mean(wars):+.1f} ({low:+.1f} to {high:+.1f})"


def main(
    wars: Annotated[str, typer.Option(help="Wars of the library with commas between; by default all.")] = "",
    teaching: Annotated[int, typer.Option(help="Origins of each war that teach.")] = 20,
    origins: Annotated[int, typer.Option(help="Origins of each war that are simulated; 0: none.")] = 7,
    members: Annotated[int, typer.Option(help="Simulated wars an origin and variant.")] = 40,
    write: Annotated[bool, typer.Option(help="Write the exponents beside the code.")] = False,
) -> None:
    """Print the table of exponents, and that of scores."""
    names = wars.split(",") if wars else list(library())
    rows = [rows_of(name, teaching) for name in names]
    left_out = {ridge: [estimate([*rows[:i], *rows[i + 1 :]], ridge) for i in range(len(rows))] for ridge in RIDGES}
    gains = {ridge: [gain(one, g) for one, g in zip(rows, found, strict=True)] for ridge, found in left_out.items()}
    for ridge, found in gains.items():
        print(f"ridge {ridge:g}: gain a capture on the war left out {np.round(found, 3)}, mean {np.mean(found):.4f}")
    ridge = max(gains, key=lambda one: float(np.mean(gains[one])))
    g = estimate(rows, ridge)
    again = np.quantile(redrawn(rows, g, ridge), [0.05, 0.95], axis=0)
    print(f"\n| exponent | ridge {ridge:g} | " + " | ".join(f"without {name}" for name in names) + " |")
    print("|---|---:|" + "---:|" * len(names))
    for k, name in enumerate(EXPONENTS):
        apart = " | ".join(f"{one[k]:+.2f}" for one in left_out[ridge])
        print(f"| `{name}` | {g[k]:+.2f} ({again[0, k]:+.2f} to {again[1, k]:+.2f}) | {apart} |")
    if write:
        table = {name: np.round([g[k], *again[:, k]], 2).tolist() for k, name in enumerate(EXPONENTS)}
        content = {"format": 1, "made_by": "tools/mechanisms.py", "exponents": table}
        FILE.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    if not origins:
        return
    by_war = {}
    for name, mine in zip(names, left_out[ridge], strict=True):
        by_war[name] = scores(name, mine, origins, members)
        cells = [change({name: by_war[name]}, "all", word) for word in LEADS]
        print(
            f"{name}, all: " + ", ".join(f"{word} {cell}" for word, cell in zip(LEADS, cells, strict=True)), flush=True
        )
    print("\n| | " + " | ".join(LEADS) + " |\n|---|" + "---:|" * len(LEADS))
    for variant in ("all", *(f"without {group}" for group in GROUPS)):
        print(f"| {variant} | " + " | ".join(change(by_war, variant, word) for word in LEADS) + " |")


if __name__ == "__main__":
    typer.run(main)
