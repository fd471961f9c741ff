"""Two ensembles of the same wars, with and without a change, and how much variance the pairing removes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from polemos.questions.questions import Question, span
from polemos.record.world import Days, Flags, Floats, day

if TYPE_CHECKING:
    from polemos.ensemble.plan import Plan
    from polemos.model.trajectory import Trajectories
    from polemos.war.war import War

Kept = Mapping[str, NDArray[Any]]
"""What is kept of members [m]: `control` [m, T, P], `deaths` [m], a table [m, 3] by question, and series [m, T, O]."""

NO_SERIES = ("control", "deaths")


@dataclass(frozen=True, slots=True)
class Pair:
    """Members of two ensembles that share every draw, without (`before`) and with (`after`) a change.

    `dates` [T] run from the origin on; members in which the change does not come about are the same in both.
    """

    factual: Plan
    other: Plan
    questions: tuple[Question, ...]
    dates: Days
    before: Kept
    after: Kept

    @property
    def parting(self) -> NDArray[np.int64]:
        """Index of the first date [m] on which anybody holds another place than without the change; T where never."""
        return parting(self.before["control"], self.after["control"])


def measures(questions: Sequence[Question]) -> Callable[[Trajectories], dict[str, NDArray[Any]]]:
    """What is kept of each chunk, from the origin on."""
    from polemos.ensemble.summary import held_weights
    from polemos.questions.evaluate import reducer

    ask = reducer(questions)

    def measure(chunk: Trajectories) -> dict[str, NDArray[Any]]:
        first, nobody = int(np.searchsorted(chunk.dates, chunk.origin)), chunk.world.nobody
        control = np.ascontiguousarray(chunk.control[:, first:])
        measured_values: dict[str, NDArray[Any]] = {
            **ask(chunk),
            "control": control,
            "places": held_weights(control, np.ones(control.shape[2]), nobody),
            "people": held_weights(control, chunk.world.places.people, nobody),
            "deaths": np.zeros(chunk.members),
        }
        for name, values in chunk.strengths.items():
            measured_values[name] = np.ascontiguousarray(values[:, first:])
        if chunk.attacks is not None:
            measured_values["attacks"] = chunk.attacks[:, first:].sum(axis=3, dtype=np.float64).astype(np.float32)
        if chunk.battles is not None:
            np.add.at(measured_values["deaths"], chunk.battles.member, chunk.battles.deaths)
        return measured_values

    return measure


def series(sample: Kept, organisations: int) -> tuple[str, ...]:
    """Names of the series by organisation among what is kept."""
    return tuple(
        name
        for name, values in sample.items()
        if name not in NO_SERIES and values.ndim == 3 and values.shape[2] == organisations
    )


def paired(pair: Pair, organisations: int) -> tuple[str, ...]:
    """Names of the series that both runs have: a process that is off in one of them keeps none there."""
    return tuple(name for name in series(pair.after, organisations) if name in pair.before)


def comes(probability: float, seed: int, members: int) -> Flags:
    """Members [m] in which a change that comes about with a probability does."""
    if probability >= 1:
        return np.ones(members, bool)
    return np.random.default_rng(seed).random(members) < probability


def mixed(before: Kept, after: Kept, come: Flags) -> dict[str, NDArray[Any]]:
    """The counterfactual members; where the change does not come about, the factual ones (nan where they have none)."""
    if come.all():
        return dict(after)
    return {
        name: np.where(come.reshape(-1, *(1,) * (values.ndim - 1)), values, before.get(name, np.float32(np.nan)))
        for name, values in after.items()
    }


def parting(before: NDArray[np.int8], after: NDArray[np.int8]) -> NDArray[np.int64]:
    """Index of the first date [m] on which two trajectories of holders [m, T, P] differ; T where they never do."""
    differ = (before != after).any(axis=2)
    return np.asarray(np.where(differ.any(axis=1), differ.argmax(axis=1), differ.shape[1]), np.int64)


def gain(before: Floats, after: Floats) -> float | None:
    """How many times as many members an unpaired comparison needs for the same error: (var x + var y) / var(y - x).

    None where no member differs (Owen 2013, Monte Carlo theory, methods and examples, 8.6, common random numbers).
    """
    spread = float(np.var(after - before))
    if not np.isfinite(spread) or spread <= 0:
        return None
    return float(np.var(before) + np.var(after)) / spread


def within(question: Question, until: np.datetime64) -> bool:
    """Whether a run to a day can have something to say: the question does not look past its last day."""
    return bool(day(span(question)[1]) <= until + np.timedelta64(6, "D"))


def planned(war: War, base: Plan, changes: Sequence[str]) -> Plan:
    """A plan with changes, checked against the war. Raises `PlanError`."""
    from polemos.ensemble.plan import planned as with_others

    return with_others(base, war.world, changes=tuple(changes))
