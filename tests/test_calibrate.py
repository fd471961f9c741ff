"""From a bank to a posterior, on a toy bank whose truth is known; posteriors on disk, and runs that use them."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
from typer.testing import CliRunner

import polemos
from polemos.cli.commands import app
from polemos.ensemble import posterior_file
from polemos.ensemble.config import RunConfig
from polemos.ensemble.plan import PlanError
from polemos.ensemble.posterior_draws import Draws, latest
from polemos.inference import calibrate, prior_predictive, simulation_bank, window_summaries, windows

NAMES = ("slope", "eta", "tau_m")


@pytest.fixture(scope="module")
def toy():
    """A bank of the flagship's windows whose summaries are made up: two of them tell of the first parameter."""
    war = polemos.load("caliphate")
    chosen = windows.windows(war, "2014-12-31")
    made = simulation_bank.Bank(chosen, NAMES, 1, np.zeros((3000, len(chosen), len(window_summaries.NAMES))), 0, 1.0)
    rng = np.random.default_rng(3)
    seen = made.observed()
    x = np.where(np.isfinite(seen), seen, np.nan) + rng.standard_normal(made.x.shape)
    x[:, :, 0] += 2 * (made.scores("caliphate")[:, :1] - 1.0)
    return replace(made, x=x)


def test_a_parameter_is_found_and_the_others_are_their_priors(toy):
    found = calibrate.calibrate(toy, "caliphate", "2014-12-31", sets=300)
    assert found.shrunk == ["slope"]
    assert found.sample.mean[0] == pytest.approx(1.0, abs=0.2)
    assert np.abs(found.sample.mean[1:]).max() < 0.2
    assert found.coverage.sound
    assert "fewer than" in found.failed[0]
    assert 0.3 < found.plausible <= 1


def test_only_windows_that_had_ended_are_used(toy):
    first = toy.windows[0].end
    early = calibrate.calibrate(toy, "caliphate", first, sets=0)
    changed = replace(toy, x=np.concatenate([toy.x[:, :1], toy.x[:, 1:] + 5], axis=1))
    assert np.array_equal(early.draws.values, calibrate.calibrate(changed, "caliphate", first, sets=0).draws.values)
    with pytest.raises(ValueError, match="no window"):
        calibrate.calibrate(toy, "caliphate", first - 1, sets=0)
    assert [one.until for one in calibrate.through_time(toy, "caliphate")] == [one.end for one in toy.windows]


def test_another_war_learns_less(toy):
    own = calibrate.calibrate(toy, "caliphate", "2014-12-31", sets=0)
    other = calibrate.calibrate(toy, "elsewhere", "2014-12-31", sets=0)
    assert 0 < other.sample.mean[0] < own.sample.mean[0]
    assert other.sample.sd[0] > own.sample.sd[0] + 0.2


def test_history_matching_rules_out_what_cannot_be():
    rng = np.random.default_rng(1)
    z = rng.standard_normal((2000, 2))
    x = np.repeat(z[:, :1], 3, axis=1) * 10 + rng.standard_normal((2000, 3))
    kept = prior_predictive.plausible(x, z, np.zeros(3), np.ones(3, bool))
    assert 0.1 < kept.mean() < 0.5
    assert np.abs(z[kept, 0]).max() < 0.6


def test_a_posterior_comes_back_from_disk_and_is_used(toy, tmp_path, tiny):
    found = calibrate.posterior(calibrate.calibrate(toy, "caliphate", "2014-12-31", sets=0), toy)
    path = posterior_file.save(found, tmp_path / "posteriors" / "mine.parquet")
    again = posterior_file.load(path)
    assert again.draws.digest() == found.draws.digest()
    assert again.about["windows"] == found.about["windows"]
    assert posterior_file.load("mine", tmp_path).draws.names == NAMES
    with pytest.raises(PlanError, match="run polemos calibrate"):
        posterior_file.load("absent", tmp_path)
    with pytest.raises(PlanError, match="of the parameters of caliphate, not of tiny"):
        polemos.load(tiny).posterior(path)


