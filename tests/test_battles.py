"""Full battles: attrition and breaking in a war, and the fast mode calibrated against them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polemos.model import engine, isolated_battles, processes, state
from polemos.model.groups import bind
from polemos.model.laws import breaking
from polemos.model.laws.attrition import helmbold
from polemos.model.process import Prior
from polemos.record.from_scenario import load
from polemos.record.world import site
from scenarios import tiny as write_tiny

WEEK = processes.load("battle_full")


def drawn_up(members=1, ratio=1.5, people=55_000.0, **given):
    values = isolated_battles.parameters(members, 1, given)
    return isolated_battles.draw_up(np.full(members, ratio), people, values, seed=1)


@pytest.mark.parametrize("w", [0.0, 0.5, 1.0])
def test_a_week_is_seven_days_of_the_closed_form(w):
    arrays = drawn_up(break_base=0.0, attrition_scatter=0.0, helmbold_w=w)
    isolated_battles.step(WEEK, arrays)
    rate = arrays["attrition"][0]
    left, other = helmbold(1500.0, 1000.0, rate, rate, w, 7.0)
    assert arrays["assault"][0, 0].sum() == pytest.approx(left, rel=1e-9)
    assert arrays["garrison"][0, 0].sum() == pytest.approx(other, rel=1e-9)
    assert arrays["killed"][0].sum() == pytest.approx(arrays["battle_deaths"][0, 0])
    assert arrays["battle_days"][0, 0] == 7
    assert arrays["outcome"][0, 0] == 0


@pytest.mark.parametrize("w", [0.1, 0.5, 0.9])
def test_a_battle_keeps_helmbolds_quantity_while_it_lasts(w):
    arrays = drawn_up(ratio=1.2, break_base=0.0, helmbold_w=w)
    kept = []
    for week in range(6):
        sides = arrays["assault"][0, 0].sum(), arrays["garrison"][0, 0].sum()
        kept.append(sides)
        arrays["step"] = week
        isolated_battles.step(WEEK, arrays)
    x, y = (np.array(side) ** (2 * w) for side in zip(*kept, strict=True))
    slope = np.diff(x) / np.diff(y)
    assert slope == pytest.approx(np.full(5, slope[0]), rel=1e-6)


def test_every_man_is_alive_or_booked_killed():
    arrays = drawn_up(500, break_base=0.02)
    for week in range(20):
        arrays["step"] = week
        isolated_battles.step(WEEK, arrays)
    alive = arrays["garrison"][:, 0].sum(1) + arrays["assault"][:, 0].sum(1)
    assert alive + arrays["killed"].sum(1) == pytest.approx(2500.0)
    assert (arrays["killed"] > 0).all()
    assert set(np.unique(arrays["outcome"][:, 0])) >= {state.ATTACKER_WON, state.DEFENDER_HELD}


def test_a_battle_that_broke_leaves_only_the_pursuit_to_fate():
    arrays = drawn_up(200, break_base=0.5)
    isolated_battles.step(WEEK, arrays)
    ended = arrays["outcome"][:, 0] != 0
    assert ended.mean() > 0.95
    assert arrays["still_to_fall"][ended, 0] == pytest.approx(arrays["pursuit"][ended])
    assert (arrays["still_to_fall"][:, 1] == 1).all()
    fate = processes.load("fate")
    share = {parameter.name: np.full(200, 0.4) for parameter in fate.parameters}
    more = {"supply": np.ones((200, 2)), "claim": np.zeros(2), "process": site("process fate"), "step": 1}
    empty = {name: np.zeros((200, 2)) for name in ("captured", "taken", "home")}
    empty |= {"transit": np.zeros((200, 2, 3, state.LAGS)), "underground": np.zeros((200, 2, 2))}
    lost = arrays["outcome"][:, 0] == state.ATTACKER_WON
    men, before = arrays["garrison"][:, 0].sum(1), arrays["killed"][:, 1].copy()
    everything = {**arrays, **share, **more, **empty}
    fate.kernel(*bind(fate.kernel, everything))
    fallen = arrays["killed"][:, 1] - before
    assert lost.sum() > 50
    assert fallen[lost] == pytest.approx((0.4 * arrays["pursuit"] * men)[lost])
    assert not fallen[~lost].any()


def test_a_siege_found_at_the_origin_waits_and_then_ends_as_in_the_fast_mode():
    arrays = drawn_up(400, ratio=3.0)
    arrays["weeks_left"][:, 0] = 3
    arrays["slope"][:] = 1.0
    for week in (1, 2):
        arrays["step"] = week
        isolated_battles.step(WEEK, arrays)
    assert not arrays["outcome"].any()
    assert not arrays["killed"].any()
    arrays["step"] = 3
    isolated_battles.step(WEEK, arrays)
    assert (arrays["outcome"][:, 0] != 0).all()
    assert (arrays["outcome"][:, 0] == state.ATTACKER_WON).mean() == pytest.approx(0.75, abs=0.1)
    assert (arrays["still_to_fall"] == 1).all()


def test_a_side_breaks_sooner_when_encircled_or_doubted():
    ratio, size = np.ones(4000), 55_000.0
    values = isolated_battles.parameters(ratio.size, 1, {"break_credibility": 2.0})
    usual = isolated_battles.fight(ratio, size, values, seed=1)
    shut = isolated_battles.fight(ratio, size, values, seed=1, encircled=True)
    doubted = isolated_battles.fight(ratio, size, values, seed=1, credibility=(0.8, 0.1))
    wavering = isolated_battles.fight(ratio, size, values, seed=1, credibility=(0.1, 0.8))
    assert usual.won.mean() == pytest.approx(0.5, abs=0.03)
    assert shut.won.mean() > usual.won.mean() + 0.1
    assert doubted.won.mean() > usual.won.mean() + 0.1
    assert wavering.won.mean() == pytest.approx(1 - doubted.won.mean(), abs=0.04)
    assert np.median(shut.days) < np.median(usual.days)
    assert np.median(doubted.days) < np.median(usual.days) * 0.8


def test_a_battle_that_no_week_decides_goes_on():
    fought = isolated_battles.fight(np.full(2, 1.0), 200_000.0, isolated_battles.parameters(2, seed=3), seed=3)
    assert fought.days.min() > 7


def test_hazards_are_those_of_the_equation():
    rate = breaking.hazard(0.002, 0.3, 5.0, 1.0, math.log(3), 0.4, 2.0)
    assert rate == pytest.approx(0.002 * math.exp(5 * 0.3 + math.log(3) + 2 * 0.6))


@given(st.floats(0.3, 5.0))
@settings(max_examples=5, deadline=None)
def test_unhurt_and_sure_sides_break_at_the_base_rate(ratio):
    values = isolated_battles.parameters(4000, 3, {"attrition": 1e-9, "break_base": 0.02, "break_credibility": 0.0})
    fought = isolated_battles.fight(np.full(4000, ratio), 55_000.0, values, seed=4)
    assert fought.won.mean() == pytest.approx(0.5, abs=0.035)
    assert fought.days.mean() == pytest.approx(1 / (1 - math.exp(-0.04)), rel=0.06)


def test_the_fit_recovers_a_known_fast_mode():
    rng = np.random.default_rng(1)
    ratio, people = rng.choice(isolated_battles.RATIOS, 20_000), rng.choice(isolated_battles.PEOPLE, 20_000)
    known = isolated_battles.Fast(0.2, 0.9, 0, 0, 400.0, 0.8, 0.3)
    days = np.maximum(np.round(known.days(ratio, people) * np.exp(0.8 * rng.standard_normal(ratio.size))), 1)
    won = rng.random(ratio.size) < known.win(ratio)
    zero = np.zeros(ratio.size)
    found = isolated_battles.fit(isolated_battles.Fought(ratio, people, won, days.astype(int), zero, zero))
    assert found.intercept == pytest.approx(0.2, abs=4 * found.intercept_error)
    assert found.slope == pytest.approx(0.9, abs=4 * found.slope_error)
    assert found.tau_b == pytest.approx(400, rel=0.03)
    assert found.sd_b == pytest.approx(0.8, rel=0.03)
    assert found.ratio_exponent == pytest.approx(0.3, abs=0.03)


def test_a_battle_says_how_long_it_was_and_what_it_cost():
    values = isolated_battles.parameters(30, 2, {"break_base": 0.05})
    ratio = np.linspace(0.6, 3.0, 30)
    fought = isolated_battles.fight(ratio, 55_000.0, values, seed=5)
    arrays = isolated_battles.draw_up(ratio, 55_000.0, values, seed=5)
    for week in range(60):
        arrays["step"] = week
        isolated_battles.step(WEEK, arrays)
    assert (arrays["outcome"][:, 0] != 0).all()
    assert np.array_equal(fought.won, arrays["outcome"][:, 0] == state.ATTACKER_WON)
    assert np.array_equal(fought.days, arrays["battle_days"][:, 0])
    assert fought.attackers_lost == pytest.approx(arrays["killed"][:, 0] / (1000.0 * ratio))
    assert fought.defenders_lost == pytest.approx(arrays["killed"][:, 1] / 1000.0)
    assert (fought.people == 55_000).all()
    shut = isolated_battles.draw_up(ratio, 55_000.0, values, seed=5, encircled=True)
    assert (shut["holder"] == [1, 0]).all()
    assert (arrays["holder"] == [1, 1]).all()


def test_a_grid_fights_in_every_cell_with_draws_of_its_own():
    found = isolated_battles.grid(3, ratios=(1.0, 2.0), people=(10_000.0, 300_000.0), fixed={"break_base": 0.2})
    assert found.ratio.tolist() == [1, 1, 1, 2, 2, 2] * 2
    assert found.people.tolist() == [10_000] * 6 + [300_000] * 6
    assert not np.array_equal(found.attackers_lost[:6], found.attackers_lost[6:])
    assert isolated_battles.RATIOS == (0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
    with pytest.raises(KeyError, match="no parameter braek"):
        isolated_battles.parameters(3, 1, {"braek": 1.0})


def test_how_far_the_modes_are_apart_by_hand():
    ratio = np.array([1.0, 1.0, 2.0, 2.0, 2.0, 2.0])
    people = np.full(6, 55_000.0)
    won = np.array([True, False, True, True, True, False])
    days = np.array([30, 50, 10, 20, 30, 40])
    zero = np.zeros(6)
    fast = isolated_battles.Fast(0.0, math.log(4) / math.log(2), 0, 0, 20.0, 1.0, 0.0)
    found = isolated_battles.agree(isolated_battles.Fought(ratio, people, won, days, zero, zero), fast)
    assert [(cell.ratio, cell.battles, cell.won_full, cell.days_full) for cell in found.cells] == [
        (1.0, 2, 0.5, 40.0),
        (2.0, 4, 0.75, 25.0),
    ]
    assert [cell.won_fast for cell in found.cells] == pytest.approx([0.5, 0.8])
    assert [cell.days_fast for cell in found.cells] == pytest.approx([20, 20])
    assert (found.worst_chance, found.mean_chance) == (pytest.approx(0.05), pytest.approx(0.025))
    assert found.worst_days == pytest.approx(2.0)


def test_the_size_of_a_town_is_one_at_55_000():
    assert isolated_battles.size(np.array([55_000.0, 115_000.0, 0.0])) == pytest.approx([1, 2, 1 / 12])


def test_outcomes_all_alike_fit_nothing():
    with pytest.raises(ValueError, match="same way"):
        isolated_battles.logistic(np.zeros(3), np.ones(3, bool))


def test_the_fast_mode_reproduces_the_full_mode():
    """Over ratios 1:2 to 6:1 and towns of 10,000 to 300,000: victory within 6 points, median lengths within 30 %."""
    found = isolated_battles.agree(isolated_battles.grid(2000))
    assert found.worst_chance < 0.06
    assert found.mean_chance < 0.025
    assert found.worst_days < 1.3
    assert found.fast.intercept == pytest.approx(0.0, abs=0.15)


def test_the_full_mode_means_what_the_fast_priors_say():
    """Priors of the two modes agree on slope, level, median length and scatter, within the fast priors' 90 %."""
    fast = isolated_battles.fit(isolated_battles.grid(500))
    assert abs(fast.slope - 1.0) < 1.645 * 0.3
    assert abs(math.log(fast.tau_b / 40.0)) < 1.645 * 0.8
    assert 0.7 < fast.sd_b < 1.1


