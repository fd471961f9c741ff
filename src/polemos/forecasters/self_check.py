"""The self-check: how many changes of hands were expected over the past year, and how many there were.

Only forecasts that had fallen due by the origin count, and of these the ones that fell due within the year before it:

    r = ln((E + s) / (N + s)) B / (B + 1),    beyond = sign(r) max(0, |r| - ln 1.5)

E and N are the expected and the real changes of hands, means over these forecasts; s is 4 for a member, at most 4 and
4 / B for the mixture itself; B is the number of leads that they span one after another, so that a single period is
believed by half. A member keeps exp(-3 |beyond|) of its weight, and the odds of a change that the mixture itself
tells are multiplied by exp(-beyond) of its own. Who is off by chance keeps all; who tells ten times too many changes
loses nearly all.

The form and its constants were chosen among some fifty on the first half of the origins of the library's wars, by
somebody who saw the second half too. On these wars the check changes next to nothing (docs/forecast.md): it is there
for the war in which the tempo changes for good.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from polemos.record.world import Days, Floats, Holders, World

YEAR = np.timedelta64(365, "D")
SOFT = 4.0
"""Changes added to both sides: a few more or fewer are no failure. For a member they are added to the mean forecast,
for the level of the mixture to all that the leads one after another saw, which is more at short leads."""
CLEAR, STEEPNESS = 1.5, 3.0
SLACK = 3
"""Days by which the same lead in months may differ."""


@dataclass(frozen=True, slots=True)
class Track:
    """Changes of hands that were `expected` and that `happened`, means over `forecasts` that fell due.

    They are of a lead of `days`, and span `periods` of it one after another.
    """

    days: int
    forecasts: int
    periods: float
    expected: float
    happened: float
    soft: float = SOFT

    @property
    def beyond(self) -> float:
        """By how much, in logarithms, more was expected than happened (below 0: less), beyond the tolerance `CLEAR`."""
        off = (
            float(np.log((self.expected + self.soft) / (self.happened + self.soft))) * self.periods / (self.periods + 1)
        )
        return float(np.sign(off)) * max(0.0, abs(off) - float(np.log(CLEAR)))

    @property
    def share_kept(self) -> float:
        """The share of its weight that the member keeps, 0 to 1."""
        return float(np.exp(-STEEPNESS * abs(self.beyond)))


@dataclass(frozen=True, slots=True, eq=False)
class PastForecast:
    """What N forecasters said at an earlier origin for some dates: probability [N, L, P, K]."""

    origin: np.datetime64
    dates: Days
    probability: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Due:
    """Forecasts of one lead that fell due in the past year: `said` [N, P, K] of each, of places that were seen on both
    days, with their holders `before` and `after` [P]."""

    days: int
    periods: float
    said: tuple[Floats, ...]
    before: tuple[Holders, ...]
    happened: tuple[float, ...]

    def tracks(self) -> tuple[Track, ...]:
        """The track of each forecaster."""
        expected = np.mean(
            [_changes(forecast, holders) for forecast, holders in zip(self.said, self.before, strict=True)], axis=0
        )
        return tuple(self._track(float(each)) for each in expected)

    def track_of(self, mixed: Sequence[Floats]) -> Track:
        """The track of the mixture made of these, [P, K] each."""
        each = [_changes(one[np.newaxis], holders)[0] for one, holders in zip(mixed, self.before, strict=True)]
        return self._track(float(np.mean(each)), SOFT / max(self.periods, 1.0))

    def _track(self, expected: float, soft: float = SOFT) -> Track:
        return Track(self.days, len(self.said), self.periods, expected, float(np.mean(self.happened)), soft)


def fallen_due(world: World, past: Sequence[PastForecast], days: int) -> Due | None:
    """The forecasts of the longest lead of at most `days` of which any fell due within the year before the origin.

    `world` is cut there, and what fell due later is left out; None where nothing did, or nobody looked. Raises
    `ValueError` for a world that is not cut.
    """
    if world.origin is None:
        raise ValueError("the self-check takes a world cut at its origin: pass world.as_of(origin)")
    rows = [
        (int((date - one.origin).astype(int)), one, row)
        for one in past
        for row, date in enumerate(one.dates)
        if world.origin - YEAR < date <= world.origin
    ]
    longest = max((lead for lead, _, _ in rows if lead <= days + SLACK), default=None)
    if longest is None:
        return None
    chosen, forecasts, before, happened = [], [], [], []
    for lead, one, row in rows:
        ends = np.array([one.origin, one.dates[row]], "datetime64[D]")
        observed = world.observed(ends).all(axis=0)
        if longest - SLACK <= lead <= longest and observed.any():
            first, last = world.holders(ends)[:, observed]
            chosen.append(ends)
            forecasts.append(one.probability[:, row, observed])
            before.append(first)
            happened.append(float((first != last).sum()))
    if not chosen:
        return None
    span = int((max(ends[1] for ends in chosen) - min(ends[0] for ends in chosen)).astype(int))
    return Due(longest, min(span / longest, float(len(chosen))), tuple(forecasts), tuple(before), tuple(happened))


def shifted(probability: Floats, holders: Holders, beyond: float) -> Floats:
    """Probabilities [P, K] with the odds that a place leaves its holder [P] multiplied by exp(-beyond)."""
    at = holders.astype(np.intp)[:, np.newaxis]
    stay = np.take_along_axis(probability, at, axis=1)
    leave = 1 - stay
    less = leave * np.exp(-beyond)
    now = less / (less + stay)
    moved = probability * np.divide(now, leave, out=np.zeros_like(leave), where=leave > 0)
    np.put_along_axis(moved, at, 1 - now, axis=1)
    return np.asarray(moved)


def _changes(forecasts: Floats, holders: Holders) -> Floats:
    """Expected changes of hands [N] of forecasts [N, P, K] from holders [P]."""
    at = holders.astype(np.intp)[np.newaxis, :, np.newaxis]
    return np.asarray((1 - np.take_along_axis(forecasts, at, axis=-1)[..., 0]).sum(axis=1))
