"""Scores of a ledger: by owner and topic and over time, with base rates as a competitor on the same questions.

A forecast counts as made beforehand where the ledger recorded it before the day that settled its question, by its own
clock; what was written down later (an old text, the hindcast of a model) is scored apart, and never mixed with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from polemos.ledger.base_rate import Rows, base_rates, base_scores, event_scores, topic_of
from polemos.ledger.columns import Table
from polemos.record.world import Flags, Floats
from polemos.scores.calibration import Bin, curve

BEFORE, AFTER = "beforehand", "afterwards"
BASE = "base rate"


Taking = Literal["last", "first", "mean"]
By = Literal["all", "year", "month"]


@dataclass(frozen=True, slots=True)
class Score:
    """Mean scores of an owner over the resolved questions of a topic that were settled in a period.

    `basis` is beforehand or afterwards. `brier` (0 to 1) and `log` (nats) have the headline mixture of
    `polemos.scores.rules`; `base` is the Brier score of the base rate on the same questions, and `gain` how far the
    owner is below it, with its standard error `error` (questions of a topic settled on one day count as one; None
    for fewer than two such days). `shared` questions had an answer of the rival owner too, and there `ahead` is how
    far the owner is below it. `yes` came true, `disputed` have a dispute that stands.
    """

    basis: str
    period: str
    topic: str
    owner: str
    questions: int
    yes: int
    disputed: int
    brier: float
    log: float
    base: float
    gain: float
    error: float | None
    shared: int
    ahead: float | None
    ahead_error: float | None


@dataclass(frozen=True, slots=True)
class Scored:
    """Forecasts that are scored, one row an owner and question, [N] each: which event of the table, and its scores.

    `probability` is NaN for a question with options, of which `outcome` is the place; `base` is the Brier score of the
    base rate.
    """

    table: Table
    event: Rows
    question: Rows
    owner: Rows
    beforehand: Flags
    probability: Floats
    outcome: Floats
    brier: Floats
    log: Floats
    base: Floats


@dataclass(frozen=True, slots=True)
class Counts:
    """What is in a ledger and what of it is scored: `late` forecasts have an origin after the answer."""

    questions: int
    open: int
    annulled: int
    disputed: int
    withdrawn: int
    late: int


def scored(table: Table, *, taking: Taking = "last", undisputed: bool = False) -> tuple[Scored, Counts]:
    """Scores of what each owner said to each resolved question; `undisputed` leaves out those under dispute.

    Of several forecasts beforehand the `last` counts, or the `first`, or the `mean` of their scores over the time that
    each stood. One withdrawn before the question was settled is not scored, but counted.
    """
    questions = len(table.asked)
    outcome = np.full(questions, np.nan)
    settled = np.full(questions, "NaT", "datetime64[D]")
    disputed = np.zeros(questions, bool)
    for index, resolution in table.resolutions.items():
        outcome[index], settled[index], disputed[index] = resolution.outcome, resolution.settled, resolution.disputed
    cutoff = np.where(np.isnat(settled), table.closes, np.minimum(table.closes, settled))
    counted = ~np.isnan(outcome) & ~(disputed & undisputed)

    in_time = table.recorded.astype("datetime64[D]") < cutoff[table.question]
    foresight = table.withdrawn | (table.origin < cutoff[table.question])
    live = np.flatnonzero(counted[table.question] & foresight)
    group = table.question[live] * len(table.owners) + table.owner[live]
    # Where anything was said in time, only that counts.
    best = np.zeros(questions * max(len(table.owners), 1), bool)
    best[group[in_time[live]]] = True
    live = live[in_time[live] | ~best[group]]
    group = table.question[live] * len(table.owners) + table.owner[live]
    order = np.lexsort((live, group))
    live, group = live[order], group[order]

    begins = np.flatnonzero(np.r_[True, group[1:] != group[:-1]]) if live.size else np.zeros(0, np.int64)
    ends = np.r_[begins[1:], live.size] - 1 if live.size else begins
    has_forecast = ~table.withdrawn[live]
    stands = has_forecast[ends]
    if taking == "first":
        # The first that is no withdrawal: the least place of those told.
        place = np.where(has_forecast, np.arange(live.size), live.size)
        chosen = np.minimum.reduceat(place, begins) if live.size else begins
        chosen = chosen[stands]
    else:
        chosen = ends[stands]
    event = live[chosen]
    answered = table.answered[event]
    rows = event[answered]
    index, y = table.question[rows], outcome[table.question[rows]]
    briers, logs = event_scores(table, rows, outcome)
    if taking == "mean":
        briers, logs = (means[stands][answered] for means in _over_time(table, live, begins, cutoff, outcome, in_time))
    counts = Counts(
        questions,
        int(questions - len(table.resolutions)),
        sum(resolution.annulled for resolution in table.resolutions.values()),
        int(disputed.sum()),
        int((~stands).sum()),
        int((counted[table.question] & ~foresight).sum()),
    )
    return (
        Scored(
            table,
            rows,
            index,
            table.owner[rows],
            in_time[rows],
            table.probability[rows],
            y,
            briers,
            logs,
            base_scores(table, outcome, settled)[index],
        ),
        counts,
    )


def _over_time(
    table: Table, live: Rows, begins: Rows, cutoff: NDArray[np.datetime64], outcome: Floats, in_time: Flags
) -> tuple[Floats, Floats]:
    """Scores of each group averaged over the time that each forecast stood, [groups]; of the last where none stood."""
    size = live.size
    if not size:
        return np.zeros(0), np.zeros(0)
    ends = np.r_[begins[1:], size] - 1
    when = table.recorded[live].astype("datetime64[ms]").astype(np.int64)
    until = np.r_[when[1:], 0]
    until[ends] = cutoff[table.question[live[ends]]].astype("datetime64[ms]").astype(np.int64)
    answered = table.answered[live]
    weight = np.where(~answered | ~in_time[live], 0, np.maximum(until - when, 0)).astype(float)
    lone = np.add.reduceat(weight, begins) == 0
    weight[ends[lone]] = 1.0
    total = np.add.reduceat(weight, begins)
    briers, logs = event_scores(table, live, outcome)
    return np.add.reduceat(briers * weight, begins) / total, np.add.reduceat(logs * weight, begins) / total


def score(
    table: Table,
    *,
    taking: Taking = "last",
    by: By = "all",
    undisputed: bool = False,
    rival: str = "model",
) -> tuple[list[Score], Counts]:
    """Scores by basis, period, topic and owner, the base rate last in each; see `scored` and `Score`."""
    table_rows, counts = scored(table, taking=taking, undisputed=undisputed)
    if not table_rows.event.size:
        return [], counts
    index = table_rows.question
    settled = np.array([_settled(table, row) for row in range(len(table.asked))], "datetime64[D]")
    unit = {"year": "datetime64[Y]", "month": "datetime64[M]"}.get(by)
    periods = settled.astype(unit).astype(str) if unit else np.full(settled.size, "")
    disputed = np.zeros(settled.size, bool)
    disputed[[row for row, resolution in table.resolutions.items() if resolution.disputed]] = True
    # By question first: there are far fewer of them than forecasts.
    topic_names, topic = np.unique(np.array([topic_of(one) for one in table.asked]), return_inverse=True)
    period_names, period = np.unique(periods, return_inverse=True)
    days, day = np.unique(settled, return_inverse=True)
    topic, period, day, disputed = topic[index], period[index], day[index], disputed[index]
    cluster = topic * days.size + day
    theirs = np.full(len(table.asked) * 2, np.nan)
    if rival in table.owners:
        from_rival = table_rows.owner == table.owners.index(rival)
        theirs[2 * table_rows.question[from_rival] + table_rows.beforehand[from_rival]] = table_rows.brier[from_rival]
    ahead = theirs[2 * table_rows.question + table_rows.beforehand] - table_rows.brier

    owners = len(table.owners)
    code = (
        (~table_rows.beforehand * period_names.size + period) * topic_names.size + topic
    ) * owners + table_rows.owner
    rows: list[Score] = []
    for one, inside in _groups(code):
        rest, owner = divmod(one, owners)
        rest, topic_at = divmod(rest, topic_names.size)
        late, period_at = divmod(rest, period_names.size)
        gain = table_rows.base[inside] - table_rows.brier[inside]
        shared = inside[~np.isnan(ahead[inside])] if table.owners[owner] != rival else inside[:0]
        rows.append(
            Score(
                basis=AFTER if late else BEFORE,
                period=str(period_names[period_at]),
                topic=str(topic_names[topic_at]),
                owner=table.owners[owner],
                questions=inside.size,
                yes=int(table_rows.outcome[inside][~np.isnan(table_rows.probability[inside])].sum()),
                disputed=int(disputed[inside].sum()),
                brier=float(table_rows.brier[inside].mean()),
                log=float(table_rows.log[inside].mean()),
                base=float(gain.mean() + table_rows.brier[inside].mean()),
                gain=float(gain.mean()),
                error=clustered(gain, cluster[inside]),
                shared=shared.size,
                ahead=float(ahead[shared].mean()) if shared.size else None,
                ahead_error=clustered(ahead[shared], cluster[shared]),
            )
        )
    return rows, counts


def _settled(table: Table, index: int) -> np.datetime64:
    resolution = table.resolutions.get(index)
    return table.closes[index] if resolution is None else resolution.settled


def _groups(code: Rows) -> Iterable[tuple[int, Rows]]:
    """Each value of a code with the rows that have it, in the order of the values."""
    order = np.argsort(code, kind="stable")
    values, begins = np.unique(code[order], return_index=True)
    return zip(values.tolist(), np.split(order, begins[1:]), strict=True)


def clustered(values: Floats, clusters: Rows) -> float | None:
    """Standard error of a mean of `values` [n] with dependent values within clusters; None for fewer than two clusters.

    `sqrt(C / (C - 1) sum_c (sum_(i in c) (x_i - mean))^2) / n` (Liang and Zeger 1986).
    """
    if not values.size:
        return None
    _, index = np.unique(clusters, return_inverse=True)
    sums = np.bincount(index, values - values.mean())
    if sums.size < 2:
        return None
    return float(np.sqrt(sums.size / (sums.size - 1) * (sums**2).sum()) / values.size)


def calibration(table_rows: Scored, owner: str, *, beforehand: bool | None = None) -> list[Bin]:
    """Calibration curve of an owner; every option of a question is a forecast of its own.

    The base rate's is that of `BASE`, over all questions of yes and no that were scored.
    """
    table = table_rows.table
    if owner == BASE:
        outcome = np.full(len(table.asked), np.nan)
        settled = np.full(len(table.asked), "NaT", "datetime64[D]")
        for index, resolution in table.resolutions.items():
            outcome[index], settled[index] = resolution.outcome, resolution.settled
        rows = np.unique(table_rows.question[~np.isnan(table_rows.probability)])
        return curve(base_rates(table, outcome, settled)[rows], outcome[rows])
    if owner not in table.owners:
        return []
    mine = table_rows.owner == table.owners.index(owner)
    if beforehand is not None:
        mine &= table_rows.beforehand == beforehand
    return curve(*chances(table_rows, np.flatnonzero(mine)))


def chances(table_rows: Scored, rows: Rows) -> tuple[Floats, Floats]:
    """Probabilities of all that could come true in some rows, and whether it did: one a yes, one an option."""
    plain = rows[~np.isnan(table_rows.probability[rows])]
    probabilities, outcomes = [table_rows.probability[plain]], [table_rows.outcome[plain]]
    for row in np.setdiff1d(rows, plain):
        p = np.asarray(table_rows.table.choices[int(table_rows.event[row])])
        probabilities.append(p)
        outcomes.append((np.arange(p.size) == table_rows.outcome[row]).astype(float))
    return np.concatenate(probabilities), np.concatenate(outcomes)
