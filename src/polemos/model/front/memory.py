"""What a front remembers of its weeks: who held what and since when, who gained and lost, and how far core land is."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from polemos.model.inputs import roads, two_roads
from polemos.model.jit import kernel
from polemos.record.world import Floats, Holders, Ints, World
from polemos.scenario.settings import MOST_ORGANISATIONS

FADING = (math.exp(-1 / 4), math.exp(-1 / 26))
FADING_YEAR = math.exp(-1 / 52)
FRESH_WEEKS, CORE_WEEKS = 8, 26
HEAT_WEEKS = (4.0, 52.0)
HEAT_FADING = (math.exp(-1 / HEAT_WEEKS[0]), math.exp(-1 / HEAT_WEEKS[1]))
ECHO = 0.3
"""What a simulated capture counts for in the memory of gains, losses and heat. A capture in the record is a sign of
an offensive that goes on; a simulated one is a draw, and a sign of nothing. Counted in full, chance feeds itself."""
COLD = 1e-3
"""Faded captures below which a place counts as cold: no logarithm is worth its time there."""
MOST_HOPS = 30
"""Hops to land that no road leads to."""

Flags = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
Masks = np.ndarray[tuple[int, ...], np.dtype[np.int64]]


class Land(NamedTuple):
    """The map: neighbours and places two roads away in compressed rows, and the feature `people` [P]."""

    near_start: Ints
    near: Ints
    two_start: Ints
    two: Ints
    people: Floats


class Memory(NamedTuple):
    """What a week hands on to the next. P places, O organisations, two spans (4 and 26 weeks).

    `holder` [P] (O: nobody); `weeks` [P] since the place changed hands; `ever` [P] who has held it and `beside` [P]
    who holds its neighbours, as bits. `held` [O] places, `usual` [O] its mean over a year. Faded counts: captures
    `gained` and losses `lost` [2, O]; contact-weeks as the one who faces, `facing`, and as the holder, `faced`
    [2, O]; captures `taken` and contact-weeks `contacts` [O, O] of o from d. `heat` [2, O, P]: captures by o at the
    place and within two roads of it, over 4 and 52 weeks. `far` [O, P] is the feature `core_distance`; `absent`
    [O] are the weeks since an organisation lost all that it held, 0 while it holds any, -1 before it ever did. `queue`
    and `touched` are room to work in.
    """

    holder: Holders
    weeks: Ints
    ever: Masks
    beside: Masks
    held: Floats
    usual: Floats
    gained: Floats
    lost: Floats
    facing: Floats
    faced: Floats
    taken: Floats
    contacts: Floats
    heat: Floats
    far: Floats
    absent: Ints
    queue: Ints
    touched: Ints


def land(world: World) -> Land:
    """The map of a world."""
    graph = roads(world)
    second = two_roads(graph)
    people = np.log((world.places.people + 3000) / 3000) - 2
    return Land(graph.start, graph.near, second.start, second.near, people)


def begin(holder: Holders, ground: Land, organisations: int) -> Memory:
    """Memory on the first week of a record: everything counts as held for long, and nothing has happened.

    Raises `ValueError` above `MOST_ORGANISATIONS`.
    """
    if organisations > MOST_ORGANISATIONS:
        raise ValueError(f"{organisations} organisations; the front hazard can tell {MOST_ORGANISATIONS} apart")
    size = holder.size
    held_places = np.bincount(holder, minlength=organisations + 1)[:organisations].astype(np.float64)
    start = Memory(
        holder=holder.astype(np.int8),
        weeks=np.full(size, CORE_WEEKS, np.int32),
        ever=np.int64(1) << holder.astype(np.int64),
        beside=np.zeros(size, np.int64),
        held=held_places,
        usual=held_places.copy(),
        gained=np.zeros((2, organisations)),
        lost=np.zeros((2, organisations)),
        facing=np.zeros((2, organisations)),
        faced=np.zeros((2, organisations)),
        taken=np.zeros((organisations, organisations)),
        contacts=np.zeros((organisations, organisations)),
        heat=np.zeros((2, organisations, size)),
        far=np.zeros((organisations, size)),
        absent=np.where(held_places > 0, 0, -1).astype(np.int32),
        queue=np.zeros(size, np.int32),
        touched=np.zeros(organisations + 1, np.int32),
    )
    look_around(start, ground)
    return start


@kernel
def measure(memory: Memory, ground: Land, o: int) -> None:
    """Lay the distances from o's core land: that held for 26 weeks, or all it holds where there is none."""
    size = memory.holder.size
    far, queue = memory.far[o], memory.queue
    far[:] = math.log(float(MOST_HOPS))
    last = 0
    for least in (CORE_WEEKS, 0):
        if last == 0:
            for p in range(size):
                if memory.holder[p] == o and memory.weeks[p] >= least:
                    queue[last] = p
                    far[p] = -1.0
                    last += 1
    first, hops = 0, 0
    while first < last:
        value = math.log(1.0 + max(hops - 1, 0))
        rim = last
        for at in range(first, rim):
            p = queue[at]
            far[p] = value
            if hops < MOST_HOPS - 1:
                for e in range(ground.near_start[p], ground.near_start[p + 1]):
                    q = ground.near[e]
                    # What waits in the queue is marked by -1, what is laid is nearer than the unreached.
                    if far[q] == math.log(float(MOST_HOPS)):
                        far[q] = -1.0
                        queue[last] = q
                        last += 1
        first = rim
        hops += 1


