"""Tolerance of dates: who may have held a place when the record dates a change to so many days."""

from dataclasses import replace

import numpy as np

from polemos.record.control import draw_starts, drawn_holders
from polemos.score.tolerance import possible, settled
from worlds import START, restless, world_of

DAY = np.timedelta64(1, "D")


def imprecise(world, days):
    wide = np.full(world.spells.start.size, days, np.int32)
    return replace(world, spells=replace(world.spells, precision=wide))


def test_a_change_counts_as_open_within_its_precision():
    world = imprecise(world_of([[0, 0]] * 4 + [[1, 0]] * 4), 5)
    change = START + 28 * DAY
    dates = change + np.array([-6, -5, 0, 4, 5]) * DAY
    both = [[True, True], [True, True], [True, True]]
    assert possible(world, dates)[:, 0, :2].tolist() == [[True, False], *both, [False, True]]
    assert settled(world, dates)[:, 0].tolist() == [True, False, False, False, True]
    assert settled(world, dates)[:, 1].all()


def test_a_sure_record_has_one_holder():
    world = world_of(restless(weeks=40))
    dates = START + np.arange(0, 270, 30) * DAY
    flags = possible(world, dates)
    assert settled(world, dates).all()
    assert (flags.argmax(-1) == world.holders(dates)).all()


def test_every_drawn_record_is_possible():
    world = imprecise(world_of(restless(weeks=60, rate=0.05)), 10)
    dates = START + np.arange(0, 400, 9) * DAY
    flags, drawn = possible(world, dates), drawn_holders(world, draw_starts(world, seed=1, draws=200), dates)
    seen = np.stack([(drawn == holder).any(0) for holder in range(world.nobody + 1)], -1)
    assert not (seen & ~flags).any()
    assert (seen.sum(-1) > 1).any()
    assert not settled(world, dates).all()
