"""The summary of an ensemble, reduced chunk by chunk as chunks finish, so that no member has to be kept.

Holders are counted. Series are gathered up to `EXACT` members; beyond, each value is counted in a bin of its own
logarithmic scale, and quantiles are right to 0.4 % of the value (0.008 near nothing). Counts do not depend on the order
of what is counted, so the summary is the same, bit for bit, however the members were split into chunks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from polemos.model.trajectory import Trajectories
from polemos.record.world import Days, day

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)

EXACT = 5000
"""Members up to which series are gathered and their quantiles exact."""

Series = NDArray[np.float32]
Codes = NDArray[np.int16]

MISSING = np.int16(-32768)
NEAREST_ZERO = (127 - 7) << 7
"""The first sixteen bits of 2^-7 as a float32: what is smaller counts as nothing."""
GROWTH = 256


@dataclass(frozen=True, slots=True)
class Part:
    """What a chunk adds: members by holder [T, P, O + 1], and series [m, T, O] by name, as values or as codes."""

    dates: Days
    counts: NDArray[np.int32]
    series: Mapping[str, Series | Codes]


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


@dataclass(slots=True)
class Bins:
    """Members by code, from code `low` on: [T, O, codes]."""

    low: int
    counts: NDArray[np.uint32]


@dataclass(slots=True)
class Totals:
    """The sum of the parts so far of an ensemble of some members."""

    members: int
    dates: Days | None = None
    counts: NDArray[np.int32] | None = None
    series: dict[str, Series] = field(default_factory=dict)
    bins: dict[str, Bins] = field(default_factory=dict)

    def add(self, first: int, part: Part) -> None:
        """Add the part of the members from `first` on, once."""
        if self.counts is None:
            self.dates, self.counts = part.dates, np.zeros_like(part.counts, np.int32)
        self.counts += part.counts
        for name, values in part.series.items():
            if values.dtype == np.int16:
                self._count(name, values)
                continue
            if name not in self.series:
                self.series[name] = np.empty((self.members, *values.shape[1:]), np.float32)
            self.series[name][first : first + values.shape[0]] = values

    def _count(self, name: str, codes: NDArray[np.generic]) -> None:
        is_known = codes != MISSING
        codes_known = codes[is_known].astype(np.int64)
        shape = codes.shape[1:]
        if name not in self.bins:
            self.bins[name] = Bins(0, np.zeros((*shape, GROWTH), np.uint32))
        mine = self.bins[name]
        low, high = int(codes_known.min(initial=0)), int(codes_known.max(initial=0))
        below, above = max(mine.low - low, 0), max(high + 1 - mine.low - mine.counts.shape[-1], 0)
        if below or above:
            room = [(0, 0)] * len(shape) + [(below + GROWTH if below else 0, above + GROWTH if above else 0)]
            mine.counts = np.pad(mine.counts, room)
            mine.low -= room[-1][0]
        width = mine.counts.shape[-1]
        column = np.broadcast_to(np.arange(int(np.prod(shape))).reshape(shape), codes.shape)[is_known]
        np.add.at(mine.counts.reshape(-1), column * width + (codes_known - mine.low), 1)

    def summary(self) -> Summary:
        """The summary of all members, once every part is there."""
        assert self.dates is not None
        assert self.counts is not None
        arrays = {}
        for name, values in self.series.items():
            arrays[name] = np.quantile(values, QUANTILES, axis=0).astype(np.float32)
        for name, bins in self.bins.items():
            arrays[name] = _of_bins(bins, self.members)
        return Summary(self.dates, self.members, self.counts, arrays)


def held_weights(control: NDArray[np.int8], weights: NDArray[np.float64], nobody: int) -> Series:
    """Sum of the weights [P] of the places that each organisation holds: [m, T, O]."""
    members, steps, places = control.shape
    row = np.arange(members * steps).reshape(members, steps, 1) * (nobody + 1)
    flat = (row + control).ravel()
    sums = np.bincount(flat, np.broadcast_to(weights, (members, steps, places)).ravel(), members * steps * (nobody + 1))
    return sums.reshape(members, steps, nobody + 1)[..., :nobody].astype(np.float32)


def reduce(chunk: Trajectories, *, coded: bool = False) -> Part:
    """What a chunk adds to the summary; `coded` in an ensemble of more than `EXACT` members."""
    from polemos.model.counting import count

    members, steps, places = chunk.control.shape
    nobody = chunk.world.nobody
    counts = np.zeros((steps, places, nobody + 1), np.int32)
    number, people = (np.empty((members, steps, nobody + 1)) for _ in range(2))
    count(np.ascontiguousarray(chunk.control), chunk.world.places.people.astype(np.float64), counts, number, people)
    series = {
        "places": number[..., :nobody].astype(np.float32),
        "people": people[..., :nobody].astype(np.float32),
    }
    for name, values in chunk.strengths.items():
        series[name] = np.asarray(values, np.float32)
    if chunk.attacks is not None:
        series["attacks"] = chunk.attacks.sum(axis=3, dtype=np.float64).astype(np.float32)
    if coded:
        return Part(chunk.dates, counts, {name: code(values) for name, values in series.items()})
    return Part(chunk.dates, counts, series)


def code(values: Series) -> Codes:
    """Values rounded to eight binary digits, as whole numbers of the same order; NaN is `MISSING`."""
    bits = np.ascontiguousarray(values, np.float32).view(np.int32)
    size = np.maximum((((bits & 0x7FFFFFFF) + 0x8000) >> 16) - NEAREST_ZERO + 1, 0)
    return np.where(np.isnan(values), np.int32(MISSING), np.where(bits < 0, -size, size)).astype(np.int16)


def decode(codes: NDArray[np.integer]) -> Series:
    """The values that codes stand for."""
    size = np.where(codes == 0, 0, (np.abs(codes.astype(np.int32)) + (NEAREST_ZERO - 1)) << 16)
    return np.where(codes < 0, -1, 1).astype(np.float32) * size.astype(np.int32).view(np.float32)


def _of_bins(bins: Bins, members: int) -> Series:
    """Quantiles [5, T, O], linear between ranks as of values; NaN where a member has none."""
    steps, organisations, _ = bins.counts.shape
    quantiles = np.full((len(QUANTILES), steps, organisations), np.nan, np.float32)
    for t in range(steps):
        below = bins.counts[t].cumsum(axis=1, dtype=np.int64)
        for row, q in enumerate(QUANTILES):
            rank = (members - 1) * q
            ranks = (int(rank), min(int(rank) + 1, members - 1))
            low, high = (decode(bins.low + (below <= k).sum(axis=1)).astype(np.float64) for k in ranks)
            quantiles[row, t] = np.where(below[:, -1] == members, low + (high - low) * (rank - int(rank)), np.nan)
    return quantiles
