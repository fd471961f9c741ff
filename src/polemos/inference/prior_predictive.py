"""Before any inference: what the priors expect of the summaries, and which of the draws could be right at all.

History matching (Craig et al. 1997; McCulloch et al. 2022, doi 10.18564/jasss.4729): a draw is implausible where an
emulator's mean of a summary lies over three standard deviations from what was seen. The emulator is a quadratic in the
normal scores, its error what it leaves of the bank; the third worst of a draw's summaries decides, so that a few that
the model cannot reach rule nothing out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from polemos.inference.simulation_bank import Bank
from polemos.inference.window_summaries import NAMES
from polemos.record.world import Flags, Floats

LIMIT, WORST = 3.0, 3
QUANTILES = (0.05, 0.5, 0.95)


@dataclass(frozen=True, slots=True)
class Expected:
    """A summary of a window: what was `seen`, quantiles of the prior, the share of draws below, whether it is used."""

    window: str
    summary: str
    seen: float
    quantiles: tuple[float, ...]
    below: float
    used: bool


def expected(bank: Bank, chosen: Flags, used: Flags) -> list[Expected]:
    """The prior predictive check of the chosen windows [W], a row for each summary observed; `used` [chosen * S]."""
    x, summaries = bank.noisy()[:, chosen], bank.observed()[chosen]
    keep = used.reshape(summaries.shape)
    windows = [window.name for window, yes in zip(bank.windows, chosen, strict=True) if yes]
    rows = []
    for w, window in enumerate(windows):
        for s, name in enumerate(NAMES):
            if np.isfinite(summaries[w, s]) and np.isfinite(x[:, w, s]).all():
                points = tuple(float(q) for q in np.quantile(x[:, w, s], QUANTILES))
                # Counts tie: half of those equal count as below.
                below = float((x[:, w, s] < summaries[w, s]).mean() + (x[:, w, s] == summaries[w, s]).mean() / 2)
                rows.append(Expected(window, name, float(summaries[w, s]), points, below, bool(keep[w, s])))
    return rows


def plausible(x: Floats, z: Floats, summaries: Floats, used: Flags) -> Flags:
    """Draws [N] that are not ruled out, from their summaries x [N, D], scores z [N, k] and what was seen [D]."""
    if not used.any():
        return np.ones(x.shape[0], bool)
    columns = np.concatenate([np.ones((z.shape[0], 1)), z, z**2 - 1], axis=1)
    emulator, *_ = np.linalg.lstsq(columns, x[:, used], rcond=None)
    mean = columns @ emulator
    error = np.maximum((x[:, used] - mean).std(axis=0), 1e-9)
    off = np.sort(np.abs(mean - summaries[used]) / error, axis=1)
    return np.asarray(off[:, -min(WORST, off.shape[1])] < LIMIT)
