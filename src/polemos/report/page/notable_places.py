"""Which places a map names first and is framed on: those that a question is about, and those that change hands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from polemos.questions.questions import Question
from polemos.record.world import World
from polemos.report.page.contents import PageContents

LIKELY = 0.1
"""Probability of another holder, some day, from which on a place counts as one that may change hands."""


def places_asked_about(world: World, questions: Iterable[Question]) -> tuple[int, ...]:
    """Numbers of the places that questions name by their id, in the order of the questions."""
    number = {name: index for index, name in enumerate(world.places.id)}
    names = (name for question in questions for name in _ids(question.model_dump()))
    return tuple(dict.fromkeys(number[name] for name in names if name in number))


def _ids(value: Any) -> Iterator[str]:
    """Every id that selectors in the values of a question list."""
    if isinstance(value, dict):
        yield from value.get("ids") or ()
        for inner in value.values():
            yield from _ids(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _ids(inner)


def changing_places(contents: PageContents) -> list[int]:
    """Places that change hands after the forecast, in what happened or likely in the simulated wars, the largest
    first."""
    record, first = contents.record[contents.first :], contents.record[contents.origin_index]
    happened = ((record >= 0) & (record != first)).any(0)
    chance = contents.probability.astype(float)
    total = chance.sum(2)
    holder = np.maximum(first, 0)
    stays = np.take_along_axis(chance, np.broadcast_to(holder, total.shape)[:, :, np.newaxis], axis=2)[:, :, 0]
    moved = 1 - np.divide(stays, total, out=np.ones_like(total), where=total > 0)
    changing = np.flatnonzero((happened | (moved.max(0, initial=0) >= LIKELY)) & (first >= 0))
    return [int(place) for place in changing[np.argsort(-contents.places.people[changing], kind="stable")]]


def opening_index(contents: PageContents) -> int:
    """The date that a map opens on: a year after the forecast, or half a year of a shorter run, where something can be
    seen of what happened; the day of the forecast where nothing is known."""
    ahead = contents.dates[contents.first :]
    frames = np.flatnonzero((contents.record[contents.first :] >= 0).any(1))
    if not frames.size:
        frames = np.arange(len(ahead))
    last = ahead[frames[-1]]
    days = 365 if last >= contents.origin + np.timedelta64(400, "D") else 182
    wanted = min(contents.origin + np.timedelta64(days, "D"), last)
    return contents.first + int(np.argmin(np.abs(ahead - wanted)))
