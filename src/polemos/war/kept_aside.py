"""Keeps the front hazard's part of a run's forecast in the run's folder, so that it is computed once.

    aside.npz    the front hazard's wars, what they say for the leads, and what both simulators said in the past year

What another version of the code wrote is left unread, and so is a file that is damaged: it is made anew.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from polemos.ensemble.atomic_files import DamagedError
from polemos.ensemble.run_folder import folder_of
from polemos.ensemble.store import FolderStore, Store
from polemos.forecasters.simulated_forecast import Foretold, Past
from polemos.war import forecast
from polemos.war.forecast import Aside

if TYPE_CHECKING:
    from polemos.ensemble.plan import Plan
    from polemos.war.war import War

FILE = "aside.npz"


@functools.cache
def code_digest() -> str:
    """Digest of the code that the front hazard, the model and the mixture come from."""
    from polemos.forecasters import mixture
    from polemos.model.jit import kernel_hash

    digest = hashlib.sha256(kernel_hash().encode())
    folder = Path(mixture.__file__).parent
    for path in (*sorted(folder.glob("*.py")), *sorted(folder.glob("*.json")), Path(forecast.__file__)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def folder_in(store: Store | None, plan: Plan) -> Path | None:
    """The folder that a store has for a plan; None for a store that keeps nothing."""
    from polemos.model.jit import kernel_hash

    return folder_of(store.root, plan, kernel_hash()) if isinstance(store, FolderStore) else None


def begins_anew(store: Store | None) -> bool:
    """Whether what a store has of a plan does not count."""
    return isinstance(store, FolderStore) and store.fresh


def read(folder: Path, war: War, plan: Plan) -> Aside | None:
    """What the folder of a run has; None where it has nothing, or nothing of this version."""
    from polemos.ensemble.answer_store import read_sealed

    leads = forecast.leads_until(plan.origin, plan.until)
    try:
        with read_sealed(folder / FILE) as arrays:
            if str(arrays["code"]) != code_digest() or tuple(arrays["leads"].tolist()) != leads:
                return None
            past = tuple(_past(arrays, back) for back in range(int(arrays["back"])))
            front = Foretold(arrays["front/probability"], arrays["front/totals"])
            control = arrays["control"]
    except (OSError, DamagedError, KeyError, ValueError):
        return None
    mixture = forecast.mixture_of(plan, plan.seed)
    return Aside(war, war.world.as_of(plan.origin), leads, mixture, control, front, past)


def write(folder: Path, aside: Aside) -> None:
    """Leave it in the folder of a run; in one that cannot be written nothing is left."""
    from polemos.ensemble.answer_store import write_sealed

    arrays: dict[str, Any] = {
        "code": np.array(code_digest()),
        "leads": np.array(aside.leads),
        "back": np.array(len(aside.past)),
        "control": aside.control,
        "front/probability": aside.front.probability,
        "front/totals": aside.front.totals,
    }
    for back, one in enumerate(aside.past):
        arrays |= {f"{back}/origin": np.array(one.origin), f"{back}/dates": one.dates}
        for part, part_forecast in enumerate(one.said):
            arrays[f"{back}/{part}"] = part_forecast.probability
    with contextlib.suppress(OSError):
        write_sealed(folder / FILE, arrays)


def _past(arrays: Any, back: int) -> Past:
    parts = sorted(name for name in arrays if name.startswith(f"{back}/") and name.split("/")[1].isdigit())
    forecasts = tuple(Foretold(arrays[name]) for name in parts)
    return Past(arrays[f"{back}/origin"][()], arrays[f"{back}/dates"], forecasts)
