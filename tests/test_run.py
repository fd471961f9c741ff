"""From a scenario to its page, with the real model."""

from __future__ import annotations

import numpy as np
import pytest

import polemos
from asked import ask
from polemos.ensemble.config import RunConfig
from polemos.ensemble.executor import Executor
from polemos.ensemble.plan import PlanError
from polemos.forecasters.model_forecaster import ANYBODY, PRESENT, ModelForecaster, place_probabilities
from polemos.report.page import assess as reporting
from polemos.scenario.errors import ScenarioError
from polemos.war.assessment import assess
from polemos.war.check import check
from polemos.war.simulation import brier
from scenarios import cut as cut_files
from scenarios import put
from scenarios import tiny as write_tiny


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return ask(write_tiny(tmp_path_factory.mktemp("asked")))


@pytest.fixture(scope="module")
def war(folder):
    return polemos.load(str(folder))


@pytest.fixture(scope="module")
def simulation(war, tmp_path_factory):
    return war.run(members=120, store=tmp_path_factory.mktemp("runs"))


def test_threads_and_chunks_change_no_bit(war, tmp_path):
    plan = war.plan(RunConfig(members=130, until="2002-08-01", seed=3))
    runs = [
        war.simulate(plan, chunk=chunk, store=tmp_path / f"{threads}-{chunk}", executor=Executor(threads)).run
        for threads, chunk in [(1, 16), (2, 100), (4, 16), (2, 130)]
    ]
    for other in runs[1:]:
        assert runs[0].summary.counts.tobytes() == other.summary.counts.tobytes()
        for name, values in runs[0].summary.quantiles.items():
            assert values.tobytes() == other.summary.quantiles[name].tobytes(), name
        for name, table in runs[0].verdicts.items():
            assert table.tobytes() == other.verdicts[name].tobytes(), name
        assert runs[0].control.identical(other.control)


def test_members_differ_and_seeds_differ(simulation, war):
    assert (simulation.control.values[:, -1] != simulation.control.values[0, -1]).any()
    other = war.run(members=120, seed=2)
    assert not np.array_equal(other.summary.counts, simulation.summary.counts)


def test_run_on_files_cut_by_hand_is_the_same(folder, war, tmp_path):
    by_hand = write_tiny(tmp_path)
    cut_files(by_hand, "2002-01-01")
    short = polemos.load(str(by_hand))
    one, two = (x.run(origin="2002-01-01", until="2002-12-31", members=40).summary for x in (war, short))
    assert one.counts.tobytes() == two.counts.tobytes()
    assert one.quantiles["fighters"].tobytes() == two.quantiles["fighters"].tobytes()


def test_forecasts_are_what_the_members_say(simulation):
    rows = {row["question"]: row for row in simulation.rows()}
    control = simulation.control
    dale = control.sel(place="dale")[:, -1]
    share = float((dale.values != control.attrs["holders"].index("guild")).mean())
    wars = simulation.forecast.wars
    place, guild = simulation.war.world.place("dale"), simulation.war.world.organisation("guild")
    front = float((wars.control[:, -1, place] != guild).mean())
    mixed = (1 - wars.share) * front + wars.share * share
    assert 0 < wars.share < 0.5
    assert rows["dale-lost"]["model"] == pytest.approx(share)
    assert rows["dale-lost"]["probability"] == pytest.approx(mixed)
    assert 0 < rows["dale-lost"]["error"] < (mixed * (1 - mixed) / 120) ** 0.5
    assert rows["dale-lost"]["outcome"] == 1
    assert rows["dale-lost"]["brier"] == pytest.approx((mixed - 1) ** 2)
    assert rows["guild-small"]["status"] == "answered"
    assert rows["guild-small"]["probability"] == rows["guild-small"]["model"]
    assert (rows["much-later"]["probability"], rows["much-later"]["status"]) == (None, "beyond horizon")
    assert rows["much-later"]["brier"] is None


def test_brier_needs_both():
    assert brier(0.25, 1) == 0.5625
    assert brier(None, 1) is None
    assert brier(0.5, None) is None


def test_origin_by_label_by_day_and_by_default(war):
    assert (
        war.plan(RunConfig(members=1)).origin
        == war.plan(RunConfig(origin="default", members=1)).origin
        == np.datetime64("2002-01-01")
    )
    assert war.plan(RunConfig(origin="early", members=1)).origin == np.datetime64("2001-07-01")
    with pytest.raises(PlanError, match="neither a day"):
        war.plan(RunConfig(origin="late", members=1))


