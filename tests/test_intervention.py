"""Interventions: identical until their date, every draw shared, and each kind of change does what it says."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polemos.argument.changes import PARAMETER, PARTS, Change, read_change
from polemos.ensemble.config import RunConfig
from polemos.ensemble.plan import PlanError, make_plan
from polemos.ensemble.run import run
from polemos.model import engine
from polemos.model.interventions import NOTHING, read
from polemos.record.from_scenario import load
from polemos.record.world import TRUCE
from scenarios import tiny as write_tiny

ORIGIN, UNTIL, DATE = "2002-01-01", "2002-12-31", "2002-07-01"
STRONG = (
    "supports.emperor=0@2002-03-01",
    "gives.emperor.guild.airpower=1@2002-07-01",
    "relations.crown.guild=truce@2002-07-01",
    "losses.crown=0.9@2002-07-01",
    "losses.guild=0.9@2002-07-01",
    "pins.dale=1@2002-07-01",
    "claims.guild=0@2002-07-01",
    "processes.captures=off@2002-07-01",
    "slope=0@2002-07-01",
    "beta_t=0@2002-07-01",
)


@pytest.fixture(scope="module")
def war(tmp_path_factory):
    return load(str(write_tiny(tmp_path_factory.mktemp("war"))))


@pytest.fixture(scope="module")
def cut(war):
    return war.as_of(ORIGIN)


@pytest.fixture(scope="module")
def factual(war, cut):
    return simulated(war, cut)


def simulated(war, cut, *changes, members=40, first=0, last=40, **more):
    setup = engine.prepare(
        cut, UNTIL, members=members, seed=3, ground=engine.survey(cut, UNTIL, inputs=war), change=read(changes), **more
    )
    return engine.simulate(setup, first, last, audit=True)


def weeks_equal(a, b):
    """Whether control, men and attacks are equal, byte by byte, week by week."""
    return np.array(
        [
            all(
                x[:, week].tobytes() == y[:, week].tobytes()
                for x, y in (
                    (a.control, b.control),
                    (a.strengths["fighters"], b.strengths["fighters"]),
                    (a.strengths["underground"], b.strengths["underground"]),
                    (a.attacks, b.attacks),
                )
            )
            for week in range(a.dates.size)
        ]
    )


def test_no_change_is_the_factual_run_to_the_bit(war, cut, factual):
    setup = engine.prepare(cut, UNTIL, members=40, seed=3, ground=engine.survey(cut, UNTIL, inputs=war))
    assert weeks_equal(engine.simulate(setup, 0, 40), factual).all()
    setup = engine.prepare(cut, UNTIL, members=40, seed=3, ground=engine.survey(cut, UNTIL, inputs=war), change=NOTHING)
    assert weeks_equal(engine.simulate(setup, 0, 40), factual).all()


@pytest.mark.parametrize("change", STRONG)
def test_identical_until_the_date_and_not_after(war, cut, factual, change):
    day = np.datetime64(change.split("@")[1], "D")
    other = simulated(war, cut, change)
    same = weeks_equal(factual, other)
    assert same[factual.dates < day].all()
    assert not same[factual.dates >= day].all()


@pytest.mark.parametrize(
    "change",
    [
        "supports.emperor=1@2002-03-01",
        "losses.crown=0@2002-03-01",
        "relations.crown.guild=war@2002-02-01",
        "claims.guild=1@2002-02-01",
        "claims.crown=0@2002-02-01",
        "supports.*.hill=0@2002-07-01",
    ],
)
def test_a_change_to_what_is_so_anyway_changes_no_draw(war, cut, factual, change):
    assert weeks_equal(factual, simulated(war, cut, change)).all()


def test_chunks_change_no_bit_under_a_change(war, cut):
    changes = ("losses.crown=0.5@2002-03-01", "claims.guild=0@2002-04-01", "slope=0.5@2002-05-01")
    whole = simulated(war, cut, *changes)
    parts = [simulated(war, cut, *changes, first=first, last=first + 20) for first in (20, 0)]
    assert np.concatenate([parts[1].control, parts[0].control]).tobytes() == whole.control.tobytes()


def test_an_undated_parameter_is_that_of_a_theory(war, cut):
    setup = engine.prepare(
        cut, UNTIL, members=40, seed=3, ground=engine.survey(cut, UNTIL, inputs=war), theory={"beta_t": 0.0}
    )
    assert weeks_equal(engine.simulate(setup, 0, 40), simulated(war, cut, "beta_t=0")).all()
    setup = engine.prepare(
        cut, UNTIL, members=40, seed=3, ground=engine.survey(cut, UNTIL, inputs=war), without=["underground"]
    )
    assert weeks_equal(engine.simulate(setup, 0, 40), simulated(war, cut, "processes.underground=off")).all()


def test_a_loss_takes_that_share_of_the_men(war, cut, factual):
    other = simulated(war, cut, "losses.crown=0.5@2002-07-01")
    crown = war.organisation("crown")
    week = int(np.searchsorted(factual.dates, np.datetime64("2002-07-01")))
    before, after = (x.strengths["fighters"][:, week, crown].astype(float).mean() + 1e-9 for x in (factual, other))
    assert after / before == pytest.approx(0.5, abs=0.1)


def test_a_pinned_place_is_not_captured(war, cut, factual):
    other = simulated(war, cut, "pins.dale=1@2002-01-01")
    dale = war.place("dale")
    first, then = factual.captures.place == dale, other.captures.place == dale
    assert first.any()
    assert not then.any()


def test_inputs_from_the_date_on(war, cut):
    change = read(["supports.emperor.crown.airpower=0@2002-03-01", "relations.crown.guild=truce@2002-05-01"])
    setup = engine.prepare(cut, UNTIL, members=2, seed=1, ground=engine.survey(cut, UNTIL, inputs=war), change=change)
    crown, guild = war.organisation("crown"), war.organisation("guild")
    air, was = setup.later["air_level"][:, crown], setup.setting["air_level"][:, crown]
    early = setup.dates < np.datetime64("2002-03-01")
    assert (air[early] == was[early]).all()
    assert not air[~early].any()
    assert was[~early].any()
    relation = setup.later["relation"]
    late = setup.dates >= np.datetime64("2002-05-01")
    assert (relation[late, crown, guild] == TRUCE).all()
    assert (relation[late, guild, crown] == TRUCE).all()
    assert (relation[~late] == setup.setting["relation"][~late]).all()


def test_what_was_given_at_the_origin_calibrates_it(war, cut):
    """A support taken away on the origin's day is still there when contacts are calibrated."""
    change = read(["supports.emperor=0@2002-01-01"])
    setup = engine.prepare(cut, UNTIL, members=2, seed=1, ground=engine.survey(cut, UNTIL, inputs=war), change=change)
    assert (setup.later["air_level"][0] == setup.setting["air_level"][0]).all()
    assert not setup.later["air_level"][1:].any()


