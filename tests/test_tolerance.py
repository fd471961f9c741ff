"""Tolerance of dates: who may have held a place when the record dates a change to so many days."""

from dataclasses import replace

import numpy as np
import pytest

from polemos.hindcasts.place_scores import place_scores
from polemos.record.control import draw_starts, drawn_holders
from polemos.scores.date_tolerance import likeliest, possible
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
    assert (possible(world, dates)[:, 1].sum(-1) == 1).all()


def test_a_sure_record_has_one_holder():
    world = world_of(restless(weeks=40))
    dates = START + np.arange(0, 270, 30) * DAY
    flags = possible(world, dates)
    assert (flags.sum(-1) == 1).all()
    assert (flags.argmax(-1) == world.holders(dates)).all()


def test_every_drawn_record_is_possible():
    world = imprecise(world_of(restless(weeks=60, rate=0.05)), 10)
    dates = START + np.arange(0, 400, 9) * DAY
    flags, drawn = possible(world, dates), drawn_holders(world, draw_starts(world, seed=1, draws=200), dates)
    seen = np.stack([(drawn == holder).any(0) for holder in range(world.nobody + 1)], -1)
    assert not (seen & ~flags).any()
    assert (seen.sum(-1) > 1).any()


def test_the_better_of_the_bounds_by_hand():
    """A place that is held by one or the other within the precision scores as the likelier of the two."""
    world = imprecise(world_of([[0, 0]] * 4 + [[1, 0]] * 4), 5)
    dates = START + np.array([27, 27 + 14]) * DAY
    p = np.array([[[0.1, 0.7, 0.1, 0.1], [0.9, 0.1, 0, 0]], [[0.7, 0.1, 0.1, 0.1], [0.9, 0.1, 0, 0]]])
    assert likeliest(p, possible(world, dates)).tolist() == [[0.7, 0.9], [0.1, 0.9]]
    rows = place_scores(
        "one", START, ("1w", "2w"), p, world.holders(dates), np.zeros(2, bool), None, possible(world, dates)
    )
    log = [[-np.log(0.998 * q + 0.002 / 4) for q in pair] for pair in ((0.1, 0.9), (0.7, 0.9), (0.1, 0.9))]
    assert [row.log for row in rows] == pytest.approx([np.mean(log[0]), np.mean(log[2])])
    assert [row.log_dated for row in rows] == pytest.approx([np.mean(log[1]), np.mean(log[2])])
