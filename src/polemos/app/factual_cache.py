"""Simulated wars without any change, shared by all open pages; each chunk is simulated once, when first needed."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from polemos.counterfactual.paired_runs import Kept, measures

if TYPE_CHECKING:
    from polemos.ensemble.plan import Plan
    from polemos.model.setup import Ground, Setup
    from polemos.questions.questions import Question

FIRST = 50
"""Members after which the first picture is shown."""
LARGEST = 75
"""Members a later chunk, at most."""

Stop = Callable[[], bool]


def spans(members: int, threads: int) -> list[tuple[int, int]]:
    """Chunks of members: the first ones small and shared out, so that a picture comes early; then even ones."""
    first = min(members, FIRST)
    cuts = np.linspace(0, first, min(threads, max(1, first // 10)) + 1).round().astype(int).tolist()
    rest = members - first
    if rest:
        count = -(-rest // LARGEST)
        count = min(rest, -(-count // threads) * threads)
        cuts += (first + np.linspace(0, rest, count + 1).round().astype(int)[1:]).tolist()
    return list(pairwise(cuts))


@dataclass
class Factual:
    """A factual war, chunk by chunk as somebody needs it. `shown` is where the page keeps its picture of the whole."""

    plan: Plan
    ground: Ground
    setup: Setup
    questions: tuple[Question, ...]
    parts: tuple[tuple[int, int], ...]
    chunks: dict[int, Kept] = field(default_factory=dict)
    shown: Any = None
    id: str = field(default_factory=lambda: secrets.token_hex(6))
    locks: Mapping[int, threading.Lock] = field(init=False)

    def __post_init__(self) -> None:
        self.locks = {first: threading.Lock() for first, _ in self.parts}

    @property
    def whole(self) -> bool:
        """Whether every member is there."""
        return len(self.chunks) == len(self.parts)

    def all(self) -> Kept:
        """What is kept of all members, where it is whole."""
        return stacked([self.chunks[first] for first, _ in self.parts])

    def chunk(self, first: int, last: int, stop: Stop) -> Kept:
        """What is kept of members first..last-1, simulated once. Raises `Stopped`."""
        from polemos.model import engine

        with self.locks[first]:
            if first not in self.chunks:
                self.chunks[first] = measures(self.questions)(engine.simulate(self.setup, first, last, stop=stop))
            return self.chunks[first]


def stacked(parts: list[Kept]) -> Kept:
    """What is kept of several chunks, in their order."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
