"""The inventory of an argument, and a paired experiment, as sections of a page. All text is escaped here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from html import escape
from typing import TYPE_CHECKING, Any

from polemos.argument.claims import Argument, Claim
from polemos.argument.coverage import coverage, line
from polemos.report.html.argument_graph import argument_graph
from polemos.report.html.content_policy import META, sealed
from polemos.report.html.tables import OUTCOMES, wide

if TYPE_CHECKING:
    from polemos.counterfactual.effects import Effect
    from polemos.counterfactual.experiment import WhatIf

STYLE = """body{font:15px/1.45 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem;color:#23211d}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;
border-bottom:1px solid #d9d4c8}th{font-weight:600}td.v{text-align:right;white-space:nowrap}.note{color:#6b665c}"""


GRAPH = (
    "What rests on what, and what it was worth. Worth is what a forecast's Brier score saves of a coin's: +0.25 at "
    "best, \u22120.75 at worst; that of a mechanism is the mean of the forecasts that rest on it. Filled: gained; "
    "cross: lost; hollow: neither, or no outcome is known."
)


def carried(claim: Claim) -> str:
    """What carries a claim, in a few words."""
    carrier = claim.carrier
    if carrier.by == "nothing":
        return f"left out: {carrier.reason}"
    what = {
        "process": ", ".join(carrier.processes),
        "question": claim.questions[0] if claim.questions else "",
        "counterfactual": f"polemos what-if --claim {claim.id}",
        "data": "",
    }[carrier.by]
    return ": ".join(part for part in (carrier.by, what, carrier.reason) if part)


def outcome(claim: Claim) -> str:
    """How a claim turned out: yes, no, open, or empty where nothing was asked."""
    return OUTCOMES[None if claim.outcome.value is None else bool(claim.outcome.value)] if claim.outcome else ""


def section(argument: Argument, claims: Sequence[Claim] | None = None, *, folded: bool = False) -> str:
    """The inventory as a section of a page: every claim with its owner, paragraph, coding, outcome and carrier.

    `folded`: the table opens on demand.
    """
    rows = []
    for claim in argument.claims if claims is None else claims:
        coding = f"{claim.coding.low:g}–{claim.coding.mid:g}–{claim.coding.high:g}" if claim.coding else ""
        cells = (
            claim.id,
            claim.owner,
            "" if claim.vintage is None else str(claim.vintage),
            ", ".join(str(number) for number in claim.paragraphs),
            claim.text,
            claim.words,
            coding,
            outcome(claim),
            carried(claim),
            ", ".join(claim.disputed_by),
        )
        rows.append(f'<tr id="{escape(claim.id)}">' + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>")
    heads = ("id", "owner", "vintage", "¶", "claim", "words", "coding", "what happened", "modelled by", "disputed by")
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    table = wide("All claims", f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>")
    if folded:
        table = f"<details><summary>All {len(rows)} claims</summary>{table}</details>"
    graph = argument_graph(argument) if folded else ""
    if graph:
        graph = f'<figure class="graph-box"><figcaption>{GRAPH}</figcaption>{graph}</figure>'
    return (
        f'<section id="argument"><h2>The argument: {escape(argument.title)}</h2>'
        f'<p class="lead">{escape(argument.published)}. Every claim stands under its owner\'s name; none is endorsed. '
        f"{escape(line(argument))}.</p>{graph}{table}</section>"
    )


def difference(effect: Effect) -> str:
    """A difference of probabilities in points, with its interval."""
    low, high = 100 * effect.low, 100 * effect.high
    return f"{100 * effect.difference:+.1f} [{low:+.1f}, {high:+.1f}]"


def page(title: str, body: str) -> str:
    """A page that stands alone."""
    return sealed(
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">{META}'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>{body}</body></html>\n"
    )


def whatif_json(result: WhatIf) -> dict[str, Any]:
    """A paired experiment as JSON values."""
    values: dict[str, Any] = asdict(result) | {"sentence": result.sentence}
    for game, game_values in zip(result.games, values["games"], strict=True):
        game_values["values"] = {" + ".join(present) or "none": worth for present, worth in game.values.items()}
    return values


def inventory_json(argument: Argument, claims: Sequence[Claim]) -> dict[str, Any]:
    """An inventory as JSON values."""
    return {
        "title": argument.title,
        "coverage": [
            {
                "kind": row.kind,
                "claims": row.claims,
                "carried": row.carried,
                "left_out": row.left_out,
                "missing": list(row.missing),
            }
            for row in coverage(argument)
        ],
        "claims": [claim.model_dump(mode="json", exclude_defaults=True) for claim in claims],
    }
