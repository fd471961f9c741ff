"""From a bank to a posterior: which windows may be used, what they say of the parameters, and how it is checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from polemos.ensemble.executor import Executor, Progress
from polemos.ensemble.posterior_draws import Draws
from polemos.ensemble.posterior_file import Posterior
from polemos.inference import abc, npe, posterior_checks, prior_predictive, simulate_windows, smc
from polemos.inference.simulate_windows import Job, values
from polemos.inference.simulation_bank import Bank, related, with_errors
from polemos.inference.window_summaries import NAMES
from polemos.model.jit import kernel_hash
from polemos.record.world import Flags, Floats, day

DRAWS = 2000
FEWEST = 5
OTHER_WARS = "it rests on other wars, later ones too"
"""Parameters that must shrink by `posterior_checks.SHRUNK` of their prior's spread, or the record has said too
little."""


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
    expected: tuple[prior_predictive.Expected, ...]
    plausible: float
    sample: abc.Sample
    draws: Draws
    coverage: posterior_checks.Coverage | None
    neural: abc.Sample | None = None

    @property
    def shrunk(self) -> list[str]:
        """Parameters that the record narrows by `posterior_checks.SHRUNK` or more; of the others it says little."""
        narrower = posterior_checks.contraction(self.sample)
        return [name for name, by in zip(self.names, narrower, strict=True) if by >= posterior_checks.SHRUNK]

    @property
    def failed(self) -> list[str]:
        """What speaks against using the posterior unasked."""
        failures = []
        if self.coverage is None:
            failures.append("its calibration was not checked")
        elif not self.coverage.sound:
            miss = self.coverage.miss
            failures.append(
                f"coverage misses by {100 * miss.mean():.1f} points on average, {100 * miss.max():.1f} at most"
            )
        if self.draws.until < self.until:
            failures.append(OTHER_WARS)
        if len(self.shrunk) < FEWEST:
            failures.append(f"{len(self.shrunk)} of {len(self.names)} parameters shrink by 30 %, fewer than {FEWEST}")
        return failures


def calibrate(
    bank: Bank,
    war: str,
    until: object,
    *,
    without: Sequence[str] = (),
    sets: int = posterior_checks.SETS,
    neural: bool = False,
) -> Calibration:
    """The posterior of a war's parameters from the windows that had ended by a day.

    `without` names summaries to leave out; `sets` of simulation-based calibration, 0 for none; `neural` asks for a
    second opinion, see `npe.py`. Raises `ValueError` where no window had ended, `PlanError` where the extra is not
    installed.
    """
    last = day(until)
    chosen, flat, target, used = _compared(bank, last, without)
    z = bank.scores(war)
    fitted = abc.project(flat, z, used)
    sample = abc.sample(fitted.predictions, z, fitted(target)[0])
    return Calibration(
        war,
        last,
        tuple(window.name for window, yes in zip(bank.windows, chosen, strict=True) if yes),
        bank.names,
        tuple(prior_predictive.expected(bank, chosen, used)),
        float(prior_predictive.plausible(flat, z, target, used).mean()),
        sample,
        drawn(bank.names, sample, last),
        posterior_checks.calibration(flat, z, used, sets) if sets else None,
        npe.sample(flat, z, used, target, bank.seed) if neural else None,
    )


def _compared(bank: Bank, last: np.datetime64, without: Sequence[str]) -> tuple[Flags, Floats, Floats, Flags]:
    """Windows that had ended [W], the bank's summaries in them [N, D], what was seen [D], and which are used [D]."""
    chosen = bank.by(last)
    if not chosen.any():
        raise ValueError(f"no window of the bank ends by {last}; give a later day")
    x, summaries = bank.noisy()[:, chosen], bank.observed()[chosen]
    summaries[:, [k for k, name in enumerate(NAMES) if name in without]] = np.nan
    flat, target = x.reshape(bank.members, -1), summaries.ravel()
    return chosen, flat, target, abc.usable(flat, target)


def drawn(names: Sequence[str], sample: abc.Sample, last: np.datetime64) -> Draws:
    """Values of parameters from a sample of their scores."""
    by_name = values(names, sample.even(DRAWS))
    return Draws(tuple(names), np.stack([by_name[name] for name in names], axis=1), last)


def nearer(
    bank: Bank,
    war: str,
    until: object,
    generations: int,
    *,
    without: Sequence[str] = (),
    executor: Executor | None = None,
    store: Path | None = None,
    progress: Progress | None = None,
) -> smc.Population:
    """The same posterior by generations of draws (see `smc.py`), the bank being the first; each is as large.

    What is simulated is kept in folders of `store`, so that it goes on after a stop. `progress` gets simulated windows
    done and in all. Raises what `calibrate` and `simulate_windows.simulate` do.
    """
    chosen, flat, target, used = _compared(bank, day(until), without)
    windows = tuple(window for window, yes in zip(bank.windows, chosen, strict=True) if yes)
    others = [name for name in dict.fromkeys(window.world.name for window in windows) if name != war]
    size = bank.members * len(windows)

    def simulate(number: int, z: Floats) -> Floats:
        scores = {war: z, **related(z, others, [bank.seed, 5, number])}
        job = Job(windows, bank.names, scores, f"{bank.seed} generation {number}", kernel_hash())

        def tell(count: int, total: int) -> None:
            if progress:
                progress((number - 1) * size + count, generations * size)

        folder = None if store is None else store / f"draws-{job.digest[:12]}"
        x, _ = simulate_windows.simulate(job, executor=executor, folder=folder, progress=tell)
        return with_errors(x, windows, [bank.seed, 2, number]).reshape(bank.members, -1)

    return smc.run(flat, bank.scores(war), used, target, simulate, generations, bank.seed)


def through_time(bank: Bank, war: str, without: Sequence[str] = ()) -> tuple[Draws, ...]:
    """The posteriors at each day on which a window ends: the same bank serves every origin of a hindcast."""
    ends = sorted({window.end for window in bank.windows})
    return tuple(calibrate(bank, war, end, without=without, sets=0).draws for end in ends)


def posterior(calibration: Calibration, bank: Bank) -> Posterior:
    """A calibration with its provenance, to be kept."""
    from polemos.ensemble.run_folder import versions
    from polemos.model.jit import kernel_hash

    about: dict[str, Any] = {
        "scenario": calibration.war,
        "windows": list(calibration.windows),
        "worlds": {window.name: window.world.as_of(window.end).digest() for window in bank.windows},
        "versions": versions(kernel_hash()),
        "bank": {"members": bank.members, "seed": bank.seed},
        "rule": f"regression-adjusted ABC, nearest {abc.ACCEPT:g}",
        "shrunk": calibration.shrunk,
        "plausible": calibration.plausible,
        "failed": calibration.failed,
    }
    if calibration.coverage is not None:
        miss = calibration.coverage.miss
        about["coverage"] = {
            "mean miss": float(miss.mean()),
            "worst": float(miss.max()),
            "sets": calibration.coverage.sets,
        }
    return Posterior(calibration.draws, about)
