"""Captures at the front's own rate: land moves as the learnt front says, men follow, and mechanisms are factors on it.

    rate of o taking p from d = front(features) x tempo of the pair x exp( sum of g_k (z_k - z_k at the origin) )

The front, its tempo that switches and every draw are those of the front hazard (`model.front.simulate`), so with all
exponents at 0 the land of each member is the front hazard's, bit for bit. z
and the exponents are those of `model.front.factors`. Where two are at war that were not at the origin, or no longer,
the rate is that of the record's pairs with war or without. Where events before the origin are known, the rate is
`fight_weight` [place, taker] times that for four weeks. What is drawn here is the capture; the battle before it is
booked with it: it began as long before as the war's own assaults last (the median of contested spells before the
origin), or as towns of its size usually take where the record shows none; at most since the origin. The
winner commits the least of
what beats and then holds the place and 0.4 of its reserve; for each capture there are exp(-(a + b ln 3)) assaults that
fail. `fate` and `release` book the men of both. Where strengths are not known, men stay out of it, and so do their
exponents. What this is not: a plan; who has no men at hand captures as the front says, and garrisons thinly.
Source: own form; docs/mechanisms-on-the-map.md.
"""

import math
from typing import NamedTuple

import numpy as np

from polemos.model.front.entries import entering
from polemos.model.front.factors import (
    ARMS,
    BASIS_UNTIL,
    BELIEF,
    FADE_WEEKS,
    FREED,
    LEARNT,
    LOST,
    MEN,
    tilt,
    tilt_by_relation,
)
from polemos.model.front.features import PEOPLE, hottest
from polemos.model.front.pair_scatter import SCATTER_WEEKS
from polemos.model.front.regimes import PROCESS as SWITCHING
from polemos.model.front.regimes import Tempo, switch
from polemos.model.front.simulate import EVENT, WINNER, bounds, most_of, place_rates, pull
from polemos.model.front.simulate import PROCESS as FRONT
from polemos.model.groups import Clock, Sites, View, Weeks
from polemos.model.jit import kernel
from polemos.model.past_pace import PARITY
from polemos.model.process import Array, Opening, Parameter, Process, fixed
from polemos.model.process import normal as gauss
from polemos.model.process import uniform as flat
from polemos.model.processes.credibility import weight
from polemos.model.processes.memory import member
from polemos.model.rng import normal, stream, uniform
from polemos.model.state import ATTACKER_WON, CAPTURE, DEFENDER_HELD
from polemos.record.world import Flags, Floats, Holders

REPULSED, LENGTH = 2, 3
RECENT = 4
"""Weeks after the origin in which events before it tell, as they were counted in `model.event_observations`."""
PART = 0.4


class Inputs(NamedTuple):
    """What it only reads."""

    place_site: Sites
    front_pairs: Sites
    regimes: Tempo
    front_scatter: Floats
    entry_rate: Floats
    air_level: Floats
    arms_level: Floats
    patron: Floats
    people: Floats
    men_known: Flags
    relation: Holders
    gate: Floats
    pinned: Flags
    fight_weight: Floats
    assault_weeks: Floats
    credibility: Floats
    land: Floats
    peak: Floats
    transit: Floats
    supply: Floats


class Values(NamedTuple):
    """Parameters, a value a member."""

    belief_own: Floats
    belief_foe: Floats
    men_own: Floats
    men_foe: Floats
    freed_own: Floats
    freed_foe: Floats
    arms_own: Floats
    arms_foe: Floats
    lost_own: Floats
    lost_foe: Floats
    supply_foe: Floats
    intercept: Floats
    slope: Floats
    sd_b: Floats
    g0: Floats
    g1: Floats


class State(NamedTuple):
    """What it changes."""

    holder: Holders
    attacker: Holders
    garrison: Floats
    assault: Floats
    reserve: Floats
    outcome: Holders
    change: Holders
    battle_start: Weeks
    freed: Floats
    open_pair: Flags
    belief_then: Floats
    men_then: Floats
    freed_then: Floats
    arms_then: Floats
    lost_then: Floats
    supply_then: Floats


