"""Self-exciting counts (Hawkes 1971 [k]) in weekly bins: events breed events.

    N_t     ~ Poisson(background_t + E_t)
    E_{t+1} = phi E_t + n (1 - phi) N_t,      phi = exp(-1 / memory)

so that an event has n offspring in all (the share of events that are offspring), spread geometrically over the
weeks after it; the mean rate is background / (1 - n). What this is not: offspring within the week of their parent.
Source: Hawkes, Biometrika 58 (1971) 83-90 [k]; n 0.37-0.50, memory 2-6 weeks, Lewis et al. 2012 [v].
"""

from __future__ import annotations

import math
from typing import Any

from polemos.model.jit import kernel
from polemos.model.rng import poisson, stream


@kernel
def excite(excitation: Any, count: Any, branching: Any, memory: Any) -> Any:
    """Next week's E from this week's E and count; `branching` below 1, `memory` in weeks."""
    phi = math.exp(-1.0 / memory)
    return phi * excitation + branching * (1.0 - phi) * count


@kernel
def hawkes(background: Any, excitation: Any, stream_: Any, site: Any, index: Any) -> Any:
    """Events of one week at an address of `model.rng`."""
    return poisson(background + excitation, stream_, site, index)


@kernel
def hawkes_path(background: Any, branching: Any, memory: Any, key: Any, process: Any, site: Any, counts: Any) -> None:
    """Fill `counts` [T] for steps 0..T-1 of one member, starting from E at its mean n / (1 - n) background."""
    excitation = branching / (1.0 - branching) * background
    for step in range(counts.size):
        counts[step] = hawkes(background, excitation, stream(key, process, step), site, 0)
        excitation = excite(excitation, counts[step], branching, memory)


def mean_rate(background: float, branching: float) -> float:
    """background / (1 - branching). Raises `ValueError` unless 0 <= branching < 1: otherwise counts explode."""
    if not 0.0 <= branching < 1.0:
        raise ValueError(f"branching {branching}: give at least 0 and less than 1")
    return background / (1.0 - branching)
