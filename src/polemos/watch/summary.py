"""What a watch has to show on a day: forecasts that stand, what happened, the largest misses, skill to date."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from polemos.board.protocol import RULES
from polemos.ledger.chain import Kept, head, read
from polemos.ledger.columns import Table, table
from polemos.ledger.entries import LedgerError
from polemos.ledger.holders import KIND
from polemos.ledger.horizon_scores import HorizonRows, HorizonScore, horizon_rows, skill_by_horizon
from polemos.ledger.quantile_scores import Spread, spreads
from polemos.record.world import World
from polemos.scores.calibration import Bin, curve

MISSES, LIKELIEST = 10, 15


@dataclass(frozen=True, slots=True)
class Likely:
    """A place that may change hands: who holds it, who else is likeliest at the longest lead, and the chance that
    somebody else than the holder has it, by the day of each lead.
    """

    place: str
    holder: str
    other: str
    chances: dict[str, float]

    @property
    def last(self) -> float:
        """The chance at the longest lead."""
        return self.chances[max(self.chances)]


@dataclass(frozen=True, slots=True)
class Miss:
    """A forecast that gave little to what happened: its log score in nats, and what was likeliest to it."""

    question: str
    made: str
    expected: str
    expected_chance: float
    happened: str
    chance: float
    log: float


@dataclass(frozen=True, slots=True)
class Month:
    """Questions on places that closed in a month: how many, and the mean log scores of the forecaster and a rule."""

    month: str
    questions: int
    right: int
    log: float
    rule: float | None


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything that a page of a watch shows. Scores are of the places unless they say otherwise.

    `basis` says whether forecasts were recorded before the answer. `skill` is that of every owner by horizon, `totals`
    that of totals and the user's questions. `revisions` are entries by which a revised record changed an outcome.
    """

    title: str
    date: str
    origin: str
    forecaster: str
    head: str
    entries: int
    questions: int
    resolved: int
    forecasts: int
    beforehand: int
    likely: tuple[Likely, ...]
    months: tuple[Month, ...]
    misses: tuple[Miss, ...]
    skill: tuple[HorizonScore, ...]
    totals: tuple[HorizonScore, ...]
    bands: tuple[Spread, ...]
    calibration: tuple[tuple[str, tuple[Bin, ...]], ...]
    revisions: tuple[Kept, ...]
    notice: str
    replayed: bool


def summarise(
    ledger: Path,
    world: World,
    origin: np.datetime64,
    date: np.datetime64,
    forecaster: str,
    notice: str = "",
    *,
    replayed: bool = False,
) -> Summary:
    """The summary of a ledger and a whole record, resolved up to `origin`, on a day. Raises `LedgerError`."""
    there = table(ledger)
    rows = horizon_rows(there)
    if forecaster not in there.owners:
        raise LedgerError(f"{forecaster} has no forecast in {ledger}")
    topics = {
        name: [one for one in dict.fromkeys(str(q.get("topic", "")) for q in there.asked) if _is_place(one) == place]
        for name, place in (("places", True), ("others", False))
    }
    skill = [skill_by_horizon(there, RULES, topics=names) if names else [] for names in topics.values()]
    line = head(ledger)
    mine = there.owner == there.owners.index(forecaster)
    return Summary(
        world.title,
        str(date),
        str(origin),
        forecaster,
        str(line),
        line.entries,
        len(there.asked),
        len(there.resolutions),
        int(mine.sum()),
        int(((there.recorded.astype("datetime64[D]") < there.closes[there.question]) & mine).sum()),
        tuple(_likely(there, world, mine)),
        tuple(_months(there, rows, forecaster)),
        tuple(_misses(there, rows, forecaster)),
        tuple(skill[0]),
        tuple(skill[1]),
        tuple(one for one in spreads(there) if one.owner == forecaster),
        tuple(
            (name, tuple(_calibration(there, rows, name))) for name in (forecaster, RULES[0]) if name in there.owners
        ),
        tuple(kept for kept in read(ledger) if "the record was revised" in kept.entry.note),
        notice,
        replayed,
    )


