"""One fixed lexicon for probabilities: every sentence of a page takes its word from here, with the number beside it.

The words and bounds are those of the Intergovernmental Panel on Climate Change (Mastrandrea et al. 2010, Guidance note
on consistent treatment of uncertainties, table 1), cut so that every probability has exactly one word.
"""

from __future__ import annotations

WORDS = (
    (0.01, "exceptionally unlikely"),
    (0.10, "very unlikely"),
    (0.33, "unlikely"),
    (0.66, "about as likely as not"),
    (0.90, "likely"),
    (0.99, "very likely"),
)
"""Upper bounds and words; what lies above the last is `CERTAIN`."""

CERTAIN = "virtually certain"


def likelihood(probability: float) -> str:
    """The word for a probability: `unlikely` from 10 to 33 %. Raises `ValueError` outside 0 to 1."""
    if not 0 <= probability <= 1:
        raise ValueError(f"{probability} is no probability; give 0 to 1")
    return next((word for bound, word in WORDS if probability < bound), CERTAIN)


def per_cent(probability: float, members: int = 0) -> str:
    """A probability as a number: `12 %`, `under 1 %`; none or all of some simulated wars are counted instead."""
    if members and probability in (0.0, 1.0):
        return f"{'none' if probability == 0 else 'all'} of {members:,} simulated wars"
    value = 100 * probability
    if 0 < value < 1:
        return "under 1 %"
    if 99 < value < 100:
        return "over 99 %"
    return f"{value:.0f} %"


def in_words(probability: float, members: int = 0) -> str:
    """The word and the number: `unlikely (12 %)`."""
    return f"{likelihood(probability)} ({per_cent(probability, members)})"
