"""The record of one place as periods: those shown by maps, those known already, and the two merged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from polemos.scenario.settings import Settings
from polemos.scenario.vocabulary import GUESSED, UNKNOWN

LONGEST = 999
"""Days of the widest precision that a scenario takes."""

DAY = np.timedelta64(1, "D")

FOREVER = np.datetime64("9999-12-31", "D")

NOT_SHOWN = "not shown on the maps"

BEFORE, AFTER = "before the first map", "after the last map"


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


def day_of(text: object) -> np.datetime64:
    return np.datetime64(str(text), "D")


def pieces_of_maps(
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


def pieces_of_rows(rows: Sequence[Mapping[str, str]], settings: Settings, last: np.datetime64) -> list[Piece]:
    """What is known of a place already; guesses are not, nor spells of `UNKNOWN` that an import put around its maps.

    An open spell is known up to the day to which the scenario was observed. Where that was never said, it is known of
    its first day only if maps go on to `last` after it.
    """
    pieces = []
    observed = settings.observed_until < settings.end
    for row in rows:
        start = day_of(row["start"])
        if row["source"] == GUESSED or (row["holder"] == UNKNOWN and row["note"] in (BEFORE, AFTER)):
            continue
        if row["end"]:
            end = min(day_of(row["end"]), settings.observed_until)
        else:
            end = settings.observed_until if observed or start >= last else start + DAY
        if end > start:
            cells = (row["holder"], int(row["contested"].lower() in ("1", "true")), row["precision"] or "day")
            pieces.append(Piece(start, end, *cells, row["source"], row["note"]))
    return pieces


def joined_pieces(new: Sequence[Piece], old: Sequence[Piece]) -> list[Piece]:
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


def without_gaps(pieces: Sequence[Piece], start: np.datetime64, until: np.datetime64) -> list[Piece]:
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


def rows_of(place: str, pieces: Sequence[Piece], settings: Settings) -> list[Row]:
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
