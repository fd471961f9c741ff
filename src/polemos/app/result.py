"""What the page shows of a pair of ensembles: bands, maps, questions, and the members in which the answer differs."""

from __future__ import annotations

import math
from base64 import b64encode
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from polemos.counterfactual.effects import LEVELS, effects_of
from polemos.counterfactual.paired_runs import Kept, Pair, gain, paired, series
from polemos.report.basemap import CREDIT
from polemos.report.html.embedded_data import packed
from polemos.report.page.build import holders_of, place_table, recorded, with_past
from polemos.report.page.contents import STEPS
from polemos.report.page.palette import dressed
from polemos.report.page.provenance import absences, observation

if TYPE_CHECKING:
    from polemos.model.setup import Setup
    from polemos.war.war import War

LEADING = 8
"""Parameters that are called leading."""
QUICK = 1
"""Level of packing: a picture is sent many times, and shown once."""


def numbers(values: NDArray[Any]) -> str:
    """An array as little-endian float32 in base 64."""
    return b64encode(np.ascontiguousarray(values, "<f4").tobytes()).decode()


def bands(values: NDArray[Any]) -> NDArray[np.float32]:
    """Quantiles [5, T, O] at `LEVELS` of a series [m, T, O], as `numpy.quantile` has them."""
    ordered = np.sort(np.asarray(values, np.float32), axis=0)
    at = np.array(LEVELS) * (ordered.shape[0] - 1)
    low = at.astype(int)
    high = np.minimum(low + 1, ordered.shape[0] - 1)
    weight = (at - low).astype(np.float32)[:, np.newaxis, np.newaxis]
    interpolated: NDArray[np.float32] = ordered[low] + (ordered[high] - ordered[low]) * weight
    return interpolated


def holders(control: NDArray[np.int8], number: int) -> str:
    """Share of the members in which each of `number` holders has a place: [T, P, H] in steps of 1 / `STEPS`."""
    counts = np.stack([np.count_nonzero(control == h, axis=0) for h in range(number)], axis=2)
    return packed(np.rint(counts * (STEPS / control.shape[0])), QUICK)


def side(war: War, sample: Kept) -> dict[str, Any]:
    """One ensemble: bands by series [5, T, O], and the map."""
    return {
        "members": sample["control"].shape[0],
        "series": {name: numbers(bands(sample[name])) for name in series(sample, war.world.nobody)},
        "map": holders(sample["control"], war.world.nobody + 1),
    }


def difference(war: War, pair: Pair) -> dict[str, Any]:
    """What the change makes of it: bands of the paired differences, effects, the members that flip or part."""
    last = pair.dates.size - 1
    shown = {name: numbers(bands(pair.after[name] - pair.before[name])) for name in paired(pair, war.world.nobody)}
    weeks = pair.parting
    effects = []
    for effect in effects_of(pair):
        before, after = pair.before[effect.question][:, 0], pair.after[effect.question][:, 0]
        flips = {
            "to_yes": np.flatnonzero((after == 1) & (before == 0)).tolist(),
            "to_no": np.flatnonzero((after == 0) & (before == 1)).tolist(),
        }
        effects.append(asdict(effect) | flips)
    deaths = np.quantile(pair.after["deaths"] - pair.before["deaths"], LEVELS).tolist()
    worth = {
        f"{war.world.organisations.id[o]} {name}": gain(pair.before[name][:, last, o], pair.after[name][:, last, o])
        for name in ("people", "places")
        for o in (war.world.organisation(focus) for focus in focus_of(war))
    }
    return {
        "series": shown,
        "effects": effects,
        "parting": weeks.tolist(),
        "deaths": deaths,
        "gain": {"questions": _middle([row["gain"] for row in effects]), **worth},
    }


def leading(war: War, setup: Setup, sample: Kept) -> list[dict[str, Any]]:
    """Parameters by how strongly their draws go with what the focus holds: rank correlations (Spearman 1904).

    What is held: the mean over the run of the people in places of the first focus. The strongest `LEADING` come first.
    """
    focus_ranks = ranks(sample["people"][:, :, war.world.organisation(focus_of(war)[0])].mean(axis=1))
    if np.ptp(focus_ranks) == 0:
        return []
    drawn = {name: values for name, values in setup.values.items() if values.ndim == 1 and np.ptp(values) > 0}
    correlations = {name: float(np.corrcoef(ranks(values), focus_ranks)[0, 1]) for name, values in drawn.items()}
    order = sorted(correlations, key=lambda name: -abs(correlations[name]))[:LEADING]
    return [{"name": name, "rho": round(correlations[name], 3)} for name in order]


def ranks(values: NDArray[Any]) -> NDArray[np.float64]:
    """Ranks from 0; equal values share their mean rank."""
    _, group, count = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(count)
    averages: NDArray[np.float64] = (ends - (count + 1) / 2)[group]
    return averages


def focus_of(war: War) -> tuple[str, ...]:
    """The organisations that the argument is about; the first one where the scenario names none."""
    return tuple(war.settings.focus) or war.world.organisations.id[:1]


def whole(war: War, pair: Pair) -> dict[str, Any]:
    """Everything of a finished pair."""
    values: dict[str, Any] = {"before": side(war, pair.before), "members": int(pair.before["deaths"].size)}
    if pair.other.changes:
        values |= {"after": side(war, pair.after), "difference": difference(war, pair)}
    return values


def fixed(war: War, dates: NDArray[np.datetime64]) -> dict[str, Any]:
    """What stands under every picture of a run: dates, the record on them, holders, places."""
    world = war.world
    record = recorded(world, with_past(world, dates))
    return {
        "dates": [str(date) for date in dates],
        "record": packed(record[-len(dates) :], QUICK),
        "steps": STEPS,
        "levels": LEVELS,
        "holders": dressed(holders_of(world)),
        "ids": list(world.organisations.id),
        "focus": [world.organisation(name) for name in focus_of(war)],
        "places": [
            {"name": name, "people": int(people)}
            for name, people in zip(world.places.name, world.places.people, strict=True)
        ],
    }


def land(war: War) -> dict[str, Any]:
    """The ground of the map, as the report's map takes it, and what is guessed or not known of the war."""
    from polemos.report.html.basemap_svg import ground

    return ground(place_table(war.world)) | {"credit": CREDIT, "notes": [*absences(war), *observation(war)]}


def _middle(values: list[float | None]) -> float | None:
    present = sorted(value for value in values if value is not None)
    return float(np.median(present)) if present else None


def finite(value: Any) -> Any:
    """A value as JSON has it: what is not finite becomes null."""
    if isinstance(value, dict):
        return {name: finite(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [finite(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
