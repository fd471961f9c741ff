"""The reduced model of docs/reduced-model.md: its numbers, its graph, and how a program of it is asked and timed.

A program defines `build(places, weeks, members, seed)`, which returns a function of no arguments that simulates all
members once and gives back, by member, the share of places of side 1 and the mean men at the end. It is run as
`python PROGRAM.py PLACES WEEKS MEMBERS` and answers each line on its standard input with one of JSON.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

DEGREE = 8
MOVE, ATTACK, LOSS, GROWTH, GARRISON = 0.1, 0.2, 0.1, 0.02, 0.5
Build = Callable[[int, int, int, int], Callable[[], tuple[Any, Any]]]


def graph(places: int) -> np.ndarray[Any, np.dtype[np.int32]]:
    """Neighbours [P, 8]: 1, 2 and 3 places away on a ring either way, and a chord either way."""
    steps = np.array([1, 2, 3, places * 3 // 8])
    offsets = np.concatenate([steps, -steps])
    return ((np.arange(places)[:, np.newaxis] + offsets) % places).astype(np.int32)


def begin(places: int) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Men [P] at the start: one everywhere, and negative in the first half, which side 0 holds."""
    return np.where(np.arange(places) < places // 2, -1.0, 1.0).astype(np.float32)


def serve(build: Build) -> None:
    """Answer requests: a line in, a run, a line of JSON out."""
    places, weeks, members = (int(word) for word in sys.argv[1:4])
    began = time.perf_counter()
    for seed, _ in enumerate(sys.stdin):
        run = build(places, weeks, members, seed)
        started = time.perf_counter()
        share, men = run()
        seconds = time.perf_counter() - started
        share, men = np.asarray(share, np.float64), np.asarray(men, np.float64)
        told = {"seconds": seconds, "share": share.tolist(), "men": men.tolist(), "since": started - began}
        print(json.dumps(told), flush=True)
