"""The state of a chunk of members: the accounts of men, and who holds what.

Members come first, so a kernel walks one member's war after another. Men are in exactly one account:
`garrison` [m, place, cohort], `assault` [m, place, cohort] (one battle a place, of `attacker`), `reserve`
[m, organisation, cohort], `transit` [m, organisation, cohort, lag] (a ring over the weeks), `underground`
[m, place, organisation]; or they have left, by organisation: `killed`, `captured`, `home`, `went_over` (to
another organisation, which counts them among those who `joined`).
`change` says how a place changed hands this week, `before` who held it. `taken` are the men captured at a place this
week, `defected` those who went over from there together, to `defected_to`. A `pinned` place is not captured.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from polemos.model.jit import kernel
from polemos.model.process import Array, Process
from polemos.record.world import Floats, Holders

LAGS = 8
"""Longest time on the way between fronts, weeks."""

ATTACKER_WON, DEFENDER_HELD = 1, 2
CAPTURE, UPRISING, SWITCH = range(1, 4)
CHANNELS = ("", "capture", "uprising", "switch")

ARRAYS = (
    Array("holder", ("place",), "organisation", dtype="i1"),
    Array("before", ("place",), "organisation", dtype="i1"),
    Array("change", ("place",), "channel", dtype="i1"),
    Array("garrison", ("place", "cohort"), "men"),
    Array("reserve", ("organisation", "cohort"), "men"),
    Array("transit", ("organisation", "cohort", "lag"), "men"),
    Array("assault", ("place", "cohort"), "men"),
    Array("attacker", ("place",), "organisation", -1, dtype="i1"),
    Array("outcome", ("place",), "of a battle", dtype="i1"),
    Array("pinned", ("place",), "yes or no", dtype="?"),
    Array("battle_start", ("place",), "step", dtype="i2"),
    Array("battle_deaths", ("place",), "men"),
    Array("taken", ("place",), "men"),
    Array("defected", ("place",), "men"),
    Array("defected_to", ("place",), "organisation", -1, dtype="i1"),
    Array("underground", ("place", "organisation"), "members"),
    Array("killed", ("organisation",), "men"),
    Array("captured", ("organisation",), "men"),
    Array("home", ("organisation",), "men"),
    Array("went_over", ("organisation",), "men"),
    Array("joined", ("organisation",), "men"),
)


def allocate(processes: tuple[Process, ...], members: int, sizes: dict[str, int]) -> dict[str, Any]:
    """The accounts and every array that a process declares. Raises `ValueError` when a name is declared twice."""
    state: dict[str, Any] = {}
    for array in [*ARRAYS, *(array for process in processes for array in process.arrays)]:
        if array.name in state:
            raise ValueError(f"array {array.name!r} is declared twice; rename it in one of the processes")
        shape = (members, *(sizes[dim] for dim in array.dims))
        state[array.name] = np.full(shape, array.initial, array.dtype)
    return state


@kernel
def begin(holder, before, change, outcome, attacker, battle_deaths, taken, defected):
    """Start a week: remember the holders, clear the battles that ended."""
    for m in range(holder.shape[0]):
        for p in range(holder.shape[1]):
            before[m, p] = holder[m, p]
            change[m, p] = 0
            taken[m, p] = 0.0
            defected[m, p] = 0.0
            if outcome[m, p] != 0:
                outcome[m, p] = 0
                attacker[m, p] = -1
                battle_deaths[m, p] = 0.0


class Men(NamedTuple):
    """Where the men of every organisation are: see above."""

    holder: Holders
    attacker: Holders
    garrison: Floats
    assault: Floats
    reserve: Floats
    transit: Floats
    underground: Floats


@kernel
def tally(men: Men, fighters: Floats, hidden: Floats) -> None:
    """Open fighters and underground members of every organisation [m, O]."""
    nobody = fighters.shape[1]
    for m in range(fighters.shape[0]):
        for o in range(nobody):
            total = 0.0
            for k in range(men.reserve.shape[2]):
                total += men.reserve[m, o, k]
                for lag in range(men.transit.shape[3]):
                    total += men.transit[m, o, k, lag]
            fighters[m, o] = total
            hidden[m, o] = 0.0
        for p in range(men.holder.shape[1]):
            o = men.holder[m, p]
            for k in range(men.reserve.shape[2]):
                if o < nobody:
                    fighters[m, o] += men.garrison[m, p, k]
                if men.attacker[m, p] >= 0:
                    fighters[m, men.attacker[m, p]] += men.assault[m, p, k]
            for q in range(nobody):
                hidden[m, q] += men.underground[m, p, q]
