"""What the baselines share: the weekly grid laid back from the origin, their random numbers, and their answers."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from polemos.model.trajectory import Trajectories
from polemos.questions.answer import Answer
from polemos.record.world import Days, Flags, Floats, Holders, World

if TYPE_CHECKING:
    from polemos.questions.questions import Question

WEEK = np.timedelta64(7, "D")
PART = 100
"""Members asked at once."""


def origin_of(world: World) -> np.datetime64:
    """The day of the cut. Raises `ValueError` on a whole record: a forecaster may not see it."""
    if world.origin is None:
        raise ValueError("a forecaster takes a world cut at its origin: pass world.as_of(origin)")
    return world.origin


def steps_to(world: World, dates: Days | Sequence[np.datetime64]) -> NDArray[np.int64]:
    """Whole weeks from the origin to each date, rounded. Raises `ValueError` on a date before the origin."""
    days = (np.asarray(dates, "datetime64[D]") - origin_of(world)).astype(np.int64)
    if days.size and days.min() < 0:
        raise ValueError("a lead lies before the origin")
    return np.rint(days / 7).astype(np.int64)


def weeks_back(world: World, weeks: int) -> Days:
    """Up to `weeks + 1` dates a week apart that end on the origin and do not begin before the record."""
    origin = origin_of(world)
    weeks_known = int((origin - world.start).astype(np.int64)) // 7
    return np.asarray(origin - WEEK * np.arange(min(weeks, weeks_known), -1, -1))


def contested(world: World, dates: Days) -> Flags:
    """Places split, besieged or under battle on each date, by spells known at the origin: bool[date, place]."""
    flags = np.zeros((dates.size, len(world.places.id)), bool)
    spells = world.spells
    for row in np.flatnonzero(spells.contested):
        begun, end = dates >= spells.start[row], spells.end[row]
        flags[begun & (np.isnat(end) | (dates < end)), spells.place[row]] = True
    return flags


def stream(seed: int, name: str, world: World) -> np.random.Generator:
    """Random numbers addressed by seed, forecaster and origin: another origin disturbs nothing."""
    label = f"{seed}/{name}/{origin_of(world)}".encode()
    return np.random.default_rng(int.from_bytes(hashlib.blake2b(label, digest_size=16).digest(), "little"))


def one_hot(codes: Holders, holders: int) -> Floats:
    """Certainty in each holder: [..., holder]."""
    return np.eye(holders)[codes]


def answers(
    world: World, control: Holders, questions: Sequence[Question], *, stay: float | None = None
) -> list[Answer]:
    """Answers to questions from members of control, int8[member, week + 1, place] from the origin on.

    What needs men, attacks or battles is `not in the model`. With `stay` there is one member, and its yes or no
    is believed with that probability.
    """
    from polemos.elsewhere.paths import repeated
    from polemos.questions.evaluate import evaluate, summarise

    origin = origin_of(world)
    dates = np.asarray(origin + WEEK * np.arange(control.shape[1]))
    # Where nothing changes, the last year repeats itself off the map; other baselines know nothing of it.
    elsewhere = None if stay is None else repeated(world, dates[-1] + WEEK - np.timedelta64(1, "D"))
    answers_by_week = []
    for question in questions:
        # In parts, so that a question which looks far back does not copy the record for every member at once.
        tables = [
            evaluate(
                question, Trajectories(world, origin, dates, control[first : first + PART], elsewhere=elsewhere)
            ).table
            for first in range(0, len(control), PART)
        ]
        answer = summarise(question, np.concatenate(tables))
        if stay is not None and answer.probability is not None:
            answer = replace(answer, probability=stay if answer.probability else 1 - stay)
        answers_by_week.append(answer)
    return answers_by_week
