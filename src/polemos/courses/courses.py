"""The courses of a war: each in a sentence, with its share of the simulated wars, its first sign and when it parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polemos.courses.clusters import groups, parting, shares, steps, typical
from polemos.record.world import Days, Floats, Holders

MOVED = 0.02
"""Share of the people from which on an organisation's gain or loss is mentioned."""

SIGN = 0.5
"""By how much more often a sign is there in a course than in the others, to be called clear."""

FAINT = 0.2
"""By how much more often at least, to be called a sign."""


@dataclass(frozen=True, slots=True)
class Sign:
    """The first thing that tells a course from the others: a place that has passed to somebody by a day.

    `inside` and `outside` are the shares of the course's wars, and of the others, in which it is so. With
    `unchanged`, where no change is clear, the sign is a place that is still held as on the first day, and in the others
    no longer.
    """

    place: int
    holder: int
    date: np.datetime64
    inside: float
    outside: float
    unchanged: bool = False


@dataclass(frozen=True, slots=True)
class Course:
    """Simulated wars that go alike.

    `members` are their numbers, `share` how many of all they are, `typical` the one nearest to their mean. `path`
    [S, H] are the mean shares of the people that each holder has on the `dates` [S], the first and the last and others
    between. `parts` is the day from which on the course stays distinct from the others; None where it never is, or
    where it is the only one.
    `happened`: what happened is nearest to it.
    """

    members: tuple[int, ...]
    share: float
    typical: int
    dates: Days
    path: NDArray[np.float32]
    sign: Sign | None
    parts: np.datetime64 | None
    happened: bool = False


def courses(
    control: Holders,
    dates: Days,
    people: Floats,
    holders: int,
    record: Holders | None = None,
    *,
    most: int = 5,
) -> tuple[Course, ...]:
    """The courses of simulated wars, the most frequent first.

    `control` int8 [m, T, P] are the holders in each war, `people` [P] what places weigh (where nobody lives anywhere,
    every place alike), `holders` how many there are with nobody, the last. `record` [T, P] is what happened (-1: not
    observed). Raises `ValueError` without a war or a date.
    """
    if not control.shape[0] or not control.shape[1]:
        raise ValueError("no simulated war; run some first")
    weight = people if people.sum() > 0 else np.ones_like(people)
    at = steps(control.shape[1])
    control_at = control[:, at]
    path = shares(control_at, weight, holders)
    group = groups(path, most)
    number = int(group.max()) + 1
    happened_group = _nearest(path, group, record[at], weight, holders) if record is not None else None
    rows = []
    for one in range(number):
        inside = group == one
        step = parting(path, group, one) if number > 1 else None
        rows.append(
            Course(
                tuple(np.flatnonzero(inside).tolist()),
                float(inside.mean()),
                typical(path, group, one),
                dates[at],
                path[inside].mean(0),
                first_sign(control_at, dates[at], inside, holders) if number > 1 else None,
                None if step is None else dates[at][step],
                happened_group == one,
            )
        )
    return tuple(rows)


def _nearest(
    path: NDArray[np.float32], group: NDArray[np.int32], record: Holders, weight: Floats, holders: int
) -> int | None:
    """The group whose mean is nearest to the record, over the dates at which all places were observed."""
    is_known = np.asarray((record >= 0).all(axis=1))
    if not is_known[1:].any():
        return None
    true = shares(record[np.newaxis], weight, holders)[0]
    away = [((path[group == one].mean(0) - true)[is_known] ** 2).sum() for one in range(int(group.max()) + 1)]
    return int(np.argmin(away))


def first_sign(control: Holders, dates: Days, inside: NDArray[np.bool_], holders: int) -> Sign | None:
    """The first change of hands after the first day that tells some wars from the others; the clearest of its date.

    Where no change is as clear as `SIGN`, the first place that is still held as on the first day, and in the others no
    longer; where that is not clear either, the clearer of both. None where nothing differs by `FAINT`.
    """
    has_changed = control != control[:, :1]
    change = _first_clear(control, has_changed, inside, holders)
    stay = None
    if change is None or change.more < SIGN:
        stay = _first_clear(control, ~has_changed, inside, holders)
    best = max((one for one in (change, stay) if one is not None), key=lambda one: min(one.more, SIGN), default=None)
    if best is None or best.more < FAINT:
        return None
    counts = has_changed if best is change else ~has_changed
    holds = (control[:, best.step, best.place] == best.holder) & counts[:, best.step, best.place]
    shares_holding = float(holds[inside].mean()), float(holds[~inside].mean())
    return Sign(best.place, best.holder, dates[best.step], *shares_holding, unchanged=best is stay)


@dataclass(frozen=True, slots=True)
class _Difference:
    """By how much more often a holder has a place at a step inside a course than outside."""

    more: float
    step: int
    holder: int
    place: int


def _first_clear(
    control: Holders, counts: NDArray[np.bool_], inside: NDArray[np.bool_], holders: int
) -> _Difference | None:
    """The first difference of `SIGN` among what `counts` [m, T, P] after the first date, or else the largest."""
    best: _Difference | None = None
    for step in range(1, control.shape[1]):
        for holder in range(holders):
            holds = (control[:, step] == holder) & counts[:, step]
            more = holds[inside].mean(0) - holds[~inside].mean(0)
            place = int(more.argmax())
            if more[place] > (best.more if best else 0.0) + 1e-9:
                best = _Difference(float(more[place]), step, holder, place)
        if best is not None and best.more >= SIGN:
            break
    return best


def sentence(course: Course, names: Sequence[str], until: str) -> str:
    """What happens in a course: who gains and who loses how much of the people, by the last day in words.

    `names` are those of the holders; the last, nobody, is not mentioned.
    """
    start, end = course.path[0], course.path[-1]
    change = (end - start)[:-1]
    loser, gainer = int(change.argmin()), int(change.argmax())
    movers = [who for who, moved in ((gainer, change[gainer] >= MOVED), (loser, change[loser] <= -MOVED)) if moved]
    if not movers:
        return f"Nobody gains or loses {100 * MOVED:.0f} % of the people by {until}."
    # Without the name as a subject, as names are singular and plural.
    moves = (f"{_part(end[who])} for {names[who]} (from {_part(start[who])})" for who in movers)
    return f"By {until}, of the people: {'; '.join(moves)}."


def _part(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.01 or share == 0 else "under 1 %"


def sign_words(course: Course, places: Sequence[str], names: Sequence[str], when: str) -> str:
    """The first sign in a sentence; `when` is its day in words. Empty where there is none."""
    sign = course.sign
    if sign is None:
        return ""
    place, who = places[sign.place], names[sign.holder]
    if sign.holder == len(names) - 1:
        words = (
            f"{place} is still held by nobody on {when}" if sign.unchanged else f"{place} is held by nobody by {when}"
        )
    elif sign.unchanged:
        words = f"{place} is still held by {who} on {when}"
    else:
        words = f"{place} has passed to {who} by {when}"
    return f"{words}: in {100 * sign.inside:.0f} % of these wars, in {100 * sign.outside:.0f} % of the others."
