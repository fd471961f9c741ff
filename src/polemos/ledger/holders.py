"""The question of who holds a place on a day: a choice among the organisations and nobody, settled by the record."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import numpy as np

from polemos.ledger.entries import Asked
from polemos.record.control import draw_starts, drawn_holders
from polemos.record.world import World, day

KIND = "holder"
"""Kind of such a question in its terms."""

NOBODY = "nobody"
DRAWS = 200
"""Records drawn within the precision of their dates."""

CRITERIA = (
    "Settled by the record of this scenario as it stands when its observation first reaches the day: the holder on the "
    "evening of that day. Open while nobody saw who held the place. Where a later state of the record says otherwise, "
    "another resolution follows and counts; both stay."
)


@dataclass(frozen=True, slots=True)
class Holding:
    """Who held a place: the option, and the share of records drawn within their precision that say so."""

    option: str
    agreement: float


def options(world: World) -> tuple[str, ...]:
    """What can be chosen: the organisations by name (by id where two have one name), then nobody."""
    names = world.organisations.name
    unique = len({*names, NOBODY}) == len(names) + 1
    return (*(names if unique else world.organisations.id), NOBODY)


def holder_question(world: World, place: int, date: datetime.date, topic: str = "") -> Asked:
    """The question who holds a place on the evening of a day."""
    identifier, name = world.places.id[place], world.places.name[place]
    return Asked(
        id=f"holder-{_plain(identifier)}-{date}",
        text=f"Who holds {name} on the evening of {date}?",
        closes=date,
        topic=topic or world.name,
        scenario=world.name,
        terms={"kind": KIND, "place": identifier, "date": str(date), "by": list(world.organisations.id)},
        options=options(world),
        criteria=CRITERIA,
    )


def _plain(identifier: str) -> str:
    plain = "".join(c if c.isascii() and c.isalnum() else "-" for c in identifier.lower()).strip("-")
    return plain[:80] or "place"


def is_holder_question(question: Asked) -> bool:
    """Whether a question is one of these."""
    return question.terms.get("kind") == KIND


def holding(question: Asked, world: World) -> Holding | None:
    """Who held the place, None where nobody saw it (yet). Raises `KeyError` for a place that the world has not."""
    date = day(question.terms["date"])
    place = world.place(str(question.terms["place"]))
    if not world.start <= date <= world.last_observed or not world.observed([date])[0, place]:
        return None
    index = int(world.holders([date])[0, place])
    who = world.nobody if index == world.nobody else index
    identifier = NOBODY if who == world.nobody else world.organisations.id[who]
    by = [*map(str, question.terms["by"]), NOBODY]
    if identifier not in by:
        raise KeyError(f"{identifier} held {question.terms['place']}, and is none of the options")
    drawn = drawn_holders(world, draw_starts(world, 1, DRAWS), np.array([date], "datetime64[D]"))[:, 0, place]
    return Holding(question.options[by.index(identifier)], float(np.mean(drawn == index)))
