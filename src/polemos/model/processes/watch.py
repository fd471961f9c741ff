"""Watch: series that no other process needs and that facts are checked against. It changes nothing.

    behind[o]     = members of o under ground where neither the place nor a neighbour of it is o's own
    volunteers[o] = recruits from abroad in the week (`recruitment`)

What this is not: an observation; nothing is missed or misreported. Source: definitions of the series, nobody's.
"""

from polemos.model.jit import kernel
from polemos.model.process import Array, Process


@kernel
def step(holder, underground, near_start, near, volunteers, behind):
    """Count those behind the front [m, O]."""
    for m in range(holder.shape[0]):
        for o in range(underground.shape[2]):
            behind[m, o] = 0.0
        for p in range(holder.shape[1]):
            for o in range(underground.shape[2]):
                if underground[m, p, o] <= 0.0 or holder[m, p] == o:
                    continue
                beside = False
                for e in range(near_start[p], near_start[p + 1]):
                    if holder[m, near[e]] == o:
                        beside = True
                if not beside:
                    behind[m, o] += underground[m, p, o]


PROCESS = Process(
    name="watch",
    title="series that facts are checked against",
    kernel=step,
    parameters=(),
    writes=("behind",),
    arrays=(Array("behind", ("organisation",), "members"),),
    on=False,
    keeps=("behind", "volunteers"),
)
