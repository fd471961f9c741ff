"""Sizes of events: a discrete power law with a cut-off, P(x) = x^-alpha / Z for x = 1..most.

Sums of powers beyond the nineteenth are by Euler and Maclaurin, so that a draw costs the same whatever `most`.
Source: Clauset, Young and Gleditsch 2007, alpha near 2.4 [k/v]; Bohorquez et al. 2009, about 2.5 [k].
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from polemos.model.jit import kernel

EXACT = 20


@kernel
def powers(alpha: Any, first: Any, most: Any) -> Any:
    """Sum of x^-alpha over first..most, to about 1e-9 of itself."""
    total = 0.0
    while first < EXACT and first <= most:
        total += float(first) ** -alpha
        first += 1
    if first > most:
        return total
    a, b = float(first), float(most)
    fa, fb = a**-alpha, b**-alpha
    if abs(alpha - 1.0) < 1e-9:
        area = np.log(b / a)
    else:
        area = (b * fb - a * fa) / (1.0 - alpha)
    slope = alpha * (fa / a - fb / b) / 12.0
    third = alpha * (alpha + 1.0) * (alpha + 2.0) * (fa / a**3 - fb / b**3) / 720.0
    fifth = alpha * (alpha + 1.0) * (alpha + 2.0) * (alpha + 3.0) * (alpha + 4.0)
    fifth *= (fa / a**5 - fb / b**5) / 30240.0
    return total + area + (fa + fb) / 2.0 + slope - third + fifth


@kernel
def power_law(u: Any, alpha: Any, most: Any) -> Any:
    """Size at a uniform `u` on (0, 1), by inversion: the least x with P(X <= x) >= u. An integer in 1..most."""
    beyond = (1.0 - u) * powers(alpha, 1, most)
    low, high = 1, most
    while low < high:
        middle = (low + high) // 2
        if powers(alpha, middle + 1, most) <= beyond:
            high = middle
        else:
            low = middle + 1
    return low


@dataclass(frozen=True, slots=True)
class PowerLaw:
    """A fit by maximum likelihood: exponent, its standard error, and how many sizes it rests on."""

    alpha: float
    error: float
    count: int


def fit_power_law(sizes: Any, most: int, least: int = 1) -> PowerLaw:
    """Maximum-likelihood exponent of the sizes in least..most; others are left out.

    Solves E_alpha[ln x] = mean ln x by bisection on (-5, 20); the error is from the information, n var_alpha(ln x).
    Raises `ValueError` where no size is left or all of them are `least` or `most` (the exponent is then infinite).
    """
    x = np.asarray(sizes, np.float64)
    x = x[(x >= least) & (x <= most)]
    if not x.size:
        raise ValueError(f"no sizes between {least} and {most}")
    if (x == least).all() or (x == most).all():
        raise ValueError(f"every size is {x[0]:g}: that fixes no exponent")
    logs = np.log(np.arange(least, most + 1, dtype=np.float64))
    wanted = float(np.log(x).mean())

    def moments(alpha: float) -> tuple[float, float]:
        weight = np.exp(-alpha * logs - np.max(-alpha * logs))
        weight /= weight.sum()
        mean = float(weight @ logs)
        return mean, float(weight @ logs**2) - mean**2

    low, high = -5.0, 20.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if moments(middle)[0] > wanted else (low, middle)
    alpha = (low + high) / 2
    return PowerLaw(alpha, 1.0 / float(np.sqrt(x.size * moments(alpha)[1])), int(x.size))
