"""Going home: men leave, faster as the cause loses credibility.

    weekly share leaving = 1 - exp(-delta exp(eta_k (1 - L_o) + eta_b arrears_o)),   eta_foreign <= eta

for every organisation and every open account; `arrears` are weeks of pay owed (`money`; 0 while it is
off). What this is not: defection to another side (`switching`, `pull`). Source: own form; desertion tracks the decline
of the organisation, Nussio and Ugarriza 2021 [v].
"""

import math

import numpy as np

from polemos.model.jit import kernel
from polemos.model.process import Parameter, Process, loguniform, uniform


@kernel
def step(
    holder, attacker, garrison, assault, reserve, transit, credibility, arrears, delta, eta, eta_b, foreign_ties, home
):
    """Men of every open account leave for home."""
    nobody = reserve.shape[1]
    share = np.zeros((nobody + 1, 3))
    for m in range(holder.shape[0]):
        for o in range(nobody):
            for k in range(3):
                slope = eta[m] * (foreign_ties[m] if k == 1 else 1.0)
                share[o, k] = -math.expm1(
                    -delta[m] * math.exp(slope * (1.0 - credibility[m, o]) + eta_b[m] * arrears[m, o])
                )
                gone = reserve[m, o, k] * share[o, k]
                reserve[m, o, k] -= gone
                for lag in range(transit.shape[3]):
                    left = transit[m, o, k, lag] * share[o, k]
                    transit[m, o, k, lag] -= left
                    gone += left
                home[m, o] += gone
        for p in range(holder.shape[1]):
            o, a = holder[m, p], attacker[m, p]
            for k in range(3):
                if o < nobody:
                    left = garrison[m, p, k] * share[o, k]
                    garrison[m, p, k] -= left
                    home[m, o] += left
                if a >= 0:
                    left = assault[m, p, k] * share[a, k]
                    assault[m, p, k] -= left
                    home[m, a] += left


PROCESS = Process(
    name="exit",
    title="exit",
    kernel=step,
    parameters=(
        Parameter(
            "delta",
            loguniform(0.001, 0.01),
            "per week",
            "leaving at full credibility",
            "judgement: desertion of a tenth to three tenths a year in stable times [k]",
        ),
        Parameter(
            "eta",
            uniform(0.0, 4.0),
            "logarithm",
            "rise of leaving as credibility goes",
            "judgement: wide enough for 0.05 a week in a collapse [k]",
        ),
        Parameter(
            "eta_b",
            uniform(0.0, 0.1),
            "logarithm per week",
            "rise with each week of pay owed",
            "judgement: unpaid men leave sooner; the size has no source",
        ),
        Parameter(
            "foreign_ties",
            uniform(0.0, 1.0),
            "share of eta",
            "the same for foreigners, at most as strong",
            "judgement: foreigners have fewer homes to go to; the size has no source",
        ),
    ),
    writes=("home", "garrison", "assault", "reserve", "transit"),
)
