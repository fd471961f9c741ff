"""Victory by force ratio: P(attacker wins) = expit(a + b ln ratio).

Source: fit to the 631 tabulated of the Dupuy Institute's 752 cases [v], a 0.005 (0.11), b 0.78 (0.14) [c].
"""

import math

from polemos.model.jit import kernel


@kernel
def win(ratio, intercept, slope):
    """Chance that an attacker wins at a ratio of strengths; 0 where the ratio is not above 0."""
    if not ratio > 0.0:
        return 0.0
    return 1.0 / (1.0 + math.exp(-intercept - slope * math.log(ratio)))
