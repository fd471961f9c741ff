"""Inputs drawn forward: each block of members has its own course of supports, relations and leaders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from polemos.ensemble.input_hazards import BLOCK, Hazards, drawn, learn
from polemos.ensemble.plan import Plan
from polemos.model.trajectory import Trajectories

if TYPE_CHECKING:
    from polemos.model.setup import Setup

EVENTS = ("battles", "captures", "moves", "risings")


@lru_cache(maxsize=4)
def hazards_without(name: str) -> Hazards:
    """The rates in the wars that ship, without the one of a name."""
    from polemos.record.from_scenario import load
    from polemos.scenario.load import library

    return learn(load(other) for other in library() if other != name)


def simulate(plan: Plan, setup: Setup, first: int, last: int) -> Trajectories:
    """Members first..last-1, each block of `BLOCK` with its own course of the inputs; the same for any chunk."""
    from polemos.model import engine

    parts = []
    for block, start, end in blocks(first, last):
        with_inputs = of_block(plan, setup, block)
        parts.append(engine.simulate(with_inputs, start, end))
    return joined(parts)


def blocks(first: int, last: int) -> Iterator[tuple[int, int, int]]:
    """Number of each block, and the first of its members within a span and the one after the last."""
    for block in range(first // BLOCK, -(-last // BLOCK)):
        yield block, max(first, block * BLOCK), min(last, (block + 1) * BLOCK)


def of_block(plan: Plan, setup: Setup, block: int) -> Setup:
    """A setup with the inputs of a block: what the origin's world knows, and from there on as drawn."""
    from polemos.model import inputs, interventions
    from polemos.model.front import features

    world = drawn(setup.world, hazards_without(setup.world.name), plan.until, plan.seed, block)
    built = inputs.build(setup.world, setup.dates, world)
    arrays: dict[str, Any] = {**setup.setting, **built, "patron": features.support(world, setup.dates)[1]}
    later = interventions.inputs(arrays, world, setup.dates, interventions.read(plan.changes))
    return replace(setup, setting=arrays, later=later)


def joined(parts: Sequence[Trajectories]) -> Trajectories:
    """Trajectories of successive members as one."""
    if len(parts) == 1:
        return parts[0]
    starts = np.cumsum([0, *(part.members for part in parts[:-1])])
    arrays: dict[str, Any] = {"control": np.concatenate([part.control for part in parts])}
    names = parts[0].strengths
    arrays["strengths"] = {name: np.concatenate([part.strengths[name] for part in parts]) for name in names}
    for name in ("attacks", "keys"):
        if getattr(parts[0], name) is not None:
            arrays[name] = np.concatenate([getattr(part, name) for part in parts])
    for name in EVENTS:
        tables = [getattr(part, name) for part in parts]
        if tables[0] is None:
            continue
        columns = {
            one.name: np.concatenate([getattr(table, one.name) for table in tables]) for one in fields(tables[0])
        }
        offset = np.concatenate([np.full(t.member.size, start) for t, start in zip(tables, starts, strict=True)])
        columns["member"] = (columns["member"] + offset).astype(np.int32)
        arrays[name] = type(tables[0])(**columns)
    return replace(parts[0], **arrays)
