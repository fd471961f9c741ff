"""One sentence for each counterfactual claim: the quantity with and without the change, the interval, the verdict.

The quantity, the sign that the claim's owner asserts and the smallest effect worth naming stand in the argument's file,
written before the runs. A quantity is the mean of a series over the run, so that it shows also where no threshold is
reached. Two intervals stand beside each other: of the mean effect, at 90 %, which more simulated wars make narrower;
and of the effect in single wars, 5 to 95 %, which they do not, as it spans parameters and chance. An effect is named
where the first lies beyond the smallest one, called too small where it lies within, and else the runs cannot say. What
is in no war of either run, or is not known in any, says nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isnan, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from polemos.argument.claims import Claim, Yardstick
from polemos.counterfactual.effects import Z

if TYPE_CHECKING:
    from polemos.counterfactual.paired_runs import Pair
    from polemos.ensemble.executor import Executor
    from polemos.record.world import World
    from polemos.war.war import War

Floats = NDArray[np.float64]
NAMED, SMALL, OPEN, ABSENT = "named", "too small", "cannot say", "not in the runs"
UNITS = {
    "places": "places",
    "people": "residents of places held",
    "fighters": "fighters",
    "underground": "members underground",
    "attacks": "attacks a week",
    "deaths": "battle deaths",
}


@dataclass(frozen=True, slots=True)
class Effect:
    """The effect of a change on the quantity of a claim.

    `without` and `with_change` are means over the wars, `difference` that of the pairs, with its interval at 90 % from
    `low` to `high`; `least` and `most` are the 5 and 95 % points of the difference in single wars. `smallest` is the
    smallest effect worth naming, in the same unit.
    """

    claim: str
    owner: str
    what: str
    unit: str
    without: float
    with_change: float
    difference: float
    low: float
    high: float
    least: float
    most: float
    smallest: float
    verdict: str
    asserted: str

    @property
    def bears_out(self) -> bool | None:
        """Whether a named effect has the sign that the owner asserts; None where none is named, or none asserted."""
        if self.verdict != NAMED or self.asserted == "either":
            return None
        return (self.difference > 0) == (self.asserted == "more")


def series_of(sample: Mapping[str, NDArray[Any]], yardstick: Yardstick, world: World) -> Floats | None:
    """The quantity of each member [m]: a mean over the run, or its last day; None where the run does not keep it."""
    if yardstick.series == "deaths":
        return np.asarray(sample["deaths"], float)
    number = world.nobody if yardstick.of == "nobody" else world.organisation(yardstick.of)
    if yardstick.series in ("places", "people"):
        weights = np.ones(len(world.places.id)) if yardstick.series == "places" else world.places.people
        if yardstick.places:
            inside = np.isin(world.places.id, yardstick.places)
            weights = np.where(inside, weights, 0.0)
        course = (sample["control"] == number) @ weights
    elif yardstick.series not in sample:
        return None
    else:
        course = np.asarray(sample[yardstick.series][:, :, number], float)
    course = course[:, -1:] if yardstick.over == "end" else course
    return np.asarray(np.nanmean(course, axis=1), float)


def effect_of(claim: Claim, pair: Pair, world: World) -> Effect | None:
    """What comes of a claim; None for one without a quantity."""
    if claim.experiment is None or claim.experiment.measure is None:
        return None
    yardstick = claim.experiment.measure
    before, after = (series_of(sample, yardstick, world) for sample in (pair.before, pair.after))
    what, unit = described(yardstick, world)
    if before is None or after is None or np.isnan(before).all():
        return Effect(claim.id, claim.owner, what, unit, *(float("nan"),) * 8, ABSENT, yardstick.sign)
    if not (before.any() or after.any()):
        return Effect(claim.id, claim.owner, what, unit, *(0.0,) * 8, ABSENT, yardstick.sign)
    change = after - before
    middle, width = float(change.mean()), Z * float(change.std(ddof=1)) / sqrt(change.size)
    least, most = (float(value) for value in np.quantile(change, (0.05, 0.95)))
    smallest = yardstick.smallest * abs(float(before.mean()))
    low, high = middle - width, middle + width
    if low > smallest or high < -smallest:
        verdict = NAMED
    else:
        verdict = SMALL if -smallest <= low and high <= smallest else OPEN
    return Effect(
        claim.id, claim.owner, what, unit, float(before.mean()), float(after.mean()), middle, low, high, least, most,
        smallest, verdict, yardstick.sign,
    )  # fmt: skip


def described(yardstick: Yardstick, world: World) -> tuple[str, str]:
    """A quantity and its unit in words."""
    unit = UNITS.get(yardstick.series, yardstick.series.replace("_", " "))
    if yardstick.series == "deaths":
        return "battle deaths of all", unit
    who = "nobody" if yardstick.of == "nobody" else world.organisations.name[world.organisation(yardstick.of)]
    when = "on the last day" if yardstick.over == "end" else "over the run"
    where = f" among {', '.join(yardstick.places)}" if yardstick.places else ""
    return f"{unit} of {who}{where} {when}", unit


def sentence(effect: Effect, claim: Claim) -> str:
    """One sentence on a claim, the same form for either side."""
    begin = f"{effect.claim} ({effect.owner}: {claim.text}):"
    if effect.verdict == ABSENT:
        if isnan(effect.without):
            return f"{begin} nothing is known of {effect.what} in these wars, so nothing can be said."
        return f"{begin} {effect.what} are in no simulated war, with the change or without, so nothing can be said."
    numbers = (
        f"{begin} with the change {effect.what} go from {amount(effect.without)} to {amount(effect.with_change)}, "
        f"a change of {signed(effect.difference)} [{signed(effect.low)} to {signed(effect.high)}; in single wars "
        f"{signed(effect.least)} to {signed(effect.most)}]"
    )
    limit = f"the smallest effect worth naming, {amount(effect.smallest)}"
    if effect.verdict == SMALL:
        return f"{numbers}, which is less than {limit}."
    if effect.verdict == OPEN:
        return f"{numbers}, which lies to both sides of {limit}: these runs cannot say."
    asserted = {None: "", True: ", with the sign that is claimed", False: ", against the sign that is claimed"}
    return f"{numbers}, more than {limit}{asserted[effect.bears_out]}."


def amount(value: float) -> str:
    """A number with three digits, thousands apart: `4,840,000`, `62.5`, `0.0294`."""
    rounded = float(f"{abs(value):.3g}")
    return f"{rounded:,.0f}" if rounded >= 1000 else np.format_float_positional(rounded, trim="-")


def signed(value: float) -> str:
    """A number with its sign."""
    return ("-" if value < 0 else "+" if value > 0 else "") + amount(value)


def effects(
    war: War,
    claims: Sequence[Claim],
    *,
    members: int,
    seed: int = 1,
    executor: Executor | None = None,
    tell: Callable[[str], None] | None = None,
) -> list[tuple[Claim, Effect]]:
    """Run the experiments of claims, each with and without its change, and measure them. Raises `PlanError`."""
    from polemos.counterfactual.experiment import pair_of
    from polemos.ensemble.config import RunConfig

    sentences = []
    for claim in claims:
        experiment = claim.experiment
        if experiment is None or experiment.measure is None:
            continue
        if tell:
            tell(claim.id)
        if experiment.players:
            # One game of all sets is another command's; here those are gone whom the sentence is about.
            names = experiment.measure.players or tuple(experiment.players)
            changes = tuple(change for name in names for change in experiment.players[name])
            experiment = experiment.model_copy(update={"players": {}, "changes": changes})
        pair, _ = pair_of(war, experiment, (), config=RunConfig(members=members, seed=seed), executor=executor)
        effect = effect_of(claim, pair, war.world)
        assert effect is not None
        sentences.append((claim, effect))
    return sentences
