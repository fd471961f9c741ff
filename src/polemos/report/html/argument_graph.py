"""The argument as a picture: mechanisms, the forecasts that rest on them, and what happened, with what each is worth.

A forecast is worth what its Brier score saves of a coin's (0.25): 0.25 at best, -0.75 at worst. A mechanism is worth
the mean of the forecasts that name it. All text is escaped here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from polemos.argument.claims import Argument, Claim
from polemos.report.html.dot_chart import wrapped
from polemos.scores.statements import COIN

WIDTH, ROW, HEAD, GROUP = 980, 21, 26, 30
MECHANISMS, FORECASTS, WORTH = (0, 280), (390, 340), 750
"""Left edge and width of the two columns of texts, and the left edge of what each is worth, in pixels."""

PLAIN = 0.02
"""A worth nearer to nothing than that is neither good nor bad."""


@dataclass(frozen=True, slots=True)
class Worth:
    """A claim with what it is worth (None: no outcome is known) and over how many outcomes."""

    claim: Claim
    worth: float | None
    outcomes: int


def forecasts_of(argument: Argument) -> list[Worth]:
    """The coded forecasts and rival claims, topic by topic."""
    order = {topic: place for place, topic in enumerate(argument.topics)}
    coded = [claim for claim in argument.claims if claim.coding and claim.kind in ("forecast", "rival")]
    coded.sort(key=lambda claim: order.get(claim.group, len(order)))
    return [Worth(claim, worth, int(worth is not None)) for claim in coded for worth in (_worth(claim),)]


def _worth(claim: Claim) -> float | None:
    if claim.coding is None or claim.outcome is None or claim.outcome.value is None:
        return None
    return COIN - (claim.coding.mid - claim.outcome.value) ** 2


def mechanisms_of(argument: Argument, forecasts: Sequence[Worth]) -> list[Worth]:
    """The mechanisms that any of some forecasts rests on, each with the mean worth of these."""
    by_name = {claim.id: claim for claim in argument.claims}
    resting: dict[str, list[float]] = {}
    for one in forecasts:
        for name in one.claim.mechanisms:
            if name in by_name:
                resting.setdefault(name, []).extend([] if one.worth is None else [one.worth])
    return [
        Worth(by_name[name], float(np.mean(values)) if values else None, len(values))
        for name, values in resting.items()
    ]


def argument_graph(argument: Argument) -> str:
    """The picture as SVG; empty where no forecast names a mechanism."""
    forecasts = forecasts_of(argument)
    mechanisms = mechanisms_of(argument, forecasts)
    if not mechanisms:
        return ""
    places, texts, y, topic = {}, [], float(HEAD), ""
    for one in forecasts:
        if one.claim.group != topic:
            topic = one.claim.group
            y += GROUP
            title = escape(topic[:1].upper() + topic[1:])
            texts.append(f'<text class="topic" x="{FORECASTS[0]}" y="{y - 12:.0f}">{title}</text>')
        places[one.claim.id] = y
        texts.append(_text(one.claim, FORECASTS, y))
        texts.append(f'<text class="worth" x="{WORTH}" y="{y + 4:.0f}">{escape(outcome_words(one))}</text>')
        texts.append(_dot(one.worth, WORTH - 12, y))
        y += ROW
    height = y + 4
    placed = _spread(mechanisms, forecasts, places, height)
    edges = []
    for one in mechanisms:
        here = placed[one.claim.id]
        texts.append(_text(one.claim, MECHANISMS, here))
        texts.append(_dot(one.worth, MECHANISMS[1] + 14, here))
    left, right = MECHANISMS[1] + 22, FORECASTS[0] - 8
    bend = (left + right) / 2
    for one in forecasts:
        for name in one.claim.mechanisms:
            if name in placed:
                thick = 1 + 5 * min(abs(one.worth or 0.0), 0.6)
                path = f"M{left} {placed[name]:.0f}C{bend} {placed[name]:.0f} {bend} {places[one.claim.id]:.0f}"
                edges.append(
                    f'<path class="{_css(one.worth)}" stroke-width="{thick:.1f}" '
                    f'd="{path} {right} {places[one.claim.id]:.0f}"/>'
                )
    heads = "".join(
        f'<text class="topic" x="{x}" y="16">{text}</text>'
        for x, text in ((0, "Mechanisms"), (FORECASTS[0], "Forecasts"), (WORTH, "What happened (worth)"))
    )
    label = f"{len(mechanisms)} mechanisms and {len(forecasts)} forecasts; the table below has all of it."
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="graph" viewBox="0 0 {WIDTH} {height:.0f}" width="{WIDTH}" '
        f'height="{height:.0f}" role="img" aria-label="{label}">{"".join(edges)}{heads}{"".join(texts)}</svg>'
    )


def _spread(
    mechanisms: Sequence[Worth], forecasts: Sequence[Worth], places: Mapping[str, float], height: float
) -> dict[str, float]:
    """Heights of the mechanisms: near the mean of what rests on each, and none on another."""
    near = {
        one.claim.id: float(np.mean([places[f.claim.id] for f in forecasts if one.claim.id in f.claim.mechanisms]))
        for one in mechanisms
    }
    order = sorted(near, key=lambda name: near[name])
    gap = min(ROW, (height - HEAD - GROUP) / max(len(order), 1))
    placed, last = {}, HEAD + GROUP - gap
    for rest, name in enumerate(order):
        # Enough room stays below for those that are still to come.
        room = height - 8 - gap * (len(order) - 1 - rest)
        last = max(last + gap, min(near[name], room))
        placed[name] = last
    return placed


def _text(claim: Claim, column: tuple[int, int], y: float) -> str:
    words = claim.text.replace("->", "→")
    text = wrapped(words[:1].upper() + words[1:], column[1] - 6, 12.5, 1)[0]
    whole = escape(f"{claim.id}, {claim.owner}: {claim.text}")
    return f'<text x="{column[0]}" y="{y + 4:.0f}"><title>{whole}</title>{escape(text)}</text>'


def _css(worth: float | None) -> str:
    if worth is None:
        return "open"
    return "plain" if abs(worth) < PLAIN else "good" if worth > 0 else "bad"


def _dot(worth: float | None, x: float, y: float) -> str:
    """Filled where something is gained, a cross where it is lost, hollow where nothing is known."""
    css = _css(worth)
    if css == "bad":
        return f'<path class="mark bad" d="M{x - 4} {y - 4:.0f}l8 8m0 -8l-8 8"/>'
    return f'<circle class="mark {css}" cx="{x}" cy="{y:.0f}" r="4.5"/>'


def outcome_words(one: Worth) -> str:
    """What was said, what happened and what it was worth, in a few words."""
    coding, outcome = one.claim.coding, one.claim.outcome
    coding_text = "" if coding is None else f"{100 * coding.mid:.0f} %"
    if one.worth is None or outcome is None:
        return f"{coding_text}: open"
    return f"{coding_text}: {'happened' if outcome.value else 'did not happen'} ({one.worth:+.2f})"
