"""A contact: one place that faces one other organisation next door. What attack and seizure both reckon with.

Feedback enters only as rates per contact against the war's own rate, `lr`, and the exponents of all feedback
together stay below one: above it the chain of captures is super-critical (a stability condition, not an estimate).
"""

import math

from polemos.model.jit import kernel

MEMORY_CONTACTS = 40.0
"""Contact-weeks of the prior rate that a memory is mixed with [c]."""
LEAST_LOG, MOST_LOG = -2.5, 3.0
CAP = math.exp(2.0)
"""Most that the appeal of a contact can multiply its rate; also the true bound that draws are thinned by."""


@kernel
def log_rate(taken, contacts, rate):
    """Logarithm of captures per contact-week, relative to the war's rate, mixed with it and clipped."""
    value = math.log((taken + MEMORY_CONTACTS * rate) / ((contacts + MEMORY_CONTACTS) * rate))
    return min(max(value, LEAST_LOG), MOST_LOG)


@kernel
def share_of_neighbours(m, p, o, holder, lost, near_start, near):
    """Share of a place's neighbours that o holds, and how freshly o took them (0 to 1)."""
    held, fresh = 0.0, 0.0
    degree = near_start[p + 1] - near_start[p]
    for e in range(near_start[p], near_start[p + 1]):
        if holder[m, near[e]] == o:
            held += 1.0
            fresh += lost[m, near[e]]
    return held / max(degree, 1), fresh / max(degree, 1)


@kernel
def appeal(
    m, p, o, d, holder, lost, near_start, near, gains, gain_contacts, losses, loss_contacts, taken, contacts,
    rate, share_slope, fresh_slope, feedback,
):  # fmt: skip
    """Factor on the rate at which o tries for p, from neighbours, fresh captures, and who has been taking from whom."""
    held, fresh = share_of_neighbours(m, p, o, holder, lost, near_start, near)
    memory = (
        log_rate(gains[m, o], gain_contacts[m, o], rate)
        + log_rate(losses[m, d], loss_contacts[m, d], rate)
        + log_rate(taken[m, o, d], contacts[m, o, d], rate)
    )
    return min(math.exp(share_slope[m] * held + fresh_slope[m] * fresh + feedback[m] * memory / 3.0), CAP)


@kernel
def reach(m, p, o, holder, hours, near_start, near, near_hours, entry_hours):
    """Hours from o's nearest depot to p through a place of o's next door, or from its base; inf if neither."""
    best = entry_hours[p, o]
    for e in range(near_start[p], near_start[p + 1]):
        if holder[m, near[e]] == o:
            best = min(best, hours[m, near[e]] + near_hours[e])
    return best


@kernel
def met_before(m, e, p, holder, near_start, near):
    """Whether the holder of neighbour e of p holds an earlier neighbour too."""
    for other in range(near_start[p], e):
        if holder[m, near[other]] == holder[m, near[e]]:
            return True
    return False


@kernel
def win(ratio, intercept, slope):
    """Chance that an attacker wins at a force ratio: expit(a + b ln ratio). Dupuy Institute fit, A3 [c]."""
    if not ratio > 0.0:
        return 0.0
    return 1.0 / (1.0 + math.exp(-intercept - slope * math.log(ratio)))
