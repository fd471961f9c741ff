"""The setups that this process made last: the one cache of a module, shared by all threads."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

MOST = 2
"""Setups that are kept: the one that chunks are simulated from, and the one before."""

_lock = threading.Lock()
_setups: OrderedDict[Hashable, Any] = OrderedDict()


def setup_of(key: Hashable, make: Callable[[], Any]) -> Any:
    """What `make` gives for a key, made once; threads that ask for the same key wait for the first."""
    with _lock:
        if key not in _setups:
            _setups[key] = make()
        _setups.move_to_end(key)
        while len(_setups) > MOST:
            _setups.popitem(last=False)
        return _setups[key]
