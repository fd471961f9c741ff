"""`polemos explain`: what the model does in a step, and what stands behind each number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from polemos.record.world import World

TIMED_MEMBERS, TIMED_WEEKS = 50, 26


def seconds(world: World, origin: np.datetime64) -> dict[str, float]:
    """Seconds that each process takes in half a year of 50 members on one thread, compiling left out."""
    from polemos.model import engine

    cut = world.as_of(origin)
    end = origin + np.timedelta64(7 * TIMED_WEEKS, "D")
    for _ in range(2):
        setup = engine.prepare(cut, end, members=TIMED_MEMBERS, seed=1)
        engine.simulate(setup, 0, TIMED_MEMBERS)
    return dict(setup.spent)


def processes(names: Sequence[str]) -> list[dict[str, Any]]:
    """Processes in the order of a step, as JSON values. All there are, where none is named."""
    from polemos.model import processes as there

    chosen = [name for name in there.names() if not names or name in names]
    rows = []
    for name in chosen:
        process = there.load(name)
        rows.append(
            {
                "process": process.name,
                "title": process.title,
                "mechanisms": list(process.mechanisms),
                "reads": [name for name in process.reads if name not in {one.name for one in process.parameters}],
                "writes": list(process.writes),
                "arrays": [
                    {"name": a.name, "dimensions": list(a.dims), "unit": a.unit, "initial": a.initial}
                    for a in process.arrays
                ],
                "parameters": [
                    {
                        "name": p.name,
                        "prior": str(p.prior),
                        "unit": p.unit,
                        "per": p.per,
                        "meaning": p.meaning,
                        "source": p.source,
                        "basis_until": p.basis_until,
                    }
                    for p in process.parameters
                ],
            }
        )
    return rows
