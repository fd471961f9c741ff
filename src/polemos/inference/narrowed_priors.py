"""A prior at half its width: equal mean, half the standard deviation or, of a ratio, half the logarithmic range.

A theory that says little is punished for width, one that says much for being off; a verdict that depends on either is
none. So each theory is asked twice, as written and at half its widths.
"""

from __future__ import annotations

import math

from polemos.ensemble.plan import read_prior
from polemos.ensemble.theory import Theory
from polemos.model.process import Prior

HALF_NORMAL = math.sqrt(2 / math.pi)


def narrower(prior: Prior) -> Prior:
    """A prior of half the width with the same mean; what is fixed, or one of two, stays."""
    a, b = prior.a, prior.b
    if prior.kind == "uniform":
        return Prior("uniform", (a + b) / 2 - (b - a) / 4, (a + b) / 2 + (b - a) / 4)
    if prior.kind == "loguniform":
        ratio = math.sqrt(b / a)
        low = (b - a) / math.log(b / a) * math.log(ratio) / (ratio - 1)
        return Prior("loguniform", low, low * ratio)
    if prior.kind == "normal":
        return Prior("normal", a, b / 2)
    if prior.kind == "lognormal":
        return Prior("lognormal", a * math.exp(b**2 / 2 - b**2 / 8), b / 2)
    if prior.kind == "beta":
        weight = (4 * (a + b + 1) - 1) / (a + b)
        return Prior("beta", a * weight, b * weight)
    if prior.kind == "halfnormal":
        # Half a half-normal's spread about the same mean: a normal, which may pass the least value in few draws,
        # would be another kind of prior; where the least is nought a log-normal is not.
        if a == 0:
            spread = math.log1p((math.sqrt(1 / HALF_NORMAL**2 - 1) / 2) ** 2)
            return Prior("lognormal", b * HALF_NORMAL * math.exp(-spread / 2), math.sqrt(spread))
        return prior
    return prior


def mean(prior: Prior) -> float:
    """Mean of a prior."""
    a, b = prior.a, prior.b
    return {
        "uniform": lambda: (a + b) / 2,
        "loguniform": lambda: (b - a) / math.log(b / a),
        "normal": lambda: a,
        "lognormal": lambda: a * math.exp(b**2 / 2),
        "beta": lambda: a / (a + b),
        "halfnormal": lambda: a + b * HALF_NORMAL,
        "either": lambda: (a + b) / 2,
        "fixed": lambda: a,
    }[prior.kind]()


def half(theory: Theory) -> Theory:
    """A theory with all its priors at half their widths."""
    priors: dict[str, float | str] = {}
    for name, stated_prior in theory.priors.items():
        prior = read_prior(stated_prior)
        if isinstance(prior, Prior):
            new = narrower(prior)
            priors[name] = f"{new.kind}({new.a!r}, {new.b!r})"
        else:
            priors[name] = stated_prior
    return theory.model_copy(update={"priors": priors})