@kernel
def extend(memory: Memory, ground: Land, o: int, p: int) -> None:
    """Shorten the distances from o's core land, now that p belongs to it too: what `measure` would lay."""
    far, queue = memory.far[o], memory.queue
    queue[0], far[p] = p, 0.0
    first, last, hops = 0, 1, 1
    while first < last and hops < MOST_HOPS:
        value = math.log(1.0 + max(hops - 1, 0))
        rim = last
        for at in range(first, rim):
            r = queue[at]
            for e in range(ground.near_start[r], ground.near_start[r + 1]):
                q = ground.near[e]
                if far[q] > value:
                    far[q] = value
                    queue[last] = q
                    last += 1
        first = rim
        hops += 1


@kernel
def look_around(memory: Memory, ground: Land) -> None:
    """Fill what follows from who holds what: neighbours' holders and distances."""
    for p in range(memory.holder.size):
        bits = np.int64(0)
        for e in range(ground.near_start[p], ground.near_start[p + 1]):
            bits |= np.int64(1) << np.int64(memory.holder[ground.near[e]])
        memory.beside[p] = bits
    for o in range(memory.held.size):
        measure(memory, ground, o)


@kernel
def warm(memory: Memory, ground: Land, o: int, p: int, weight: float) -> None:
    """Add `weight` captures of p by o to the heat of the places within two roads."""
    for span in range(2):
        heat = memory.heat[span, o]
        heat[p] += weight
        for e in range(ground.near_start[p], ground.near_start[p + 1]):
            heat[ground.near[e]] += weight
        for e in range(ground.two_start[p], ground.two_start[p + 1]):
            heat[ground.two[e]] += weight


@kernel
def cool(memory: Memory) -> None:
    """Let the heat fade by a week."""
    for span in range(2):
        for o in range(memory.held.size):
            heat = memory.heat[span, o]
            for p in range(heat.size):
                if heat[p] > 0.0:
                    heat[p] = heat[p] * HEAT_FADING[span] if heat[p] > COLD else 0.0


