"""What a forecaster says from one origin: who holds each place, and, where it simulates, what its members hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np

from polemos.ensemble.posterior_draws import Draws
from polemos.forecasters.base import Forecaster
from polemos.record.world import Days, Floats, Holders, World

if TYPE_CHECKING:
    from polemos.ensemble.summary import Series

MEASURES = ("places", "people")
"""What totals count: places held, and the pre-war residents of these."""


@dataclass(frozen=True, slots=True)
class Foretold:
    """Probability of every holder [L, P, K]; and of a forecaster that simulates, the totals of its members.

    `totals` float32 [2, m, L, O] are by `MEASURES`, member, lead and organisation.
    """

    probability: Floats
    totals: Series | None = None


@runtime_checkable
class Simulator(Protocol):
    """A forecaster that simulates members."""

    def foretell(self, world: World, leads: Days) -> Foretold:
        """The forecast of `Forecaster.forecast`, with the totals of the members behind it."""


@dataclass(frozen=True, slots=True, eq=False)
class Past:
    """What the parts of a composite said at an earlier origin for some dates [L], in their order."""

    origin: np.datetime64
    dates: Days
    said: tuple[Foretold, ...]


@runtime_checkable
class Composite(Protocol):
    """A forecaster whose forecast is made of what its parts say."""

    @property
    def parts(self) -> tuple[Forecaster, ...]:
        """The forecasters that must be asked."""

    def combine(self, world: World, dates: Days, forecasts: Sequence[Foretold], past: Sequence[Past] = ()) -> Foretold:
        """The forecast from what the parts say now and said in the `past`; `world` is cut at the origin."""


def totals_of(control: Holders, world: World) -> Series:
    """Places and people held by every organisation, from holders [m, L, P]: float32 [2, m, L, O]."""
    from polemos.ensemble.summary import held_weights

    weights = np.ones(control.shape[-1]), world.places.people
    return np.stack([held_weights(control, weight, world.nobody) for weight in weights])


def foretell(forecaster: Forecaster, world: World, leads: Days) -> Foretold:
    """Ask a forecaster, of its members too if it has any."""
    if isinstance(forecaster, Simulator):
        return forecaster.foretell(world, leads)
    return Foretold(forecaster.forecast(world, leads))


def leaves(forecasters: Sequence[Forecaster]) -> list[Forecaster]:
    """Those that must be asked: a composite is made of what its parts say."""
    leaves_: list[Forecaster] = []
    for forecaster in forecasters:
        leaves_ += leaves(forecaster.parts) if isinstance(forecaster, Composite) else [forecaster]
    return leaves_


def pooled_totals(totals: Mapping[str, Series], shares: Mapping[str, float]) -> Series | None:
    """Members of several simulators as one ensemble, each with its share of it (they sum to 1); None without any.

    It has as many members as the largest of them; of each, evenly many are taken.
    """
    present = {name: shares[name] for name in totals if shares[name] > 0}
    if not present:
        return None
    size = max(totals[name].shape[1] for name in present)
    ends = np.rint(size * np.cumsum(list(present.values()))).astype(int)
    counts = np.diff(ends, prepend=0)
    parts = [
        totals[name][:, np.arange(count) * totals[name].shape[1] // max(count, 1)]
        for name, count in zip(present, counts, strict=True)
    ]
    return np.concatenate(parts, axis=1)


def described(forecaster: Any) -> dict[str, Any]:
    """The settings of a forecaster as JSON values: everything that its forecasts depend on, so not its threads."""
    from dataclasses import fields, is_dataclass
    from hashlib import sha256

    def plain(value: Any) -> Any:
        if isinstance(value, World | Draws):
            return value.digest()
        if is_dataclass(value) and not isinstance(value, type):
            return described(value)
        if isinstance(value, Mapping):
            return {str(key): plain(one) for key, one in sorted(value.items())}
        if isinstance(value, np.ndarray):
            return f"{value.dtype}{value.shape}-{sha256(np.ascontiguousarray(value).tobytes()).hexdigest()}"
        return [plain(one) for one in value] if isinstance(value, list | tuple) else value

    kind = {"kind": type(forecaster).__name__}
    if not is_dataclass(forecaster):
        own = {name: plain(value) for name, value in sorted(getattr(forecaster, "__dict__", {}).items())}
        return kind | {"name": forecaster.name} | own
    return kind | {
        field.name: plain(getattr(forecaster, field.name)) for field in fields(forecaster) if field.name != "threads"
    }