def test_plans_with_and_without_changes(war):
    plan = make_plan(war, RunConfig(ORIGIN, UNTIL, members=5))
    assert "changes" not in plan.as_json()
    other = make_plan(war, RunConfig(ORIGIN, UNTIL, members=5, changes=["beta_t = 0"]))
    assert other.as_json()["changes"] == ["beta_t=0"]
    assert other.digest() != plan.digest()
    assert dataclasses.replace(other, changes=()).digest() == plan.digest()


def test_a_changed_run_is_kept_apart(war, tmp_path):
    plans = [
        make_plan(war, RunConfig(ORIGIN, UNTIL, members=5, changes=c)) for c in ([], ["losses.crown=0.5@2002-03-01"])
    ]
    folders = {run(plan, war, store=tmp_path).folder for plan in plans}
    assert len(folders) == 2
    assert run(plans[1], war, store=tmp_path).simulated == 0


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("supports.emporer=0", "no patron 'emporer'; did you mean 'emperor'?"),
        ("supports.emperor.gild=0", "no organisation 'gild'; did you mean 'guild'?"),
        ("supports.emperor.guild=0", "the record has no such support"),
        ("gives.emperor.guild.gold=1", "no kind of support 'gold'"),
        ("relations.crown.gild=war", "did you mean 'guild'?"),
        ("pins.dael=1", "no place 'dael'; did you mean 'dale'?"),
        ("processes.captres=off", "no process 'captres'; did you mean 'captures'?"),
        ("processes.captures=on@2002-03-01", "leave the day out"),
        ("beta_tt=0", "no parameter 'beta_tt'; did you mean 'beta_t'?"),
        ("beta_t=much", "'much' is no prior"),
        ("beta_t=0@2001-03-01", "the day lies outside the run, 2002-01-01 to 2002-12-31"),
        ("beta_t=0@2012-03-01", "the day lies outside the run"),
    ],
)
def test_what_a_war_cannot_have_is_told(war, change, told):
    with pytest.raises(PlanError, match=r"^[^\n]*$") as caught:
        make_plan(war, RunConfig(ORIGIN, UNTIL, members=5, changes=[change]))
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is no change; write NAME=VALUE"),
        ("beta_t", "is no change"),
        ("=3", "is no change"),
        ("a=b=c", "is no change"),
        ("beta_t=0@soon", "'soon' in 'beta_t=0@soon' is not a day"),
        ("beta_t=0@2015-02-30", "is not a day"),
        ("supports=0", "does not say whose supports"),
        ("suports.x=0", "did you mean 'supports'?"),
        ("supports..x=0", "is no change"),
        ("relations.a=war", "takes 2 names"),
        ("supports.a.b.c.d=0", "takes 1 to 3 names"),
        ("relations.a.b=peace", "war or truce or neglect or allied, not 'peace'"),
        ("losses.a=2", "a number from 0 to 1, not '2'"),
        ("losses.a=nan", "a number from 0 to 1"),
        ("supports.a=-1", "a number from 0 to 100"),
        ("processes.x=maybe", "on or off, not 'maybe'"),
    ],
)
def test_what_is_no_change_is_told_in_a_line(text, told):
    with pytest.raises(ValueError, match=r"^[^\n]*$") as caught:
        read_change(text)
    assert told in str(caught.value)


names = st.from_regex(r"[a-z][a-z0-9_-]{0,8}", fullmatch=True)


@given(st.data())
def test_a_change_reads_back_as_it_is_written(data):
    subject = data.draw(st.sampled_from([*PARTS, PARAMETER]))
    least, most = PARTS.get(subject, (1, 1))
    path = tuple(data.draw(names.filter(lambda n: n not in PARTS)) for _ in range(data.draw(st.integers(least, most))))
    values = {"relations": "truce", "processes": "off", "claims": "0", "pins": "1", "leaders": "dead"}
    value = values.get(subject, "0.5")
    change = Change(subject, path, value, data.draw(st.none() | st.dates()))
    assert read_change(str(change)) == change
