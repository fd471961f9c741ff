"""Isolated battles in the full mode, and the fast mode that agrees with them.

The full mode (`processes.battle_full`) is run alone on one place a member, over force ratios and town sizes; the fast
mode's two laws (`processes.battle`) are fitted to what comes out,

    P(attacker wins) = expit(a + b ln ratio)                                  by maximum likelihood
    ln days          = ln tau_b + ln(size) / 2 - g ln ratio + sd N            by least squares, median and quartiles

with size = (people + 5,000) / 60,000; then both are compared, cell by cell. `polemos calibrate-battles` prints it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polemos.model.groups import bind
from polemos.model.process import Prior, Process
from polemos.model.rng import draws, member_keys
from polemos.record.world import Floats, site

RATIOS = (0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
PEOPLE = (10_000.0, 55_000.0, 300_000.0)
MOST_WEEKS = 520
MEN = 1000.0
QUARTERS = 1.349
"""Interquartile range of a standard normal."""


@dataclass(frozen=True, slots=True)
class Fought:
    """Battles [n]: their ratio at the start, people, who won, days, and shares of each side that died in them."""

    ratio: Floats
    people: Floats
    won: NDArray[np.bool_]
    days: NDArray[np.int64]
    attackers_lost: Floats
    defenders_lost: Floats


@dataclass(frozen=True, slots=True)
class Fast:
    """The fast mode's two laws; `tau_b` in days, g as `ratio_exponent`, standard errors of the first."""

    intercept: float
    slope: float
    intercept_error: float
    slope_error: float
    tau_b: float
    sd_b: float
    ratio_exponent: float

    def win(self, ratio: Floats) -> Floats:
        """Chance that the attacker wins."""
        chance: Floats = 1.0 / (1.0 + np.exp(-self.intercept - self.slope * np.log(ratio)))
        return chance

    def days(self, ratio: Floats, people: Floats) -> Floats:
        """Median length."""
        median: Floats = self.tau_b * np.sqrt(size(people)) * np.asarray(ratio) ** -self.ratio_exponent
        return median


@dataclass(frozen=True, slots=True)
class Cell:
    """Full against fast at one ratio and one size."""

    ratio: float
    people: float
    battles: int
    won_full: float
    won_fast: float
    days_full: float
    days_fast: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """The fit, the cells, and what they differ by: in probability, and in median length as a factor."""

    fast: Fast
    cells: tuple[Cell, ...]
    worst_chance: float
    mean_chance: float
    worst_days: float
    fought: Fought = field(repr=False)


def size(people: Floats) -> Floats:
    """Size of a town, 1 at 55,000 residents."""
    scale: Floats = (np.asarray(people, np.float64) + 5000.0) / 60000.0
    return scale


def parameters(members: int, seed: int, fixed: Mapping[str, Prior | float] | None = None) -> dict[str, Floats]:
    """Parameters of the full mode by name [m], from their priors or `fixed`. Raises `KeyError` for an unknown one."""
    from polemos.model.processes import load

    process = load("battle_full")
    unknown = set(fixed or {}) - {parameter.name for parameter in process.parameters}
    if unknown:
        raise KeyError(f"no parameter {', '.join(sorted(unknown))} of {process.name}")
    keys = member_keys(seed, 0, members)
    values = {}
    for parameter in process.parameters:
        u = draws(keys, site(f"parameter {process.name}.{parameter.name}"), np.zeros(1, np.uint64))[:, 0]
        prior = (fixed or {}).get(parameter.name, parameter.prior)
        values[parameter.name] = prior.quantile(u) if isinstance(prior, Prior) else np.full(members, float(prior))
    return values


