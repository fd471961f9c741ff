"""What stands under the slider of the maps: years, and how many places changed hands at each date."""

from __future__ import annotations

from html import escape

import numpy as np

from polemos.report.page.contents import PageContents

TALL = 26
"""Height in pixels."""

MOST_YEARS = 12


def slider_marks(contents: PageContents) -> str:
    """A bar a date for the places that changed hands since the one before, and the years, as one SVG."""
    record = contents.record
    both = (record[1:] >= 0) & (record[:-1] >= 0)
    moved = np.concatenate([[0], ((record[1:] != record[:-1]) & both).sum(1)])
    last, most = max(len(record) - 1, 1), max(int(moved.max(initial=0)), 1)
    bars = "".join(
        f'<line x1="{100 * t / last:.2f}%" x2="{100 * t / last:.2f}%" y1="{12 - 11 * moved[t] / most:.1f}" y2="12"/>'
        for t in np.flatnonzero(moved).tolist()
    )
    years = [str(date)[:4] for date in contents.dates]
    begins = [t for t in range(1, len(years)) if years[t] != years[t - 1]]
    shown = begins[:: max(1, -(-len(begins) // MOST_YEARS))]
    texts = "".join(
        f'<text x="{100 * t / last:.2f}%" y="{TALL - 2}" text-anchor="middle">{escape(years[t])}</text>'
        for t in shown
        if 0.02 < t / last < 0.98
    )
    label = f"Places that changed hands, {most} at most at one date"
    return f'<svg class="moved" height="{TALL}" role="img" aria-label="{label}">{bars}{texts}</svg>'
