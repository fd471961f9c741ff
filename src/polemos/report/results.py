"""Sections for what other commands left: a hindcast, counterfactuals, a posterior, a sensitivity. Escaped here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from polemos.report.figures import lines
from polemos.report.tables import folded, plain, wide

SCOPES = {"all": "all places", "front": "places next to a front"}


def sections(results: Sequence[Mapping[str, Any]]) -> str:
    """One section a kind, in a fixed order; nothing where there is no result."""
    makers = {
        "hindcast": hindcast,
        "counterfactual": counterfactual,
        "posterior": posterior,
        "sensitivity": sensitivity,
    }
    return "".join(make(one) for kind, make in makers.items() for one in results if one["kind"] == kind)


def hindcast(found: Mapping[str, Any]) -> str:
    """Skill over many origins: lines of the log score by lead, and the table behind them."""
    leads = [int(lead) for lead in found["leads"]]
    rows: list[Mapping[str, Any]] = found["rows"]
    names = list(dict.fromkeys(str(row["forecaster"]) for row in rows))
    ticks = [f"{lead} mo" for lead in leads]
    figures = []
    for scope, title in SCOPES.items():
        score = {(row["forecaster"], row["lead"]): float(row["log"]) for row in rows if row["scope"] == scope}
        if score:
            curves = [(name, [score.get((name, lead)) for lead in leads]) for name in names]
            drawn = lines(
                curves, ticks, f"Log score by months ahead, {title}; the table has the numbers", "nats", (520, 250)
            )
            figures.append(f"<figure><figcaption>Log score, {title} (lower is better)</figcaption>{drawn}</figure>")
    cells = [
        (
            f"{row['forecaster']}, {SCOPES.get(row['scope'], row['scope'])}",
            str(row["lead"]),
            f"{row['log']:.3f}",
            f"{row['brier']:.3f}",
        )
        for row in rows
    ]
    origins = found["origins"]
    basis = f"{len(origins)} origins, {origins[0]} to {origins[-1]}, {found['members']} members." if origins else ""
    table = folded("As a table", plain(("forecaster", "months ahead", "log score", "Brier score"), cells))
    return (
        '<section id="hindcast"><h2>How good this model has been, origin by origin</h2>'
        f'<p class="lead">The model was put back to many dates, knowing only what was known then, and '
        f"scored on who came to hold every place. {escape(basis)}</p>"
        f"<div class='grid two'>{''.join(figures)}</div>{table}</section>"
    )


def counterfactual(found: Mapping[str, Any]) -> str:
    """A paired experiment: probabilities with and without a change, all else equal draw by draw."""
    title = f"{found['claim']}: {found['text']}" if found.get("claim") else "What if"
    cells = [
        (
            str(one["title"]),
            f"{100 * one['factual']:.0f} %",
            f"{100 * one['counterfactual']:.0f} %",
            f"{100 * one['difference']:+.1f} ({100 * one['low']:+.1f} to {100 * one['high']:+.1f})",
        )
        for one in found["effects"]
    ]
    table = plain(("question", "as it was", "with the change", "difference in points (90 %)"), cells)
    changes = ", ".join(str(change) for change in found["changes"])
    notes = " ".join(str(found[name]) for name in ("note", "thin") if found.get(name))
    return (
        f'<section class="what-if"><h2>{escape(title)}</h2><p class="lead">Changed: {escape(changes)}. '
        f"{found['members']} simulated wars from {escape(str(found['origin']))} to {escape(str(found['until']))}, "
        f"each run twice with the same chance events.</p><p><b>{escape(str(found.get('sentence', '')))}</b></p>"
        f"{wide('Questions with and without the change', table)}"
        f'<p class="small">{escape(notes)}</p></section>'
    )


def posterior(found: Mapping[str, Any]) -> str:
    """Parameters learnt from the record: prior and posterior."""
    return _table("posterior", "What the record says of the parameters", found["parameters"])


def sensitivity(found: Mapping[str, Any]) -> str:
    """Which parameters move which answers."""
    return _table("sensitivity", "What the answers hang on", found["indices"])


def _table(name: str, title: str, rows: Any) -> str:
    """Rows of a result as they are written, a column a key."""
    listed = [{"parameter": key, **value} for key, value in rows.items()] if isinstance(rows, Mapping) else list(rows)
    heads = list(dict.fromkeys(str(key) for row in listed for key in row))
    cells = [[_cell(row.get(head)) for head in heads] for row in listed]
    return f'<section id="{name}"><h2>{title}</h2>{wide(title, plain(heads, cells))}</section>'


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.3g}"
    if isinstance(value, list | tuple):
        return ", ".join(_cell(one) for one in value)
    return "" if value is None else str(value)
