"""Summaries of a window, by which simulated wars and the record are compared: one function for both.

For the organisation in focus: places taken and lost and the changes among others (logarithms of one more); the share of
changes next door to the taker; weeks of battle before a change, mean length and amount of battle; people held after a
quarter, half and the whole of the window relative to its start; how remote from others its last places are; and the
logarithms of estimates of its fighters, those of the three strongest others, its members, and its attacks a week.
Share and means are drawn to a fixed value by one pseudo-count, so that a quiet window has them too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from polemos.inference.windows import Estimate, Window, remoteness
from polemos.model.inputs import roads
from polemos.record.world import Flags, Floats, Holders, World

if TYPE_CHECKING:
    from polemos.model.trajectory import Trajectories

LAND = (
    *("taken", "lost", "others", "adjacent", "fought", "length", "battles"),
    *("land, a quarter", "land, half", "land, end", "last places"),
)
BATTLE = ("fought", "length", "battles")
"""Of a record that marks no place as contested, these are not observed."""
STRENGTH = ("fighters", "strongest other", "second other", "third other", "members", "attacks")
OTHERS = 3
NAMES = (*LAND, *STRENGTH)
LEAST = 0.01
"""Share of all people added to what is held, so that nothing held has a logarithm."""


def land(control: Holders, contested: Flags, world: World, focus: int, remote: Floats) -> Floats:
    """The summaries of `LAND` [m, 11] from holders and battles [m, T, P], a week a step."""
    members, weeks, places = control.shape
    m, t, p = np.nonzero(control[:, 1:] != control[:, :-1])
    before, after = control[m, t, p], control[m, t + 1, p]

    def count(chosen: Any, weights: Any = None) -> Floats:
        return np.asarray(np.bincount(m[chosen], None if weights is None else weights[chosen], members), float)

    every = np.ones(m.size, bool)
    captures, lost = count(after == focus), count(before == focus)
    others = count((after != focus) & (before != focus))
    total = captures + lost + others
    padded = _padded(world)
    beside = (control[m[:, None], t[:, None], padded[p]] == after[:, None]) & (padded[p] >= 0)
    run = np.zeros((members, weeks, places), np.int16)
    run[:, 0] = contested[:, 0]
    for week in range(1, weeks):
        run[:, week] = (run[:, week - 1] + 1) * contested[:, week]
    amount = contested.sum(axis=(1, 2))
    spells = contested[:, 0].sum(1) + (contested[:, 1:] & ~contested[:, :-1]).sum(axis=(1, 2))
    mine = control == focus
    people = mine @ np.asarray(world.places.people, float)
    least = LEAST * world.places.people.sum()
    path = [np.log((people[:, at] + least) / (people[:, 0] + least)) for at in (weeks // 4, weeks // 2, weeks - 1)]
    holds = mine.any(axis=2)
    at = weeks - 1 - np.argmax(holds[:, ::-1], axis=1)
    last = mine[np.arange(members), at]
    columns = [
        *(np.log1p(x) for x in (captures, lost, others)),
        (count(beside.any(axis=1)) + 0.5) / (total + 1.0),
        (count(every, np.log1p(run[m, t, p])) + 1.0) / (total + 1.0),
        np.log((amount + 4.0) / (spells + 1.0)),
        np.log1p(amount),
        *path,
        np.log1p((last @ remote) / np.maximum(last.sum(axis=1), 1)),
    ]
    return np.stack(columns, axis=1).astype(np.float64)


def _padded(world: World) -> Any:
    """Neighbours of every place [P, most], -1 where there are no more."""
    graph = roads(world)
    most = max(1, int(np.diff(graph.start).max()))
    rows = np.full((graph.start.size - 1, most), -1)
    for p in range(rows.shape[0]):
        near = graph.near[graph.start[p] : graph.start[p + 1]]
        rows[p, : near.size] = near
    return rows


def still(control: Holders, contested: Flags, window: Window) -> tuple[Holders, Flags]:
    """Holders and battles [m, T, P] in which nothing happens where nobody looked throughout: record and model alike."""
    unseen = ~window.looked
    if not unseen.any():
        return control, contested
    control, contested = control.copy(), contested.copy()
    control[:, :, unseen], contested[:, :, unseen] = control[:, :1, unseen], False
    return control, contested


def simulated(trajectories: Trajectories, window: Window) -> Floats:
    """The summaries of simulated members [m, 17], NaN for what the window has no estimate of."""
    at = [int(np.searchsorted(trajectories.dates, date)) for date in window.dates]
    control, world = trajectories.control[:, at], window.world
    remote = remoteness(world, window.start, window.focus)
    columns = land(*still(control, fights(trajectories, window), window), world, window.focus, remote)
    men = trajectories.strengths["fighters"] / world.organisations.field_share
    hidden = trajectories.strengths["underground"][..., window.focus]

    def step(date: np.datetime64) -> int:
        return int(np.argmin(np.abs(trajectories.dates - date)))

    def logs(values: Any) -> Any:
        return np.log(np.maximum(values, 1.0))

    strength = np.full((trajectories.members, len(STRENGTH)), np.nan)
    for column, rows in enumerate(forces(window)):
        if rows:
            strength[:, column] = np.mean([logs(men[:, step(e.date), e.organisation]) for e in rows], axis=0)
    if window.members:
        whole = [logs(men[:, step(e.date), window.focus] + hidden[:, step(e.date)]) for e in window.members]
        strength[:, -2] = np.mean(whole, axis=0)
    if window.attacks and trajectories.attacks is not None:
        e = window.attacks[-1]
        rate = trajectories.attacks[:, at[1:], window.focus, trajectories.countries.index(e.country)].mean(axis=1)
        strength[:, -1] = np.log(rate + 0.1)
    return np.concatenate([columns, strength], axis=1)


def fights(trajectories: Trajectories, window: Window) -> Flags:
    """Whether there is a battle at each place on each date of a window [m, T, P]."""
    dates = window.dates
    flags = np.zeros((trajectories.members, dates.size, len(window.world.places.id)), bool)
    battles = trajectories.battles
    if battles is None:
        return flags
    end = np.where(np.isnat(battles.end), dates[-1] + 1, battles.end)
    for step, date in enumerate(dates):
        now = (battles.start <= date) & (end > date)
        flags[battles.member[now], step, battles.place[now]] = True
    return flags


def observed(window: Window) -> Floats:
    """The summaries of the record [17]."""
    world, dates = window.world, window.dates
    contested = np.stack([world.contested(date) for date in dates])[np.newaxis]
    remote = remoteness(world, window.start, window.focus)
    columns = land(*still(world.holders(dates)[np.newaxis], contested, window), world, window.focus, remote)[0]
    if not world.spells.contested.any():
        columns[[LAND.index(name) for name in BATTLE]] = np.nan
    strength = np.full(len(STRENGTH), np.nan)
    for column, rows in enumerate(_estimates(window)):
        if rows:
            strength[column] = np.mean([np.log(e.best) for e in rows])
    if window.attacks:
        strength[-1] = np.log(window.attacks[-1].best / (365.25 / 7) + 0.1)
    return np.concatenate([columns, strength])


def noise(window: Window) -> Floats:
    """Standard deviation of the error of each summary of the record [17]; land is taken as recorded."""
    sd = np.zeros(len(NAMES))
    for column, rows in enumerate(_estimates(window)):
        if rows:
            sd[len(LAND) + column] = np.sqrt(np.sum([e.log_sd**2 for e in rows])) / len(rows)
    return sd


def forces(window: Window) -> list[list[Estimate]]:
    """Estimates of fighters of the organisation in focus, and of the three others whose first is largest."""
    others = [e for e in window.fighters if e.organisation != window.focus]
    first = {e.organisation: e for e in sorted(others, key=lambda e: e.date, reverse=True)}
    ranked = sorted(first, key=lambda o: (-first[o].best, o))[:OTHERS]
    chosen = [window.focus, *ranked, *[-1] * (OTHERS - len(ranked))]
    return [[e for e in window.fighters if e.organisation == o] for o in chosen]


def _estimates(window: Window) -> list[list[Estimate]]:
    return [*forces(window), list(window.members), list(window.attacks[-1:])]