def fight(
    ratio: Floats,
    people: float,
    values: Mapping[str, Floats],
    *,
    seed: int,
    credibility: tuple[float, float] = (0.8, 0.8),
    encircled: bool = False,
) -> Fought:
    """One battle a member at a place of so many people, until it ends or ten years have gone; [m] ratios."""
    from polemos.model.processes import load
    from polemos.model.state import ATTACKER_WON

    process = load("battle_full")
    arrays = draw_up(ratio, people, values, seed=seed, credibility=credibility, encircled=encircled)
    for week in range(MOST_WEEKS):
        arrays["step"] = week
        step(process, arrays)
        if (arrays["outcome"][:, 0] != 0).all():
            break
    return Fought(
        ratio=ratio,
        people=np.full(ratio.size, people),
        won=arrays["outcome"][:, 0] == ATTACKER_WON,
        days=arrays["battle_days"][:, 0].astype(np.int64),
        attackers_lost=1.0 - arrays["assault"][:, 0].sum(1) / (MEN * ratio),
        defenders_lost=1.0 - arrays["garrison"][:, 0].sum(1) / MEN,
    )


def step(process: Process, arrays: Mapping[str, Any]) -> None:
    """One week of a process on arrays such as those of `draw_up`; the defence is that of the men who are left."""
    arrays["defence"][:, 0] = arrays["garrison"][:, 0].sum(1)
    process.kernel(*bind(process.kernel, arrays))


def draw_up(
    ratio: Floats,
    people: float,
    values: Mapping[str, Floats],
    *,
    seed: int,
    credibility: tuple[float, float] = (0.8, 0.8),
    encircled: bool = False,
) -> dict[str, Any]:
    """Arrays of a battle of 0 against 1 for the first of two places, [m] ratios; the other is the way out.

    The defender has 1,000 men, power 1 and full supply; the attacker so many men of power 1 that the ratio holds.
    """
    from polemos.model.processes import load

    process = load("battle_full")
    m = ratio.size
    arrays: dict[str, Any] = {"step": 0}
    arrays |= {array.name: np.full((m, 2), array.initial, array.dtype) for array in process.arrays}
    arrays |= {
        "keys": member_keys(seed, 0, m),
        "process": site(f"process {process.name}"),
        "holder": np.tile(np.array([1, 0 if encircled else 1], np.int8), (m, 1)),
        "attacker": np.tile(np.array([0, -1], np.int8), (m, 1)),
        "assault": np.zeros((m, 2, 3)),
        "garrison": np.zeros((m, 2, 3)),
        "outcome": np.zeros((m, 2), np.int8),
        "weeks_left": np.full((m, 2), -1, np.int16),
        "battle_start": np.zeros((m, 2), np.int16),
        "battle_deaths": np.zeros((m, 2)),
        "assault_hours": np.zeros((m, 2)),
        "killed": np.zeros((m, 2)),
        "power": np.ones((m, 2)),
        "defence": np.zeros((m, 2)),
        "credibility": np.tile(np.array(credibility), (m, 1)),
        "people": np.array([people, people]),
        "near_start": np.array([0, 1, 2], np.int32),
        "near": np.array([1, 0], np.int32),
        "near_hours": np.zeros(2),
        "place_site": np.array([site("here"), site("there")], np.uint64),
        **{name: np.zeros(m) for name in ("distance", "intercept", "slope")},
        **values,
    }
    arrays["garrison"][:, 0, 0] = MEN
    arrays["assault"][:, 0, 0] = MEN * ratio
    return arrays


def grid(
    battles: int,
    *,
    seed: int = 1,
    fixed: Mapping[str, Prior | float] | None = None,
    ratios: tuple[float, ...] = RATIOS,
    people: tuple[float, ...] = PEOPLE,
    encircled: bool = False,
) -> Fought:
    """So many battles in each cell of ratios and sizes."""
    rows = []
    for row, residents in enumerate(people):
        ratio = np.repeat(np.array(ratios), battles)
        values = parameters(ratio.size, seed + row, fixed)
        rows.append(fight(ratio, residents, values, seed=seed + row, encircled=encircled))
    return Fought(*(np.concatenate([getattr(row, name) for row in rows]) for name in Fought.__slots__))


