"""The first screen of the page below its headline: the dot chart with its table, and where the model was wrong."""

from __future__ import annotations

from html import escape

from polemos.report.html.dot_chart import NARROW, WIDE, dot_chart, dot_table
from polemos.report.html.tables import folded, plain
from polemos.report.page.contents import PageContents
from polemos.report.page.headline_questions import headline_questions
from polemos.report.page.story import wrong_where_the_author_was_right


def dots(contents: PageContents) -> str:
    """The dot chart in two widths, its table, and the sentence on where the model was wrong and the author right."""
    rows = headline_questions(contents.forecasts, contents.forecasters)
    if not rows:
        return ""
    drawings = "".join(
        f'<div class="{name}">{dot_chart(rows, contents.forecasters, layout)}</div>'
        for name, layout in (("broad", WIDE), ("slim", NARROW))
    )
    has_persons = any(who.kind in ("author", "rival") for who in contents.forecasters)
    title = "What is expected"
    if any(row.outcome is not None for row in rows):
        title = f"What was {'said' if has_persons else 'forecast'}, what happened"
    wrong = wrong_where_the_author_was_right(contents)
    note = f"<p>{escape(wrong)}</p>" if wrong else ""
    table = folded("As a table", plain(*dot_table(rows, contents.forecasters), title))
    return f'<figure id="dots"><figcaption>{title}</figcaption>{drawings}{table}</figure>{note}'
