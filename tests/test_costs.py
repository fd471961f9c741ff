"""What a run costs is measured where it runs; invented wars of any size are sound and the same each time."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from polemos.scenario.load import check

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "benchmarks"), str(ROOT / "tools")]

import costs  # noqa: E402
from bench import app  # noqa: E402
from synthetic import write  # noqa: E402


def test_exponents_are_slopes_on_double_logarithms():
    assert costs.exponent([1, 10, 100], [2, 20, 200]) == pytest.approx(1)
    assert costs.exponent([10, 20], [3, 12]) == pytest.approx(2)
    assert costs.exponent([5, 5], [1, 2]) != costs.exponent([5, 5], [1, 2])


@pytest.mark.parametrize("places", [30, 101])
def test_invented_wars_are_sound_and_come_out_the_same(tmp_path, places):
    first, second = (write(tmp_path / name, places, 4, seed=3) for name in ("a", "b"))
    assert not [problem for problem in check(str(first)) if problem.level == "error"]
    for path in sorted(first.iterdir()):
        assert path.read_bytes() == (second / path.name).read_bytes(), path.name


def test_what_cannot_be_measured_is_said(tmp_path):
    done = CliRunner().invoke(app, ["places", str(tmp_path / "nowhere")])
    assert done.exit_code == 2
    assert "polemos: '" in done.output
    assert "no such scenario" in done.output
    assert CliRunner().invoke(app, ["model", "--members", "few"]).exit_code == 2


@pytest.mark.slow
def test_costs_of_a_small_war_are_told(tmp_path):
    path = write(tmp_path / "war", 40, 4)
    cost = costs.measure(str(path), 30, 10, 2)
    assert (cost.places, cost.members, cost.weeks, cost.threads) == (40, 30, 10, 2)
    assert 0 < sum(cost.by_process.values()) < 2 * cost.simulate + 0.1
    assert cost.cpu > 0
    assert cost.peak > 5e7
