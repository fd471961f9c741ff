"""From a bank to a posterior: which windows may be used, what they tell of a war's parameters, and whether it holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from polemos.ensemble.draws import Draws
from polemos.inference import abc, checks, matching, npe
from polemos.inference.bank import Bank
from polemos.inference.posterior import Posterior
from polemos.inference.summaries import NAMES
from polemos.inference.through import values
from polemos.record.world import Flags, day

DRAWS = 2000
FEWEST = 5
"""Parameters that must shrink by `checks.SHRUNK` of their prior's spread, or the record has said too little."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """What the windows up to `until` say of the parameters of a war, as normal scores; `expected` is the prior check.

    `plausible` is the share of draws that history matching leaves; `coverage` is None where it was not asked for.
    `neural` is a second opinion on the same summaries, where that was asked for.
    """

    war: str
    until: np.datetime64
    windows: tuple[str, ...]
    names: tuple[str, ...]
    expected: tuple[matching.Expected, ...]
    plausible: float
    sample: abc.Sample
    draws: Draws
    coverage: checks.Coverage | None
    neural: abc.Sample | None = None

    @property
    def shrunk(self) -> list[str]:
        """Parameters that the record narrows by `checks.SHRUNK` or more; of the others it says little."""
        narrower = checks.contraction(self.sample)
        return [name for name, by in zip(self.names, narrower, strict=True) if by >= checks.SHRUNK]

    @property
    def failed(self) -> list[str]:
        """What speaks against using the posterior unasked."""
        found = []
        if self.coverage is None:
            found.append("its calibration was not checked")
        elif not self.coverage.sound:
            miss = self.coverage.miss
            found.append(
                f"coverage misses by {100 * miss.mean():.1f} points on average, {100 * miss.max():.1f} at most"
            )
        if self.draws.until < self.until:
            found.append("it rests on other wars, later ones too")
        if len(self.shrunk) < FEWEST:
            found.append(f"{len(self.shrunk)} of {len(self.names)} parameters shrink by 30 %, fewer than {FEWEST}")
        return found


def calibrate(
    bank: Bank,
    war: str,
    until: object,
    *,
    without: Sequence[str] = (),
    sets: int = checks.SETS,
    neural: bool = False,
) -> Calibration:
    """The posterior of a war's parameters from the windows that had ended by a day.

    `without` names summaries to leave out; `sets` of simulation-based calibration, 0 for none; `neural` asks for a
    second opinion, see `npe.py`. Raises `ValueError` where no window had ended, `PlanError` where the extra is not
    installed.
    """
    last = day(until)
    chosen = bank.by(last)
    if not chosen.any():
        raise ValueError(f"no window of the bank ends by {last}; give a later day")
    x, seen = bank.seen()[:, chosen], bank.observed()[chosen]
    seen[:, [k for k, name in enumerate(NAMES) if name in without]] = np.nan
    flat, target = x.reshape(bank.members, -1), seen.ravel()
    used: Flags = abc.usable(flat, target)
    z = bank.scores(war)
    fitted = abc.project(flat, z, used)
    found = abc.sample(fitted.told, z, fitted(target)[0])
    drawn = values(bank.names, found.even(DRAWS))
    return Calibration(
        war,
        last,
        tuple(window.name for window, yes in zip(bank.windows, chosen, strict=True) if yes),
        bank.names,
        tuple(matching.expected(bank, chosen, used)),
        float(matching.plausible(flat, z, target, used).mean()),
        found,
        Draws(bank.names, np.stack([drawn[name] for name in bank.names], axis=1), last),
        checks.calibration(flat, z, used, sets) if sets else None,
        npe.sample(flat, z, used, target, bank.seed) if neural else None,
    )


def through_time(bank: Bank, war: str, without: Sequence[str] = ()) -> tuple[Draws, ...]:
    """The posteriors at each day on which a window ends: the same bank serves every origin of a hindcast."""
    ends = sorted({window.end for window in bank.windows})
    return tuple(calibrate(bank, war, end, without=without, sets=0).draws for end in ends)


def posterior(found: Calibration, bank: Bank) -> Posterior:
    """A calibration with its provenance, to be kept."""
    from polemos.ensemble.folder import versions
    from polemos.model.jit import kernel_hash

    about: dict[str, Any] = {
        "scenario": found.war,
        "windows": list(found.windows),
        "worlds": {window.name: window.world.as_of(window.end).digest() for window in bank.windows},
        "versions": versions(kernel_hash()),
        "bank": {"members": bank.members, "seed": bank.seed},
        "rule": f"regression-adjusted ABC, nearest {abc.ACCEPT:g}",
        "shrunk": found.shrunk,
        "plausible": found.plausible,
        "failed": found.failed,
    }
    if found.coverage is not None:
        miss = found.coverage.miss
        about["coverage"] = {"mean miss": float(miss.mean()), "worst": float(miss.max()), "sets": found.coverage.sets}
    return Posterior(found.draws, about)
