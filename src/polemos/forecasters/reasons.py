"""Why a place may change hands, in words: the largest terms of the front hazard's rate.

The weekly rate at which o takes a place from d is exp(b . x). A term b_f x_f is held against its mean over the places
that had another organisation next door in the quarter before the origin; the largest positive differences are the
reasons. They say what the hazard sees, not why the war goes as it does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from polemos.record.world import Floats, World

if TYPE_CHECKING:
    from polemos.forecasters.front_hazard import FrontHazard

MOST = 3
"""Reasons of a place."""
RECENT = 13
"""Weeks whose fronts a term is compared with."""
LEAST_TERM = 0.05
"""A term below it multiplies the rate by less than 1.05: no reason."""
GROUPS = (
    ("next_door", "two_roads", "farther"),
    ("gain_4", "gain_26", "pair"),
    ("loss_4", "loss_26"),
    ("local", "heat_4", "heat_52"),
)
"""Features that say one thing and make one term; the largest of them has the word."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A term of the hazard in words, and by how much it multiplies the rate beside its mean at fronts."""

    words: str
    times: float


def size_words(x: float, who: str) -> str:
    """How the size of an organisation has changed over the year."""
    return f"{who} holds {'more' if x > 0 else 'less'} than over the past year"


WORDS: dict[str, Callable[[float, str, str], str]] = {
    "next_door": lambda x, o, d: f"{o} stands next door",
    "two_roads": lambda x, o, d: f"{o} stands two roads away",
    "farther": lambda x, o, d: f"{o} is far",
    "share": lambda x, o, d: f"{o} holds {100 * x:.0f} % of the places next door",
    "local": lambda x, o, d: f"{o} took {100 * x:.0f} % of the places next door in the past 8 weeks",
    "heat_4": lambda x, o, d: f"{o} {'took' if x > 0 else 'took no'} places within two roads in the past month",
    "heat_52": lambda x, o, d: f"{o} {'took' if x > 0 else 'took no'} places within two roads in the past year",
    "core_distance": lambda x, o, d: f"near land that {o} has long held",
    "return": lambda x, o, d: f"{o} has held it before",
    "people": lambda x, o, d: "its size",
    "gain_4": lambda x, o, d: f"{o} {'has taken' if x > 0 else 'takes few'} places in the past month",
    "gain_26": lambda x, o, d: f"{o} {'has taken' if x > 0 else 'takes few'} places in the past half year",
    "loss_4": lambda x, o, d: f"{d} {'has lost' if x > 0 else 'loses few'} places in the past month",
    "loss_26": lambda x, o, d: f"{d} {'has lost' if x > 0 else 'loses few'} places in the past half year",
    "pair": lambda x, o, d: f"{o} {'has taken' if x > 0 else 'takes few'} places from {d} in the past year",
    "stretch_own": lambda x, o, d: size_words(x, o),
    "stretch_foe": lambda x, o, d: size_words(x, d),
    "air": lambda x, o, d: (
        f"{o} has {'more' if x > 0 else 'less'} air support" if x else "neither has more air support"
    ),
    "patron": lambda x, o, d: "the two share a patron" if x else "the two share no patron",
}
"""What a feature of `polemos.model.front.features` means at a value, of a taker o and a holder d."""


def reasons(front: FrontHazard, world: World, cases: Sequence[tuple[int, int]]) -> list[tuple[Reason, ...]]:
    """The largest terms for each case, a place and an organisation that may take it; the largest first.

    `world` is cut at the origin.
    """
    from polemos.model.front.features import FEATURES
    from polemos.model.front.fit import replay

    past = replay(world)
    b = np.array(list(front.coefficients(world).values()))
    first = past.weeks[max(past.weeks.size - 1 - RECENT, 0)]
    fronts = past.x[first:][past.x[first:, FEATURES.index("next_door")] > 0]
    mean = fronts.mean(axis=0, dtype=float) if len(fronts) else np.zeros(b.size)
    names = [*world.organisations.id, "nobody"]
    holders = world.holders([world.until])[0]
    known_groups = [tuple(name for name in group if name in FEATURES) for group in GROUPS]
    groups = [*known_groups, *((name,) for name in FEATURES if not any(name in group for group in GROUPS))]
    reasons_by_place = []
    for place, organisation in cases:
        x = features_at(world, place, organisation)
        terms = dict(zip(FEATURES, b * (x - mean), strict=True))
        sums = sorted(((sum(terms[name] for name in group), group) for group in groups), reverse=True)
        o, d = names[organisation], names[holders[place]]
        own = []
        for term, group in sums[:MOST]:
            if term > LEAST_TERM:
                first_name = max(group, key=lambda name: terms[name])
                own.append(
                    Reason(in_words(first_name, float(x[FEATURES.index(first_name)]), o, d), float(np.exp(term)))
                )
        reasons_by_place.append(tuple(own))
    return reasons_by_place


def in_words(feature: str, x: float, taker: str, holder: str) -> str:
    """What a feature means at a value; its own name, spaced, where nobody has put it into words."""
    say = WORDS.get(feature)
    return feature.replace("_", " ") if say is None else say(x, taker, holder)


def features_at(world: World, place: int, organisation: int) -> Floats:
    """The features [F] of a place and a taker at the origin."""
    from polemos.model.front.features import FEATURES, PLACE, pair_features, place_features, side_features
    from polemos.model.front.fit import replay

    past = replay(world)
    memory = past.memory
    mine, sides = np.zeros((world.nobody, len(PLACE))), np.zeros((world.nobody, 5))
    place_features(mine, place, memory, past.land)
    side_features(sides, memory)
    x = np.zeros(len(FEATURES))
    pair_features(x, organisation, memory.holder[place], memory.taken, memory.contacts, past.air, past.patron, sides)
    x[: len(PLACE)] = mine[organisation]
    return x