@kernel
def exponents(m: int, values: Values, men_known: bool, own: Floats, foe: Floats) -> None:
    """Fill the exponents [5] of one member, taker's and holder's."""
    own[BELIEF], foe[BELIEF] = values.belief_own[m], values.belief_foe[m]
    own[MEN], foe[MEN] = values.men_own[m], values.men_foe[m]
    own[FREED], foe[FREED] = values.freed_own[m], values.freed_foe[m]
    own[ARMS], foe[ARMS] = values.arms_own[m], values.arms_foe[m]
    own[LOST], foe[LOST] = values.lost_own[m], values.lost_foe[m]
    if not men_known:
        own[MEN] = foe[MEN] = 0.0


@kernel
def standing(m: int, step: int, usual_places: Floats, inputs: Inputs, state: State, now: Floats) -> None:
    """Fill z [O, 5] of one member as they stand."""
    nobody = state.reserve.shape[1]
    for o in range(nobody):
        men = 0.0
        for k in range(3):
            men += state.reserve[m, o, k]
            for lag in range(inputs.transit.shape[3]):
                men += inputs.transit[m, o, k, lag]
        now[o, MEN] = men
        now[o, BELIEF] = inputs.credibility[m, o]
        now[o, FREED] = math.log1p(state.freed[m, o])
        now[o, ARMS] = inputs.arms_level[step, o]
        now[o, LOST] = 1.0 - inputs.land[m, o] / inputs.peak[m, o] if inputs.peak[m, o] > 0.0 else 0.0
    for p in range(state.holder.shape[1]):
        d, o = state.holder[m, p], state.attacker[m, p]
        for k in range(3):
            if d < nobody:
                now[d, MEN] += state.garrison[m, p, k]
            if o >= 0:
                now[o, MEN] += state.assault[m, p, k]
    for o in range(nobody):
        now[o, MEN] = math.log(max(now[o, MEN], 1.0) / (usual_places[o] + 1.0))


@kernel
def remember(m: int, now: Floats, then: Floats, first: bool, inputs: Inputs, state: State) -> None:
    """Fill z at the origin [O, 5], which in the first week are those that stand."""
    for o in range(now.shape[0]):
        if first:
            state.belief_then[m, o], state.men_then[m, o] = now[o, BELIEF], now[o, MEN]
            state.freed_then[m, o], state.arms_then[m, o] = now[o, FREED], now[o, ARMS]
            state.lost_then[m, o] = now[o, LOST]
        then[o, BELIEF], then[o, MEN] = state.belief_then[m, o], state.men_then[m, o]
        then[o, FREED], then[o, ARMS], then[o, LOST] = (
            state.freed_then[m, o],
            state.arms_then[m, o],
            state.lost_then[m, o],
        )
    if first:
        for p in range(state.holder.shape[1]):
            state.supply_then[m, p] = inputs.supply[m, p]


@kernel
def commit(m: int, p: int, o: int, people: float, values: Values, state: State) -> None:
    """Send the men of an assault from o's reserve."""
    stock = state.reserve[m, o, 0] + state.reserve[m, o, 1] + state.reserve[m, o, 2]
    defenders = state.garrison[m, p, 0] + state.garrison[m, p, 1] + state.garrison[m, p, 2]
    wanted = PARITY * defenders + 2.0 * (values.g0[m] + values.g1[m] * people / 1000.0)
    share = min(PART, wanted / stock) if stock > 0.0 else 0.0
    for k in range(3):
        state.assault[m, p, k] = share * state.reserve[m, o, k]
        state.reserve[m, o, k] -= state.assault[m, p, k]
    state.attacker[m, p] = o


