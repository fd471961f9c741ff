"""The processes, one file each, in the order of a step.

A process is added by adding its file; a scenario or a theory switches it on by name.
"""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from collections.abc import Sequence
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path

from polemos.model.process import Process

ORDER = (
    "leaders",
    "supply",
    "money",
    "exit",
    "recruitment",
    "pull",
    "allocation",
    "switching",
    "uprising",
    "captures",
    "fate",
    "release",
    "attitudes",
    "underground",
    "memory",
    "credibility",
    "turnover",
    "affiliates",
    "attacks",
    "events",
    "watch",
)


GONE = dict.fromkeys(
    ("attack", "seizure", "battle", "battle_full", "vacuum", "entry"),
    "it was removed; captures, which runs by default, does its work",
) | {
    "support": "it was removed; the rate of captures counts support",
    "power": "it was removed; uprising and switching count men instead",
    "raids": "it was removed, because it changed no answer",
}
"""Removed processes, and what does the work of each."""

GROUP = "polemos.processes"
"""Entry points of installed packages that bring a process each."""


@cache
def names() -> tuple[str, ...]:
    """Names of the processes that there are: those of `ORDER`, then any other file of this folder."""
    module_names = {module.name for module in pkgutil.iter_modules(__path__)}
    return tuple([name for name in ORDER if name in module_names] + sorted(module_names - set(ORDER)))


@cache
def installed() -> tuple[str, ...]:
    """Names of the processes that installed packages bring."""
    return tuple(sorted({point.name for point in entry_points(group=GROUP)} - set(names())))


def missing(name: str) -> str:
    """A message: no process has this name, and what does its work, or which processes there are."""
    there_are = ", ".join((*names(), *installed()))
    return f"no process {name!r}; {GONE.get(name) or f'there are {there_are}'}"


def load(name: str | Process) -> Process:
    """The process of a name, or of a Python file that defines PROCESS (a path that ends in .py); a process is itself.

    Raises `KeyError` naming those there are, or saying what is wrong with the file.
    """
    if isinstance(name, Process):
        return name
    if name.endswith(".py"):
        return _of_file(Path(name).resolve())
    if name in names():
        process: Process = importlib.import_module(f"{__name__}.{name}").PROCESS
        return process
    if name in installed():
        (point,) = entry_points(group=GROUP, name=name)
        return _checked(point.load(), f"entry point {point.value}")
    raise KeyError(missing(name))


def choose(named: Sequence[str], added: Sequence[str | Process] = ()) -> tuple[Process, ...]:
    """The processes that a scenario names, or else all that are on, and those added, in the order of a step.

    A scenario never loads code: only `added` may hold files or processes. Raises `KeyError` for one that does not
    exist or a name given twice.
    """
    unknown = [name for name in named if name not in (*names(), *installed())]
    if unknown:
        raise KeyError("; ".join(map(missing, unknown)))
    wanted = {*(named or [name for name in names() if load(name).on]), *(one for one in added if isinstance(one, str))}
    chosen = [load(name) for name in names() if name in wanted]
    for outside in _outside((*named, *added)):
        chosen_names = [process.name for process in chosen]
        if outside.name in (*chosen_names, *names()):
            raise KeyError(f"there is a process {outside.name!r} already; give yours another name")
        if outside.after and outside.after not in chosen_names:
            raise KeyError(
                f"{outside.name} runs after {outside.after!r}, which does not run; {', '.join(chosen_names)} do"
            )
        chosen.insert(chosen_names.index(outside.after) + 1 if outside.after else len(chosen), outside)
    return tuple(chosen)


def _outside(wanted: Sequence[str | Process]) -> list[Process]:
    """The processes among those wanted that do not come with polemos, each once."""
    chosen: list[Process] = []
    for one in wanted:
        process = None if one in names() else load(one)
        if process is not None and process not in chosen:
            chosen.append(process)
    return chosen


@cache
def _of_file(path: Path) -> Process:
    if not path.is_file():
        raise KeyError(f"no file {path.name}; give the path of a Python file that defines PROCESS")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise KeyError(f"{path.name} is no Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return _checked(getattr(module, "PROCESS", None), path.name)


def _checked(process: object, where: str) -> Process:
    if not isinstance(process, Process):
        raise KeyError(f"{where} defines no PROCESS; see docs/processes.md")
    return process
