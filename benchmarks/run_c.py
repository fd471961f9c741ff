"""The reduced model in plain C (run_c.c), compiled here for this machine; called through ctypes."""

from __future__ import annotations

import ctypes
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from reduced import ATTACK, DEGREE, GARRISON, GROWTH, LOSS, MOVE, begin, graph, serve

F = np.float32
BLOCK = 64
GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def library() -> Any:
    """The compiled program."""
    folder = tempfile.mkdtemp()
    made = Path(folder) / "reduced.so"
    source = Path(__file__).with_suffix(".c")
    subprocess.run(["cc", "-O3", "-march=native", "-shared", "-fPIC", "-o", made, source], check=True)
    return ctypes.CDLL(str(made)).simulate


def keys(seed: int, first: int, last: int) -> Any:
    """One key a member."""
    rng = np.random.default_rng([seed, first])
    return rng.integers(0, 2**64, last - first, np.uint64)


SIMULATE: Any = None


def build(places: int, weeks: int, members: int, seed: int) -> Any:
    """See `reduced`."""
    global SIMULATE
    SIMULATE = SIMULATE or library()
    near = graph(places)
    numbers = [ctypes.c_float(x) for x in (MOVE / DEGREE, ATTACK / DEGREE, 1 - LOSS, GROWTH, GARRISON)]
    z, w, foes = (np.empty((places, BLOCK), F) for _ in range(3))
    draw = np.empty(BLOCK, np.uint64)

    def run() -> tuple[Any, Any]:
        share, men = np.empty(members), np.empty(members)
        for first in range(0, members, BLOCK):
            size = min(BLOCK, members - first)
            mine = keys(seed, first, first + size)
            used = z.reshape(-1)[: places * size].reshape(places, size)
            used[:] = begin(places)[:, np.newaxis]
            arrays = (x.ctypes.data_as(ctypes.c_void_p) for x in (mine, near, used, w, foes, draw))
            SIMULATE(*arrays, places, size, weeks, *numbers)
            share[first : first + size] = (used > 0).mean(axis=0)
            men[first : first + size] = np.abs(used).mean(axis=0)
        return share, men

    return run


if __name__ == "__main__":
    serve(build)
