"""The processes, one file each, in the order of a step.

A process is added by adding its file; a scenario or a theory switches it on by name.
"""

from __future__ import annotations

import importlib
import pkgutil

from polemos.model.process import Process

ORDER = (
    "support",
    "supply",
    "power",
    "exit",
    "recruitment",
    "allocation",
    "vacuum",
    "entry",
    "seizure",
    "attack",
    "battle",
    "fate",
    "release",
    "underground",
    "memory",
    "credibility",
    "attacks",
)


def names() -> tuple[str, ...]:
    """Names of the processes that there are: those of `ORDER`, then any other file of this folder."""
    there = {module.name for module in pkgutil.iter_modules(__path__)}
    return tuple([name for name in ORDER if name in there] + sorted(there - set(ORDER)))


def load(name: str) -> Process:
    """The process of a file of this folder. Raises `KeyError` naming those there are."""
    if name not in names():
        raise KeyError(f"no process {name!r}; there are {', '.join(names())}")
    process: Process = importlib.import_module(f"{__name__}.{name}").PROCESS
    return process
