"""The world: a checked scenario and its record as immutable arrays.

`World.as_of(origin)` is the only thing a forecaster is ever given: what was known on the evening of the
origin. Places and organisations are sorted by id and addressed by a hash of it, so the order of rows in a
file can change nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from polemos.record.tables import (
    ALLIED,
    NEGLECT,
    OPEN,
    RELATIONS,
    TRUCE,
    WAR,
    Borders,
    Claims,
    Days,
    Events,
    Flags,
    Floats,
    Holders,
    Ints,
    Links,
    Organisations,
    Places,
    Relations,
    Roles,
    Shares,
    Spells,
    Strengths,
    Supports,
    day,
    site,
)
from polemos.record.theatres import Pledges, Theatres

__all__ = [
    "ALLIED",
    "NEGLECT",
    "OPEN",
    "RELATIONS",
    "TRUCE",
    "WAR",
    "Borders",
    "Claims",
    "Days",
    "Events",
    "Flags",
    "Floats",
    "Holders",
    "Ints",
    "Links",
    "Organisations",
    "Places",
    "Relations",
    "Roles",
    "Shares",
    "Spells",
    "Strengths",
    "Supports",
    "World",
    "day",
    "running",
    "site",
]

Table = TypeVar("Table", Spells, Supports, Relations, Roles, Claims, Borders)


def _known(table: Table, origin: np.datetime64) -> Table:
    """Rows that had begun by the origin, with ends after it opened again."""
    keep = table.start <= origin
    end = np.where(table.end > origin, OPEN, table.end)
    return cast(Table, _rows(replace(table, end=end), keep))


def _rows(table: Any, keep: Flags) -> Any:
    columns = {}
    for field in fields(table):
        column = getattr(table, field.name)
        if isinstance(column, tuple):
            columns[field.name] = tuple(value for value, keeps in zip(column, keep, strict=True) if keeps)
        else:
            columns[field.name] = column[keep]
    return type(table)(**columns)


def _all_observed(table: object, column: str) -> bool:
    """Whether a column says no more than that all spells were observed, which leaves digests as they were."""
    return isinstance(table, Spells) and column == "observed" and bool(np.all(table.observed))


def running(table: Table, date: np.datetime64) -> Table:
    """The rows of a table of spells that run on a day."""
    return cast(Table, _rows(table, (table.start <= date) & (np.isnat(table.end) | (table.end > date))))


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """A war: the map, the organisations, and what is known of them up to `until` (inclusive).

    P places and O organisations stand in the order of the files of the scenario.

    Attributes
    ----------
    start, until : numpy.datetime64
        First and last day.
    origin : numpy.datetime64 or None
        None for the whole record, the day of the cut for a world given to a forecaster.
    places, organisations, links : tables
        The map: columns of length P, O and the number of roads.
    spells, strengths, supports, relations, roles, claims, borders : tables
        What is dated, a row a spell or an estimate; ends are exclusive, NaT while something goes on.
    processes : tuple of str
        Processes of the model that the scenario switches on, in their order.
    events, shares, theatres, pledges : tables, optional
        Observations that not every war comes with.
    observed_until : numpy.datetime64, optional
        From this day on nobody looked; None where somebody looked to the end.

    Examples
    --------
    >>> import polemos as pm
    >>> world = pm.load("sri_lanka").world.as_of("2008-01-01")
    >>> world.holders([world.until]).shape
    (1, 86)
    >>> world.organisation(world.organisations.id[1])
    1
    """

    name: str
    title: str
    start: np.datetime64
    until: np.datetime64
    origin: np.datetime64 | None
    places: Places
    organisations: Organisations
    links: Links
    spells: Spells
    strengths: Strengths
    supports: Supports
    relations: Relations
    roles: Roles
    claims: Claims
    borders: Borders
    processes: tuple[str, ...]
    events: Events | None = None
    shares: Shares | None = None
    observed_until: np.datetime64 | None = None
    theatres: Theatres | None = None
    pledges: Pledges | None = None

    def __post_init__(self) -> None:
        for table in fields(self):
            value = getattr(self, table.name)
            for column in fields(value) if hasattr(value, "__dataclass_fields__") else ():
                content = getattr(value, column.name)
                if isinstance(content, np.ndarray):
                    content.setflags(write=False)

    def __repr__(self) -> str:
        cut = "" if self.origin is None else ", cut there"
        size = f"{len(self.places.id)} places, {self.nobody} organisations"
        return f"<World {self.name}: {size}, {self.start} to {self.until}{cut}>"

    @property
    def nobody(self) -> int:
        """Index of the holder of an abandoned place: one past the last organisation."""
        return len(self.organisations.id)

    @property
    def last_observed(self) -> np.datetime64:
        """The last day on which anybody looked at who held what: `until`, unless observation ended before."""
        if self.observed_until is None:
            return self.until
        return min(self.until, self.observed_until - np.timedelta64(1, "D"))

    def organisation(self, identifier: str) -> int:
        """Index of an organisation. Raises `KeyError` naming those there are."""
        try:
            return self.organisations.id.index(identifier)
        except ValueError:
            raise KeyError(f"no organisation {identifier!r}; there are {', '.join(self.organisations.id)}") from None

    def place(self, identifier: str) -> int:
        """Index of a place. Raises `KeyError`."""
        try:
            return self.places.id.index(identifier)
        except ValueError:
            raise KeyError(f"no place {identifier!r} in {self.name}") from None

    def as_of(self, origin: object) -> World:
        """What was known on the evening of a day: later rows gone, open ends open.

        Parameters
        ----------
        origin : date or str
            A change on this day counts as known.

        Returns
        -------
        World

        Raises
        ------
        ValueError
            For a day outside the record.
        """
        cut = day(origin)
        if not self.start <= cut <= self.until:
            raise ValueError(f"origin {cut} lies outside the record, {self.start} to {self.until}")
        return replace(
            self,
            until=cut,
            origin=cut,
            spells=_known(self.spells, cut),
            strengths=_rows(self.strengths, self.strengths.date <= cut),
            supports=_known(self.supports, cut),
            relations=_known(self.relations, cut),
            roles=_known(self.roles, cut),
            claims=_known(self.claims, cut),
            borders=_known(self.borders, cut),
            # What is still going on is not known in full.
            events=None if self.events is None else _rows(self.events, self.events.end <= cut),
            shares=None if self.shares is None else _rows(self.shares, self.shares.date <= cut),
            observed_until=None if self.last_observed >= cut else self.observed_until,
            theatres=None if self.theatres is None else self.theatres.as_of(cut),
            pledges=None if self.pledges is None else self.pledges.as_of(cut),
        )

    def holders(self, dates: Days | Sequence[np.datetime64]) -> Holders:
        """Holder of every place on the evening of each date.

        Parameters
        ----------
        dates : sequence of numpy.datetime64, T of them

        Returns
        -------
        int8 [T, P]
            Indices of organisations, `nobody` for an abandoned place. Where nobody looked, the last known holder;
            `observed` says where.
        """
        return self._laid(dates, self.spells.holder, np.int8(self.nobody))

    def observed(self, dates: Days | Sequence[np.datetime64]) -> Flags:
        """Whether somebody saw who held every place on the evening of each date: bool[date, place].

        Never outside the record, from `observed_until` on, in a spell of an unknown holder or in a guessed one.
        """
        when = np.asarray(dates, "datetime64[D]")
        assert self.spells.observed is not None
        inside = (when >= self.start) & (when <= self.last_observed)
        return np.asarray(self._laid(when, self.spells.observed, np.bool_(False)) & inside[:, np.newaxis])

    def known_by(self, date: object) -> Flags:
        """Places whose holder had been observed by the evening of a day: bool[place]."""
        spells, is_known = self.spells, np.zeros(len(self.places.id), bool)
        assert spells.observed is not None
        is_known[spells.place[spells.observed & (spells.start <= min(day(date), self.last_observed))]] = True
        return is_known

    def _laid(self, dates: Days | Sequence[np.datetime64], column: NDArray[Any], otherwise: Any) -> NDArray[Any]:
        """A column of the spells on the evening of each date, [date, place]."""
        when = np.asarray(dates, "datetime64[D]")
        order = np.argsort(when, kind="stable")
        spells = self.spells
        first = np.searchsorted(when, spells.start, sorter=order)
        end = np.where(np.isnat(spells.end), when.size, np.searchsorted(when, spells.end, sorter=order))
        laid = np.full((when.size, len(self.places.id)), otherwise)
        for row in np.flatnonzero(end > first):
            laid[first[row] : end[row], spells.place[row]] = column[row]
        by_date = np.empty_like(laid)
        by_date[order] = laid
        return by_date

    def contested(self, date: np.datetime64) -> Flags:
        """Places split, besieged or under battle on a day: bool[place]."""
        flags = np.zeros(len(self.places.id), bool)
        rows = running(self.spells, date)
        flags[rows.place] = rows.contested
        return flags

    def relation(self, date: np.datetime64) -> Holders:
        """Relation of every pair on a day, `NEGLECT` where the record is silent: int8[O, O]."""
        size = self.nobody
        kinds = np.full((size, size), NEGLECT, np.int8)
        rows = running(self.relations, date)
        kinds[rows.a, rows.b] = rows.kind
        kinds[rows.b, rows.a] = rows.kind
        np.fill_diagonal(kinds, ALLIED)
        return kinds

    def digest(self) -> str:
        """SHA-256 of everything that the world holds."""
        state = hashlib.sha256()
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name in ("events", "shares", "observed_until", "theatres", "pledges") and value is None:
                continue
            parts = (
                [getattr(value, column.name) for column in fields(value) if not _all_observed(value, column.name)]
                if hasattr(value, "__dataclass_fields__")
                else [value]
            )
            for part in parts:
                content = part.tobytes() if isinstance(part, np.ndarray) else repr(part).encode()
                state.update(field.name.encode() + b"\0" + content + b"\0")
        return state.hexdigest()
