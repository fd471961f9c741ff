"""k-means with the starts of k-means++ and the silhouette, for a few thousand points and a few groups.

The same groups as scikit-learn's `KMeans(number, n_init=10, random_state=0)`, to which a test holds it where no two
groupings are as good, without the seconds that importing it takes. Starts: greedy k-means++ (Arthur and Vassilvitskii
2007); steps: Lloyd 1982, doi 10.1109/TIT.1982.1056489; silhouette: Rousseeuw 1987, doi 10.1016/0377-0427(87)90125-7.
"""

from __future__ import annotations

import numpy as np

from polemos.record.world import Floats, Ints

STARTS = 10
ROUNDS = 300
CLOSE = 1e-4
"""Sum of squared moves of the centres, as a share of the mean variance of the columns, below which they stand."""


def squared_distances(a: Floats, b: Floats) -> Floats:
    """Squared distances [n, m] of points [n, F] and [m, F], never below 0."""
    away = (a**2).sum(1)[:, np.newaxis] - 2 * (a @ b.T) + (b**2).sum(1)
    return np.asarray(np.maximum(away, 0.0))


def k_means(points: Floats, number: int, *, seed: int = 0) -> Ints:
    """The group of each point [n] of [n, F], 0 to `number` - 1: of ten starts the one of least inertia."""
    x = np.asarray(points, float) - np.asarray(points, float).mean(axis=0)
    close, random = CLOSE * float(x.var(axis=0).mean()), np.random.RandomState(seed)
    best, least = np.zeros(len(x), np.int32), np.inf
    for _ in range(STARTS):
        group, inertia = _settled(x, _first(x, number, random), close)
        if inertia < least and not _same(group, best, number):
            best, least = group, inertia
    return best


def silhouette(away: Floats, group: Ints) -> float:
    """Mean silhouette of points by their distances [n, n] and groups [n]; a point alone counts 0."""
    members = np.eye(int(group.max()) + 1)[group]
    sizes, sums = members.sum(0), away @ members
    rows = np.arange(len(group))
    own = sums[rows, group] / np.maximum(sizes[group] - 1, 1)
    others = sums / sizes
    others[rows, group] = np.inf
    other = others.min(1)
    most = np.maximum(own, other)
    score = np.divide(other - own, most, out=np.zeros_like(own), where=(most > 0) & (sizes[group] > 1))
    return float(score.mean())


def _first(x: Floats, number: int, random: np.random.RandomState) -> Floats:
    """Centres to start with [number, F]: points drawn by their squared distance, each the best of a few tries."""
    tries = 2 + int(np.log(number))
    chosen = [int(random.choice(len(x), p=np.full(len(x), 1 / len(x))))]
    nearest = squared_distances(x[chosen], x)[0]
    for _ in range(1, number):
        levels = random.uniform(size=tries) * nearest.sum()
        tried = np.minimum(np.searchsorted(np.cumsum(nearest), levels), len(x) - 1)
        left = np.minimum(nearest, squared_distances(x[tried], x))
        best = int(left.sum(1).argmin())
        nearest = left[best]
        chosen.append(int(tried[best]))
    return np.asarray(x[chosen])


def _settled(x: Floats, centres: Floats, close: float) -> tuple[Ints, float]:
    """Groups [n] and their inertia, from some centres on until nothing moves."""
    before = np.full(len(x), -1)
    for _ in range(ROUNDS):
        group = _nearest(x, centres)
        then, centres = centres, _means(x, group, centres)
        if np.array_equal(group, before):
            break
        if ((centres - then) ** 2).sum() <= close:
            group = _nearest(x, centres)
            break
        before = group
    return group.astype(np.int32), float(((x - centres[group]) ** 2).sum())


def _nearest(x: Floats, centres: Floats) -> Ints:
    return np.asarray(((centres**2).sum(1) - 2 * (x @ centres.T)).argmin(1), np.int32)


def _means(x: Floats, group: Ints, centres: Floats) -> Floats:
    """The means of the groups [k, F]; an empty group gets the points that lie farthest from their centres."""
    members = np.eye(len(centres))[group]
    sums, sizes = members.T @ x, members.sum(0)
    empty = np.flatnonzero(sizes == 0)
    if empty.size:
        away = ((x - centres[group]) ** 2).sum(1)
        for centre, point in zip(empty, np.argsort(-away)[: empty.size], strict=True):
            sums[group[point]] -= x[point]
            sizes[group[point]] -= 1
            sums[centre], sizes[centre] = x[point], 1
    return np.asarray(sums / np.maximum(sizes, 1)[:, np.newaxis])


def _same(group: Ints, other: Ints, number: int) -> bool:
    """Whether two groupings differ in the numbers of the groups alone."""
    pairs = np.zeros((number, number), bool)
    pairs[group, other] = True
    return bool((pairs.sum(0) <= 1).all() and (pairs.sum(1) <= 1).all())
