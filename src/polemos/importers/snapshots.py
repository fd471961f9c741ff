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
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from polemos.importers.map_pieces import (
    DAY,
    Piece,
    Row,
    day_of,
    joined_pieces,
    pieces_of_maps,
    pieces_of_rows,
    rows_of,
    without_gaps,
)
from polemos.readers.import_log import Account
from polemos.scenario.attributes import attributes
from polemos.scenario.inside_folder import read_inside
from polemos.scenario.load import Scenario
from polemos.scenario.scaffold import csv_text
from polemos.scenario.settings import Settings
from polemos.scenario.vocabulary import GUESSED, UNKNOWN

FILE = "control.csv"
SHARES = "shares.csv"


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
        new = pieces_of_maps(days, state[:, column], maps.states, sources, exact=maps.exact)
        last = max(one.end for one in new if one.holder != UNKNOWN)
        changes += sum(
            one.end == after.start and one.holder != after.holder and UNKNOWN not in (one.holder, after.holder)
            for one, after in pairwise(new)
        )
        old = [] if replace_known else pieces_of_rows(written.get(place, ()), settings, last)
        spliced += bool(old)
        drawn[place] = joined_pieces(new, old)
        ends += [one.end for one in drawn[place] if one.holder != UNKNOWN]
    others = {place: rows for place, rows in written.items() if place not in drawn}
    dated = any(
        row["source"] != GUESSED and day_of(row["start"]) > settings.start for rows in others.values() for row in rows
    )
    if dated:
        ends.append(settings.observed_until)
    until = min(max(ends, default=settings.start), settings.end)
    if not drawn or until <= settings.start:
        return Record((), (), until, 0, days[-1] if days else settings.start)
    spell_rows: list[Row] = []
    for place in sorted(drawn):
        spell_rows += rows_of(place, without_gaps(drawn[place], settings.start, until), settings)
    for place, rows in sorted(others.items()):
        guess = all(row["source"] == GUESSED for row in rows)
        if settings.observed_until < until and not guess:
            # What was observed up to an earlier day is not known up to the new one.
            pieces = pieces_of_rows(rows, settings, settings.end)
            spell_rows += rows_of(place, without_gaps(pieces, settings.start, until), settings)
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
