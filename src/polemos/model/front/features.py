"""What a front looks like to whoever may take a place: the features x of a (place, organisation) and their memory.

The same kernels build the design matrix from the record's weeks and step the simulation, so a hazard fitted on the
one means the same in the other. x names no place and no organisation. A place held by nobody has no defender: what
concerns one is 0 there. Everything about the past is a rate per contact (a place that another organisation faces
next door, for a week), never a count: counts run away and do not carry over to a war of another size.
"""

from __future__ import annotations

import math

import numpy as np

from polemos.model.front.memory import FRESH_WEEKS, Flags, Land, Memory, advance, advance_looked_at
from polemos.model.inputs import AIR
from polemos.model.jit import kernel
from polemos.record.world import Days, Floats, Holders, World

PLACE = (
    "next_door",  # 1 if o holds a neighbour of the place
    "two_roads",  # 1 if o holds no neighbour, but a place two roads away
    "farther",  # 1 if o holds neither
    "share",  # share of the neighbours that o holds
    "local",  # share of the neighbours that o holds and took in the last 8 weeks
    "core_distance",  # ln(1 + hops beyond the first from land that o has held for 26 weeks)
    "return",  # 1 if o has held the place before
    "heat_4",  # ln(1 + 10 h), h captures by o within two roads of the place, faded over 4 weeks
    "heat_52",  # ditto, over 52
    "people",  # ln((people + 3000) / 3000) - 2
)
PAIR = (
    "gain_4",  # captures by o per contact, relative to the reference rate, over about 4 weeks (`log_rate`)
    "gain_26",  # ditto, over 26
    "loss_4",  # places lost by the holder per contact, over 4
    "loss_26",  # ditto, over 26
    "pair",  # captures by o from the holder per contact of the two, over 52
    "stretch_own",  # ln((held + 2) / (mean held over 52 weeks + 2)), of o
    "stretch_foe",  # ditto, of the holder
    "air",  # air support of o less that of the holder, if the two have been fighting
    "patron",  # the largest common patron's scale: the smaller of what it gives to either
)
FEATURES = PLACE + PAIR
NEXT_DOOR, TWO_ROADS, FARTHER, SHARE, LOCAL, CORE_DISTANCE, RETURN, HEAT_4, HEAT_52, PEOPLE = range(len(PLACE))
GAIN_4, GAIN_26, LOSS_4, LOSS_26, PAIR_RATE, STRETCH_OWN, STRETCH_FOE, AIR_GAP, PATRON = range(
    len(PLACE), len(FEATURES)
)

RATE = 0.003
"""Captures per contact-week that rates are relative to: a unit, not an estimate; the levels take up the rest."""
MEMORY_CONTACTS = 40.0
"""Contact-weeks of the prior rate that a memory is mixed with [c]."""
LEAST_LOG, MOST_LOG = -2.5, 3.0
HEAT_UNIT = 0.1
"""Faded captures that the logarithm of heat is relative to: small, so that heat tells whether, more than how much."""
HEAT_SLACK = 1.0 + 1e-9
"""What keeps a bound on heat above what it bounds, whatever the rounding."""
BURST = 8.0
"""Captures by one organisation from another in a week count in a fit for at most this many: what falls in a week has
one cause, and a single collapse would else set the pace of years."""
FOUGHT = 0.3
"""Captures between two, either way and faded over a year, above which they count as fighting."""
Matrix = np.ndarray[tuple[int, ...], np.dtype[np.float32]]