@pytest.fixture(scope="module")
def cut(tmp_path_factory):
    return load(str(write_tiny(tmp_path_factory.mktemp("war")))).as_of("2002-01-01")


def fought(cut, until, members):
    """A war whose land moves by battles, each fought day by day, instead of at the front's rate."""
    return engine.prepare(cut, until, members=members, seed=1, without=("captures",), added=("attack", "battle_full"))


def test_a_war_of_full_battles_keeps_its_books(cut):
    setup = fought(cut, "2002-12-31", 60)
    names = [process.name for process in setup.processes]
    assert "battle" not in names
    assert names.index("attack") < names.index("battle_full") < names.index("fate")
    war = engine.simulate(setup, 0, 60, audit=True)
    ended = ~np.isnat(war.battles.end)
    assert ended.sum() > 20
    assert 0.1 < war.battles.captured[ended].mean() < 0.95
    assert (war.battles.deaths[ended] > 0).any()
    again = engine.simulate(fought(cut, "2002-12-31", 60), 20, 60)
    assert (again.control == war.control[20:]).all()


def test_off_it_leaves_no_trace(cut):
    """Switched on it adds parameters, and the draws of the others stay as they were."""
    usual = engine.prepare(cut, "2002-06-01", members=20, seed=1, without=("captures",), added=("attack", "battle"))
    full = engine.prepare(cut, "2002-06-01", members=20, seed=1, without=("captures",), added=("attack", "battle_full"))
    assert "battle_full" not in [process.name for process in usual.processes]
    assert "battle_full" in [process.name for process in full.processes]
    shared = usual.values.keys() & full.values.keys()
    assert {"g0", "beta_t", "h1"} <= shared
    for name in shared:
        assert (full.values[name] == usual.values[name]).all(), name


def test_the_command_shows_the_agreement_and_priors_for_a_theory():
    import json

    from typer.testing import CliRunner

    from polemos.cli.commands import app
    from polemos.ensemble.plan import read_prior

    asked = ["calibrate-battles", "--battles", "100", "--draws", "8"]
    told = CliRunner().invoke(app, asked)
    assert told.exit_code == 0
    assert "Victory differs by" in told.stdout
    found = json.loads(CliRunner().invoke(app, [*asked, "--json"]).stdout)
    assert len(found["cells"]) == len(isolated_battles.RATIOS) * len(isolated_battles.PEOPLE)
    assert [row["parameter"] for row in found["parameters"]] == list(isolated_battles.FAST)
    for row in found["parameters"]:
        assert isinstance(read_prior(row["for_a_theory"]), Prior)
    assert "polemos calibrate-battles" in CliRunner().invoke(app, ["calibrate-battles", "--help"]).stdout
