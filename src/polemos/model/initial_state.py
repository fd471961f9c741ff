"""The state at an origin, from what was known on its evening.

1. Holders are the record's: a change dated by the origin has happened, however wide its precision. 2. Strength of
an organisation: its last estimate of `fighters` (a series of its own, never joined with `members` nor averaged), drawn
log-normally on either side of the best, so that low and high are its 5 and 95 % points; without any, 50 men a place
held, as long as that concerns less than a tenth of the places held (else men play no part: `men_known`). In each member
every source overstates or understates all that it says. `field_share` takes part.
3. Garrisons by demand, at most three quarters of the men, and none below `g_min` while men last (a place that is held
is held by somebody); the rest is in reserve. 4. Cohorts by
the shares of locals and foreigners. 5. Underground: `shadow` of the fighters, over places lost in the last three years
and the fronts, by people; who held none, over the countries in which attacks of it were counted. 6. Memory, balance of
victories and peak of land are replayed from the record: starting them at zero was the prototype's largest mistake.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from polemos.model import past_pace
from polemos.model.front import distance_levels, features
from polemos.model.front import memory as front_memory
from polemos.model.inputs import CORE, FOREIGN, LOCAL, attribute
from polemos.model.process import Parameter, fixed, lognormal, uniform
from polemos.model.processes import credibility
from polemos.model.rng import draws
from polemos.record.world import WAR, World, site

MEN_PER_PLACE = 50.0
SPREAD = 1.6448536269514722
PARTS = 0.75
RULE_OF_THUMB = "men per place"
KNOWN = 0.9
"""Share of the held places whose holders' strength must be known for men to play a part; judged."""

PARAMETERS = (
    Parameter("g_min", uniform(30.0, 100.0), "men", "least garrison that stays", "judgement: a platoon or two [?]"),
    Parameter(
        "shadow",
        lognormal(0.3, 1.0),
        "share of fighters",
        "members underground at the origin",
        "judgement: no evidence [?]",
    ),
    Parameter(
        "strength_spread",
        fixed(1.0),
        "of the range",
        "how far strengths are drawn",
        "judgement: a switch; the spread is that of the estimates themselves",
    ),
    Parameter(
        "source_share",
        fixed(0.5),
        "share of the variance",
        "error of a strength that its source makes in all it says",
        "judgement: no evidence [?]",
    ),
    Parameter(
        "observation",
        fixed(1.0),
        "exponent",
        "weight of events where they are given",
        "judgement: a switch; events are the record",
    ),
)

Array = np.ndarray[Any, np.dtype[Any]]


def strengths(world: World, keys: Array, source_share: Array | float = 0.0, spread: Array | float = 1.0) -> Array:
    """Fighters of every organisation, drawn for every member [m, O], men.

    `spread` [m] is a factor on the standard deviation of the logarithm. `source_share` [m] of its variance is the
    source's, the same for all that it says in a member.
    """
    from scipy.special import ndtri

    holders = world.holders([world.until])[0]
    median = np.array([MEN_PER_PLACE * np.count_nonzero(holders == o) for o in range(world.nobody)], float)
    below, above = np.full(world.nobody, 0.7), np.full(world.nobody, 0.7)
    source = [RULE_OF_THUMB] * world.nobody
    table = world.strengths
    for o in range(world.nobody):
        rows = np.flatnonzero((table.organisation == o) & (np.array(table.measure) == "fighters"))
        if rows.size:
            last = rows[np.argmax(table.date[rows])]
            median[o], source[o] = table.best[last], table.source[last]
            best = max(median[o], 1.0)
            below[o] = np.log(max(best / max(table.low[last], 1.0), 1.0)) / SPREAD
            above[o] = np.log(max(table.high[last] / best, 1.0)) / SPREAD
    sites = np.array([site(o) for o in world.organisations.id], np.uint64)
    u = draws(keys, site("initial strength"), sites)
    biases = draws(keys, site("source bias"), np.array([site(name) for name in source], np.uint64))
    shared = np.reshape(source_share, (-1, 1))
    error = np.sqrt(shared) * ndtri(biases) + np.sqrt(1.0 - shared) * ndtri(u)
    log_sd = np.where(error < 0, below, above)
    men: Array = median * np.exp(np.reshape(spread, (-1, 1)) * log_sd * error) * world.organisations.field_share
    return men


def estimated(world: World) -> Array:
    """Organisations with an estimate of fighters by the origin: bool[O]."""
    table = world.strengths
    rows = (table.organisation >= 0) & (np.array(table.measure) == "fighters")
    has_estimate = np.zeros(world.nobody, bool)
    has_estimate[table.organisation[rows]] = True
    return has_estimate


def men_known(world: World) -> bool:
    """Whether those of whom there is an estimate hold `KNOWN` of the held places at the origin or more.

    Otherwise men play no part and land moves at the front's rate alone: what is made of absent numbers would decide
    the war.
    """
    holders = world.holders([world.until])[0]
    holders = holders[holders < world.nobody]
    return bool(holders.size and estimated(world)[holders].mean() >= KNOWN)


