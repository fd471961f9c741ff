"""Estimates control from events where no map exists: a hidden Markov model over months, in the manner of Anders 2020.

    P(battles | z = h)      = q^(w f_h) (1 - q)^(w (1 - f_h))       f_h: share of the battles in which h is a side
    P(one-sided by o | z)   = r if o holds the place else 1 - r       weight min(1, count)
    P(z' = j | z = i)       = (1 - l) [i = j] + l s_j / (S - s_i) [i != j]    s_j: share of the battles with j, + 0.01

z is the holder of a place in a month. Events count at the place and around it, weighted by distance; w = min(1, count),
so that a month weighs by what was seen and not by how often (Anders uses relative frequencies too). A side whose name
means nobody may be anybody. An event that says who took a place (`polemos.record.transfers`) is all but proof: z is the
last taker of the month but for a chance of 1e-5, and the spell begins on the day. The first day's holders are given; no
later one is seen. As with Anders, q, r and l are stated from theory and not fitted: r < 1/2, for violence against
civilians marks the side that does not hold the place. (Learning them from the events by expectation and maximisation
was tried: it made the probabilities too sure.) Source: Anders 2020, Journal of Peace Research 57(6). What this is not:
a map. States are organisations and not an ordinal scale, and where only two sides fight each other, events hardly say
which of them holds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from polemos.record.events import BATTLES
from polemos.record.from_scenario import great_circle
from polemos.record.transfers import Transfer, transfers
from polemos.record.world import Days, Events, World

Array = NDArray[np.float64]

REACH_KM = 25.0
"""Events count at other places with exp(-distance / 25 km), the size of the hexagons of Anders (convention [?])."""
ANYBODY = 0.01
"""Share that one may take a place without having been seen to fight there (convention [?])."""
INVOLVED = 0.9
"""q: chance that the holder of a place is a side of a battle there (convention [?])."""
OWN = 0.4
"""r: chance that one-sided violence at a place is by its holder rather than by another (convention [?])."""
LEAVE = (0.005, 0.05)
"""l: chance a month that the holder changes, without battles and with them (convention [?])."""
SURE = 2 / 3
"""A holder less likely than this is contested in the spells (convention [?])."""
MISREAD = 1e-5
"""Likelihood of a report that one took a place in a month at whose end another has it (convention [?])."""
MONTH = 30.4
LEAST = 0.1
"""Weighted events from which a month counts as one with battles (convention [?])."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Events [T, P]: `weight` of the battles (at most 1), `share` [T, P, O + 1] with each as a side, `cruel` [T, P, O]
    weight of one-sided violence by each, `active` whether battles were fought, `taken` log likelihood of reports of who
    took the place [T, P, O + 1], without it none."""

    weight: Array
    share: Array
    cruel: Array
    active: NDArray[np.bool_]
    taken: Array | None = None


@dataclass(frozen=True, slots=True)
class Estimate:
    """Probability of each holder of each place in each month: `smoothed` knows all events, `filtered` those so far.

    Arrays [T, P, O + 1], the last holder nobody. `months` are first days; `seen` [P]: whether any event lies at or near
    the place. `changes` are the changes of hands that events tell of, and `left_open` counts those that do not say who
    took the place.
    """

    months: Days
    smoothed: Array
    filtered: Array
    seen: NDArray[np.bool_]
    changes: tuple[Transfer, ...] = ()
    left_open: int = 0


def estimate(world: World) -> Estimate:
    """Holders month by month out of the events of a world and its holders on the first day.

    Raises `ValueError` for a world without events.
    """
    if world.events is None or not len(world.events.id):
        raise ValueError("the world has no events; give a file of them")
    months = np.arange(world.start.astype("datetime64[M]"), world.until.astype("datetime64[M]") + 1)
    changes, left_open = transfers(world)
    sightings = _see(world, world.events, months)
    capture_terms = np.zeros((*sightings.weight.shape, world.nobody + 1))
    for change in changes:
        month = int((change.day.astype("datetime64[M]") - months[0]).astype(int))
        if 0 <= month < len(months):
            capture_terms[month, change.place] = np.log(MISREAD)
            capture_terms[month, change.place, change.holder] = 0.0
    sightings = replace(sightings, taken=capture_terms, active=sightings.active | (capture_terms < 0).any(axis=2))
    filtered, smoothed = _passes(_start(world), sightings)
    any_event = np.asarray(
        sightings.active.any(axis=0) | (sightings.weight > 0).any(axis=0) | (sightings.cruel > 0).any(axis=(0, 2))
    )
    return Estimate(months.astype("datetime64[D]"), smoothed, filtered, any_event, tuple(changes), left_open)


def _see(world: World, events: Events, months: NDArray[np.datetime64]) -> Seen:
    """What is seen at and around each place in each month."""
    places, many = world.places, world.nobody
    shape = (len(months), len(places.id))
    month = (events.start.astype("datetime64[M]") - months[0]).astype(int)
    inside = (events.place >= 0) & (month >= 0) & (month < len(months))
    battle, one_sided = np.isin(events.kind, BATTLES), events.kind == 3
    sides = events.side_a | events.side_b
    unknown = (events.side_a == 0) | (events.side_b == 0)
    raw = np.zeros((*shape, 2 * many + 1))
    for o in range(many):
        of = (sides >> o) & 1 == 1
        for row, rows in ((o, inside & battle & (of | unknown)), (many + o, inside & one_sided & of)):
            np.add.at(raw, (month[rows], events.place[rows], row), 1.0)
    rows = inside & battle
    np.add.at(raw, (month[rows], events.place[rows], 2 * many), 1.0)
    km = great_circle(places.lat[:, None], places.lon[:, None], places.lat[None], places.lon[None])
    near = np.where(km <= 3 * REACH_KM, np.exp(-km / REACH_KM), 0.0)
    smoothed = np.einsum("pq,tqk->tpk", near, raw, optimize=True)
    total = smoothed[..., 2 * many]
    share = np.zeros((*shape, many + 1))
    share[..., :many] = smoothed[..., :many] / np.where(total > 0, total, 1.0)[..., None]
    cruel = np.minimum(smoothed[..., many : 2 * many], 1.0)
    return Seen(np.minimum(total, 1.0), share, cruel, total >= LEAST)


def _start(world: World) -> Array:
    """Holders of the first day [P, O + 1], all but sure."""
    many = world.nobody + 1
    holders = world.holders([world.start])[0]
    start = np.full((len(world.places.id), many), 0.01 / (many - 1))
    start[np.arange(len(holders)), holders] = 0.99
    return start


def _loudness(sightings: Seen) -> Array:
    """Log likelihood [T, P, O + 1] of what is seen, by holder."""
    weight = sightings.weight[..., None]
    likelihood: Array = weight * (sightings.share * np.log(INVOLVED) + (1 - sightings.share) * np.log(1 - INVOLVED))
    likelihood[..., :-1] += sightings.cruel * (np.log(OWN) - np.log(1 - OWN))
    if sightings.taken is not None:
        likelihood += sightings.taken
    return likelihood


def _passes(start: Array, sightings: Seen) -> tuple[Array, Array]:
    """Forward and backward: filtered and smoothed [T, P, O + 1]."""
    loud = _loudness(sightings)
    steps = len(loud)
    likely = np.exp(loud - loud.max(axis=2, keepdims=True))
    pull = sightings.share + ANYBODY
    rest = pull.sum(axis=2, keepdims=True) - pull
    leave = np.array(LEAVE)[sightings.active.astype(int)][..., None]
    forward, scale = np.empty_like(loud), np.empty(loud.shape[:2])
    for t in range(steps):
        ahead = start
        if t:
            pushed = forward[t - 1] / rest[t]
            ahead = (1 - leave[t]) * forward[t - 1] + leave[t] * pull[t] * (pushed.sum(axis=1, keepdims=True) - pushed)
        joint = ahead * likely[t]
        scale[t] = joint.sum(axis=1)
        forward[t] = joint / scale[t, :, None]
    backward = np.ones_like(loud[0])
    smoothed = np.empty_like(loud)
    smoothed[-1] = forward[-1]
    for t in range(steps - 1, 0, -1):
        ahead = likely[t] * backward / scale[t, :, None]
        drawn = pull[t] * ahead
        backward = (1 - leave[t]) * ahead + leave[t] * (drawn.sum(axis=1, keepdims=True) - drawn) / rest[t]
        smoothed[t - 1] = forward[t - 1] * backward
        smoothed[t - 1] /= smoothed[t - 1].sum(axis=1, keepdims=True)
    return forward, smoothed


def spells(world: World, filtered: Estimate) -> list[dict[str, object]]:
    """Rows of control.csv of the places with events: the likeliest holder each month, with how sure it is.

    The holder is that of the events so far, which came out nearer to the record in three wars than that of all events.
    A start is as precise as the months in which the probability of the new holder rises from 1/4 to 3/4.
    """
    names = [*world.organisations.id, ""]
    rows: list[dict[str, object]] = []
    for p in np.flatnonzero(filtered.seen).tolist():
        path = _path(world, filtered, p)
        for number, (begins, holder, month, event) in enumerate(path):
            chance = filtered.filtered[:, p, holder]
            until = path[number + 1] if number + 1 < len(path) else None
            last = len(chance) if until is None else max(until[2], month + 1)
            mean = float(chance[month:last].mean())
            source = f"estimated from events (hidden Markov model), mean probability {mean:.2f}"
            row = {
                "place": world.places.id[p],
                "holder": names[holder],
                "start": begins,
                "contested": int(mean < SURE and event is None),
                "precision": "window" if number == 0 else _width(chance, month) if event is None else event.precision,
                "source": source if event is None else f"event {event.event}; after it {source}",
            }
            if until is not None:
                row["end"] = until[0]
            rows.append(row)
    return rows


def _path(world: World, filtered: Estimate, place: int) -> list[tuple[np.datetime64, int, int, Transfer | None]]:
    """Spells of a place: first day, holder, month, and the event by which it began, if one tells.

    In a month with such events these are the changes; in the others the likeliest holder is that from the first day on.
    """
    likely = filtered.filtered[:, place].argmax(axis=1).tolist()
    by_month: dict[int, list[Transfer]] = {}
    for change in filtered.changes:
        if change.place == place:
            month = int(np.searchsorted(filtered.months, change.day, side="right")) - 1
            by_month.setdefault(month, []).append(change)
    first_holder = int(world.holders([world.start])[0, place])
    path: list[tuple[np.datetime64, int, int, Transfer | None]] = []
    for month, holder in enumerate(likely):
        changes = by_month.get(month, [])
        if not path:
            begins = first_holder if changes else holder
            path.append((world.start, begins, 0, None))
        if not changes and holder != path[-1][1]:
            path.append((filtered.months[month], holder, month, None))
        for change in changes:
            if change.holder != path[-1][1]:
                path.append((change.day, change.holder, month, change))
    # A place taken on the first day was never another's in this record.
    return path if len(path) < 2 or path[1][0] > path[0][0] else [(path[0][0], *path[1][1:]), *path[2:]]


def _width(chance: Array, first: int) -> int:
    """Half of the days in which a probability rises from 1/4 to 3/4 around a month, half a month at least."""
    before = next((t for t in range(first - 1, -1, -1) if chance[t] < 0.25), 0)
    after = next((t for t in range(first, len(chance)) if chance[t] > 0.75), len(chance) - 1)
    return min(round(max(after - before, 1) * MONTH / 2), 999)


@dataclass(frozen=True, slots=True)
class Row:
    """How a rule does on the record: over all place-months, and those no longer with the holder of the first day."""

    name: str
    right: float
    brier: float
    right_changed: float
    cells: int
    changed: int


def score(world: World, filtered: Estimate) -> list[Row]:
    """The estimate beside two rules on the record's holders at the end of each month, of the places with events.

    What nobody observed is left out; no row where that is all.

    Persistence keeps the holder of the first day; last event gives a place to the organisation with most events at it
    in the last month that had any. Brier is the sum over holders, from 0 to 2.
    """
    ends = np.minimum((filtered.months.astype("datetime64[M]") + 1).astype("datetime64[D]") - 1, world.until)
    truth, looked = world.holders(ends)[:, filtered.seen], world.observed(ends)[:, filtered.seen]
    if not looked.any():
        return []
    start = world.holders([world.start])[0, filtered.seen]
    many = world.nobody + 1
    persist = np.repeat(np.eye(many)[start][np.newaxis], len(truth), axis=0)
    tables = {
        "estimate, all events": filtered.smoothed[:, filtered.seen],
        "estimate, events so far": filtered.filtered[:, filtered.seen],
        "last event": _last_event(world, filtered, start),
        "persistence": persist,
    }
    part = slice(None) if looked.all() else looked
    moved = (truth != start) & looked
    actual = np.eye(many)[truth]
    rows = []
    for name, chance in tables.items():
        right = chance.argmax(axis=2) == truth
        brier = ((chance - actual) ** 2).sum(axis=2)
        changed = float(right[moved].mean()) if moved.any() else float("nan")
        mean = float(right[part].mean()), float(brier[part].mean())
        rows.append(Row(name, *mean, changed, right[part].size, int(moved.sum())))
    return rows


def _last_event(world: World, filtered: Estimate, start: NDArray[np.int8]) -> Array:
    assert world.events is not None
    sightings = _see(world, world.events, filtered.months.astype("datetime64[M]"))
    counts = (sightings.share[..., :-1] * sightings.weight[..., None])[:, filtered.seen]
    holders = start.astype(int).copy()
    path = np.empty(counts.shape[:2], int)
    for t, now in enumerate(counts):
        most = now.max(axis=1)
        # A tie leaves the place with whom it is.
        clear = (most >= LEAST) & ((now == most[:, None]).sum(axis=1) == 1)
        holders = np.where(clear, now.argmax(axis=1), holders)
        path[t] = holders
    return np.eye(world.nobody + 1)[path]
