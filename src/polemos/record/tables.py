"""The tables of a record as immutable arrays, and the types and words that they are made of."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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
