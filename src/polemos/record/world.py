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

from polemos.record.theatres import Pledges, Theatres

Days = NDArray[np.datetime64]
Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Flags = NDArray[np.bool_]
Holders = NDArray[np.int8]

RELATIONS = ("war", "truce", "neglect", "allied")
WAR, TRUCE, NEGLECT, ALLIED = range(4)

OPEN = np.datetime64("NaT", "D")
"""End of a spell that has not ended."""


def site(identifier: str) -> np.uint64:
    """Address of a place or an organisation in the random numbers: a hash of its id, never its row."""
    return np.uint64(int.from_bytes(hashlib.blake2b(identifier.encode(), digest_size=8).digest(), "little"))


def day(value: object) -> np.datetime64:
    """Any date (text, `datetime.date`, `datetime64`) as `datetime64[D]`."""
    return np.datetime64(value, "D")  # type: ignore[call-overload,no-any-return]


@dataclass(frozen=True, slots=True)
class Places:
    """Places [P], sorted by id. `people` are pre-war residents, 0 at a site such as a dam or an oil field."""

    id: tuple[str, ...]
    name: tuple[str, ...]
    country: tuple[str, ...]
    kind: tuple[str, ...]
    lat: Floats
    lon: Floats
    people: Floats


@dataclass(frozen=True, slots=True)
class Organisations:
    """Organisations [O], sorted by id. `field_share` is the share of the fighters that can be moved or hold places."""

    id: tuple[str, ...]
    name: tuple[str, ...]
    kind: tuple[str, ...]
    colour: tuple[str, ...]
    field_share: Floats


@dataclass(frozen=True, slots=True)
class Links:
    """Roads [L], undirected, each once with a < b (indices of places); `km` along the road."""

    a: Ints
    b: Ints
    kind: tuple[str, ...]
    km: Floats


@dataclass(frozen=True, slots=True)
class Spells:
    """Spells of control [S] by place and start. `end` is exclusive (NaT: open); holder O is nobody (vacuum).

    `precision` is the half width in days of what is known of `start` (0: to the day). `observed` is False where nobody
    looked or the holder was guessed; where nobody looked, `holder` is the last known one (nobody where there is none).
    Without it all are observed.
    """

    place: Ints
    holder: Ints
    start: Days
    end: Days
    contested: Flags
    precision: Ints
    source: tuple[str, ...]
    observed: Flags | None = None

    def __post_init__(self) -> None:
        if self.observed is None:
            object.__setattr__(self, "observed", np.ones(self.place.size, bool))


@dataclass(frozen=True, slots=True)
class Strengths:
    """Dated estimates. `organisation` is -1 for a patron that holds no place; series are never joined.

    `source` says whose estimate it is; without any, all are of one source.
    """

    actor: tuple[str, ...]
    organisation: Ints
    measure: tuple[str, ...]
    date: Days
    low: Floats
    best: Floats
    high: Floats
    source: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.source) != len(self.actor):
            object.__setattr__(self, "source", ("",) * len(self.actor))


@dataclass(frozen=True, slots=True)
class Supports:
    """Who backs whom (`client` is an organisation), with what, at which scale (low .33, medium .67, high 1)."""

    patron: tuple[str, ...]
    client: Ints
    kind: tuple[str, ...]
    scale: Floats
    start: Days
    end: Days


@dataclass(frozen=True, slots=True)
class Relations:
    """Spells of the relation of a pair of organisations; `kind` indexes `RELATIONS`."""

    a: Ints
    b: Ints
    kind: Ints
    start: Days
    end: Days


@dataclass(frozen=True, slots=True)
class Roles:
    """Depots, cores, and entries of off-map bases. `place` is -1 for a base; `link` is an entry's place, else -1."""

    organisation: Ints
    role: tuple[str, ...]
    node: tuple[str, ...]
    place: Ints
    link: Ints
    hours: Floats
    start: Days
    end: Days


@dataclass(frozen=True, slots=True)
class Claims:
    """Dated attributes of organisations: item `claim` (0 or 1), `local_share`, `foreign_share` (low, best, high)."""

    organisation: Ints
    item: tuple[str, ...]
    low: Floats
    best: Floats
    high: Floats
    text: tuple[str, ...]
    start: Days
    end: Days


@dataclass(frozen=True, slots=True)
class Borders:
    """How freely a volunteer can reach an organisation from abroad, 0 to 1."""

    organisation: Ints
    openness: Floats
    start: Days
    end: Days


@dataclass(frozen=True, slots=True)
class Events:
    """Events of violence [E] by start, end and id, each `kind` 1 state-based, 2 non-state or 3 one-sided.

    `place` is the place they are at, -1 where they are at none. `side_a` and `side_b` are organisations as bits, 0
    where a side is none of this war's by name, or the victims of one-sided violence. `deaths` are NaN where nobody
    says. An event by which a place changed hands names it in `taken_place` (else -1), and in `taker`, as bits, those of
    whom one took it; its kind is 0 if there was no violence. `precision` is that of UCDP: 1 to the day, 5 to the year,
    0 not said.
    """

    id: tuple[str, ...]
    place: Ints
    start: Days
    end: Days
    side_a: NDArray[np.int64]
    side_b: NDArray[np.int64]
    kind: Ints
    deaths: Floats
    taken_place: Ints
    taker: NDArray[np.int64]
    precision: Ints


@dataclass(frozen=True, slots=True)
class Shares:
    """What each side holds of a place's surroundings [N], by place, holder and date; holder O is nobody.

    `share` is that of a disk around the place, 0 to 1; `edge_km` the distance to the nearest edge of the areas of the
    holder, positive inside and negative outside them (NaN: far). A row stands until the next of its place and holder.
    """

    place: Ints
    holder: Ints
    date: Days
    share: Floats
    edge_km: Floats


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
            columns[field.name] = tuple(value for value, kept in zip(column, keep, strict=True) if kept)
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

    `origin` is None for the whole record, and the day of the cut for a world given to a forecaster.
    `processes` names the processes of the model that the scenario switches on, in their order. `events`,
    `shares`, `theatres` and `pledges` are observations that not every war comes with. Nobody looked from
    `observed_until` on (None: looked at to the end).
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
        """What was known on the evening of `origin`: later rows gone, open ends open.

        A change on the origin day counts as known. Raises `ValueError` outside the record.
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
        """Holder of every place on the evening of each date: int8[date, place].

        Where nobody looked, the last known holder; `observed` says where.
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

    def known(self, date: object) -> Flags:
        """Places of which somebody had seen by the evening of a day who held them: bool[place]."""
        spells, there = self.spells, np.zeros(len(self.places.id), bool)
        assert spells.observed is not None
        there[spells.place[spells.observed & (spells.start <= min(day(date), self.last_observed))]] = True
        return there

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
        seen = hashlib.sha256()
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
                seen.update(field.name.encode() + b"\0" + content + b"\0")
        return seen.hexdigest()
