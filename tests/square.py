"""A war made by hand, small enough to work answers out."""

from __future__ import annotations

import numpy as np

from polemos.record import world as w

DAYS = "datetime64[D]"
NORTH, SOUTH = 0, 1


def none_of(table, **more):
    """An empty table of a kind."""
    empty = {"tuple[str, ...]": (), "Days": np.array([], DAYS), "Ints": np.array([], np.int32)}
    fields = {n: empty.get(f.type, np.array([])) for n, f in table.__dataclass_fields__.items()}
    return table(**fields | more)


def small_world():
    """Four places in a square and one in the middle; north holds all until a and b fall to south in January 2020."""
    ids = ("a", "b", "c", "d", "e")
    places = w.Places(
        id=ids,
        name=ids,
        country=("X", "X", "X", "Y", "Y"),
        kind=("town", "town", "city", "town", "airbase"),
        lat=np.array([0.0, 0.0, 1.0, 1.0, 0.5]),
        lon=np.array([0.0, 1.0, 0.0, 1.0, 0.5]),
        people=np.array([1000.0, 2000.0, 10000.0, 4000.0, 0.0]),
    )
    start = np.datetime64("2019-12-01")
    spells = [(0, NORTH, start, "2020-01-10"), (0, SOUTH, "2020-01-10", None)]
    spells += [(1, NORTH, start, "2020-01-20"), (1, SOUTH, "2020-01-20", None)]
    spells += [(p, NORTH, start, None) for p in (2, 3, 4)]
    size = len(spells)
    return w.World(
        name="square",
        title="Square",
        start=start,
        until=np.datetime64("2020-03-31"),
        origin=None,
        places=places,
        organisations=w.Organisations(
            ("north", "south"), ("N", "S"), ("army", "army"), ("#000", "#111"), np.array([1, 1.0])
        ),
        links=w.Links(np.array([0], np.int32), np.array([1], np.int32), ("road",), np.array([100.0])),
        spells=w.Spells(
            place=np.array([s[0] for s in spells], np.int32),
            holder=np.array([s[1] for s in spells], np.int32),
            start=np.array([s[2] for s in spells], DAYS),
            end=np.array([s[3] or "NaT" for s in spells], DAYS),
            contested=np.zeros(size, bool),
            precision=np.array([0, 3, 0, 10, 0, 0, 0], np.int32),
            source=("x",) * size,
        ),
        strengths=w.Strengths(
            actor=("south",),
            organisation=np.array([SOUTH], np.int32),
            measure=("fighters",),
            date=np.array(["2019-12-15"], DAYS),
            low=np.array([50.0]),
            best=np.array([80.0]),
            high=np.array([90.0]),
        ),
        supports=none_of(w.Supports),
        relations=none_of(w.Relations),
        roles=none_of(w.Roles),
        claims=none_of(w.Claims),
        borders=none_of(w.Borders),
        processes=(),
    )
