"""Maps of several days to spells of control. A map has three states for a place: held, not held, not shown.

A change is observed between two maps, so its spell starts in the middle of the two and its precision is half of what
lies between. What no map shows is `unknown`, unless the scenario knows it from elsewhere: before the first map, after
the last, and from the day after the last map that shows a place to the next that does. A place that no map shows keeps
the spells it had. Spells that were guessed by `polemos new` are no knowledge and give way.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from polemos.readers.import_log import Account
from polemos.scenario.attributes import GUESSED, UNKNOWN, attributes
from polemos.scenario.inside_folder import read_inside
from polemos.scenario.load import Scenario
from polemos.scenario.scaffold import csv_text
from polemos.scenario.settings import Settings

FILE = "control.csv"
SHARES = "shares.csv"
LONGEST = 999
"""Days of the widest precision that a scenario takes."""

DAY = np.timedelta64(1, "D")
FOREVER = np.datetime64("9999-12-31", "D")
NOT_SHOWN = "not shown on the maps"
BEFORE, AFTER = "before the first map", "after the last map"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a map shows of a place on a day; `holders` has more than one where it is contested between them.

    An empty holder is nobody; no holder at all says that the map does not show the place.
    """

    date: np.datetime64
    place: str
    holders: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Maps:
    """What maps show of places: `state` [day, place] indexes `states` (holders, as in `Seen`), 0 is not shown.

    `exact`: the days are those of changes, and a state lasts until the next day; else they are days of observation.
    """

    days: tuple[np.datetime64, ...]
    places: tuple[str, ...]
    states: tuple[tuple[str, ...], ...]
    state: NDArray[np.int16]
    sources: tuple[str, ...]
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a place's record, `end` exclusive; the holder is `UNKNOWN` where nobody looked."""

    start: np.datetime64
    end: np.datetime64
    holder: str
    contested: int = 0
    precision: str | int = "window"
    source: str = ""
    note: str = ""


Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Record:
    """Rows of control.csv after an import, places that maps show, day after the last observation, changes of hands.

    `last_map` is the day of the last map within the record.
    """

    rows: tuple[Row, ...]
    places: tuple[str, ...]
    observed_until: np.datetime64
    changes: int
    last_map: np.datetime64

    def reach(self, settings: Settings) -> list[str]:
        """What a person should know of how far observation reaches."""
        if not self.rows:
            return []
        sentence = f"the last map is of {self.last_map}"
        short = int((settings.end - self.last_map).astype(int)) - 1
        if short > 0:
            sentence += f", {short:,} day{'s' * (short > 1)} before the last of the record ({settings.end - DAY})"
        if self.observed_until < settings.end:
            sentence += f"; from {self.observed_until} on nothing is known, scored or learnt from (observed_until)"
        return [sentence]


def maps_of(readings: Iterable[Seen], *, exact: bool = False) -> Maps:
    """What was read place by place as one table."""
    listed = list(readings)
    days = sorted({one.date for one in listed})
    places = sorted({one.place for one in listed if one.holders})
    states: dict[tuple[str, ...], int] = {(): 0}
    sources: dict[np.datetime64, str] = {}
    state = np.zeros((len(days), len(places)), np.int16)
    day_at, place_at = ({value: row for row, value in enumerate(values)} for values in (days, places))
    for one in listed:
        sources.setdefault(one.date, one.source)
        if one.place in place_at:
            state[day_at[one.date], place_at[one.place]] = states.setdefault(one.holders, len(states))
    return Maps(tuple(days), tuple(places), tuple(states), state, tuple(sources[day] for day in days), exact)


