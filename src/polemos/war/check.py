"""Every problem of a scenario: its tables, its questions, its argument, its aliases and its theories."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from polemos.ensemble.theory import theory_of
from polemos.questions.questions import Question

if TYPE_CHECKING:
    from polemos.scenario.errors import Problem


def check(path_or_name: str | Path) -> list[Problem]:
    """Every problem of a scenario with its questions and its argument, or of an argument's file.

    Parameters
    ----------
    path_or_name : str or Path
        A folder, a name among `polemos.scenarios()`, or the .yaml file of an argument.

    Returns
    -------
    list of Problem
        By file and line; each says the field, what is wrong, what would mend it, and whether it is an error or a
        warning. Nothing is raised for what is wrong in the files.

    Examples
    --------
    >>> [problem for problem in check("sri_lanka") if problem.level == "error"]
    []
    """
    from polemos.argument.load import FILE as ARGUMENT
    from polemos.argument.load import inspect_argument
    from polemos.ensemble.theory import names
    from polemos.model import processes
    from polemos.names.gazetteer import gazetteer
    from polemos.questions.load import FILE as QUESTIONS
    from polemos.questions.load import inspect_questions
    from polemos.record.from_scenario import world
    from polemos.scenario.aliases import FILE as ALIASES
    from polemos.scenario.attributes import SETTINGS
    from polemos.scenario.errors import ScenarioError
    from polemos.scenario.inside_folder import is_there
    from polemos.scenario.load import check as check_tables
    from polemos.scenario.load import find, read

    drafted = Path(path_or_name)
    if drafted.suffix == ".yaml" and drafted.name != SETTINGS and drafted.is_file():
        return sorted(inspect_argument(drafted)[1])
    problems = check_tables(path_or_name)
    try:
        path = find(path_or_name)
    except ScenarioError:
        return problems
    sound = not any(problem.level == "error" for problem in problems)
    questions: tuple[Question, ...] = ()
    if is_there(path, QUESTIONS):
        whole = read(path) if sound else None
        default = None if whole is None else whole.settings.origins.get("default")
        questions, more = inspect_questions(path, None if whole is None else world(whole), default)
        problems += more or unasked(questions, default)
    if is_there(path, ARGUMENT):
        carriers = {*processes.names(), *processes.installed()}
        problems += inspect_argument(path, {question.id for question in questions}, carriers)[1]
    if sound and is_there(path, ALIASES):
        try:
            gazetteer(read(path))
        except ScenarioError as error:
            problems += error.problems
    if sound:
        running = world(read(path)).processes
        try:
            names_known = names(path)
        except ScenarioError as error:
            names_known, problems = (), [*problems, *error.problems]
        for name in names_known:
            try:
                theory_of(path, name, running)
            except ScenarioError as error:
                problems += error.problems
    return sorted(problems)


def unasked(questions: Sequence[Question], origin: np.datetime64 | None) -> list[Problem]:
    """A warning where no question is asked on the default origin or later, so that a plain run answers none."""
    from polemos.questions.load import FILE
    from polemos.scenario.errors import Problem

    if origin is None or not questions or any(np.datetime64(one.origin) >= origin for one in questions):
        return []
    what = f"no question is asked on the default origin, {origin}: {elsewhere(questions)}"
    mend = "leave out `origin` there: it is then that of origins.default in scenario.yaml"
    return [Problem(FILE, 0, "origin", what, mend, "warning")]


def elsewhere(questions: Sequence[Question]) -> str:
    """How many questions have another origin, and which: `3 questions have another origin (2022-07-02)`."""
    days = sorted({str(question.origin) for question in questions})
    shown = ", ".join(days[:3]) + (f" and {len(days) - 3} more" if len(days) > 3 else "")
    one = len(questions) == 1
    return f"{len(questions)} {'question has' if one else 'questions have'} another origin ({shown})"
