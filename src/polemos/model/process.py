"""What a process is: a name, its parameters with their priors, its arrays, and one kernel.

The names of a kernel's arguments are the names of arrays: of the map and the inputs (`model/inputs.py`), of
the state (`model/state.py` and what processes declare), of parameters (one value a member), and three of the
clock (`keys`, `process`, `step`). So what a process reads is its signature, and `writes` says what it changes.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from polemos.record.world import Floats

KINDS = ("uniform", "loguniform", "normal", "lognormal", "beta", "halfnormal", "either", "fixed")


@dataclass(frozen=True, slots=True)
class Prior:
    """A distribution of `kind` with two numbers.

    `uniform` low, high; `loguniform` low, high; `normal` mean, sd; `lognormal` median, sd of the logarithm;
    `beta` a, b; `halfnormal` least, sd; `either` one or the other, as likely; `fixed` value, value.
    """

    kind: str
    a: float
    b: float

    def quantile(self, u: Floats) -> Floats:
        """Inverse distribution function. Raises `ValueError` for an unknown kind."""
        from scipy import special

        if self.kind == "fixed":
            return np.full_like(u, self.a)
        if self.kind == "uniform":
            return self.a + (self.b - self.a) * u
        if self.kind == "loguniform":
            return np.exp(math.log(self.a) + (math.log(self.b) - math.log(self.a)) * u)
        if self.kind == "normal":
            return np.asarray(self.a + self.b * special.ndtri(u))
        if self.kind == "lognormal":
            return np.asarray(self.a * np.exp(self.b * special.ndtri(u)))
        if self.kind == "halfnormal":
            return np.asarray(self.a + self.b * special.ndtri((1.0 + u) / 2.0))
        if self.kind == "either":
            return np.where(u < 0.5, self.a, self.b)
        if self.kind == "beta":
            return np.asarray(special.betaincinv(self.a, self.b, u))
        raise ValueError(f"unknown prior {self.kind!r}: {', '.join(KINDS)}")

    def __str__(self) -> str:
        return f"{self.a:g}" if self.kind == "fixed" else f"{self.kind}({self.a:g}, {self.b:g})"


def uniform(low: float, high: float) -> Prior:
    """Uniform between two bounds."""
    return Prior("uniform", low, high)


def loguniform(low: float, high: float) -> Prior:
    """Uniform in the logarithm."""
    return Prior("loguniform", low, high)


def normal(mean: float, sd: float) -> Prior:
    """Normal."""
    return Prior("normal", mean, sd)


def lognormal(median: float, log_sd: float) -> Prior:
    """Log-normal by its median."""
    return Prior("lognormal", median, log_sd)


def beta(a: float, b: float) -> Prior:
    """Beta."""
    return Prior("beta", a, b)


def halfnormal(least: float, sd: float) -> Prior:
    """Normal about `least`, folded upwards."""
    return Prior("halfnormal", least, sd)


def either(one: float, other: float) -> Prior:
    """One of two values, as likely as the other."""
    return Prior("either", one, other)


def fixed(value: float) -> Prior:
    """A value that is not drawn."""
    return Prior("fixed", value, value)


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


def reads(kernel: Callable[..., Any]) -> tuple[str, ...]:
    """Names of the arguments of a kernel, compiled or not."""
    return tuple(inspect.signature(getattr(kernel, "py_func", kernel)).parameters)


@dataclass(frozen=True, slots=True)
class Process:
    """One mechanism of change.

    With `on` false it runs only where a scenario, a theory or the user names it. `replaces` names processes that do not
    run where it does. `begin`, if any, is a kernel called once at the origin. `after` places a process from outside the
    package in the order of a step; without it, it comes last. `keeps` names arrays by organisation whose course is kept
    in the trajectory.
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

    @property
    def reads(self) -> tuple[str, ...]:
        """Names of everything that the kernel is given."""
        return reads(self.kernel)


def source_of(process: Process) -> bytes:
    """The source of a process that was written outside the package, for digests; its bytecode where there is none."""
    sources = []
    for kernel in (process.kernel, process.begin):
        if kernel is None:
            continue
        function = getattr(kernel, "py_func", kernel)
        try:
            sources.append(inspect.getsource(function).encode())
        except (OSError, TypeError):
            sources.append(function.__code__.co_code + repr(function.__code__.co_consts).encode())
    return b"\0".join([process.name.encode(), repr(process.parameters).encode(), *sources])
