"""A rough estimate of a run's cost before it begins, for the warning on long runs and the refusal of impossible ones.

Fitted to runs of 1,000, 2,000 and 4,000 places with 20 and 100 members on one core of a machine that did other work
meanwhile; times are those of an idle core, a quarter of what was measured. Right to a factor of two or three.
"""

from __future__ import annotations

import os

LARGE = 5_000
"""Number of places from which on a scenario counts as large."""
BYTES, BYTES_A_PLACE, BYTES_A_PLACE_AND_MEMBER = 225e6, 165e3, 0.8e3
SECONDS_A_PLACE, SECONDS_A_PLACE_WEEK_AND_MEMBER = 7e-3, 4e-6


def memory(places: int, members: int) -> float:
    """Bytes of memory that a run takes."""
    return BYTES + places * (BYTES_A_PLACE + BYTES_A_PLACE_AND_MEMBER * members)


def seconds(places: int, weeks: int, members: int, threads: int) -> tuple[float, float]:
    """Seconds until the first simulated war begins, and from then on."""
    return places * SECONDS_A_PLACE, places * weeks * members * SECONDS_A_PLACE_WEEK_AND_MEMBER / threads


def machine_memory() -> float:
    """Bytes of memory of this machine, infinite where it does not say."""
    try:
        return float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (AttributeError, ValueError, OSError):
        return float("inf")


def in_words(duration: float) -> str:
    """A duration in words."""
    if duration < 90:
        return f"{max(duration, 1):.0f} s"
    return f"{duration / 60:.0f} minutes" if duration < 5400 else f"{duration / 3600:.0f} hours"


def gigabytes(size: float) -> str:
    """An amount of memory in words."""
    return f"{size / 1e9:.1f} GB"
