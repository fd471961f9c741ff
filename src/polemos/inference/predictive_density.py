"""How much probability an ensemble gave to what came: log predictive densities by observable.

Each observable is one or more figures of the organisation in focus after the origin, on a scale on which errors are
alike: `land`, the logarithm of people held (1 % of all added) every half-year; `events`, the logarithm of one more than
the changes of hands that it had part in, by year; `fighters` and `members`, logarithms of dated estimates; `attacks`,
the logarithm of a year's attacks in a country. Land and events are of the record; of the others an estimate's error
adds to the kernel.

    log p = mean over figures of ln( (1 - e) mean over members N(seen; value, h^2 + s^2) + e C(seen; median, 3 d) )

with Silverman's h for the figure's spread d over the members, the estimate's s, and e = 0.01 of a Cauchy density, whose
long tails keep the cost of a surprise finite. Figures of one observable hang together: they are averaged, not summed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from polemos.inference.windows import attacks, estimates, focus_of
from polemos.record.world import Days, Floats, World

if TYPE_CHECKING:
    from polemos.model.trajectory import Trajectories
    from polemos.war.war import War

OBSERVABLES = ("land", "events", "fighters", "members", "attacks")
LEAST, EVEN = 0.01, 0.01
HALF_YEAR, YEAR = np.timedelta64(182, "D"), np.timedelta64(364, "D")
REDRAWN = 100


@dataclass(frozen=True, slots=True)
class Figure:
    """What came of an observable: `seen` on the scale of the observable, with the standard deviation of its error."""

    observable: str
    date: np.datetime64
    seen: float
    error: float
    country: str = ""


def figures(war: War, origin: np.datetime64, until: np.datetime64) -> tuple[Figure, ...]:
    """Everything that is held out after an origin, up to a day; of land, where somebody looked at every place."""
    world, focus = war.world, focus_of(war)
    halves: Days = np.arange(origin + HALF_YEAR, until + 1, HALF_YEAR)
    looked = [d for d in halves if world.observed([d]).all()]
    found = [Figure("land", d, float(_land(world.holders([d])[np.newaxis], world, focus)[0, 0]), 0.0) for d in looked]
    for date in halves[1::2]:
        weeks: Days = np.arange(date - YEAR, date + 1, np.timedelta64(7, "D"))
        if not world.observed(weeks).all():
            continue
        found.append(Figure("events", date, float(_events(world.holders(weeks)[np.newaxis], focus)[0]), 0.0))
    for name in ("fighters", "members"):
        told = [one for one in estimates(world, name) if one.organisation == focus and origin < one.date <= until]
        found += [Figure(name, one.date, float(np.log(one.best)), one.log_sd) for one in told]
    # Of a year that had begun at the origin, a part would have been known.
    counts = [
        one for one in attacks(war) if one.organisation == focus and origin < one.date - 360 and one.date <= until
    ]
    found += [Figure("attacks", one.date, float(np.log(one.best + 1)), one.log_sd, one.country) for one in counts]
    return tuple(found)


def measure(asked: Sequence[Figure], focus: int) -> Callable[[Trajectories], dict[str, Floats]]:
    """What is asked of each chunk: the figures of every member [m, F]."""

    def ask(chunk: Trajectories) -> dict[str, Floats]:
        return {"figures": np.stack([_value(chunk, one, focus) for one in asked], axis=1)}

    return ask


def _value(chunk: Trajectories, one: Figure, focus: int) -> Any:
    at = int(np.argmin(np.abs(chunk.dates - one.date)))
    if one.observable == "land":
        return _land(chunk.control[:, [at]], chunk.world, focus)[:, 0]
    if one.observable == "events":
        return _events(chunk.control[:, max(at - 52, 0) : at + 1], focus)
    if one.observable == "attacks":
        assert chunk.attacks is not None
        year = chunk.attacks[:, max(at - 51, 0) : at + 1, focus, chunk.countries.index(one.country)]
        return np.log(np.nansum(year, axis=1) + 1)
    men = chunk.strengths["fighters"][:, at, focus] / chunk.world.organisations.field_share[focus]
    if one.observable == "members":
        men = men + chunk.strengths["underground"][:, at, focus]
    return np.log(np.maximum(men, 1.0))


def _land(control: Any, world: World, focus: int) -> Floats:
    people = np.asarray(world.places.people, float)
    return np.asarray(np.log((control == focus) @ people + LEAST * people.sum()))


def _events(control: Any, focus: int) -> Floats:
    before, after = control[:, :-1], control[:, 1:]
    return np.asarray(np.log1p(((before != after) & ((before == focus) | (after == focus))).sum(axis=(1, 2))))


def density(values: Floats, one: Figure) -> float:
    """Log predictive density of a figure, from the members' values [m]."""
    spread = max(float(values.std()), 0.05)
    width = np.sqrt((1.06 * spread * values.size**-0.2) ** 2 + one.error**2)
    kernel = _normal(one.seen - values, width).mean()
    reach = 3 * np.sqrt(spread**2 + one.error**2)
    wide = 1 / (np.pi * reach * (1 + ((one.seen - np.median(values)) / reach) ** 2))
    return float(np.log((1 - EVEN) * kernel + EVEN * wide))


def _normal(off: Any, sd: Any) -> Any:
    return np.exp(-0.5 * (off / sd) ** 2) / (sd * np.sqrt(2 * np.pi))


@dataclass(frozen=True, slots=True)
class Score:
    """Mean log predictive density of an observable's figures, and `redrawn` [n], the same of redrawn members."""

    observable: str
    figures: int
    value: float
    redrawn: Floats


def scores(values: Floats, asked: Sequence[Figure], seed: int = 1) -> dict[str, Score]:
    """The score of every observable that is there, from the members' figures [m, F]."""
    rng = np.random.default_rng(seed)
    rows = rng.integers(0, values.shape[0], (REDRAWN, values.shape[0]))
    found = {}
    for name in OBSERVABLES:
        mine = [k for k, one in enumerate(asked) if one.observable == name]
        if mine:
            value = float(np.mean([density(values[:, k], asked[k]) for k in mine]))
            again = np.array([np.mean([density(values[row, k], asked[k]) for k in mine]) for row in rows])
            found[name] = Score(name, len(mine), value, again)
    return found
