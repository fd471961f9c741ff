"""The ladder between two theories: its rows, its ends, and the command."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from polemos.cli.commands import app
from polemos.counterfactual import theory_ladder as there
from polemos.ensemble.config import RunConfig
from polemos.ensemble.executor import Executor
from polemos.ensemble.theory import Theory
from polemos.war.war import load
from scenarios import tiny as write_tiny
from test_sensitivity import QUESTIONS

MILD = "title: Mild\npriors:\n  c_u: 0.1\n  tau_m: lognormal(2, 0.5)\n  iota: beta(1, 1)\n"
FIERCE = "title: Fierce\nprocesses: [pull]\npriors:\n  c_u: 0.9\n  tau_q: 0.002\n  iota: beta(1, 1)\n  delta: 0.01\n"


@pytest.fixture(scope="module")
def war(tmp_path_factory):
    path = write_tiny(tmp_path_factory.mktemp("war"))
    (path / "questions.yaml").write_text(QUESTIONS)
    (path / "theories").mkdir()
    (path / "theories" / "mild.yaml").write_text(MILD)
    (path / "theories" / "fierce.yaml").write_text(FIERCE)
    return load(str(path))


def test_the_rows_are_the_differences_and_a_process_brings_its_priors(war):
    a, b = war.theory("mild"), war.theory("fierce")
    rows = there.rows(a, b)
    assert [(row.name, row.before, row.after) for row in rows] == [
        ("pull", "off", "on"),
        ("c_u", "0.1", "0.9"),
        ("tau_m", "lognormal(2, 0.5)", there.OWN),
        ("delta", there.OWN, "0.01"),
    ]
    assert rows[0].parameters == ("tau_q",)


def test_all_rows_replaced_are_the_other_theory_either_way(war):
    for first, second in (("mild", "fierce"), ("fierce", "mild")):
        a, b = war.theory(first), war.theory(second)
        whole = there.mixed(a, b, there.rows(a, b))
        assert whole.priors == b.priors
        assert whole.processes == b.processes
        assert there.mixed(a, b, ()).priors == a.priors


def test_a_process_switched_off_by_one_theory_is_a_row():
    a, b = Theory(name="a", without=("exit",)), Theory(name="b")
    (row,) = there.rows(a, b)
    assert (row.process, row.before, row.after) == ("exit", "off", "on")
    assert there.mixed(a, b, [row]).without == ()
    assert there.mixed(b, a, there.rows(b, a)).without == ("exit",)


def test_a_climb_ends_where_the_other_theory_stands(war, tmp_path):
    how = {"config": RunConfig(members=30), "store": tmp_path, "executor": Executor(1)}
    climb = there.ladder(war, "mild", "fierce", war.questions, climbing=True, **how)
    alone = there.ladder(war, "mild", "fierce", war.questions, **how)
    for at, one in enumerate(climb.whole):
        assert sum(step.effects[at].difference for step in climb.steps) == pytest.approx(one.difference)
        assert climb.steps[-1].effects[at].counterfactual == one.counterfactual
    assert climb.steps[0] == alone.steps[0]
    assert climb.whole == alone.whole
    assert all(step.effects[0].factual == alone.whole[0].factual for step in alone.steps)
    assert alone.whole[1].difference == 0, "what nothing can change does not move"


def test_the_command_prints_tables_json_and_a_chart(war, tmp_path):
    out = tmp_path / "ladder.svg"
    common = ["ladder", str(war.path), "mild", "fierce", "--members", "20", "--runs", str(tmp_path)]
    done = CliRunner().invoke(app, [*common, "--json", "--chart", str(out)])
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    assert [step["row"]["name"] for step in told["steps"]] == ["pull", "c_u", "tau_m", "delta"]
    assert out.read_text().startswith("<svg")
    shown = CliRunner().invoke(app, [*common, "--question", "cedar", "--climb"]).stdout
    assert "The Crown holds Cedar (cedar): mild" in shown
    assert "each row on top of those before" in shown
    same = CliRunner().invoke(app, ["ladder", str(war.path), "mild", "mild"])
    assert same.exit_code == 2
    assert "differ in nothing" in same.stderr
    wrong = CliRunner().invoke(app, ["ladder", str(war.path), "mild", "feirce"])
    assert wrong.exit_code == 2
    assert "did you mean 'fierce'" in wrong.stderr
