"""Memory of the front: who has been taking from whom, as captures and contacts that fade.

Captures of a side fade over 12 weeks, those of a pair over 52, the freshness of a change of hands over 8. A contact
is a place and a distinct other holder next door, a week. The same kernel replays the record up to the origin and
steps the simulation, so both mean the same. No parameters: definitions (lessons of the prototype, section 4 [c]).
"""

import math

from polemos.model.contact import met_before
from polemos.model.jit import kernel
from polemos.model.process import Array, Process

SIDE, PAIR, FRESH = math.exp(-1 / 12), math.exp(-1 / 52), math.exp(-1 / 8)


@kernel
def step(holder, before, near_start, near, gains, gain_contacts, losses, loss_contacts, taken, contacts, lost):
    """Fade, then add this week's captures and contacts."""
    nobody = gains.shape[1]
    for m in range(holder.shape[0]):
        for o in range(nobody):
            gains[m, o] *= SIDE
            losses[m, o] *= SIDE
            gain_contacts[m, o] *= SIDE
            loss_contacts[m, o] *= SIDE
            for d in range(nobody):
                taken[m, o, d] *= PAIR
                contacts[m, o, d] *= PAIR
        for p in range(holder.shape[1]):
            o, d = holder[m, p], before[m, p]
            lost[m, p] *= FRESH
            if o != d and o < nobody:
                lost[m, p] = 1.0
                gains[m, o] += 1.0
                if d < nobody:
                    losses[m, d] += 1.0
                    taken[m, o, d] += 1.0
            if o == nobody:
                continue
            for e in range(near_start[p], near_start[p + 1]):
                foe = holder[m, near[e]]
                if foe == o or foe == nobody or met_before(m, e, p, holder, near_start, near):
                    continue
                gain_contacts[m, foe] += 1.0
                loss_contacts[m, o] += 1.0
                contacts[m, foe, o] += 1.0


PROCESS = Process(
    name="memory",
    title="memory of the front",
    mechanisms=("M20", "M24"),
    kernel=step,
    parameters=(),
    writes=("gains", "gain_contacts", "losses", "loss_contacts", "taken", "contacts", "lost"),
    arrays=(
        Array("gains", ("organisation",), "captures"),
        Array("gain_contacts", ("organisation",), "contact-weeks"),
        Array("losses", ("organisation",), "captures"),
        Array("loss_contacts", ("organisation",), "contact-weeks"),
        Array("taken", ("organisation", "rival"), "captures"),
        Array("contacts", ("organisation", "rival"), "contact-weeks"),
        Array("lost", ("place",), "freshness of the last change of hands"),
    ),
)