@kernel
def take(m: int, p: int, o: int, begun: int, men_known: bool, inputs: Inputs, values: Values, state: State) -> None:
    """Book a capture: `fate` and `release` hand the place over, except where men play no part, or nobody held it."""
    state.change[m, p] = CAPTURE
    state.supply_then[m, p] = 1.0
    if men_known and state.holder[m, p] < state.reserve.shape[1]:
        commit(m, p, o, inputs.people[p], values, state)
        state.outcome[m, p] = ATTACKER_WON
        state.battle_start[m, p] = begun
        return
    if men_known:
        commit(m, p, o, inputs.people[p], values, state)
        for k in range(3):
            state.garrison[m, p, k] = state.assault[m, p, k]
            state.assault[m, p, k] = 0.0
        state.attacker[m, p] = -1
    state.holder[m, p] = o


@kernel
def choose(rates: Floats, level: float) -> int:
    """Who takes a place: the first at whom the sum of rates passes the level."""
    winner = -1
    for o in range(rates.size):
        if rates[o] > 0.0:
            winner = o
            level -= rates[o]
            if level < 0.0:
                break
    return winner


@kernel
def weigh(rates: Floats, weight: Floats) -> float:
    """Multiply rates [O] by their weights; returns their sum."""
    total = 0.0
    for o in range(rates.size):
        rates[o] *= weight[o]
        total += rates[o]
    return total


