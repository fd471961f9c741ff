"""A posterior on disk: draws of parameters with everything that they rest on, as one Parquet file.

Columns are parameters, rows draws, each as likely; the metadata hold the scenarios and their digests, the day up to
which their records were used, the code, the bank, and what the checks said. A posterior is used by path, or by its name
where the scenario's folder `posteriors/` or the current one has it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from polemos.ensemble import atomic_files
from polemos.ensemble.plan import PlanError
from polemos.ensemble.posterior_draws import Draws
from polemos.scenario.inside_folder import outside
from polemos.scenario.optional_packages import need

FOLDER, SUFFIX, KEY = "posteriors", ".parquet", b"polemos"


@dataclass(frozen=True, slots=True)
class Posterior:
    """Draws, and what they rest on as JSON values: `scenario` (whose parameters they are), `checks`, and more."""

    draws: Draws
    about: Mapping[str, Any]

    @property
    def failed(self) -> list[str]:
        """The checks that it failed, in words."""
        return list(self.about["failed"])


def save(posterior: Posterior, path: Path) -> Path:
    """Write a posterior, all of it or nothing. Raises `MissingPackageError`."""
    need("tables")
    import pyarrow as pa
    import pyarrow.parquet as parquet

    draws = posterior.draws
    table = pa.table({name: draws.values[:, column] for column, name in enumerate(draws.names)})
    about = json.dumps({**posterior.about, "until": str(draws.until)}, sort_keys=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_files.whole(path) as part:
        parquet.write_table(table.replace_schema_metadata({KEY: about.encode()}), part, write_page_checksum=True)
    return path


def load(source: str | Path, folder: Path | None = None) -> Posterior:
    """A posterior by path, or by name from `posteriors/` here or in a scenario's folder. Raises `PlanError`."""
    need("tables")
    import pyarrow as pa
    import pyarrow.parquet as parquet

    places = [Path(source)]
    if not str(source).endswith(SUFFIX):
        name = f"{FOLDER}/{source}{SUFFIX}"
        places = [root / name for root in (Path(), folder) if root is not None]
        if folder is not None and outside(folder, name):
            raise PlanError(f"{folder / name}: {outside(folder, name)[0].what}; put the file itself here")
    path = next((place for place in places if place.is_file()), None)
    if path is None:
        raise PlanError(
            f"no posterior {str(source)!r}: {', '.join(map(str, places))} is not there; run polemos calibrate"
        )
    try:
        table = parquet.read_table(path, page_checksum_verification=True)
        about = dict(json.loads((table.schema.metadata or {})[KEY]))
        values = np.stack([column.to_numpy() for column in table.columns], axis=1).astype(np.float64)
        draws = Draws(tuple(table.column_names), values, np.datetime64(about["until"], "D"))
        if not (values.size and np.isfinite(values).all() and isinstance(about["failed"], list) and about["scenario"]):
            raise ValueError("no draws")
    except (KeyError, ValueError, TypeError, OSError, OverflowError, pa.ArrowException):
        raise PlanError(f"{path} is no posterior, or was altered; polemos calibrate writes one") from None
    return Posterior(draws, about)
