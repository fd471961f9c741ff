"""Changes of hands whose recorded day lies before the origin, but that may have come after it.

A day that is known to a month or a season is drawn within its precision, in every member. Where it falls after the
origin, the member begins with the holder before, a battle under way by the one who is to come, and the fall on the
drawn day: that it fell is what the record says.

The rule against look-ahead. The record is cut by its recorded days first, as `World.as_of` does, and only what is left
is drawn. So a change recorded after the origin is never seen, however wide its precision; a change recorded by then is
known, as everywhere in polemos, and a draw can only make it later. Members differ where the last change of a place
straddles the origin, and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from polemos.model.front import memory
from polemos.model.rng import draws
from polemos.model.state import ATTACKER_WON
from polemos.record.world import WAR, World, site

SIEGE_PARITY, SIEGE_PART = 1.5, 0.3
"""Men before a place under siege: in terms of its garrison, and at most of the reserve."""
UNTIL_DUE = 9000
"""Weeks that a battle whose end is known has left: it does not end before."""

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, slots=True)
class Straddling:
    """Places whose last change may lie after the origin [N]: from whom, to whom, its spell, and how far back."""

    place: Array
    before: Array
    after: Array
    row: Array
    back: Array
    width: Array


def straddling(world: World) -> Straddling:
    """Those between two at war on the origin; what is handed over otherwise stays as recorded.

    A change that came while nobody looked, or from a guessed holder, is none that may come later.
    """
    spells, origin, nobody = world.spells, world.until, world.nobody
    assert spells.observed is not None
    war = world.relation(origin) == WAR
    rows = []
    for row in range(1, spells.place.size):
        last = row + 1 == spells.place.size or spells.place[row + 1] != spells.place[row]
        if not last or spells.place[row - 1] != spells.place[row] or not np.isnat(spells.end[row]):
            continue
        if not (spells.observed[row - 1] and spells.observed[row]):
            continue
        back = int((origin - spells.start[row]).astype(int))
        before, after = int(spells.holder[row - 1]), int(spells.holder[row])
        if spells.precision[row] > back and nobody not in (before, after) and war[before, after]:
            rows.append((spells.place[row], before, after, row, back, spells.precision[row]))
    return Straddling(*np.array(rows, np.int64).reshape(-1, 6).T)


def weeks_late(world: World, could: Straddling, keys: Array, spread: Array) -> Array:
    """Week after the origin by which each change comes in each member [m, N], 0 where it came before.

    Uniform over the days within `spread` times the precision.
    """
    sites = np.array([site(world.places.id[p]) for p in could.place], np.uint64)
    u = draws(keys, site("recorded day"), sites)
    wide = np.floor(spread[:, np.newaxis] * could.width + 0.5)
    moved = np.floor(u * (2 * wide + 1)) - wide
    weeks: Array = np.ceil(np.maximum(moved - could.back, 0) / 7).astype(np.int64)
    return weeks


def begin(world: World, could: Straddling, weeks: Array, men: dict[str, Any], past: Any, ground: Any) -> None:
    """Turn the members of a chunk back to before the changes that come late, with the memory of the front."""
    for m in np.flatnonzero(weeks.any(axis=1)).tolist():
        mine = memory.Memory._make(array[m] for array in past)
        moved = [
            _turn_back(m, n, int(weeks[m, n]), could, men, mine, world, ground)
            for n in np.flatnonzero(weeks[m]).tolist()
        ]
        if any(moved):
            memory.look_around(mine, ground)


def _turn_back(
    m: int, n: int, week: int, could: Straddling, men: dict[str, Any], past: Any, world: World, ground: Any
) -> bool:
    """One change of one member; not made, and False, where either side has no men for it."""
    p, before, after = int(could.place[n]), int(could.before[n]), int(could.after[n])
    garrison, reserve = men["garrison"], men["reserve"]
    holding = garrison[m, p].sum()
    stock, other = reserve[m, after].sum() + holding, reserve[m, before].sum()
    if stock < 1.0 or other < 1.0:
        return False
    reserve[m, after] += garrison[m, p]
    garrison[m, p] = min(0.5, holding / other) * reserve[m, before]
    reserve[m, before] -= garrison[m, p]
    share = min(SIEGE_PART, SIEGE_PARITY * garrison[m, p].sum() / stock)
    men["assault"][m, p] = share * reserve[m, after]
    reserve[m, after] -= men["assault"][m, p]
    men["holder"][m, p] = men["before"][m, p] = before
    men["attacker"][m, p], men["weeks_left"][m, p] = after, UNTIL_DUE
    men["due"][m, p], men["due_to"][m, p] = week, after
    forget(past, world, n, could, ground)
    return True


def forget(past: memory.Memory, world: World, n: int, could: Straddling, ground: memory.Land) -> None:
    """Take one change out of a memory of the front, all but its contacts; `look_around` has to follow."""
    p, before, after, row = (int(values[n]) for values in (could.place, could.before, could.after, could.row))
    weeks = int(could.back[n]) // 7
    spells = world.spells
    for span, fading in enumerate(memory.FADING):
        past.gained[span, after] = max(past.gained[span, after] - fading**weeks, 0.0)
        past.lost[span, before] = max(past.lost[span, before] - fading**weeks, 0.0)
    around = [p, *ground.near[ground.near_start[p] : ground.near_start[p + 1]]]
    around += [*ground.two[ground.two_start[p] : ground.two_start[p + 1]]]
    for span, fading in enumerate(memory.HEAT_FADING):
        heat = past.heat[span, after]
        heat[around] = np.maximum(heat[around] - fading**weeks, 0.0)
    year = memory.FADING_YEAR
    past.taken[after, before] = max(past.taken[after, before] - year**weeks, 0.0)
    for o, sign in ((after, -1.0), (before, 1.0)):
        past.held[o] += sign
        past.usual[o] += sign * (1.0 - year ** (weeks + 1))
    earlier = spells.holder[(spells.place == p) & (np.arange(spells.place.size) < row)]
    past.ever[p] = np.bitwise_or.reduce(np.int64(1) << earlier.astype(np.int64))
    past.holder[p] = before
    while row > 1 and spells.place[row - 2] == p and spells.holder[row - 2] == before:
        row -= 1
    since = spells.start[row - 1]
    past.weeks[p] = int((world.until - since).astype(int)) // 7
    if since <= world.start:
        # `front.memory.begin` counts what a record begins with as held for long.
        past.weeks[p] += memory.CORE_WEEKS


def fall(arrays: dict[str, Any], week: int) -> None:
    """End the battles that the record ends this week; one that somebody else is fighting by now goes on."""
    due = arrays["due"] == week
    if due.any():
        due &= (arrays["attacker"] == arrays["due_to"]) & (arrays["outcome"] == 0) & ~arrays["pinned"]
        arrays["outcome"][due] = ATTACKER_WON
