"""What docs/python.md names has a docstring with an example that runs."""

from __future__ import annotations

import doctest
import importlib
import inspect
import re
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "python.md").read_text(encoding="utf-8")
MODULES = [name for name in re.findall(r"^::: (\S+)", PAGE, re.MULTILINE) if name.count(".") > 1]
WHOLE = ("polemos.scores.rules", "polemos.questions.builders")
"""Modules of which every public function has an example."""


def examples(module: str) -> list[doctest.DocTest]:
    tests = doctest.DocTestFinder(exclude_empty=False).find(importlib.import_module(module), module)
    return [test for test in tests if test.examples]


@pytest.mark.parametrize("module", MODULES)
def test_examples_of_docstrings_run(module):
    for test in examples(module):
        failed, _ = doctest.DocTestRunner(verbose=False).run(test)
        assert failed == 0, test.name


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
