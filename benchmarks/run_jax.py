"""The reduced model in JAX on the processor: one compiled scan over the weeks, members innermost."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from reduced import ATTACK, DEGREE, GARRISON, GROWTH, LOSS, MOVE, begin, graph, serve

BLOCK = 256


def week(near: Any, z: Any, key: Any) -> Any:
    """One week of men z [P, m], negative on side 0.

    With s the own sign, sums over neighbours give both sides: allies' men are (sum |z| + s sum z) / 2.
    """
    s = jnp.where(z > 0, 1.0, -1.0)
    others = z[near]
    balance = s * jnp.sign(others).sum(0)
    z = z + MOVE / DEGREE / 2 * (others.sum(0) + s * jnp.abs(others).sum(0) - z * (DEGREE + balance))
    number = (DEGREE - balance) / 2
    others = z[near]
    force = (jnp.abs(others).sum(0) - s * others.sum(0)) / 2 / jnp.maximum(number, 1)
    men, u, chance = s * z, jax.random.uniform(key, z.shape), ATTACK / DEGREE * number
    left = (men + GROWTH * (1 - men)) * jnp.where(u < chance, 1 - LOSS, 1.0)
    return jnp.where(u * (force + men) < chance * force, -s * GARRISON * force, s * left)


@partial(jax.jit, static_argnames="weeks")
def simulate(z: Any, near: Any, key: Any, weeks: int) -> tuple[Any, Any]:
    """Share of side 1 and mean men [m] at the end."""
    z, _ = jax.lax.scan(lambda z, key: (week(near, z, key), None), z, jax.random.split(key, weeks))
    return (z > 0).mean(axis=0), jnp.abs(z).mean(axis=0)


def build(places: int, weeks: int, members: int, seed: int) -> Any:
    """See `reduced`. Compiled before it is timed."""
    near = jnp.asarray(graph(places).T)
    z = jnp.asarray(np.repeat(begin(places)[:, np.newaxis], min(BLOCK, members), axis=1))
    blocks = -(-members // BLOCK)
    keys = jax.random.split(jax.random.key(seed), blocks)
    jax.block_until_ready(simulate(z, near, keys[0], weeks))

    def run() -> tuple[Any, Any]:
        found = [simulate(z, near, key, weeks) for key in keys]
        return tuple(np.concatenate([np.asarray(one[i]) for one in found])[:members] for i in range(2))

    return run


if __name__ == "__main__":
    serve(build)
