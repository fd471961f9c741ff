"""How much probability an ensemble gave to what happened: log predictive densities by observable, which add up.

Each observable is one or more figures of the organisation in focus after the origin, on a scale on which errors are
alike: `land`, the logarithm of people held (1 % of all added) every half-year; `events`, the logarithm of one more than
the changes of hands that it had part in, by year; `lengths`, the mean logarithm of one more than the weeks of the
assaults in which it took or lost a place, by year; `arrivals`, the logarithm of one more than the men a month who came
to it from abroad; `fighters` and `members`, logarithms of dated estimates; `attacks`, the logarithm of a year's attacks
in a country. Land, events and lengths are of the record; of the others an estimate's error adds to the kernel.

The density of an observable is that of all its figures together, one given those before it:

    log p = sum over k of ln( (1 - e) sum over members w_k N(seen_k; value, h^2 + s^2) + e C(seen_k; median, 3 d) )

where a member's weight w_k is the product of its kernels for the figures before k. So a figure that tells nothing new
adds nothing for either theory, and what is new adds up. h is Silverman's width for the spread d and the number of
members that the weights are worth, s the error of the estimate, and e = 0.01 of a Cauchy density, whose long tails keep
the cost of a surprise finite.
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

OBSERVABLES = ("land", "events", "lengths", "arrivals", "fighters", "members", "attacks")
LEAST, EVEN = 0.01, 0.01
HALF_YEAR, YEAR = np.timedelta64(182, "D"), np.timedelta64(364, "D")
REDRAWN = 100
FEWEST = 10.0
"""Members that the weights are worth at the least: below it they are flattened."""
SCATTER = 0.8
"""Standard deviation of the logarithm of an assault's length, for the error of a year's mean: a convention."""
MONTHS = 365.25 / 12 / 7


@dataclass(frozen=True, slots=True)
class Figure:
    """What happened to an observable: `seen` on its own scale, with the standard deviation of its error."""

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
    figure_list = [
        Figure("land", d, float(_land(world.holders([d])[np.newaxis], world, focus)[0, 0]), 0.0) for d in looked
    ]
    for date in halves[1::2]:
        weeks: Days = np.arange(date - YEAR, date + 1, np.timedelta64(7, "D"))
        if not world.observed(weeks).all():
            continue
        figure_list.append(Figure("events", date, float(_events(world.holders(weeks)[np.newaxis], focus)[0]), 0.0))
        fought = _weeks_fought(world, weeks, focus)
        if fought.size:
            mean = float(_mean_length(np.log1p(fought).sum(), np.array(fought.size)))
            figure_list.append(Figure("lengths", date, mean, SCATTER / np.sqrt(fought.size + 1)))
    arrivals = [one for one in estimates(world, "foreign_arrivals") if one.organisation == focus]
    figure_list += [
        Figure("arrivals", one.date, float(np.log1p(one.best)), one.log_sd)
        for one in arrivals
        if origin < one.date <= until
    ]
    for name in ("fighters", "members"):
        estimates_known = [
            one for one in estimates(world, name) if one.organisation == focus and origin < one.date <= until
        ]
        figure_list += [Figure(name, one.date, float(np.log(one.best)), one.log_sd) for one in estimates_known]
    # Of a year that had begun at the origin, a part would have been known.
    counts = [
        one for one in attacks(war) if one.organisation == focus and origin < one.date - 360 and one.date <= until
    ]
    figure_list += [Figure("attacks", one.date, float(np.log(one.best + 1)), one.log_sd, one.country) for one in counts]
    return tuple(figure_list)


def measure(observables: Sequence[Figure], focus: int) -> Callable[[Trajectories], dict[str, Floats]]:
    """What is asked of each chunk: the figures of every member [m, F]."""

    def ask(chunk: Trajectories) -> dict[str, Floats]:
        return {"figures": np.stack([_value(chunk, one, focus) for one in observables], axis=1)}

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
    if one.observable == "lengths":
        return _lengths(chunk, one.date, focus)
    if one.observable == "arrivals":
        weekly = chunk.strengths.get("volunteers")
        if weekly is None:
            return np.full(chunk.members, np.nan)
        return np.log1p(MONTHS * weekly[:, max(at - 3, 0) : at + 1, focus].mean(axis=1))
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


def _lengths(chunk: Trajectories, date: np.datetime64, focus: int) -> Floats:
    """Mean logarithm of the weeks of assaults that took a place to or from it in the year to a date [m]."""
    battles, size = chunk.battles, chunk.members
    if battles is None:
        return np.full(size, np.nan)
    mine = ((battles.attacker == focus) | (battles.defender == focus)) & battles.captured
    mine &= (battles.end > date - YEAR) & (battles.end <= date)
    weeks = (battles.end[mine] - battles.start[mine]) / np.timedelta64(7, "D")
    member = battles.member[mine]
    return np.asarray(_mean_length(np.bincount(member, np.log1p(weeks), size), np.bincount(member, minlength=size)))


def _mean_length(total: Any, count: Any) -> Any:
    """Mean with one assault of e - 1 weeks added, so that a quiet year has one too."""
    return (total + 1.0) / (count + 1.0)


def _weeks_fought(world: World, weeks: Days, focus: int) -> Floats:
    """Weeks for which a place was contested before it went to or from an organisation, by such changes [n]."""
    spells, fought = world.spells, []
    ends = {(int(p), end): row for row, (p, end) in enumerate(zip(spells.place, spells.end, strict=True))}
    for row in range(spells.place.size):
        first = spells.start[row]
        if not weeks[0] < first <= weeks[-1]:
            continue
        last = ends.get((int(spells.place[row]), first))
        if last is None or focus not in (spells.holder[row], spells.holder[last]):
            continue
        if spells.holder[row] == spells.holder[last] or not spells.contested[last]:
            continue
        begun = spells.start[last]
        fought.append(float((first - begun) / np.timedelta64(7, "D")))
    return np.array(fought)


def density(values: Floats, one: Figure, weights: Floats | None = None) -> float:
    """Log predictive density of a figure, from the members' values [m] and what each member counts for [m]."""
    w = np.full(values.size, 1 / values.size) if weights is None else weights
    spread, width = _widths(values, one, w)
    kernel = w @ _normal(one.seen - values, width)
    reach = 3 * np.sqrt(spread**2 + one.error**2)
    wide = 1 / (np.pi * reach * (1 + ((one.seen - np.median(values)) / reach) ** 2))
    return float(np.log((1 - EVEN) * kernel + EVEN * wide))


