"""A card of 1200 x 630 pixels to share: the war, the headline of its page, and the dot chart. All text is escaped."""

from __future__ import annotations

from html import escape
from pathlib import Path

from polemos.report.html.dot_chart import WIDE, dot_marks, wrapped
from polemos.report.page.build import long_date
from polemos.report.page.contents import PageContents
from polemos.report.page.headline_questions import headline_questions
from polemos.report.page.story import story
from polemos.scenario.optional_packages import need

WIDTH, HEIGHT = 1200, 630
MARGIN = 48
ROWS = 6
"""Questions on a card."""

CSS = """
text{font-family:sans-serif;font-size:13px;fill:#67625a} .ask{font-size:15px;fill:#201e1a} .say{font-size:12px}
.key{fill:#47433b} .author{fill:#005f95} .rival{fill:#a8480a} .model{fill:#201e1a} .forecast{fill:#005a8f}
.hollow{fill:#fdfcf9;stroke:#201e1a;stroke-width:1.8}
line.model{stroke:#201e1a} .baseline{stroke:#7d776d;stroke-width:2}
.came{fill:none;stroke:#201e1a;stroke-width:1.8}
.rule,.grid,.axis{stroke:#d9d4c8} .reach{opacity:.4} line.reach{stroke-width:3}
""".strip()


def card(contents: PageContents) -> str:
    """The card as SVG."""
    inner = WIDTH - 2 * MARGIN
    lines = wrapped(story(contents).headline, inner, 40, 3)
    kicker = f"polemos · {contents.title} · forecast of {long_date(contents.origin)}"
    text = "".join(
        f'<text x="{MARGIN}" y="{112 + 48 * number}" style="font:bold 40px serif;fill:#201e1a">{escape(line)}</text>'
        for number, line in enumerate(lines)
    )
    rows = headline_questions(contents.forecasts, contents.forecasters, ROWS)
    top = 112 + 48 * len(lines) - 18
    drawing = ""
    if rows:
        marks, tall = dot_marks(rows, contents.forecasters, WIDE)
        drawing = (
            f'<svg x="{MARGIN}" y="{top}" width="{inner}" height="{HEIGHT - top - 16}" '
            f'viewBox="0 0 {WIDE.width} {tall}" preserveAspectRatio="xMinYMin meet"><style>{CSS}</style>{marks}</svg>'
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fdfcf9"/><text x="{MARGIN}" y="58" '
        f'style="font-size:20px">{escape(wrapped(kicker, inner, 20, 1)[0])}</text>{text}{drawing}</svg>'
    )


def write_card(contents: PageContents, path: Path) -> None:
    """Write the card as PNG, or as SVG where the name ends so. Raises `OSError`, `MissingPackageError`."""
    drawn = card(contents)
    if path.suffix.lower() == ".svg":
        path.write_bytes(drawn.encode())
        return
    need("charts")
    import vl_convert

    path.write_bytes(vl_convert.svg_to_png(drawn))