def logistic(x: Floats, won: NDArray[np.bool_]) -> tuple[float, float, float, float]:
    """Intercept, slope and their standard errors of P(won) = expit(a + b x), by Newton's method.

    Raises `ValueError` where every battle ends the same way.
    """
    if won.all() or not won.any():
        raise ValueError("every battle ended the same way: nothing fits a curve to that")
    design = np.stack([np.ones_like(x), x], axis=1)
    beta = np.zeros(2)
    information = np.eye(2)
    for _ in range(25):
        p = 1.0 / (1.0 + np.exp(-design @ beta))
        information = design.T @ (design * (p * (1 - p))[:, None])
        step = np.linalg.solve(information, design.T @ (won - p))
        beta = beta + step
        if np.abs(step).max() < 1e-10:
            break
    error = np.sqrt(np.diag(np.linalg.inv(information)))
    return float(beta[0]), float(beta[1]), float(error[0]), float(error[1])


def fit(fought: Fought) -> Fast:
    """The fast mode that fits these battles best."""
    a, b, a_error, b_error = logistic(np.log(fought.ratio), fought.won)
    logs, force = np.log(fought.days) - 0.5 * np.log(size(fought.people)), np.log(fought.ratio)
    exponent = -float(np.polyfit(force, logs, 1)[0])
    low, middle, high = np.quantile(logs + exponent * force, (0.25, 0.5, 0.75))
    return Fast(a, b, a_error, b_error, math.exp(middle), float(high - low) / QUARTERS, exponent)


def agree(fought: Fought, fast: Fast | None = None) -> Agreement:
    """Compare the full mode's battles with a fast mode, by default the one fitted to them."""
    fast = fast or fit(fought)
    cells = []
    for people in np.unique(fought.people):
        for ratio in np.unique(fought.ratio):
            here = (fought.people == people) & (fought.ratio == ratio)
            cells.append(
                Cell(
                    ratio=float(ratio),
                    people=float(people),
                    battles=int(here.sum()),
                    won_full=float(fought.won[here].mean()),
                    won_fast=float(fast.win(np.array(ratio))),
                    days_full=float(np.median(fought.days[here])),
                    days_fast=float(fast.days(np.array(ratio), np.array(people))),
                )
            )
    apart = np.array([abs(cell.won_full - cell.won_fast) for cell in cells])
    factor = np.array([max(cell.days_full / cell.days_fast, cell.days_fast / cell.days_full) for cell in cells])
    return Agreement(fast, tuple(cells), float(apart.max()), float(apart.mean()), float(factor.max()), fought)


FAST = ("intercept", "slope", "tau_b", "sd_b", "ratio_exponent")
"""Parameters of the fast mode that a calibration gives."""


def implied(
    draws_: int = 60, battles: int = 60, *, seed: int = 1, fixed: Mapping[str, Prior | float] | None = None
) -> dict[str, Floats]:
    """What single draws of the full mode's parameters say of the fast mode's: [draw] by name.

    Each draw fights `battles` in every cell and is fitted alone; NaN where all of its battles ended the same way.
    """
    one = parameters(draws_, seed, fixed)
    each = len(RATIOS) * battles
    ratio = np.tile(np.repeat(np.array(RATIOS), battles), draws_)
    values = {name: np.repeat(value, each) for name, value in one.items()}
    rows = [fight(ratio, residents, values, seed=seed + row) for row, residents in enumerate(PEOPLE)]
    draws_by_name = {name: np.full(draws_, np.nan) for name in FAST}
    for draw in range(draws_):
        here = slice(draw * each, (draw + 1) * each)
        fought = Fought(*(np.concatenate([getattr(row, name)[here] for row in rows]) for name in Fought.__slots__))
        try:
            fast = fit(fought)
        except ValueError:
            continue
        for name in FAST:
            draws_by_name[name][draw] = getattr(fast, name)
    return draws_by_name


def priors(draws_by_name: Mapping[str, Floats]) -> dict[str, Prior]:
    """Priors of the fast mode by what draws of the full mode say of it: normal, and log-normal for lengths."""
    priors_by_name = {}
    for name, values in draws_by_name.items():
        finite = values[np.isfinite(values)]
        if name in ("tau_b", "sd_b"):
            priors_by_name[name] = Prior("lognormal", float(np.median(finite)), float(np.log(finite).std()))
        else:
            priors_by_name[name] = Prior("normal", float(finite.mean()), float(finite.std()))
    return priors_by_name
