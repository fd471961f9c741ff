"""A score of when a place first changes hands, among ordered leads."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from polemos.record.world import Floats


def rps_of_leads(changed: ArrayLike, happened: ArrayLike) -> Floats:
    """Ranked probability score from probabilities `changed` [..., L] of a first change by each of ordered leads.

    `happened` [..., L] says whether it had come by then. Of a place that changes hands and back, a forecast of holders
    lead by lead tells only whether it is changed *on* the lead: the sum is then one of Brier scores, proper still.
    Epstein (1969), J. Appl. Meteorol. 8.
    """
    return np.asarray(((np.asarray(changed, float) - np.asarray(happened, float)) ** 2).sum(-1))
