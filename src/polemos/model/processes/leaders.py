"""Leaders: a leader in hiding or dead costs credibility, the less the older the organisation.

    effect on logit L = -(hiding [leader hidden] + loss [leader dead]) / (1 + age / 10 years)

Who hides and who is dead are dated inputs; as known at the origin, the last state goes on. Age counts from the
first row about the organisation, within the record's length. Where nothing is said the leader is in the open.
Source: the effect of a leader's death vanishes with age, Price 2012 [v]. What this is not: a chance of a killing.
"""

from typing import NamedTuple

from polemos.model.jit import kernel
from polemos.model.process import LOGIT, Array, Parameter, Process, halfnormal
from polemos.record.world import Floats, Holders

OLD = 10.0


class Inputs(NamedTuple):
    """What it only reads."""

    leader: Holders
    age: Floats


class Values(NamedTuple):
    """Parameters, a value a member."""

    hiding: Floats
    loss: Floats


@kernel
def step(step: int, inputs: Inputs, values: Values, leader_effect: Floats) -> None:
    """Effect of this week's leaders [m, O]."""
    for m in range(leader_effect.shape[0]):
        for o in range(leader_effect.shape[1]):
            state = inputs.leader[step, o]
            cost = values.hiding[m] if state == 1 else (values.loss[m] if state == 2 else 0.0)
            leader_effect[m, o] = -cost / (1.0 + (inputs.age[o] + step / 52.0) / OLD)


PROCESS = Process(
    name="leaders",
    title="leaders",
    kernel=step,
    parameters=(
        Parameter("hiding", halfnormal(0.0, 1.0), "logit", "cost of a leader in hiding", LOGIT),
        Parameter(
            "loss",
            halfnormal(0.0, 1.0),
            "logit",
            "cost of a dead one",
            "judgement: of size one in a logit; only that it fades with age is Price 2012",
            "2008-12-31",
        ),
    ),
    writes=("leader_effect",),
    arrays=(Array("leader_effect", ("organisation",), "logit"),),
    on=False,
)
