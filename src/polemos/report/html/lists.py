"""The lists of the page as HTML: places likeliest to change hands, failures. All text is escaped here."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from polemos.report.html.tables import wide
from polemos.report.page.contents import PageContents
from polemos.report.page.failures import failures
from polemos.report.page.likelihood_words import per_cent
from polemos.report.page.likely_changes import MONTHS, LikelyChange, changes_of

SUBJECTS = ("the next holder", "the holder")
"""Of whom a reason speaks, in its first words."""


def likely_section(contents: PageContents) -> str:
    """The list as a section; nothing where the run is shorter than a month or no change is likely."""
    rows = changes_of(contents)
    if not rows:
        return ""
    days = len(rows[0].probability)
    heads = ["place", "held by", "likeliest next holder"]
    heads += [f"{months} month{'s' if months > 1 else ''}" for months in MONTHS[:days]]
    has_change = any(value is not None for row in rows for value in row.changed)
    heads += (
        [f"changed within {MONTHS[days - 1]} months" if days > 1 else "changed within a month"] if has_change else []
    )
    why = any(row.reasons for row in rows)
    heads += ["why"] if why else []
    cells = []
    for row in rows:
        line = [
            contents.places.name[row.place],
            contents.holders[row.holder].name,
            contents.holders[row.to].name,
            *(per_cent(value) for value in row.probability),
        ]
        if has_change:
            last = row.changed[-1]
            line.append("not observed" if last is None else "yes" if last else "no")
        if why:
            line.append(because(row.reasons))
        cells.append(line)
    return (
        '<section id="likely"><h2>The places likeliest to change hands</h2><p class="lead">The probability that a '
        "place has another holder than on the day of the forecast, by the simulated wars; the "
        f"{len(rows)} likeliest of {len(contents.places.id):,}.{escape(hits(rows))}</p>"
        f"{wide('The places likeliest to change hands', headed(heads, cells))}</section>"
    )


def because(reasons: Sequence[str]) -> str:
    """Reasons in one line, in which nobody who was just named is named again: `the holder has ..., lost ...`."""
    parts: list[str] = []
    named = ""
    for reason in reasons:
        subject = next((name for name in SUBJECTS if reason.startswith(f"{name} ")), "")
        repeated = bool(subject) and subject == named
        parts.append(f", {reason.removeprefix(subject).strip()}" if repeated else f"{'; ' if parts else ''}{reason}")
        named = subject
    return "".join(parts)


def headed(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table whose cells carry their heads, so that a narrow screen can lay each row out as a block."""
    top = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    body = ""
    for row in rows:
        cells = "".join(
            f'<td data-head="{escape(head)}">{escape(cell)}</td>' for head, cell in zip(heads[1:], row[1:], strict=True)
        )
        body += f'<tr><th scope="row">{escape(row[0])}</th>{cells}</tr>'
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def hits(rows: tuple[LikelyChange, ...]) -> str:
    """How many of the places listed really changed hands, where that is known of all."""
    last = [row.changed[-1] for row in rows]
    if any(value is None for value in last):
        return ""
    months = MONTHS[len(rows[0].changed) - 1]
    within = "a month" if months == 1 else f"{months} months"
    return f" Within {within}, {sum(bool(value) for value in last)} of these {len(rows)} really had another holder."


def failures_section(contents: PageContents) -> str:
    """The section as HTML; nothing where nothing failed."""
    lines = failures(contents)
    if not lines:
        return ""
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f'<section id="failures"><h2>Where this forecast failed</h2><ul class="plainly">{items}</ul></section>'
