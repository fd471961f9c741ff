"""The kinds of statistics that a fact can be, each a number of every simulated war, and of the record where it can be.

A function takes a chunk of trajectories and a fact, and gives values [m]: NaN where the fact does not come up in a war
(no such battle, never so little land), infinite where it comes up and does not end. `Lacking` is raised where the
trajectories have no such series.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from polemos.ensemble.summary import held_weights
from polemos.inference.facts.series import WEEK, at, attacks, between, land, number, series
from polemos.model.state import CHANNELS
from polemos.model.trajectory import Trajectories
from polemos.questions.member_answers import Lacking
from polemos.questions.voronoi import cells
from polemos.record.world import Flags, Floats, day

if TYPE_CHECKING:
    from polemos.inference.facts.facts import Fact

FEW = 30
"""Events under which no exponent or clustering is estimated."""
BASE_WEEKS = 13
"""Weeks at the start whose mean a fall is measured from."""
SHUFFLES = 20


def loss_rate(chunk: Trajectories, fact: Fact) -> Floats:
    """-ln(land at the end / land at the start) a week."""
    first, last = at(chunk, fact.start), at(chunk, fact.end)
    mine = land(chunk, fact)
    weeks = float((chunk.dates[last] - chunk.dates[first]) / WEEK)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(mine[:, first] > 0, -np.log(mine[:, last] / mine[:, first]) / weeks, np.nan)


def _decline(chunk: Trajectories, fact: Fact) -> tuple[Floats, Floats, Floats]:
    """Weeks of the peak, of the first fall to `level` of it, and of the last land lost (inf: never)."""
    begun = int(np.searchsorted(chunk.dates, chunk.origin))
    mine = land(chunk, fact)[:, begun:]
    peak = mine.argmax(axis=1)
    weeks = np.arange(mine.shape[1])
    after = weeks[None] >= peak[:, None]
    low = after & (mine <= fact.level * mine.max(axis=1, keepdims=True))
    is_gone = after & (mine == 0)
    when = [np.where(is_low.any(axis=1), is_low.argmax(axis=1), np.inf) for is_low in (low, is_gone)]
    return peak.astype(float), when[0], when[1]


def stall(chunk: Trajectories, fact: Fact) -> Floats:
    """Weeks from the first fall to `level` of the peak until nothing is held."""
    _, low, is_gone = _decline(chunk, fact)
    with np.errstate(invalid="ignore"):
        return np.where(np.isfinite(low), is_gone - low, np.nan)


def stall_share(chunk: Trajectories, fact: Fact) -> Floats:
    """The stall as a share of the whole decline, from peak to nothing; NaN where something is held at the end."""
    peak, low, is_gone = _decline(chunk, fact)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(np.isfinite(is_gone) & (is_gone > peak), (is_gone - low) / (is_gone - peak), np.nan)


def last_places(chunk: Trajectories, fact: Fact) -> Floats:
    """Share of the places held last that are among `places`; NaN where more than `level` of the peak is still held."""
    begun = int(np.searchsorted(chunk.dates, chunk.origin))
    mine = chunk.control[:, begun:] == number(chunk, fact)
    count = mine.sum(axis=2)
    inside = np.isin(chunk.world.places.id, fact.places)
    last = count.shape[1] - 1 - (count[:, ::-1] > 0).argmax(axis=1)
    every = np.arange(chunk.members)
    share = (mine[every, last] & inside).sum(axis=1) / np.maximum(count[every, last], 1)
    return np.where((count.max(axis=1) > 0) & (count[:, -1] <= fact.level * count.max(axis=1)), share, np.nan)


def worst_loss(chunk: Trajectories, fact: Fact) -> Floats:
    """The most lost in any `weeks` weeks of the window, as a share of what was held at its start."""
    first, last = between(chunk, fact)
    mine, span = land(chunk, fact)[:, first:last], int(fact.weeks)
    lost = (mine[:, :-span] - mine[:, span:]).max(axis=1)
    return np.where(mine[:, 0] > 0, lost / np.maximum(mine[:, 0], 1e-9), np.nan)


def battle_days(chunk: Trajectories, fact: Fact) -> Floats:
    """Median days of assaults on the organisation that begin in the window, in places of at least `level` people."""
    battles = chunk.battles
    if battles is None:
        raise Lacking
    big = chunk.world.places.people[battles.place] >= (fact.level or 0.0)
    mine = (
        (battles.defender == number(chunk, fact))
        & big
        & (battles.start >= day(fact.start))
        & (battles.start < day(fact.end))
    )
    mine &= ~np.isnat(battles.end)
    days = (battles.end - battles.start).astype(float)
    values = [np.median(days[mine & (battles.member == m)]) if (mine & (battles.member == m)).any() else np.nan
              for m in range(chunk.members)]  # fmt: skip
    return np.array(values)


def clustering(chunk: Trajectories, fact: Fact) -> Floats:
    """How many times as often a place goes over within `weeks` of a neighbour of its side, than with shuffled dates."""
    captures = chunk.captures
    if captures is None or CHANNELS.index("switch") not in captures.channel:
        raise Lacking
    links = chunk.world.links
    beside = np.zeros((len(chunk.world.places.id),) * 2, bool)
    beside[links.a, links.b] = beside[links.b, links.a] = True
    rng = np.random.default_rng(0)
    values = np.full(chunk.members, np.nan)
    for m in range(chunk.members):
        mine = (captures.member == m) & (captures.channel == CHANNELS.index("switch"))
        if mine.sum() < FEW:
            continue
        place, side, week = captures.place[mine], captures.before[mine], (captures.date[mine] - chunk.dates[0]) / WEEK
        pairs = beside[np.ix_(place, place)] & (side[:, None] == side[None, :])
        real = _followed(pairs, week, fact.weeks)
        chance = np.mean([_followed(pairs, rng.permutation(week), fact.weeks) for _ in range(SHUFFLES)])
        values[m] = real / chance if chance > 0 else np.nan
    return values


def _followed(pairs: Flags, week: Floats, within: float) -> float:
    later = week[None, :] - week[:, None]
    return float((pairs & (later > 0) & (later <= within)).any(axis=0).mean())


def size_exponent(chunk: Trajectories, fact: Fact) -> Floats:
    """Maximum-likelihood exponent of the deaths of single battles of at least `level`."""
    from polemos.model.laws.power_law import fit_power_law

    battles = chunk.battles
    if battles is None:
        raise Lacking
    least, values = int(fact.level or 1), np.full(chunk.members, np.nan)
    for m in range(chunk.members):
        deaths = np.round(battles.deaths[battles.member == m])
        deaths = deaths[deaths >= least]
        if deaths.size >= FEW and deaths.max() > least:
            values[m] = fit_power_law(deaths, int(deaths.max()) + 1, least).alpha
    return values


def branching(chunk: Trajectories, fact: Fact) -> Floats:
    """Share of attacks that others bring about: the sum of the coefficients of an integer autoregression.

    Weekly counts on their `weeks` predecessors with a trend, by least squares (Kirchner 2016,
    doi 10.1016/j.spa.2016.02.008, for the self-exciting process that it tends to).
    """
    first, last = between(chunk, fact)
    counts, lags = attacks(chunk, fact)[:, first:last], int(fact.weeks)
    values = np.full(chunk.members, np.nan)
    for m in range(chunk.members):
        x = counts[m]
        if x.sum() < FEW or x.size < 4 * lags:
            continue
        past = np.stack([x[lags - k : x.size - k] for k in range(1, lags + 1)], axis=1)
        trend = np.linspace(-1, 1, len(past))
        matrix = np.column_stack([past, np.ones(len(past)), trend])
        values[m] = np.linalg.lstsq(matrix, x[lags:], rcond=None)[0][:lags].sum()
    return values


def count(chunk: Trajectories, fact: Fact) -> Floats:
    """Attacks in the window."""
    first, last = between(chunk, fact)
    return np.asarray(attacks(chunk, fact)[:, first + 1 : last].sum(axis=1), float)


def change(chunk: Trajectories, fact: Fact) -> Floats:
    """Attacks in the last `weeks` of the window over those in its first."""
    first, last = between(chunk, fact)
    mine, span = attacks(chunk, fact)[:, first + 1 : last], int(fact.weeks)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(mine[:, -span:].sum(axis=1) / mine[:, :span].sum(axis=1))


def fall_when(chunk: Trajectories, fact: Fact) -> Floats:
    """Fall of a series when the places held have first fallen by `level` of their most; both from the origin on."""
    begun = int(np.searchsorted(chunk.dates, chunk.origin)) + 1
    mine = held_weights(chunk.control, cells(chunk.world.places), chunk.world.nobody)[:, begun:, number(chunk, fact)]
    other = series(chunk, fact, fact.series)[:, begun:]
    low = mine <= (1.0 - fact.level) * mine.max(axis=1, keepdims=True)
    low &= np.arange(mine.shape[1]) >= mine.argmax(axis=1)[:, None]
    values = np.full(chunk.members, np.nan)
    for m in np.flatnonzero(low.any(axis=1)):
        then, base = int(low[m].argmax()), float(other[m, :BASE_WEEKS].mean())
        if base > 0:
            values[m] = 1.0 - float(other[m, max(then - 3, 0) : then + 1].mean()) / base
    return values


def outside_share(chunk: Trajectories, fact: Fact) -> Floats:
    """Share of attacks in the window that branches elsewhere carry out."""
    first, last = between(chunk, fact)
    abroad = series(chunk, fact, "abroad_attacks")[:, first + 1 : last].sum(axis=1)
    mine = attacks(chunk, fact)[:, first + 1 : last].sum(axis=1)
    with np.errstate(invalid="ignore"):
        return np.asarray(abroad / (abroad + mine))


def behind(chunk: Trajectories, fact: Fact) -> Floats:
    """Share of the underground that is behind the front, mean over the window."""
    first, last = between(chunk, fact)
    deep = series(chunk, fact, "behind")[:, first:last].mean(axis=1)
    hidden = series(chunk, fact, "underground")[:, first:last].mean(axis=1)
    with np.errstate(invalid="ignore"):
        return np.asarray(deep / hidden)


KINDS: dict[str, Callable[[Trajectories, Fact], Floats]] = {
    "loss_rate": loss_rate,
    "stall": stall,
    "stall_share": stall_share,
    "last_places": last_places,
    "worst_loss": worst_loss,
    "battle_days": battle_days,
    "clustering": clustering,
    "size_exponent": size_exponent,
    "branching": branching,
    "count": count,
    "change": change,
    "fall_when": fall_when,
    "outside_share": outside_share,
    "behind": behind,
}
"""`question` (the quantity behind a question) and `none` (nothing in the model) are those of `facts`."""
