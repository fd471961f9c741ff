"""A bank of simulated windows: draws of the shared parameters, and what came of each in every window.

    manifest.json               what it was made with; another bank has another folder
    WINDOW/FIRST.parquet        summaries of the members from FIRST on, put in place whole

A row of the design is one draw of all the inferred parameters, as normal scores: their prior is standard normal. A
war's own scores lie around the shared ones, `z_w = sqrt(r) z + sqrt(1 - r) e_w` with r = `SHARED`, so that each war
keeps its prior and two wars correlate by r. All other parameters are drawn anew in every window. So a bank serves
every set of windows: those of one war or of several, up to any day.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from polemos.ensemble import durable
from polemos.ensemble.run import Interrupted, Progress
from polemos.inference import summaries
from polemos.inference.windows import Window
from polemos.model.process import Parameter
from polemos.record.world import Flags, Floats, site

CHUNK = 128
SHARED = 0.5
"""Correlation of a parameter between two wars: a convention."""
INFERRED = (
    *("air_factor", "arms_factor", "distance", "delta", "eta", "recruits_local", "recruits_foreign", "g1", "leave"),
    *("h1", "slope", "tau_b", "killed_share", "repulse_loss", "c_u", "iota", "mu0", "growth", "beta_t", "beta_v"),
    *("l_min", "nu_u", "nu_f", "shadow"),
)
"""Parameters that a likelihood of the front does not reach and the summaries might."""


@dataclass(frozen=True, slots=True)
class Bank:
    """Summaries of simulated windows: `x` [N, W, S] by member, window and `summaries.NAMES`.

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

    def seen(self) -> Floats:
        """Summaries with the errors of what they are held against [N, W, S]."""
        rng = np.random.default_rng([self.seed, 2])
        sd = np.stack([summaries.noise(window) for window in self.windows])
        return np.asarray(self.x + sd * rng.standard_normal(self.x.shape))

    def observed(self) -> Floats:
        """What came [W, S]."""
        return np.stack([summaries.observed(window) for window in self.windows])

    def by(self, until: np.datetime64) -> Flags:
        """Windows that had ended on a day [W]."""
        return np.array([window.end <= until for window in self.windows], bool)


def scores(names: Sequence[str], members: int, seed: int, war: str) -> Floats:
    """Normal scores of a war's parameters [N, k]: a scrambled Sobol design shared by wars, and the war's own part."""
    from scipy.special import ndtri
    from scipy.stats import qmc

    power = int(np.ceil(np.log2(max(members, 2))))
    shared = ndtri(qmc.Sobol(len(names), rng=np.random.default_rng(seed)).random_base2(power)[:members])
    own = np.random.default_rng([seed, int(site(war))]).standard_normal((members, len(names)))
    return np.asarray(np.sqrt(SHARED) * shared + np.sqrt(1 - SHARED) * own)


def parameters(names: Sequence[str]) -> tuple[Parameter, ...]:
    """The parameters of the usual processes by name. Raises `KeyError`."""
    from polemos.model import engine, processes

    there = {parameter.name: parameter for _, parameter in engine.parameters(processes.choose(()))}
    return tuple(there[name] for name in names)


def values(names: Sequence[str], z: Floats) -> dict[str, Floats]:
    """Values of parameters from their normal scores [N, k], by the model's own priors."""
    from scipy.special import ndtr

    u = np.clip(ndtr(z), 1e-9, 1 - 1e-9)
    return {one.name: one.prior.quantile(u[:, k]) for k, one in enumerate(parameters(names))}


