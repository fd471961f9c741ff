"""Trajectories: what questions are asked of. The record is a trajectory with one member."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polemos.record.world import Days, Flags, Holders, Ints, World


@dataclass(frozen=True, slots=True)
class Battles:
    """Battles [B] of all members of a chunk; `end` is NaT while one goes on, `deaths` of both sides together."""

    member: Ints
    place: Ints
    attacker: Ints
    defender: Ints
    start: Days
    end: Days
    captured: NDArray[np.bool_]
    deaths: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Captures:
    """Changes of holder [C] of all members of a chunk; `before` and `after` are holders (O: nobody).

    `channel` indexes `model.state.CHANNELS`: how the place changed hands.
    """

    member: Ints
    date: Days
    place: Ints
    before: Holders
    after: Holders
    channel: NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Moves:
    """Men who left their organisation together [N] in all members of a chunk: `of` it, at a place, by the step's end.

    `to` is the organisation they went over to, -1 for those who were captured.
    """

    member: Ints
    date: Days
    place: Ints
    of: Holders
    to: Holders
    men: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Risings:
    """Risings [N] of all members of a chunk: by whom against whom, and the deaths of both sides together."""

    member: Ints
    date: Days
    place: Ints
    by: Holders
    against: Holders
    deaths: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Trajectories:
    """A chunk of members on one time axis.

    `dates` [T] ascend; they may begin before `origin` (the record's own history, the same for every member).
    `control` [m, T, P] is the holder on the evening of each date (O: nobody).
    `strengths` holds series [m, T, O] by name: `fighters` (open, in the field) and `underground`, at each date.
    `attacks` [m, T, O, C] counts attacks by organisation and country in the step that ends at each date,
    countries in the order of `countries`. A trajectory may lack any of the optional parts.
    In `battles`, `captures`, `moves` and `risings`, `member` counts from 0 within the chunk; `kinds` names the kinds of
    moves that could come about (captured, went_over). `observed` [T, P] says where somebody saw the holder; None:
    everywhere, as in a simulated war. `keys` [m] address further draws of the members. `elsewhere` are paths
    of theatres off the map (`polemos.elsewhere.paths.Paths`), worked out where a question asks for them.
    """

    world: World
    origin: np.datetime64
    dates: Days
    control: Holders
    strengths: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)
    attacks: NDArray[np.float32] | None = None
    countries: tuple[str, ...] = ()
    battles: Battles | None = None
    captures: Captures | None = None
    observed: Flags | None = None
    moves: Moves | None = None
    kinds: tuple[str, ...] = ()
    risings: Risings | None = None
    keys: NDArray[np.uint64] | None = None
    elsewhere: Any = None

    @property
    def members(self) -> int:
        """Number of members in the chunk."""
        return int(self.control.shape[0])


def record_trajectory(world: World, origin: np.datetime64, until: np.datetime64) -> Trajectories:
    """The record from its first day to `until`, or the last observation, as a trajectory with one member, by days."""
    dates = np.arange(world.start, min(until, world.last_observed) + 1, dtype="datetime64[D]")
    observed = world.observed(dates)
    return Trajectories(
        world, origin, dates, world.holders(dates)[np.newaxis], observed=None if observed.all() else observed
    )
