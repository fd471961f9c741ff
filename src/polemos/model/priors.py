"""Priors: what is believed of a parameter before a war is looked at."""

from __future__ import annotations

import math
from dataclasses import dataclass

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
