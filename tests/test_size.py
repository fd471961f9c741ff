"""What is too large says so before work begins, with what it would cost and the mend."""

from __future__ import annotations

import time

import numpy as np
import pytest
from typer.testing import CliRunner

from polemos.cli.commands import app
from polemos.cli.cost_warnings import say_if_large_at
from polemos.forecasters.registry import lineup
from polemos.scenario import run_cost
from polemos.war.war import load


@pytest.fixture
def large(tiny):
    """The small war with 5,994 hamlets more than it had."""
    hamlets = range(5_994)
    with (tiny / "places.csv").open("a") as places, (tiny / "control.csv").open("a") as control:
        for number in hamlets:
            lat, lon = 11 + number // 80 * 0.01, 21 + number % 80 * 0.01
            places.write(f"h{number},H{number},,AA,village,{lat:.2f},{lon:.2f},100,plain,invented,\n")
            control.write(f"h{number},crown,2001-01-01,,0,window,invented,\n")
    with (tiny / "links.csv").open("a") as links:
        links.write("fir,h0,road,50\n")
        for number in hamlets:
            if number:
                links.write(f"h{number - 1},h{number},track,\n")
    return tiny


def test_what_a_run_costs_grows_with_places_and_members():
    # Measured: 444 MB for 1,000 places and 100 members, 1,146 MB for 4,000.
    assert 0.3e9 < run_cost.memory(1000, 100) < 0.6e9
    assert 0.8e9 < run_cost.memory(4000, 100) < 1.6e9
    assert run_cost.seconds(20_000, 52, 400, 2) == pytest.approx((140, 832))
    assert (run_cost.in_words(3), run_cost.in_words(600), run_cost.in_words(36_000)) == (
        "3 s",
        "10 minutes",
        "10 hours",
    )


def test_check_says_what_a_large_war_costs(large):
    done = CliRunner().invoke(app, ["check", str(large)])
    assert done.exit_code == 0, done.output
    said = " ".join(done.output.split())
    assert "places.csv: warning: 6,000 places; a run takes about 42 s before its first simulated war" in said
    assert "keep the places that matter" in said


def test_a_run_that_the_machine_cannot_hold_is_refused_before_it_begins(large, tmp_path, monkeypatch):
    monkeypatch.setattr(run_cost, "machine_memory", lambda: 2e9)
    began = time.process_time()
    words = ["run", str(large), "--members", "10000", "--keep", "none", "--out", str(tmp_path / "page.html")]
    done = CliRunner().invoke(app, words)
    assert time.process_time() - began < 60
    assert done.exit_code == 2
    said = " ".join(done.output.split())
    assert "6,000 places, 52 weeks and 10,000 members: about 49.2 GB of memory, 42 s before" in said
    assert "this machine has 2.0 GB. Take fewer places or members, or an earlier --to" in said
    assert not (tmp_path / "page.html").exists()


def refused(words, monkeypatch):
    """What a command says of a machine of two gigabytes, after less than a minute and with exit code 2."""
    monkeypatch.setattr(run_cost, "machine_memory", lambda: 2e9)
    began = time.process_time()
    done = CliRunner().invoke(app, words)
    assert time.process_time() - began < 60
    assert done.exit_code == 2, done.output
    return " ".join(done.output.split())


def test_an_experiment_says_what_both_its_runs_cost(large, tmp_path, monkeypatch):
    words = ["what-if", str(large), "--set", "beta_t=0", "--members", "10000", "--threads", "2"]
    said = refused([*words, "--runs", str(tmp_path / "runs")], monkeypatch)
    # Of each run a chunk a thread is in memory.
    assert "6,000 places, 52 weeks and 10,000 members, 2 runs: about 2.2 GB of memory, 42 s before" in said
    assert not (tmp_path / "runs").exists()


def test_a_hindcast_says_what_all_its_origins_cost(large, tmp_path, monkeypatch):
    words = ["hindcast", str(large), "--members", "10000", "--origins", "3", "--leads", "1mo,3mo", "--threads", "2"]
    said = refused([*words, "--out", str(tmp_path / "hindcasts")], monkeypatch)
    assert "6,000 places, 13 weeks and 10,000 members from each of 3 origins: about 98.4 GB of memory" in said
    assert "Take fewer places, members or --threads, or shorter --leads" in said
    assert not (tmp_path / "hindcasts").exists()


def test_a_hindcast_of_baselines_alone_costs_no_simulated_war(tiny, capsys):
    days = np.array(["2002-01-01"], "datetime64[D]")
    baseline, model = lineup(("persistence", "model"), members=1_000_000)
    for asked, said in ((baseline, ""), (model, "6 places, 52 weeks and 1,000,000 members from one origin")):
        say_if_large_at(load(tiny), (asked,), days, ("12mo",), 1_000_000, 1, quiet=False)
        assert capsys.readouterr().err.startswith(said)


def test_the_page_in_the_browser_says_what_a_move_costs(large, monkeypatch):
    said = refused(["serve", str(large), "--no-open"], monkeypatch)
    assert "6,000 places" in said
    assert "200 members, 2 runs: about 2.2 GB of memory" in said
    assert said.endswith("Take fewer places")