def merged(scenario: Scenario, maps: Maps, account: Account, *, replace_known: bool = False) -> Record:
    """The record of a scenario with what maps show of some of its places; no rows where they show none.

    What was known is kept before the first map and after the last, and where the maps show nothing, unless it is to be
    replaced.
    """
    settings = scenario.settings
    within = [row for row, day in enumerate(maps.days) if day < settings.end]
    account.drop(f"a map after the record ({settings.end})", len(maps.days) - len(within))
    days, sources = [maps.days[row] for row in within], [maps.sources[row] for row in within]
    state = maps.state[within]
    written = _written(scenario)
    drawn: dict[str, list[Piece]] = {}
    ends: list[np.datetime64] = []
    changes = spliced = 0
    for column in np.flatnonzero(state.any(axis=0)).tolist():
        place = maps.places[column]
        new = _runs(days, state[:, column], maps.states, sources, exact=maps.exact)
        last = max(one.end for one in new if one.holder != UNKNOWN)
        changes += sum(
            one.end == after.start and one.holder != after.holder and UNKNOWN not in (one.holder, after.holder)
            for one, after in pairwise(new)
        )
        old = [] if replace_known else _known(written.get(place, ()), settings, last)
        spliced += bool(old)
        drawn[place] = _joined(new, old)
        ends += [one.end for one in drawn[place] if one.holder != UNKNOWN]
    others = {place: rows for place, rows in written.items() if place not in drawn}
    dated = any(
        row["source"] != GUESSED and _day(row["start"]) > settings.start for rows in others.values() for row in rows
    )
    if dated:
        ends.append(settings.observed_until)
    until = min(max(ends, default=settings.start), settings.end)
    if not drawn or until <= settings.start:
        return Record((), (), until, 0, days[-1] if days else settings.start)
    spell_rows: list[Row] = []
    for place in sorted(drawn):
        spell_rows += _rows(place, _filled(drawn[place], settings.start, until), settings)
    for place, rows in sorted(others.items()):
        guess = all(row["source"] == GUESSED for row in rows)
        if settings.observed_until < until and not guess:
            # What was observed up to an earlier day is not known up to the new one.
            pieces = _known(rows, settings, settings.end)
            spell_rows += _rows(place, _filled(pieces, settings.start, until), settings)
        else:
            spell_rows += rows
    if spliced:
        note = (
            f"{spliced} of them had a record: it stays before the first map, after the last, and where none shows them"
        )
        account.notes.append(f"{note} (--replace forgets it)")
    if others:
        account.notes.append(f"{len(others)} places are not in it and keep the spells that they had")
    return Record(tuple(spell_rows), tuple(sorted(drawn)), until, changes, days[-1])


def shares_text(scenario: Scenario, shares: Sequence[Row]) -> str:
    """Text of shares.csv: the rows of maps, and from the scenario those of days before and after them."""
    days = sorted(str(row["date"]) for row in shares)
    text, _, _ = read_inside(scenario.path, SHARES)
    before = [
        {name: cell for name, cell in row.items() if name is not None}
        for row in csv.DictReader(io.StringIO(text))
        if not days[0] <= (row["date"] or "").strip() <= days[-1]
    ]
    rows = [*before, *map(dict, shares)]
    return csv_text(SHARES, sorted(rows, key=lambda row: (row["place"], row["holder"], str(row["date"]))))


def _written(scenario: Scenario) -> dict[str, list[dict[str, str]]]:
    """Rows of control.csv by place, as they are written, in the order of their starts."""
    text, _, _ = read_inside(scenario.path, FILE)
    by_place: dict[str, list[dict[str, str]]] = {}
    columns = tuple(attributes(FILE))
    for row in csv.DictReader(io.StringIO(text)):
        # A column may be absent, and a cell of a sound row has no name beyond the last column.
        by_place.setdefault((row["place"] or "").strip(), []).append(
            {name: (row.get(name) or "").strip() for name in columns}
        )
    return {place: sorted(rows, key=lambda row: row["start"]) for place, rows in by_place.items()}


def _day(text: object) -> np.datetime64:
    return np.datetime64(str(text), "D")


def _runs(
    days: Sequence[np.datetime64],
    column: NDArray[np.int16],
    states: Sequence[tuple[str, ...]],
    sources: Sequence[str],
    *,
    exact: bool,
) -> list[Piece]:
    """Pieces of one place from maps; what none of them shows between two that do, or after them, is `UNKNOWN`."""
    pieces: list[Piece] = []
    firsts = np.flatnonzero(np.diff(column, prepend=-1)).tolist()
    for row, after in zip(firsts, [*firsts[1:], len(days)], strict=True):
        holders, day, previous = states[column[row]], days[row], pieces[-1] if pieces else None
        if after < len(days):
            end = days[after]
        else:
            end = FOREVER if exact else days[-1] + DAY
        if not holders:
            pieces.append(Piece(day if exact or not row else days[row - 1] + DAY, end, UNKNOWN, note=NOT_SHOWN))
            continue
        precision: str | int = "window"
        if previous is not None and previous.holder != UNKNOWN:
            half = 0 if exact else (int((day - days[row - 1]).astype(int)) + 1) // 2
            day = day if exact else days[row - 1] + np.timedelta64(half, "D")
            precision = min(half, LONGEST)
            pieces[-1] = replace(previous, end=day)
        # Where two are shown, the one that had it keeps it.
        stays = previous is not None and previous.holder in holders
        holder = previous.holder if previous is not None and stays else holders[0]
        if not exact and after < len(days) and not states[column[after]]:
            end = days[after - 1] + DAY
        pieces.append(Piece(day, end, holder, int(len(holders) > 1), precision, sources[row]))
    return pieces


