"""A bank of simulated windows: draws of the shared parameters, and the result of each in every window.

    manifest.json               what it was made with; another bank has another folder
    WINDOW/FIRST.npy.gz         summaries, see `simulate_windows.py`

A row of the design is one draw of all the inferred parameters, as normal scores: their prior is standard normal. A
war's own scores lie around the shared ones, `z_w = sqrt(r) z + sqrt(1 - r) e_w` with r = `SHARED`, so that each war
keeps its prior and two wars correlate by r. All other parameters are drawn anew in every window. So a bank serves
every set of windows: those of one war or of several, up to any day.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from polemos.ensemble import atomic_files
from polemos.ensemble.executor import Executor, Progress
from polemos.inference import window_summaries
from polemos.inference.simulate_windows import Job, parameters, simulate
from polemos.inference.windows import Window
from polemos.record.world import Flags, Floats, site

SHARED = 0.5
"""Correlation of a parameter between two wars: a convention."""
INFERRED = (
    *("delta", "eta", "recruits_local", "recruits_foreign", "g1", "g_min"),
    *("tau_m", "slope", "sd_b", "killed_share", "repulse_loss", "c_u", "iota", "mu0", "growth", "beta_t", "beta_v"),
    *("l_min", "nu_u", "nu_f", "shadow"),
)
"""Parameters that a likelihood of the front does not reach and the summaries might."""


@dataclass(frozen=True, slots=True)
class Bank:
    """Summaries of simulated windows: `x` [N, W, S] by member, window and `window_summaries.NAMES`.

    `scores` [N, k] are the normal scores of the shared parameters `names`; `simulated` counts the member-weeks that
    were simulated now, in `seconds`.
    """

    windows: tuple[Window, ...]
    names: tuple[str, ...]
    seed: int
    x: Floats
    simulated: int
    seconds: float

    @property
    def members(self) -> int:
        """Rows of the design."""
        return int(self.x.shape[0])

    def scores(self, war: str) -> Floats:
        """Normal scores of a war's parameters [N, k]; that of a war without windows is just another one."""
        return scores(self.names, self.members, self.seed, war)

    def noisy(self) -> Floats:
        """Summaries with the errors of what they are compared with [N, W, S]."""
        return with_errors(self.x, self.windows, [self.seed, 2])

    def observed(self) -> Floats:
        """What happened [W, S]."""
        return np.stack([window_summaries.observed(window) for window in self.windows])

    def by(self, until: np.datetime64) -> Flags:
        """Windows that had ended on a day [W]."""
        return np.array([window.end <= until for window in self.windows], bool)


def with_errors(x: Floats, chosen: Sequence[Window], chance: Sequence[int]) -> Floats:
    """Summaries [N, W, S] with errors like those of what they are compared with; `chance` seeds them."""
    sd = np.stack([window_summaries.noise(window) for window in chosen])
    return np.asarray(x + sd * np.random.default_rng(chance).standard_normal(x.shape))


def scores(names: Sequence[str], members: int, seed: int, war: str) -> Floats:
    """Normal scores of a war's parameters [N, k]: a scrambled Sobol design shared by wars, and the war's own part."""
    from scipy.special import ndtri
    from scipy.stats import qmc

    power = int(np.ceil(np.log2(max(members, 2))))
    shared = ndtri(qmc.Sobol(len(names), rng=np.random.default_rng(seed)).random_base2(power)[:members])
    own = np.random.default_rng([seed, int(site(war))]).standard_normal((members, len(names)))
    return np.asarray(np.sqrt(SHARED) * shared + np.sqrt(1 - SHARED) * own)


def related(z: Floats, others: Sequence[str], chance: Sequence[int]) -> dict[str, Floats]:
    """Scores of other wars [N, k] given those of one, as in a bank's design; `chance` seeds them."""
    size = z.shape
    shared = np.sqrt(SHARED) * z + np.sqrt(1 - SHARED) * np.random.default_rng(chance).standard_normal(size)
    return {
        war: np.sqrt(SHARED) * shared
        + np.sqrt(1 - SHARED) * np.random.default_rng([*chance, int(site(war))]).standard_normal(size)
        for war in others
    }


def build(
    chosen: Sequence[Window],
    members: int,
    *,
    names: Sequence[str] = INFERRED,
    seed: int = 1,
    executor: Executor | None = None,
    store: Path | str | None = None,
    progress: Progress | None = None,
) -> Bank:
    """Simulate every window with every row of the design, or read what is kept of it.

    `progress` gets simulated windows done and in all. The result is the same for any executor. Raises `Interrupted`
    on Ctrl-C, once what is under way is kept.
    """
    import time

    from polemos.model.jit import kernel_hash

    began = time.perf_counter()
    folder = None if store is None else folder_of(Path(store), members, tuple(names), seed)
    wars = dict.fromkeys(window.world.name for window in chosen)
    job = Job(
        tuple(chosen),
        tuple(names),
        {war: scores(names, members, seed, war) for war in wars},
        str(seed),
        kernel_hash(),
    )
    x, steps = simulate(job, executor=executor, folder=folder, progress=progress)
    return Bank(tuple(chosen), tuple(names), seed, x, steps, time.perf_counter() - began)


def folder_of(root: Path, members: int, names: tuple[str, ...], seed: int) -> Path:
    """The folder of a bank, which its manifest names."""
    from polemos.model.jit import kernel_hash

    settings = {
        "members": members,
        "names": list(names),
        "priors": [str(one.prior) for one in parameters(names)],
        "seed": seed,
        "kernels": kernel_hash(),
        "summaries": hashlib.sha256(Path(window_summaries.__file__).read_bytes()).hexdigest(),
    }
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()
    folder = root / f"bank-{members}-{digest[:8]}"
    folder.mkdir(parents=True, exist_ok=True)
    with atomic_files.whole(folder / "manifest.json") as part:
        part.write_text(json.dumps(settings, indent=2) + "\n")
    return folder
