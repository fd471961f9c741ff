"""Rival pull: men move to a kindred organisation that stands better.

    weekly share of o's reserve that goes to x = 1 - exp(-tau_q tanh(z_q (L_x - L_o) / 2) kin[o, x])

where x stands better, of the core and foreign cohorts, into the same cohort of x; nobody moves to who stands worse, so
that the larger does not lose men to the smaller by size alone. `kin` is min(f_o, f_x) / max(f_o, f_x) of the foreign
shares f of two organisations of one kind, 0 for others: no input says who is near whom in creed, and those who draw on
the same volunteers compete for the same men (a proxy [?]). What this is not: units of a place (`switching`),
or going home (`exit`). Source: own form; fighters as a labour market, Mironova 2019 [v].
"""

import math

import numpy as np

from polemos.model.jit import kernel
from polemos.model.process import Parameter, Process, loguniform
from polemos.model.process import uniform as flat


@kernel
def drawn(better, z_q):
    """How much somebody who stands so much better draws: 0 for who does not, up to 1."""
    return math.tanh(z_q * better / 2.0) if better > 0.0 else 0.0


@kernel
def step(reserve, joined, went_over, credibility, kin, tau_q, z_q):
    """Move men between reserves, all at once."""
    nobody = reserve.shape[1]
    stock = np.zeros((nobody, 2))
    for m in range(reserve.shape[0]):
        for o in range(nobody):
            for k in range(2):
                stock[o, k] = reserve[m, o, k]
        for o in range(nobody):
            total = 0.0
            for x in range(nobody):
                total += kin[o, x] * drawn(credibility[m, x] - credibility[m, o], z_q[m])
            if total <= 0.0:
                continue
            leaving = -math.expm1(-tau_q[m] * total)
            for x in range(nobody):
                part = kin[o, x] * drawn(credibility[m, x] - credibility[m, o], z_q[m]) / total
                for k in range(2):
                    men = stock[o, k] * leaving * part
                    reserve[m, o, k] -= men
                    reserve[m, x, k] += men
                    went_over[m, o] += men
                    joined[m, x] += men
        for o in range(nobody):
            for k in range(2):
                reserve[m, o, k] = max(reserve[m, o, k], 0.0)


PROCESS = Process(
    name="pull",
    title="rival pull",
    kernel=step,
    parameters=(
        Parameter(
            "tau_q",
            loguniform(0.0003, 0.03),
            "per week",
            "going over to kin at its best",
            "judgement: the range that rival theories span",
        ),
        Parameter(
            "z_q",
            flat(0.0, 6.0),
            "logit",
            "weight of the difference in credibility",
            "judgement: of the size of other weights in a logit",
        ),
    ),
    writes=("reserve", "joined", "went_over"),
    on=False,
)
