"""Who holds the places next door, and who is whose enemy or ally: organisations as bits."""

import numpy as np

from polemos.model.jit import helper, kernel


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


@helper
def around(m, p, holder, roads):
    """Who holds the neighbours of p: bits."""
    bits = np.int64(0)
    for e in range(roads.near_start[p], roads.near_start[p + 1]):
        bits |= np.int64(1) << np.int64(holder[m, roads.near[e]])
    return bits
