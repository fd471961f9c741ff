"""What an ensemble says as a whole, reduced chunk by chunk.

Holders are counted and series are gathered, so the summary is the same, bit for bit, however the members were
split into chunks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polemos.model.trajectory import Trajectories
from polemos.record.world import Days, day

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)

Series = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Part:
    """What a chunk adds: members by holder [T, P, O + 1], and series [m, T, O] by name."""

    dates: Days
    counts: NDArray[np.int32]
    series: Mapping[str, Series]


@dataclass(frozen=True, slots=True)
class Summary:
    """An ensemble on the dates [T] of its trajectories.

    `counts` [T, P, O + 1] are members by holder of each place (the last: nobody). `quantiles` are the 5, 25, 50, 75
    and 95 % points [5, T, O] by series: `places` held, `people` in them (pre-war residents), `fighters`,
    `underground` members, `attacks` in the step that ends at the date.
    """

    dates: Days
    members: int
    counts: NDArray[np.int32]
    quantiles: Mapping[str, Series]

    @property
    def probability(self) -> NDArray[np.float32]:
        """Share of the members in which each holds a place: [T, P, O + 1]."""
        return (self.counts / self.members).astype(np.float32)

    def step(self, date: np.datetime64) -> int:
        """Index of the step nearest to a date; the earlier one of two."""
        return int(np.argmin(np.abs(self.dates - day(date))))


def held(control: NDArray[np.int8], weights: NDArray[np.float64], nobody: int) -> Series:
    """Sum of the weights [P] of the places that each organisation holds: [m, T, O]."""
    members, steps, places = control.shape
    row = np.arange(members * steps).reshape(members, steps, 1) * (nobody + 1)
    flat = (row + control).ravel()
    sums = np.bincount(flat, np.broadcast_to(weights, (members, steps, places)).ravel(), members * steps * (nobody + 1))
    return sums.reshape(members, steps, nobody + 1)[..., :nobody].astype(np.float32)


def reduce(chunk: Trajectories) -> Part:
    """What a chunk adds to the summary."""
    nobody = chunk.world.nobody
    _, steps, places = chunk.control.shape
    counts = np.zeros((steps, places, nobody + 1), np.int32)
    for holder in range(nobody + 1):
        counts[..., holder] = np.count_nonzero(chunk.control == holder, axis=0)
    series = {
        "places": held(chunk.control, np.ones(places), nobody),
        "people": held(chunk.control, chunk.world.places.people, nobody),
    }
    for name, values in chunk.strengths.items():
        series[name] = np.asarray(values, np.float32)
    if chunk.attacks is not None:
        series["attacks"] = chunk.attacks.sum(axis=3, dtype=np.float64).astype(np.float32)
    return Part(chunk.dates, counts, series)


def combine(parts: Sequence[Part]) -> Summary:
    """The summary of all members, from the parts in the order of the members."""
    counts = np.zeros_like(parts[0].counts)
    for part in parts:
        counts += part.counts
    quantiles = {}
    for name in parts[0].series:
        values = np.concatenate([part.series[name] for part in parts])
        quantiles[name] = np.quantile(values, QUANTILES, axis=0).astype(np.float32)
    return Summary(parts[0].dates, sum(part.series["places"].shape[0] for part in parts), counts, quantiles)