def test_theory_changes_the_plan_and_the_war(war):
    plan = war.plan(RunConfig(members=60, theory="slow"))
    assert plan.without == ("credibility",)
    assert plan.priors["tau_m"] == "lognormal(2, 0.5)"
    slow, neutral = (war.simulate(war.plan(RunConfig(members=60, theory=name))) for name in ("slow", "neutral"))
    assert not np.array_equal(slow.summary.counts, neutral.summary.counts)


def test_a_process_that_another_replaces_is_not_left_out_in_silence(war):
    with pytest.raises(PlanError, match="attacks does not run beside events; add --without events"):
        war.plan(RunConfig(members=1, processes=("attacks", "events")))
    plan = war.plan(RunConfig(members=1, processes=("events",)))
    assert plan.processes == ("events",)


def test_unknown_theory_and_unknown_parameter_are_told(folder, war, tmp_path):
    with pytest.raises(ScenarioError, match="did you mean 'slow'"):
        war.plan(RunConfig(members=1, theory="slwo"))
    other = ask(write_tiny(tmp_path))
    put(other, "theories/slow.yaml", "tau_m:", "tau_mb:")
    again = polemos.load(str(other))
    with pytest.raises(ScenarioError, match=r"slow\.yaml:\d+:tau_mb: no parameter 'tau_mb'; did you mean 'tau_m'"):
        again.plan(RunConfig(members=2, theory="slow"))
    put(other, "theories/slow.yaml", "owner:", "onwer:")
    with pytest.raises(ScenarioError, match=r"slow\.yaml:2:slow\.onwer: unknown key 'onwer'; did you mean 'owner'"):
        again.plan(RunConfig(members=2, theory="slow"))


def test_check_finds_faults_of_questions_and_argument(tmp_path):
    path = ask(write_tiny(tmp_path))
    assert [problem for problem in check(path) if problem.level == "error"] == []
    put(
        path,
        "questions.yaml",
        "places: {ids: [dale]}\n    date: 2002-12-31",
        "places: {ids: [dail]}\n    date: 2002-12-31",
    )
    put(path, "argument.yaml", "questions: [dale-lost]", "questions: [dale-last]")
    told = "\n".join(str(problem) for problem in check(path))
    assert "no place dail" in told
    assert "did you mean 'dale'" in told
    assert "no question dale-last" in told


def test_model_as_a_forecaster(war):
    world = war.world.as_of("2002-01-01")
    model = ModelForecaster(members=50)
    leads = np.array(["2002-02-01", "2002-07-01"], "datetime64[D]")
    p = model.forecast(world, leads)
    assert p.shape == (2, len(world.places.id), world.nobody + 1)
    assert np.allclose(p.sum(axis=2), 1)
    assert p.min() > 0
    summary = model.simulate(world, leads.max()).summary
    place, holder = world.place("alder"), int(world.holders([world.until])[0, world.place("alder")])
    count = summary.counts[summary.step(leads[1]), place, holder]
    floor = ANYBODY / (world.nobody + 1)
    assert p[1, place, holder] == pytest.approx((count + PRESENT + floor) / (50 + PRESENT + ANYBODY))
    assert np.array_equal(place_probabilities(summary, leads, world), p)
    answers = model.answer(world, war.questions, np.datetime64("2002-12-31"))
    assert [answer.question for answer in answers] == [question.id for question in war.questions]
    with pytest.raises(ValueError, match="cut at its origin"):
        model.forecast(war.world, leads)


def test_actual_inputs_are_another_run(war):
    world = war.world.as_of("2002-01-01")
    leads = np.array(["2002-11-01"], "datetime64[D]")
    known, actual = (ModelForecaster(members=80, actual=inputs).forecast(world, leads) for inputs in (None, war.world))
    assert not np.array_equal(known, actual)


@pytest.fixture(scope="module")
def account(war, simulation):
    return reporting.account(assess(war, simulation))


