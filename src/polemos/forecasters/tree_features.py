"""What the boosted trees see of a place and who may take it: the map and what has happened, as one table.

Features are relative to a pair: the candidate o and the present holder d of a place p. The last two columns say which
organisations these are: trees may learn habits of one, which no baseline without names can.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from polemos.forecasters.contiguity import neighbours
from polemos.record.world import Flags, Holders, World

Table = NDArray[np.float32]
Rows = NDArray[np.integer]

SPANS = (4, 13, 52)
"""Weeks over which gains and losses are counted: about 1, 3 and 12 months."""
FRESH, TENURE = 8, 156
"""Weeks for which a place counts as taken lately, and beyond which it does not matter how long it has been held."""
BEFORE = 52
"""Weeks of record that the first row looks back on."""

FEATURES = (
    *("share", "share_two", "local", "local_two"),  # of p's neighbours (places two roads away) held, taken lately, by o
    *("own_share", "own_share_two", "own_local"),  # ditto by d
    *(
        f"{name}_{span}"
        for span in SPANS
        # Places that o gained, also per place held; that d lost; that d gained; that o lost.
        for name in ("gain", "gain_rate", "loss", "loss_rate", "own_gain", "own_loss")
    ),
    *("stretch", "own_stretch", "held", "own_held"),  # ln(places held / mean over a year), and places held
    *("pair", "back", "pair_13"),  # captures by o from d over a year, by d from o, by o from d over 13 weeks
    "tenure",  # weeks since p changed hands
    "return",  # 1 if o has held p before
    "people",  # ln(1 + people)
    "contested",  # 1 if p is split, besieged or under battle
    "moves",  # times that p changed hands in a year
    "moves_near",  # the mean of its neighbours' over 13 weeks
    "candidate",
    "holder",
)
IDENTITY = tuple(i for i, name in enumerate(FEATURES) if name in ("candidate", "holder"))


def second_neighbours(near: Any) -> Any:
    """Sparse [P, P]: 1 / (number of places two roads away) where two roads lead to and one does not."""
    from scipy.sparse import csr_array

    one = (near.toarray() > 0) | np.eye(near.shape[0], dtype=bool)
    two = ((one.astype(np.float32) @ one) > 0) & ~one
    return csr_array((two / np.maximum(two.sum(1, keepdims=True), 1)).astype(np.float32))  # type: ignore[no-untyped-call]


def see(world: World, control: Holders, contested: Flags, rows: Rows, observed: Flags | None = None) -> Table:
    """x [T, P, K, F] on some rows [T] of the weeks `control` [W, P], in the order of `FEATURES`; nobody is last.

    A holder that shows where nobody was `observed` [W, P] to look a week before (by default somebody was, everywhere)
    has not taken the place in that week.
    Nothing of a later week enters a row. Where o is the present holder, x means nothing.
    """
    near = neighbours(world)
    second = second_neighbours(near)
    weeks, size = control.shape
    holders, t = world.nobody + 1, np.arange(rows.size)[:, np.newaxis]
    own = np.eye(holders, dtype=np.float32)[control]
    moved = np.concatenate([np.zeros((1, size), bool), control[1:] != control[:-1]])
    if observed is not None:
        moved[1:] &= observed[1:] & observed[:-1]
    captures = np.zeros((weeks, holders, holders), np.float32)
    week, place = np.nonzero(moved)
    np.add.at(captures, (week, control[week, place], control[week - 1, place]), 1)
    land = own.sum(1)
    changed = np.maximum.accumulate(np.where(moved, np.arange(weeks)[:, np.newaxis], 0), 0)
    ever = np.maximum.accumulate(own, 0)[rows]
    # Sums up to and including each week.
    total, sizes, moves = captures.cumsum(0), land.cumsum(0), moved.cumsum(0)
    now, d = own[rows], control[rows].astype(np.intp)
    count = np.maximum(land[rows], 1)
    x = np.empty((rows.size, size, holders, len(FEATURES)), np.float32)
    names = iter(range(len(FEATURES)))

    def put(values: Any) -> None:
        x[..., next(names)] = values

    def of_holder(values: Any) -> Any:
        return np.take_along_axis(values, d, 1)[..., np.newaxis]

    def over(summed: Any, span: int) -> Any:
        return summed[rows] - summed[np.maximum(rows - span, 0)]

    def around(graph: Any, values: Any) -> Any:
        return np.stack([graph @ one for one in values])

    tenure = rows[:, np.newaxis] - changed[rows]
    lately = now * ((tenure <= FRESH) & (changed[rows] > 0))[..., np.newaxis]
    held_near = [around(near, now), around(second, now), around(near, lately), around(second, lately)]
    for values in held_near:
        put(values)
    for values in held_near[:3]:
        put(np.take_along_axis(values, d[..., np.newaxis], 2))
    for span in SPANS:
        pairs = over(total, span)
        gain, loss = pairs.sum(2), pairs.sum(1)
        put(gain[:, np.newaxis])
        put((gain / count)[:, np.newaxis])
        put(of_holder(loss))
        put(of_holder(loss / count))
        put(of_holder(gain))
        put(loss[:, np.newaxis])
    year = np.minimum(rows, BEFORE)[:, np.newaxis] + 1
    mean = (sizes[rows] - sizes[np.maximum(rows - BEFORE, 0)] + land[np.maximum(rows - BEFORE, 0)]) / year
    stretch = np.log((land[rows] + 2) / (mean + 2))
    put(stretch[:, np.newaxis])
    put(of_holder(stretch))
    put(land[rows][:, np.newaxis])
    put(of_holder(land[rows]))
    put(over(total, 52)[t, :, d])
    put(over(total, 52).transpose(0, 2, 1)[t, :, d])
    put(over(total, 13)[t, :, d])
    put(np.minimum(tenure, TENURE)[..., np.newaxis])
    put(ever)
    put(np.log1p(world.places.people)[:, np.newaxis])
    put(contested[rows][..., np.newaxis])
    put(over(moves, 52)[..., np.newaxis])
    put(around(near, over(moves, 13).astype(np.float32))[..., np.newaxis])
    put(np.arange(holders))
    put(d[..., np.newaxis])
    return x