def support(world: World, dates: Days) -> tuple[Floats, Floats]:
    """Air support [T, O] and largest common patron [T, O, O] on each date, by the supports that run then.

    Air is the sum over patrons of the scale, as `inputs.support_levels`; a patron that gives several kinds counts
    by the largest.
    """
    rows = world.supports
    patrons = sorted(set(rows.patron))
    air = np.zeros((len(patrons), dates.size, world.nobody))
    scale = np.zeros_like(air)
    for row, (patron, kind) in enumerate(zip(rows.patron, rows.kind, strict=True)):
        client = rows.client[row]
        if client < 0:
            continue
        runs = (rows.start[row] <= dates) & (np.isnat(rows.end[row]) | (dates < rows.end[row]))
        gift = rows.scale[row] * runs
        for levels in (scale, air) if kind in AIR else (scale,):
            column = levels[patrons.index(patron), :, client]
            np.maximum(column, gift, out=column)
    common = np.zeros((dates.size, world.nobody, world.nobody))
    for gift in scale:
        np.maximum(common, np.minimum(gift[:, :, np.newaxis], gift[:, np.newaxis, :]), out=common)
    return air.sum(0), common


@kernel
def place_features(x: Floats, p: int, memory: Memory, ground: Land) -> None:
    """Fill the features `PLACE` of a place for every organisation, x [O, ...]; those of its holder mean nothing."""
    nobody = memory.held.size
    x[:, : PEOPLE + 1] = 0.0
    first, last = ground.near_start[p], ground.near_start[p + 1]
    for e in range(first, last):
        q = ground.near[e]
        o = memory.holder[q]
        if o < nobody:
            x[o, SHARE] += 1.0 / (last - first)
            if memory.weeks[q] < FRESH_WEEKS:
                x[o, LOCAL] += 1.0 / (last - first)
    second = np.int64(0)
    for e in range(ground.two_start[p], ground.two_start[p + 1]):
        second |= np.int64(1) << np.int64(memory.holder[ground.two[e]])
    for o in range(nobody):
        if (memory.beside[p] >> o) & 1:
            x[o, NEXT_DOOR] = 1.0
        elif (second >> o) & 1:
            x[o, TWO_ROADS] = 1.0
        else:
            x[o, FARTHER] = 1.0
        x[o, CORE_DISTANCE] = memory.far[o, p]
        x[o, RETURN] = (memory.ever[p] >> o) & 1
        if memory.heat[1, o, p] > 0.0:
            x[o, HEAT_4] = math.log1p(memory.heat[0, o, p] / HEAT_UNIT)
            x[o, HEAT_52] = math.log1p(memory.heat[1, o, p] / HEAT_UNIT)
        x[o, PEOPLE] = ground.people[p]


@kernel
def warmth(p: int, o: int, memory: Memory, b: Floats) -> float:
    """The factor that heat puts on the rate at which o takes p; 1 where it is cold."""
    if memory.heat[1, o, p] == 0.0:
        return 1.0
    return math.exp(
        b[HEAT_4] * math.log1p(memory.heat[0, o, p] / HEAT_UNIT)
        + b[HEAT_52] * math.log1p(memory.heat[1, o, p] / HEAT_UNIT)
    )


@kernel
def hottest(memory: Memory, b: Floats) -> float:
    """At least the `warmth` of anybody anywhere, and at least 1: above a rate times it a draw needs no logarithm."""
    top = 1.0
    for o in range(memory.held.size):
        month, year = 0.0, 0.0
        for p in range(memory.holder.size):
            month, year = max(month, memory.heat[0, o, p]), max(year, memory.heat[1, o, p])
        if year > 0.0:
            u = max(b[HEAT_4], 0.0) * math.log1p(month / HEAT_UNIT) + max(b[HEAT_52], 0.0) * math.log1p(
                year / HEAT_UNIT
            )
            top = max(top, HEAT_SLACK * math.exp(u))
    return top


@kernel
def log_rate(captures: float, contacts: float, rate: float) -> float:
    """Logarithm of captures per contact-week, relative to the war's rate, mixed with it and clipped."""
    value = math.log((captures + MEMORY_CONTACTS * rate) / ((contacts + MEMORY_CONTACTS) * rate))
    return min(max(value, LEAST_LOG), MOST_LOG)


@kernel
def stretch(memory: Memory, o: int) -> float:
    """Change of size over the year."""
    return math.log((memory.held[o] + 2.0) / (memory.usual[o] + 2.0))


