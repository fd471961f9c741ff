"""A theory: priors and switches on the same processes, from a file of the scenario.

title: Who it speaks for, or what it holds
priors:              by parameter: a number, or a prior as `polemos explain` prints it
  tau_b: lognormal(40, 0.8)
without: [jump]      processes that it switches off
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from pydantic import Field, TypeAdapter

from polemos.argument.claims import Names, Strict
from polemos.argument.parse import read_tree, typed
from polemos.scenario.problems import Problem, ScenarioError, nearest

NEUTRAL = "neutral"


class Theory(Strict):
    """A set of priors (by parameter: a number, or `kind(a, b)`) and of processes to switch off."""

    name: str = NEUTRAL
    title: str = ""
    owner: str = ""
    note: str = ""
    priors: dict[str, float | str] = Field(default_factory=dict)
    without: Names = ()


THEORY = TypeAdapter(Theory)


def read_theory(path: Path, there: Collection[str] = ()) -> Theory:
    """The theory of a file, named after it.

    `there` are the theories that could have been meant. Raises `ScenarioError` with every problem.
    """
    if not path.exists():
        raise ScenarioError([Problem(path.name, 0, "", f"no theory {path.stem!r}", nearest(path.stem, there))])
    root, problems = read_tree(path)
    if root is None:
        raise ScenarioError(problems)
    theory, problems = typed(root, THEORY, (Theory,), path.name, path.stem)
    if theory is None:
        raise ScenarioError(problems)
    named: Theory = theory.model_copy(update={"name": path.stem})
    return named
