"""What nobody looked at is unknown: no change, no outcome, nothing to learn from."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polemos.forecasters.conflictology import Conflictology
from polemos.forecasters.contiguity import ContiguityMarkov
from polemos.forecasters.distance_hazard import DistanceHazard
from polemos.forecasters.log_linear import LogLinear
from polemos.forecasters.markov import Persistence, PooledMarkov, pooled_rates
from polemos.forecasters.weekly_grid import weeks_back
from polemos.hindcasts.hindcast import hindcast
from polemos.hindcasts.origins import spread_origins
from polemos.model.front import fit
from polemos.model.past_pace import watched
from polemos.model.trajectory import record_trajectory
from polemos.questions.evaluate import evaluate
from polemos.questions.questions import question
from polemos.questions.resolve import resolve
from polemos.record.from_scenario import load
from polemos.record.world import day
from polemos.report.page.build import recorded
from polemos.scenario.load import check
from scenarios import put
from worlds import world_of

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


def asked(kind="held", **values):
    """A question of the tiny war, of 2001-07-01 unless it says otherwise."""
    return question(**{"id": "q", "title": "q", "asked": "q", "origin": "2001-07-01", "kind": kind, **values})


def held(by, place, date):
    return asked(by=by, places={"ids": [place]}, date=date)


def outcome(world, one):
    return resolve(one, world, draws=20).value


def test_a_question_about_a_day_that_nobody_has_seen_is_open_whatever_the_end_says(tiny):
    put(tiny, "scenario.yaml", "end: 2003-01-01", "end: 2003-01-01\nobserved_until: 2002-07-01")
    world = load(tiny)
    assert outcome(world, held("crown", "alder", "2002-06-30")) == 1
    assert outcome(world, held("crown", "alder", "2002-07-01")) is None
    assert outcome(world, held("crown", "alder", "2002-12-31")) is None


def test_a_question_about_a_place_in_a_gap_is_open_and_one_about_another_place_is_not(tiny):
    world = load(unknown_birch(tiny))
    assert outcome(world, held("guild", "birch", "2001-12-01")) is None
    assert outcome(world, held("crown", "birch", "2001-12-01")) is None
    assert outcome(world, held("crown", "alder", "2001-12-01")) == 1
    assert outcome(world, held("crown", "birch", "2002-03-01")) == 1


def test_what_is_settled_whichever_way_the_unobserved_place_went_is_answered(tiny):
    world = load(unknown_birch(tiny))
    window = ["2001-07-15", "2001-12-01"]
    # Birch was seen in the guild's hands in July; what happened after cannot undo that it was held once.
    assert outcome(world, asked(by="guild", places={"ids": ["birch"]}, window=window)) == 1
    assert outcome(world, asked(by="guild", places={"ids": ["birch"]}, window=window, over="always")) is None
    # The crown holds two of the six places on that day, or three with Birch: two at least, never four.
    share = {"kind": "share", "by": "crown", "date": "2001-12-01", "unit": "amount"}
    assert outcome(world, asked(**share, at_least=2)) == 1
    assert outcome(world, asked(**share, at_least=3)) is None
    assert outcome(world, asked(**share, at_least=4)) == 0
    resolution = resolve(asked(**share, at_least=2), world, draws=0)
    assert (resolution.quantity, resolution.margin) == (None, None)


def test_a_holder_that_differs_after_a_gap_is_one_change_at_least_and_perhaps_many(tiny):
    world = load(unknown_birch(tiny))
    count = {"kind": "count", "places": {"ids": ["birch"]}, "window": ["2001-07-15", "2002-06-01"]}
    assert outcome(world, asked(**count, what="changes", at_least=1)) == 1
    assert outcome(world, asked(**count, what="changes", at_least=2)) is None
    assert outcome(world, asked(**count, what="captures", by="crown", at_least=1)) == 1
    # From whom the crown took it in the gap, nobody knows.
    assert outcome(world, asked(**count, what="captures", by="crown", of="guild", at_least=1)) is None
    elsewhere = {**count, "places": {"ids": ["dale"]}}
    assert outcome(world, asked(**elsewhere, what="changes", at_least=1)) == 0


def test_a_difference_is_settled_only_where_both_its_ends_are(tiny):
    world = load(unknown_birch(tiny))
    share = {"kind": "share", "by": "crown", "date": "2001-12-01", "unit": "amount", "against": {"by": "guild"}}
    # The crown has Alder and Cedar, the guild Dale, and one of them may have Birch.
    assert outcome(world, asked(**share, at_least=0)) == 1
    assert outcome(world, asked(**share, at_least=1)) is None
    assert outcome(world, asked(**share, at_least=3)) == 0


def test_a_selector_that_depends_on_an_unobserved_place_bounds_the_share(tiny):
    world = load(unknown_birch(tiny))
    chosen = {"held": {"by": "guild", "on": "2001-12-01"}}
    one = {"kind": "share", "by": "crown", "places": chosen, "date": "2002-04-01"}
    # Of Dale, and Birch if it was the guild's then, the crown holds none or a half.
    assert outcome(world, asked(**one, at_most=0.5)) == 1
    assert outcome(world, asked(**one, at_most=0.4)) is None
    assert outcome(world, asked(**one, at_least=0.9)) == 0


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_no_answer_of_a_record_with_gaps_contradicts_any_way_to_fill_them(data):
    """Whatever truth lies behind the gaps gives the settled answer: checked on random records and questions."""
    random = np.random.default_rng(data.draw(st.integers(0, 10_000)))
    truth = np.cumsum(random.random((12, 5)) < 0.25, axis=0) + random.integers(0, 3, 5)
    truth = (truth % 4).astype(np.int8)
    seen = random.random((12, 5)) < 0.7
    whole = world_of(truth, step=1)
    names = whole.organisations.id
    base = dataclasses.replace(record_trajectory(whole, whole.start, whole.until), observed=seen)
    first, last = sorted(random.choice(np.arange(1, 12), 2, replace=False))
    days = [str(whole.start + int(at)) for at in (first, last)]
    places = random.choice(
        np.array([{}, {"ids": ["place-001", "place-002"]}, {"held": {"by": names[1], "on": days[0]}}])
    )
    by = names[random.integers(3)]
    start = str(whole.start)
    kinds = (
        {"by": by, "places": places, "date": days[1], "quantifier": str(random.choice(["any", "all", "none"]))},
        {"by": by, "places": places, "window": days, "over": str(random.choice(["ever", "always"]))},
        {"kind": "share", "by": by, "places": places, "date": days[1], "at_least": 0.5},
        {"kind": "share", "by": by, "date": days[1], "unit": "amount", "against": {"by": names[0]}, "at_least": 1},
        {"kind": "count", "what": "changes", "places": places, "window": days, "at_least": 2},
        {"kind": "count", "what": "losses", "by": by, "window": days, "at_most": 1},
        {"kind": "first_time", "when": {"by": by, "places": places, "quantifier": "all"}, "no_later_than": days[1]},
    )
    one = asked(**{"origin": start, **kinds[random.integers(len(kinds))]})
    told = evaluate(one, base).yes[0]
    true = evaluate(one, dataclasses.replace(base, observed=None)).yes[0]
    assert np.isnan(told) or told == true


def test_a_hindcast_scores_what_was_observed_and_nothing_else(tiny):
    put(tiny, "scenario.yaml", "end: 2003-01-01", "end: 2003-01-01\nobserved_until: 2002-07-01")
    world = load(unknown_birch(tiny))
    done = hindcast(world, [Persistence()], ["2001-07-01", "2001-12-01", "2002-04-01"], leads=(1, 3, 6))
    assert done.scored.tolist() == [[True] * 3, [True] * 3, [True, False, False]]
    at, birch = done.leads.index("3mo"), world.place("birch")
    assert done.looked[0, at].sum() == 5
    assert not done.looked[0, at, birch]
    rows = {(str(row.origin), row.lead): row.places for row in done.scores() if row.scope == "all"}
    assert rows["2001-07-01", "1mo"] == 5  # the lead lies on the first of August, the first day of the gap
    assert rows["2001-12-01", "3mo"] == 6  # Birch is seen again on the first of March
    assert done.table().num_rows == done.cases.sum() * 4
    with pytest.raises(ValueError, match="runs past the last observation, 2002-06-30"):
        hindcast(world, [Persistence()], ["2002-06-15"], leads=(1,))
    assert spread_origins(world, leads=(1,)).max() <= day("2002-05-01")


def test_a_record_of_guesses_alone_has_nothing_to_score(tiny):
    text = (tiny / "control.csv").read_text().replace(",invented,", ",guessed,")
    (tiny / "control.csv").write_text(text)
    with pytest.raises(ValueError, match="nobody observed who held what at any lead from 2001-07-01"):
        hindcast(load(tiny), [Persistence()], ["2001-07-01"], leads=(1,))


def test_weeks_that_nobody_looked_at_are_no_exposure(tiny):
    """Fourteen weeks of Birch more or less teach the pool a rate; unobserved, they must teach it neither way."""
    origin = "2002-03-05"
    whole = load(tiny).as_of(origin)
    gap = load(unknown_birch(tiny)).as_of(origin)
    dates = weeks_back(whole, 104)
    looked = watched(gap, dates)
    assert looked.shape == (dates.size - 1, 6)
    assert (~looked).sum() == (~looked[:, gap.place("birch")]).sum() == 31
    rates = pooled_rates(gap.holders(dates), 4, 104.0, looked)
    counts = np.zeros((4, 4))
    held_on = gap.holders(dates)
    for week in range(dates.size - 1):
        for place in range(6):
            if looked[week, place]:
                counts[held_on[week, place], held_on[week + 1, place]] += 1
    spent = counts.sum(1)
    moved = counts - np.diag(np.diag(counts))
    towards = (moved.sum(0) + 1 / 4) / spent.sum()
    guild, crown = gap.organisation("guild"), gap.organisation("crown")
    assert rates[guild, crown] == pytest.approx((moved[guild, crown] + 104 * towards[crown]) / (spent[guild] + 104))
    # The return of Birch to the crown came while nobody looked: it is not among the changes.
    assert moved[guild, crown] == 1
    assert PooledMarkov().rates(whole)[guild, crown] > PooledMarkov().rates(gap)[guild, crown]


def test_the_front_learns_from_no_row_of_a_place_that_nobody_looked_at(tiny):
    origin = "2002-03-05"
    whole = fit.replay(load(tiny).as_of(origin))
    gap = fit.replay(load(unknown_birch(tiny)).as_of(origin))
    assert whole.looked is None
    assert whole.x.shape == gap.x.shape
    assert (~gap.looked).sum() == 31 * 2  # two other organisations a week
    assert gap.taught()[1].sum() == whole.came.sum() - 1
    crown, guild = 0, 1
    assert gap.memory.holder.tolist() == whole.memory.holder.tolist()
    assert gap.memory.held.tolist() == whole.memory.held.tolist()
    assert gap.memory.gained[1, crown] < whole.memory.gained[1, crown]
    assert gap.memory.contacts[crown, guild] < whole.memory.contacts[crown, guild]
    assert (gap.rates(fit.learn(gap))[~gap.looked] == 0).all()


def test_a_record_of_guesses_teaches_the_front_nothing(tiny):
    text = (tiny / "control.csv").read_text().replace(",invented,", ",guessed,")
    (tiny / "control.csv").write_text(text)
    past = fit.replay(load(tiny).as_of("2002-01-01"))
    assert past.weights().sum() == 0
    # What the fit is pulled to, but for feedback, which is capped.
    learnt = dict(zip(fit.CENTRE, fit.learn(past).tolist(), strict=True))
    assert all(learnt[name] == centre for name, (centre, _, _) in fit.CENTRE.items() if name not in fit.FEEDBACK)
    assert sum(learnt[name] for name in fit.FEEDBACK) == pytest.approx(fit.CAP)
    assert past.memory.gained.sum() == past.memory.facing.sum() == 0


@pytest.mark.parametrize(
    "forecaster",
    [ContiguityMarkov(members=20), Conflictology(members=20), LogLinear(members=20), DistanceHazard(members=20)],
    ids=lambda one: one.name,
)
def test_a_baseline_forecasts_from_a_record_with_gaps_and_from_guesses(tiny, forecaster):
    for path in (unknown_birch(tiny), tiny):
        world = load(path).as_of("2002-01-01")
        told = forecaster.forecast(world, [day("2002-02-01")])
        assert told.shape == (1, 6, 4)
        assert told.sum(-1) == pytest.approx(np.ones((1, 6)))
        text = (tiny / "control.csv").read_text().replace(",invented,", ",guessed,")
        (tiny / "control.csv").write_text(text)


def test_the_map_of_a_page_shows_nobody_where_nobody_looked(tiny):
    put(tiny, "scenario.yaml", "end: 2003-01-01", "end: 2003-01-01\nobserved_until: 2002-07-01")
    world = load(unknown_birch(tiny))
    record = recorded(world, np.array(["2001-12-01", "2002-04-01", "2002-08-01"], "datetime64[D]"))
    assert (record == -1).sum(axis=1).tolist() == [1, 0, 6]
    assert record[0, world.place("birch")] == -1