@kernel
def side_features(sides: Floats, memory: Memory) -> None:
    """Fill what concerns one organisation alone, sides [O, 5]: gains over 4 and 26 weeks, losses over both, stretch."""
    for o in range(memory.held.size):
        for span in range(2):
            sides[o, span] = log_rate(memory.gained[span, o], memory.facing[span, o], RATE)
            sides[o, 2 + span] = log_rate(memory.lost[span, o], memory.faced[span, o], RATE)
        sides[o, 4] = stretch(memory, o)


@kernel
def pair_features(
    x: Floats, o: int, d: int, captures: Floats, contacts: Floats, air: Floats, patron: Floats, sides: Floats
) -> None:
    """Fill the features `PAIR` of an organisation against a holder, x [...]; d may be nobody.

    The memory's two arrays are handed over one by one: passing all of it on costs more than the features.
    """
    x[GAIN_4], x[GAIN_26], x[STRETCH_OWN] = sides[o, 0], sides[o, 1], sides[o, 4]
    if d == captures.shape[0]:
        x[LOSS_4], x[LOSS_26], x[PAIR_RATE], x[STRETCH_FOE], x[AIR_GAP], x[PATRON] = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
        return
    x[LOSS_4], x[LOSS_26], x[STRETCH_FOE] = sides[d, 2], sides[d, 3], sides[d, 4]
    x[PAIR_RATE] = log_rate(captures[o, d], contacts[o, d], RATE)
    x[AIR_GAP] = air[o] - air[d] if captures[o, d] + captures[d, o] > FOUGHT else 0.0
    x[PATRON] = patron[o, d]


@kernel
def sign(captures: float) -> float:
    """What each of the captures by one organisation from another in one week counts for in a fit."""
    return BURST / max(captures, BURST)


@kernel
def design(
    holders: Holders, looked: Flags, ground: Land, memory: Memory, air: Floats, patron: Floats, x: Matrix,
    outcomes: Matrix, signs: Matrix, pairs: Floats,
) -> int:  # fmt: skip
    """Replay the weeks `holders` [T, P] from `memory` on its first, which is left standing on the last.

    A row of x [n, F] is a week, a place and another organisation that holds any; `outcomes` is 1 where that one holds
    the place a week later, and 0 where nobody looked at the place in both weeks (`looked` [T - 1, P]); `signs` is what
    such a capture counts for (`sign`). `pairs` [O, O + 1, F] is room to work in. Returns the number of rows.
    """
    nobody = memory.held.size
    mine = np.zeros((nobody, PEOPLE + 1))
    row = 0
    sides = np.zeros((nobody, 5))
    captures = np.zeros((nobody + 1, nobody + 1))
    for week in range(holders.shape[0] - 1):
        side_features(sides, memory)
        captures[:] = 0.0
        for p in range(holders.shape[1]):
            if looked[week, p]:
                captures[holders[week + 1, p], holders[week, p]] += 1.0
        for o in range(nobody):
            for d in range(nobody + 1):
                pair_features(pairs[o, d], o, d, memory.taken, memory.contacts, air[week], patron[week], sides)
        for p in range(holders.shape[1]):
            d = memory.holder[p]
            place_features(mine, p, memory, ground)
            for o in range(nobody):
                if o == d or memory.held[o] == 0.0:
                    continue
                for f in range(PEOPLE + 1):
                    x[row, f] = mine[o, f]
                for f in range(PEOPLE + 1, x.shape[1]):
                    x[row, f] = pairs[o, d, f]
                outcomes[row] = 1.0 if holders[week + 1, p] == o and looked[week, p] else 0.0
                signs[row] = outcomes[row] * sign(captures[o, d])
                row += 1
        if looked[week].all():
            advance(memory, ground, holders[week + 1], 1.0)
        else:
            advance_looked_at(memory, ground, holders[week + 1], looked[week])
    return row
