"""A hindcast on disk: a folder for a war and its leads, and one file an origin.

    manifest.json       what was asked last: the record, the leads, the forecasters
    origins/DATE.npz    what was said there, by the key of the forecaster; put in its place whole, so what is there
                        is complete
    table.parquet, skill.json, chart.*   the results

The key of a forecaster is a digest of its settings, of its source and of the kernels: what another version said is
never taken for its own. Where the source cannot be had, the forecasts are not kept.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from polemos.ensemble import atomic_files
from polemos.forecasters.base import Forecaster
from polemos.forecasters.simulated_forecast import Foretold, described
from polemos.hindcasts.source import source_of
from polemos.record.world import World

FORMAT = 1

ONCE = "once-"
"""Beginning of the key of a forecaster whose source is not to be had: it is good for one hindcast."""


def key_of(forecaster: Forecaster) -> str:
    """Digest of everything that the forecasts of a forecaster depend on but the world and the dates.

    Begins with `ONCE` where the source cannot be had (see `polemos.hindcasts.source`).
    """
    from polemos.model.jit import kernel_hash

    state = hashlib.sha256(json.dumps(described(forecaster), sort_keys=True, default=str).encode())
    state.update(kernel_hash().encode())
    source = source_of(type(forecaster))
    if source is None:
        return f"{ONCE}{state.hexdigest()[:16]}-{id(forecaster):x}"
    state.update(source)
    return state.hexdigest()[:16]


def open_folder(
    root: Path, world: World, leads: Sequence[str], forecasters: Sequence[Forecaster], *, fresh: bool
) -> Path:
    """The folder of a war and its leads, `<scenario>-<eight digits>`; with `fresh`, without the origins in it."""
    described_run: dict[str, Any] = {
        "format": FORMAT,
        "scenario": world.name,
        "world": world.digest(),
        "leads": list(leads),
    }
    digest = hashlib.sha256(json.dumps(described_run, sort_keys=True).encode()).hexdigest()
    name = "".join(c if c.isalnum() or c in "-_" else "-" for c in world.name)
    folder = root / f"{name}-{digest[:8]}"
    (folder / "origins").mkdir(parents=True, exist_ok=True)
    if fresh:
        for path in (folder / "origins").glob("*.npz"):
            path.unlink()
    described_run["forecasters"] = [described(forecaster) for forecaster in forecasters]
    atomic_files.put(folder / "manifest.json", json.dumps(described_run, indent=2, default=str).encode() + b"\n")
    return folder


def write(folder: Path, origin: np.datetime64, forecasts: Mapping[str, Foretold]) -> None:
    """Keep what was said at an origin, by the key of who said it, beside what is there."""
    forecasts = {key: one for key, one in forecasts.items() if not key.startswith(ONCE)}
    if not forecasts:
        return
    path = folder / "origins" / f"{origin}.npz"
    arrays: dict[str, Any] = _load(path)
    for key, one in forecasts.items():
        arrays[f"{key}-probability"] = one.probability
        if one.totals is not None:
            arrays[f"{key}-totals"] = one.totals
    content = io.BytesIO()
    np.savez_compressed(content, **arrays)
    atomic_files.put(path, content.getvalue())


def read(folder: Path, origin: np.datetime64, keys: Iterable[str]) -> dict[str, Foretold]:
    """What is kept of an origin for some keys."""
    arrays = _load(folder / "origins" / f"{origin}.npz")
    return {
        key: Foretold(arrays[f"{key}-probability"], arrays.get(f"{key}-totals"))
        for key in keys
        if f"{key}-probability" in arrays
    }


def _load(path: Path) -> dict[str, Any]:
    try:
        with np.load(path) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile):
        return {}
