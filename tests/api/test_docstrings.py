"""What docs/python.md names has a docstring with an example that runs."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pydoc
import re
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "python.md").read_text(encoding="utf-8")
MODULES = [name for name in re.findall(r"^::: (\S+)", PAGE, re.MULTILINE) if name.count(".") > 1]
SIMULATES = re.compile(r"\.(run|what_if|forecast)\(")
"""What compiles kernels, which takes a minute or two where none are compiled yet."""
WHOLE = ("polemos.scores.rules", "polemos.questions.builders")
"""Modules of which every public function has an example."""


def examples(module: str) -> list[doctest.DocTest]:
    tests = doctest.DocTestFinder(exclude_empty=False).find(importlib.import_module(module), module)
    return [test for test in tests if test.examples]


def simulates(test: doctest.DocTest) -> bool:
    return any(SIMULATES.search(example.source) for example in test.examples)


def failures(tests: list[doctest.DocTest]) -> list[str]:
    return [test.name for test in tests if doctest.DocTestRunner(verbose=False).run(test).failed]


@pytest.mark.parametrize("module", ["polemos", *MODULES])
def test_examples_of_docstrings_run(module):
    assert failures([test for test in examples(module) if not simulates(test)]) == []


@pytest.mark.slow
def test_examples_that_simulate_run():
    tests = [test for module in MODULES for test in examples(module) if simulates(test)]
    assert len(tests) >= 6
    assert failures(tests) == []


@pytest.mark.parametrize(
    ("thing", "sections"),
    [
        ("polemos.war.war.War", ("Attributes", "Examples")),
        ("polemos.war.war.War.run", ("Parameters", "Returns", "Raises", "Examples")),
        ("polemos.war.war.War.what_if", ("Parameters", "Returns", "Raises")),
        ("polemos.war.war.War.forecast", ("Parameters", "Returns", "Raises")),
        ("polemos.war.check.check", ("Parameters", "Returns", "Examples")),
        ("polemos.war.simulation.Simulation", ("Attributes", "Notes", "Examples")),
        ("polemos.war.simulation.Simulation.ask", ("Parameters", "Returns", "Raises", "Examples")),
        ("polemos.counterfactual.frames.Counterfactual", ("Attributes", "Notes", "Examples")),
        ("polemos.report.charts.run_charts.Charts", ("Attributes", "Examples")),
        ("polemos.report.charts.run_charts.Charts.map", ("Parameters", "Returns", "Raises")),
        ("polemos.record.world.World", ("Attributes", "Examples")),
        ("polemos.record.world.World.holders", ("Parameters", "Returns")),
        ("polemos.hindcasts.frames.HindcastFrames", ("Attributes", "Examples")),
        ("polemos.model.process.Process", ("Attributes", "Examples")),
        ("polemos.scenarios", ("Returns", "Examples")),
        ("polemos.write_page", ("Parameters", "Returns", "Raises")),
    ],
)
def test_what_users_hold_says_what_it_is(thing, sections):
    text = inspect.getdoc(pydoc.locate(thing)) or ""
    for section in sections:
        assert f"{section}\n---" in text, (thing, section)


@pytest.mark.parametrize("module", WHOLE)
def test_every_function_says_what_it_takes_and_gives(module):
    there = importlib.import_module(module)
    public = [
        function
        for name, function in inspect.getmembers(there, inspect.isfunction)
        if function.__module__ == module and not name.startswith("_")
    ]
    assert len(public) >= 5
    for function in public:
        text = inspect.getdoc(function) or ""
        for section in ("Parameters\n", "Returns\n", "Examples\n"):
            assert section in text, (function.__name__, section)


def test_the_doors_have_examples():
    named = {test.name for module in MODULES for test in examples(module)}
    assert {
        "polemos.war.war.load",
        "polemos.war.war.War.run",
        "polemos.ensemble.config.RunConfig",
        "polemos.forecasters.function_forecaster.forecaster",
        "polemos.hindcasts.frames.hindcast_frames",
        "polemos.questions.builders.held",
        "polemos.scores.rules.crps",
    } <= named
