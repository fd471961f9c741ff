"""The plan of an ensemble: everything that its result depends on, and a digest of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from polemos.record.world import World, day

INPUTS = ("known", "actual")
HISTORY = 52
"""Weeks of the record before the origin that every member begins with."""


@dataclass(frozen=True, slots=True)
class Plan:
    """An ensemble to simulate.

    `world` is the digest of what the model is given: the world cut at the origin, and with `inputs: actual` also
    the whole one. `settings` are those of the theory, as JSON with sorted keys. `processes` are those switched on;
    none named means those of the model.
    """

    scenario: str
    world: str
    origin: np.datetime64
    until: np.datetime64
    members: int
    seed: int
    inputs: str
    theory: str
    settings: str
    processes: tuple[str, ...]
    history: int

    def as_json(self) -> dict[str, Any]:
        """The plan as JSON values."""
        return asdict(self) | {
            "origin": str(self.origin),
            "until": str(self.until),
            "processes": list(self.processes),
            "settings": json.loads(self.settings),
        }

    def digest(self) -> str:
        """SHA-256 of the plan."""
        return hashlib.sha256(json.dumps(self.as_json(), sort_keys=True).encode()).hexdigest()


def make_plan(
    world: World,
    origin: object,
    until: object,
    *,
    members: int,
    seed: int = 1,
    inputs: str = "known",
    theory: str = "neutral",
    settings: Mapping[str, Any] | None = None,
    off: Sequence[str] = (),
    history: int = HISTORY,
) -> Plan:
    """A plan for a whole world.

    `off` names processes to switch off. Raises `ValueError` when the plan makes no sense: no members, an end that
    does not come after the origin, an origin outside the record, an unknown kind of inputs or process.
    """
    start, end = day(origin), day(until)
    if members < 1:
        raise ValueError(f"{members} members; an ensemble needs at least one")
    if end <= start:
        raise ValueError(f"the end {end} must come after the origin {start}")
    if inputs not in INPUTS:
        raise ValueError(f"inputs are {' or '.join(INPUTS)}, not {inputs!r}")
    seen = world.as_of(start).digest()
    if inputs == "actual":
        seen = hashlib.sha256((seen + world.digest()).encode()).hexdigest()
    return Plan(
        scenario=world.name,
        world=seen,
        origin=start,
        until=end,
        members=members,
        seed=seed,
        inputs=inputs,
        theory=theory,
        settings=json.dumps(settings or {}, sort_keys=True),
        processes=_without(world.processes, off),
        history=history,
    )


def _without(processes: tuple[str, ...], off: Sequence[str]) -> tuple[str, ...]:
    if not off:
        return processes
    if not processes:
        from polemos.model.processes import names

        processes = names()
    for name in off:
        if name not in processes:
            raise ValueError(f"no process {name!r} to switch off; there are {', '.join(processes)}")
    return tuple(name for name in processes if name not in off)
