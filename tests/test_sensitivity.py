"""Screening and shares of variance against closed forms, and both on a small war."""

from __future__ import annotations

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from polemos.cli.commands import app
from polemos.ensemble.config import RunConfig
from polemos.ensemble.executor import Executor, Interrupted
from polemos.inference import parameter_design
from polemos.inference import sensitivity as there
from polemos.war.war import load
from scenarios import tiny as write_tiny

QUESTIONS = """\
questions:
  - id: cedar
    kind: held
    title: The Crown holds Cedar
    asked: Does the Crown hold Cedar at the end of the year?
    origin: 2002-01-01
    by: crown
    places: {ids: [cedar]}
    date: 2002-12-31
  - id: always
    kind: held
    title: Somebody holds Alder
    asked: Is Alder held?
    origin: 2002-01-01
    by: [crown, guild, hill, nobody]
    places: {ids: [alder]}
    date: 2002-06-30
"""


def ishigami(x):
    """Ishigami and Homma (1990): sin x1 + 7 sin^2 x2 + 0.1 x3^4 sin x1 on (-pi, pi)."""
    a, b, c = (np.pi * (2 * x[..., k] - 1) for k in range(3))
    return np.sin(a) + 7 * np.sin(b) ** 2 + 0.1 * c**4 * np.sin(a)


def g_function(x, a):
    """Sobol's g: product of (|4x - 2| + a) / (1 + a)."""
    return np.prod((np.abs(4 * x - 2) + a) / (1 + a), axis=-1)


def shares(function, factors: int, count: int = 4096):
    a, b = there.samples(count, factors, 3)
    mixed = np.stack([there._with(a, b, [column]) for column in range(factors)])
    return there.indices(function(a), function(b), function(mixed), resamples=50)


def test_sobol_indices_are_ishigamis():
    found = shares(ishigami, 3)
    assert found.first == pytest.approx([0.3139, 0.4424, 0.0], abs=0.02)
    assert found.total == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.02)
    assert (found.first_bounds[0] <= found.first).all()
    assert (found.first <= found.first_bounds[1]).all()


def test_sobol_indices_are_those_of_the_g_function():
    a = np.array([0.0, 1.0, 4.5, 99.0])
    part = 1 / (3 * (1 + a) ** 2)
    whole = np.prod(1 + part) - 1
    found = shares(lambda x: g_function(x, a), 4)
    assert found.first == pytest.approx(part / whole, abs=0.02)
    rest = np.array([np.prod(np.delete(1 + part, k)) for k in range(4)])
    assert found.total == pytest.approx(part * rest / whole, abs=0.02)


def test_paths_stay_in_the_design_and_move_each_factor_once():
    walked = there.paths(30, 7, np.random.default_rng(1))
    grid = np.arange(there.LEVELS) / (there.LEVELS - 1)
    assert np.isclose(walked.points[..., None], grid).any(-1).all()
    changed = np.abs(np.diff(walked.points, axis=1))
    assert np.isclose(changed.sum(axis=2), there.STEP).all()
    assert np.isclose(changed.sum(axis=1), there.STEP).all()


def test_the_screening_gives_a_linear_functions_slopes_exactly_and_no_spread():
    slopes = np.array([3.0, -2.0, 0.0, 0.5])
    walked = there.paths(10, 4, np.random.default_rng(2))
    found = there.effects(walked, walked.points @ slopes)
    assert found.mean == pytest.approx(slopes)
    assert found.mean_absolute == pytest.approx(np.abs(slopes))
    assert found.spread == pytest.approx(0, abs=1e-12)


def test_the_screening_orders_the_g_function_and_tells_of_its_interactions():
    a = np.array([99.0, 0.0, 4.5, 1.0])
    walked = there.paths(200, 4, np.random.default_rng(3))
    found = there.effects(walked, g_function(0.05 + 0.9 * walked.points, a))
    assert np.argsort(-found.mean_absolute).tolist() == [1, 3, 2, 0]
    assert (np.abs(found.mean) < 0.3 * found.mean_absolute)[1], "symmetric about the middle: the mean tells nothing"
    assert (found.spread > found.mean_absolute)[1]


@pytest.fixture(scope="module")
def war(tmp_path_factory):
    path = write_tiny(tmp_path_factory.mktemp("war"))
    (path / "questions.yaml").write_text(QUESTIONS)
    return load(str(path))


def asked(war, name="cedar", **more):
    question = next(one for one in war.questions if one.id == name)
    plan = war.plan(RunConfig(until="2002-12-31", members=1))
    return parameter_design.experiment(war, plan, question, **more)


