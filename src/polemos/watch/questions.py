"""What is asked on the day of a run: who holds which place, what organisations hold in all, and the user's own."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import ValidationError

from polemos.forecasters.leads import later
from polemos.hindcasts.place_scores import front
from polemos.ledger.entries import Asked, Range, first_problem, question_in_full
from polemos.ledger.holders import holder_question
from polemos.questions.questions import QUESTION, Question, organisations, places, span
from polemos.record.world import Days, World
from polemos.scenario.errors import Problem, ScenarioError, nearest
from polemos.watch.settings import FILE, Template

DATE, ORIGIN = "{date}", "{origin}"
TOTALS = "By the record of this scenario as it stands when its observation first reaches the day."


@dataclass(frozen=True, slots=True)
class PlaceQuestion:
    """Who holds a place at a lead: indices of both, and the question of the ledger."""

    place: int
    lead: int
    asked: Asked


@dataclass(frozen=True, slots=True)
class TotalQuestion:
    """What an organisation holds in all at a lead; `measure` is its place in `foretold.MEASURES`, `now` its value."""

    organisation: int
    measure: int
    lead: int
    now: float
    question: Question
    asked: Asked


@dataclass(frozen=True, slots=True)
class OwnQuestion:
    """A question of the user."""

    question: Question
    asked: Asked


@dataclass(frozen=True, slots=True)
class Questions:
    """Everything that is asked on a day; `dates` [L] are the days of the leads."""

    dates: Days
    places: tuple[PlaceQuestion, ...]
    totals: tuple[TotalQuestion, ...]
    own: tuple[OwnQuestion, ...]


def questions(world: World, template: Template, date: np.datetime64, leads: Sequence[str]) -> Questions:
    """The questions of a day, of a world cut at its origin; leads count from the day. Raises `ScenarioError`."""
    dates = np.array([later(date, lead) for lead in leads], "datetime64[D]")
    chosen = _places(world, template)
    inside = [
        PlaceQuestion(place, lead, holder_question(world, place, dates[lead].astype(object), f"{world.name}: places"))
        for place in chosen
        for lead in range(dates.size)
    ]
    return Questions(dates, tuple(inside), tuple(_totals(world, template, dates)), tuple(_own(world, template, dates)))


def _places(world: World, template: Template) -> list[int]:
    """Places that are asked about: only those of which somebody has seen the holder."""
    if template.places == "none":
        return []
    if not isinstance(template.places, str):
        unknown = [name for name in template.places if name not in world.places.id]
        if unknown:
            raise ScenarioError(
                Problem(FILE, 0, "questions.places", f"no place {name}", nearest(name, world.places.id))
                for name in unknown
            )
        return sorted(world.place(name) for name in template.places)
    holders = world.holders([world.until])[0]
    is_asked = world.known_by(world.until)
    if template.places == "front":
        is_asked &= front(world, holders)
    places_asked = np.flatnonzero(is_asked)
    largest = places_asked[np.argsort(-world.places.people[places_asked], kind="stable")][: template.most_places]
    return sorted(largest.tolist())


def _totals(world: World, template: Template, dates: Days) -> list[TotalQuestion]:
    holders = world.holders([world.until])[0]
    total_questions = []
    for measure in template.totals:
        weights = world.places.people if measure == "people" else np.ones(len(world.places.id))
        for number in np.unique(holders[holders < world.nobody]).tolist():
            now = float(weights[holders == number].sum())
            for lead, date in enumerate(dates):
                total_questions.append(_total(world, number, measure, lead, date, now, float(weights.sum())))
    return total_questions


def _total(
    world: World, number: int, measure: str, lead: int, date: np.datetime64, now: float, most: float
) -> TotalQuestion:
    identifier, name = world.organisations.id[number], world.organisations.name[number]
    origin = str(world.until)
    what = "pre-war residents live in places held by" if measure == "people" else "places are held by"
    words = (
        f"More than on {origin} ({now:,.0f})? How many {what} {name} on the evening of {date}? "
        "Yes where it is more; the quantity is the number."
    )
    question = QUESTION.validate_python(
        {
            "id": f"{measure}-{_plain(identifier)}-{date}-from-{origin}",
            "title": f"{name}: {measure}",
            "asked": words,
            "origin": origin,
            "kind": "share",
            "by": identifier,
            "date": str(date),
            "measure": measure,
            "unit": "amount",
            "more_than": now,
        }
    )
    full = question_in_full(question, world.name, f"{world.name}: totals of {measure}")
    full = full.model_copy(update={"criteria": TOTALS, "range": Range(low=0, high=max(most, 1.0))})
    return TotalQuestion(number, int(measure == "people"), lead, now, question, full)


def _plain(identifier: str) -> str:
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in identifier.lower()).strip("-")[:60] or "x"


def _own(world: World, template: Template, dates: Days) -> list[OwnQuestion]:
    """The user's questions with the days filled in, each once. Raises `ScenarioError` with every problem."""
    by_id: dict[str, OwnQuestion] = {}
    problems: list[Problem] = []
    origin = world.until.astype(object)
    for number, values in enumerate(template.own, 1):
        for date in dates.astype(object) if DATE in repr(values) else [None]:
            filled = _filled(values, origin, date)
            where = f"questions.own, question {filled.get('id', number)}"
            if date is not None and "id" in filled:
                filled["id"] = f"{filled['id']}-{date}"
            try:
                question = QUESTION.validate_python({"title": filled.get("asked", ""), "origin": str(origin)} | filled)
            except ValidationError as error:
                problems.append(
                    Problem(FILE, 0, where, first_problem(error), "see the kinds of questions in the guide")
                )
                continue
            for what, named, known_ids in (
                ("organisation", organisations(question), world.organisations.id),
                ("place", places(question), world.places.id),
            ):
                problems += [
                    Problem(FILE, 0, where, f"no {what} {name}", nearest(name, known_ids))
                    for name in sorted(named - set(known_ids))
                ]
            if np.datetime64(span(question)[1]) > world.until:
                by_id[question.id] = OwnQuestion(
                    question, question_in_full(question, world.name, f"{world.name}: own questions")
                )
    if problems:
        raise ScenarioError(dict.fromkeys(problems))
    return list(by_id.values())


def _filled(values: Any, origin: datetime.date, date: datetime.date | None) -> Any:
    """Values with the days instead of `{origin}` and `{date}`."""
    if isinstance(values, dict):
        return {key: _filled(value, origin, date) for key, value in values.items()}
    if isinstance(values, list | tuple):
        return [_filled(value, origin, date) for value in values]
    if isinstance(values, str):
        text = values.replace(ORIGIN, str(origin))
        return text if date is None else text.replace(DATE, str(date))
    return values
