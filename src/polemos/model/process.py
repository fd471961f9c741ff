"""What a process is: a name, its parameters with their priors, its arrays, and one kernel.

The names of a kernel's arguments, and of the fields of those that are groups (`model/groups.py`), are the names of
arrays: of the map and the inputs (`model/inputs.py`), of the state (`model/state.py` and what processes declare), of
parameters (one value a member), and three of the clock (`keys`, `process`, `step`). So what a process reads is its
signature, and `writes` says what it changes.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from polemos.model.groups import reads
from polemos.model.priors import (
    Prior,
    beta,
    either,
    fixed,
    halfnormal,
    lognormal,
    loguniform,
    normal,
    uniform,
)

__all__ = [
    "Array",
    "Opening",
    "Parameter",
    "Prior",
    "Process",
    "beta",
    "either",
    "fixed",
    "halfnormal",
    "lognormal",
    "loguniform",
    "normal",
    "source_of",
    "uniform",
]

NO_DATA = "-"

JUDGEMENT = "judgement: "
HAZARD = JUDGEMENT + "a weekly hazard, from once in ten years to once in five weeks; no evidence"
SHARE = JUDGEMENT + "a share, anywhere but at its ends; no evidence"
MULTIPLIER = JUDGEMENT + "a factor, as likely below one as above; no evidence"
LOGIT = JUDGEMENT + "of size one in a logit; no evidence"

GRADES = {
    "v": "read in the publication or a page that quotes it",
    "k": "from general knowledge of the literature, to be checked",
    "c": "computed from the published figures",
    "?": "doubtful",
}
"""How well what is taken from a publication was checked."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter: prior, unit, meaning, source, and the last date of the evidence behind it.

    `source` is a key of `references.bib`, or `judgement: ` and on what ground. Of a publication, `taken` says what is
    taken from it and `grade` how well that was checked (see `GRADES`). `basis_until` is an ISO date, or `-` for a
    judgement without dated evidence. `per` is `organisation` where every organisation has its own draw.
    """

    name: str
    prior: Prior
    unit: str
    meaning: str
    source: str
    basis_until: str = NO_DATA
    per: str = ""
    grade: str = ""
    taken: str = ""

    @property
    def reference(self) -> str:
        """Key of the publication that the prior rests on, empty where it is a judgement."""
        return "" if self.source.startswith(JUDGEMENT) else self.source


@dataclass(frozen=True, slots=True)
class Array:
    """An array of the state.

    Dimensions are among place, organisation, rival, target (the organisations and nobody), cohort, lag, country, edge
    (a link in one direction); the member comes first.
    """

    name: str
    dims: tuple[str, ...]
    unit: str
    initial: float = 0.0
    dtype: str = "f8"


STAGES = {
    "prospects": "what each organisation is believed to be worth, from the land and the victories of the record",
    "strength": "supply as it stands",
    "events": "attacks of a week, scaled to those observed",
    "begin": "what else a process sets up",
}
"""Stages of the origin in their order, and what each settles. A process opens in those that it names."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What a process does once at the origin, in a stage of `STAGES`: a kernel or a plain function, given by names."""

    stage: str
    kernel: Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Process:
    """One mechanism of change (docs/processes.md).

    Attributes
    ----------
    name, title : str
        The name is its address in the random numbers: another name draws other numbers.
    kernel : callable
        Moves a chunk of members one week. What it reads are the names of its arguments and of the fields of those that
        are groups (`polemos.model.groups`); the member comes first in every array.
    parameters : tuple of Parameter
        With their priors, units and sources.
    writes : tuple of str
        Names of the arrays that it changes.
    arrays : tuple of Array
        Those that it adds to the state.
    on : bool
        If false it runs only where a scenario, a theory or the user names it.
    replaces : tuple of str
        Processes that do not run where it does.
    begin : callable, optional
        A kernel for the last stage of the origin.
    after : str
        Places a process from outside the package in the order of a step; without it, it comes last.
    keeps : tuple of str
        Arrays by organisation whose course is kept in the trajectory.
    openings : tuple of Opening
        What it does at the origin, in earlier stages.
    pinned : bool
        Whether it minds the places that a counterfactual keeps from being captured.

    Examples
    --------
    >>> def step(step, holder):
    ...     "A kernel that changes nothing."
    >>> Process("nothing", "nothing", step, parameters=(), writes=()).reads
    ('step', 'holder')
    """

    name: str
    title: str
    kernel: Callable[..., Any]
    parameters: tuple[Parameter, ...]
    writes: tuple[str, ...]
    arrays: tuple[Array, ...] = ()
    on: bool = True
    replaces: tuple[str, ...] = ()
    begin: Callable[..., Any] | None = None
    after: str = ""
    keeps: tuple[str, ...] = ()
    openings: tuple[Opening, ...] = ()
    pinned: bool = False

    @property
    def reads(self) -> tuple[str, ...]:
        """Names of everything that the kernel is given, whether one by one or in groups."""
        return reads(self.kernel)

    def at(self, stage: str) -> tuple[Opening, ...]:
        """What it does in a stage of the origin."""
        begin = () if self.begin is None else (Opening("begin", self.begin),)
        return tuple(opening for opening in (*self.openings, *begin) if opening.stage == stage)


def source_of(process: Process) -> bytes:
    """The source of a process that was written outside the package, for digests; its bytecode where there is none."""
    sources = []
    for kernel in (process.kernel, *(opening.kernel for stage in STAGES for opening in process.at(stage))):
        function = getattr(kernel, "py_func", kernel)
        try:
            sources.append(inspect.getsource(function).encode())
        except (OSError, TypeError):
            sources.append(function.__code__.co_code + repr(function.__code__.co_consts).encode())
    return b"\0".join([process.name.encode(), repr(process.parameters).encode(), *sources])
