"""The base rate as a competitor: how often earlier questions of the topic were answered yes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from polemos.ledger.columns import Table
from polemos.record.world import Floats
from polemos.scores.rules import binary_brier, binary_log, binary_mixture, brier, log_score, mixture

Rows = NDArray[np.int64]


def event_scores(table: Table, rows: Rows, outcome: Floats) -> tuple[Floats, Floats]:
    """Brier score (0 to 1) and log score of events, given how every question resolved; [rows] both.

    Of a question with options half the sum of squares, which for two options is that of yes and no.
    """
    y, p = outcome[table.question[rows]], table.probability[rows]
    mixed = binary_mixture(np.where(np.isnan(p), 0.5, p))
    briers, logs = binary_brier(mixed, y), binary_log(mixed, y)
    if table.choices:
        for at in np.flatnonzero(np.isnan(p) & table.answered[rows]):
            probabilities, choice = mixture(table.choices[int(rows[at])]), int(y[at])
            briers[at], logs[at] = brier(probabilities, choice) / 2, log_score(probabilities, choice)
    return briers, logs


def base_scores(table: Table, outcome: Floats, settled: NDArray[np.datetime64]) -> Floats:
    """Brier score (0 to 1) of the base rate on every question, NaN where nothing happened; see `base_rates`, [Q].

    Of a question with options the past is that of the questions of its topic with the same options.
    """
    kinds = [options_of(one) for one in table.asked]
    opened = opened_days(table)
    scores = binary_brier(binary_mixture(base_rates(table, outcome, settled)), outcome)
    groups: dict[tuple[str, tuple[str, ...]], list[int]] = {}
    for row, kind in enumerate(kinds):
        if kind:
            groups.setdefault((topic_of(table.asked[row]), kind), []).append(row)
    for (_, options), rows in groups.items():
        inside = np.array(rows)
        rows_known = inside[~np.isnan(outcome[inside])]
        for row in rows_known:
            before = rows_known[(settled[rows_known] < opened[row]) & (rows_known != row)]
            counts = np.bincount(outcome[before].astype(int), minlength=len(options)) + 1
            scores[row] = brier(mixture(counts / counts.sum()), int(outcome[row])) / 2
    return scores


def opened_days(table: Table) -> NDArray[np.datetime64]:
    """The earliest day up to which anybody who forecast a question had seen, [Q]."""
    opened = np.full(len(table.asked), np.datetime64("9999-12-31", "D"))
    real = ~table.withdrawn
    first_days = np.minimum(table.origin[real], table.recorded[real].astype("datetime64[D]"))
    np.minimum.at(opened, table.question[real], first_days)
    return opened


def base_rates(table: Table, outcome: Floats, settled: NDArray[np.datetime64]) -> Floats:
    """Probability of yes that the past of its topic gives each question: `(yes + 1) / (n + 2)`, [Q].

    Of the n questions of the topic settled before anybody had seen anything of this one: before the earliest origin
    of a forecast of it. Laplace's rule of succession: one half where nothing was settled yet. Not for questions with
    options, which count for nothing here.
    """
    outcome = np.where([bool(options_of(one)) for one in table.asked], np.nan, outcome)
    opened = opened_days(table)
    topics = (
        np.unique([topic_of(one) for one in table.asked], return_inverse=True)[1] if table.asked else np.zeros(0, int)
    )
    rate = np.full(len(table.asked), 0.5)
    for topic in range(topics.max(initial=-1) + 1):
        inside = np.flatnonzero(topics == topic)
        rows_known = inside[~np.isnan(outcome[inside])]
        rows_known = rows_known[np.argsort(settled[rows_known], kind="stable")]
        yes = np.r_[0, np.cumsum(outcome[rows_known])]
        before = np.searchsorted(settled[rows_known], opened[inside], side="left")
        # A question is no evidence of itself, should a forecast of it have seen its answer.
        own = ~np.isnan(outcome[inside]) & (settled[inside] < opened[inside])
        mine = np.where(own, np.nan_to_num(outcome[inside]), 0)
        rate[inside] = (yes[before] - mine + 1) / (before - own + 2)
    return rate


def options_of(question: dict[str, Any]) -> tuple[str, ...]:
    """The options of a question, none where it takes yes or no."""
    return tuple(question.get("options", ()))


def topic_of(question: dict[str, object]) -> str:
    """What a question is about."""
    return str(question.get("topic") or "no topic")
