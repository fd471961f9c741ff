"""A small cache of slow results, for threads that ask for the same one at once or one after another."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class LastResults(Generic[T]):
    """The `most` results that were asked for last, by key. Who asks for what another is at waits for that one."""

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, threading.Lock()
        self._entries: OrderedDict[Hashable, tuple[threading.Lock, list[T]]] = OrderedDict()

    def of(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` gives for a key, made once while it is among the last; an error is raised and not remembered."""
        with self._lock:
            lock, result = self._entries.setdefault(key, (threading.Lock(), []))
            self._entries.move_to_end(key)
            while len(self._entries) > self._most:
                self._entries.popitem(last=False)
        with lock:
            if not result:
                result.append(make())
            return result[0]
