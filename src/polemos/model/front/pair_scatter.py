"""How far the pace of a pair departs from the fit: a normal draw by member, ordered pair and half-year."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from polemos.model.rng import draws
from polemos.record.world import Floats, World, site

SCATTER = site("scatter of pairs")
SPREAD_OF_PAIRS = 0.6
"""Standard deviation of the logarithm of the pace of a pair in half a year, beside what switching gives; by the share
of totals that bands of 80 % held on seven wars (docs/hindcast.md)."""
SCATTER_WEEKS = 26
"""Weeks for which the scatter of a pair lasts."""


def pair_sites(world: World) -> NDArray[np.uint64]:
    """Addresses of ordered pairs [O, O + 1] of organisations, the last column nobody."""
    names = [*world.organisations.id, "nobody"]
    return np.array([[site(f"{o}/{d}") for d in names] for o in world.organisations.id], np.uint64)


def pair_scatter(keys: NDArray[np.uint64], pairs: NDArray[np.uint64], weeks: int, spread: float) -> Floats:
    """What is added to the logarithms of the rates [m, H, O, O + 1], anew every `SCATTER_WEEKS` of some weeks."""
    from scipy.special import ndtri

    spells = -(-max(weeks, 1) // SCATTER_WEEKS)
    scatter = np.zeros((keys.size, spells, *pairs.shape))
    for spell in range(spells if spread else 0):
        z = ndtri(draws(keys, SCATTER, pairs.ravel() + np.uint64(spell)))
        scatter[:, spell] = spread * z.reshape(-1, *pairs.shape)
    return scatter
