"""Worlds made from a table of holders, for tests: places in a ring with chords, invented organisations."""

from __future__ import annotations

import numpy as np

from polemos.record import world as w

START = np.datetime64("2001-01-01", "D")


def world_of(held, contested=None, links=None, organisations: int = 3, step: int = 7) -> w.World:
    """A whole record from holders [T, P] on dates `step` days apart; it ends on the last of them."""
    held = np.asarray(held)
    weeks, size = held.shape
    contested = np.zeros(held.shape, bool) if contested is None else contested
    place, holder, start, end, fought = [], [], [], [], []
    for p in range(size):
        cuts = 1 + np.flatnonzero((np.diff(held[:, p]) != 0) | np.diff(contested[:, p]))
        for first, last in zip([0, *cuts], [*cuts, None], strict=True):
            place.append(p)
            holder.append(held[first, p])
            fought.append(contested[first, p])
            start.append(START + np.timedelta64(int(first) * step, "D"))
            end.append(w.OPEN if last is None else START + np.timedelta64(int(last) * step, "D"))
    links = ring(size) if links is None else links
    none, never, nothing = np.zeros(0, np.int32), np.zeros(0, "datetime64[D]"), np.zeros(0)
    ids = tuple(f"place-{i:03}" for i in range(size))
    names = tuple(f"org-{i}" for i in range(organisations))
    return w.World(
        name="invented",
        title="Invented",
        start=START,
        until=START + np.timedelta64((weeks - 1) * step, "D"),
        origin=None,
        places=w.Places(
            ids, ids, ("AA",) * size, ("town",) * size, np.arange(size) / 10, np.zeros(size), np.ones(size)
        ),
        organisations=w.Organisations(names, names, ("army",) * organisations, ("#000",) * organisations, nothing),
        links=w.Links(*(links.T.astype(np.int32)), ("road",) * len(links), np.ones(len(links))),
        spells=w.Spells(
            np.array(place, np.int32),
            np.array(holder, np.int32),
            np.array(start),
            np.array(end),
            np.array(fought, bool),
            np.zeros(len(place), np.int32),
            ("invented",) * len(place),
        ),
        strengths=w.Strengths((), none, (), never, nothing, nothing, nothing),
        supports=w.Supports((), none, (), nothing, never, never),
        relations=w.Relations(none, none, none, never, never),
        roles=w.Roles(none, (), (), none, none, nothing, never, never),
        claims=w.Claims(none, (), nothing, nothing, nothing, (), never, never),
        borders=w.Borders(none, nothing, never, never),
        processes=(),
    )


def ring(size: int):
    """Links of a ring, with a chord from every third place."""
    around = [(i, (i + 1) % size) for i in range(size)] if size > 2 else [(0, 1)]
    across = [(i, (i + size // 3) % size) for i in range(0, size, 3)] if size > 8 else []
    return np.unique(np.sort([*around, *across], axis=1), axis=0)


def restless(weeks: int = 160, size: int = 24, organisations: int = 3, rate: float = 0.01, seed: int = 0):
    """Holders [weeks, size] of a war in which a place goes over to a neighbour's holder at some weekly rate."""
    random = np.random.default_rng(seed)
    links = ring(size)
    near = [np.concatenate([links[links[:, 0] == p, 1], links[links[:, 1] == p, 0]]) for p in range(size)]
    held = np.empty((weeks, size), np.int8)
    held[0] = np.arange(size) * organisations // size
    for week in range(1, weeks):
        held[week] = held[week - 1]
        for p in np.flatnonzero(random.random(size) < rate):
            held[week, p] = held[week - 1, random.choice(near[p])]
    return held
