"""The reduced model as polemos writes kernels: compiled, members innermost, addressed draws."""

from __future__ import annotations

from typing import Any

import numpy as np
from reduced import ATTACK, DEGREE, GARRISON, GROWTH, LOSS, MOVE, begin, graph, serve

from polemos.model.jit import kernel
from polemos.model.rng import GOLDEN, member_keys, mix

F = np.float32
BLOCK = 64
"""Members side by side: what they need stays in the second cache."""
S40 = np.uint64(40)
UNIT = F(2.0**-24)
ZERO, HALF, ONE, EIGHT = F(0), F(0.5), F(1), F(8)


@kernel
def simulate(keys, near, z, w, foes, weeks, move, attack, loss, growth, garrison):
    """Men z [P, m], negative on side 0, go `weeks` on; w and `foes` are room to work.

    With s the own sign, sums over neighbours give both sides: allies' men are (sum |z| + s sum z) / 2.
    """
    places, members = z.shape
    draw = np.empty(members, np.uint64)
    for week in range(weeks):
        for m in range(members):
            draw[m] = mix(keys[m] + np.uint64(week + 1) * GOLDEN)
        for p in range(places):
            here, out, count = z[p], w[p], foes[p]
            z0, z1, z2, z3 = z[near[p, 0]], z[near[p, 1]], z[near[p, 2]], z[near[p, 3]]
            z4, z5, z6, z7 = z[near[p, 4]], z[near[p, 5]], z[near[p, 6]], z[near[p, 7]]
            for m in range(members):
                mine = here[m]
                plain, size, ones = ZERO, ZERO, ZERO
                for other in (z0[m], z1[m], z2[m], z3[m], z4[m], z5[m], z6[m], z7[m]):
                    plain += other
                    size += abs(other)
                    ones += ONE if other > ZERO else ZERO
                s = ONE if mine > ZERO else -ONE
                same = ones if mine > ZERO else EIGHT - ones
                out[m] = mine + move * (HALF * (plain + s * size) - mine * same)
                count[m] = EIGHT - same
        for p in range(places):
            here, out, count = w[p], z[p], foes[p]
            w0, w1, w2, w3 = w[near[p, 0]], w[near[p, 1]], w[near[p, 2]], w[near[p, 3]]
            w4, w5, w6, w7 = w[near[p, 4]], w[near[p, 5]], w[near[p, 6]], w[near[p, 7]]
            site = np.uint64(p + 1) * GOLDEN
            for m in range(members):
                mine, number = here[m], count[m]
                plain, size = ZERO, ZERO
                for other in (w0[m], w1[m], w2[m], w3[m], w4[m], w5[m], w6[m], w7[m]):
                    plain += other
                    size += abs(other)
                s = ONE if mine > ZERO else -ONE
                force = HALF * (size - s * plain) / (number if number > ONE else ONE)
                men = s * mine
                u = F(np.int32(mix(draw[m] ^ site) >> S40)) * UNIT
                chance = attack * number
                left = men + growth * (ONE - men)
                left = left * loss if u < chance else left
                out[m] = -s * (garrison * force) if u * (force + men) < chance * force else s * left


def build(places: int, weeks: int, members: int, seed: int) -> Any:
    """See `reduced`."""
    near = graph(places)
    numbers = [F(x) for x in (MOVE / DEGREE, ATTACK / DEGREE, 1 - LOSS, GROWTH, GARRISON)]
    z, w, foes = (np.empty((places, BLOCK), F) for _ in range(3))

    def run() -> tuple[Any, Any]:
        share, men = np.empty(members), np.empty(members)
        for first in range(0, members, BLOCK):
            size = min(BLOCK, members - first)
            used = [x.reshape(-1)[: places * size].reshape(places, size) for x in (z, w, foes)]
            used[0][:] = begin(places)[:, np.newaxis]
            simulate(member_keys(seed, first, first + size), near, *used, weeks, *numbers)
            share[first : first + size] = (used[0] > 0).mean(axis=0)
            men[first : first + size] = np.abs(used[0]).mean(axis=0)
        return share, men

    return run


if __name__ == "__main__":
    serve(build)