def test_account_puts_everybody_on_one_table(account):
    rows = {row.id: row for row in account.contents.forecasts}
    assert set(rows) == {"dale-lost", "guild-small", "much-later", "P2"}
    said = {stand.who: stand for stand in rows["dale-lost"].stands}
    assert set(said) == {
        *("author", "forecast", "front hazard", "model"),
        *("persistence", "pooled Markov", "contiguity Markov"),
    }
    assert (said["author"].probability, said["author"].low, said["author"].high) == (0.9, 0.8, 0.95)
    assert said["author"].brier == pytest.approx(0.01)
    assert said["model"].error is not None
    assert rows["dale-lost"].owner == "the pamphlet"
    assert rows["dale-lost"].where == "P1, ¶3"
    unmodelled = {stand.who: stand for stand in rows["P2"].stands}
    assert unmodelled["model"].probability is None
    assert unmodelled["author"].brier == pytest.approx(0.25)
    assert {stand.who for stand in rows["much-later"].stands} >= {"rival", "model"}


def test_scores_are_apart_where_the_model_is_silent(account):
    scores = {(row.group, row.who): row for row in account.contents.scores}
    assert scores["land and campaign", "author"].brier == pytest.approx(0.01, abs=2e-3)
    assert scores["land and campaign", "model"].questions == 1
    assert (f"organisation: {reporting.SILENT}", "author") in scores
    assert (f"organisation: {reporting.SILENT}", "model") not in scores
    # What nobody else spoke to stands in no score.
    assert not any(row.group == reporting.UNGROUPED for row in account.contents.scores)


def test_page_is_written_and_says_how_to_make_it_again(account, tmp_path):
    page = reporting.write(account, tmp_path / "page.html")
    text = page.read_text(encoding="utf-8")
    assert "The war of the six towns" in text
    assert "--origin 2002-01-01 --to 2002-12-31 --members 120 --seed 1" in text
    assert any("On 1 of 4 statements, about days after 2002-12-31" in limit for limit in account.contents.limits)


def test_without_an_argument_all_questions_count(tmp_path):
    path = ask(write_tiny(tmp_path))
    (path / "argument.yaml").unlink()
    war = polemos.load(str(path))
    told = reporting.account(assess(war, war.run(members=20)))
    assert {row.group for row in told.contents.scores} >= {reporting.UNGROUPED}
    assert {who.kind for who in told.contents.forecasters} == {"forecast", "model", "baseline"}


def test_without_questions_there_is_still_a_page(tmp_path):
    war = polemos.load(str(write_tiny(tmp_path)))
    told = reporting.account(assess(war, war.run(members=20)))
    assert told.contents.forecasts == ()
    assert reporting.write(told, tmp_path / "page.html").stat().st_size > 10_000


def test_priors_with_later_evidence_are_named(war):
    from polemos.model import engine, processes

    rows = engine.parameters(processes.choose(()))
    late = {p.name for _, p in rows if p.basis_until > "2002-01-01" and p.basis_until != "-"}
    assert set(reporting.late_priors(war.plan(RunConfig(members=1)))) == late


def test_facade():
    assert set(polemos.scenarios()) >= {"caliphate"}
    assert polemos.__version__
    assert "load" in dir(polemos)
    with pytest.raises(AttributeError, match="no attribute 'lode'"):
        polemos.lode  # noqa: B018


def test_a_notebook_shows_a_war_and_a_run_in_a_line(war, simulation):
    for one in (war, war.world, simulation, simulation.run):
        assert len(repr(one)) < 250
        assert "tiny" in repr(one)
        assert one == one
        assert hash(one)
    assert "120 members from 2002-01-01 to 2002-12-31" in repr(simulation)


def test_page_from_python(simulation, tmp_path):
    assert (
        polemos.write_page(simulation, tmp_path / "page.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    )


@pytest.mark.slow
def test_threads_and_chunks_change_no_bit_of_the_flagship(tmp_path):
    war = polemos.load("caliphate")
    plan = war.plan(RunConfig(members=200))
    runs = [
        war.simulate(plan, chunk=chunk, store=tmp_path / f"{threads}-{chunk}", executor=Executor(threads)).run
        for threads, chunk in [(1, 100), (2, 16), (4, 100)]
    ]
    for other in runs[1:]:
        assert runs[0].summary.counts.tobytes() == other.summary.counts.tobytes()
        assert runs[0].control.identical(other.control)
        for name, table in runs[0].verdicts.items():
            assert table.tobytes() == other.verdicts[name].tobytes(), name
