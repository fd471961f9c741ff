"""Skill of a ledger by horizon: how far ahead a forecast was made, against the best of several simple rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from polemos.ledger.base_rate import Rows, event_scores
from polemos.ledger.columns import Table
from polemos.ledger.scores import AFTER, BEFORE
from polemos.record.world import Flags, Floats
from polemos.scores.bootstrap import BestRuleSkill, best_rule_bootstrap

HORIZONS = (
    ("up to 1 month", 31),
    ("1 to 3 months", 92),
    ("3 to 6 months", 184),
    ("6 to 12 months", 366),
    ("over a year", 1 << 30),
)
"""Names of the horizons, and the most days of each."""


@dataclass(frozen=True, slots=True)
class HorizonScore:
    """Mean scores of an owner on resolved questions by how long before the closing day its forecast was made.

    Of several forecasts within a horizon the last counts. `brier` (0 to 1) and `log` (nats) have the headline mixture.
    `skill` is the share of the log score of the best simple rule that is saved on the `shared` questions that every
    rule answered too, each closing day alike, with a 90 % interval by the bootstrap over `days` closing days in blocks
    as long as the horizon, in which the best rule is chosen anew; None where no rule, or the owner alone, answered.
    `best` is the rule that was best.
    """

    basis: str
    horizon: str
    owner: str
    forecasts: int
    brier: float
    log: float
    shared: int
    days: int
    best: str
    skill: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class HorizonRows:
    """The forecasts that count for each horizon, one row an owner, question and horizon, [N] each; see `Table`."""

    event: Rows
    horizon: Rows
    beforehand: Flags
    brier: Floats
    log: Floats


def horizon_rows(table: Table, *, undisputed: bool = False) -> HorizonRows:
    """The last forecast of every owner on every resolved question within each horizon.

    A forecast was made on the day that its owner says, unless that is after the closing day (the hindcast of a model):
    then on the day up to which it had seen.
    """
    outcome = np.full(len(table.asked), np.nan)
    settled = np.array(table.closes)
    for index, resolution in table.resolutions.items():
        if not (undisputed and resolution.disputed):
            outcome[index] = resolution.outcome
        settled[index] = resolution.settled
    cutoff = np.minimum(table.closes, settled)[table.question]
    closes = table.closes[table.question]
    made_on = np.where(table.made < closes, table.made, table.origin)
    days = (closes - made_on).astype(float)
    horizon = np.searchsorted([most for _, most in HORIZONS], days)
    beforehand = table.recorded.astype("datetime64[D]") < cutoff
    live = np.flatnonzero(
        table.answered & ~table.withdrawn & ~np.isnan(outcome[table.question]) & (table.origin < cutoff) & (days > 0)
    )
    # What was withdrawn before the answer is not scored: a withdrawal ends what its owner said of the question.
    withdrawn_at = np.zeros(len(table.asked) * max(len(table.owners), 1), np.int64)
    pair = table.question * len(table.owners) + table.owner
    ends = np.flatnonzero(table.withdrawn & beforehand)
    np.maximum.at(withdrawn_at, pair[ends], ends + 1)
    live = live[live >= withdrawn_at[pair[live]]]
    code = (pair[live] * len(HORIZONS) + horizon[live]) * 2 + beforehand[live]
    _, last = np.unique(code[::-1], return_index=True)
    rows = np.sort(live[live.size - 1 - last])
    briers, logs = event_scores(table, rows, outcome)
    return HorizonRows(rows, horizon[rows], beforehand[rows], briers, logs)


def skill_by_horizon(
    table: Table, rules: Sequence[str] = (), *, undisputed: bool = False, topics: Sequence[str] = ()
) -> list[HorizonScore]:
    """Scores by basis, horizon and owner, in the order of the ledger; `rules` are owners that are simple rules.

    Rules that the ledger does not have are left out. `topics` limit it to questions of these.
    """
    rows = horizon_rows(table, undisputed=undisputed)
    if topics:
        inside = np.array([one.get("topic", "") in topics for one in table.asked])[table.question[rows.event]]
        rows = HorizonRows(*(getattr(rows, name)[inside] for name in rows.__slots__))
    rows_by_horizon = []
    for early in (True, False):
        for at, (name, most) in enumerate(HORIZONS):
            chosen = np.flatnonzero((rows.horizon == at) & (rows.beforehand == early))
            by_owner = {
                owner: {int(table.question[rows.event[row]]): int(row) for row in chosen[owners == number]}
                for owners in [table.owner[rows.event[chosen]]]
                for number, owner in enumerate(table.owners)
            }
            simple = [rule for rule in rules if by_owner.get(rule)]
            for owner, mine in by_owner.items():
                if mine:
                    picked = np.array(sorted(mine.values()))
                    shared = [q for q in mine if all(q in by_owner[rule] for rule in simple)] if simple else []
                    skills = _skill(table, rows, [by_owner[o] for o in (owner, *simple)], shared, most)
                    rows_by_horizon.append(
                        HorizonScore(
                            BEFORE if early else AFTER,
                            name,
                            owner,
                            picked.size,
                            float(rows.brier[picked].mean()),
                            float(rows.log[picked].mean()),
                            len(shared),
                            np.unique(table.closes[shared]).size if shared else 0,
                            "" if skills is None else simple[skills.best],
                            None if skills is None else skills.interval.mean,
                            None if skills is None else skills.interval.low,
                            None if skills is None else skills.interval.high,
                        )
                    )
    return rows_by_horizon


def _skill(
    table: Table, rows: HorizonRows, counts_by_series: Sequence[dict[int, int]], shared: Sequence[int], most: int
) -> BestRuleSkill | None:
    """Skill of the first over the best of the others on shared questions, each closing day alike."""
    if not shared or len(counts_by_series) < 2:
        return None
    days, at = np.unique(table.closes[list(shared)], return_inverse=True)
    counts = np.bincount(at)
    means = [np.bincount(at, rows.log[[one[q] for q in shared]]) / counts for one in counts_by_series]
    gap = float(np.diff(days).astype(float).mean()) if days.size > 1 else 1.0
    # Months differ in length: a hair over a whole number of gaps is that number.
    block = max(1, int(np.ceil(min(most, 366) / gap - 0.1)))
    return best_rule_bootstrap(means[0], np.stack(means[1:]), block)
