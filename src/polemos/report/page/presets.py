"""What-if presets of a war: results of paired runs that one command leaves beside the runs, and the page shows.

The page computes none of them: each is two ensembles from a day of its own. What was kept of another record, or by
other kernels, is not shown.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from polemos.counterfactual.effects import LEVELS, Effect, effects_of
from polemos.ensemble import atomic_files
from polemos.report.page.build import amount, long_date

if TYPE_CHECKING:
    from polemos.argument.claims import Argument, Claim
    from polemos.counterfactual.paired_runs import Pair
    from polemos.war.war import War

DATES = 40
"""Dates of the curves of a preset."""

MOST = 5
"""Questions that move, each in a sentence."""


@dataclass(frozen=True, slots=True)
class Preset:
    """A counterfactual claim with what its paired runs say: sentences, and what an organisation holds.

    `before` and `after` are the 5, 50 and 95 % points [3, T] of the people that `holder` has on `dates` [T], without
    the change and with it.
    """

    id: str
    text: str
    owner: str
    changes: tuple[str, ...]
    members: int
    sentences: tuple[str, ...]
    holder: str
    dates: tuple[str, ...]
    before: tuple[tuple[float, ...], ...]
    after: tuple[tuple[float, ...], ...]


def counterfactuals(argument: Argument | None) -> tuple[Claim, ...]:
    """The claims of an argument that have an experiment."""
    return () if argument is None else tuple(claim for claim in argument.claims if claim.experiment is not None)


def preset_of(war: War, claim: Claim, pair: Pair) -> Preset:
    """What a page shows of a finished pair: of the organisation that the claim measures, else of the most moved one."""
    people = [np.asarray(sample["people"], float) for sample in (pair.before, pair.after)]
    medians = [np.median(values[:, -1], axis=0) for values in people]
    moved = np.abs(medians[1] - medians[0])
    focus = war.world.organisation(war.settings.focus[0]) if war.settings.focus else 0
    measure = None if claim.experiment is None else claim.experiment.measure
    if measure is not None and measure.of in war.world.organisations.id:
        most = war.world.organisation(measure.of)
    else:
        most = int(moved.argmax()) if moved.max() > 0 else focus
    at = np.unique(np.linspace(0, pair.dates.size - 1, min(DATES, pair.dates.size)).round().astype(int))
    bands = [np.quantile(values[:, at, most], (LEVELS[0], LEVELS[2], LEVELS[-1]), axis=0) for values in people]
    name, last = war.world.organisations.name[most], long_date(pair.dates[-1])
    without, changed = (amount(float(values[most])) for values in medians)
    people_held = (
        f"{changed} with the change, {without} without it" if changed != without else f"{changed}, with and without"
    )
    return Preset(
        claim.id,
        claim.text,
        claim.owner,
        tuple(pair.other.changes),
        pair.factual.members,
        (*moves(effects_of(pair)), f"People in the places held by {name} on {last}, in the middle war: {people_held}."),
        name,
        tuple(str(date) for date in pair.dates[at]),
        *(tuple(tuple(float(f"{value:.4g}") for value in row) for row in band) for band in bands),
    )


def moves(effects: Sequence[Effect], most: int = MOST) -> tuple[str, ...]:
    """What the questions do: those whose interval leaves out 0, the largest first, and how many others there are."""
    moving = sorted((one for one in effects if one.low > 0 or one.high < 0), key=lambda one: -abs(one.difference))
    sentences = [
        f"“{one.title}”: yes in {100 * one.counterfactual:.0f} of 100 wars with the change, in "
        f"{100 * one.factual:.0f} without it (90 % interval of the difference {_points(one.low)} to "
        f"{_points(one.high)})."
        for one in moving[:most]
    ]
    still = len(effects) - len(moving)
    if not effects:
        sentences.append("No question falls within these days.")
    elif not moving:
        sentences.append("No question moves by more than chance.")
    else:
        if len(moving) > most:
            more = len(moving) - most
            sentences.append(f"{more} more {'moves, by less' if more == 1 else 'move, each by less'}.")
        if still:
            sentences.append(f"{still} other{' moves' if still == 1 else 's move'} by no more than chance.")
    return tuple(sentences)


def _points(share: float) -> str:
    return f"{100 * share:+.0f}".replace("-", "\u2212")


def file_of(war: War, runs: Path) -> Path:
    """Where the presets of a war are kept in a folder of runs."""
    return runs / f"what-if-{war.name}.json"


def keep(war: War, runs: Path, presets: Sequence[Preset]) -> Path:
    """Write the presets of a war into a folder of runs, whole or not at all. Returns the file."""
    path = file_of(war, runs)
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {**_basis(war), "presets": [asdict(one) for one in presets]}
    with atomic_files.whole(path) as part:
        part.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


def read(war: War, runs: Path) -> tuple[Preset, ...]:
    """The presets that are kept of this record by these kernels; none where there are none."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        content: dict[str, Any] = json.loads(file_of(war, runs).read_text(encoding="utf-8"))
        if all(content[name] == value for name, value in _basis(war).items()):
            return tuple(_preset(one) for one in content["presets"])
    return ()


def _preset(row: dict[str, Any]) -> Preset:
    lists = {name: tuple(row[name]) for name in ("changes", "sentences", "dates")}
    bands = {name: tuple(tuple(map(float, line)) for line in row[name]) for name in ("before", "after")}
    return Preset(**row | lists | bands)


def _basis(war: War) -> dict[str, str]:
    """What the presets of a war hold for: its record, and the kernels."""
    from polemos.model.jit import kernel_hash

    return {"world": war.world.digest(), "kernels": kernel_hash()}
