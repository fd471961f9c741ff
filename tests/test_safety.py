"""No NaN, infinity, negative number or lost man, for any parameters and for wars at the edge of sense."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from polemos.model import engine, processes
from polemos.war.war import load
from scenarios import put

BOUNDED = ("uniform", "loguniform", "beta", "either", "fixed")
EVERYTHING = [name for name in processes.names() if not processes.load(name).on]
MODES = {"usual": [], "everything": EVERYTHING}


def at_the_edges(setup, seed):
    """The setup with every parameter of every member at an edge of its prior, or anywhere inside, a third each."""
    chance = np.random.default_rng(seed)
    values = dict(setup.values)
    for _, parameter in engine.parameters(setup.processes):
        shape = values[parameter.name].shape
        edge = 0.0 if parameter.prior.kind in BOUNDED else 1e-6
        u = np.choose(
            chance.integers(0, 3, shape), [np.full(shape, edge), chance.random(shape), np.full(shape, 1 - edge)]
        )
        values[parameter.name] = np.ascontiguousarray(parameter.prior.quantile(u), np.float64)
    assert all(np.isfinite(value).all() or name == "u_c" for name, value in values.items())
    return replace(setup, values=values)


def is_sound(war, members, added=(), seed=1, weeks=60, learn=True, origin=None, edges=True):
    origin = origin or war.origin()
    cut = war.world.as_of(origin)
    until = origin + np.timedelta64(7 * weeks, "D")
    setup = engine.prepare(
        cut, until, members=members, seed=seed, added=added, ground=engine.survey(cut, until, learn=learn)
    )
    run = engine.simulate(at_the_edges(setup, seed) if edges else setup, 0, members, audit=True)
    after = run.dates >= origin
    for name, whole in {**run.strengths, "attacks": run.attacks}.items():
        series = whole[:, after]
        if not setup.men:
            assert np.isnan(series).all(), f"{name}: without strengths men play no part"
            continue
        assert np.isfinite(series).all(), name
        assert (series >= 0).all(), name
    assert run.control.min() >= 0
    assert run.control.max() <= cut.nobody
    return run


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("learn", [True, False])
def test_a_hundred_vectors(tiny, mode, learn):
    is_sound(load(tiny), 100, MODES[mode], learn=learn)


@pytest.mark.slow
@pytest.mark.parametrize("mode", MODES)
def test_two_thousand_vectors_on_a_war_that_ships(mode):
    for seed in range(10):
        is_sound(load("mali"), 200, MODES[mode], seed=seed)


def one_place(path):
    places = (path / "places.csv").read_text().splitlines()
    (path / "places.csv").write_text("\n".join(places[:2]) + "\n")
    (path / "links.csv").write_text("a,b,kind,km\n")
    control = (path / "control.csv").read_text().splitlines()
    (path / "control.csv").write_text("\n".join(line for line in control if line.startswith(("place", "alder"))) + "\n")
    (path / "roles.csv").unlink()


def one_organisation(path):
    text = (path / "scenario.yaml").read_text()
    kept = [line for line in text.splitlines() if not line.startswith(("  guild", "  hill"))]
    (path / "scenario.yaml").write_text("\n".join(kept).replace("focus: [guild]", "focus: [crown]") + "\n")
    for file in path.glob("*.csv"):
        if file.name not in ("places.csv", "links.csv", "control.csv"):
            file.unlink()
    rows = "".join(
        f"{place},crown,2001-01-01,,0,window,,\n" for place in ("alder", "birch", "cedar", "dale", "elm", "fir")
    )
    (path / "control.csv").write_text("place,holder,start,end,contested,precision,source,note\n" + rows)


def no_link(path):
    (path / "links.csv").write_text("a,b,kind,km\n")


def ten_million_fighters(path):
    put(path, "strengths.csv", "3000,5000,8000", "10000000,10000000,10000000")


def nobody_lives_there(path):
    for people in ("200000", "40000", "25000", "30000", "90000"):
        put(path, "places.csv", f",{people},", ",0,")
    assert not load(path).world.places.people.any()


EXTREMES = [one_place, one_organisation, no_link, ten_million_fighters, nobody_lives_there]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("change", EXTREMES, ids=lambda change: change.__name__)
def test_wars_at_the_edge_of_sense(tiny, change, mode):
    change(tiny)
    is_sound(load(tiny), 20, MODES[mode])
    is_sound(load(tiny), 20, MODES[mode], edges=False)


@pytest.mark.slow
@pytest.mark.parametrize("mode", MODES)
def test_two_hundred_years(tiny, mode):
    is_sound(load(tiny), 4, MODES[mode], weeks=200 * 52)


def test_the_edges_are_the_edges(tiny):
    war = load(tiny)
    setup = engine.prepare(war.world.as_of(war.origin()), "2002-06-01", members=200, seed=1)
    moved = at_the_edges(setup, 2)
    for _, parameter in engine.parameters(setup.processes):
        if parameter.prior.kind == "uniform":
            assert moved.values[parameter.name].min() == parameter.prior.a
            assert moved.values[parameter.name].max() == pytest.approx(parameter.prior.b)
