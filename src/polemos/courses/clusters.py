"""Simulated wars grouped by how they go: k-means on the shares of the people that each organisation holds over time.

The number of groups is chosen by the silhouette (Rousseeuw 1987, doi 10.1016/0377-0427(87)90125-7): three to five, or
two where these are far clearer; wars that all go alike are one group.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from polemos.courses.k_means import k_means, silhouette, squared_distances
from polemos.record.world import Floats, Holders, Ints

STEPS = 16
"""Dates, evenly spread, at which wars are compared."""

MOST = 5
"""Groups at most."""

APART = 0.25
"""Silhouette below which no groups can be told apart."""

NEARLY = 0.05
"""Of numbers of groups whose silhouettes differ by less, the least is taken."""

RATHER = 0.8
"""Three to five groups are taken rather than two where their silhouette is at least that share of the two's."""

SMALLEST = 0.04
"""Share of the wars that a group has at least."""


def shares(control: Holders, weight: Floats, holders: int) -> NDArray[np.float32]:
    """Share of the weight that each holder has: [m, T, H] of holders [m, T, P] and weights [P]."""
    total = float(weight.sum()) or 1.0
    rows = [(control == holder) @ weight / total for holder in range(holders)]
    return np.stack(rows, axis=-1).astype(np.float32)


def steps(dates: int) -> NDArray[np.intp]:
    """Indices of the dates at which wars are compared: the first, the last, and others evenly between."""
    return np.unique(np.linspace(0, dates - 1, min(STEPS, dates)).round().astype(np.intp))


def groups(path: NDArray[np.float32], most: int = MOST) -> Ints:
    """The group of each war [m] by its path [m, T, H]: 0 is the largest. One group where none are apart."""
    from threadpoolctl import threadpool_limits

    flat = path.reshape(len(path), -1)
    points = flat.astype(float)
    away = np.sqrt(squared_distances(points, points))
    np.fill_diagonal(away, 0.0)
    distinct = len(np.unique(flat.round(6), axis=0))
    groupings: dict[int, tuple[float, Ints]] = {}
    for number in range(2, min(most, distinct, len(flat) - 1) + 1):
        # Threads of so little work spend most of it on waiting for each other.
        with threadpool_limits(1):  # type: ignore[no-untyped-call]
            labels = k_means(points, number)
        if np.bincount(labels, minlength=number).min() >= max(1, SMALLEST * len(flat)):
            groupings[number] = silhouette(away, labels), labels
    grouping = _chosen(groupings)
    if grouping is None:
        return np.zeros(len(flat), np.int32)
    order = np.argsort(-np.bincount(grouping), kind="stable")
    return np.argsort(order).astype(np.int32)[grouping]


def _chosen(groupings: Mapping[int, tuple[float, Ints]]) -> Ints | None:
    """Of groupings by their number, with their silhouettes, the one to show: three groups or more where they are nearly
    as clear as two; None where none is clear."""
    clear = {number: one for number, one in groupings.items() if one[0] > APART}
    several = {number: one for number, one in clear.items() if number > 2}
    if several:
        best = max(score for score, _ in several.values())
        score, labels = next(one for one in several.values() if one[0] >= best - NEARLY)
        if 2 not in clear or score >= RATHER * clear[2][0]:
            return labels
    return clear[2][1] if 2 in clear else None


def typical(path: NDArray[np.float32], group: Ints, number: int) -> int:
    """The war of a group that lies nearest to the group's mean."""
    inside = np.flatnonzero(group == number)
    away = ((path[inside] - path[inside].mean(0)) ** 2).sum((1, 2))
    return int(inside[away.argmin()])


def parting(path: NDArray[np.float32], group: Ints, number: int, threshold: float = 0.8) -> int | None:
    """The step from which on a group stays distinct from the others; None where it never is.

    At a step it is told where `threshold` of its wars lie nearest to its own mean at that step, and as many of the
    other wars do not.
    """
    means = np.stack([path[group == one].mean(0) for one in range(int(group.max()) + 1)])
    away = ((path[:, np.newaxis] - means[np.newaxis]) ** 2).sum(-1)
    # A tie is no sign of a group: what is as near to another mean is not counted as its own.
    own = away[:, number]
    others = np.delete(away, number, axis=1)
    nearest = own < others.min(1) - 1e-12 if others.shape[1] else np.ones_like(own, bool)
    inside, outside = nearest[group == number].mean(0), nearest[group != number]
    clear = (inside >= threshold) & ((1 - outside.mean(0)) >= threshold if len(outside) else True)
    late = np.flatnonzero(~clear)
    first = 0 if not late.size else int(late[-1]) + 1
    return first if first < path.shape[1] else None
