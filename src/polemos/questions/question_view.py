"""The part of a chunk that a question needs: its dates, preceded by the record where the chunk begins later."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from polemos.model.trajectory import Trajectories
from polemos.questions.questions import Question, span
from polemos.questions.terms import NOBODY, Measure, Selector
from polemos.questions.voronoi import cells
from polemos.record.world import Days, Flags, Floats, Holders, World, day

ONE = np.timedelta64(1, "D")


class Outside(Exception):
    """A question looks at days that the trajectories do not have."""


@dataclass(frozen=True, slots=True)
class View:
    """Holders [m, T, P] on ascending dates [T]; each state stands until the next date, the last one up to `last`.

    `observed` [T, P] says where a holder was seen (None: everywhere). `bound` says what is made of the other
    place-days: 1, that those asked about hold them all, -1, that they hold none, 0, as `control` has it. Between the
    two bounds lies whatever was true there, so what both give is settled.
    """

    trajectories: Trajectories
    dates: Days
    control: Holders
    last: np.datetime64
    observed: Flags | None = None
    bound: int = 0

    @property
    def opposite(self) -> View:
        """The view of the other bound."""
        return replace(self, bound=-self.bound)

    @property
    def world(self) -> World:
        """The world of the trajectories."""
        return self.trajectories.world

    @property
    def members(self) -> int:
        """Number of members."""
        return self.trajectories.members

    def index(self, date: object) -> int | None:
        """Index of the last date not after a day; None when the day lies outside."""
        when = day(date)
        if not self.dates.size or when < self.dates[0] or when > self.last:
            return None
        return int(np.searchsorted(self.dates, when, side="right")) - 1

    def holds(self, by: tuple[str, ...], places: NDArray[np.intp] | None = None) -> Flags:
        """Places held by any of the named: bool[m, T, P], of all places or of some."""
        table = np.zeros(self.world.nobody + 1, bool)
        table[holders(self.world, by)] = True
        flags: Flags = table[self.control if places is None else self.control[:, :, places]]
        if self.observed is None or self.bound == 0:
            return flags
        observed = self.observed if places is None else self.observed[:, places]
        return flags | ~observed if self.bound > 0 else flags & observed

    def holds_at(self, by: tuple[str, ...], at: int) -> Flags:
        """Places held by any of the named at one date: bool[m, P]."""
        flags = np.isin(self.control[:, at], holders(self.world, by))
        if self.observed is None or self.bound == 0:
            return flags
        return np.asarray(flags | ~self.observed[at] if self.bound > 0 else flags & self.observed[at])

    def weights(self, measure: Measure) -> Floats:
        """Weight of each place: [P]."""
        places = self.world.places
        if measure == "people":
            return places.people
        return cells(places) if measure == "cells" else np.ones(len(places.id))


def holders(world: World, names: tuple[str, ...]) -> list[int]:
    """Numbers of holders. Raises `KeyError` naming the organisations there are."""
    return [world.nobody if name == NOBODY else world.organisation(name) for name in names]


def last_day(trajectories: Trajectories) -> np.datetime64:
    """The last day an axis speaks of: the state at its last date stands for one more step, less a day."""
    dates = trajectories.dates
    step = dates[-1] - dates[-2] if dates.size > 1 else ONE
    last: np.datetime64 = dates[-1] + step - ONE
    return last


def view(trajectories: Trajectories, question: Question) -> View:
    """The part of a chunk that a question needs, with the daily record before it if the axis begins too late."""
    first, last = (day(date) for date in span(question))
    dates = trajectories.dates
    low = max(int(np.searchsorted(dates, first, side="right")) - 1, 0)
    high = int(np.searchsorted(dates, last, side="right"))
    shown, control = dates[low:high], trajectories.control[:, low:high]
    world = trajectories.world
    end = last_day(trajectories)
    observed = None if trajectories.observed is None else trajectories.observed[low:high]
    if first < dates[0] and first >= world.start:
        before = np.arange(first, min(dates[0], last + ONE, world.until + ONE), dtype="datetime64[D]")
        past = world.holders(before)[np.newaxis]
        control = np.concatenate([np.broadcast_to(past, (trajectories.members, *past.shape[1:])), control], axis=1)
        shown = np.concatenate([before, shown])
    return View(trajectories, shown, control, end, observed)


def selected(selector: Selector, window: View) -> Flags:
    """Places of a selector: bool[m, P], or [1, P] where it is the same for every member.

    Of those that it may or may not choose, as nobody looked, all at the upper bound and none at the lower. Raises
    `KeyError` for a place or holder there is not, `ValueError` when it looks outside the trajectories.
    """
    places = window.world.places
    chosen = np.ones((1, len(places.id)), bool)
    if selector.ids is not None:
        chosen[0] = False
        chosen[0, [window.world.place(i) for i in selector.ids]] = True
    if selector.country is not None:
        chosen &= np.isin(places.country, selector.country)
    if selector.kind is not None:
        chosen &= np.isin(places.kind, selector.kind)
    if selector.min_people is not None:
        chosen &= places.people >= selector.min_people
    if selector.max_people is not None:
        chosen &= places.people <= selector.max_people
    if selector.held is not None:
        at = window.index(selector.held.on)
        if at is None:
            raise Outside
        chosen = chosen & window.holds_at(selector.held.by, at)
    if selector.but_not is not None:
        chosen = chosen & ~selected(selector.but_not, window.opposite)
    return chosen


def chosen_among(selector: Selector, window: View, is_held: Flags) -> Flags | None:
    """Places of a selector that depends on what nobody looked at, so that the share held [m, ..., P] among them is most
    (or at the lower bound least); None where it does not depend on it."""
    if window.bound == 0 or window.observed is None:
        return None
    one, other = selected(selector, window), selected(selector, window.opposite)
    if np.array_equal(one, other):
        return None
    certain, possible = one & other, one | other
    if is_held.ndim == 3:
        certain, possible = certain[:, np.newaxis], possible[:, np.newaxis]
    return certain | (possible & (is_held if window.bound > 0 else ~is_held))


def widths(dates: Days, start: np.datetime64, end: np.datetime64) -> NDArray[np.int64]:
    """Days of [start, end) for which the state at each date stands: int[T]."""
    opens = np.maximum(dates, start)
    closes = np.minimum(np.append(dates[1:], end), end)
    return np.maximum((closes - opens).astype(np.int64), 0)