def test_a_point_in_the_middle_has_the_medians_and_each_organisation_its_own(war):
    question = next(one for one in war.questions if one.id == "cedar")
    plan = war.plan(RunConfig(until="2002-12-31", members=1, processes=("attitudes",)))
    case = parameter_design.experiment(war, plan, question)
    names = [factor.name for factor in case.factors]
    assert {"tau_m", "exclusion: crown", "exclusion: guild"} <= set(names)
    assert "belief_own" not in names, "fixed"
    points = np.full((2, len(names)), 0.5)
    points[1, names.index("exclusion: guild")] = 0.9
    values = parameter_design.values_at(case, points)
    assert values["tau_m"] == pytest.approx([2.5, 2.5])
    assert values["exclusion"][0] == pytest.approx([0.5, 0.5, 0.5])
    assert values["exclusion"][1, 1] > 0.7
    assert values["exclusion"][1, [0, 2]] == pytest.approx([0.5, 0.5])


def test_points_at_a_members_own_draws_give_that_members_own_war(war):
    """The experiment is the model: put where a member's parameters are, with its key, it answers as that member."""
    from polemos.model import engine
    from polemos.questions.evaluate import evaluate

    case = asked(war)
    points = np.random.default_rng(5).uniform(0.1, 0.9, (40, len(case.factors)))
    keys = np.arange(40)
    mine = parameter_design.answers(case, points, keys, executor=Executor(1))
    assert (mine == parameter_design.answers(case, points, keys, executor=Executor(2))).all()
    assert (mine != parameter_design.answers(case, points, keys + 40, executor=Executor(1))).any()
    setup = engine.prepare(war.world.as_of("2002-01-01"), "2002-12-31", members=40, seed=case.plan.seed)
    from dataclasses import replace

    setup = replace(setup, values=parameter_design.values_at(case, points))
    assert (evaluate(case.question, engine.simulate(setup, 0, 40)).yes == mine).all()


def test_shares_of_a_war_and_a_stop_that_keeps_what_is_done(war, tmp_path):
    case = asked(war)
    seen = []

    def stop(done, total):
        seen.append(done)
        if len(seen) == 3:
            raise KeyboardInterrupt

    how = {"trajectories": 3, "leading": 3, "sample": 32, "executor": Executor(1), "store": tmp_path}
    with pytest.raises(Interrupted) as told:
        there.sensitivity(case, **how, progress=stop)
    assert told.value.done >= 120
    found = there.sensitivity(case, **how)
    again = there.sensitivity(case, **{**how, "store": None, "executor": Executor(2)})
    assert found == again
    assert found.wars == 3 * (len(case.factors) + 2) + 32 * 7
    names = [row.factor for row in found.rows]
    assert names[-2:] == [there.OTHERS, there.DRAWS]
    assert sum(row.total is not None for row in found.rows) == 5
    assert 0 < found.answer < 1


def test_what_a_crash_cut_short_is_simulated_anew(war, tmp_path):
    case = asked(war)
    how = {"trajectories": 2, "leading": 2, "sample": 8, "executor": Executor(1), "store": tmp_path}
    found = there.sensitivity(case, **how)
    cut = sorted(tmp_path.rglob("*.npy"))
    cut[0].write_bytes(b"")
    cut[-1].write_bytes(cut[-1].read_bytes()[:90])
    assert there.sensitivity(case, **how) == found
    assert np.load(cut[0]).size > 0


def test_the_command_prints_a_table_json_and_a_chart(war, tmp_path):
    out = tmp_path / "chart.svg"
    common = ["sensitivity", str(war.path), "--question", "cedar", "--trajectories", "2", "--leading", "2"]
    common += ["--sample", "32", "--runs", str(tmp_path)]
    done = CliRunner().invoke(app, [*common, "--json", "--chart", str(out)])
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["question"] == "cedar"
    assert told["rows"][-1]["factor"] == there.DRAWS
    assert out.read_text().startswith("<svg")
    assert "variance" in CliRunner().invoke(app, common).stdout


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--question", "ceder"], "did you mean 'cedar'"),
        (["--question", "cedar", "--sample", "100"], "no power of 2"),
        (["--question", "cedar", "--chart", "x.gif"], "let its name end in"),
        (["--question", "always"], "every war gives the same answer"),
    ],
)
def test_what_cannot_be_asked_is_told_in_one_line(war, tmp_path, more, words):
    few = ["--trajectories", "2", "--leading", "1", "--sample", "16", "--runs", str(tmp_path)]
    done = CliRunner().invoke(app, ["sensitivity", str(war.path), *few, *more])
    assert done.exit_code == 2
    assert words in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
