"""Theatres and pledges of simulated wars, year by year; the record is a path with one member.

Every member draws its own coefficients and rates, its own counts, and follows its own core: what the organisation in
which a network has its centre holds in that simulated war. New countries appear in every network at its past rate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polemos.elsewhere.counts import BLOCK, draw_nb, mean_of, size_of
from polemos.elsewhere.learn import Learnt
from polemos.elsewhere.pledges import Standing, core_of, go_on, same_pledges
from polemos.record.theatres import MEASURES, Pledges, Theatres
from polemos.record.world import Days, World

Floats = NDArray[np.float64]
NEW = "new"
"""Country and region of a theatre that there was not at the origin."""

SLOTS = 8
"""New countries of a network in a year at most."""


@dataclass(frozen=True, slots=True)
class Paths:
    """Counts of members in calendar years.

    `counts` holds [m, T, Y] by measure, NaN in a year that was not counted to its end; theatres are described by
    `organisation`, `network`, `country` and `region` [T], new ones with `NEW`. `until` is the last day of the pledges.
    """

    years: tuple[int, ...]
    organisation: tuple[str, ...]
    network: tuple[str, ...]
    country: tuple[str, ...]
    region: tuple[str, ...]
    counts: dict[str, Floats]
    pledges: Standing
    until: np.datetime64


def recorded(world: World) -> Paths | None:
    """What was counted, and the pledges of the record, as paths with one member; None where there are no theatres."""
    theatres = world.theatres
    if theatres is None:
        return None
    counts, years = by_year(theatres)
    return Paths(
        years,
        theatres.organisation,
        theatres.network,
        theatres.country,
        theatres.region,
        {name: table[np.newaxis] for name, table in counts.items()},
        same_pledges(world.pledges, 1),
        last_pledge(world.pledges),
    )


def repeated(world: World, until: np.datetime64) -> Paths | None:
    """What comes if every year is like the last twelve months and all pledges stand: paths with one member.

    `world` is cut at its origin. None where it has no theatres, or not twelve months of them.
    """
    theatres = world.theatres
    if theatres is None or not theatres.id or theatres.months.size < BLOCK:
        return None
    years = tuple(range(int(str(world.until)[:4]) - 2, int(str(until)[:4]) + 1))
    sums, of = by_year_known(theatres, years), theatres.months.astype("datetime64[Y]").astype(int) + 1970
    counts = {}
    for name in MEASURES:
        last = theatres.counts(name)[:, -BLOCK:].sum(axis=1, keepdims=True)
        blocks = np.array([(of == year).sum() for year in years]) / BLOCK
        table = sums[name] + last * (1 - blocks)
        ended = np.array([np.datetime64(f"{year}-12-31") <= until and covered(theatres, year) for year in years])
        counts[name] = np.where(ended, table, np.nan)[np.newaxis]
    described = theatres.organisation, theatres.network, theatres.country, theatres.region
    return Paths(years, *described, counts, same_pledges(world.pledges, 1), until)


def last_pledge(pledges: Pledges | None) -> np.datetime64:
    """The last day of the table of pledges."""
    return np.datetime64("NaT", "D") if pledges is None or not pledges.date.size else pledges.date.max()


def by_year(theatres: Theatres) -> tuple[dict[str, Floats], tuple[int, ...]]:
    """Sums [T, Y] by calendar year, NaN where a month of it was not counted, by measure; and the years."""
    of = theatres.months.astype("datetime64[Y]").astype(int) + 1970
    years = tuple(range(int(of.min()), int(of.max()) + 1)) if of.size else ()
    counts = {}
    for name in MEASURES:
        table = theatres.counts(name)
        sums = [
            table[:, of == year].sum(axis=1) if (of == year).sum() == BLOCK else np.full(len(table), np.nan)
            for year in years
        ]
        counts[name] = np.stack(sums, axis=1) if sums else np.zeros((len(table), 0))
    return counts, years


@dataclass(frozen=True, slots=True)
class Frame:
    """What all members share: theatres of the origin and, after them, slots for new ones.

    `marks` [B + 1] bound the blocks, `slots` are the rows of each network and block, `core` [S] is the theatre whose
    core a slot follows, `first` [B] are the calendar years in which blocks begin, `early` the share of their months.
    """

    learnt: Learnt
    marks: Days
    years: tuple[int, ...]
    slots: dict[tuple[str, int], NDArray[np.intp]]
    core: NDArray[np.intp]
    home: NDArray[np.bool_]
    ratios: dict[str, Floats]
    first: tuple[int, ...]
    early: float


def framed(learnt: Learnt, origin: np.datetime64, until: np.datetime64) -> Frame:
    """The blocks from the last month known to the last day, and the slots of the theatres to come."""
    theatres, start = learnt.theatres, learnt.ended.astype("datetime64[M]")
    count = max(-(-int((until.astype("datetime64[M]") + 1 - start).astype(int)) // BLOCK), 1)
    marks = start + BLOCK * np.arange(count + 1)
    theatre_count, extra = len(theatres.id), len(learnt.networks) * count * SLOTS
    of = {network: row for row, network in enumerate(theatres.network)}
    keys = [(network, block) for network in learnt.networks for block in range(count)]
    slots = {key: theatre_count + SLOTS * number + np.arange(SLOTS) for number, key in enumerate(keys)}
    return Frame(
        learnt,
        marks.astype("datetime64[D]"),
        tuple(range(int(str(origin)[:4]) - 2, int(str(until)[:4]) + 1)),
        slots,
        np.repeat(np.array([of[network] for network, _ in keys], np.intp), SLOTS),
        np.concatenate([theatres.home, np.zeros(extra, bool)]),
        {
            name: np.concatenate([learnt.ratios[name], np.full(extra, learnt.sizes[name].mean)])
            for name in ("deaths", "civilians")
        },
        tuple(int(str(mark)[:4]) for mark in marks[:-1]),
        (BLOCK + 1 - int(str(start)[5:7])) / BLOCK,
    )


def simulated(
    learnt: Learnt, origin: np.datetime64, until: np.datetime64, dates: Days, places: Floats, keys: NDArray[np.uint64]
) -> Paths:
    """Paths of members from an origin to a last day.

    `places` [m, D, O] are what each organisation of the map holds on `dates` [D]; `keys` [m] address the draws. A year
    that does not end by `until`, or that began before anybody counted, is NaN.
    """
    theatres, frame = learnt.theatres, framed(learnt, origin, until)
    level = levels(learnt, dates, places, frame.marks)
    theatre_count, size, members = len(theatres.id), frame.home.size, keys.size
    counts = {name: np.zeros((members, size, len(frame.years))) for name in MEASURES}
    for name, sums in by_year_known(theatres, frame.years).items():
        counts[name][:, :theatre_count] = sums
    pledges = same_pledges(learnt.pledges, members)
    ahead = dates >= origin
    centre = {network: core_of(theatres, network) for network in pledges.made}
    for m, key in enumerate(keys):
        rng = np.random.Generator(np.random.Philox(key=int(key)))
        _member(rng, frame, level[m], {name: counts[name][m] for name in MEASURES})
        landless = {
            network: places[m, ahead, core] <= 0
            if core >= 0
            else np.full(int(ahead.sum()), stays_landless(learnt, network))
            for network, core in centre.items()
        }
        go_on(rng, pledges, m, landless, dates[ahead], until, learnt.ends, learnt.joins)
    for column, year in enumerate(frame.years):
        if not np.datetime64(f"{year}-12-31") <= until or not covered(theatres, year):
            for name in MEASURES:
                counts[name][:, :, column] = np.nan
    new = (NEW,) * (size - theatre_count)
    return Paths(
        frame.years,
        theatres.organisation + new,
        theatres.network + tuple(network for network, _ in frame.slots for _ in range(SLOTS)),
        theatres.country + new,
        theatres.region + new,
        counts,
        pledges,
        until,
    )


def stays_landless(learnt: Learnt, network: str) -> bool:
    """Whether a centre off the map is without land at the origin, and so to the end."""
    changes = [] if learnt.pledges is None else learnt.pledges.landless(network)
    return bool(changes and changes[-1][1])


def covered(theatres: Theatres, year: int) -> bool:
    """Whether what was counted before the origin begins by a year."""
    return bool(theatres.months.size and theatres.months[0] <= np.datetime64(f"{year}-01-01"))


def by_year_known(theatres: Theatres, years: tuple[int, ...]) -> dict[str, Floats]:
    """What was counted by the origin in each year, in part for the one that goes on: [T, Y] by measure."""
    of = theatres.months.astype("datetime64[Y]").astype(int) + 1970
    return {
        name: np.stack([theatres.counts(name)[:, of == year].sum(axis=1) for year in years], 1) for name in MEASURES
    }


def levels(learnt: Learnt, dates: Days, places: Floats, marks: Days) -> Floats:
    """log(1 + places) of the core of each theatre at the marks of the blocks [m, T, B + 1], 0 where it has none."""
    at = np.clip(np.searchsorted(dates, marks, side="left") - 1, 0, dates.size - 1)
    places_held = np.log1p(places[:, at])
    core = learnt.theatres.core
    result: Floats = np.where(core[:, np.newaxis] >= 0, places_held[:, :, np.maximum(core, 0)].transpose(0, 2, 1), 0.0)
    return result


def _member(rng: np.random.Generator, frame: Frame, level: Floats, counts: dict[str, Floats]) -> None:
    """Add the simulated blocks of one member to its counts [T, Y]."""
    learnt, values = frame.learnt, frame.learnt.model.draw(rng)
    theatre_count = len(learnt.theatres.id)
    rates = {network: rate.draw(rng) for network, rate in learnt.births.items()}
    now = np.nan_to_num(learnt.attacks[:, -1])
    alive = np.arange(theatre_count)
    change = np.diff(level, axis=1)
    change = np.concatenate([change, change[frame.core]])
    for block in range(frame.marks.size - 1):
        moved, home = change[alive, block], frame.home[alive]
        mean = mean_of(values, now, np.where(home, 0.0, moved), np.where(home, moved, 0.0))
        now = draw_nb(rng, mean, size_of(values, now))
        for network, rate in rates.items():
            rows = frame.slots[network, block][: min(int(rng.poisson(rate)), SLOTS)]
            born = rng.choice(learnt.first, size=rows.size) if learnt.first.size else np.ones(rows.size)
            alive, now = np.concatenate([alive, rows]), np.concatenate([now, born])
        _spread(rng, frame, alive[now > 0], now[now > 0], frame.first[block], counts)


def _spread(
    rng: np.random.Generator,
    frame: Frame,
    rows: NDArray[np.intp],
    attacks: Floats,
    first: int,
    counts: dict[str, Floats],
) -> None:
    """Attacks of a block to the calendar years of its months, each month as likely as another; then their deaths."""
    early = rng.binomial(attacks.astype(np.int64), frame.early).astype(float)
    for year, part in ((first, early), (first + 1, attacks - early)):
        if year not in frame.years:
            continue
        column, some = frame.years.index(year), part > 0
        where, part = rows[some], part[some]
        counts["attacks"][where, column] += part
        for name, mean in frame.ratios.items():
            # A theatre without a dead has a mean of nearly none, never of none.
            means = np.maximum(mean[where], 1e-9) * part
            counts[name][where, column] += draw_nb(rng, means, frame.learnt.sizes[name].size * part)