def build(
    chosen: Sequence[Window],
    members: int,
    *,
    names: Sequence[str] = INFERRED,
    seed: int = 1,
    threads: int | None = None,
    keep: Path | str | None = None,
    progress: Progress | None = None,
) -> Bank:
    """Simulate every window with every row of the design, or read what is kept of it.

    `progress` gets simulated windows done and in all. The result is the same for any `threads`. Raises `Interrupted`
    on Ctrl-C, once what is under way is kept.
    """
    import time

    began = time.perf_counter()
    folder = None if keep is None else _folder(Path(keep), members, tuple(names), seed)
    x = np.full((members, len(chosen), len(summaries.NAMES)), np.nan)
    missing = []
    for column, window in enumerate(chosen):
        for first in range(0, members, CHUNK):
            last = min(first + CHUNK, members)
            kept = None if folder is None else _read(_file(folder, window, first), last - first)
            if kept is None:
                missing.append((column, first, last))
            else:
                x[first:last, column] = kept
    total = members * len(chosen)
    done = total - sum(last - first for _, first, last in missing)
    steps = 0
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        futures = {}
        try:
            for column, window in enumerate(chosen):
                mine = [task for task in missing if task[0] == column]
                if mine:
                    setup = prepare(window, members, names, seed)
                for task in mine:
                    futures[pool.submit(_work, setup, window, folder, *task[1:])] = task
            for future in as_completed(futures):
                column, first, last = futures[future]
                x[first:last, column] = future.result()
                done += last - first
                steps += (last - first) * (chosen[column].dates.size - 1)
                if progress:
                    progress(done, total)
        except KeyboardInterrupt:
            for future in futures:
                future.cancel()
            raise Interrupted(done, total, folder) from None
    return Bank(tuple(chosen), tuple(names), seed, x, steps, time.perf_counter() - began)


def prepare(window: Window, members: int, names: Sequence[str], seed: int) -> Any:
    """The setup of a window, with the war's own values of the inferred parameters."""
    from polemos.model import engine

    drawn = values(names, scores(names, members, seed, window.world.name))
    known = window.world.as_of(window.end)
    # Each window has its own chance; only the inferred parameters are the same in all of a war.
    chance = int(site(f"{seed} {window.start}") >> np.uint64(1))
    return engine.prepare(
        window.world.as_of(window.start),
        window.end,
        members=members,
        seed=chance,
        inputs=known,
        past_weeks=1,
        drawn=drawn,
    )


def _work(setup: Any, window: Window, folder: Path | None, first: int, last: int) -> Floats:
    from polemos.model import engine

    found = summaries.simulated(engine.simulate(setup, first, last), window)
    if folder is not None:
        _write(_file(folder, window, first), found)
    return found


def _folder(root: Path, members: int, names: tuple[str, ...], seed: int) -> Path:
    from polemos.model.jit import kernel_hash

    made = {
        "members": members,
        "names": list(names),
        "priors": [str(one.prior) for one in parameters(names)],
        "seed": seed,
        "kernels": kernel_hash(),
        "summaries": hashlib.sha256(Path(summaries.__file__).read_bytes()).hexdigest(),
    }
    digest = hashlib.sha256(json.dumps(made, sort_keys=True).encode()).hexdigest()
    folder = root / f"bank-{members}-{digest[:8]}"
    folder.mkdir(parents=True, exist_ok=True)
    with durable.whole(folder / "manifest.json") as part:
        part.write_text(json.dumps(made, indent=2) + "\n")
    return folder


def _file(folder: Path, window: Window, first: int) -> Path:
    digest = window.world.as_of(window.end).digest()[:8]
    return folder / f"{window.name}-{digest}" / f"{first:06d}.parquet"


def _read(path: Path, rows: int) -> Floats | None:
    import pyarrow.parquet as parquet

    if not path.exists():
        return None
    table = parquet.read_table(path)
    if table.num_rows != rows or table.column_names != list(summaries.NAMES):
        return None
    return np.stack([table[name].to_numpy() for name in summaries.NAMES], axis=1)


def _write(path: Path, found: Floats) -> None:
    import pyarrow as pa
    import pyarrow.parquet as parquet

    path.parent.mkdir(parents=True, exist_ok=True)
    with durable.whole(path) as part:
        parquet.write_table(pa.table({name: found[:, k] for k, name in enumerate(summaries.NAMES)}), part)
