"""A contact: one place that faces one other organisation. What attack and seizure both reckon with."""

import math

import numpy as np

from polemos.model.front.features import (
    CORE_DISTANCE,
    FARTHER,
    LOCAL,
    NEXT_DOOR,
    PEOPLE,
    RETURN,
    SHARE,
    TWO_ROADS,
    place_features,
)
from polemos.model.front.memory import MOST_HOPS
from polemos.model.jit import helper, kernel

MOST = math.exp(1.5)
"""Cap of a weekly rate."""
CLASSES, SLACK = 16, 1.0 + 1e-9


@kernel
def appeal(p, o, d, front, ground, slopes, pull, mine):
    """Weekly rate at which o would take p from d by the front alone, exp(slopes . x), capped. `mine`: room to work."""
    place_features(mine, p, front, ground)
    return of_features(o, d, slopes, pull, mine)


@kernel
def of_features(o, d, slopes, pull, mine):
    """`appeal` from the features of the place."""
    u = 0.0
    for f in range(PEOPLE + 1):
        u += slopes[f] * mine[o, f]
    return min(math.exp(u) * pull[o, d], MOST)


@kernel
def bounds(slopes, people, next_door, most):
    """`most` times `bound` for all places whose feature `people` lies in a sixteenth of its range, one a sixteenth.

    A draw above a bound cannot win, so a wider bound changes nothing.
    """
    low, width = people.min(), (people.max() - people.min()) / CLASSES
    table = np.empty(CLASSES)
    for row in range(CLASSES):
        edge = low + width * (row + 1 if slopes[PEOPLE] > 0.0 else row)
        table[row] = most * bound(slopes, edge, next_door) * SLACK
    return table


@kernel
def classes(people):
    """Which sixteenth of its range the feature `people` lies in [P]."""
    low, width = people.min(), max((people.max() - people.min()) / CLASSES, 1e-9)
    class_of = np.empty(people.size, np.int64)
    for p in range(people.size):
        class_of[p] = min(int((people[p] - low) / width), CLASSES - 1)
    return class_of


@kernel
def bound(slopes, people, next_door):
    """More than `appeal` can be, before pull and `warmth`, at a place with this feature `people`, next door or not."""
    most = (
        max(slopes[RETURN], 0.0)
        + max(slopes[CORE_DISTANCE], 0.0) * math.log(float(MOST_HOPS))
        + slopes[PEOPLE] * people
    )
    if next_door:
        return math.exp(slopes[NEXT_DOOR] + max(slopes[SHARE], 0.0) + max(slopes[LOCAL], 0.0) + most)
    return math.exp(max(slopes[TWO_ROADS], slopes[FARTHER]) + most)


@kernel
def reach(m, p, o, holder, hours, roads, entry_hours):
    """Hours from o's nearest depot to p through a place of o's next door, or from its base; inf if neither."""
    best = entry_hours[p, o]
    for e in range(roads.near_start[p], roads.near_start[p + 1]):
        if holder[m, roads.near[e]] == o:
            best = min(best, hours[m, roads.near[e]] + roads.near_hours[e])
    return best


@kernel
def sets(relation, kind):
    """With whom each organisation has a relation of a kind: bits [O + 1], none for nobody."""
    nobody = relation.shape[0]
    masks = np.zeros(nobody + 1, np.int64)
    for d in range(nobody):
        for o in range(nobody):
            if o != d and relation[o, d] == kind:
                masks[d] |= np.int64(1) << np.int64(o)
    return masks


@kernel
def bases(entry_hours):
    """Who has a base off the map that feeds into a place: bits [P]."""
    masks = np.zeros(entry_hours.shape[0], np.int64)
    for p in range(entry_hours.shape[0]):
        for o in range(entry_hours.shape[1]):
            if entry_hours[p, o] < np.inf:
                masks[p] |= np.int64(1) << np.int64(o)
    return masks


@helper
def around(m, p, holder, roads):
    """Who holds the neighbours of p: bits."""
    bits = np.int64(0)
    for e in range(roads.near_start[p], roads.near_start[p + 1]):
        bits |= np.int64(1) << np.int64(holder[m, roads.near[e]])
    return bits


@kernel
def met_before(m, e, p, holder, roads):
    """Whether the holder of neighbour e of p holds an earlier neighbour too."""
    for other in range(roads.near_start[p], e):
        if holder[m, roads.near[other]] == holder[m, roads.near[e]]:
            return True
    return False


@kernel
def win(ratio, intercept, slope):
    """Chance that an attacker wins at a force ratio: expit(a + b ln ratio). Fit to the Dupuy Institute's cases [c]."""
    if not ratio > 0.0:
        return 0.0
    return 1.0 / (1.0 + math.exp(-intercept - slope * math.log(ratio)))


@kernel
def revealed(level, tempo, wanted, total, pairs):
    """Set the levels [o, d] at which `total` expected captures become tempo times those `wanted`.

    A pair's few contacts are mixed with one contact of the average of all `pairs`.
    """
    mean_wanted, mean_total = wanted.sum() / max(pairs, 1), total.sum() / max(pairs, 1)
    if not mean_total > 0.0:
        level[:] = tempo
        return
    for o in range(level.shape[0]):
        for d in range(level.shape[1]):
            level[o, d] = tempo * (wanted[o, d] + mean_wanted) / (total[o, d] + mean_total)
