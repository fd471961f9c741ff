"""The table of a board: every forecaster on every war and lead, and the mean over wars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from polemos.board.protocol import RULES
from polemos.forecasters.leads import ordered
from polemos.hindcasts.band_scores import BandScore, band_scores
from polemos.hindcasts.diagnostics import change
from polemos.hindcasts.hindcast import Hindcast
from polemos.hindcasts.place_scores import PlaceScore
from polemos.hindcasts.skill import block_of
from polemos.record.world import Floats
from polemos.scores.bootstrap import BestRuleSkill, Interval, best_rule_bootstrap, mean_over_wars
from polemos.scores.lift import hits


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One forecaster on one war at one lead.

    `log`, `log_dated` and `brier` are means over origins (see `PlaceScore`). `skill` is the share of the log score of
    the `best_rule` that is saved. `forecast` and `happened` are changes of hands an origin, expected and real; `hits`
    of the ten places with the highest probability of one an origin, `lift` these by what chance would hit (None where
    nothing changed). Of forecasters that simulate: `covered`, the share of totals of places within the 80 % band (ties
    shared out), and `crps`, the fair CRPS of these totals, beside `crps_persistence`, the only simple rule with totals.
    """

    war: str
    lead: str
    forecaster: str
    origins: int
    block: int
    blocks: int
    log: float
    log_dated: float
    brier: float
    best_rule: str
    skill: Interval
    forecast: float
    happened: float
    hits: float
    lift: float | None
    covered: float | None
    crps: float | None
    crps_persistence: float | None


@dataclass(frozen=True, slots=True)
class MeanRow:
    """Mean skill of a forecaster at a lead over the wars that bear the lead; see `mean_over_wars`."""

    lead: str
    forecaster: str
    wars: int
    skill: Interval


Redraws = Mapping[tuple[str, str, str], NDArray[np.float64] | None]


def with_entry(hindcast: Hindcast, name: str, probability: Floats) -> Hindcast:
    """A hindcast with one more forecaster, of probabilities [R, L, P, K]. Raises `ValueError` for a name in use."""
    if name in hindcast.forecasters:
        raise ValueError(f"the board has a forecaster {name!r}; give the file of the entry another name")
    return replace(
        hindcast,
        forecasters=(*hindcast.forecasters, name),
        probability=np.concatenate([hindcast.probability, probability[np.newaxis]]),
    )


def war_rows(war: str, hindcast: Hindcast) -> tuple[list[BoardRow], Redraws]:
    """The rows of a war, by lead and forecaster, with the redraws of the skill by (war, lead, forecaster).

    Raises `KeyError` where a simple rule is not among the forecasters.
    """
    by: dict[tuple[str, str], list[PlaceScore]] = {}
    for score in hindcast.scores():
        if score.scope == "all":
            by.setdefault((score.forecaster, score.lead), []).append(score)
    bands = {(one.forecaster, one.lead): one for one in band_scores(hindcast) if one.measure == "places"}
    rows: list[BoardRow] = []
    redraws: dict[tuple[str, str, str], NDArray[np.float64] | None] = {}
    for lead in hindcast.leads:
        if (RULES[0], lead) not in by:
            continue
        rules = [[score.log for score in by[rule, lead]] for rule in RULES]
        for name in hindcast.forecasters:
            mine = by[name, lead]
            block = block_of([score.origin for score in mine], lead)
            saved = best_rule_bootstrap([score.log for score in mine], rules, block)
            redraws[war, lead, name] = saved.redraws
            rows.append(_row(war, lead, name, mine, block, saved, hindcast, bands.get((name, lead))))
    return rows, redraws


def _row(
    war: str,
    lead: str,
    name: str,
    mine: Sequence[PlaceScore],
    block: int,
    saved: BestRuleSkill,
    hindcast: Hindcast,
    band: BandScore | None,
) -> BoardRow:
    expected, changed = change(hindcast, name, lead)
    cases = hindcast.cases[:, hindcast.leads.index(lead)] & hindcast.world.observed(hindcast.origins)
    origins = [at for at in range(len(cases)) if cases[at].any()]
    counts = np.array([hits(expected[at, cases[at]], changed[at, cases[at]]) for at in origins]).reshape(-1, 2)
    of_ten, by_chance = counts.mean(0) if len(origins) else (0.0, 0.0)
    return BoardRow(
        war,
        lead,
        name,
        len(mine),
        block,
        len(mine) // block,
        float(np.mean([score.log for score in mine])),
        float(np.mean([score.log_dated for score in mine])),
        float(np.mean([score.brier for score in mine])),
        RULES[saved.best],
        saved.interval,
        float(expected[cases].sum() / max(len(origins), 1)),
        float(changed[cases].sum() / max(len(origins), 1)),
        float(of_ten),
        float(of_ten / by_chance) if by_chance else None,
        None if band is None else band.even,
        None if band is None else band.fair,
        None if band is None else band.persistence,
    )


def mean_rows(rows: Sequence[BoardRow], redraws: Redraws) -> list[MeanRow]:
    """Mean skill by lead and forecaster over wars, of forecasters that stand on every war of the lead."""
    table = []
    for lead in ordered({row.lead for row in rows}):
        at = [row for row in rows if row.lead == lead]
        wars = len({row.war for row in at})
        for name in dict.fromkeys(row.forecaster for row in at):
            mine = [row for row in at if row.forecaster == name]
            if len(mine) == wars:
                points = [row.skill.mean for row in mine]
                own = [redraws[row.war, lead, name] for row in mine]
                table.append(MeanRow(lead, name, wars, mean_over_wars(points, own)))
    return table
