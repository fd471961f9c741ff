"""The section on how good forecasts of this war have been: a sentence, skill by lead with intervals, a table."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from polemos.forecasters.leads import lead_words, ordered
from polemos.report.html.dot_chart import wrapped
from polemos.report.html.result_sections import hindcast_table
from polemos.report.html.tables import folded, plain
from polemos.report.page.contents import PageContents
from polemos.report.page.glosses import gloss, short_name
from polemos.report.page.track_record import SkillAt, chart_forecasters, sentence, skill_rows

LOWEST, HIGHEST = -60.0, 80.0
"""Skill in per cent at the ends of the axis; what lies beyond is drawn at the end."""

MINUS = "\u2212"

COLOURS = ("forecast", "front hazard", "model", "front hazard, with other wars", "boosted trees")
"""Forecasters that have a colour of their own, the same on every page; all others share the next."""

ROW, GAP = 22, 26
"""Height of a row and of the title of a lead, in pixels."""


def skill_chart(rows: Sequence[SkillAt], width: int = 720) -> str:
    """Skill by lead as SVG: a block a lead, a row a forecaster, its interval as a bar; the line at 0 is the rule."""
    names = chart_forecasters(rows)
    colours = {name: f"s{COLOURS.index(name) if name in COLOURS else len(COLOURS)}" for name in names}
    titles = 180 if width > 500 else 136
    left, right = titles + 12, width - 54

    def x(share: float) -> float:
        value = min(max(100 * share, LOWEST), HIGHEST)
        return left + (right - left) * (value - LOWEST) / (HIGHEST - LOWEST)

    parts, y = [], 34.0
    for lead in ordered({row.lead for row in rows}):
        parts.append(f'<text class="lead" x="0" y="{y + 12:.0f}">{escape(lead_words(lead))} ahead</text>')
        y += GAP
        for name in names:
            row = next((one for one in rows if (one.forecaster, one.lead) == (name, lead)), None)
            if row is None:
                continue
            css = colours[name]
            bold = ' class="own"' if name == "forecast" else ""
            parts.append(
                f'<text{bold} x="0" y="{y + 4:.0f}">{escape(wrapped(short_name(name), titles, 13, 1)[0])}</text>'
            )
            if row.low is not None and row.high is not None:
                span = f'x1="{x(row.low):.1f}" x2="{x(row.high):.1f}" y1="{y:.1f}" y2="{y:.1f}"'
                parts.append(f'<line class="reach {css}" {span}/>')
            parts.append(_point(css, x(row.skill), y, 100 * row.skill))
            parts.append(
                f'<text class="value" x="{width}" y="{y + 4:.0f}" text-anchor="end">{signed(row.skill)}</text>'
            )
            y += ROW
        y += 6
    height = round(y)
    names_of_ticks = {value: signed(value / 100) if value else "0" for value in (-50, 0, 50)}
    ticks = "".join(
        f'<line class="{"zero" if value == 0 else "grid"}" x1="{x(value / 100):.1f}" x2="{x(value / 100):.1f}" y1="24" '
        f'y2="{height}"/><text class="tick" x="{x(value / 100):.1f}" y="16" text-anchor="middle">{name}</text>'
        for value, name in names_of_ticks.items()
    )
    if width > 500:
        ticks += f'<text class="tick" x="{width}" y="16" text-anchor="end">less error</text>'
    label = escape(f"Skill by lead of {len(names)} forecasters; the table has the numbers.")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="skills" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" aria-label="{label}">{ticks}{"".join(parts)}</svg>'
    )


def _point(css: str, x: float, y: float, skill: float) -> str:
    """The mark of a skill in per cent: a dot, or beyond the ends of the axis an arrow."""
    if LOWEST <= skill <= HIGHEST:
        return f'<circle class="{css}" cx="{x:.1f}" cy="{y:.1f}" r="4.5"/>'
    out = -7 if skill < LOWEST else 7
    return f'<path class="{css} beyond" d="M{x:.1f} {y - 5:.1f}v10l{out} -5Z"/>'


def signed(skill: float) -> str:
    """A skill as a number with its sign: `+17 %`, `−4 %`."""
    return f"{100 * skill:+.0f} %".replace("-", MINUS).replace(f"{MINUS}0 %", "0 %").replace("+0 %", "0 %")


def skill_table(rows: Sequence[SkillAt], glossed: bool = True) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Heads and rows: a row a forecaster, a column a lead; `glossed`: with what each says, in words."""
    leads = ordered({row.lead for row in rows})
    by = {(row.forecaster, row.lead): row for row in rows}
    return ("forecaster", *(("what it says",) if glossed else ()), *(f"{lead_words(lead)} ahead" for lead in leads)), [
        (short_name(name), *((gloss(name),) if glossed else ()), *(_cell(by.get((name, lead))) for lead in leads))
        for name in dict.fromkeys(row.forecaster for row in rows)
    ]


def _cell(row: SkillAt | None) -> str:
    if row is None:
        return ""
    ends = "" if row.low is None or row.high is None else f" ({100 * row.low:.0f} to {100 * row.high:.0f})"
    reach = ends.replace("-", MINUS)
    return f"{signed(row.skill)}{reach}"


NONE = (
    "Nobody has asked the model on other dates of this war yet, so how good such forecasts have been is known "
    "from the questions above alone. The command polemos hindcast does that; the page of the next run shows it here."
)


def track_record_section(contents: PageContents) -> str:
    """The section as HTML: always there, for that nothing is known is worth saying too."""
    skill = next((result for result in contents.results if result["kind"] in ("board", "hindcast")), None)
    rows = [] if skill is None else skill_rows(skill, contents.scenario)
    head = '<section id="track-record"><h2>How good have such forecasts been?</h2>'
    if skill is None or not rows:
        return f'{head}<p class="lead">{escape(NONE)}</p></section>'
    drawings = "".join(
        f'<div class="{name}">{skill_chart(rows, width)}</div>' for name, width in (("broad", 720), ("slim", 360))
    )
    table = folded("As a table", plain(*skill_table(rows), "Share of the error of the simple rule that is saved"))
    names = chart_forecasters(rows)
    short = sorted((row for row in rows if row.forecaster in names), key=lambda row: names.index(row.forecaster))
    paper = plain(*skill_table(short, glossed=False), "Share of the error of the simple rule that is saved")
    more = hindcast_table(skill) if skill["kind"] == "hindcast" else ""
    rule = "that rule" if len({row.reference for row in rows}) == 1 else "the best simple rule of that lead"
    return (
        f'{head}<p class="lead">{escape(sentence(rows, len(skill.get("origins", ()))))} Right of the line: better '
        f"than {escape(rule)}; the bar is the 90 % interval.</p><figure>{drawings}</figure>"
        f'<div class="paper" aria-hidden="true">{paper}</div>'
        f"{table}{more}</section>"
    )
