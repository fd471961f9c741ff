"""Adds to a war what its scenario does not contain: events from a file, and another argument."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from polemos.war.war import War


def with_events(war: War, path: str | Path) -> War:
    """The war with the UCDP events of a file. Raises `ScenarioError` for what cannot be read."""
    from polemos.names.lookup import key, sides
    from polemos.names.matcher import matcher
    from polemos.record.events import observe
    from polemos.scenario.load import read

    scenario = read(war.path)
    match = matcher(scenario, key, sides(scenario))
    return replace(war, world=observe(war.world, path, match.who, match.at))


def with_argument(war: War, path: str | Path) -> War:
    """The war with the argument of a file, and the questions of a questions.yaml beside that file.

    Raises `ScenarioError` with every fault, and for an id that both files give.
    """
    from polemos.argument.load import load_argument
    from polemos.questions.load import FILE, load_questions
    from polemos.scenario.errors import Problem, ScenarioError
    from polemos.war.record_outcomes import answered_by_record

    if not Path(path).exists():
        raise ScenarioError([Problem(str(path), 0, "", "there is no such file", "name the file of an argument")])
    beside = Path(path).with_name(FILE)
    default = war.settings.origins.get("default")
    own = load_questions(beside, war.world, default) if beside.is_file() else ()
    theirs = {question.id for question in war.questions}
    mend = "give it another, in the question and in the claim that links to it"
    twice = [
        Problem(str(beside), 0, question.id, f"an id that a question of {war.name} has", mend)
        for question in own
        if question.id in theirs
    ]
    if twice:
        raise ScenarioError(twice)
    questions = (*own, *(question.model_copy(update={"claims": ()}) for question in war.questions))
    argument = load_argument(path, {question.id for question in questions})
    return replace(war, argument=answered_by_record(argument, questions, war.world), questions=questions)
