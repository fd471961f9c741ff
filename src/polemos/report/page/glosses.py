"""What each forecaster of the tables does, in a few words for a reader who has never heard its name."""

from __future__ import annotations

GLOSSES = {
    "persistence": ("no change", "nothing changes"),
    "pooled Markov": ("as before", "places change hands as often as before"),
    "contiguity Markov": ("as before, nearby", "places change hands as often as before, by who is next door"),
    "conflictology": ("past windows", "what happened in windows of the past happens again"),
    "front hazard": ("front", "captures at the front, learnt from the past of this war"),
    "front hazard, with other wars": ("front, other wars", "captures at the front, learnt from this war and others"),
    "log-linear": ("nearby, log-linear", "places next to the enemy change hands more often, as before"),
    "boosted trees": ("trees", "decision trees, learnt from the past of this war"),
    "model": ("simulated wars", "the simulated wars"),
    "forecast": ("forecast", "the mixture of front, simulated wars, trees and simple rules"),
}
"""A short name and a few words, by the name of a forecaster; a name that is not here stands for itself."""


def short_name(name: str) -> str:
    """A name that fits beside a chart."""
    return GLOSSES.get(name, (name, name))[0]


def gloss(name: str) -> str:
    """What a forecaster does, in a few words; its name where nothing is known of it."""
    return GLOSSES.get(name, (name, name))[1]
