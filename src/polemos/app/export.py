"""What can be taken from the page: the page itself as one file, and its numbers as tables."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from polemos.app import assets, result
from polemos.counterfactual.effects import LEVELS, effects_of
from polemos.counterfactual.paired_runs import Kept, Pair, paired, series

if TYPE_CHECKING:
    from polemos.app.run_pool import Hall
    from polemos.app.state import State
    from polemos.war.war import War

KINDS = {
    "page": ("text/html", "what-if.html"),
    "curves": ("text/csv", "what-if-curves.csv"),
    "questions": ("text/csv", "what-if-questions.csv"),
}


def text(hall: Hall, state: State, scenario: str, kind: str) -> str:
    """An export of a state, of a kind in `KINDS`. Raises `StateError`."""
    pair = hall.pair(state)
    if kind == "page":
        return page(hall.war, state, scenario, pair)
    return curves(hall.war, pair) if kind == "curves" else questions(pair)


def page(war: War, state: State, scenario: str, pair: Pair, account: dict[str, Any] | None = None) -> str:
    """The page as one file. `account` adds what only the command line works out (see `WhatIf`)."""
    return page_of([choice(war, state, scenario, pair, account)], war)


def choice(
    war: War, state: State, scenario: str, pair: Pair, account: dict[str, Any] | None = None, most: int | None = None
) -> dict[str, Any]:
    """A pair as a page carries it, on `most` dates (by default all): everything that it shows but the ground."""
    pair = pair if most is None else thinned(pair, most)
    claim = war.argument.claim(state.claim) if war.argument and state.claim else None
    return {
        "id": state.claim,
        "text": claim.text if claim else ", ".join(state.changes) or "nothing changed",
        "owner": claim.owner if claim else "",
        "state": asdict(state) | {"query": state.query, "command": state.command(scenario)},
        "fixed": result.fixed(war, pair.dates),
        "about": {
            "title": war.world.title,
            "claim": claim and f"{claim.id}: {claim.text}",
            "note": claim.experiment.note if claim and claim.experiment else "",
            "games": (account or {}).get("games", []),
            "thin": (account or {}).get("thin", ""),
        },
        **result.whole(war, pair),
    }


def page_of(choices: Sequence[dict[str, Any]], war: War) -> str:
    """The page with several pairs in one file, between which a reader can switch without Python."""
    return assets.alone(war.world.title, result.finite({"land": result.land(war), "choices": list(choices)}))


def thinned(pair: Pair, most: int) -> Pair:
    """The pair on at most so many dates, evenly spread, the first and the last among them."""
    count = pair.dates.size
    at = np.unique(np.linspace(0, count - 1, min(most, count)).round().astype(int))

    def some(sample: Kept) -> Kept:
        return {name: values[:, at] if values.shape[1:2] == (count,) else values for name, values in sample.items()}

    return replace(pair, dates=pair.dates[at], before=some(pair.before), after=some(pair.after))


def curves(war: War, pair: Pair) -> str:
    """Bands by week as CSV: `of` is factual, counterfactual or the paired difference."""
    heads = ("organisation", "series", "of", "date", *(f"q{100 * level:g}" for level in LEVELS))
    rows: list[tuple[Any, ...]] = []
    both = paired(pair, war.world.nobody)
    for name in dict.fromkeys((*series(pair.before, war.world.nobody), *series(pair.after, war.world.nobody))):
        kinds = {"factual": pair.before[name]} if name in pair.before else {}
        if pair.other.changes:
            kinds |= {"counterfactual": pair.after[name]} if name in pair.after else {}
            kinds |= {"difference": pair.after[name] - pair.before[name]} if name in both else {}
        for of, values in kinds.items():
            bands = result.bands(values)
            for o, organisation in enumerate(war.world.organisations.id):
                for t, date in enumerate(pair.dates):
                    rows.append((organisation, name, of, date, *(f"{q:.6g}" for q in bands[:, t, o])))
    return table(heads, rows)


def questions(pair: Pair) -> str:
    """Effects as CSV: probabilities, the paired difference with its 90 % interval, and how many members flip."""
    heads = (
        "question",
        "title",
        "members",
        "factual",
        "counterfactual",
        "difference",
        "low",
        "high",
        "to_yes",
        "to_no",
    )
    rows = [
        (e.question, e.title, e.members, e.factual, e.counterfactual, e.difference, e.low, e.high, e.gained, e.lost)
        for e in effects_of(pair)
    ]
    return table(heads, rows)


def table(heads: tuple[str, ...], rows: list[tuple[Any, ...]]) -> str:
    """Rows as CSV."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows(rows)
    return file.getvalue()
