"""Inputs that surprise: rates learnt from dated rows, drawn forward from an origin, the same for any chunk."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from polemos.elsewhere.pledges import Rate
from polemos.ensemble import drawn_inputs, input_hazards
from polemos.record.from_scenario import load as load_world
from polemos.record.world import TRUCE, WAR
from polemos.war.war import load
from scenarios import tiny

ORIGIN, UNTIL = "2002-01-01", np.datetime64("2012-01-01")
YEAR = 365.25


def rates(ends=0, returns=0, turns=0, dies=0, years=1e9):
    pairs = {(i, j): Rate(turns, years) for i in range(4) for j in range(4) if i != j}
    return input_hazards.Hazards(Rate(ends, years), Rate(returns, years), pairs, Rate(dies, years))


def test_rates_are_events_over_the_years_in_which_they_could_come(tmp_path):
    world = load_world(str(tiny(tmp_path)))
    learnt = input_hazards.learn([world])
    # Airpower to 2002-06-01, money to 2002-08-01, weapons of the guild to 2001-06-01; weapons of the emperor run on.
    after = np.datetime64("2003-01-01")
    spells = [
        ("2001-01-01", "2002-06-01"),
        ("2001-08-01", after),
        ("2001-01-01", "2002-08-01"),
        ("2001-01-01", "2001-06-01"),
    ]
    ran = sum(int((np.datetime64(end) - np.datetime64(start)).astype(int)) for start, end in spells) / YEAR
    assert (learnt.support_ends.events, learnt.support_returns.events) == (3, 0)
    assert learnt.support_ends.years == pytest.approx(ran)
    # Guild and hill: allied, truce, war.
    assert {pair: rate.events for pair, rate in learnt.relation_turns.items() if rate.events} == {(3, 1): 1, (1, 0): 1}
    assert learnt.leader_dies.events == 1
    assert learnt.leader_dies.years == pytest.approx(455 / YEAR)


def test_what_was_known_stays_and_a_support_ends_at_its_rate(tmp_path):
    cut = load_world(str(tiny(tmp_path))).as_of(ORIGIN)
    sure = rates(ends=20_000, years=100_000.0)
    lasted = []
    for block in range(300):
        world = input_hazards.drawn(cut, sure, UNTIL, 1, block)
        assert np.array_equal(world.relation(np.datetime64(ORIGIN)), cut.relation(np.datetime64(ORIGIN)))
        runs = (world.supports.start <= cut.until) & ~(world.supports.end <= cut.until)
        assert runs.sum() == np.isnat(cut.supports.end).sum()
        weapons = runs & (np.array(world.supports.kind) == "weapons")
        lasted.append(bool(np.isnat(world.supports.end[weapons]).any()))
    # Ten years at a fifth a year.
    assert np.mean(lasted) == pytest.approx(stats.expon(scale=5).sf(10), abs=0.05)


def test_relations_turn_and_leaders_are_followed(tmp_path):
    cut = load_world(str(tiny(tmp_path))).as_of(ORIGIN)
    restless = rates(years=1.0, turns=5, dies=5)
    world = input_hazards.drawn(cut, restless, UNTIL, 1, 0)
    days = cut.until + np.arange(1, 3650, 30)
    kinds = {int(world.relation(day)[0, 1]) for day in days}
    assert {WAR, TRUCE} <= kinds
    leaders = [world.claims.text[row] for row, item in enumerate(world.claims.item) if item == "leader"]
    assert leaders.count("dead") > 3
    assert abs(leaders.count("dead") - leaders.count("open")) <= 1


def test_blocks_cover_a_span_once():
    assert list(drawn_inputs.blocks(15, 45)) == [(0, 15, 20), (1, 20, 40), (2, 40, 45)]


def test_members_are_the_same_for_any_chunk_and_known_where_nothing_happens(tmp_path, monkeypatch):
    war = load(tiny(tmp_path))
    plan = {"members": 30, "origin": ORIGIN, "until": "2002-06-30", "seed": 3}
    monkeypatch.setattr(drawn_inputs, "hazards_without", lambda name: rates())
    still = war.run(inputs="drawn", **plan).control.values
    assert np.array_equal(still, war.run(inputs="known", **plan).control.values)
    monkeypatch.setattr(drawn_inputs, "hazards_without", lambda name: rates(ends=50, turns=50, dies=5, years=10.0))
    config = war.plan(war_config(**plan))
    whole, small = (war.simulate(config, chunk=size, store=memory()).control.values for size in (30, 7))
    assert np.array_equal(whole, small)
    assert not np.array_equal(whole, still)


def war_config(**plan):
    from polemos.ensemble.config import RunConfig

    return RunConfig(inputs="drawn", **plan)


def memory():
    from polemos.ensemble.store import MemoryStore

    return MemoryStore()
