"""Raids on roads: bands near a road cut it for a week or two.

    hazard of a link a week = raid_rate * (bands / 100) / (1 + guards / g50),     cut for 1 or 2 weeks, as likely

for a road between two places of one holder; `bands` are the members underground at either end of organisations at war
with the holder, and a tenth of their open men next door; `guards` are the garrisons of both ends. A cut link carries no
supply (`cut` [m, edge] counts the weeks). What this is not: a battle, or the loss of a place.
Source: own form; the rate is a judgement.
"""

import math

import numpy as np

from polemos.model.jit import kernel
from polemos.model.process import HAZARD, Array, Parameter, Process, loguniform
from polemos.model.rng import mix, stream, uniform
from polemos.record.world import WAR

NEXT_DOOR = 0.1


@kernel
def bands(m, p, o, holder, garrison, underground, relation, near_start, near):
    """Men who could cut a road of o at p: enemies underground there, and a part of those in the open next door."""
    men = 0.0
    for x in range(underground.shape[2]):
        if x != o and relation[o, x] == WAR:
            men += underground[m, p, x]
    for e in range(near_start[p], near_start[p + 1]):
        q = near[e]
        x = holder[m, q]
        if x != o and x < underground.shape[2] and relation[o, x] == WAR:
            men += NEXT_DOOR * (garrison[m, q, 0] + garrison[m, q, 1] + garrison[m, q, 2])
    return men


@kernel
def step(
    keys, process, step, holder, garrison, underground, relation, near_start, near, place_site, raid_rate, g50, cut
):
    """Mend the links whose time is over, then cut others."""
    nobody = underground.shape[2]
    near_by, guards = np.zeros(holder.shape[1]), np.zeros(holder.shape[1])
    for m in range(holder.shape[0]):
        draw = stream(keys[m], process, step)
        for e in range(near.size):
            cut[m, e] = max(cut[m, e] - 1, 0)
        for p in range(holder.shape[1]):
            o = holder[m, p]
            if o < nobody:
                near_by[p] = bands(m, p, o, holder, garrison, underground, relation[step], near_start, near)
                guards[p] = garrison[m, p, 0] + garrison[m, p, 1] + garrison[m, p, 2]
        for p in range(holder.shape[1]):
            o = holder[m, p]
            if o == nobody:
                continue
            for e in range(near_start[p], near_start[p + 1]):
                q = near[e]
                if q < p or holder[m, q] != o or cut[m, e] > 0:
                    continue
                rate = raid_rate[m] * (near_by[p] + near_by[q]) / 100.0 / (1.0 + (guards[p] + guards[q]) / g50[m])
                if rate <= 0.0:
                    continue
                road = mix(place_site[p] ^ mix(place_site[q]))
                if uniform(draw, road, 0) < -math.expm1(-rate):
                    weeks = 1 if uniform(draw, road, 1) < 0.5 else 2
                    cut[m, e] = weeks
                    for back in range(near_start[q], near_start[q + 1]):
                        if near[back] == p:
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
