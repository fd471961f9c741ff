"""Raids on roads: bands near a road cut it for a week or two.

    hazard of a link a week = raid_rate * (bands / 100) / (1 + guards / g50),     cut for 1 or 2 weeks, as likely

for a road between two places of one holder; `bands` are the members underground at either end of organisations at war
with the holder, and a tenth of their open men next door; `guards` are the garrisons of both ends. A cut link carries no
supply (`cut` [m, edge] counts the weeks). What this is not: a battle, or the loss of a place.
Source: own form; the rate is a judgement.
"""

import math
from typing import Any, NamedTuple

import numpy as np

from polemos.model.groups import Clock, Roads, Sites
from polemos.model.jit import kernel
from polemos.model.process import HAZARD, Array, Parameter, Process, loguniform
from polemos.model.rng import mix, stream, uniform
from polemos.record.world import WAR, Floats, Holders

NEXT_DOOR = 0.1


class Inputs(NamedTuple):
    """What it only reads."""

    holder: Holders
    garrison: Floats
    underground: Floats
    relation: Holders
    place_site: Sites


class Values(NamedTuple):
    """Parameters, a value a member."""

    raid_rate: Floats
    g50: Floats


@kernel
def bands(m: int, p: int, o: int, inputs: Inputs, relation: Holders, roads: Roads) -> Any:
    """Men who could cut a road of o at p: enemies underground there, and a part of those in the open next door."""
    men = 0.0
    nobody = inputs.underground.shape[2]
    for x in range(nobody):
        if x != o and relation[o, x] == WAR:
            men += inputs.underground[m, p, x]
    for e in range(roads.near_start[p], roads.near_start[p + 1]):
        q = roads.near[e]
        x = inputs.holder[m, q]
        if x != o and x < nobody and relation[o, x] == WAR:
            men += NEXT_DOOR * (inputs.garrison[m, q, 0] + inputs.garrison[m, q, 1] + inputs.garrison[m, q, 2])
    return men


@kernel
def step(clock: Clock, inputs: Inputs, roads: Roads, values: Values, cut: Holders) -> None:
    """Mend the links whose time is over, then cut others."""
    nobody = inputs.underground.shape[2]
    near_by, guards = np.zeros(inputs.holder.shape[1]), np.zeros(inputs.holder.shape[1])
    for m in range(inputs.holder.shape[0]):
        draw = stream(clock.keys[m], clock.process, clock.step)
        for e in range(roads.near.size):
            cut[m, e] = max(cut[m, e] - 1, 0)
        for p in range(inputs.holder.shape[1]):
            o = inputs.holder[m, p]
            if o < nobody:
                near_by[p] = bands(m, p, o, inputs, inputs.relation[clock.step], roads)
                guards[p] = inputs.garrison[m, p, 0] + inputs.garrison[m, p, 1] + inputs.garrison[m, p, 2]
        for p in range(inputs.holder.shape[1]):
            o = inputs.holder[m, p]
            if o == nobody:
                continue
            for e in range(roads.near_start[p], roads.near_start[p + 1]):
                q = roads.near[e]
                if q < p or inputs.holder[m, q] != o or cut[m, e] > 0:
                    continue
                guarded = 1.0 + (guards[p] + guards[q]) / values.g50[m]
                rate = values.raid_rate[m] * (near_by[p] + near_by[q]) / 100.0 / guarded
                if rate <= 0.0:
                    continue
                road = mix(inputs.place_site[p] ^ mix(inputs.place_site[q]))
                if uniform(draw, road, 0) < -math.expm1(-rate):
                    weeks = 1 if uniform(draw, road, 1) < 0.5 else 2
                    cut[m, e] = weeks
                    for back in range(roads.near_start[q], roads.near_start[q + 1]):
                        if roads.near[back] == p:
                            cut[m, back] = weeks


PROCESS = Process(
    name="raids",
    title="raids on roads",
    kernel=step,
    parameters=(
        Parameter(
            "raid_rate",
            loguniform(1 / 520, 1 / 5),
            "per week and 100 men",
            "cutting of an unguarded link",
            HAZARD,
        ),
    ),
    writes=("cut",),
    arrays=(Array("cut", ("edge",), "weeks", dtype="i1"),),
    on=False,
)
