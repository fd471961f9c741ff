"""Leaders: a leader in hiding or dead costs credibility, the less the older the organisation.

    effect on logit L = -(hiding [leader hidden] + loss [leader dead]) / (1 + age / 10 years)

Who hides and who is dead are dated inputs; as known at the origin, the last state goes on. Age counts from the
first row about the organisation, within the record's length. Where nothing is said the leader is in the open.
Source: the effect of a leader's death vanishes with age, Price 2012 [v]. What this is not: a chance of a killing.
"""

from polemos.model.jit import kernel
from polemos.model.process import LOGIT, Array, Parameter, Process, halfnormal

OLD = 10.0


@kernel
def step(step, leader, age, hiding, loss, leader_effect):
    """Effect of this week's leaders [m, O]."""
    for m in range(leader_effect.shape[0]):
        for o in range(leader_effect.shape[1]):
            state = leader[step, o]
            cost = hiding[m] if state == 1 else (loss[m] if state == 2 else 0.0)
            leader_effect[m, o] = -cost / (1.0 + (age[o] + step / 52.0) / OLD)


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
