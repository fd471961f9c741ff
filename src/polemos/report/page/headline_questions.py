"""Which questions stand first on a page: five to eight that differ, for the dot chart and the card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from polemos.report.page.contents import ForecastRow, Stand, Who

LEAST, MOST = 5, 8
"""How many questions the dot chart shows, where there are so many."""

ALIKE = 0.5
"""Share of words in common from which on two titles ask nearly the same."""


def stands_of(row: ForecastRow, kinds: Mapping[str, str]) -> dict[str, Stand]:
    """The first answer of each kind of forecaster that gave a probability, by kind; a person's kind is their voice."""
    stands: dict[str, Stand] = {}
    for stand in row.stands:
        if stand.probability is not None:
            stands.setdefault(kinds.get(stand.who, "baseline"), stand)
    return stands


def heading(row: ForecastRow) -> str:
    """The short title of a question, or its text where it has none."""
    return row.title or row.text


def headline_questions(
    rows: Sequence[ForecastRow], forecasters: Sequence[Who], most: int = MOST
) -> tuple[ForecastRow, ...]:
    """Up to `most` questions that differ, in the order of the page.

    Each topic is taken in turn. Within a topic questions come first on which a person and the model spoke, then those
    on which they lie furthest apart; of two titles that share most of their words one is shown, while enough others
    are left.
    """
    kinds = {who.name: who.kind for who in forecasters}
    stands = {row.id: stands_of(row, kinds) for row in rows}
    answered = [row for row in rows if any(kind != "baseline" for kind in stands[row.id])]
    topics: dict[str, list[ForecastRow]] = {}
    for row in answered:
        topics.setdefault(row.group, []).append(row)
    for group in topics.values():
        group.sort(key=lambda row: _worth(row, stands[row.id]), reverse=True)
    chosen: list[ForecastRow] = []
    spare: list[ForecastRow] = []
    while len(chosen) < most and any(topics.values()):
        for group in topics.values():
            while group and len(chosen) < most:
                row = group.pop(0)
                if any(_alike(row, other) for other in chosen):
                    spare.append(row)
                    continue
                chosen.append(row)
                break
    chosen += spare[: max(0, min(LEAST, most) - len(chosen))]
    return tuple(row for row in rows if row in chosen)


def _worth(row: ForecastRow, stands: Mapping[str, Stand]) -> tuple[int, bool, float]:
    """What makes a question of a topic come first."""
    persons = sum(kind in stands for kind in ("author", "rival"))
    models = "model" in stands or "forecast" in stands
    probabilities = [
        stand.probability for kind, stand in stands.items() if kind != "baseline" and stand.probability is not None
    ]
    return persons + 2 * models, row.outcome is not None, max(probabilities) - min(probabilities)


def _alike(one: ForecastRow, other: ForecastRow) -> bool:
    """Whether two questions ask nearly the same and came out alike: what came out otherwise is worth showing beside."""
    if one.outcome != other.outcome:
        return False
    a, b = (set(heading(row).lower().split()) for row in (one, other))
    return len(a & b) >= ALIKE * min(len(a), len(b))
