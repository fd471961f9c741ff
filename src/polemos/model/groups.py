"""What kernels are given together: groups of arrays under one name, as typed tuples.

A kernel's argument that is annotated with a `NamedTuple` is given the arrays that its fields name (`process.bind`). The
groups that many kernels take are here; what one process reads, changes and has as parameters stands in its own file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import get_annotations, signature
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from polemos.model.front.memory import Land, Memory
from polemos.record.world import Floats, Ints

Sites = NDArray[np.uint64]
"""Addresses of places, organisations or both in the random numbers."""
Weeks = NDArray[np.int16]


class Clock(NamedTuple):
    """Where a draw has its address: keys of the members [m], the process, and the step, a week."""

    keys: Sites
    process: np.uint64
    step: int


class Roads(NamedTuple):
    """Neighbours in compressed rows: those of p are `near[near_start[p]:near_start[p + 1]]`, so many hours away."""

    near_start: Ints
    near: Ints
    near_hours: Floats


class View(NamedTuple):
    """What the front looks like to every member: its memory, the map and the slopes [m, F]."""

    front: Memory
    ground: Land
    slopes: Floats


def parts(kernel: Callable[..., Any]) -> dict[str, type[Any] | None]:
    """Arguments of a kernel, compiled or not, each with its group; None for one that is an array by its own name."""
    function = getattr(kernel, "py_func", kernel)
    try:
        types = get_annotations(function, eval_str=True)
    except NameError:
        types = {}
    return {name: _group(types.get(name)) for name in signature(function).parameters}


def _group(kind: object) -> type[Any] | None:
    return kind if isinstance(kind, type) and issubclass(kind, tuple) and hasattr(kind, "_fields") else None


def reads(kernel: Callable[..., Any]) -> tuple[str, ...]:
    """Names of the arrays that a kernel is given, one by one or in groups."""
    fields = [(name,) if group is None else group._fields for name, group in parts(kernel).items()]
    return tuple(dict.fromkeys(name for names in fields for name in names))


def bind(kernel: Callable[..., Any], arrays: Mapping[str, Any]) -> list[Any]:
    """The arguments of a kernel from arrays by name. Raises `KeyError` for one that is not there."""
    return [
        arrays[name] if group is None else group(*(arrays[field] for field in group._fields))
        for name, group in parts(kernel).items()
    ]
