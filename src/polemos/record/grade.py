"""The grade of a record: how far a score on it can be trusted. The rule is here and nowhere else.

| grade | changes by recall | dates within a week | doubtful changes |
|---|---|---|---|
| documented | at most a tenth | at least two thirds | at most a tenth |
| usable | at most a third | at least a third | at most a third |
| draft | anything else | | |

A change rests on recall where its source begins with `recall`, `general knowledge` or `guessed`: nobody read it again.
A date within a week has a precision of seven days or fewer. A change is doubtful where the second look names it and no
note explains it. A record without a change of hands is graded by the sources of its spells.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from polemos.record.control import changes
from polemos.record.second_look import of_changes
from polemos.record.world import World

RECALLED = ("recall", "general knowledge", "guessed")
WEEK = 7
DOCUMENTED, USABLE, DRAFT = GRADES = ("documented", "usable", "draft")
LIMITS = {DOCUMENTED: (1 / 10, 2 / 3, 1 / 10), USABLE: (1 / 3, 1 / 3, 1 / 3)}
"""By grade: most by recall, least within a week, most doubtful, as shares of the changes of hands."""


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade, and the shares of the changes of hands that it rests on."""

    grade: str
    changes: int
    recalled: float
    within_a_week: float
    doubtful: float

    def __str__(self) -> str:
        if not self.changes:
            return f"{self.grade} (no changes of hands)"
        return (
            f"{self.grade} ({self.changes} changes of hands: {100 * self.recalled:.0f} % from memory, "
            f"{100 * self.within_a_week:.0f} % dated within a week, {100 * self.doubtful:.0f} % doubtful)"
        )


def grade_of(world: World, reasons: Mapping[tuple[str, str], str] | None = None) -> Grade:
    """The grade of a whole record; `reasons` explain doubts (`second_look.reasons_of`)."""
    spells, moves = world.spells, changes(world)
    rows = [move.row for move in moves] or list(range(len(spells.source)))
    if not rows:
        return Grade(DRAFT, 0, 1.0, 0.0, 0.0)
    recalled = float(np.mean([spells.source[row].lower().startswith(RECALLED) for row in rows]))
    dated = float(np.mean(spells.precision[rows] <= WEEK))
    explanations = reasons or {}
    doubted = {(doubt.place, doubt.date) for doubt in of_changes(world)} - set(explanations)
    doubtful = len(doubted) / len(rows)
    for name, (most, least, doubts) in LIMITS.items():
        if recalled <= most and dated >= least and doubtful <= doubts:
            return Grade(name, len(moves), recalled, dated, doubtful)
    return Grade(DRAFT, len(moves), recalled, dated, doubtful)
