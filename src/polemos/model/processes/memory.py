"""Memory of the front: who holds what for how long, and who has been taking from whom.

The memory is that of `model.front.memory`: the same kernels replay the record up to the origin and step the simulation,
and `captures` reads it. Where nothing is to be learnt from the record before the origin, coefficients of the front are
drawn from the priors below. Feedback among them is capped: a sum of exponents above one makes every capture bring about
another (a stability condition, not an estimate).
Source: own form, after a prototype [c]; insurgent violence spreads along roads, Zhukov 2012 [k].
"""

from polemos.model.front.memory import ECHO, Memory, advance
from polemos.model.groups import View
from polemos.model.jit import kernel
from polemos.model.process import Parameter, Process, uniform
from polemos.record.world import Holders


@kernel
def member(front, m):
    """The memory of one member, of those of a chunk."""
    return Memory(
        front.holder[m], front.weeks[m], front.ever[m], front.beside[m], front.held[m], front.usual[m],
        front.gained[m], front.lost[m], front.facing[m], front.faced[m], front.taken[m], front.contacts[m],
        front.heat[m], front.far[m], front.absent[m], front.queue[m], front.touched[m],
    )  # fmt: skip


@kernel
def step(holder: Holders, view: View) -> None:
    """Go on a week."""
    for m in range(holder.shape[0]):
        advance(member(view.front, m), view.ground, holder[m], ECHO)


PROCESS = Process(
    name="memory",
    title="memory of the front",
    kernel=step,
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
    writes=("front",),
)
