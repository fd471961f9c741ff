"""The forecasters of a hindcast, by short names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from importlib.metadata import entry_points

from polemos.forecasters.base import Forecaster
from polemos.forecasters.front_hazard import FrontHazard
from polemos.forecasters.mixture import Mixture
from polemos.forecasters.mixture_weights import ended_weights
from polemos.forecasters.model_forecaster import ModelForecaster
from polemos.record.world import World

BASELINES = {
    "persistence": ("markov", "Persistence"),
    "pooled": ("markov", "PooledMarkov"),
    "distance": ("distance_hazard", "DistanceHazard"),
    "log-linear": ("log_linear", "LogLinear"),
    "conflictology": ("conflictology", "Conflictology"),
    "contiguity": ("contiguity", "ContiguityMarkov"),
    "trees": ("boosted_trees", "BoostedTrees"),
}
SIMULATORS = ("front", "priors", "model", "forecast")
NAMES = (*BASELINES, *SIMULATORS, "strict", "drawn")
"""Short names, in the order of tables. `priors` is the model that learns nothing, `forecast` the mixture, `strict` the
one whose weights are of wars that had ended, `drawn` the model whose inputs go on as drawn."""
DEFAULT = ("persistence", "pooled", "contiguity", "trees", *SIMULATORS)
NAME_OF_STRICT = "forecast, ended wars alone"
RULES = ("pooled", "contiguity", "log-linear")
"""Short names of the simple rules that stand in the mixture as one member."""
GROUP = "polemos.forecasters"
"""Entry points of installed packages that bring a forecaster each."""
REFERENCE = "contiguity Markov"
"""Name of the forecaster that the others are measured against."""


def lineup(
    names: Sequence[str] = DEFAULT,
    *,
    members: int = 800,
    seed: int = 1,
    threads: int | None = None,
    actual: World | None = None,
    theory: str = "neutral",
    priors: Mapping[str, float | str] | None = None,
    without: Sequence[str] = (),
    added: Sequence[str] = (),
    wars: Sequence[World] = (),
) -> tuple[Forecaster, ...]:
    """Forecasters by short names.

    With `actual` the model stands once more, given the supports and relations of that whole war as they really were.
    With other `wars` (whole) the front hazard stands once more, its coefficients shared with them: nobody else looks at
    them, since on the board a war's own past serves the mixture better (docs/hindcast.md). Raises `KeyError`
    naming those there are.
    """
    names_known = (*NAMES, *installed())
    unknown = [name for name in names if name not in names_known]
    if unknown:
        raise KeyError(f"no forecaster {unknown[0]!r}; there are {', '.join(names_known)}")
    model = ModelForecaster(
        members,
        seed,
        theory=theory,
        priors=priors or {},
        without=tuple(without),
        threads=threads,
        processes=tuple(added),
    )
    front = FrontHazard(members, seed, threads=threads)
    shared = replace(front, name="front hazard, with other wars", wars=tuple(wars)) if wars else front
    by_name: dict[str, Forecaster] = {
        "front": front,
        "priors": replace(model, name="model, priors", learn=False),
        "model": model,
        "forecast": mixture(front, model),
        "strict": replace(mixture(front, model), weights=ended_weights(), name=NAME_OF_STRICT),
        "drawn": replace(model, name="model, drawn inputs", inputs="drawn"),
    }
    chosen_forecasters = [_baseline(name) if name in BASELINES else by_name[name] for name in NAMES if name in names]
    chosen_forecasters += [_installed(name) for name in names if name not in NAMES]
    if actual is not None:
        chosen_forecasters.append(replace(model, name="model, actual inputs", actual=actual))
    if wars:
        chosen_forecasters.append(shared)
    return tuple(chosen_forecasters)


def mixture(front: Forecaster, model: Forecaster) -> Mixture:
    """The mixture of a front hazard, a model, the trees and the simple rules."""
    return Mixture(front, model, _baseline("trees"), tuple(_baseline(name) for name in RULES))


def installed() -> tuple[str, ...]:
    """Names of the forecasters that installed packages bring."""
    return tuple(sorted({point.name for point in entry_points(group=GROUP)} - set(NAMES)))


def _installed(name: str) -> Forecaster:
    """The forecaster of an entry point: the object itself, or what a function without arguments gives."""
    (point,) = entry_points(group=GROUP, name=name)
    value = point.load()
    forecaster: Forecaster = value if hasattr(value, "forecast") and not isinstance(value, type) else value()
    return forecaster


def _baseline(name: str) -> Forecaster:
    module, kind = BASELINES[name]
    forecaster: Forecaster = getattr(import_module(f"polemos.forecasters.{module}"), kind)()
    return forecaster
