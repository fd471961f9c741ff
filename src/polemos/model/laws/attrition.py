"""Attrition between two forces: laws that can be used alone, each stepped by its exact solution.

Helmbold's family, W in [0, 1]:      A' = -b A^(1-W) B^W,    B' = -a B^(1-W) A^W
    square law at W = 1 (aimed fire), linear-type at 1/2, logarithmic at 0 (losses by own size);
    a A^(2W) - b B^(2W) is constant, and at W = 0 a ln A - b ln B. Since x = A^W and y = B^W obey x' = -bW y,
    y' = -aW x, every member of the family has the square law's hyperbolic solution and no step is too long.
Area fire (the linear law in time):  A' = -b A B,            B' = -a A B          a A - b B constant
Guerrilla (Deitchman):               C' = -g G,              G' = -k C G          k C^2 / 2 - g G constant

a, b, g are per day; a is what an A does to B. What this is not: a claim that constant coefficients fit any battle
(Lucas and Turkes 2004 [k]: none does well). Source: Lanchester 1916, Osipov 1915, Weiss 1966, Helmbold 1965,
Deitchman 1962, Engel 1954 [k]; exponents found differ so widely that W is left open.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polemos.model.jit import kernel

LOGARITHMIC = 1e-8
"""Below this W the logarithmic law is used: it differs by no more than rounding does."""


@kernel
def hyperbolic(x: Any, y: Any, a: Any, b: Any, days: Any) -> Any:
    """x' = -b y, y' = -a x for so many days, or until one of them is gone."""
    m = math.sqrt(a * b)
    if m == 0.0:
        return max(x - b * y * days, 0.0), max(y - a * x * days, 0.0)
    c, s = math.cosh(m * days), math.sinh(m * days)
    left, other = x * c - y * math.sqrt(b / a) * s, y * c - x * math.sqrt(a / b) * s
    if left > 0.0 and other > 0.0:
        return left, other
    over = a * x * x - b * y * y
    if over > 0.0:
        return math.sqrt(over / a), 0.0
    return 0.0, math.sqrt(-over / b)


@kernel
def helmbold(A: Any, B: Any, a: Any, b: Any, w: Any, days: Any) -> Any:
    """What is left of A and B after so many days of Helmbold's law with exponent `w` in [0, 1]."""
    if A <= 0.0 or B <= 0.0:
        return max(A, 0.0), max(B, 0.0)
    if w < LOGARITHMIC:
        return A * math.exp(-b * days), B * math.exp(-a * days)
    # In units of the larger force, so that no power overflows.
    unit = max(A, B)
    x, y = hyperbolic((A / unit) ** w, (B / unit) ** w, a * w, b * w, days)
    return unit * x ** (1.0 / w), unit * y ** (1.0 / w)


@kernel
def area_fire(A: Any, B: Any, a: Any, b: Any, days: Any) -> Any:
    """What is left of A and B after so many days of the linear law A' = -b A B, B' = -a A B."""
    over = a * A - b * B
    if abs(over) * days < 1e-12:
        left = A / (1.0 + a * A * days)
        return left, B * left / A if A > 0.0 else B
    if over > 0.0:
        fade = math.exp(-over * days)
        left = B * over * fade / (a * A - b * B * fade)
        return (over + b * left) / a, left
    fade = math.exp(over * days)
    left = A * -over * fade / (b * B - a * A * fade)
    return left, (a * left - over) / b


@kernel
def deitchman(C: Any, G: Any, k: Any, g: Any, days: Any) -> Any:
    """What is left of regulars C, ambushed by guerrillas G, after so many days: C' = -g G, G' = -k C G.

    `k` is what a regular's unaimed fire does over the area in which the guerrillas hide, as a share of it.
    """
    even = k * C * C / 2.0 - g * G
    if even > 0.0:
        s = math.sqrt(2.0 * even / k)
        t = math.tanh(math.sqrt(even * k / 2.0) * days)
        left = s * (C + s * t) / (s + C * t)
    elif even < 0.0:
        s = math.sqrt(-2.0 * even / k)
        angle = math.atan(C / s) - math.sqrt(-even * k / 2.0) * days
        left = s * math.tan(angle) if angle > 0.0 else 0.0
    else:
        left = C / (1.0 + k * C * days / 2.0)
    return left, max((k * left * left / 2.0 - even) / g, 0.0)


@kernel
def reinforced(A: Any, B: Any, a: Any, b: Any, arriving: Any, days: Any) -> Any:
    """Square law with `arriving` men a day joining A: A' = -b B + arriving, B' = -a A. `b` above 0; while both last."""
    moved = B - arriving / b
    m = math.sqrt(a * b)
    c, s = math.cosh(m * days), math.sinh(m * days)
    left = A * c - moved * math.sqrt(b / a) * s
    other = moved * c - A * math.sqrt(a / b) * s + arriving / b
    return max(left, 0.0), max(other, 0.0)


def campaign(
    A: float, B: float, a: float, b: float, arrivals: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A and B at the days 0..T of the square law, with `arrivals` [T] joining A evenly through each day."""
    path = [(A, B)]
    for men in arrivals:
        path.append(reinforced(*path[-1], a, b, float(men), 1.0))
    left, other = np.array(path).T
    return left, other
