"""Whole small wars against numbers that were kept: what a change of an equation, a prior or a draw cannot leave alone.

Five wars over six places; between them they run every process, a learnt front and one that is not, take places in every
way there is, and are changed by interventions. Nothing here says that the numbers are right (the tests of each process
do), only that they are those of `whole_war.json`. After a change that is
meant, `python tests/test_whole_war.py` writes them again; the commit says why they moved.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from polemos.model import engine, processes
from polemos.model.interventions import read
from polemos.model.state import CHANNELS
from polemos.war.war import load
from scenarios import tiny as write_tiny

KEPT = Path(__file__).with_name("whole_war.json")
MEMBERS, WEEKS = 12, 52
CHANGES = (
    "supports.emperor=0@2002-04-10",
    "gives.emperor.guild.airpower=1@2002-05-01",
    "relations.crown.hill=war@2002-03-20",
    "losses.crown=0.3@2002-04-01",
    "pins.dale=1@2002-03-20",
    "processes.attitudes=off@2002-08-01",
    "slope=0.5@2002-06-01",
)
RESTLESS = {"u_c": 5.0, "g_min": 500.0, "reemerging": 0.3, "rising": 0.3, "uprisings": 1.0, "rise_threshold": 0.01}
RESTLESS |= {"rho": 0.3, "theta": -2.0}
NOT_USUAL = tuple(name for name in processes.names() if not processes.load(name).on)
FACTORS = {"belief_foe": -1.0, "men_own": 0.5, "lost_foe": 0.5, "supply_foe": -1.0}
WARS = {
    "usual": ("2002-01-01", {}, ()),
    "everything, nothing learnt": ("2001-07-01", {"added": NOT_USUAL, "learn": False}, ()),
    "places that rise and units that go over": ("2002-01-01", {"added": NOT_USUAL, "theory": RESTLESS}, ()),
    "captures at the rate of the front": ("2002-01-01", {"theory": FACTORS}, ()),
    "everything, changed": ("2002-03-05", {"added": NOT_USUAL}, CHANGES),
}


def simulated(folder: Path, name: str) -> dict[str, float]:
    """Sums of what a war begins with and of what happens in it, by name."""
    origin, given, changes = WARS[name]
    more: dict[str, Any] = dict(given)
    world = load(str(write_tiny(folder))).world
    origin = np.datetime64(origin)
    until = min(origin + 7 * WEEKS, world.until)
    cut = world.as_of(origin)
    ground = engine.survey(cut, until, inputs=world if changes else None, learn=more.pop("learn", True))
    if changes:
        more["change"] = read(changes)
    setup = engine.prepare(cut, until, members=MEMBERS, seed=1, ground=ground, **more)
    begun = {**engine.start(setup, 0, MEMBERS), **setup.values}
    numbers = {
        key: value for key, value in begun.items() if isinstance(value, np.ndarray) and value.dtype.kind in "fib"
    }
    found = {f"start {key}": whole(value) for key, value in numbers.items()}
    war = engine.simulate(setup, 0, MEMBERS, audit=True)
    after = war.dates >= war.origin
    for series, values in {**war.strengths, "attacks": war.attacks}.items():
        for week in (1, 13, 43):
            sums = values[:, after][:, week].astype(float).sum(axis=0).reshape(values.shape[2], -1).sum(axis=1)
            for o, value in zip(world.organisations.id, sums, strict=True):
                found[f"{series} of {o}, week {week}"] = float(value)
    for p, place in enumerate(world.places.id):
        for o in range(world.nobody + 1):
            found[f"weeks that {place} has holder {o}"] = float((war.control[:, after, p] == o).sum())
    for part in (war.battles, war.captures):
        for field in part.__slots__:
            values = getattr(part, field)
            if values.dtype.kind == "M":
                values = (values[~np.isnat(values)] - war.origin).astype(int)
            found[f"{type(part).__name__.lower()} {field}"] = whole(values)
    for channel, way in enumerate(CHANNELS[1:], 1):
        found[f"taken by {way}"] = float((war.captures.channel == channel).sum())
    return found


def whole(values) -> float:
    """A sum in which places and members do not stand for each other; what is not finite counts as -1."""
    flat = np.asarray(values, np.float64).ravel()
    return float((np.where(np.isfinite(flat), flat, -1.0) * (1 + np.arange(flat.size) % 7)).sum())


@pytest.mark.parametrize("name", WARS)
def test_a_whole_war_is_the_one_that_was_kept(tmp_path, name):
    kept, now = json.loads(KEPT.read_text(encoding="utf-8"))[name], simulated(tmp_path, name)
    moved = {
        key: (kept.get(key), value) for key, value in now.items() if kept.get(key) != pytest.approx(value, rel=1e-6)
    }
    assert not moved, f"as kept and as they are now: {dict(list(moved.items())[:10])}; meant? see the top of this file"
    assert set(kept) == set(now)


def test_between_them_the_wars_take_places_in_every_way():
    kept = json.loads(KEPT.read_text(encoding="utf-8"))
    for way in CHANNELS[1:]:
        assert sum(table[f"taken by {way}"] for table in kept.values()) > 0, way


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        table = {name: simulated(Path(made) / str(i), name) for i, name in enumerate(WARS)}
    KEPT.write_text(json.dumps(table, indent=0, sort_keys=True) + "\n", encoding="utf-8")
