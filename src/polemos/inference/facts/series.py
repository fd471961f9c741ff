"""The data of a fact in a chunk of trajectories: an organisation's land, attacks and other series in a window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from polemos.ensemble.summary import held_weights
from polemos.model.trajectory import Trajectories
from polemos.questions.member_answers import Lacking
from polemos.questions.voronoi import cells
from polemos.record.world import Floats, day

if TYPE_CHECKING:
    from polemos.inference.facts.facts import Fact

WEEK = np.timedelta64(7, "D")
LAND = ("places", "people", "cells")


def number(chunk: Trajectories, fact: Fact) -> int:
    """Index of the organisation of a fact."""
    return chunk.world.organisation(fact.organisation)


def land(chunk: Trajectories, fact: Fact) -> Floats:
    """What the organisation holds [m, T], in places, people or cells (km2)."""
    places = chunk.world.places
    weights = {"people": places.people, "cells": cells(places)}.get(fact.series, np.ones(len(places.id)))
    return held_weights(chunk.control, weights, chunk.world.nobody)[:, :, number(chunk, fact)].astype(float)


def at(chunk: Trajectories, date: object) -> int:
    """Index of the last date not after a day. Raises `Lacking` for one outside."""
    when = day(date)
    if when < chunk.dates[0] or when > chunk.dates[-1] + WEEK:
        raise Lacking
    return int(np.searchsorted(chunk.dates, when, side="right")) - 1


def between(chunk: Trajectories, fact: Fact) -> tuple[int, int]:
    """First index and one past the last of the window of a fact."""
    return at(chunk, fact.start), at(chunk, fact.end) + 1


def series(chunk: Trajectories, fact: Fact, name: str) -> Floats:
    """A series of the organisation [m, T]. Raises `Lacking`."""
    if name in LAND:
        return land(chunk, fact)
    if name == "attacks":
        return attacks(chunk, fact)
    if name not in chunk.strengths:
        raise Lacking
    return np.asarray(chunk.strengths[name][:, :, number(chunk, fact)], float)


def attacks(chunk: Trajectories, fact: Fact) -> Floats:
    """Attacks of the organisation [m, T] in its country, or in all. Raises `Lacking`."""
    if chunk.attacks is None:
        raise Lacking
    mine = chunk.attacks[:, :, number(chunk, fact)].astype(float)
    one = mine[:, :, chunk.countries.index(fact.country)] if fact.country else mine.sum(axis=2)
    return np.asarray(one, float)
