"""Draws of parameters that members take instead of priors: a posterior as an ensemble sees it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from polemos.record.world import Floats


@dataclass(frozen=True, slots=True)
class Draws:
    """Values [n, k] of k parameters by `names`, every row as likely; they rest on the record up to `until`."""

    names: tuple[str, ...]
    values: Floats
    until: np.datetime64

    def digest(self) -> str:
        """SHA-256 of the draws."""
        values = np.ascontiguousarray(self.values, np.float64)
        return hashlib.sha256(repr((self.names, str(self.until))).encode() + values.tobytes()).hexdigest()

    def of_members(self, seed: int, members: int) -> dict[str, Floats]:
        """By parameter, the value of every member [m]: that of a row which is a function of seed and member alone."""
        from polemos.model.rng import draws, member_keys
        from polemos.record.world import site

        u = draws(member_keys(seed, 0, members), site("row of the draws"), np.zeros(1, np.uint64))[:, 0]
        chosen = self.values[(u * self.values.shape[0]).astype(np.int64)]
        return {name: np.ascontiguousarray(chosen[:, column]) for column, name in enumerate(self.names)}

    def without(self, names: Collection[str]) -> Draws:
        """The same without some parameters, which keep their priors: those that a theory speaks of."""
        columns = [column for column, name in enumerate(self.names) if name not in names]
        return Draws(tuple(self.names[column] for column in columns), self.values[:, columns], self.until)


def latest(draws: Sequence[Draws], origin: np.datetime64) -> Draws | None:
    """Of several, those on the longest record that a forecast from `origin` may see; None where all see more."""
    earlier = [one for one in draws if one.until <= origin]
    return max(earlier, key=lambda one: one.until) if earlier else None
