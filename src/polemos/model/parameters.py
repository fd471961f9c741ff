"""Parameters of the processes that run, and their draws: a value a member."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from polemos.model import initial_state
from polemos.model.process import Parameter, Prior, Process
from polemos.model.rng import draws
from polemos.record.world import Floats, World, site


def parameters(chosen: Sequence[Process]) -> list[tuple[str, Parameter]]:
    """Every parameter with the name of its process; those of the initial state come last.

    Raises `ValueError` when two processes declare one name.
    """
    rows = [(process.name, parameter) for process in chosen for parameter in process.parameters]
    rows += [("initial", parameter) for parameter in initial_state.PARAMETERS]
    sources: dict[str, str] = {}
    for owner, parameter in rows:
        if parameter.name in sources:
            raise ValueError(f"parameter {parameter.name!r} of {owner} is declared by {sources[parameter.name]} too")
        sources[parameter.name] = owner
    return rows


def draw_parameters(
    chosen: Sequence[Process], world: World, keys: Any, theory: Mapping[str, Prior | float]
) -> dict[str, Floats]:
    """Draw every parameter for every member: [m], or [m, O] where organisations have their own.

    Raises `KeyError` for a parameter of the theory that no process has.
    """
    rows = parameters(chosen)
    unknown = set(theory) - {parameter.name for _, parameter in rows}
    if unknown:
        raise KeyError(f"no parameter {', '.join(sorted(unknown))}; see `polemos explain` for those there are")
    actors = np.array([site(o) for o in world.organisations.id], np.uint64)
    values = {}
    for owner, parameter in rows:
        sites = actors if parameter.per == "organisation" else np.zeros(1, np.uint64)
        u = draws(keys, site(f"parameter {owner}.{parameter.name}"), sites)
        prior = theory.get(parameter.name, parameter.prior)
        value = prior.quantile(u) if isinstance(prior, Prior) else np.full_like(u, prior)
        values[parameter.name] = np.ascontiguousarray(value if parameter.per else value[:, 0], np.float64)
    return values