def _known(rows: Sequence[Mapping[str, str]], settings: Settings, last: np.datetime64) -> list[Piece]:
    """What is known of a place already; guesses are not, nor spells of `UNKNOWN` that an import put around its maps.

    An open spell is known up to the day to which the scenario was observed. Where that was never said, it is known of
    its first day only if maps go on to `last` after it.
    """
    pieces = []
    observed = settings.observed_until < settings.end
    for row in rows:
        start = _day(row["start"])
        if row["source"] == GUESSED or (row["holder"] == UNKNOWN and row["note"] in (BEFORE, AFTER)):
            continue
        if row["end"]:
            end = min(_day(row["end"]), settings.observed_until)
        else:
            end = settings.observed_until if observed or start >= last else start + DAY
        if end > start:
            cells = (row["holder"], int(row["contested"].lower() in ("1", "true")), row["precision"] or "day")
            pieces.append(Piece(start, end, *cells, row["source"], row["note"]))
    return pieces


def _joined(new: Sequence[Piece], old: Sequence[Piece]) -> list[Piece]:
    """New pieces, and old ones where the new ones say nothing, by start."""
    joined = [one for one in new if one.holder != UNKNOWN]
    for one in [
        *(one for one in old if one.holder != UNKNOWN),
        *(one for one in (*new, *old) if one.holder == UNKNOWN),
    ]:
        joined += _outside(one, joined)
    return sorted(joined, key=lambda one: one.start)


def _outside(piece: Piece, others: Sequence[Piece]) -> list[Piece]:
    """The parts of a piece that lie in none of the others."""
    parts = []
    start = piece.start
    for other in sorted(others, key=lambda one: one.start):
        if other.end <= start:
            continue
        if other.start >= piece.end:
            break
        if other.start > start:
            parts.append((start, other.start))
        start = other.end
    if start < piece.end:
        parts.append((start, piece.end))
    whole = piece.precision
    return [
        replace(piece, start=start, end=end, precision=whole if start == piece.start else "window")
        for start, end in parts
    ]


def _filled(pieces: Sequence[Piece], start: np.datetime64, until: np.datetime64) -> list[Piece]:
    """Pieces from the first day of the record on, without a gap; the last is open.

    A gap between two observations is like one between two maps: a change lies in its middle.
    """
    filled: list[Piece] = []
    for one in pieces:
        before = filled[-1] if filled else None
        if before is None:
            filled.append(one)
        elif UNKNOWN in (one.holder, before.holder):
            turn = one.start if before.holder == UNKNOWN else before.end
            filled[-1] = replace(before, end=turn)
            filled.append(replace(one, start=turn, precision="window"))
        elif (one.holder, one.contested) == (before.holder, before.contested):
            filled[-1] = replace(before, end=one.end)
        elif one.precision == "window":
            half = (int((one.start - before.end).astype(int)) + 2) // 2
            turn = before.end - DAY + np.timedelta64(half, "D")
            filled[-1] = replace(before, end=turn)
            filled.append(replace(one, start=turn, precision=min(half, LONGEST)))
        else:
            filled[-1] = replace(before, end=one.start)
            filled.append(one)
    if filled and filled[-1].end < until:
        filled.append(Piece(filled[-1].end, FOREVER, UNKNOWN, note=AFTER))
    if filled and filled[0].start > start:
        filled.insert(0, Piece(start, filled[0].start, UNKNOWN, note=BEFORE))
    return filled


def _rows(place: str, pieces: Sequence[Piece], settings: Settings) -> list[Row]:
    """Pieces as rows of control.csv, cut to the record; the last stays open."""
    inside = [one for one in pieces if one.end > settings.start and one.start < settings.end]
    rows: list[Row] = []
    for one in inside:
        first = one.start <= settings.start
        rows.append(
            {
                "place": place,
                "holder": one.holder,
                "start": settings.start if first else one.start,
                "end": "" if one is inside[-1] else one.end,
                "contested": one.contested,
                "precision": "window" if first else one.precision,
                "source": one.source,
                "note": one.note,
            }
        )
    return rows


def replaced(scenario: Scenario, rows: Sequence[Mapping[str, object]], account: Account) -> str:
    """Text of control.csv with the spells of some places replaced; the other places keep theirs as written."""
    new = {row["place"] for row in rows}
    text, _, _ = read_inside(scenario.path, FILE)
    other_rows = [
        {name: cell for name, cell in row.items() if name is not None}
        for row in csv.DictReader(io.StringIO(text))
        if row.get("place") not in new
    ]
    places_left = len({row["place"] for row in other_rows})
    if places_left:
        account.notes.append(f"{places_left} places are not in it and keep the spells that they had")
    return csv_text(FILE, [*map(dict, rows), *other_rows])