def _is_place(topic: str) -> bool:
    return topic.endswith(": places")


def _likely(there: Table, world: World, mine: np.ndarray) -> list[Likely]:
    """Places by the chance that somebody else than the holder has them at the longest lead, by the last forecasts."""
    events = [int(event) for event in np.flatnonzero(mine) if int(event) in there.choices]
    if not events:
        return []
    last = max(there.made[event] for event in events)
    seen = max(there.origin[event] for event in events if there.made[event] == last)
    held = world.holders([seen])[0]
    found: dict[int, Likely] = {}
    for event in sorted(events, key=lambda one: there.closes[there.question[one]]):
        asked = there.asked[there.question[event]]
        if there.made[event] != last or asked.get("terms", {}).get("kind") != KIND:
            continue
        place = world.place(asked["terms"]["place"])
        chances = np.array(there.choices[event])
        others = np.delete(np.arange(chances.size), held[place])
        options = asked["options"]
        before = found[place].chances if place in found else {}
        found[place] = Likely(
            world.places.name[place],
            options[held[place]],
            options[int(others[chances[others].argmax()])],
            before | {asked["closes"]: float(1 - chances[held[place]])},
        )
    return sorted(found.values(), key=lambda one: -one.last)[:LIKELIEST]


def _of(there: Table, rows: HorizonRows, owner: str) -> np.ndarray:
    """Rows of an owner on places."""
    if owner not in there.owners:
        return np.zeros(0, np.int64)
    places = np.array([_is_place(str(one.get("topic", ""))) for one in there.asked], bool)
    inside = places[there.question[rows.event]] & (there.owner[rows.event] == there.owners.index(owner))
    return np.flatnonzero(inside)


def _months(there: Table, rows: HorizonRows, owner: str) -> list[Month]:
    """By month of closing; of a question that was asked at several horizons each counts."""
    mine, rule = _of(there, rows, owner), _of(there, rows, RULES[0])
    theirs = {(int(there.question[rows.event[row]]), int(rows.horizon[row])): rows.log[row] for row in rule}
    closes = there.closes[there.question[rows.event[mine]]].astype("datetime64[M]")
    found = []
    for month in np.unique(closes):
        inside = mine[closes == month]
        right = sum(
            int(np.argmax(there.choices[int(rows.event[row])])) == _outcome(there, int(rows.event[row]))
            for row in inside
        )
        other = [theirs.get((int(there.question[rows.event[row]]), int(rows.horizon[row]))) for row in inside]
        shared = [float(one) for one in other if one is not None]
        whole = len(shared) == inside.size
        found.append(
            Month(
                str(month),
                inside.size,
                right,
                float(rows.log[inside].mean()),
                float(np.mean(shared)) if whole else None,
            )
        )
    return found


def _outcome(there: Table, event: int) -> int:
    return int(there.resolutions[int(there.question[event])].outcome)


def _misses(there: Table, rows: HorizonRows, owner: str) -> list[Miss]:
    """The forecasts on places with the largest log score, each question once."""
    mine = _of(there, rows, owner)
    found: dict[int, Miss] = {}
    for row in mine[np.argsort(-rows.log[mine], kind="stable")]:
        event = int(rows.event[row])
        question = int(there.question[event])
        if question in found:
            continue
        asked, chances = there.asked[question], there.choices[event]
        likeliest, came = int(np.argmax(chances)), _outcome(there, event)
        if likeliest == came or len(found) == MISSES:
            break
        options = asked["options"]
        found[question] = Miss(
            asked["text"],
            str(there.made[event]),
            options[likeliest],
            chances[likeliest],
            options[came],
            chances[came],
            float(rows.log[row]),
        )
    return list(found.values())


def _calibration(there: Table, rows: HorizonRows, owner: str) -> list[Bin]:
    """Every option of every question on places, at every horizon."""
    told, came = [], []
    for row in _of(there, rows, owner):
        event = int(rows.event[row])
        told.append(np.array(there.choices[event]))
        came.append(np.arange(len(told[-1])) == _outcome(there, event))
    return curve(np.concatenate(told), np.concatenate(came)) if told else []
