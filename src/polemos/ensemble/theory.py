"""A theory: priors and switches on the same processes, from a file of the scenario.

title: Who it speaks for, or what it holds
priors:              by parameter: a number, or a prior as `polemos explain` prints it
  tau_m: uniform(1, 4)
processes: [pull]    processes that it switches on
without: [exit]      processes that it switches off

Theories of one argument differ in nothing else: everything is the same model.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from pydantic import Field, TypeAdapter

from polemos.argument.claims import Names, Strict
from polemos.scenario.errors import Problem, ScenarioError, nearest
from polemos.scenario.inside_folder import stems_inside
from polemos.scenario.settings import Node
from polemos.scenario.yaml_nodes import read_tree, typed

NEUTRAL = "neutral"
FOLDER, SUFFIX = "theories", ".yaml"


class Theory(Strict):
    """A set of priors (by parameter: a number, or `kind(a, b)`) and of processes to switch on or off."""

    name: str = NEUTRAL
    title: str = ""
    owner: str = ""
    note: str = ""
    priors: dict[str, float | str] = Field(default_factory=dict)
    processes: Names = ()
    without: Names = ()


THEORY = TypeAdapter(Theory)


def names(folder: Path) -> tuple[str, ...]:
    """Names of the theories of a scenario's folder. Raises `ScenarioError`."""
    stems, problems = stems_inside(folder, FOLDER, SUFFIX)
    if problems:
        raise ScenarioError(problems)
    return tuple(stems)


def theory_of(folder: Path, name: str, running: Sequence[str] = ()) -> Theory:
    """A theory of a scenario's folder by its name; a neutral one without a file is the model's own priors.

    Raises `ScenarioError` as `read_theory` does, and where a link leaves the folder.
    """
    known_names = names(folder)
    if name == NEUTRAL and name not in known_names:
        return Theory(name=name)
    return read_theory(folder / FOLDER / f"{name}{SUFFIX}", sorted({*known_names, NEUTRAL}), running, folder)


def read_theory(
    path: Path, names_there: Collection[str] = (), running: Sequence[str] = (), folder: Path | None = None
) -> Theory:
    """The theory of a file, named after it.

    `names_there` are the theories that could have been meant, `running` the processes that the scenario names, `folder`
    the scenario whose file it is, if any. Raises `ScenarioError` with every problem: unknown keys, parameters or
    processes, parameters of processes that do not run, priors that are none.
    """
    file = "/".join(path.parts[-2:]) if path.parent.name == "theories" else path.name
    if not os.path.lexists(path):
        of_scenario = (f"no theory {path.stem!r}", nearest(path.stem, names_there))
        what, mend = (
            of_scenario if names_there else ("no such file", "give the path of a theory, or a name without an ending")
        )
        raise ScenarioError([Problem(file if names_there else str(path), 0, "", what, mend)])
    root, problems = read_tree(path, folder)
    if root is None:
        raise ScenarioError(problems)
    theory, problems = typed(root, THEORY, (Theory,), file, path.stem)
    if theory is None:
        raise ScenarioError(problems)
    named: Theory = theory.model_copy(update={"name": path.stem})
    problems = list(_problems(named, root, file, running))
    if problems:
        raise ScenarioError(problems)
    return named


def _problems(theory: Theory, root: Node, file: str, running: Sequence[str]) -> Iterator[Problem]:
    """Names that the model has not, and priors that are none, with their lines."""
    from polemos.model import engine, interventions, processes

    lines = _lines(root)
    known_names = (*processes.names(), *processes.installed())
    for key, names_given in (("processes", theory.processes), ("without", theory.without)):
        for name in names_given:
            if name not in known_names:
                mend = processes.GONE.get(name) or nearest(name, known_names)
                yield Problem(file, lines.get((key, name), 0), key, f"no process {name!r}", mend)
    on = processes.choose(running, [name for name in theory.processes if name in known_names])
    here = {parameter.name for _, parameter in engine.parameters(on)}
    owners = {parameter.name: name for name in known_names for parameter in processes.load(name).parameters}
    for name, value in theory.priors.items():
        line = lines.get(("priors", name), 0)
        if name not in here and name in owners:
            mend = f"add it under processes, or take {name} away"
            yield Problem(file, line, name, f"a parameter of {owners[name]}, which does not run", mend)
        elif name not in here:
            yield Problem(file, line, name, f"no parameter {name!r}", nearest(name, here))
        try:
            interventions.read_prior(value)
        except ValueError as error:
            what, _, mend = str(error).partition("; ")
            yield Problem(file, line, name, what, mend or "write a number, or one such as lognormal(40, 0.8)")


def _lines(root: Node) -> dict[tuple[str, str], int]:
    """Line of every name under a key."""
    lines: dict[tuple[str, str], int] = {}
    for key, node in root.value.items() if isinstance(root.value, dict) else ():
        if isinstance(node.value, dict):
            lines |= {(key, name): item.line for name, item in node.value.items()}
        elif isinstance(node.value, list):
            lines |= {(key, str(item.value)): item.line for item in node.value}
    return lines
