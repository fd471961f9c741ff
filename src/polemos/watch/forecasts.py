"""The forecasts of a day as entries of the ledger: the forecaster that answers, and the simple rules beside it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from polemos.forecasters.base import Forecaster
from polemos.forecasters.simulated_forecast import foretell
from polemos.ledger.entries import NEVER, Asked, Entry, Quantiles, Source
from polemos.questions.answer import Answer
from polemos.record.world import World
from polemos.watch.questions import Questions

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
DIGITS = 6
"""Digits of a probability in the ledger."""


def entries(
    world: World, forecasters: Sequence[Forecaster], questions: Questions, made_at: str, program: str
) -> list[Entry]:
    """What every forecaster says to every question, from a world cut at its origin; silence makes no entry.

    `made_at` is the day of the run. The same settings give the same entries.
    """
    source = Source(record=f"{world.name} to {world.until}", hash=world.digest(), program=program)
    base = {"kind": "forecast", "made": made_at, "origin": world.until.astype(object), "source": source}
    written: list[Entry] = []
    for forecaster in forecasters:
        forecast = foretell(forecaster, world, questions.dates)
        base["owner"] = forecaster.name
        for one in questions.places:
            chances = rounded(forecast.probability[one.lead, one.place])
            written.append(Entry.model_validate(base | {"question": one.asked, "choices": chances}))
        for total in questions.totals:
            if forecast.totals is not None:
                values = forecast.totals[total.measure, :, total.lead, total.organisation].astype(float)
                quantiles = np.quantile(values, LEVELS, method="inverted_cdf").tolist()
                chance = round(float(np.mean(values > total.now)), DIGITS)
                fields = {"probability": chance, "quantiles": {"levels": LEVELS, "values": quantiles}}
                written.append(Entry.model_validate(base | {"question": total.asked} | fields))
        plain = [(one.question, one.asked) for one in questions.own]
        plain += [(one.question, one.asked) for one in questions.totals if forecast.totals is None]
        if plain:
            last = max(np.datetime64(full.closes) for _, full in plain)
            answers = forecaster.answer(world, [question for question, _ in plain], last)
            for (_, full), answer in zip(plain, answers, strict=True):
                if answer.probability is not None:
                    written.append(Entry.model_validate(base | _told(full, answer)))
    return written


def _told(full: Asked, answer: Answer) -> dict[str, object]:
    assert answer.probability is not None
    fields: dict[str, object] = {"question": full, "probability": round(answer.probability, DIGITS)}
    if answer.quantiles is not None and not any(np.isnan(value) or value == -np.inf for value in answer.quantiles):
        values = [NEVER if value == np.inf else float(value) for value in answer.quantiles]
        fields["quantiles"] = Quantiles(levels=LEVELS, values=tuple(values))
    return fields


def rounded(chances: np.ndarray) -> list[float]:
    """Probabilities to a few digits whose sum is 1 still: the largest takes what rounding leaves."""
    short = np.round(np.asarray(chances, float), DIGITS)
    largest = int(short.argmax())
    short[largest] = round(float(1 - np.delete(short, largest).sum()), DIGITS)
    return [float(value) for value in short]
