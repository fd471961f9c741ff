"""Turnover against its equation: what is made good, what land does, and what nobody foresees."""

from __future__ import annotations

import math

import numpy as np

from polemos.record.world import site
from test_processes import call, world_of_three

MEN = 1000.0


def armed(members=1, **values):
    """Both organisations with a thousand men: of the first a half in garrison, a quarter on the way."""
    arrays = world_of_three(members)
    arrays["organisation_site"] = np.array([site(x) for x in ("first", "second")], np.uint64)
    arrays["garrison"][:, 0, 0] = arrays["reserve"][:, 0, 2] = 250.0
    arrays["garrison"][:, 1, 2] = arrays["transit"][:, 0, 1, 3] = 250.0
    arrays["reserve"][:, 1, 0] = MEN
    arrays["land"][:] = arrays["land_before"][:] = [230_000.0, 60_000.0]
    for name, value in {"men_shock": 0.0, **values}.items():
        arrays[name][:] = value
    return arrays


def men(arrays):
    """Men in the open by organisation [m, 2]; of the places, the first holds two."""
    garrisons = arrays["garrison"].sum(2)
    held = np.stack([garrisons[:, :2].sum(1), garrisons[:, 2]], axis=1)
    return held + arrays["reserve"].sum(2) + arrays["transit"].sum((2, 3))


def test_the_shortfall_of_the_origin_is_made_good_and_a_surplus_stays():
    arrays = armed()
    arrays["leavers"][:], arrays["recruits"][:] = [20.0, 5.0], [5.0, 20.0]
    call("turnover", arrays)
    assert men(arrays)[0].tolist() == [MEN * math.exp(15 / MEN), MEN]
    assert arrays["garrison"][0, 0, 0] == 250 * math.exp(0.015)
    np.testing.assert_allclose(arrays["joined"][0], [MEN * math.expm1(0.015), 0.0])
    arrays["leavers"][:], arrays["step"] = 500.0, 2
    call("turnover", arrays)
    np.testing.assert_allclose(men(arrays)[0], [MEN * math.exp(0.03), MEN], rtol=1e-12)


def test_nothing_is_made_good_where_a_theory_says_so():
    arrays = armed(made_good=0.0)
    arrays["leavers"][:] = 20.0
    call("turnover", arrays)
    assert men(arrays)[0].tolist() == [MEN, MEN]


def test_men_follow_land_by_its_exponent_and_are_booked():
    arrays = armed(men_by_land=0.5)
    arrays["land"][:] = [230_000.0, 11_250.0]
    call("turnover", arrays)
    left = MEN * math.sqrt(16_250 / 65_000)
    np.testing.assert_allclose(men(arrays)[0], [MEN, left])
    np.testing.assert_allclose(arrays["home"][0], [0.0, MEN - left])
    call("turnover", arrays)
    np.testing.assert_allclose(men(arrays)[0], [MEN, left])


def test_shocks_spread_by_their_size_and_differ_between_organisations():
    arrays = armed(members=400, men_shock=0.1)
    call("turnover", arrays)
    logs = np.log(men(arrays) / MEN)
    assert np.abs(logs.mean(0)).max() < 0.02
    np.testing.assert_allclose(logs.std(0), 0.1, rtol=0.12)
    assert abs(np.corrcoef(logs.T)[0, 1]) < 0.15


def test_besiegers_are_men_of_their_own_side():
    arrays = armed(men_by_land=1.0)
    arrays["attacker"][0, 2], arrays["assault"][0, 2, 1] = 0, 100.0
    arrays["garrison"][0, 2, 1] = 40.0
    arrays["land"][0, 0] = 112_500.0
    call("turnover", arrays)
    assert arrays["assault"][0, 2, 1] == 50.0
    assert arrays["garrison"][0, 2, 1] == 40.0


def test_nobody_grows_beyond_ten_times_the_men_of_the_first_week():
    arrays = armed()
    arrays["leavers"][:] = [900.0, 0.0]
    for week in range(1, 6):
        arrays["step"] = week
        call("turnover", arrays)
    np.testing.assert_allclose(men(arrays)[0], [10 * MEN, MEN])
    assert arrays["joined"][0].tolist() == [9 * MEN, 0.0]
