"""The summary of a watch on a day: open forecasts, what happened, the largest misses, skill so far."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from polemos.board.protocol import RULES
from polemos.ledger.chain import Kept, head, read
from polemos.ledger.columns import Table, table
from polemos.ledger.entry_fields import LedgerError
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
    ledger_table = table(ledger)
    rows = horizon_rows(ledger_table)
    if forecaster not in ledger_table.owners:
        raise LedgerError(f"{forecaster} has no forecast in {ledger}")
    topics = {
        name: [
            one for one in dict.fromkeys(str(q.get("topic", "")) for q in ledger_table.asked) if _is_place(one) == place
        ]
        for name, place in (("places", True), ("others", False))
    }
    skill = [skill_by_horizon(ledger_table, RULES, topics=names) if names else [] for names in topics.values()]
    line = head(ledger)
    mine = ledger_table.owner == ledger_table.owners.index(forecaster)
    return Summary(
        world.title,
        str(date),
        str(origin),
        forecaster,
        str(line),
        line.entries,
        len(ledger_table.asked),
        len(ledger_table.resolutions),
        int(mine.sum()),
        int(
            ((ledger_table.recorded.astype("datetime64[D]") < ledger_table.closes[ledger_table.question]) & mine).sum()
        ),
        tuple(_likely(ledger_table, world, mine)),
        tuple(_months(ledger_table, rows, forecaster)),
        tuple(_misses(ledger_table, rows, forecaster)),
        tuple(skill[0]),
        tuple(skill[1]),
        tuple(one for one in spreads(ledger_table) if one.owner == forecaster),
        tuple(
            (name, tuple(_calibration(ledger_table, rows, name)))
            for name in (forecaster, RULES[0])
            if name in ledger_table.owners
        ),
        tuple(entry for entry in read(ledger) if "the record was revised" in entry.entry.note),
        notice,
        replayed,
    )


def _is_place(topic: str) -> bool:
    return topic.endswith(": places")


def _likely(ledger_table: Table, world: World, mine: np.ndarray) -> list[Likely]:
    """Places by the chance that somebody else than the holder has them at the longest lead, by the last forecasts."""
    events = [int(event) for event in np.flatnonzero(mine) if int(event) in ledger_table.choices]
    if not events:
        return []
    last = max(ledger_table.made[event] for event in events)
    last_origin = max(ledger_table.origin[event] for event in events if ledger_table.made[event] == last)
    holders = world.holders([last_origin])[0]
    likely: dict[int, Likely] = {}
    for event in sorted(events, key=lambda one: ledger_table.closes[ledger_table.question[one]]):
        question = ledger_table.asked[ledger_table.question[event]]
        if ledger_table.made[event] != last or question.get("terms", {}).get("kind") != KIND:
            continue
        place = world.place(question["terms"]["place"])
        chances = np.array(ledger_table.choices[event])
        others = np.delete(np.arange(chances.size), holders[place])
        options = question["options"]
        before = likely[place].chances if place in likely else {}
        likely[place] = Likely(
            world.places.name[place],
            options[holders[place]],
            options[int(others[chances[others].argmax()])],
            before | {question["closes"]: float(1 - chances[holders[place]])},
        )
    return sorted(likely.values(), key=lambda one: -one.last)[:LIKELIEST]


def _of(ledger_table: Table, rows: HorizonRows, owner: str) -> np.ndarray:
    """Rows of an owner on places."""
    if owner not in ledger_table.owners:
        return np.zeros(0, np.int64)
    places = np.array([_is_place(str(one.get("topic", ""))) for one in ledger_table.asked], bool)
    inside = places[ledger_table.question[rows.event]] & (
        ledger_table.owner[rows.event] == ledger_table.owners.index(owner)
    )
    return np.flatnonzero(inside)


def _months(ledger_table: Table, rows: HorizonRows, owner: str) -> list[Month]:
    """By month of closing; of a question that was asked at several horizons each counts."""
    mine, rule = _of(ledger_table, rows, owner), _of(ledger_table, rows, RULES[0])
    theirs = {(int(ledger_table.question[rows.event[row]]), int(rows.horizon[row])): rows.log[row] for row in rule}
    closes = ledger_table.closes[ledger_table.question[rows.event[mine]]].astype("datetime64[M]")
    months = []
    for month in np.unique(closes):
        inside = mine[closes == month]
        right = sum(
            int(np.argmax(ledger_table.choices[int(rows.event[row])])) == _outcome(ledger_table, int(rows.event[row]))
            for row in inside
        )
        other = [theirs.get((int(ledger_table.question[rows.event[row]]), int(rows.horizon[row]))) for row in inside]
        shared = [float(one) for one in other if one is not None]
        whole = len(shared) == inside.size
        months.append(
            Month(
                str(month),
                inside.size,
                right,
                float(rows.log[inside].mean()),
                float(np.mean(shared)) if whole else None,
            )
        )
    return months


def _outcome(ledger_table: Table, event: int) -> int:
    return int(ledger_table.resolutions[int(ledger_table.question[event])].outcome)


def _misses(ledger_table: Table, rows: HorizonRows, owner: str) -> list[Miss]:
    """The forecasts on places with the largest log score, each question once."""
    mine = _of(ledger_table, rows, owner)
    misses: dict[int, Miss] = {}
    for row in mine[np.argsort(-rows.log[mine], kind="stable")]:
        event = int(rows.event[row])
        question = int(ledger_table.question[event])
        if question in misses:
            continue
        terms, chances = ledger_table.asked[question], ledger_table.choices[event]
        likeliest, outcome = int(np.argmax(chances)), _outcome(ledger_table, event)
        if likeliest == outcome or len(misses) == MISSES:
            break
        options = terms["options"]
        misses[question] = Miss(
            terms["text"],
            str(ledger_table.made[event]),
            options[likeliest],
            chances[likeliest],
            options[outcome],
            chances[outcome],
            float(rows.log[row]),
        )
    return list(misses.values())


def _calibration(ledger_table: Table, rows: HorizonRows, owner: str) -> list[Bin]:
    """Every option of every question on places, at every horizon."""
    probabilities, outcomes = [], []
    for row in _of(ledger_table, rows, owner):
        event = int(rows.event[row])
        probabilities.append(np.array(ledger_table.choices[event]))
        outcomes.append(np.arange(len(probabilities[-1])) == _outcome(ledger_table, event))
    return curve(np.concatenate(probabilities), np.concatenate(outcomes)) if probabilities else []