@kernel
def advance(memory: Memory, ground: Land, then: Holders, weight: float) -> None:
    """Go on to the next week, at whose end `then` [P] hold the places.

    A capture adds `weight` to what the memory counts: 1 in a record, `ECHO` in a simulation.

    Contacts are counted as they stood before the changes, which are what they led to.
    """
    nobody = memory.held.size
    holder, touched = memory.holder, memory.touched
    for span in range(2):
        for o in range(nobody):
            memory.gained[span, o] *= FADING[span]
            memory.lost[span, o] *= FADING[span]
            memory.facing[span, o] *= FADING[span]
            memory.faced[span, o] *= FADING[span]
    for o in range(nobody):
        for d in range(nobody):
            memory.taken[o, d] *= FADING_YEAR
            memory.contacts[o, d] *= FADING_YEAR
    cool(memory)
    touched[:] = 0
    cored = np.int64(0)
    for p in range(holder.size):
        d = holder[p]
        if memory.weeks[p] >= CORE_WEEKS:
            cored |= np.int64(1) << np.int64(d)
        others = memory.beside[p] & ~(np.int64(1) << np.int64(d))
        o = 0
        while others >> o != 0 and o < nobody:
            if (others >> o) & 1:
                for span in range(2):
                    memory.facing[span, o] += 1.0
                    if d < nobody:
                        memory.faced[span, d] += 1.0
                if d < nobody:
                    memory.contacts[o, d] += 1.0
            o += 1
    for p in range(holder.size):
        d, o = holder[p], then[p]
        if o == d:
            memory.weeks[p] = min(memory.weeks[p] + 1, 30000)
            if memory.weeks[p] == CORE_WEEKS:
                if (cored >> np.int64(d)) & 1 and d < nobody:
                    extend(memory, ground, d, p)
                else:
                    touched[d] = 1
            continue
        # Distances are laid from core land alone, where there is any: what else changes hands leaves them.
        if memory.weeks[p] >= CORE_WEEKS or not (cored >> np.int64(d)) & 1:
            touched[d] = 1
        if not (cored >> np.int64(o)) & 1:
            touched[o] = 1
        if o < nobody:
            memory.held[o] += 1.0
            for span in range(2):
                memory.gained[span, o] += weight
            warm(memory, ground, o, p, weight)
        if d < nobody:
            memory.held[d] -= 1.0
            for span in range(2):
                memory.lost[span, d] += weight
        if o < nobody and d < nobody:
            memory.taken[o, d] += weight
        memory.weeks[p] = 0
        memory.ever[p] |= np.int64(1) << np.int64(o)
    for p in range(holder.size):
        if then[p] != holder[p]:
            holder[p] = then[p]
            for e in range(ground.near_start[p], ground.near_start[p + 1]):
                q = ground.near[e]
                bits = np.int64(0)
                for f in range(ground.near_start[q], ground.near_start[q + 1]):
                    bits |= np.int64(1) << np.int64(memory.holder[ground.near[f]])
                memory.beside[q] = bits
    for o in range(nobody):
        memory.usual[o] += (1.0 - FADING_YEAR) * (memory.held[o] - memory.usual[o])
        if memory.held[o] > 0.0:
            memory.absent[o] = 0
        elif memory.absent[o] >= 0:
            memory.absent[o] = min(memory.absent[o] + 1, 30000)
        if touched[o]:
            measure(memory, ground, o)


@kernel
def advance_looked_at(memory: Memory, ground: Land, then: Holders, looked: Flags) -> None:
    """Go on to the next week of a record of which only some places were `looked` at [P], at its start and its end.

    Any other place is no contact, and a holder that shows there has captured nothing: it moves what is held and its
    yearly mean alike. What nobody had been seen to hold counts as held for long, as at the start of a record.
    """
    nobody, size = memory.held.size, memory.holder.size
    faces, faced = np.zeros(nobody), np.zeros(nobody)
    contacts = np.zeros((nobody, nobody))
    still = then.copy()
    for p in range(size):
        if looked[p]:
            continue
        d = memory.holder[p]
        still[p] = d
        for o in range(nobody):
            if o != d and (memory.beside[p] >> o) & 1:
                faces[o] += 1.0
                if d < nobody:
                    faced[d] += 1.0
                    contacts[o, d] += 1.0
    advance(memory, ground, still, 1.0)
    for o in range(nobody):
        for span in range(2):
            memory.facing[span, o] = max(memory.facing[span, o] - faces[o], 0.0)
            memory.faced[span, o] = max(memory.faced[span, o] - faced[o], 0.0)
        for d in range(nobody):
            memory.contacts[o, d] = max(memory.contacts[o, d] - contacts[o, d], 0.0)
    shown = False
    for p in range(size):
        d, o = memory.holder[p], then[p]
        if o == d:
            continue
        shown = True
        if o < nobody:
            memory.held[o] += 1.0
            memory.usual[o] += 1.0
        if d < nobody:
            memory.held[d] -= 1.0
            memory.usual[d] = max(memory.usual[d] - 1.0, 0.0)
        memory.weeks[p] = FRESH_WEEKS if d < nobody else CORE_WEEKS
        memory.ever[p] |= np.int64(1) << np.int64(o)
        memory.holder[p] = o
    for o in range(nobody):
        if memory.held[o] > 0.0:
            memory.absent[o] = 0
    if shown:
        look_around(memory, ground)
