"""What nobody looked at is unknown: no change, no outcome, nothing to learn from."""

from __future__ import annotations

import numpy as np
import pytest

from polemos.record.build import load
from polemos.record.world import day
from polemos.scenario.load import check
from scenarios import put

BIRCH = "birch,guild,2001-05-10,2002-03-01,0,day,invented,"


def unknown_birch(path):
    """The tiny war, in which nobody looked at Birch from August to March."""
    put(path, "control.csv", BIRCH, "birch,guild,2001-05-10,2001-08-01,0,day,invented,\n"
        "birch,unknown,2001-08-01,2002-03-01,0,day,invented,")  # fmt: skip
    return path


def seen(world, place, date):
    return bool(world.observed([day(date)])[0, world.place(place)])


def holder(world, place, date):
    number = world.holders([day(date)])[0, world.place(place)]
    return (*world.organisations.id, "")[number]


def test_a_spell_of_an_unknown_holder_is_not_observed_and_the_last_known_holder_stands(tiny):
    world = load(unknown_birch(tiny))
    assert check(tiny) == []
    assert [seen(world, "birch", date) for date in ("2001-07-31", "2001-08-01", "2002-02-28", "2002-03-01")] == [
        True,
        False,
        False,
        True,
    ]
    assert holder(world, "birch", "2001-12-01") == "guild"
    assert seen(world, "alder", "2001-12-01")


def test_a_place_that_nobody_has_seen_yet_is_held_by_nobody_and_not_observed(tiny):
    put(tiny, "control.csv", "fir,hill,2001-01-01,2002-06-30", "fir,unknown,2001-01-01,2002-06-30")
    world = load(tiny)
    assert not seen(world, "fir", "2002-01-01")
    assert holder(world, "fir", "2002-01-01") == ""


def test_observation_ends_on_its_day_and_the_record_goes_on(tiny):
    put(tiny, "scenario.yaml", "end: 2003-01-01", "end: 2003-01-01\nobserved_until: 2002-07-01")
    world = load(tiny)
    dates = np.arange("2002-06-29", "2002-07-03", dtype="datetime64[D]")
    assert world.observed(dates)[:, world.place("alder")].tolist() == [True, True, False, False]
    assert world.until == day("2002-12-31")
    assert world.last_observed == day("2002-06-30")
    assert [problem.level for problem in check(tiny)] == ["warning"] * 2
    assert "starts on 2002-09-20, when observation had ended (2002-07-01)" in str(check(tiny)[0])


def test_a_cut_knows_no_more_of_observation_than_its_evening(tiny):
    put(tiny, "scenario.yaml", "end: 2003-01-01", "end: 2003-01-01\nobserved_until: 2002-07-01")
    world = load(unknown_birch(tiny))
    early, late = world.as_of("2001-10-01"), world.as_of("2002-10-01")
    assert early.observed_until is None
    assert early.last_observed == day("2001-10-01")
    assert not seen(early, "birch", "2001-10-01")
    assert not early.observed([day("2001-10-02")]).any()
    assert late.last_observed == day("2002-06-30")
    assert not late.observed([day("2002-10-01")]).any()


def test_where_all_is_observed_the_digest_of_a_world_is_as_if_there_were_no_such_key(tiny):
    whole = load(tiny)
    before = whole.digest(), whole.as_of("2002-01-01").digest()
    put(tiny, "scenario.yaml", "end: 2003-01-01", "end: 2003-01-01\nobserved_until: 2003-01-01")
    assert load(tiny).digest() == before[0]
    put(tiny, "scenario.yaml", "observed_until: 2003-01-01", "observed_until: 2002-12-01")
    assert load(tiny).digest() != before[0]
    assert load(tiny).as_of("2002-01-01").digest() == before[1]


def test_a_guessed_spell_is_a_holder_and_no_observation(tiny):
    put(tiny, "control.csv", "alder,crown,2001-01-01,,0,window,invented,", "alder,crown,2001-01-01,,0,window,guessed,")
    world = load(tiny)
    assert holder(world, "alder", "2001-06-01") == "crown"
    assert not seen(world, "alder", "2001-06-01")


@pytest.mark.parametrize("date", ["2001-01-01", "2003-01-02"])
def test_observation_that_ends_outside_the_record_is_refused(tiny, date):
    put(tiny, "scenario.yaml", "end: 2003-01-01", f"end: 2003-01-01\nobserved_until: {date}")
    told = [str(problem) for problem in check(tiny)]
    assert told[0].startswith("scenario.yaml:5:observed_until: " + date)


def test_no_organisation_is_called_unknown(tiny):
    put(tiny, "scenario.yaml", "hill: {name: Hill League", "unknown: {name: Hill League")
    told = "\n".join(str(problem) for problem in check(tiny))
    assert "scenario.yaml:12:organisations.unknown: 'unknown' is the holder of places that nobody looked at" in told
