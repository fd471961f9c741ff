"""The section of the what-if presets: one opens at a time, without a script. All text is escaped here."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from polemos.report.page.build import amount
from polemos.report.page.contents import PageContents
from polemos.report.page.presets import Preset, counterfactuals

WIDE, TALL, LEFT, BELOW = 460, 190, 58, 22
"""Size of a chart in pixels, and room for its axes."""

TICKS = 3


def presets_section(contents: PageContents) -> str:
    """The section; where nothing is kept, how to make it; nothing where the argument has no counterfactual."""
    claims = len(counterfactuals(contents.argument))
    if not claims and not contents.presets:
        return ""
    head = '<section id="what-if"><h2>What if?</h2>'
    if not contents.presets:
        return (
            f'{head}<p class="lead">The argument has {claims} counterfactuals, and none was run yet. The command '
            f"<code>polemos what-if {escape(contents.scenario)} --every</code> runs them, and the page of the next run "
            "shows them here.</p></section>"
        )
    members = contents.presets[0].members
    blocks = "".join(_block(one, number == 0) for number, one in enumerate(contents.presets))
    return (
        f'{head}<p class="lead">Each claim changes one thing. {members:,} wars were simulated with the change and '
        "without it, with the same chance events, so that they differ in the change alone. What follows is a "
        f"property of the model, not a finding about the war. Open one to see it.</p>{blocks}</section>"
    )


def _block(preset: Preset, is_open: bool) -> str:
    sentences = "".join(f"<li>{escape(sentence)}</li>" for sentence in preset.sentences)
    title = escape(preset.text[:1].upper() + preset.text[1:])
    changes = escape(", ".join(preset.changes))
    return (
        f'<details class="preset" name="preset"{" open" if is_open else ""}><summary>{title} '
        f'<span class="small">{escape(preset.id)}, {escape(preset.owner)}</span></summary><div class="pair">'
        f'<ul class="plainly">{sentences}</ul><figure><figcaption>People in the places held by {escape(preset.holder)}'
        f'</figcaption>{preset_chart(preset)}<ul class="legend"><li><i class="swatch without"></i>without the change'
        '</li><li><i class="swatch with"></i>with the change; the band holds nine wars in ten</li></ul></figure></div>'
        f'<p class="small">Changed: <code>{changes}</code></p></details>'
    )


def preset_chart(preset: Preset) -> str:
    """Medians and 90 % bands of both runs as SVG."""
    days = np.array(preset.dates, "datetime64[D]").astype(float)
    top = max(max(max(row) for row in band) for band in (preset.before, preset.after)) or 1.0
    right, foot = WIDE - 10, TALL - BELOW

    def x(day: float) -> float:
        return float(LEFT + (right - LEFT) * (day - days[0]) / max(days[-1] - days[0], 1.0))

    def y(value: float) -> float:
        return foot - (foot - 10) * value / top

    def points(values: Sequence[float]) -> list[str]:
        return [f"{x(day):.1f} {y(value):.1f}" for day, value in zip(days.tolist(), values, strict=True)]

    parts = []
    for step in range(TICKS + 1):
        value = top * step / TICKS
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{right}" y1="{y(value):.1f}" y2="{y(value):.1f}"/>')
        label = amount(value).replace(" million", "m")
        parts.append(f'<text x="{LEFT - 6}" y="{y(value) + 4:.1f}" text-anchor="end">{label}</text>')
    years = np.arange(preset.dates[0][:4], str(int(preset.dates[-1][:4]) + 1), dtype="datetime64[Y]")
    for year in years[1:]:
        at = float(year.astype("datetime64[D]").astype(float))
        parts.append(f'<text x="{min(x(at), right - 14):.1f}" y="{TALL - 6}" text-anchor="middle">{year}</text>')
    for name, band in (("without", preset.before), ("with", preset.after)):
        outline = "L".join((*points(band[2]), *reversed(points(band[0]))))
        parts.append(f'<path class="band {name}" d="M{outline}Z"/>')
    for name, band in (("without", preset.before), ("with", preset.after)):
        parts.append(f'<path class="middle {name}" d="M{"L".join(points(band[1]))}"/>')
    label = escape(f"{preset.holder} with the change and without it, from {preset.dates[0]} to {preset.dates[-1]}.")
    return (
        f'<svg class="preset-chart" viewBox="0 0 {WIDE} {TALL}" width="{WIDE}" height="{TALL}" role="img" '
        f'aria-label="{label}">{"".join(parts)}</svg>'
    )
