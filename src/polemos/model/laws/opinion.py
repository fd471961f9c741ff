"""How the support of one place's residents shifts between the organisations in a week (`attitudes`)."""

from polemos.model.jit import kernel
from polemos.record.world import WAR


@kernel
def move(mine, d, relation, gain, third_camp, settling, mood):
    """Change `mine` [O], shares of the residents, under a holder d; they still sum to at most 1.

    `settling` of every other's backing comes round to the holder; `gain` goes to those at war with it, evenly in
    proportion `third_camp` and to the one most backed with the rest; their backing swings by the factor `mood`.
    """
    foes, best = 0, -1
    for o in range(mine.size):
        if o != d:
            moved = settling * mine[o]
            mine[o] -= moved
            mine[d] += moved
            if relation[o, d] == WAR:
                foes += 1
                mine[o] *= mood
                if best < 0 or mine[o] > mine[best]:
                    best = o
    if foes > 0:
        for o in range(mine.size):
            if o != d and relation[o, d] == WAR:
                mine[o] += gain * third_camp / foes
        mine[best] += gain * (1.0 - third_camp)
    total = mine.sum()
    if total > 1.0:
        for o in range(mine.size):
            mine[o] /= total