def _widths(values: Floats, one: Figure, weights: Floats) -> tuple[float, float]:
    """Spread of the members' values, and width of the kernel of each."""
    mean = weights @ values
    spread = max(float(np.sqrt(weights @ (values - mean) ** 2)), 0.05)
    worth = 1 / float(weights @ weights)
    return spread, float(np.sqrt((1.06 * spread * worth**-0.2) ** 2 + one.error**2))


def together(values: Floats, observables: Sequence[Figure]) -> float:
    """Log predictive density of several figures together, each given those before it, from members' values [m, k]."""
    even = np.full(values.shape[0], 1 / values.shape[0])
    logs, total = np.zeros(values.shape[0]), 0.0
    for k, one in enumerate(observables):
        weights = _flattened(logs)
        total += density(values[:, k], one, weights)
        _, width = _widths(values[:, k], one, even)
        logs = logs - 0.5 * ((one.seen - values[:, k]) / width) ** 2
    return total


def _flattened(logs: Floats) -> Floats:
    """Weights [m] from their logarithms, to a power that leaves them worth `FEWEST` members, or a fifth of few."""
    least = min(FEWEST, logs.size / 5)
    power = 1.0
    while True:
        w = np.exp(power * (logs - logs.max()))
        w /= w.sum()
        if 1 / float(w @ w) >= least:
            return np.asarray(w)
        power *= 0.8


def _normal(off: Any, sd: Any) -> Any:
    return np.exp(-0.5 * (off / sd) ** 2) / (sd * np.sqrt(2 * np.pi))


@dataclass(frozen=True, slots=True)
class Score:
    """Log predictive density of an observable's figures together, and `redrawn` [n], the same of redrawn members."""

    observable: str
    figures: int
    value: float
    redrawn: Floats


def scores(values: Floats, observables: Sequence[Figure], seed: int = 1) -> dict[str, Score]:
    """The score of every observable that is there, from the members' figures [m, F]."""
    rng = np.random.default_rng(seed)
    rows = rng.integers(0, values.shape[0], (REDRAWN, values.shape[0]))
    by = {}
    for name in OBSERVABLES:
        mine = [k for k, one in enumerate(observables) if one.observable == name and np.isfinite(values[:, k]).all()]
        if mine:
            here, figures = values[:, mine], [observables[k] for k in mine]
            again = np.array([together(here[row], figures) for row in rows])
            by[name] = Score(name, len(mine), together(here, figures), again)
    return by