def cohorts(world: World) -> Array:
    """Shares of the core, foreign and local cohorts [O, 3]."""
    shares = np.zeros((world.nobody, 3))
    shares[:, FOREIGN] = attribute(world, world.until, "foreign_share")
    shares[:, LOCAL] = np.minimum(attribute(world, world.until, "local_share"), 1 - shares[:, FOREIGN])
    shares[:, CORE] = 1 - shares[:, FOREIGN] - shares[:, LOCAL]
    return shares


def fill(world: World, setting: dict[str, Any], state: dict[str, Any], par: dict[str, Any], keys: Array) -> None:
    """Set holders, men, underground members and peaks of land in a chunk's state."""
    holder = world.holders([world.until])[0]
    state["holder"][:] = holder
    state["before"][:] = holder
    people, nobody = setting["people"], world.nobody
    start, near = setting["near_start"], setting["near"]
    war = setting["relation"][0] == WAR
    front = np.zeros(holder.size, bool)
    for p in range(holder.size):
        foes = holder[near[start[p] : start[p + 1]]]
        front[p] = holder[p] < nobody and bool(war[holder[p], foes[foes < nobody]].any())
    demand = (par["g0"][:, None] + par["g1"][:, None] * people / 1000.0) * np.where(front, 2.0, 1.0)
    men = strengths(world, keys, par["source_share"], par["strength_spread"])
    shares = cohorts(world)
    for o in range(nobody):
        places = np.flatnonzero(holder == o)
        budget = PARTS * men[:, o]
        least = np.minimum(par["g_min"], budget / max(places.size, 1))
        wanted = np.zeros(keys.size)
        for place in places:
            wanted = wanted + np.maximum(demand[:, place] - least, 0.0)
        part = np.minimum(1.0, (budget - least * places.size) / np.maximum(wanted, 1e-9))
        reserve = men[:, o].copy()
        for place in places:
            garrison = least + part * np.maximum(demand[:, place] - least, 0.0)
            reserve -= garrison
            state["garrison"][:, place, :] = garrison[:, None] * shares[o]
        state["reserve"][:, o, :] = np.maximum(reserve, 0.0)[:, None] * shares[o]
    _hide(world, setting, state, par, men, front)


def _hide(
    world: World, setting: dict[str, Any], state: dict[str, Any], par: dict[str, Any], men: Array, front: Array
) -> None:
    holders = world.holders(past_pace.weeks_before(world, past_pace.REPLAY_WEEKS))
    people = np.maximum(world.places.people, credibility.SITE_PEOPLE)
    for o in range(world.nobody):
        here = (holders == o).any(axis=0) | front
        if not (holders == o).any():
            # Who never held a place, but attacks, is underground where it attacks.
            here = (setting["home_attacks"][o] > 0)[setting["country"]]
        here &= holders[-1] != o
        if here.any():
            spread = np.where(here, people, 0.0) / people[here].sum()
            state["underground"][:, :, o] = (par["shadow"] * men[:, o])[:, None] * spread


def remember(past: front_memory.Memory, members: int) -> front_memory.Memory:
    """The memory of the front at the origin, as replayed from the record, for every member."""
    return front_memory.Memory._make(np.repeat(array[np.newaxis], members, axis=0) for array in past)


def slopes(
    past: front_memory.Memory,
    par: dict[str, Any],
    ground: front_memory.Land,
    pace: past_pace.Pace,
    prepared: dict[str, Any],
) -> Array:
    """Slopes of the front [m, F] from their priors, with levels set so that mean appeals are the record's pace."""
    b = np.zeros((par["feedback"].size, len(features.FEATURES)))
    b[:, features.SHARE], b[:, features.LOCAL], b[:, features.CORE_DISTANCE] = (
        par["share_slope"],
        par["fresh_slope"],
        par["core_slope"],
    )
    memories = [features.GAIN_4, features.GAIN_26, features.LOSS_4, features.LOSS_26, features.PAIR_RATE]
    b[:, memories] = (par["feedback"] / len(memories))[:, np.newaxis]
    members = remember(past, b.shape[0])
    pull = np.zeros((b.shape[0], past.held.size, past.held.size + 1))
    distance_levels.pulls(0, members, b, prepared["air_level"], prepared["patron"], pull)
    distance_levels.centre(members.holder, members, ground, pull, pace.rate, b)
    return b


def believe(world: World, setting: dict[str, Any], state: dict[str, Any], par: dict[str, Any]) -> None:
    """Balance of victories from the record's weeks, and the peak of land, before the first step of credibility."""
    people = setting["people"]
    score = past_pace.victories(world, np.array([credibility.weight(p) for p in people]))
    fade = 1.0 / par["balance_weeks"]
    balance = np.zeros_like(state["balance"])
    for week in score:
        balance = balance * (1.0 - fade)[:, None] + fade[:, None] * week
    state["balance"][:] = balance
    days = past_pace.weeks_before(world, 10_000)
    holders = world.holders(days)
    weight = np.maximum(people, credibility.SITE_PEOPLE)
    for o in range(world.nobody):
        state["peak"][:, o] = ((holders == o) * weight).sum(axis=1).max()
