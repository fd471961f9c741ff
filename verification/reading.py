"""A reading: a published figure beside the model's, and how far apart they may be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Reading:
    """`found` should be within `tolerance` of `published`; `source` says where that is from, with its grade."""

    what: str
    published: float
    found: float
    tolerance: float
    source: str

    @property
    def within(self) -> bool:
        """Whether the two agree."""
        return abs(self.found - self.published) <= self.tolerance
