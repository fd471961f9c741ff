"""Quantities off the map: counts and ranks of theatres, and pledges that stand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polemos.elsewhere.learn import Learnt, learn
from polemos.elsewhere.paths import NEW, Paths, recorded, simulated
from polemos.model.last_results import LastResults
from polemos.model.trajectory import Trajectories
from polemos.questions.member_answers import ANSWERED, BEYOND, UNASKED, Lacking, Measured
from polemos.questions.quantities import event_days, measure
from polemos.questions.question_view import Outside, View, last_day
from polemos.questions.terms import PledgeCount
from polemos.questions.theatre_quantities import TheatreCount, TheatreRank, Theatres
from polemos.record.world import Days, Flags, Floats, day

TAKES: dict[str, Any] = {"sum": np.sum, "mean": np.mean, "most": np.max, "least": np.min}

_learnt: LastResults[Learnt] = LastResults(8)
"""Chunks of one origin ask for the same, some of them at once."""


def with_elsewhere(trajectories: Trajectories) -> Trajectories:
    """Trajectories with the paths of theatres off the map: those of its members, or of the record.

    Without theatres, and where nothing addresses the draws of the members, they stay without.
    """
    world = trajectories.world
    if trajectories.elsewhere is not None or world.theatres is None or not world.theatres.id:
        return trajectories
    if world.origin is None:
        return replace(trajectories, elsewhere=recorded(world))
    if trajectories.keys is None:
        return trajectories
    dates = trajectories.dates
    places_held = np.stack([(trajectories.control == o).sum(axis=2) for o in range(world.nobody)], axis=2)
    until = last_day(trajectories)
    learnt = _learnt.of(world.digest(), lambda: learn(world))
    paths = simulated(learnt, world.origin, until, dates, places_held.astype(float), trajectories.keys)
    return replace(trajectories, elsewhere=paths)


def paths_of(window: View) -> Paths:
    """The paths of a chunk. Raises `Lacking` where it has none."""
    if window.trajectories.elsewhere is None:
        raise Lacking
    paths: Paths = window.trajectories.elsewhere
    return paths


def chosen_theatres(selector: Theatres, paths: Paths) -> Flags:
    """Theatres of a selector: bool[T]."""
    flags = np.ones(len(paths.network), bool)
    for names, column in (
        (selector.networks, paths.network),
        (selector.organisations, paths.organisation),
        (selector.countries, paths.country),
        (selector.regions, paths.region),
    ):
        if names is not None:
            flags &= np.isin(column, names)
    if selector.but_not is not None:
        flags &= ~chosen_theatres(selector.but_not, paths)
    return flags


def _table(paths: Paths, what: str, year: int) -> Floats | None:
    """Counts [m, T] in a year; None where it was not counted to its end."""
    if year not in paths.years:
        return None
    table: Floats = paths.counts[what][:, :, paths.years.index(year)]
    return None if np.isnan(table).any() else table


def _by_country(paths: Paths, table: Floats, flags: Flags) -> tuple[list[str], Floats]:
    """Sums [m, C] of the chosen theatres by country; each new one is a country of its own."""
    columns = np.flatnonzero(flags)
    names = [f"{NEW} {c}" if paths.country[c] == NEW else paths.country[c] for c in columns]
    countries = list(dict.fromkeys(names))
    sums = np.zeros((len(table), len(countries)))
    for column, name in zip(columns, names, strict=True):
        sums[:, countries.index(name)] += table[:, column]
    return countries, sums


def _year(quantity: TheatreCount, paths: Paths, table: Floats) -> Floats:
    flags = chosen_theatres(quantity.of, paths)
    value: Floats
    if quantity.across == "sum":
        value = table[:, flags].sum(axis=1)
    else:
        countries, sums = _by_country(paths, table, flags)
        if quantity.across == "active":
            value = (sums >= 1).sum(axis=1).astype(float)
        else:
            named = [countries.index(name) for name in quantity.of.countries or countries if name in countries]
            missing = len(quantity.of.countries or countries) - len(named)
            inside = np.concatenate([sums[:, named], np.zeros((len(sums), missing))], axis=1)
            value = TAKES[quantity.across](inside, axis=1)
    if quantity.less is not None:
        value = value - table[:, chosen_theatres(quantity.less, paths)].sum(axis=1)
    if quantity.share_of is not None:
        whole = table[:, chosen_theatres(quantity.share_of, paths)].sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            value = np.where(whole > 0, value / whole, 0.0)
    return value


@measure.register
def _(quantity: TheatreCount, window: View) -> Measured:
    paths = paths_of(window)
    tables = [_table(paths, quantity.what, year) for year in quantity.years]
    values = [_year(quantity, paths, table) for table in tables if table is not None]
    if not values or (len(values) < len(tables) and quantity.take not in ("most", "sum")):
        raise Outside
    if len(values) < len(tables) and (quantity.less or quantity.share_of) and quantity.take != "most":
        raise Outside
    value = np.asarray(TAKES[quantity.take](np.array(values), axis=0), np.float64)
    status = ANSWERED if len(values) == len(tables) else BEYOND
    # Years to come can only add to a sum, or to the most of several.
    return Measured(value, np.full(value.size, status, np.int8), rising=True)


@measure.register
def _(quantity: TheatreRank, window: View) -> Measured:
    paths = paths_of(window)
    flags = chosen_theatres(quantity.among, paths)
    names = np.array(paths.region if quantity.by == "region" else paths.country)
    flags &= names != NEW
    groups = list(dict.fromkeys(names[flags].tolist()))
    tables = [_table(paths, quantity.what, year) for year in quantity.years]
    values = [table for table in tables if table is not None]
    if not values:
        raise Outside
    value = np.zeros(len(values[0]))
    for table in values:
        sums = np.stack([table[:, flags & (names == group)].sum(axis=1) for group in groups], axis=1)
        if quantity.name in groups:
            mine = sums[:, groups.index(quantity.name)]
            value += (mine > 0) & ((sums > mine[:, np.newaxis]).sum(axis=1) < quantity.top)
    status = ANSWERED if len(values) == len(tables) else BEYOND
    return Measured(value, np.full(value.size, status, np.int8), rising=True)


@measure.register
def _(quantity: PledgeCount, window: View) -> Measured:
    paths = paths_of(window)
    members = len(paths.pledges.ends)
    if quantity.date is not None:
        dates: Days = np.full(members, day(quantity.date))
        status = np.full(members, ANSWERED, np.int8)
    else:
        assert quantity.around is not None
        first = event_days(quantity.around, window)
        dates = first + np.timedelta64(quantity.around.days[1], "D")
        absent = UNASKED if window.last >= day(quantity.around.until) else BEYOND
        status = np.where(np.isnat(first), absent, ANSWERED).astype(np.int8)
    late = ~np.isnat(dates) & (np.isnat(paths.until) | (dates > paths.until))
    status = np.where(late, BEYOND, status).astype(np.int8)
    count, share = paths.pledges.on(quantity.network, window.trajectories.origin, dates)
    value: NDArray[np.float64] = count if quantity.unit == "amount" else share
    return Measured(np.where(status == ANSWERED, value, np.nan), status)
