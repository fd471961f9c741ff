"""questions.yaml to questions, checked."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np

from polemos.questions.questions import KINDS, QUESTION, Question, organisations, places
from polemos.record.world import World
from polemos.scenario.errors import Problem, ScenarioError, nearest
from polemos.scenario.settings import Node
from polemos.scenario.yaml_nodes import entries, plain, read_tree, typed

FILE = "questions.yaml"


def load_questions(
    path: Path | str, world: World | None = None, origin: np.datetime64 | None = None
) -> tuple[Question, ...]:
    """The questions of a scenario folder, or of a file, in its order.

    With a world, their places and organisations must be there; those that name no origin have the one given. Raises
    `ScenarioError` with every problem.
    """
    questions, problems = inspect_questions(Path(path), world, origin)
    if problems:
        raise ScenarioError(problems)
    return questions


def inspect_questions(
    path: Path, world: World | None = None, origin: np.datetime64 | None = None
) -> tuple[tuple[Question, ...], list[Problem]]:
    """The questions that can be read, and every problem."""
    folder = path if path.is_dir() else None
    path = path if folder is None else folder / FILE
    root, problems = read_tree(path, folder)
    if root is None:
        return (), problems
    nodes, more = entries(root, "questions", path.name)
    problems += more
    read: list[tuple[Node, Question]] = []
    for node in nodes:
        if origin is not None and isinstance(node.value, dict):
            node.value.setdefault("origin", Node(str(origin), node.line))
        values = plain(node)
        name = str(values.get("id", "question")) if isinstance(values, dict) else "question"
        question, wrong = typed(node, QUESTION, tuple(KINDS.values()), path.name, name)
        problems += wrong
        if question is not None:
            read.append((node, question))
            problems += [Problem(path.name, node.line, name, *problem) for problem in _strangers(question, world)]
    id_counts = Counter(question.id for _, question in read)
    problems += [
        Problem(path.name, node.line, question.id, "id given twice", "give each question its own id")
        for node, question in read
        if id_counts[question.id] > 1
    ]
    return tuple(question for _, question in read), problems


def _strangers(question: Question, world: World | None) -> list[tuple[str, str]]:
    """What is named that the world has not, and what to do."""
    if world is None:
        return []
    problems = []
    for what, named, known_ids in (
        ("organisation", organisations(question), world.organisations.id),
        ("place", places(question), world.places.id),
    ):
        problems += [(f"no {what} {name}", nearest(name, known_ids)) for name in sorted(named - set(known_ids))]
    return problems
