"""The latest setups of this process: the only module-level cache, shared by all threads."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from polemos.model.last_results import LastResults

MOST = 2
"""Setups that are kept: those that chunks are simulated from on as many threads, or one and the one before."""

_setups: LastResults[Any] = LastResults(MOST)


def setup_of(key: Hashable, make: Callable[[], Any]) -> Any:
    """What `make` gives for a key, made once; threads that ask for the same key wait for the first."""
    return _setups.of(key, make)
