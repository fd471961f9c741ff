"""The clock: what the model promises whatever the war (invariants of D4)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from polemos.model import engine
from polemos.model.interventions import NOTHING, read
from polemos.record.from_scenario import load
from scenarios import tiny as write_tiny

UNTIL = "2002-12-31"


@pytest.fixture(scope="module")
def war(tmp_path_factory):
    return load(str(write_tiny(tmp_path_factory.mktemp("war"))))


@pytest.fixture(scope="module")
def cut(war):
    return war.as_of("2002-01-01")


def run(world, members=60, until=UNTIL, seed=1, **more):
    setup = engine.prepare(world, until, members=members, seed=seed, **more)
    return engine.simulate(setup, 0, members, audit=True)


def same(a, b, until=None):
    keep = slice(None, until)
    return (
        a.control[:, keep].tobytes() == b.control[:, keep].tobytes()
        and a.strengths["fighters"][:, keep].tobytes() == b.strengths["fighters"][:, keep].tobytes()
        and a.strengths["underground"][:, keep].tobytes() == b.strengths["underground"][:, keep].tobytes()
        and a.attacks[:, keep].tobytes() == b.attacks[:, keep].tobytes()
    )


def test_something_happens(cut):
    war = run(cut)
    assert (war.control[:, -1] != war.control[:, war.dates.tolist().index(war.origin.tolist())]).any()
    assert war.captures.member.size > 0
    assert war.battles.member.size > 0
    assert np.nanmin(war.strengths["fighters"]) >= 0


def test_the_trajectory_starts_with_the_record_and_lands_on_the_origin(cut):
    war = run(cut, 3)
    before = war.dates <= war.origin
    assert (war.control[:, before] == cut.holders(war.dates[before])).all()
    assert war.dates[before][-1] == np.datetime64("2002-01-01")


def test_chunks_do_not_change_a_bit(cut):
    setup = engine.prepare(cut, UNTIL, members=30, seed=4)
    whole = engine.simulate(setup, 0, 30)
    parts = [engine.simulate(setup, first, first + 10) for first in (20, 0, 10)]
    joined = np.concatenate([parts[1].control, parts[2].control, parts[0].control])
    assert whole.control.tobytes() == joined.tobytes()
    few = engine.simulate(engine.prepare(cut, UNTIL, members=10, seed=4), 0, 10)
    assert same(few, parts[1])


def test_a_battle_lasts_a_week_at_least(cut):
    battles = run(cut, 60).battles
    ended = ~np.isnat(battles.end)
    weeks = (battles.end - battles.start)[ended] / np.timedelta64(7, "D")
    assert ended.sum() > 50
    assert weeks.min() >= 1
    assert (battles.start[ended] >= cut.origin).all()


def test_seeds_differ(cut):
    assert not same(run(cut, 10, seed=1), run(cut, 10, seed=2))


def test_a_world_must_be_cut(war):
    with pytest.raises(ValueError, match="as_of"):
        engine.prepare(war, UNTIL, members=2, seed=1)
    with pytest.raises(ValueError, match="later end"):
        engine.prepare(war.as_of("2002-01-01"), "2002-01-03", members=2, seed=1)
    with pytest.raises(KeyError, match="no parameter"):
        engine.prepare(war.as_of("2002-01-01"), UNTIL, members=2, seed=1, theory={"temppo": 1.0})


def test_switching_a_process_off_leaves_the_draws_of_the_others(cut):
    """Attack counts change nothing else, so without them all the rest is the same, bit for bit."""
    whole, without = run(cut, 20), run(cut, 20, without=("attacks",))
    assert whole.control.tobytes() == without.control.tobytes()
    assert whole.strengths["underground"].tobytes() == without.strengths["underground"].tobytes()


def test_a_truce_brings_captures_down_to_those_of_pairs_without_war(cut):
    truce = read([f"relations.crown.guild=truce@{cut.until}"])
    setups = [engine.prepare(cut, UNTIL, members=300, seed=1, change=change) for change in (NOTHING, truce)]
    sides = {cut.organisation("crown"), cut.organisation("guild")}
    counts = []
    for setup in setups:
        captures = engine.simulate(setup, 0, 300).captures
        first = captures.date <= setup.dates[26]
        pairs = zip(captures.before[first].tolist(), captures.after[first].tolist(), strict=True)
        counts.append(sum(set(pair) == sides for pair in pairs))
    gate = setups[0].pace.gate
    assert counts[0] > 100
    assert counts[1] / counts[0] == pytest.approx(gate[0, 0] / gate[1, 0], abs=0.15)


def test_a_theory_that_repeats_the_priors_changes_nothing(cut):
    from polemos.model.processes import load as process

    prior = {p.name: p.prior for p in process("credibility").parameters}
    assert same(run(cut, 10), run(cut, 10, theory=prior))


def test_switches_that_are_off_are_off(cut):
    """iota = 0 and claim = 0 both give the model without the claim."""
    from dataclasses import replace

    keep = np.array([item != "claim" for item in cut.claims.item])
    none = replace(
        cut.claims,
        **{
            name: (
                getattr(cut.claims, name)[keep]
                if isinstance(getattr(cut.claims, name), np.ndarray)
                else tuple(v for v, k in zip(getattr(cut.claims, name), keep, strict=True) if k)
            )
            for name in cut.claims.__slots__
        },
    )
    off = {"iota": 0.0, "beta_t": 0.0, "recruits_foreign": 0.0}
    assert same(run(cut, 10, theory=off), run(replace(cut, claims=none), 10, theory=off))


def test_inputs_act_only_from_their_date(war, cut):
    """With what really came, nothing differs before the first input that differs."""
    setups = [
        engine.prepare(cut, UNTIL, members=20, seed=1, ground=engine.survey(cut, UNTIL, inputs=inputs))
        for inputs in (None, war)
    ]
    known, actual = (engine.simulate(setup, 0, 20) for setup in setups)
    names = ("relation", "air_level", "arms_level")
    changed = [
        week
        for week in range(setups[0].dates.size)
        if any((setups[0].setting[name][week] != setups[1].setting[name][week]).any() for name in names)
    ]
    assert changed, "the small war's inputs change after the origin"
    first = setups[0].past.size + changed[0]
    assert same(known, actual, first)
    assert not same(known, actual)


def test_more_support_never_lowers_expected_land(cut):
    guild = cut.organisation("guild")
    gift = read([f"gives.emperor.guild.weapons=1@{cut.until}"])
    land = []
    for change in (NOTHING, gift):
        theory = {"arms_own": 0.5, "arms_foe": -0.5}
        setup = engine.prepare(cut, UNTIL, members=300, seed=1, change=change, theory=theory)
        land.append((engine.simulate(setup, 0, 300).control[:, -1] == guild).sum(1).mean())
    assert land[1] > land[0]


def test_reported_shape_of_a_run(cut):
    setup = engine.prepare(cut, UNTIL, members=4, seed=1)
    assert {name for name, _ in engine.parameters(setup.processes)} >= {"captures", "initial"}
    war = engine.simulate(setup, 0, 4)
    assert war.members == 4
    assert war.attacks.shape[:2] == war.control.shape[:2]
    assert set(setup.spent) == {p.name for p in setup.processes}


@pytest.mark.parametrize("names", [("supply",), ("captures", "fate", "release"), ("uprising", "recruitment")])
def test_a_scenario_may_name_few_processes_or_one(cut, names):
    setup = engine.prepare(replace(cut, processes=names), UNTIL, members=4, seed=1)
    assert {process.name for process in setup.processes} == set(names)
    few = engine.simulate(setup, 0, 4, audit=True)
    assert few.control.shape[0] == 4
