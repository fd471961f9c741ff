"""Processes from outside the package, theories that ship, and what carries the mechanisms of an argument."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from polemos.cli.commands import app
from polemos.ensemble.config import RunConfig
from polemos.ensemble.plan import PlanError, make_plan
from polemos.forecasters import registry
from polemos.model import engine, processes
from polemos.record.from_scenario import load
from polemos.scenario.errors import ScenarioError
from polemos.war.war import load as load_war
from scenarios import tiny as write_tiny

ROOT = Path(__file__).parents[1]
UNTIL = "2002-12-31"


@pytest.fixture(scope="module")
def cut(tmp_path_factory):
    return load(str(write_tiny(tmp_path_factory.mktemp("war")))).as_of("2002-01-01")


@pytest.fixture(scope="module")
def refugees(tmp_path_factory):
    """The file that the page on processes shows."""
    page = (ROOT / "docs" / "processes.md").read_text(encoding="utf-8")
    path = tmp_path_factory.mktemp("mine") / "refugees.py"
    path.write_text(re.search(r"```python title=\"refugees.py\"\n(.*?)```", page, re.DOTALL)[1])
    return path


def test_a_process_of_a_file_runs_in_its_place_and_leaves_everything_else_as_it_was(cut, refugees):
    plain = engine.simulate(engine.prepare(cut, UNTIL, members=12, seed=1), 0, 12)
    setup = engine.prepare(cut, UNTIL, members=12, seed=1, added=(str(refugees),))
    names = [process.name for process in setup.processes]
    assert names.index("refugees") == names.index("captures") + 1
    more = engine.simulate(setup, 0, 12, audit=True)
    assert more.strengths["gone_near"][:, -1].sum() + more.strengths["gone_near"][:, 60:].sum() > 0
    assert more.control.tobytes() == plain.control.tobytes()
    assert more.attacks.tobytes() == plain.attacks.tobytes()
    for name in ("fighters", "underground"):
        assert more.strengths[name].tobytes() == plain.strengths[name].tobytes()
    assert set(setup.values) - {"flight"} == set(engine.prepare(cut, UNTIL, members=12, seed=1).values)


def test_a_plan_holds_the_digest_of_the_file(cut, refugees, tmp_path):
    world = replace(cut, origin=None)
    plan = make_plan(world, RunConfig("2001-06-01", "2001-12-31", members=2, processes=(str(refugees),)))
    other = tmp_path / "refugees.py"
    other.write_text(refugees.read_text() + "\n# changed\n")
    assert plan.code != make_plan(world, RunConfig("2001-06-01", "2001-12-31", members=2, processes=(str(other),))).code
    assert "code" not in make_plan(world, RunConfig("2001-06-01", "2001-12-31", members=2)).as_json()
    with pytest.raises(PlanError, match=r"no file nothing\.py"):
        make_plan(world, RunConfig("2001-06-01", "2001-12-31", members=2, processes=("nothing.py",)))


def test_a_scenario_names_what_is_there_and_never_loads_code(cut, refugees):
    with pytest.raises(KeyError, match="no process"):
        engine.prepare(replace(cut, processes=(str(refugees),)), UNTIL, members=1, seed=1)


def test_what_is_wrong_with_a_file_is_told(tmp_path, refugees):
    empty = tmp_path / "empty.py"
    empty.write_text("x = 1\n")
    with pytest.raises(KeyError, match=r"empty\.py defines no PROCESS; see docs/processes\.md"):
        processes.load(str(empty))
    taken = tmp_path / "taken.py"
    taken.write_text(refugees.read_text().replace('name="refugees"', 'name="supply"'))
    with pytest.raises(KeyError, match="already"):
        processes.choose((), (str(taken),))
    lost = tmp_path / "lost.py"
    lost.write_text(refugees.read_text().replace('after="captures"', 'after="pull"'))
    with pytest.raises(KeyError, match="runs after 'pull', which does not run"):
        processes.choose((), (str(lost),))


def test_an_installed_process_runs_where_it_is_named(cut, refugees, tmp_path, monkeypatch):
    """A package as pip leaves it on the path: a module, and the metadata that names its entry point."""
    (tmp_path / "fleeing.py").write_text(refugees.read_text())
    about = tmp_path / "fleeing-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: fleeing\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[polemos.processes]\nrefugees = fleeing:PROCESS\n")
    monkeypatch.syspath_prepend(tmp_path)
    processes.installed.cache_clear()
    try:
        assert processes.installed() == ("refugees",)
        assert "refugees" not in [one.name for one in processes.choose(())]
        assert "refugees" in [one.name for one in processes.choose((), ("refugees",))]
        assert "refugees" in [one.name for one in processes.choose(("captures", "refugees"))]
        usual = [one.name for one in processes.choose(())]
        named = replace(cut, processes=(*usual, "refugees"))
        setup = engine.prepare(named, UNTIL, members=2, seed=1)
        assert engine.simulate(setup, 0, 2).strengths["gone_near"].shape[2] == 3
    finally:
        monkeypatch.undo()
        processes.installed.cache_clear()


def test_an_installed_forecaster_is_asked_by_its_name(tmp_path, monkeypatch):
    (tmp_path / "staying.py").write_text(
        "import polemos\nfrom polemos.forecasters.markov import Persistence\n"
        "FORECASTER = polemos.forecaster('staying')(lambda world, dates: Persistence().forecast(world, dates))\n"
    )
    about = tmp_path / "staying-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: staying\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[polemos.forecasters]\nstaying = staying:FORECASTER\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert registry.installed() == ("staying",)
    assert [one.name for one in registry.lineup(("persistence", "staying"))] == ["persistence", "staying"]
    with pytest.raises(KeyError, match=r"no forecaster 'stay'; there are .*staying"):
        registry.lineup(("stay",))


def test_the_command_runs_a_process_of_a_file(refugees, tmp_path):
    path = write_tiny(tmp_path)
    common = ["run", str(path), "--members", "4", "--runs", str(tmp_path / "runs"), "--out", str(tmp_path / "x.html")]
    done = CliRunner().invoke(app, [*common, "--process", str(refugees), "--json"])
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["plan"]["added"] == [str(refugees)]
    none = CliRunner().invoke(app, [*common, "--process", str(tmp_path / "none.py")])
    assert none.exit_code == 2
    assert "no file none.py" in none.stderr


def named_in(test: ast.FunctionDef) -> set[str]:
    """Words that a test gives to `call`, `added` or `without`."""
    words: list[ast.AST] = []
    for node in ast.walk(test):
        if isinstance(node, ast.Call):
            words += [word.value for word in node.keywords if word.arg in ("added", "without")]
            if isinstance(node.func, ast.Name) and node.func.id == "call":
                words += node.args[:1]
    constants = [one.value for node in words for one in ast.walk(node) if isinstance(one, ast.Constant)]
    return {word for word in constants if isinstance(word, str)}


def test_every_process_is_called_or_switched_by_a_test():
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "tests").glob("test_*.py"))]
    tests = [node for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef)]
    tested = set().union(*(named_in(test) for test in tests if test.name.startswith("test_")))
    assert set(processes.names()) - tested == set()


def test_every_mechanism_of_the_argument_is_carried_by_processes_or_data():
    mechanisms = load_war("caliphate").argument.select("mechanism")
    assert [claim.id for claim in mechanisms] == [f"M{number}" for number in range(1, 41)]
    by_data = [claim.id for claim in mechanisms if not claim.carrier.processes]
    assert by_data == ["M2", "M8", "M12", "M21"]
    assert all(claim.carrier.by == "data" and claim.carrier.reason for claim in mechanisms if claim.id in by_data)
    assert {name for claim in mechanisms for name in claim.carrier.processes} <= set(processes.names())


def test_three_theories_are_priors_and_switches_on_the_same_processes():
    war = load_war("caliphate")
    author, rival, neutral = (war.theory(name) for name in ("author", "rival", "neutral"))
    assert author.processes == rival.processes
    assert set(author.priors) == set(rival.priors)
    assert all(author.priors[name] != rival.priors[name] for name in author.priors)
    assert set(neutral.priors) <= set(author.priors)
    means = {}
    for theory in (author, rival):
        plan = war.plan(RunConfig(origin="2016-01-19", until="2016-03-01", members=400, theory=theory.name))
        assert plan.processes == tuple(sorted(theory.processes))
        from polemos.ensemble.chunks import prepare

        setup = prepare(plan, war.world)
        means[theory.name] = {name: float(np.median(setup.values[name])) for name in theory.priors}
    assert means["author"]["iota"] > 0.9 > 0.3 > means["rival"]["iota"]
    assert means["author"]["u_c"] == np.inf
    assert means["author"]["beta_t"] == pytest.approx(3, abs=0.1)
    assert means["author"]["uprisings"] == 0
    assert plan.priors["u_c"] == "loguniform(200, 5000)"


def test_the_neutral_theory_is_the_models_own_priors():
    war = load_war("caliphate")
    own = {parameter.name: str(parameter.prior) for _, parameter in engine.parameters(processes.choose(()))}
    for name, prior in war.theory("neutral").priors.items():
        assert str(prior).replace(" ", "") == own[name].replace(" ", ""), name


def test_a_theory_of_your_own_is_a_file_and_is_checked(tmp_path):
    war = load_war(str(write_tiny(tmp_path / "war")))
    mine = tmp_path / "mine.yaml"
    mine.write_text("title: Mine\nprocesses: [pull]\npriors:\n  tau_q: 0.001\n  tau_m: lognormal(2, 0.5)\n")
    plan = war.plan(RunConfig(members=2, theory=str(mine)))
    assert plan.processes == ("pull",)
    mine.write_text("title: Mine\nprocesses:\n  - pulll\npriors:\n  tau_mb: 3\n  u_c: 200\n  rho: normall(1, 2)\n")
    with pytest.raises(ScenarioError) as told:
        war.plan(RunConfig(members=2, theory=str(mine)))
    assert str(told.value).splitlines() == [
        "mine.yaml:3:processes: no process 'pulll'; did you mean 'pull'?",
        "mine.yaml:5:tau_mb: no parameter 'tau_mb'; did you mean 'tau_m'?",
        "mine.yaml:6:u_c: a parameter of uprising, which does not run; add it under processes, or take u_c away",
        "mine.yaml:7:rho: a parameter of switching, which does not run; add it under processes, or take rho away",
        "mine.yaml:7:rho: 'normall(1, 2)' is no prior; write a number, or one such as lognormal(40, 0.8)",
    ]
