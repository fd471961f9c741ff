"""Distance to the front, extrapolated land, resampled history: each does what it says on a war made for it."""

from dataclasses import replace

import numpy as np
import pytest

from polemos.forecasters.conflictology import Conflictology
from polemos.forecasters.distance_hazard import BANDS, DistanceHazard, nearest_foe, road_km
from polemos.forecasters.log_linear import LogLinear
from worlds import START, restless, world_of

WEEK = np.timedelta64(7, "D")
CHAIN = np.array([[0, 1], [1, 2], [2, 3], [4, 5]])


def with_km(world, km):
    return replace(world, links=replace(world.links, km=np.full(world.links.a.size, float(km))))


def cut(world):
    return world.as_of(world.until)


def ordered(km):
    order = np.argsort(km, axis=1, kind="stable")
    return order[order != np.arange(len(order))[:, np.newaxis]].reshape(len(order), -1)


def test_roads_and_foes_by_hand():
    world = with_km(world_of([[0, 0, 1, 1, 0, 0]] * 2, links=CHAIN), 20)
    km = road_km(world)
    assert km[0, :4].tolist() == [0, 20, 40, 60]
    assert np.isinf(km[0, 4])
    held = np.array([[0, 0, 1, 3, 3, 0], [2, 2, 2, 2, 2, 2]], np.int8)
    foe = nearest_foe(held, ordered(km), nobody=3)
    # Nobody is nobody's foe; a place that nobody holds has one; a foe out of reach is the last resort.
    assert foe[0, :4].tolist() == [2, 2, 1, 2]
    assert held[0, foe[0, 4]] != 3
    assert (foe[1] == -1).all()


def test_foes_are_found_beyond_the_first_look():
    size = 60
    world = world_of([[0] * (size - 1) + [1]] * 2, links=np.array([[i, i + 1] for i in range(size - 1)]))
    held = world.holders([START])
    assert (nearest_foe(held, ordered(road_km(world)), 3)[0, :-1] == size - 1).all()


def test_the_hazard_falls_with_distance_and_the_nearest_wins():
    """On a ring where places go over to a neighbour, only those next to another are in danger."""
    known = cut(with_km(world_of(restless(weeks=160, size=30, rate=0.02)), 40))
    forecaster = DistanceHazard(members=100)
    km = road_km(known)
    fitted = forecaster.fit(known, ordered(km), km)
    # 40 km to a neighbour: the third band; farther is 80 km and more.
    assert np.searchsorted(BANDS, 40) == 2
    assert fitted.chance[2] > 3 * fitted.chance[3]
    assert fitted.nearest > 0.6
    p = forecaster.forecast(known, [known.until + 4 * WEEK])[0]
    now = known.holders([known.until])[0]
    foe = nearest_foe(now[np.newaxis], ordered(km), known.nobody)[0]
    moves = 1 - p[np.arange(now.size), now]
    close = km[np.arange(now.size), foe] <= 40
    assert moves[close].mean() > 2 * moves[~close].mean()
    assert (p[close, now[foe[close]]] > 0.5 * moves[close]).mean() > 0.8


def test_last_step_agrees_with_the_members():
    known = cut(with_km(world_of(restless(weeks=120, rate=0.03)), 10))
    control, p = DistanceHazard(members=3000).simulate(known, 6, [6])
    counted = np.stack([(control[:, -1] == holder).mean(0) for holder in range(p.shape[-1])], -1)
    assert np.abs(counted - p[0]).max() < 0.04


def shrinking(rate=0.02, size=100, weeks=60):
    """Org 0 loses a fixed share of its land a week to org 1, from the end of a chain on."""
    left = np.rint((size - 20) * np.exp(-rate * np.arange(weeks))).astype(int)
    return np.where(np.arange(size) < left[:, np.newaxis], 0, 1)


def test_land_is_extrapolated_at_its_rate():
    links = np.array([[i, i + 1] for i in range(99)])
    world = with_km(world_of(shrinking(), links=links, organisations=2), 20)
    known = cut(world)
    forecaster = LogLinear(weeks=39)
    growth, scatter = forecaster.rates(known)
    assert growth[0] == pytest.approx(-0.02, abs=0.004)
    assert scatter[0] < 0.03
    p = forecaster.forecast(known, [known.until + 13 * WEEK])[0]
    left = int((known.holders([known.until])[0] == 0).sum())
    land = p[:left, 0].sum()
    # Both lines are extrapolated, then made to add up to the map: org 1 presses as well.
    assert 0.5 * left < land < 0.9 * left
    # The places by the front go first, to the one that grows.
    assert p[left - 1, 0] < 0.4 < 0.9 < p[0, 0]
    assert p[left - 1, 1] > 0.6
    assert p[left:, 1].min() > 0.8


def test_a_calm_year_forecasts_calm():
    known = cut(world_of(np.repeat([[0] * 8 + [1] * 8], 60, 0)))
    now = known.holders([known.until])[0]
    for forecaster in (LogLinear(), Conflictology(members=200), DistanceHazard(members=50)):
        p = forecaster.forecast(known, known.until + np.array([4, 26]) * WEEK)
        assert (p[:, np.arange(16), now] > 0.9).all(), forecaster.name


def test_history_repeats_itself_at_its_rate():
    held = np.zeros((104, 40), int)
    held[:, 20:] = 1
    random = np.random.default_rng(0)
    for week in range(1, 104):
        held[week] = held[week - 1]
        for place in np.flatnonzero(random.random(40) < 0.02):
            held[week, place] = 1 - held[week, place]
    known = cut(world_of(held, organisations=2))
    now = known.holders([known.until])[0]
    moved = (held[8:] != held[:-8]).mean()
    p = Conflictology(members=400).forecast(known, [known.until + 8 * WEEK])[0]
    assert 1 - p[np.arange(40), now].mean() == pytest.approx(moved, rel=0.3)


def test_a_stretch_longer_than_the_record_is_put_together():
    known = cut(world_of(restless(weeks=20, rate=0.05)))
    control = Conflictology(members=30).simulate(known, 50)
    assert control.shape == (30, 51, 24)
    assert (control[:, -1] != control[:, 0]).any()
    assert (control[:, 0] == known.holders([known.until])[0]).all()
