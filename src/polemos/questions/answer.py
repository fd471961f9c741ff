"""What a forecaster says to a question."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """What a forecaster says to one question.

    `probability` is None where it has no answer; `status` then says why: `answered`, `beyond horizon`,
    `not in the model`. `error` is the Monte Carlo standard error of the probability. `quantiles` are the
    5, 25, 50, 75 and 95 % points of the quantity behind the question (a share, a ratio, days to an event;
    `inf`: never within the horizon), where it has one.
    """

    question: str
    probability: float | None
    error: float
    status: str
    quantiles: tuple[float, ...] | None = None
