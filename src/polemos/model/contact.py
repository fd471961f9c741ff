"""A contact: one place that faces one other organisation. What attack and seizure both reckon with."""

import math

from polemos.model.features import (
    CORE_DISTANCE,
    FARTHER,
    LOCAL,
    MOST_HOPS,
    NEXT_DOOR,
    PEOPLE,
    RETURN,
    SHARE,
    TWO_ROADS,
    place_features,
)
from polemos.model.jit import kernel

MOST = math.exp(1.5)
"""Cap of a weekly rate."""


@kernel
def appeal(p, o, d, front, ground, slopes, pull, mine):
    """Weekly rate at which o would take p from d by the front alone, exp(slopes . x), capped. `mine`: room to work."""
    place_features(mine, p, front, ground)
    u = 0.0
    for f in range(PEOPLE + 1):
        u += slopes[f] * mine[o, f]
    return min(math.exp(u) * pull[o, d], MOST)


@kernel
def bound(slopes, people, next_door):
    """More than `appeal` can be, before the pull, at a place with this feature `people`, next door or not."""
    most = (
        max(slopes[RETURN], 0.0)
        + max(slopes[CORE_DISTANCE], 0.0) * math.log(float(MOST_HOPS))
        + slopes[PEOPLE] * people
    )
    if next_door:
        return math.exp(slopes[NEXT_DOOR] + max(slopes[SHARE], 0.0) + max(slopes[LOCAL], 0.0) + most)
    return math.exp(max(slopes[TWO_ROADS], slopes[FARTHER]) + most)


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


@kernel
def revealed(level, tempo, wanted, total, met):
    """Set the levels [o, d] at which `total` expected captures become tempo times those `wanted`.

    A pair's few contacts are mixed with one contact of the average of all `met`.
    """
    mean_wanted, mean_total = wanted.sum() / max(met, 1), total.sum() / max(met, 1)
    if not mean_total > 0.0:
        level[:] = tempo
        return
    for o in range(level.shape[0]):
        for d in range(level.shape[1]):
            level[o, d] = tempo * (wanted[o, d] + mean_wanted) / (total[o, d] + mean_total)
