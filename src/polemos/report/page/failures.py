"""Where a forecast failed, worst first: questions on the wrong side, places taken for sure, bands that missed."""

from __future__ import annotations

import numpy as np

from polemos.report.page.build import long_date
from polemos.report.page.contents import PageContents
from polemos.report.page.headline_questions import heading, stands_of
from polemos.report.page.likelihood_words import per_cent
from polemos.report.page.quantity_names import quantity_name

MOST = 5
"""Failures of a kind that are said."""

SURE = 0.05
"""A holder that had less than this probability was taken not to come."""

NARROW = 0.7
"""Share of dates inside the 90 % band below which a band counts as too narrow or misplaced."""

HALF_A_YEAR = np.timedelta64(182, "D")


def failures(contents: PageContents) -> tuple[str, ...]:
    """Sentences, one a failure, each kind worst first; none where nothing failed or no outcome is known."""
    return (*wrong_questions(contents), *surprises(contents), *missed_bands(contents))


def wrong_questions(contents: PageContents) -> list[str]:
    """Questions whose outcome the model gave a probability under one half."""
    kinds = {who.name: who.kind for who in contents.forecasters}
    wrong = []
    for row in contents.forecasts:
        stand = stands_of(row, kinds).get(contents.speaker)
        if stand is None or stand.probability is None or row.outcome is None:
            continue
        chance = stand.probability if row.outcome else 1 - stand.probability
        if chance < 0.5:
            wrong.append((chance, row, stand.probability))
    wrong.sort(key=lambda one: one[0])
    return [
        f"“{heading(row)}” was put at {per_cent(probability, contents.simulated)}; it "
        f"{'happened' if row.outcome else 'did not happen'}."
        for _, row, probability in wrong[:MOST]
    ]


def surprises(contents: PageContents) -> list[str]:
    """Places whose holder half a year on had next to no probability, in one sentence, the most populous named."""
    ahead = contents.dates[contents.first :]
    if not len(ahead) or ahead[-1] < contents.origin + HALF_A_YEAR:
        return []
    step = int(np.argmin(np.abs(ahead - (contents.origin + HALF_A_YEAR))))
    holders = contents.record[contents.first + step]
    chance = contents.probability[step].astype(float)
    total = chance.sum(1)
    chances = np.divide(
        chance[np.arange(len(holders)), np.maximum(holders, 0)], total, where=total > 0, out=np.ones(len(holders))
    )
    is_observed = holders >= 0
    missed = np.flatnonzero(is_observed & (chances < SURE))
    if not missed.size:
        return []
    largest = missed[np.argsort(-contents.places.people[missed], kind="stable")][:MOST]
    names = ", ".join(contents.places.name[place] for place in largest.tolist())
    more = f" and {missed.size - len(largest)} more" if missed.size > len(largest) else ""
    return [
        f"On {long_date(ahead[step])}, {missed.size} of {int(is_observed.sum())} places were held by somebody whom the "
        f"model had given less than {per_cent(SURE)}: {names}{more}."
    ]


def missed_bands(contents: PageContents) -> list[str]:
    """Quantities that lay outside the 90 % band far more often than at one date in ten."""
    rows = sorted((row for row in contents.coverage if row.inside90 < NARROW), key=lambda row: row.inside90)
    return [
        f"{quantity_name(contents, row.quantity)}, {contents.holders[row.organisation].name}: the band that should "
        f"contain what happened at nine dates in ten contained it at {100 * row.inside90:.0f} % of {row.dates} dates."
        for row in rows[:MOST]
    ]
