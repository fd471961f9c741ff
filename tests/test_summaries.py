"""Windows and their summaries, by hand and on the invented war; the bank that keeps them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

import polemos
from polemos.ensemble.executor import Executor
from polemos.inference import calibrate, simulate_windows, simulation_bank, window_summaries
from polemos.inference.windows import attacks, log_sd, remoteness, windows


@pytest.fixture
def war(tiny):
    return polemos.load(tiny)


def test_windows_end_by_the_day_asked_and_do_not_meet(war):
    every = windows(war)
    assert every
    for one, other in pairwise(every):
        assert one.end == other.start
    assert all(window.end <= war.world.until for window in every)
    assert len(windows(war, every[-1].end)) == len(every)
    assert len(windows(war, every[-1].end - 1)) == len(every) - 1


def test_summaries_of_a_war_by_hand(war):
    world = war.world
    places = len(world.places.id)
    control = np.zeros((1, 9, places), np.int8)
    control[0, 5:, 0] = 1
    contested = np.zeros(control.shape, bool)
    contested[0, 2:5, 0] = True
    row = dict(
        zip(window_summaries.LAND, window_summaries.land(control, contested, world, 0, np.ones(places))[0], strict=True)
    )
    assert row["lost"] == pytest.approx(np.log(2))
    assert row["taken"] == row["others"] == 0
    assert row["fought"] == pytest.approx((np.log1p(3) + 1) / 2)
    assert row["length"] == pytest.approx(np.log(7 / 2))
    assert row["battles"] == pytest.approx(np.log1p(3))
    assert row["land, half"] == 0 > row["land, end"] or world.places.people[0] == 0
    assert row["last places"] == pytest.approx(np.log(2))


def test_the_record_does_not_move_when_its_future_does(war):
    window = windows(war)[0]
    cut = type(window)(
        war.world.as_of(window.end), window.start, window.end, window.focus, window.fighters, window.members, ()
    )
    assert np.array_equal(window_summaries.observed(window), window_summaries.observed(cut), equal_nan=True)


def test_remoteness_is_nothing_at_others_places(war):
    hours = remoteness(war.world, war.world.start, 0)
    held = war.world.holders([war.world.start])[0]
    assert (hours[(held != 0) & (held < war.world.nobody)] == 0).all()
    assert (hours[held == 0] > 0).all()


def test_an_estimate_is_as_sure_as_its_range():
    assert log_sd(50, 100, 200) == pytest.approx(np.log(4) / (2 * 1.6448536269514722))
    assert log_sd(100, 100, 100) == 0.1
    assert log_sd(np.nan, 100, np.nan) == 0.1


def test_attacks_may_be_stated_without_bounds(war):
    region, name = next(iter(war.settings.countries.values())), war.world.organisations.id[0]
    head = "date,measure,region,value,low,high,source,note"
    (war.path / "outcomes.csv").write_text(f"{head}\n2002-12-31,{name}_attacks,{region},52,,,told,\n")
    (told,) = attacks(polemos.load(war.path))
    assert (told.best, told.log_sd) == (52, 0.1)


def test_a_bank_is_the_same_on_any_threads_and_goes_on(war, tmp_path, monkeypatch):
    chosen = windows(war)[:1]
    monkeypatch.setattr(simulate_windows, "CHUNK", 8)
    one = simulation_bank.build(chosen, 16, store=tmp_path, executor=Executor(1))
    two = simulation_bank.build(chosen, 16, executor=Executor(2))
    assert np.array_equal(one.x, two.x, equal_nan=True)
    assert one.simulated == 16 * (chosen[0].dates.size - 1)
    file = sorted(tmp_path.glob("*/*/*.npy.gz"))[0]
    file.unlink()
    again = simulation_bank.build(chosen, 16, store=tmp_path, executor=Executor(1))
    assert again.simulated == 8 * (chosen[0].dates.size - 1)
    assert np.array_equal(one.x, again.x, equal_nan=True)


def test_generations_are_the_same_on_any_threads_and_chunks_and_go_on(war, tmp_path, monkeypatch):
    chosen = windows(war)[:1]
    made = simulation_bank.build(chosen, 60, executor=Executor(1))
    asked = {"war": war.name, "until": chosen[0].end, "generations": 2}

    def found(**more):
        return calibrate.nearer(made, **asked, **more)

    one = found(executor=Executor(1), store=tmp_path)
    monkeypatch.setattr(simulate_windows, "CHUNK", 16)
    two = found(executor=Executor(2))
    assert np.array_equal(one.sample.z, two.sample.z)
    assert np.array_equal(one.sample.weights, two.sample.weights)
    assert len(one.generations) > 1
    seen = []
    again = found(executor=Executor(1), store=tmp_path / "other")
    folders = sorted((tmp_path / "other").glob("draws-*"))
    assert len(folders) == len(one.generations) - 1
    sorted(folders[0].rglob("*.npy.gz"))[0].unlink()
    third = found(
        executor=Executor(1), store=tmp_path / "other", progress=lambda done, total: seen.append((done, total))
    )
    assert np.array_equal(third.sample.z, again.sample.z)
    assert np.array_equal(third.sample.z, one.sample.z)
    assert len(seen) == 1, "one chunk was lacking"
    assert seen[0][1] == 120


def test_scores_of_other_wars_given_one_are_tied_as_in_the_bank():
    z = np.random.default_rng(1).standard_normal((20000, 2))
    tied = simulation_bank.related(z, ["b", "c"], [1, 2])
    assert np.corrcoef(tied["b"][:, 0], z[:, 0])[0, 1] == pytest.approx(simulation_bank.SHARED, abs=0.03)
    assert np.corrcoef(tied["b"][:, 0], tied["c"][:, 0])[0, 1] == pytest.approx(simulation_bank.SHARED, abs=0.03)
    assert tied["c"].std(axis=0) == pytest.approx([1.0, 1.0], abs=0.03)


def test_scores_keep_the_prior_and_tie_the_wars():
    a, b = (simulation_bank.scores(("slope", "eta"), 4096, 1, war) for war in ("one", "other"))
    assert np.abs(a.mean(0)).max() < 0.06
    assert np.abs(a.std(0) - 1).max() < 0.05
    assert np.corrcoef(a[:, 0], b[:, 0])[0, 1] == pytest.approx(simulation_bank.SHARED, abs=0.05)
    drawn = simulate_windows.values(("slope", "eta"), a)
    assert drawn["slope"].mean() == pytest.approx(1.0, abs=0.03)
    assert drawn["eta"].min() >= 0
    assert drawn["eta"].max() <= 4
