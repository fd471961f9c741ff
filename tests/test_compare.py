"""Theories compared: widths with equal means, densities by hand, and verdicts on worlds whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from typer.testing import CliRunner

import polemos
from polemos.cli.commands import app
from polemos.inference import narrowed_priors, predictive_density, theory_comparison
from polemos.inference.predictive_density import Figure, Score
from polemos.model.process import Prior

PRIORS = [
    Prior("uniform", 1, 4),
    Prior("loguniform", 0.001, 0.05),
    Prior("normal", 3, 0.5),
    Prior("lognormal", 40, 0.8),
    Prior("beta", 12, 1),
    Prior("beta", 1, 1),
    Prior("halfnormal", 0, 0.2),
]


@pytest.mark.parametrize("prior", PRIORS, ids=str)
def test_half_the_width_keeps_the_mean(prior):
    u = (np.arange(200_000) + 0.5) / 200_000
    wide, narrow = prior.quantile(u), narrowed_priors.narrower(prior).quantile(u)
    assert wide.mean() == pytest.approx(narrowed_priors.mean(prior), rel=2e-3)
    assert narrow.mean() == pytest.approx(wide.mean(), rel=2e-3)
    assert 0.4 < narrow.std() / wide.std() < 0.62


def test_what_is_not_spread_stays():
    for prior in (Prior("fixed", 2, 2), Prior("either", 0, 1), Prior("halfnormal", 1, 1)):
        assert narrowed_priors.narrower(prior) == prior


def test_density_of_a_normal_forecast():
    rng = np.random.default_rng(1)
    one = Figure("land", np.datetime64("2000-01-01"), 0.5, 0.0)
    found = predictive_density.density(rng.normal(0, 1, 20_000), one)
    assert found == pytest.approx(stats.norm.logpdf(0.5), abs=0.05)
    sure = predictive_density.density(np.zeros(100), Figure("land", one.date, 50.0, 0.0))
    assert -25 < sure < -10


def test_an_estimates_error_counts():
    rng = np.random.default_rng(1)
    found = predictive_density.density(
        rng.normal(0, 1, 20_000), Figure("members", np.datetime64("2000-01-01"), 2.0, 1.0)
    )
    assert found == pytest.approx(stats.norm.logpdf(2.0, scale=np.sqrt(2)), abs=0.05)


def figures_of(n):
    return [Figure("land", np.datetime64("2000-01-01") + 182 * k, 0.0, 0.0) for k in range(n)]


def test_independent_figures_add_up():
    values = np.random.default_rng(1).normal(0, 1, (4000, 3))
    found = predictive_density.together(values, figures_of(3))
    assert found == pytest.approx(3 * stats.norm.logpdf(0), abs=0.35)


def test_a_figure_that_tells_nothing_new_moves_no_evidence():
    rng = np.random.default_rng(1)
    near, far = rng.normal(0, 1, (2000, 1)), rng.normal(2, 1, (2000, 1))
    one = predictive_density.together(near, figures_of(1)) - predictive_density.together(far, figures_of(1))
    assert one == pytest.approx(2.0, abs=0.3)
    twice = [predictive_density.together(np.repeat(v, 2, axis=1), figures_of(2)) for v in (near, far)]
    assert twice[0] - twice[1] == pytest.approx(one, abs=0.5), "the same figure again"
    other = [predictive_density.together(rng.normal(m, 1, (2000, 2)), figures_of(2)) for m in (0, 2)]
    assert other[0] - other[1] == pytest.approx(2 * one, abs=0.6), "a figure of its own"


def test_lengths_of_assaults_by_hand():
    world = polemos.load("caliphate").world
    focus = world.organisation("is")
    weeks = np.arange("2017-01-02", "2018-01-02", 7, dtype="datetime64[D]")
    fought = predictive_density._weeks_fought(world, weeks, focus)
    assert 5 < fought.size < 60
    assert fought.min() > 0
    assert fought.max() > 12, "an assault of months"
    assert predictive_density._mean_length(0.0, 0.0) == 1.0
    assert predictive_density._mean_length(2 * np.log1p(6), 2) == pytest.approx((2 * np.log1p(6) + 1) / 3)


def point(theory, width, **values):
    origin = np.datetime64("2000-01-01")
    scores = {name: Score(name, 1, value, np.full(10, value)) for name, value in values.items()}
    return theory_comparison.Point(theory, width, origin, scores)


def verdict(values, observable):
    points = [point(theory, width, **given) for (theory, width), given in values.items()]
    found = theory_comparison._verdicts(points, ("a", "b"), [np.datetime64("2000-01-01")])
    return next(one.ahead for one in found if one.observable == observable)


def both(a, b, half_a=None, half_b=None):
    return {
        ("a", theory_comparison.WRITTEN): a,
        ("b", theory_comparison.WRITTEN): b,
        ("a", theory_comparison.HALF): half_a or a,
        ("b", theory_comparison.HALF): half_b or b,
    }


def test_verdicts_need_both_widths_and_both_series():
    far, near = {"fighters": 0.0, "members": 0.0}, {"fighters": -2.0, "members": -2.0}
    assert verdict(both(far, near), "verdict") == "a"
    assert verdict(both(near, far), "verdict") == "b"
    assert verdict(both(far, near, half_b=far), "verdict") == theory_comparison.NOT_APART
    assert verdict(both(far, {"fighters": -2.0, "members": 0.0}), "verdict") == theory_comparison.NOT_APART
    assert verdict(both({"land": 0.0}, {"land": -0.5}), "land") == theory_comparison.NOT_APART
    assert (
        verdict(both({"land": 0.0, "fighters": 0.0}, {"land": -5.0, "fighters": 0.0}), "verdict")
        == theory_comparison.NOT_APART
    )


def test_an_origin_that_nothing_came_after_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    late = ["compare", "caliphate", "--origins", "2016-01-01,2019-12-20", "--no-rows"]
    done = CliRunner().invoke(app, late)
    assert done.exit_code == 2
    assert "2019-12-20" in done.stderr
    assert "earlier origin" in done.stderr
    assert not list(tmp_path.iterdir()), "before anything is simulated"


def test_figures_come_after_the_origin_only():
    war = polemos.load("caliphate")
    origin, until = np.datetime64("2016-01-01"), np.datetime64("2019-12-31")
    found = predictive_density.figures(war, origin, until)
    assert {one.observable for one in found} == set(predictive_density.OBSERVABLES)
    assert all(origin < one.date <= until for one in found)
    assert [one.country for one in found if one.observable == "attacks"] == ["IQ", "IQ"]
    late = predictive_density.figures(war, np.datetime64("2018-02-01"), until)
    assert sum(one.observable == "attacks" for one in late) == 1
