"""The reduced model in NumPy, vectorised over members: a row a place, members innermost, float32, no allocation."""

from __future__ import annotations

from typing import Any

import numpy as np
from reduced import ATTACK, DEGREE, GARRISON, GROWTH, LOSS, MOVE, begin, graph, serve
from scipy import sparse

BLOCK = 128
F = np.float32


def simulate(z: Any, near: Any, weeks: int, rng: np.random.Generator) -> None:
    """Men z [P, m], negative on side 0, go `weeks` on; `near` is a sparse matrix of ones, the fastest way to sum.

    With s the own sign, sums over neighbours give both sides: allies' men are (sum |z| + s sum z) / 2.
    """
    members = z.shape[1]
    room = np.empty((z.shape[0], 3 * members), F)
    plain, men, sign = (room[:, k * members : (k + 1) * members] for k in range(3))
    s, u, chance, won, t, number = (np.empty_like(z) for _ in range(6))
    taken, hit = np.empty(z.shape, bool), np.empty(z.shape, bool)
    for _ in range(weeks):
        np.copysign(F(1), z, out=s)
        plain[:], sign[:] = z, s
        np.abs(z, out=men)
        sums = near @ room
        np.multiply(s, sums[:, 2 * members :], out=number)
        np.multiply(s, sums[:, members : 2 * members], out=t)
        t += sums[:, :members]
        np.add(number, F(DEGREE), out=u)
        u *= z
        t -= u
        t *= F(MOVE / DEGREE / 2)
        z += t
        np.subtract(F(DEGREE), number, out=number)
        number *= F(0.5)
        plain[:] = z
        np.abs(z, out=men)
        sums = near @ room[:, : 2 * members]
        np.multiply(s, sums[:, :members], out=t)
        np.subtract(sums[:, members:], t, out=t)
        t *= F(0.5)
        np.maximum(number, F(1), out=u)
        t /= u
        rng.random(out=u, dtype=F)
        np.multiply(number, F(ATTACK / DEGREE), out=chance)
        np.multiply(chance, t, out=won)
        np.add(t, men, out=number)
        number *= u
        np.less(number, won, out=taken)
        np.less(u, chance, out=hit)
        # One less the loss where attacked: flags are 0 or 1.
        np.multiply(hit, F(-LOSS), out=number)
        number += F(1)
        np.multiply(men, F(1 - GROWTH), out=z)
        z += F(GROWTH)
        z *= number
        z *= s
        t *= F(-GARRISON)
        t *= s
        np.copyto(z, t, where=taken)


def build(places: int, weeks: int, members: int, seed: int) -> Any:
    """See `reduced`."""
    rows = np.repeat(np.arange(places), DEGREE)
    near = sparse.csr_array((np.ones(rows.size, F), (rows, graph(places).ravel())), shape=(places, places))
    rng = np.random.Generator(np.random.SFC64(seed))

    def run() -> tuple[Any, Any]:
        share, men = np.empty(members), np.empty(members)
        for first in range(0, members, BLOCK):
            z = np.repeat(begin(places)[:, np.newaxis], min(BLOCK, members - first), axis=1)
            simulate(z, near, weeks, rng)
            share[first : first + BLOCK], men[first : first + BLOCK] = (z > 0).mean(axis=0), np.abs(z).mean(axis=0)
        return share, men

    return run


if __name__ == "__main__":
    serve(build)