@kernel
def step(clock: Clock, inputs: Inputs, view: View, values: Values, state: State) -> None:
    """Draw who takes what this week."""
    nobody, size, week = state.reserve.shape[1], state.holder.shape[1], clock.step
    appeal, x, mine = np.zeros((nobody, nobody + 1)), np.zeros(view.slopes.shape[1]), np.zeros((nobody, PEOPLE + 1))
    rates, behind, front = np.zeros(nobody), np.zeros(nobody + 1), np.zeros(nobody + 1)
    loose, entry = np.zeros((nobody, nobody + 1)), inputs.entry_rate
    now, then, own, foe = np.zeros((nobody, 5)), np.zeros((nobody, 5)), np.zeros(5), np.zeros(5)
    men_known, reach = inputs.men_known[0], np.zeros(2)
    for m in range(state.holder.shape[0]):
        past, b = member(view.front, m), view.slopes[m]
        draws = stream(clock.keys[m], FRONT, week)
        chances = stream(clock.keys[m], SWITCHING, week)
        pace = inputs.front_scatter[m, (week - 1) // SCATTER_WEEKS]
        switch(state.open_pair[m], loose, pace, inputs.regimes, inputs.front_pairs, chances, week == 1)
        exponents(m, values, men_known, own, foe)
        standing(m, week, past.held, inputs, state, now)
        remember(m, now, then, week == 1, inputs, state)
        tilt(loose, now, then, own, foe)
        tilt_by_relation(loose, inputs.relation[week], inputs.relation[0], inputs.gate)
        pull(past, inputs.air_level[week], inputs.patron[week], b, loose, x, appeal)
        bounds(b, appeal, behind, front, reach)
        populous = np.exp(b[PEOPLE] * view.ground.people)
        supplied = values.supply_foe[m] if men_known else 0.0
        wide = math.exp(abs(supplied))
        failing = math.exp(-values.intercept[m] - values.slope[m] * math.log(PARITY)) if men_known else 0.0
        landless, top = 0.0, hottest(past, b)
        for o in range(nobody):
            if past.held[o] == 0.0:
                landless += entering(entry, past.absent[o])
            state.freed[m, o] *= math.exp(-1.0 / FADE_WEEKS)
        for p in range(size):
            d = past.holder[p]
            if state.holder[m, p] != d or state.attacker[m, p] >= 0 or inputs.pinned[m, p]:
                continue
            beset = past.beside[p] & ~(np.int64(1) << np.int64(d)) != 0
            u, v = uniform(draws, inputs.place_site[p], EVENT), 1.0
            if men_known and d < nobody:
                v = uniform(draws, inputs.place_site[p], REPULSED) / failing
            # 1 - exp(-rate) < rate, so a draw above the bound changes nothing.
            edge, extra = (front[d] if beset else behind[d]) * populous[p], 1.0
            if week <= RECENT:
                extra = inputs.fight_weight[m, p].max()
            most = (edge * top + landless) * wide * extra
            if u > most and v > most:
                continue
            most = (most_of(p, past, b, appeal, reach) * populous[p] + landless) * wide * extra
            if u > most and v > most:
                continue
            total = place_rates(rates, p, past, view.ground, b, appeal, entry, mine)
            if week <= RECENT:
                total = weigh(rates, inputs.fight_weight[m, p])
            hit = total
            if supplied != 0.0 and d < nobody:
                hit *= math.exp(supplied * (inputs.supply[m, p] - state.supply_then[m, p]))
            leaves = u < -math.expm1(-hit)
            if not leaves and v >= hit:
                continue
            o = choose(rates, (uniform(draws, inputs.place_site[p], WINNER) if leaves else 0.5) * total)
            if leaves:
                weeks = inputs.assault_weeks[p] * math.exp(values.sd_b[m] * normal(draws, inputs.place_site[p], LENGTH))
                take(m, p, o, max(week - int(weeks + 0.5), 1), men_known, inputs, values, state)
                state.freed[m, o] += weight(inputs.people[p])
            else:
                commit(m, p, o, inputs.people[p], values, state)
                state.outcome[m, p] = DEFENDER_HELD
                state.battle_start[m, p] = week


def freed_at_origin(freed, freed_record):
    """The captures before the origin."""
    freed[:] = freed_record


def exponent(name: str, meaning: str) -> Parameter:
    """An exponent, 0 unless a theory asserts one: none that was learnt makes a war that was left out score better."""
    value, low, high = LEARNT[name]
    learnt = f"judgement: of seven wars {value:+.2f} ({low:+.2f} to {high:+.2f}), and no better score on one left out"
    return Parameter(name, fixed(0.0), "exponent", meaning, learnt, BASIS_UNTIL)


PROCESS = Process(
    name="captures",
    title="captures at the front's rate",
    kernel=step,
    openings=(Opening("begin", freed_at_origin),),
    parameters=(
        Parameter(
            "slope",
            gauss(1.0, 0.3),
            "per ln ratio",
            "how victory rises with the force ratio",
            "DupuyInstitute",
            "1991-12-31",
            grade="c",
            taken="logistic fit to 631 tabulated battles, 0.78 (0.14), lower than the truth by selection",
        ),
        Parameter(
            "intercept",
            gauss(0.0, 0.3),
            "logit",
            "victory at even strength",
            "DupuyInstitute",
            "1991-12-31",
            grade="c",
            taken="logistic fit to 631 tabulated battles, 0.005 (0.11)",
        ),
        Parameter(
            "sd_b",
            flat(0.7, 1.1),
            "logarithm",
            "scatter of the length",
            "judgement: scatter of 21 assaults of the public record, 1.03 [c]",
            "2015-03-31",
        ),
        exponent("belief_own", "captures by belief in the taker's cause"),
        exponent("belief_foe", "captures by belief in the holder's cause"),
        exponent("men_own", "captures by the logarithm of the taker's fighters per place"),
        exponent("men_foe", "captures by the logarithm of the holder's fighters per place"),
        exponent("freed_own", "captures by the taker's own of the last weeks"),
        exponent("freed_foe", "captures by the holder's own of the last weeks"),
        exponent("arms_own", "captures by weapons, troops and money for the taker"),
        exponent("arms_foe", "captures by weapons, troops and money for the holder"),
        exponent("lost_own", "captures by the share of the taker's peak that is lost"),
        exponent("lost_foe", "captures by the share of the holder's peak that is lost"),
        exponent("supply_foe", "captures by the supply of the place"),
    ),
    writes=State._fields,
    arrays=(
        Array("freed", ("organisation",), "captures"),
        Array("open_pair", ("organisation", "rival"), "yes or no", dtype="?"),
        Array("belief_then", ("organisation",), "share"),
        Array("men_then", ("organisation",), "logarithm of men a place"),
        Array("freed_then", ("organisation",), "logarithm of captures"),
        Array("arms_then", ("organisation",), "scale"),
        Array("lost_then", ("organisation",), "share"),
        Array("supply_then", ("place",), "share", 1.0),
    ),
    pinned=True,
)
