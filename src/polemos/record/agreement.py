"""How far two codings of one war agree: place-days, Cohen's kappa near fronts, and dates within their precision.

Compared are the places that both coded, on the days that both cover and in which somebody looked in both. A place is
near a front on a day when, by the first coding, a road neighbour has another holder. Kappa is Cohen's (1960), agreement
beyond what the shares of holders would give by chance: (observed - expected) / (1 - expected).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from polemos.record.control import Change, changes
from polemos.record.from_scenario import world as built
from polemos.record.second_look import neighbours
from polemos.record.world import Holders, World
from polemos.scenario.errors import Problem, ScenarioError
from polemos.scenario.load import Scenario, find, read
from polemos.scenario.parse_values import Known
from polemos.scenario.tables import content, read_table


@dataclass(frozen=True, slots=True)
class Pair:
    """A change of hands in both codings (days apart), or in one alone (`first` or `second` empty)."""

    place: str
    change: str
    first: str
    second: str
    apart: int | None
    within: bool


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement of two codings. Shares are None where there is nothing to compare.

    `place_days` of `places` places; `same` of them have the same holder. `front_days` lie near a front, `front_same`
    and `kappa` are of these. `pairs` are the changes of hands of either.
    """

    places: tuple[str, ...]
    place_days: int
    same: float | None
    front_days: int
    front_same: float | None
    kappa: float | None
    pairs: tuple[Pair, ...]

    @property
    def matched(self) -> int:
        """Changes that both have."""
        return sum(pair.apart is not None for pair in self.pairs)

    @property
    def within(self) -> int:
        """Of these, those whose dates differ by no more than the wider of the two precisions, and by a day at least."""
        return sum(pair.within for pair in self.pairs)


def second_coding(scenario: Scenario, path: Path) -> World:
    """The world of a scenario with the spells of another control.csv, which may have fewer places.

    Raises `ScenarioError` with every problem of the table.
    """
    text, _, problems = content(path)
    organisations = frozenset({organisation.id for organisation in scenario.settings.organisations})
    known_ids = Known(scenario.tables["places.csv"].ids, organisations)
    table, wrong = read_table(text, "control.csv", known_ids)
    problems += [replace(problem, file=path.name) for problem in wrong]
    if not problems and not table.rows:
        problems.append(Problem(path.name, 0, "", "no rows", "give the spells of the second coding"))
    if any(problem.level == "error" for problem in problems):
        raise ScenarioError(problems)
    return built(replace(scenario, tables={**scenario.tables, "control.csv": table}))


def codings(first: str, second: str) -> tuple[World, World]:
    """The worlds of two codings: a scenario, and another scenario or a control.csv of the same war."""
    scenario = read(first)
    whole = built(scenario)
    if second.endswith(".csv"):
        return whole, second_coding(scenario, Path(second))
    other = built(read(find(second)))
    strange = sorted(set(other.organisations.id) ^ set(whole.organisations.id))
    if strange:
        what = f"organisations of one coding and not of the other: {', '.join(strange)}"
        raise ScenarioError([Problem("scenario.yaml", 0, "organisations", what, "use the same ids in both")])
    return whole, other


def agreement(first: World, second: World) -> Agreement:
    """How far two codings agree; organisations have the same ids in both."""
    coded = {second.places.id[p] for p in np.unique(second.spells.place)}
    places = tuple(one for one in first.places.id if one in coded)
    mine = [first.place(one) for one in places]
    theirs = [second.place(one) for one in places]
    days = np.arange(max(first.start, second.start), min(first.last_observed, second.last_observed) + 1)
    a, b = first.holders(days), second.holders(days)[:, theirs]
    observed = first.observed(days)[:, mine] & second.observed(days)[:, theirs]
    near = _near_front(first, a)[:, mine] & observed
    a = a[:, mine]
    front_same, kappa = _kappa(a[near], b[near], first.nobody + 1)
    return Agreement(
        places=places,
        place_days=int(observed.sum()),
        same=float((a == b)[observed].mean()) if observed.any() else None,
        front_days=int(near.sum()),
        front_same=front_same,
        kappa=kappa,
        pairs=tuple(_pairs(first, second, places)),
    )


def _near_front(world: World, holders: Holders) -> NDArray[np.bool_]:
    """Whether a road neighbour of each place has another holder, [date, place]."""
    near = np.zeros(holders.shape, bool)
    for place, roads in enumerate(neighbours(world)):
        if roads:
            near[:, place] = (holders[:, roads] != holders[:, [place]]).any(axis=1)
    return near


def _kappa(a: Holders, b: Holders, classes: int) -> tuple[float | None, float | None]:
    """Share of agreement and Cohen's kappa; kappa is None where chance alone would agree throughout."""
    if not a.size:
        return None, None
    observed = float((a == b).mean())
    shares = [np.bincount(one, minlength=classes) / one.size for one in (a, b)]
    expected = float(shares[0] @ shares[1])
    return observed, None if expected >= 1 else (observed - expected) / (1 - expected)


def _pairs(first: World, second: World, places: tuple[str, ...]) -> Iterator[Pair]:
    """Changes of hands of both, matched by place and holders, the nearest days first."""
    names = (*first.organisations.id, "nobody")
    mine, theirs = changes(first), changes(second)
    for place in places:
        candidates = [change for change in mine if change.place == first.place(place)]
        right = [change for change in theirs if change.place == second.place(place)]
        fits = sorted(
            (abs(int((b.date - a.date).astype(int))), i, j)
            for i, a in enumerate(candidates)
            for j, b in enumerate(right)
            if (a.old, a.new) == (b.old, b.new)
        )
        other: dict[int, int] = {}
        for _, i, j in fits:
            if i not in other and j not in other.values():
                other[i] = j
        for i, one in enumerate(candidates):
            what = f"{names[one.old]} to {names[one.new]}"
            if i not in other:
                yield Pair(place, what, str(one.date), "", None, False)
                continue
            match = right[other[i]]
            apart = int((match.date - one.date).astype(int))
            yield Pair(place, what, str(one.date), str(match.date), apart, abs(apart) <= _width(one, match))
        for j, one in enumerate(right):
            if j not in other.values():
                yield Pair(place, f"{names[one.old]} to {names[one.new]}", "", str(one.date), None, False)


def _width(one: Change, other: Change) -> int:
    return max(one.precision, other.precision, 1)
