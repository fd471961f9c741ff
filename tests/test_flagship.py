"""The model on the shipped wars: what must hold in every week of every member, and no look-ahead."""

from __future__ import annotations

import random
import shutil
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from polemos.model import engine
from polemos.record.from_scenario import load
from polemos.scenario.load import find
from scenarios import cut as cut_by_hand
from scenarios import rows, save

ORIGIN = "2017-10-27"


def control(world, members=12, until="2018-06-01", **more):
    setup = engine.prepare(world, until, members=members, seed=1, **more)
    war = engine.simulate(setup, 0, members, audit=True)
    return war.control.tobytes() + war.strengths["fighters"].tobytes() + war.attacks.tobytes()


@pytest.mark.parametrize("origin", ["2015-10-04", "2016-01-19", ORIGIN])
def test_every_origin_runs_with_its_books_balanced(origin):
    control(load("caliphate").as_of(origin), until="2017-12-31" if origin < "2016" else "2018-12-31")


@pytest.mark.parametrize(
    ("war", "origin", "until"), [("mali", "2012-06-01", "2013-02-01"), ("sri_lanka", "2008-01-01", "2009-05-01")]
)
def test_the_other_wars_run_by_the_same_code(war, origin, until):
    control(load(war).as_of(origin), until=until)


def test_files_cut_off_by_hand_at_the_origin_give_the_same_run(tmp_path):
    folder = tmp_path / "caliphate"
    shutil.copytree(find("caliphate"), folder)
    cut_by_hand(folder, ORIGIN)
    assert control(load(str(folder)).as_of(ORIGIN)) == control(load("caliphate").as_of(ORIGIN))


def test_the_order_of_rows_changes_nothing(tmp_path):
    folder = tmp_path / "caliphate"
    shutil.copytree(find("caliphate"), folder)
    shuffle = random.Random(3)
    for file in folder.glob("*.csv"):
        table = rows(file)
        columns = list(table[0])
        shuffle.shuffle(table)
        save(file, table, columns)
    assert control(load(str(folder)).as_of(ORIGIN)) == control(load("caliphate").as_of(ORIGIN))


def test_a_new_place_moves_no_other_draw():
    """Draws are addressed by id: those of the places that stay are the same with and without another place."""
    from polemos.model.rng import draws, member_keys
    from polemos.record.world import site

    names = load("caliphate").places.id
    keys = member_keys(1, 0, 5)
    sites = np.array([site(name) for name in names], np.uint64)
    more = np.insert(sites, 100, site("a new place"))
    before, after = draws(keys, site("process attack"), sites), draws(keys, site("process attack"), more)
    assert (np.delete(after, 100, axis=1) == before).all()


@pytest.mark.slow
def test_books_balance_in_every_week_of_a_thousand_members():
    world = load("caliphate").as_of(ORIGIN)
    setup = engine.prepare(world, "2019-12-31", members=1000, seed=1)
    with ThreadPoolExecutor(2) as pool:
        wars = list(pool.map(lambda first: engine.simulate(setup, first, first + 50, audit=True), range(0, 1000, 50)))
    assert sum(war.members for war in wars) == 1000
    kinds = np.concatenate([war.control.ravel() for war in wars])
    assert kinds.min() >= 0
    assert kinds.max() <= world.nobody
