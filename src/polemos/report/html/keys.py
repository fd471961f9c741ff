"""Keys of the page's figures: only the forecasters that a figure shows, each with its mark."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from polemos.report.html.dot_chart import KINDS, mark
from polemos.report.page.contents import Diagram, PageContents

ANSWERS = {
    "author": "author, with the interval a reader may give to the words",
    "rival": "rival",
    "forecast": "forecast, ± two standard errors of the simulation",
    "model": "simulated wars and front alone, likewise",
    "baseline": "simple rules",
    "came": "what happened",
}
"""What the marks of the table of forecasts mean, by kind."""

DIAGRAMS = {"author": "author", "rival": "rival", "forecast": "forecast", "model": "simulated wars and front alone"}
"""What the marks of the reliability diagrams mean, by kind."""


def key(items: Iterable[tuple[str, str]], note: str = "") -> str:
    """A key: pairs of a kind and its words, and a note at the end."""
    rows = "".join(
        f'<li><svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true">{mark(kind, 9, 9)}</svg>'
        f"{escape(words)}</li>"
        for kind, words in items
    )
    return f'<ul class="legend key">{rows}{f"<li>{escape(note)}</li>" if note else ""}</ul>'


def answers_key(contents: PageContents) -> str:
    """The key of the table of forecasts."""
    kinds = {who.kind for who in contents.forecasters}
    kinds |= {"came"} if any(row.outcome is not None for row in contents.forecasts) else set()
    return key((kind, ANSWERS[kind]) for kind in (*KINDS, "came") if kind in kinds)


def diagrams_key(diagrams: Iterable[Diagram]) -> str:
    """The key of the reliability diagrams."""
    kinds = {who.kind for diagram in diagrams for who, _ in diagram.curves}
    pairs = ((kind, DIAGRAMS[kind]) for kind in KINDS if kind in kinds)
    return key(pairs, "a larger mark stands for more forecasts; on the dashed line it happens as often as forecast")
