"""A parameter outside the range of its prior is refused with the range, from every way in; sensible ones are not."""

from __future__ import annotations

import math

import pytest
from typer.testing import CliRunner

from polemos.cli.commands import app
from polemos.counterfactual.experiment import changes_of
from polemos.ensemble.config import RunConfig
from polemos.ensemble.parameter_ranges import bounds, outside
from polemos.ensemble.plan import PlanError
from polemos.model.process import beta, fixed, lognormal, normal, uniform
from polemos.scenario.load import library
from polemos.war.war import load


def test_ranges_are_the_supports_of_the_priors():
    assert bounds(beta(2, 3)) == (0.0, 1.0)
    assert bounds(normal(1.0, 0.5)) == (-49.0, 51.0)
    assert bounds(lognormal(2.0, 0.5)) == pytest.approx((0.0, 2 * math.exp(6)))
    assert bounds(uniform(0.2, 0.4)) == pytest.approx((0.0, 2.4))
    assert outside(math.inf, lognormal(40, 0.8)) == ""
    assert outside(math.inf, beta(1, 1))
    assert outside(-math.inf, normal(0, 1))
    assert outside(uniform(0.0, 2.0), beta(1, 1))
    assert outside(fixed(0.5), beta(1, 1)) == ""


@pytest.mark.parametrize("change", ["beta_t=-1e30", "beta_t=1e30", "beta_t=normal(0, 1e9)", "iota=2", "beta_t=-inf"])
def test_a_change_outside_the_range_is_refused_with_the_range(tiny, change):
    done = CliRunner().invoke(app, ["what-if", str(tiny), "--set", change, "--members", "2"])
    assert done.exit_code == 2, done.output
    assert "lies outside the range of the parameter, " in " ".join(done.output.split())


def test_a_theory_outside_the_range_is_refused(tiny):
    (tiny / "theories").mkdir()
    (tiny / "theories" / "wild.yaml").write_text("priors: {beta_t: -1e30}\n")
    with pytest.raises(PlanError, match="outside the range"):
        load(tiny).plan(RunConfig(members=2, theory="wild"))


@pytest.mark.parametrize("name", library())
def test_what_ships_lies_within_the_ranges(name):
    from polemos.ensemble.theory import names

    war = load(name)
    for theory in names(war.path):
        war.plan(RunConfig(members=2, theory=theory))
    for claim in war.argument.claims if war.argument else ():
        if claim.experiment:
            from polemos.counterfactual.experiment import first_day
            from polemos.ensemble.plan import make_plan

            made = claim.experiment
            origin = made.origin or first_day(war, made)
            until = made.to or war.settings.run_to
            config = RunConfig(origin, until, members=2, changes=changes_of(made), processes=made.processes)
            make_plan(war.world, config)
