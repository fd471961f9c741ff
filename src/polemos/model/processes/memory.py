"""Memory of the front: who holds what for how long, who has been taking from whom, and what that makes them try for.

The memory is that of `model.front.memory`: the same kernels replay the record up to the origin and step the simulation.
From it follows the pull of every organisation towards the places of every holder,

    pull[o, d] = exp(slopes . x[o, d]),

with the features that concern the pair (gains, losses and captures per contact, change of size over the year, air
support against foes really fought, common patrons). `slopes` are learnt from the record before the origin, or, where
nothing is to be learnt, drawn from the priors below. Feedback among them is capped: a sum of exponents above one makes
every capture bring about another (a stability condition, not an estimate).
Source: own form, after a prototype [c]; insurgent violence spreads along roads, Zhukov 2012 [k].
"""

from typing import NamedTuple

import numpy as np

from polemos.model.front.memory import ECHO, Memory, advance
from polemos.model.front.simulate import pull as fill_pull
from polemos.model.groups import View
from polemos.model.jit import kernel
from polemos.model.process import Array, Opening, Parameter, Process, uniform
from polemos.record.world import Floats, Holders


class Inputs(NamedTuple):
    """What it only reads."""

    holder: Holders
    air_level: Floats
    patron: Floats


@kernel
def member(front, m):
    """The memory of one member, of those of a chunk."""
    return Memory(
        front.holder[m], front.weeks[m], front.ever[m], front.beside[m], front.held[m], front.usual[m],
        front.gained[m], front.lost[m], front.facing[m], front.faced[m], front.taken[m], front.contacts[m],
        front.heat[m], front.far[m], front.absent[m], front.queue[m], front.touched[m],
    )  # fmt: skip


@kernel
def look(step, front, slopes, air_level, patron, pull):
    """Fill the pull [m, O, O + 1] from the memory as it stands."""
    still = np.zeros(pull.shape[1:])
    x = np.zeros(slopes.shape[1])
    for m in range(pull.shape[0]):
        fill_pull(member(front, m), air_level[step], patron[step], slopes[m], still, x, pull[m])


@kernel
def step(step: int, inputs: Inputs, view: View) -> None:
    """Go on a week, then look."""
    still = np.zeros(view.pull.shape[1:])
    x = np.zeros(view.slopes.shape[1])
    for m in range(inputs.holder.shape[0]):
        past = member(view.front, m)
        advance(past, view.ground, inputs.holder[m], ECHO)
        fill_pull(past, inputs.air_level[step], inputs.patron[step], view.slopes[m], still, x, view.pull[m])


PROCESS = Process(
    name="memory",
    title="memory of the front",
    kernel=step,
    openings=(Opening("front", look, always=True),),
    parameters=(
        Parameter(
            "share_slope",
            uniform(0.0, 2.0),
            "logarithm",
            "pull of neighbours held",
            "judgement: violence and control spread along roads [k]; the size has no source",
        ),
        Parameter(
            "fresh_slope",
            uniform(0.0, 1.5),
            "logarithm",
            "pull of neighbours just taken",
            "judgement: violence and control spread along roads [k]; the size has no source",
        ),
        Parameter(
            "core_slope",
            uniform(-1.5, 0.0),
            "logarithm",
            "loss with distance from core land",
            "judgement: strength falls with distance [k]; the size has no source",
        ),
        Parameter(
            "feedback",
            uniform(0.0, 0.6),
            "sum of exponents",
            "momentum, losses, pair",
            "judgement: within what stability allows",
        ),
    ),
    writes=("front", "pull"),
    arrays=(Array("pull", ("organisation", "target"), "factor"),),
)