def test_a_posterior_is_used_when_asked_for_and_the_command_says_what_python_says(tmp_path, monkeypatch):
    """A posterior that lies in the scenario's folder changes nothing by itself, whatever it is called."""
    monkeypatch.chdir(tmp_path)
    war = polemos.load(shutil.copytree(polemos.load("mali").path, tmp_path / "mali"))
    draws = Draws(("belief_foe", "freed_own"), np.tile([-4.0, 6.0], (5, 1)), war.world.start)
    about = {"scenario": war.name, "failed": []}
    posterior_file.save(posterior_file.Posterior(draws, about), war.path / "posteriors" / "default.parquet")

    def by_command(*more: str) -> list[float]:
        words = ["run", str(war.path), "--members", "20", "--json", "--keep", "none", *more]
        done = CliRunner().invoke(app, words)
        assert done.exit_code == 0, done.output
        return [row["probability"] for row in json.loads(done.stdout)["answers"]]

    def by_python(**more: str) -> list[float]:
        return [row["probability"] for row in war.run(members=20, **more).rows()]

    assert by_command() == by_python()
    assert by_command("--posterior", "default") == by_python(posterior="default")
    assert by_python() != by_python(posterior="default")
    assert war.run(members=2).run.plan.draws == ""


def test_members_take_their_rows_whatever_their_number():
    draws = Draws(("slope",), np.arange(50.0)[:, np.newaxis], np.datetime64("2001-01-01"))
    few, many = draws.of_members(3, 10)["slope"], draws.of_members(3, 400)["slope"]
    assert np.array_equal(few, many[:10])
    assert np.unique(many).size > 45
    later = replace(draws, until=np.datetime64("2002-01-01"))
    assert latest((later, draws), np.datetime64("2001-06-01")) is draws
    assert latest((later, draws), np.datetime64("2000-06-01")) is None


def test_a_run_takes_the_draws_and_sees_no_later_posterior(tiny):
    war = polemos.load(tiny)
    fixed = Draws(("slope",), np.full((5, 1), 2.5), war.origin())
    plan = war.plan(RunConfig(members=4, posterior=fixed))
    from polemos.ensemble.chunks import prepare
    from polemos.ensemble.run import run

    setup = prepare(plan, war.world)
    assert (setup.values["slope"] == 2.5).all()
    assert plan.digest() != war.plan(RunConfig(members=4)).digest()
    with pytest.raises(PlanError, match="not at hand"):
        run(replace(plan, drawn=None), war.world)
    with pytest.raises(PlanError, match="must not see"):
        war.plan(RunConfig(members=4, posterior=replace(fixed, until=war.origin() + 1)))


def test_the_command_calibrates_and_refuses(tiny, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    runner = CliRunner()
    bad = runner.invoke(app, ["calibrate", str(tiny), "--until", "1900-01-01"])
    assert bad.exit_code == 2
    assert "no window" in bad.output
    assert runner.invoke(app, ["calibrate", str(tiny), "--until", "2010-01-01", "--without", "x"]).exit_code == 2
    lost = runner.invoke(app, ["calibrate", str(tiny), "--until", "2010-01-01", "--for", "nowhere"])
    assert lost.exit_code == 2
    assert "no such scenario" in lost.stderr
    assert not list(tmp_path.glob("p*")), "nothing is written"
    until = str(windows.windows(polemos.load(tiny))[0].end)
    done = runner.invoke(app, ["calibrate", str(tiny), "--until", until, "--members", "200", "--sets", "50", "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["failed"]
    assert len(told["parameters"]) == len(simulation_bank.INFERRED)
    assert posterior_file.load(tmp_path / told["written"][0]).failed
    file = told["written"][0]
    last = str(polemos.load(tiny).world.until - 14)
    asked = ["run", str(tiny), "--members", "4", "--posterior", file, "--json", "--origin"]
    early = runner.invoke(app, [*asked, str(np.datetime64(until) - 1)])
    assert early.exit_code == 2
    assert "must not see" in early.output
    late = runner.invoke(app, [*asked, max(until, last), "--to", str(np.datetime64(max(until, last)) + 14)])
    assert late.exit_code == 0, late.output
