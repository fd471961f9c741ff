"""Epstein 2002 (PNAS, civil violence) [k], without its grid: who takes part where everyone sees everyone.

One acts where H (1 - L) - R P > T, with hardship H and aversion R uniform on (0, 1), and P = 1 - exp(-k C / A) the
chance of arrest; k about 2.3, so that P is 0.9 where there are as many guards as active; T = 0.1. For a given P the
active share is the integral over R of (1 - (T + R P) / (1 - L))+, worked out here; agents are drawn one by one. Where
all see all, more guards mean a smaller crowd without a jump, from whichever side one comes [c]: the sudden outbursts
of the published runs come from sight that is local, and from chance.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from reading import Reading

from polemos.model.processes.uprising import risk, takes_part

AGENTS, LEGITIMACY, THRESHOLD, K = 20_000, 0.5, 0.1, 2.3
SOURCE = "Epstein 2002 [k]"


def share(caught: float) -> float:
    """Closed form of the share that acts at a chance of arrest."""
    free = (1 - LEGITIMACY - THRESHOLD) / (1 - LEGITIMACY)
    most = min(1.0, (1 - LEGITIMACY - THRESHOLD) / caught) if caught > 0 else 1.0
    return free * most - caught / (1 - LEGITIMACY) * most**2 / 2


def agents(caught: float) -> float:
    """The same with agents, drawn evenly, by the model's rule."""
    rng = np.random.default_rng(1)
    hardship, aversion = rng.random(AGENTS), rng.random(AGENTS)
    return float(
        np.mean(
            [takes_part(h * (1 - LEGITIMACY), r, caught, THRESHOLD) for h, r in zip(hardship, aversion, strict=True)]
        )
    )


def settles(guards: float, active: float) -> float:
    """Share active in the end, from a share active at the start; guards as a share of the population."""
    for _ in range(2000):
        active = share(float(risk(guards * AGENTS, active * AGENTS)))
    return active


def readings() -> list[Reading]:
    """The rule, the shares, and that a crowd has one size."""
    gap = max(abs(agents(p) - share(p)) for p in (0.0, 0.2, 0.5, 0.9))
    apart = max(abs(settles(g, 1.0) - settles(g, 1e-3)) for g in np.linspace(0.005, 1.0, 40))
    return [
        Reading("chance of arrest at one guard an active", 0.9, float(risk(1000.0, 1000.0)), 0.001, SOURCE),
        Reading("and at one guard for ten", 1 - math.exp(-K / 10), float(risk(100.0, 1000.0)), 1e-9, SOURCE),
        Reading("agents against the closed form, widest gap", 0.0, gap, 0.015, SOURCE),
        Reading("share of agents active without guards", 0.8, agents(0.0), 0.01, SOURCE),
        Reading("crowds from a full and from a quiet street, widest gap", 0.0, apart, 1e-6, "[c]"),
    ]


def chart() -> Any:
    """Share active against the chance of arrest: agents on the line; then crowds by guards."""
    import altair as alt

    line = [{"caught": float(p), "active": share(float(p))} for p in np.linspace(0, 1, 50)]
    dots = [{"caught": float(p), "active": agents(float(p))} for p in np.linspace(0, 1, 9)]
    x, y = alt.X("caught:Q", title="chance of arrest"), alt.Y("active:Q", title="share active")
    left = alt.Chart(alt.Data(values=line)).mark_line().encode(x=x, y=y)
    left += alt.Chart(alt.Data(values=dots)).mark_point(filled=True, color="black").encode(x=x, y=y)
    rows = [{"guards": float(g), "active": settles(float(g), 1.0)} for g in np.linspace(0.001, 0.8, 60)]
    right = (
        alt.Chart(alt.Data(values=rows))
        .mark_line()
        .encode(x=alt.X("guards:Q", title="guards per resident"), y=alt.Y("active:Q", title="share active"))
    )
    return left | right
