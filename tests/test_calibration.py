"""Calibration curves: an honest forecaster lies on the diagonal, an overconfident one does not."""

import numpy as np
import pytest

from polemos.forecasters.markov import Persistence
from polemos.hindcasts.diagnostics import change
from polemos.hindcasts.hindcast import hindcast
from polemos.scores.calibration import curve
from worlds import START, restless, world_of


def test_the_honest_lie_on_the_diagonal():
    random = np.random.default_rng(0)
    p = random.random(40_000)
    happened = random.random(p.size) < p
    rows = curve(p, happened)
    assert sum(row.forecasts for row in rows) == p.size
    assert all(abs(row.probability - row.observed) < 0.03 for row in rows)
    sharpened = curve(np.clip(2 * p - 0.5, 0, 1), happened)
    assert sharpened[-1].probability - sharpened[-1].observed > 0.05


def test_edges():
    rows = curve([0, 0.5, 1, 1], [0, 1, 1, 0], (0, 0.5, 1))
    assert [(row.forecasts, row.observed) for row in rows] == [(1, 0), (3, pytest.approx(2 / 3))]


def test_change_against_the_record():
    world = world_of(restless(weeks=160))
    origin = START + np.timedelta64(7 * 120, "D")
    done = hindcast(world, [Persistence()], [origin], ("1mo", "3mo"))
    p, happened = change(done, "persistence", "3mo")
    assert p == pytest.approx(np.full((1, len(world.places.id)), 0.02))
    assert (happened[0] == (world.holders([done.dates[0, 1]])[0] != world.holders([origin])[0])).all()
    assert happened.any()
