"""The state at the origin as events before it show it: where fighting is under way, and how many attacks there are.

Fighting. Of all contacts of the record before the origin (a place and another organisation next door, weekly), how
often did that organisation take the place within four weeks, by the number of battle events at the place between the
two in the four weeks before? The rate of each class of counts, relative to that of all contacts,

    weight = (captures + k r) / (contacts + k) / r,      r = captures / contacts over all,

multiplies the number of battles under way at the origin, and their starts for four weeks. Nothing is tuned: the war's
own past says how much fighting tells. Attacks. Weekly attacks of an organisation are scaled so that at the origin they
come to those observed over half a year, mixed with what the model expects as if it had been seen for `OWN_WEEKS`: by
organisation where events are given, else by organisation and country where the scenario's theatres count its home.
What this is not: events after the origin, or an estimate of what is never reported.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from polemos.model.inputs import countries
from polemos.model.past_pace import weeks_before
from polemos.record.events import Fights, fights, involving
from polemos.record.world import World

WEEKS = 4
"""Weeks in which fighting is recent, and in which a capture follows."""
CLASSES = np.array([1, 3, 10])
"""Least counts of the classes after that of none."""
MIXED = 500.0
"""Contact-weeks that the rate of all contacts counts for in a class (convention [?])."""
RATE_WEEKS, MONTHS, OWN_WEEKS = 26, 6, 4.0

Array = np.ndarray[Any, np.dtype[Any]]


def recent(fought: Fights, holders: Array, dates: Array, nobody: int) -> Array:
    """Events at a place in the weeks before a date that its holder and an organisation may have fought [T, P, O]."""
    counts = np.zeros((dates.size, holders.shape[1], nobody), np.int32)
    for t, date in enumerate(dates):
        now = (fought.end <= date) & (fought.end > date - 7 * WEEKS)
        place, who = fought.place[now], fought.who[now]
        holder = holders[t, place]
        ours = (holder < nobody) & ((who >> np.minimum(holder, nobody - 1)) & 1 == 1)
        for o in range(nobody):
            np.add.at(counts[t, :, o], place[ours & ((who >> o) & 1 == 1) & (holder != o)], 1)
    return counts


def front_weights(world: World, near_start: Array, near: Array) -> Array:
    """Battles under way at the origin by place and attacker, relative to those without the observation [P, O]."""
    nobody, size = world.nobody, len(world.places.id)
    if world.events is None:
        return np.ones((size, nobody))
    dates = weeks_before(world, 10_000)
    holders, observed = world.holders(dates), world.observed(dates)
    counts = recent(fights(world.events), holders, dates, nobody)
    classes = np.searchsorted(CLASSES, counts, side="right")
    beside = np.zeros((size, size), bool)
    for p in range(size):
        beside[p, near[near_start[p] : near_start[p + 1]]] = True
    captures, contacts = np.zeros(CLASSES.size + 1), np.zeros(CLASSES.size + 1)
    for t in range(dates.size - WEEKS):
        now, then = holders[t], holders[t + WEEKS]
        mine = now[:, np.newaxis] == np.arange(nobody)
        looked = (now < nobody) & observed[t] & observed[t + WEEKS]
        is_contact = (beside @ mine) & ~mine & looked[:, np.newaxis]
        contacts += np.bincount(classes[t][is_contact], minlength=contacts.size)
        is_capture = is_contact & (then[:, np.newaxis] == np.arange(nobody))
        captures += np.bincount(classes[t][is_capture], minlength=captures.size)
    if not captures.any():
        return np.ones((size, nobody))
    rate = captures.sum() / contacts.sum()
    weights: Array = ((captures + MIXED * rate) / (contacts + MIXED) / rate)[classes[-1]]
    return weights


def attack_counts(world: World) -> Array:
    """Events a week over the last half-year by organisation [O]; nan without the observation or for the unnamed."""
    if world.events is None:
        return np.full(world.nobody, np.nan)
    ever = involving(world.events, world.nobody, world.start - np.timedelta64(3660, "D"))
    lately = involving(world.events, world.nobody, world.until - np.timedelta64(7 * RATE_WEEKS, "D"))
    return np.where(ever > 0, lately / RATE_WEEKS, np.nan)


def home_counts(world: World) -> Array:
    """Attacks a week over the last half-year that is counted, of the core of a network at home [O, country]; else nan.

    Only months that were over by the origin count. Nothing is said where events themselves are given.
    """
    names = countries(world)
    counts = np.full((world.nobody, len(names)), np.nan)
    if world.events is not None or world.theatres is None:
        return counts
    theatres = world.theatres
    for row in np.flatnonzero(theatres.home & (theatres.core >= 0)):
        lately = theatres.attacks[row, -MONTHS:]
        if theatres.country[row] in names and lately.size == MONTHS and np.isfinite(lately).all():
            counts[theatres.core[row], names.index(theatres.country[row])] = lately.sum() / RATE_WEEKS
    return counts


def attack_scale(expected: Array, observed: Array) -> Array:
    """Factor on attacks [m, ...] from those expected at the origin and those seen [...] a week."""
    mixed = (RATE_WEEKS * observed + OWN_WEEKS * expected) / (RATE_WEEKS + OWN_WEEKS)
    scale: Array = np.where((expected > 0) & np.isfinite(observed), mixed / np.where(expected > 0, expected, 1.0), 1.0)
    return scale
